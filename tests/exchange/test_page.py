"""The handbook's page on coming from another platform: every shell block of it is run as it stands."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from licheng.app.loading.load import load
from licheng.app.registry.transfer import outgoing
from licheng.core.person import Person
from licheng.exchange.identities import IdentityTable
from licheng.exchange.packages import opened
from licheng.policy.certification import State, state
from licheng.sources.tree import WorkTree
from tests.certified import COORDINATORS, GENESIS, STUDENT, Certified, folder, key
from tests.command import LICHENG, findings
from tests.forked import forking
from tests.people import Registry, id_number
from tests.trees import ROOT, base

PAGE = ROOT / "content/handbook/operations/migration.md"
TODAY = date(2026, 11, 23)
PERSON = Person(STUDENT, "0113001", "趙子丑", id_number(1), "2008-05-06", nonces={})
WORKS = (folder(term="114-1"), folder(term="114-2", slug="optics"))
EDGES = ("kind", "starts", "ends", "opening", "closing")


@pytest.fixture
def made() -> Certified:
    """A school that began in 115-1, and what a student of it had on another platform."""
    made = Certified()
    made.genesis()
    made.files[GENESIS] = made.files[GENESIS].replace(b"2025-08-01", b"2026-09-01")
    for staff in COORDINATORS:
        made.enrol(staff, witness=None)
    for term in ("114-1", "114-2"):
        path = f"content/calendar/{term}.yaml"
        lines = base().files[path].decode().splitlines(keepends=True)
        made.files[path] = "".join(line for line in lines if line.split(":")[0] in EDGES).encode()
    made.platforms()
    for where in WORKS:
        made.output(where)
        made.claim(where)
    return made


def lay(files: dict[str, bytes], root: Path) -> Path:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@pytest.fixture
def home(made: Certified, tmp_path: Path) -> Path:
    """The registrar's: the table, the keys, the other platform's package; the school beside them has none of it."""
    registry = Registry.at(tmp_path / "registry")
    registry.table.write_bytes(IdentityTable(registry.recipients, (PERSON,)).sealed())
    other = lay({**base().files, **made.files}, tmp_path / "other")
    data = outgoing(load(WorkTree(other), TODAY), other, [STUDENT], [PERSON], datetime(2026, 11, 20, tzinfo=UTC)).data
    (registry.folder / "former.zip").write_bytes(data)
    (tmp_path / ".ssh").mkdir(mode=0o700)
    written = key("t903").write(tmp_path / ".ssh")
    for suffix in ("", ".pub"):
        written.with_name(written.name + suffix).rename(tmp_path / f".ssh/id_ed25519{suffix}")
    files = {
        path: content for path, content in made.files.items() if "/outputs/" not in path and "/claims/" not in path
    }
    lay({**base().files, **files}, tmp_path / "school")
    return tmp_path


@pytest.fixture
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with forking(tmp_path_factory.mktemp("f")) as folder:
        yield folder


def test_every_command_of_the_page_works(home: Path, programs: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    environment = os.environ | {"PATH": f"{programs}:{LICHENG.parent}:{os.environ['PATH']}", "HOME": str(home)}
    assert len(blocks) >= 6
    said = ""
    for block in blocks:
        text = re.sub(r"^(licheng claim .*)$", r"\1 --now 2026-11-23T04:00:00Z", block, flags=re.M)
        done = subprocess.run(
            ["sh", "-e"], input=text, cwd=home / "school", env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, block + done.stdout + done.stderr
        said += done.stdout
    assert "推定" in said
    assert findings(home / "school") == []
    loaded = load(WorkTree(home / "school"), TODAY)
    [student] = loaded.students()
    states = {item.term: state(item, student, loaded.school) for item in student.of("course-output")}
    assert {str(term): one.state for term, one in states.items()} == {"114-1": State.CLAIMED, "114-2": State.CLAIMED}
    assert all(one.claim is not None and one.claim.inferred for one in states.values())
    [package] = (home / "registry/out").iterdir()
    assert package.stat().st_mode & 0o077 == 0
    assert len(opened(package.read_bytes(), None).entries[0]["課程學習成果紀錄"]) == 2
    # Whoever looks into the school finds nobody.
    for path in (home / "school").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not any(secret.encode() in data for secret in (PERSON.id_number, PERSON.name, PERSON.born)), path
