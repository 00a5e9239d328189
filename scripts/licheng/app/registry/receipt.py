"""`licheng receipt`: what the agency says it received of a roster, compared with what was exported (伍.末).

The file and the identity table stay on the registrar's machine. The repository keeps which version it is, the digest of
the file as it came, and what differs, by pseudonym; a later version stands beside the earlier ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from licheng.app.loading.load import Loaded, load
from licheng.app.registry import export as exporting
from licheng.core.characters import flaws
from licheng.core.dates import day
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME
from licheng.core.person import Person
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.term import Term
from licheng.exchange.receipts import MD5_SUMS, SELF_CHECK, SUMS, ExportedFiles, exported_files, read_receipt, sent_rows
from licheng.exchange.rosters import homes
from licheng.policy.cells import narrow
from licheng.policy.enrolment import is_here, level_and_class
from licheng.policy.exporting.asked import AskedRoster, UnaskableError, asked
from licheng.policy.privacy import names_somebody
from licheng.policy.receiving.comparison import Comparison, compared
from licheng.policy.receiving.form import ReceiptForm, receipt_form
from licheng.policy.receiving.versions import ReceiptMember, folder_of, receipts
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.sources.tree import CommitTree, Tree
from licheng.storage.files import given
from licheng.storage.plan import Plan

_KIND, _STUDENT = BY_NAME["receipt"], BY_NAME["student"]
_AWAY = "away"
_MOST = 5_000  # differences that a record may hold; more are another roster's
_LONGEST_NAME = 200  # as the schema has it


class AskedReceipt(NamedTuple):
    """What is asked for.

    Attributes:
        file: as the agency gave it.
        export: the record of the export that it answers, `114/course-outputs-first`.
        by: the staff id of who takes it in.
        folder: that the export wrote; None to make it again of its commit.
    """

    file: Path
    export: str
    by: str
    folder: Path | None = None


class PreparedReceipt(NamedTuple):
    """A receipt that was compared.

    Attributes:
        export: the record of the export that it answers.
        data: the file.
        name: of the file, as the repository may keep it.
        classes: the students by their class and year level.
    """

    asked: AskedReceipt
    export: Record
    data: bytes
    name: str
    comparison: Comparison
    classes: Mapping[ReceiptMember, tuple[str, ...]]
    school: School


def prepared(root: Path, tree: Tree, today: date, wanted: AskedReceipt, people: Iterable[Person]) -> PreparedReceipt:
    """A receipt against what was exported.

    Args:
        root: the repository, for the commit of which the roster was made.
        tree: with the record of the export.
        today: the school's day.
        wanted: which file answers which export.
        people: the identity table's rows.

    Raises:
        UsageError: APP429, there is no such member of staff; APP449, the agency gives no receipt of this roster;
            APP450, there is no such export; APP451, what was sent is not to be had; APP452, nearly all differs;
            of `licheng.exchange.receipts.read_receipt`.
    """
    loaded, people = load(tree, today, handbook=False), tuple(people)
    if wanted.by not in loaded.school.staff:
        raise UsageError("APP429", staff=wanted.by)
    exports = {f"{record.year}/{record.slug}": record for record in loaded.school.of("roster-export")}
    if wanted.export not in exports:
        raise UsageError("APP450", case="" if exports else "none", export=wanted.export, known=tuple(exports))
    record = exports[wanted.export]
    roster, form = _form(record, loaded)
    files = _exported(root, wanted.folder, record, people)
    if files is None:
        case = "folder" if wanted.folder is not None else ""
        raise UsageError("APP451", case=case, export=wanted.export, folder=str(wanted.folder))
    data = given(wanted.file)
    received = read_receipt(data, wanted.file, form)
    known = {person.id_number: person.student for person in people}
    comparison = compared(sent_rows(files, record.data["file"]["name"], form), received, form, known)
    if len(comparison.differences) > _MOST:
        raise UsageError("APP452", export=wanted.export, count=len(comparison.differences), most=_MOST)
    classes = _classes(comparison.students, roster, tree)
    return PreparedReceipt(
        wanted, record, data, kept_name(wanted.file.name, people), comparison, classes, loaded.school
    )


def kept_name(name: str, people: Iterable[Person]) -> str:
    """A receipt's name as the record has it: its own, or a plain one where it names somebody or cannot be written."""
    folded = narrow(name)
    persons = (narrow(each) for person in people for each in (person.id_number, person.name, person.number))
    if (
        len(name) > _LONGEST_NAME
        or any(flaws(name))
        or "\\" in name
        or names_somebody(name)
        or any(each and each in folded for each in persons)
    ):
        return "receipt.json" if name.lower().endswith(".json") else "receipt.xlsx"
    return name


