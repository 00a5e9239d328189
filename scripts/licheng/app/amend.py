"""`licheng amend`: the next rulebook, copied from the newest with every comment, and the minutes that pass it (捌)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from licheng.app.status import read_school
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, home
from licheng.core.record import TO_FILL, Record
from licheng.sources.emit import document, emit
from licheng.sources.reading import read_record
from licheng.sources.tree import Tree
from licheng.storage.plan import Plan

_PASSED = re.compile(r"^passed:.*\n(?: .*\n)*", re.MULTILINE)


@dataclass(frozen=True)
class AmendmentRequest:
    """What is to be prepared.

    Attributes:
        in_force: the day from which it holds: the new file's name.
        passed: the day on which the school assembly passed it.
        assembly: the record of that assembly, from the root.
        by: what the assembly is called, for instance 臨時校務會議.
    """

    in_force: date
    passed: date
    assembly: str
    by: str


def assembly_path(passed: date) -> str:
    """Where the minutes of an assembly of that day lie."""
    return BY_NAME["assembly"].path(date=passed.isoformat())


def amend(tree: Tree, today: date, amendment: AmendmentRequest) -> Plan:
    """The plan: a new rulebook, and the minutes of the assembly where it was held and has none.

    Raises:
        UsageError: APP104, it would be in force before it is passed; APP105, not later than the newest version, or
            there is none; APP106, the record is not the minutes of that day; APP107, its minutes do not pass it.
    """
    if amendment.in_force < amendment.passed:
        raise UsageError("APP104", force=amendment.in_force.isoformat(), passed=amendment.passed.isoformat())
    if amendment.assembly != assembly_path(amendment.passed):
        raise UsageError("APP106", path=amendment.assembly, wanted=assembly_path(amendment.passed))
    school = read_school(tree, today)
    versions, in_force = school.rulebooks.versions, amendment.in_force.isoformat()
    if not versions or versions[-1].in_force_from >= amendment.in_force:
        newest = versions[-1].in_force_from.isoformat() if versions else "—"
        raise UsageError("APP105", force=in_force, newest=newest)
    # Articles and values are for people to change.
    passed = emit({"passed": {"on": amendment.passed.isoformat(), "by": amendment.by}})
    text = _PASSED.sub(lambda _: passed, versions[-1].record.text, count=1)
    creates = {BY_NAME["rulebook"].path(date=in_force): text.encode()}
    if next(iter(tree.entries(amendment.assembly)), None) is None:
        if amendment.passed <= today:
            creates[amendment.assembly] = minutes(amendment.in_force, amendment.assembly).encode()
    elif not any(
        resolution.get("rulebook") == in_force and resolution["passed"] is True
        for meeting in school.of("assembly")
        if meeting.path == amendment.assembly
        for resolution in meeting.data["resolutions"]
    ):
        raise UsageError("APP107", path=amendment.assembly, force=in_force)
    return Plan(creates=creates)


def minutes(in_force: date, path: str, text: str = TO_FILL) -> str:
    """Minutes of a school assembly that passed a rulebook; their text is for people to fill in."""
    data = {
        "kind": "assembly/v1",
        "resolutions": [
            {
                "number": 1,
                "subject": "rulebook",
                "rulebook": in_force.isoformat(),
                "text": f"通過補充規定修正，自 {in_force.isoformat()} 起實施。",
                "passed": True,
            }
        ],
    }
    return document(BY_NAME["assembly"], path, data, f"\n# 校務會議紀錄\n\n{text}\n")


def read_rulebook(name: str, data: bytes) -> Record:
    """A rulebook from a file whose name is the day from which it holds.

    Raises:
        UsageError: APP108, the name is not a day; APP109, it is not a right rulebook.
    """
    path = f"content/rulebook/{name}"
    where = home(path)
    if where is None or where.kind.name != "rulebook":
        raise UsageError("APP108", name=name)
    record, faults = read_record(path, where, data)
    if record is None or faults:
        fault = faults[0]
        raise UsageError("APP109", name=name, code=fault.code, detail=fault)
    return record
