"""The table against a list and the repository: whose row is whose, what contradicts, what is drawn."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import pytest

from licheng.core.person import Person
from licheng.policy.identities import (
    HEADINGS,
    BadCell,
    ListedRow,
    Merged,
    NoneFreeError,
    contradictions,
    matches,
    merge,
    mismatch,
    read,
)
from tests.people import HEADING, id_number, listed

COLUMN = {heading: column for column, headings in HEADINGS.items() for heading in headings}


def entries(rows: Sequence[tuple[str, ...]], heading: Sequence[str] = HEADING) -> list[ListedRow]:
    columns = [COLUMN[name] for name in heading]
    cells = [(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, start=2)]
    got, bad = read(cells, date(2026, 11, 23))
    assert bad == []
    return got


def merged(
    table: dict[str, Person],
    rows: Sequence[tuple[str, ...]],
    heading: Sequence[str] = HEADING,
    *,
    enrolled: frozenset[str] = frozenset(),
    term: str = "115-1",
    seed: int = 1,
) -> Merged | list[BadCell]:
    dice = random.Random(seed)
    matched = matches(table, entries(rows, heading), None)
    if bad := contradictions(table, matched, enrolled):
        return bad
    return merge(table, matched, enrolled, term, dice.randrange, lambda: f"{dice.getrandbits(256):064x}")


def table_of(count: int) -> dict[str, Person]:
    first = merged({}, listed(count))
    assert isinstance(first, Merged)
    return dict(first.table)


def bad(result: Merged | list[BadCell]) -> list[tuple[int, str, str, int]]:
    assert isinstance(result, list)
    return [(cell.row, cell.column, cell.kind, cell.other) for cell in result]


def test_a_second_time_nothing_is_different() -> None:
    table = table_of(40)
    again = merged(table, listed(40), seed=2)
    assert isinstance(again, Merged)
    assert (again.table, again.added, again.changed, again.same, again.gone, again.nonces) == (table, [], {}, 40, [], 0)


def test_pseudonyms_are_drawn_and_tell_nothing_of_the_order() -> None:
    numbers = {person.number: person.student for person in table_of(40).values()}
    drawn = [numbers[row[0]] for row in listed(40)]
    assert len(set(drawn)) == 40
    assert all(student.startswith("s115") and len(student) == 8 for student in drawn)
    assert drawn != sorted(drawn)
    assert list(table_of(40)) == sorted(drawn), "the table is in the order of pseudonyms"
    other = merged({}, listed(40), seed=2)
    assert isinstance(other, Merged)
    assert set(other.table) != set(drawn), "the same list draws others another time"


def test_what_the_repository_or_the_table_has_is_not_free() -> None:
    free = "s1154321"
    taken = frozenset(f"s115{serial:04d}" for serial in range(10_000)) - {free}
    got = merged({}, listed(1), enrolled=taken)
    assert isinstance(got, Merged)
    assert set(got.table) == {free}
    with pytest.raises(NoneFreeError):
        merged({}, listed(2), enrolled=taken)


def test_a_change_is_told_and_keeps_pseudonym_and_nonces() -> None:
    table = table_of(3)
    rows = listed(3)
    rows[1] = (*rows[1][:4], "10b", "9", "115")
    got = merged(table, rows, term="115-2")
    assert isinstance(got, Merged)
    [(student, columns)] = got.changed.items()
    assert (columns, got.same, got.nonces) == (("class_name", "seat"), 2, 3)
    assert got.table[student].nonces["115-1"] == table[student].nonces["115-1"]
    assert set(got.table[student].nonces) == {"115-1", "115-2"}


def test_who_is_gone_from_the_list_stays_in_the_table_and_other_cohorts_are_not_asked_after() -> None:
    table = table_of(3)
    older = merged(table, listed(2, cohort=114, first=50))
    assert isinstance(older, Merged)
    assert older.gone == []
    got = merged(dict(older.table), listed(2))
    assert isinstance(got, Merged)
    [gone] = got.gone
    assert table[gone].number == "0115003"
    assert set(got.table) == set(older.table)


def test_columns_that_the_list_does_not_have_stay() -> None:
    table = table_of(2)
    got = merged(table, [row[:4] for row in listed(2)], HEADING[:4])
    assert isinstance(got, Merged)
    assert (got.table, got.same) == (table, 2)


def test_what_belongs_to_one_student_alone() -> None:
    table = table_of(3)
    one, two, three = listed(3)
    other = ("0115009", "周午未", id_number(9), "99/1/1", "", "", "115")
    cases: dict[str, tuple[list[tuple[str, ...]], list[tuple[int, str, str, int]]]] = {
        "a number twice": ([other, (other[0], other[1], id_number(8), *other[3:])], [(3, "number", "twice", 2)]),
        "an ID number twice": ([other, ("0115008", *other[1:])], [(3, "id_number", "twice", 2)]),
        "another's ID number": ([one, (*other[:2], three[2], *other[3:])], [(3, "id_number", "of-another", 0)]),
        "no year of entry": ([(*other[:6], "")], [(2, "cohort", "no-cohort", 0)]),
        "another year of entry": ([(*one[:6], "114")], [(2, "cohort", "other-cohort", 0)]),
    }
    for name, (rows, expected) in cases.items():
        assert bad(merged(table, rows)) == expected, name
    # Two who had each other's number are put right in one list.
    swapped = merged(table, [(*one[:2], two[2], *one[3:]), (*two[:2], one[2], *two[3:])])
    assert isinstance(swapped, Merged)
    assert sorted(swapped.changed.values()) == [("id_number",), ("id_number",)]


def test_a_pseudonym_is_never_chosen() -> None:
    heading = ("學生代號", *HEADING)
    enrolled = frozenset({"s1150007", "s1140001"})
    [row] = listed(1)
    assert bad(merged({}, [("s1150008", *row)], heading, enrolled=enrolled)) == [(2, "student", "not-enrolled", 0)]
    assert bad(merged({}, [("s1140001", *row)], heading, enrolled=enrolled)) == [(2, "cohort", "other-cohort", 0)]
    got = merged({}, [("s1150007", *row)], heading, enrolled=enrolled)
    assert isinstance(got, Merged)
    assert set(got.table) == {"s1150007"}
    table = dict(got.table)
    # By the pseudonym a student number can be put right; it is no way to another's row.
    renumbered = merged(table, [("s1150007", "0115555", *row[1:])], heading, enrolled=enrolled)
    assert isinstance(renumbered, Merged)
    assert renumbered.changed == {"s1150007": ("number",)}
    more = frozenset({"s1150009"}) | enrolled
    assert bad(merged(table, [("s1150009", *row)], heading, enrolled=more)) == [(2, "student", "other-student", 0)]
    both = [("s1150007", "0115555", row[1], id_number(5), *row[3:]), ("", *row)]
    assert bad(merged(table, both, heading, enrolled=more)) == [(3, "student", "twice", 2)]


def test_zeros_that_a_spreadsheet_dropped() -> None:
    one, two = listed(2)
    assert bad(merged({}, [one, (two[0][1:], *two[1:])])) == [(3, "number", "zeros", 0)]
    assert bad(merged(table_of(2), [(one[0][1:], *one[1:])])) == [
        (2, "id_number", "of-another", 0),
        (2, "number", "zeros", 0),
    ]
    # Another cohort may have shorter ones.
    got = merged(table_of(2), [one, ("41001", "李子丑", id_number(70), "98/1/1", "", "", "114")])
    assert isinstance(got, Merged)


def test_every_bad_cell_is_told_by_its_place_and_shape() -> None:
    cells = dict(zip((COLUMN[name] for name in HEADING), listed(1)[0], strict=True))
    rows = [
        (2, cells),
        (3, {**cells, "name": "", "id_number": "A123456780", "born": "40304"}),
        (9, {**cells, "seat": "x"}),
    ]
    got, faults = read(rows, date(2026, 11, 23))
    assert [entry.row for entry in got] == [2, 3, 9]
    assert faults == [
        BadCell(3, "name", "empty", ""),
        BadCell(3, "id_number", "id-check", "A999999999"),
        BadCell(3, "born", "date", "99999"),
        BadCell(9, "seat", "seat", "A"),
    ]


def test_a_table_against_the_repository() -> None:
    people = list(table_of(3).values())
    twin = people[0]._replace(student="s1150000")
    students = {person.student for person in people}
    got = mismatch([*people, twin], frozenset(students - {people[1].student} | {"s1149999"}))
    assert (got.without_row, got.without_student) == (["s1149999"], sorted({"s1150000", people[1].student}))
    pair = [sorted(("s1150000", people[0].student))]
    assert got.alike == {"number": pair, "id_number": pair}
    assert got.is_wrong
    assert not mismatch(people, frozenset()).is_wrong