def _form(record: Record, loaded: Loaded) -> tuple[AskedRoster, ReceiptForm]:
    try:
        roster = asked(loaded.school, *_wanted(record))
    except UnaskableError as error:
        raise UsageError("APP449", roster=record.data["roster"]) from error
    form = receipt_form(roster, loaded.school.agency, homes())
    if form is None:
        raise UsageError("APP449", roster=record.data["roster"])
    return roster, form


def _exported(root: Path, folder: Path | None, record: Record, people: tuple[Person, ...]) -> ExportedFiles | None:
    """What a folder that the export wrote says of itself, or the same made again of its commit.

    None where the folder is another's, or other bytes come of the commit.
    """
    data = record.data
    if folder is not None:
        names = (data["file"]["name"], SELF_CHECK, MD5_SUMS, SUMS)
        return exported_files({name: given(folder / name) for name in names}, data)
    with CommitTree(root, data["commit"]) as tree:
        export = exporting.prepared(tree, day(data["exported_on"]), _wanted(record), data["by"], people)
        return exported_files(exporting.own_files(export, tree), data)


def _wanted(record: Record) -> exporting.WantedRoster:
    """What was asked for, as the record of an export tells it."""
    data, year = record.data, record.year
    assert year is not None  # noqa: S101 - its path has a year
    half = Term.parse(data["term"]).half if "term" in data else None
    return exporting.WantedRoster(data["roster"], year, half, data.get("batch"), frozenset(data["levels"]))


def _classes(students: Iterable[str], roster: AskedRoster, tree: Tree) -> dict[ReceiptMember, tuple[str, ...]]:
    """Students by their class today and their year level in the roster; those who are not at the school last."""
    by_class: dict[ReceiptMember, list[str]] = {}
    for student in students:
        path = _STUDENT.path(cohort=student[1:4], student=student)
        own = next((record_of(path, tree.read(entry).decode()) for entry in tree.entries(path)), None)
        class_name, level = _AWAY, min(roster.levels)
        if own is not None:
            now, then = level_and_class(own, roster.today), level_and_class(own, roster.on)
            class_name = now[1] if now is not None and is_here(own, roster.today) else _AWAY
            level = then[0] if then is not None else level
        by_class.setdefault(ReceiptMember(class_name, level), []).append(student)
    return {member: tuple(by_class[member]) for member in sorted(by_class, key=lambda each: (each[0] == _AWAY, each))}


class RecordedReceipt(NamedTuple):
    """The record of a receipt.

    Attributes:
        path: of the record.
        version: from 1.
        plan: what is written; nothing where the very file was recorded before.
    """

    path: str
    version: int
    plan: Plan


def recorded(receipt: PreparedReceipt) -> RecordedReceipt:
    """What the repository keeps of a receipt: version, digest, what differs; nobody's identity."""
    data, year, school = _record(receipt), receipt.export.year, receipt.school
    slug = folder_of(receipt.export, school)
    earlier = {which.version: r for which, r in receipts(school).items() if (which.year, which.slug) == (year, slug)}
    for version, record in earlier.items():
        if all(record.data[name] == data[name] for name in ("export", "file")):
            return RecordedReceipt(record.path, version, Plan())
    version = max(earlier, default=0) + 1
    path = _KIND.path(year=str(year), slug=slug, sequence=f"{version:04}")
    return RecordedReceipt(path, version, Plan(creates={path: document(_KIND, path, data).encode()}))


def _record(receipt: PreparedReceipt) -> dict[str, Any]:
    asked, compared = receipt.asked, receipt.comparison
    differences = (
        {**each._asdict(), "fault": each.fault.value, "columns": list(each.columns)} for each in compared.differences
    )
    return {
        "kind": f"{_KIND.name}/v1",
        "export": receipt.export.slug,
        "received_on": receipt.school.today.isoformat(),
        "by": asked.by,
        "file": {
            "name": receipt.name,
            "size": len(receipt.data),
            "sha256": hashlib.sha256(receipt.data).hexdigest(),
        },
        "rows": {"sent": compared.sent, "received": compared.received, "same": compared.same},
        "classes": [
            {"class": member.class_name, "level": member.level, "students": list(students)}
            for member, students in receipt.classes.items()
        ],
        "differences": [{name: value for name, value in each.items() if value} for each in differences],
    }
