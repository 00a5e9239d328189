"""`licheng init`: a school of its own, with one pinned engine and a root of trust held by two people.

Everything is composed in memory and checked before a byte is written; the folder appears whole or not at all.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from licheng.app.calendar_draft import calendar_draft
from licheng.app.check import check
from licheng.app.demo import fixed_files
from licheng.app.generated import generated
from licheng.app.loading.load import load
from licheng.app.trust import keys
from licheng.core.errors import LichengError, UsageError
from licheng.core.layout import ALLOWED_SIGNERS, BY_NAME
from licheng.core.term import Term
from licheng.signing.public_key import PublicKey
from licheng.sources import resources, schemas, yaml
from licheng.sources.emit import document
from licheng.sources.tree import With, WorkTree
from licheng.storage.folders import check_target, new_folder
from licheng.storage.plan import Plan, tidy

ENGINE = "requirements/engine.txt"
WHEELS = "engine"
_ARCHIVE = re.compile(r"licheng-[0-9][0-9A-Za-z.+]*(?:-py3-none-any\.whl|\.tar\.gz)")
_COMMIT = re.compile(r"git\+(?:https|ssh)://[^\s#]+@[0-9a-f]{40}", re.ASCII)

# The two coordinators and their posts: the executive secretary (伍.二) and the registrar.
_MOST_YEARS = 6  # nobody is at school for longer, 休學 and 重讀 included
COORDINATORS = (("t001", "academic-dean", "academic-affairs"), ("t002", "registrar", "registry"))


Signer = tuple[PublicKey, keys.Sign]  # a key, and how its holder signs


@dataclass(frozen=True)
class Founding:
    """What a school is founded with.

    Attributes:
        code: the ministry's code of six characters.
        name, name_en: the school's full name.
        coordinators: the public keys of the two people of `COORDINATORS`, in that order.
        moment: when, UTC, whole seconds; the keys count from here.
        today: the same as a day in Asia/Taipei.
        since: the first term of whose records some are brought in, where that is before this one.
    """

    code: str
    name: str
    name_en: str
    coordinators: tuple[PublicKey, PublicKey]
    moment: datetime
    today: date
    since: Term | None = None


def compose(target: Path, founding: Founding, engine: str, signers: Sequence[Signer]) -> dict[str, bytes]:
    """All files of the new school, checked, by path.

    Args:
        target: where it will stand; a new or empty folder.
        founding: with what.
        engine: a wheel or source archive, or `git+https://…@COMMIT`.
        signers: the coordinators who prove possession now; the others run `licheng keys add`.

    Raises:
        UsageError: APP016, the folder holds something; APP017, a value is not valid; APP070, both keys are the same
            person's; APP071, no such engine, or not pinned; APP034, who signs is neither coordinator.
        LichengError: APP072, what was composed does not check clean: a fault of the engine.
    """
    check_target(target)
    if founding.coordinators[0] == founding.coordinators[1]:
        raise UsageError("APP070", fingerprint=founding.coordinators[0].fingerprint)
    files = generated(WorkTree(target))
    site_name = f"{founding.name}學習歷程檔案作業手冊".replace("'", "''")  # as a YAML scalar in quotes
    values = {"name": founding.name, "name_en": founding.name_en, "site_name": f"'{site_name}'"}
    for path in sorted(resources.STARTER.rglob("*.txt")):
        text = re.sub(r"@(\w+)@", lambda match: values[match[1]], path.read_text(encoding="utf-8"))
        files[path.relative_to(resources.STARTER).as_posix().removesuffix(".txt")] = text.encode()
    files |= _engine(engine) | _content(founding)
    people = {key.fingerprint: who for (who, _, _), key in zip(COORDINATORS, founding.coordinators, strict=True)}
    for public, prove in signers:
        staff = people.get(public.fingerprint)
        if staff is None:
            raise UsageError("APP034", path=public.fingerprint, detail=f"∉ {', '.join(people)}")
        loaded = load(With(WorkTree(target), files), founding.today)
        plan = keys.add(loaded, staff, public, founding.moment, prove, None)
        files |= plan.creates
        files |= {path: after for path, (_, after) in plan.replaces.items()}
    report = check(With(WorkTree(target), files), founding.today)
    if report.exit_code:
        first = report.findings[0]
        raise LichengError("APP072", code=first.code, path=first.location.path, detail=first)
    return files


def _engine(given: str) -> dict[str, bytes]:
    """The pin of one engine: an archive is kept beside it and named by hash, a git address by commit."""
    if given.startswith("git+"):
        if _COMMIT.fullmatch(given) is None:
            raise UsageError("APP071", engine=given)
        return {ENGINE: f"licheng @ {given}\n".encode()}
    archive = Path(given)
    if _ARCHIVE.fullmatch(archive.name) is None or not archive.is_file():
        raise UsageError("APP071", engine=given)
    data = archive.read_bytes()
    kept = f"{WHEELS}/{archive.name}"
    return {ENGINE: f"./{kept} --hash=sha256:{sha256(data).hexdigest()}\n".encode(), kept: data}


def _content(founding: Founding) -> dict[str, bytes]:
    """The records: the regulation and the duties as a start, the two people, this term, the root of trust."""
    fixed = {path: data for path, data in fixed_files().items() if not path.endswith("school/school.yaml")}
    day, term = founding.today.isoformat(), Term.on(founding.today)
    people = [(who, key) for (who, _, _), key in zip(COORDINATORS, founding.coordinators, strict=True)]
    # The example's units and posts, which the duties name; one programme to begin with.
    example = yaml.parse((resources.folder("content") / "school/school.yaml").read_text(encoding="utf-8"))
    school = {
        "code": founding.code,
        "name": {"zh": founding.name, "en": founding.name_en},
        "timezone": example["timezone"],
        "programmes": example["programmes"][:1],
        "units": example["units"],
        "posts": example["posts"],
    }
    staff = [{"id": who, "posts": [{"post": post, "unit": unit, "from": day}]} for who, post, unit in COORDINATORS]
    accounts = [
        {
            "id": who,
            "holder": "staff",
            "identities": [f"ssh:{key.fingerprint}"],
            "login_keys": [key.line],
            "address": f"{who}@licheng.invalid",
            "from": day,
        }
        for who, key in people
    ]
    coordinators = [{"staff": who, "fingerprint": key.fingerprint} for who, key in people]
    genesis = {"school": founding.code, "founded_on": day, "demo": False, "coordinators": coordinators}
    records = (
        _record("school", school),
        _record("staff", {"staff": staff}),
        _record("accounts", {"accounts": accounts}),
        _record("term-calendar", calendar_draft(term), term=str(term)),
        _record("genesis", genesis),
    )
    earlier = dict(
        _record("term-calendar", calendar_draft(before, short=True), term=str(before)) for before in _earlier(founding)
    )
    return fixed | dict(records) | earlier | {ALLOWED_SIGNERS: b""}


def _earlier(founding: Founding) -> Iterator[Term]:
    """The terms before this one whose records are brought in.

    Raises:
        UsageError: APP017, the first is not before this one, or before all cohorts that can be at school.
    """
    now, term = Term.on(founding.today), founding.since
    if term is not None and not Term(now.year - _MOST_YEARS, 1) <= term < now:
        raise UsageError("APP017", name="--since", value=str(term))
    while term is not None and term < now:
        yield term
        term = term.next


def _record(kind_name: str, fields: Mapping[str, Any], **identity: str) -> tuple[str, bytes]:
    """A record at its path.

    Raises:
        UsageError: APP017, a value that the caller gave is not of the schema.
    """
    kind = BY_NAME[kind_name]
    path, data = kind.path(**identity), {"kind": f"{kind.name}/v1", **fields}
    for error in () if schemas.is_valid(kind.name, data) else schemas.explain(kind.name, data):
        raise UsageError("APP017", name=".".join(map(str, error.absolute_path)), value=str(error.instance)[:80])
    return path, document(kind, path, data).encode()


def unproved(files: Mapping[str, bytes]) -> list[str]:
    """The coordinators who have yet to prove that they hold their key."""
    return [who for who, _, _ in COORDINATORS if BY_NAME["staff-keys"].path(staff=who) not in files]


def write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write the school as a new Git repository without a commit, which is for a person to make.

    Raises:
        UsageError: APP016, the folder holds something; APP024, it cannot be written.
        LichengError: APP003, git failed.
    """
    with new_folder(target) as folder:
        Plan(creates=files).apply(folder)
        tidy(folder)
        for command in (("init", "--quiet", "--initial-branch=main"), ("config", "core.autocrlf", "false")):
            done = subprocess.run(["git", "-C", str(folder), *command], capture_output=True, check=False)
            if done.returncode:
                raise LichengError("APP003", command=f"git {command[0]}")
