"""`licheng demo`: an invented school around the real regulation, as a Git repository with a history."""

from __future__ import annotations

import json
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.demo import DemoError, PlantedFault, keys, logins, plan, planted
from licheng.demo.write import WriteProgress, Written, write
from licheng.signing.demo_keys import DemoKey
from licheng.sources import resources

FAULT_LIST = "planted-faults.json"

# Where somebody who tries certifying finds the keys of the demo's staff; Git does not look there.
PRIVATE = ".licheng"
KEYS = f"{PRIVATE}/keys"
LOGINS = f"{PRIVATE}/logins"

# The part of the demo school that is written by hand: the regulation as data, and who is who by office.
_FIXED = ("rulebook", "school/school.yaml", "school/duties.yaml", "school/assembly")
RULEBOOK = "content/rulebook/2018-05-30.yaml"

# Records are signed and compared byte for byte: git never rewrites them.
_ATTRIBUTES = b"* text=auto eol=lf\ncontent/** -text\n"


def fixed_files() -> dict[str, bytes]:
    """The hand-written files of the demo school by path from the root."""
    content = resources.folder("content")
    fixed: dict[str, bytes] = {}
    for top in _FIXED:
        start = content / top
        for path in [start] if start.is_file() else sorted(start.rglob("*")):
            if path.is_file():
                fixed[f"content/{path.relative_to(content).as_posix()}"] = path.read_bytes()
    return fixed


def write_demo(
    target: Path,
    students: int,
    seed: int,
    *,
    faults: bool = False,
    lfs: bool = False,
    attachments: bool = True,
    progress: WriteProgress | None = None,
) -> tuple[Written, list[PlantedFault]]:
    """Write a demo school, the private keys of its staff, and the list of its planted faults if there are any.

    Raises:
        UsageError: APP016, the folder is not empty; APP017, a number is out of range.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError("APP016", path=str(target))
    fixed = {**fixed_files(), ".gitattributes": _ATTRIBUTES}
    rulebook = fixed[RULEBOOK]
    try:
        commits = plan(students, seed, faults=faults, attachments=attachments, rulebook=rulebook)
        written = write(target, commits, fixed=fixed, lfs=lfs, progress=progress)
    except DemoError as error:
        raise UsageError("APP017", name="--students, --seed", value=f"{students}, {seed}") from error
    # A folder that its owner alone may read, and where Git does not look.
    exclude = target / ".git" / "info" / "exclude"
    exclude.parent.mkdir(exist_ok=True)
    exclude.write_text(f"/{PRIVATE}/\n", encoding="utf-8")
    (target / PRIVATE).mkdir(mode=0o700)
    _write_keys(target / KEYS, keys(seed, students, attachments=attachments, rulebook=rulebook))
    _write_keys(target / LOGINS, logins(seed, students))
    listed = planted(seed, students, attachments=attachments, rulebook=rulebook) if faults else []
    if faults:
        rows = [{"code": fault.code, "path": fault.path, "line": fault.line, "note": fault.note} for fault in listed]
        (target / FAULT_LIST).write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return written, listed


def _write_keys(folder: Path, staff: list[DemoKey]) -> None:
    folder.mkdir(mode=0o700)
    for key in staff:
        key.write(folder)
