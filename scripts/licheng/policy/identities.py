"""The registrar's identity table against a list of students, and against the repository: what is new, changed, wrong.

A pseudonym is drawn at random among those that are free. It derives from nothing: neither from who a student is nor
from the order of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from licheng.core.person import Person
from licheng.policy.cells import CellFault, readers, shape

Table = Mapping[str, Person]  # by pseudonym
# Column → the headings that schools give it, in the order in which they are looked for.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "student": ("student", "學生代號"),
    "number": ("number", "學號"),
    "name": ("name", "姓名", "學生姓名", "學生中文姓名"),
    "id_number": (
        *(
            "id_number",
            "身分證號",
            "身分證字號",
            "身分證統一編號",
            "國民身分證統一編號",
            "居留證號",
            "身分證號或居留證號",
        ),
        *("國民身分證統一編號(或居留證統一證號)", "身分證號(居留證號)"),
    ),
    "born": ("born", "生日", "出生日期", "出生年月日", "學生出生年月日"),
    "class_name": ("class", "班級", "班級名稱"),
    "seat": ("seat", "座號"),
    "cohort": ("cohort", "入學學年度", "入學學年", "入學年度"),
    "gender_code": ("gender_code", "性別代碼", "性別"),
    "special_status": ("special_status", "特殊身分別", "特殊身分"),
    "indigenous_group": ("indigenous_group", "原住民族別", "族別"),
    "indigenous_status": ("indigenous_status", "原住民身分別"),
    "indigenous_dialect": ("indigenous_dialect", "族語認證報考方言"),
    "indigenous_exam_year": ("indigenous_exam_year", "報考年度", "族語認證報考年度"),
    "indigenous_valid_until": ("indigenous_valid_until", "族語認證有效日期"),
    "entry_mode": ("entry_mode", "入學方式"),
}
NEEDED = ("number", "name", "id_number", "born")
_OF_TABLE = tuple(column for column in HEADINGS if column not in {"student", "cohort"})
_ONLY_ONES = ("number", "id_number")  # what two students never share
_SERIALS = range(1, 10_000)


class BadCell(NamedTuple):
    """A cell that cannot be taken: its row (the heading is 1), its column, why, and its shape, never its text.

    Attributes:
        other: the row that it contradicts, or 0.
    """

    row: int
    column: str
    kind: str
    shape: str
    other: int = 0


class ListedRow(NamedTuple):
    """A row of the list as read: texts of its columns, those that the list does not have left out."""

    row: int
    texts: Mapping[str, str]


class Match(NamedTuple):
    """A row of the list, and the student of the table that it is about.

    Attributes:
        row: its number.
        texts: by column.
        named: the pseudonym that the list itself gives, or nothing.
        old: the student's row in the table before; None of a new one.
        cohort: the school year of entry; 0 where nothing says it.
    """

    row: int
    texts: Mapping[str, str]
    named: str
    old: Person | None
    cohort: int


class Merged(NamedTuple):
    """The table after a list, and what became of whom.

    Attributes:
        added: rows of the list, each of a new student.
        changed: by pseudonym the columns that are different.
        same: how many are as they were.
        gone: pseudonyms of the list's cohorts that the list has not; they stay in the table.
        nonces: how many were drawn for the term.
    """

    table: Table
    added: Sequence[int]
    changed: Mapping[str, tuple[str, ...]]
    same: int
    gone: Sequence[str]
    nonces: int


class Mismatch(NamedTuple):
    """A table against the repository, by pseudonyms alone."""

    without_row: Sequence[str]
    without_student: Sequence[str]
    alike: Mapping[str, Sequence[Sequence[str]]]

    @property
    def is_wrong(self) -> bool:
        """Whether anything must be put right; a row whose student is not yet enrolled need not."""
        return bool(self.without_row or any(self.alike.values()))


class SealedCopy(NamedTuple):
    """A sealed file beside the table or in a backup.

    Attributes:
        path: where.
        state: `holds` a row, until somebody deletes the file; `until-next`, of a whole backup, until the next one;
            `unopened`, by this key nobody can tell.
    """

    path: str
    state: str


class Resealed(NamedTuple):
    """Public keys that a table is sealed for anew, and those that open it no longer."""

    added: Sequence[str]
    removed: Sequence[str]


class NoneFreeError(ValueError):
    """All pseudonyms of a cohort are given."""


def read(rows: Iterable[tuple[int, Mapping[str, str]]], today: date) -> tuple[list[ListedRow], list[BadCell]]:
    """The list's rows in one form, and every cell that cannot be read.

    Args:
        rows: number of the row and its cells by column.
        today: by which a day of birth is plausible.
    """
    entries, bad, how = [], list[BadCell](), readers(today)
    for row, cells in rows:
        texts = {}
        for column, cell in cells.items():
            value = CellFault("empty") if column in NEEDED and not cell.strip() else how[column](cell)
            if isinstance(value, CellFault):
                bad.append(BadCell(row, column, value.kind, shape(cell)))
            else:
                texts[column] = value
        entries.append(ListedRow(row, texts))
    return entries, bad


def matches(table: Table, entries: Iterable[ListedRow], cohort: int | None) -> list[Match]:
    """Whom each row is about: by the pseudonym if the list has it, else by 學號.

    Args:
        table: as it is.
        entries: the list.
        cohort: of students of whom nothing else says it.
    """
    by_number = {person.number: person for person in table.values()}
    matched = []
    for row, texts in entries:
        named = texts.get("student", "")
        old = table.get(named) or by_number.get(texts["number"])
        year = named[1:4] or texts.get("cohort") or cohort or 0
        matched.append(Match(row, texts, named, old, old.cohort if old is not None else int(year)))
    return matched


def contradictions(
    table: Table, matched: Sequence[Match], enrolled: frozenset[str], forgotten: frozenset[str] = frozenset()
) -> list[BadCell]:
    """Every cell that contradicts another of the list, the table, or the students of the repository.

    A pseudonym whose row was destroyed (`forgotten`) is nobody's for ever.
    """
    named, shared = _misnamed(matched, enrolled, forgotten), _shared(table, matched)
    return sorted([*named, *shared, *_without_zeros(table, matched)])


def merge(
    table: Table,
    matched: Sequence[Match],
    enrolled: frozenset[str],
    term: str,
    draw: Callable[[int], int],
    nonce: Callable[[], str],
) -> Merged:
    """The table after a list without contradictions.

    Args:
        table: as it is.
        matched: the list.
        enrolled: the students of the repository, and those forgotten, whose pseudonyms are not free.
        term: for which each student of the list gets a nonce.
        draw: a number below another, at random.
        nonce: 64 hex digits, at random.

    Raises:
        NoneFreeError: a cohort has no pseudonym left.
    """
    free = _Free({*table, *enrolled}, draw)
    after, added, changed, nonces = dict(table), list[int](), dict[str, tuple[str, ...]](), 0
    for row, texts, named, old, cohort in matched:
        before = old or Person(named or free.one(cohort), "", "", "", "")
        given = [column for column in _OF_TABLE if column in texts]
        different = {column: texts[column] for column in given if texts[column] != getattr(before, column)}
        if old is None:
            added.append(row)
        elif different:
            changed[old.student] = tuple(different)
        drawn = {} if term in before.nonces else {term: nonce()}
        nonces += len(drawn)
        after[before.student] = Person(**{**before._asdict(), **different, "nonces": {**before.nonces, **drawn}})
    cohorts, listed = {match.cohort for match in matched}, {match.old.student for match in matched if match.old}
    gone = sorted(each for each, person in table.items() if person.cohort in cohorts and each not in listed)
    return Merged(dict(sorted(after.items())), added, changed, len(matched) - len(added) - len(changed), gone, nonces)


def mismatch(people: Sequence[Person], enrolled: frozenset[str]) -> Mismatch:
    """A table against the students of the repository."""
    rows = {person.student for person in people}
    alike = dict[str, list[list[str]]]()
    for column in _ONLY_ONES:
        sharing: dict[str, list[str]] = {}
        for person in people:
            sharing.setdefault(getattr(person, column), []).append(person.student)
        alike[column] = [sorted(several) for several in sharing.values() if len(several) > 1]
    return Mismatch(sorted(enrolled - rows), sorted(rows - enrolled), alike)


def _misnamed(matched: Iterable[Match], enrolled: frozenset[str], forgotten: frozenset[str]) -> Iterator[BadCell]:
    """A pseudonym that nobody drew would come from who a student is; a new student needs a cohort."""
    for row, texts, named, old, cohort in matched:
        if named in forgotten:
            yield BadCell(row, "student", "forgotten", shape(named))
        elif named and old is not None and old.student != named:
            yield BadCell(row, "student", "other-student", shape(named))
        elif named and old is None and named not in enrolled:
            yield BadCell(row, "student", "not-enrolled", shape(named))
        year = texts.get("cohort")
        if not cohort:
            yield BadCell(row, "cohort", "no-cohort", "")
        elif year and int(year) != cohort:
            yield BadCell(row, "cohort", "other-cohort", shape(year))


def _shared(table: Table, matched: Sequence[Match]) -> Iterator[BadCell]:
    """What belongs to one student alone, but stands in two rows, or in the table of one whom the list leaves out."""
    listed = {match.old.student for match in matched if match.old is not None}
    unlisted = [person for student, person in table.items() if student not in listed]
    theirs = {(column, getattr(person, column)) for person in unlisted for column in _ONLY_ONES}
    first: dict[tuple[str, str], int] = {}
    for row, texts, _, old, _ in matched:
        whose = {"student": texts.get("student") or (old.student if old is not None else ""),
                 **{column: texts[column] for column in _ONLY_ONES}}  # fmt: skip
        for column, text in whose.items():
            if text and (other := first.setdefault((column, text), row)) != row:
                yield BadCell(row, column, "twice", shape(text), other)
            if (column, text) in theirs:
                yield BadCell(row, column, "of-another", shape(text))


def _without_zeros(table: Table, matched: Sequence[Match]) -> Iterator[BadCell]:
    """學號 that a spreadsheet took for numbers: shorter than others of the cohort, or known with more zeros."""
    numbers = {match.row: match.texts["number"] for match in matched if match.texts["number"].isdigit()}
    bare = {person.number.lstrip("0"): person.number for person in table.values() if person.number.isdigit()}
    longest: dict[int, int] = {}
    for match in matched:
        longest[match.cohort] = max(longest.get(match.cohort, 0), len(numbers.get(match.row, "")))
    for match in matched:
        number = numbers.get(match.row)
        if number is None:
            continue
        if len(number) < longest[match.cohort] or len(bare.get(number.lstrip("0"), "")) > len(number):
            yield BadCell(match.row, "number", "zeros", shape(number))


class _Free:
    """The pseudonyms that nobody has, by cohort; what is drawn is free no more."""

    def __init__(self, taken: set[str], draw: Callable[[int], int]) -> None:
        self._taken, self._draw = taken, draw
        self._pools: dict[int, list[str]] = {}

    def one(self, cohort: int) -> str:
        """One of a cohort's, at random."""
        if cohort not in self._pools:
            every = (f"s{cohort}{serial:04d}" for serial in _SERIALS)
            self._pools[cohort] = [student for student in every if student not in self._taken]
        pool = self._pools[cohort]
        if not pool:
            raise NoneFreeError(cohort)
        return pool.pop(self._draw(len(pool)))
