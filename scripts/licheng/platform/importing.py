"""Workbooks of a unit, read as `licheng import` reads them: what they would change, for one statement of all of it.

The identity table is not here and never comes here: a row names its student by the pseudonym, or the workbook is for
the registrar's own machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from licheng.app.registry.importing import imported
from licheng.app.registry.workbooks import table, with_values
from licheng.core.errors import UsageError
from licheng.core.person import Person
from licheng.core.student import Student
from licheng.exchange.spreadsheets.package import parts_of
from licheng.exchange.spreadsheets.survey import DamagedError
from licheng.outputs import importing as words_of
from licheng.outputs.catalog import Catalog
from licheng.platform.pages.looking import Look
from licheng.platform.record_change import Files
from licheng.platform.record_rights import kinds_of
from licheng.platform.record_sheet import RecordSheet, opened
from licheng.policy.importing.kinds import ImportKind
from licheng.policy.importing.mapping import ColumnMap
from licheng.policy.importing.people import WAYS
from licheng.policy.importing.registry import IMPORTS
from licheng.sources.reading import read_record
from licheng.sources.tree import Tree

# What a workbook may unpack to here, where many send one: a school's own list of everybody has a tenth of it.
MOST_UNPACKED = 40_000_000
# What tells who a student is, and may not be on the platform.
_IDENTIFYING = frozenset({column for way in WAYS for column in way if column != "student"} | {"name"})


@dataclass(frozen=True)
class WorkbookReading:
    """What a workbook would do.

    Attributes:
        files: what each file would hold.
        bases: SHA-256 of what each holds.
        words: the importer's preview; or, where nothing may be handed in, what is wrong, cell by cell.
        wrong: nothing may be handed in.
    """

    files: Files
    bases: dict[str, str | None]
    words: str
    wrong: bool = False


def imports_of(look: Look) -> tuple[ImportKind, ...]:
    """What somebody may bring in from a workbook today; with proofs beside it nothing: each has a form."""
    mine = {kind.name for kind in kinds_of(look.account, look.school, look.on)}
    return tuple(kind for kind in IMPORTS.values() if kind.record in mine and kind.of_students and not kind.files)


def read(
    look: Look, kind: ImportKind, name: str, data: bytes, term: str, tree: Tree, words: Catalog
) -> WorkbookReading:
    """What a workbook would change at main's tip, each student of it written down in the access log.

    Args:
        look: whose request it is.
        kind: of the import.
        name: of the file.
        data: its bytes, which are not kept.
        term: of all rows; empty where the file says it.
        tree: main's tip.
        words: in the reader's language.

    Raises:
        UsageError: APP222, it unpacks to more than is read here; APP384, it says who somebody is; APP380, a record is
            not theirs to write; of `licheng.app.registry.workbooks.tables` and
            `licheng.app.registry.importing.imported`.
    """
    _check_unpacked(name, data)
    mapping = with_values(ColumnMap(), {"term": term} if term else {})
    sheet = table(kind, Path(name), data, mapping)
    telling = _IDENTIFYING & sheet.places.columns.keys()
    if telling:
        headings = tuple(sheet.places.headings[sheet.places.columns[column]] for column in sorted(telling))
        raise UsageError("APP384", headings=headings)
    people = [Person(student, "", "", "", "") for student in look.view.folders]
    result = imported(tree, look.on, kind, [sheet], people)
    if isinstance(result, list):
        return WorkbookReading({}, {}, words_of.bad_cells(result, words), wrong=True)
    files = {**result.plan.creates, **{path: after for path, (_, after) in result.plan.replaces.items()}}
    sheets = list(_sheets(look, [record.path for record in result.preview.records], files))
    look.write_down((each.student.id, each.place, each.why) for each in sheets if each.student is not None)
    if result.preview.faults:
        return WorkbookReading({}, {}, words_of.faults(result.preview, words), wrong=True)
    bases = {each.path: each.digest or None for each in sheets if each.path in files}
    return WorkbookReading(files, bases, words_of.preview(result.preview, words))


def _check_unpacked(name: str, data: bytes) -> None:
    """By what the zip says of itself; who reads it refuses one that says it wrongly."""
    if not data.startswith(b"PK"):
        return
    with suppress(DamagedError), parts_of(data) as parts:
        size = sum(part.file_size for part in parts.infolist())
        if size > MOST_UNPACKED:
            raise UsageError("APP222", path=name, case="unpacked", found=size, most=MOST_UNPACKED)


def _sheets(look: Look, paths: list[str], files: dict[str, bytes]) -> Iterator[RecordSheet]:
    """Each record that the file tells of, which somebody may write and see."""
    students: dict[str, Student | None] = {}
    for path in paths:
        student = path.split("/")[3]
        if student not in students:
            students[student] = look.view.student(student)
        sheet = opened(path, look.account, students[student], look.school)
        if sheet is None:
            raise UsageError("APP380", path=path)
        if path in files:
            record, _ = read_record(path, sheet.home, files[path])
            assert record is not None  # noqa: S101 - the importer wrote it
            sheet.check_right(record)
        yield sheet
