"""What the agency received against what was sent: missing, extra, otherwise, another file; nobody is named.

A row carries no id of its own, so rows of a student and sheet are paired: those that say the same, then the nearest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from licheng.policy.cells import narrow
from licheng.policy.receiving.form import ReceiptForm, ReceiptSheet

NO_FILE = "d41d8cd98f00b204e9800998ecf8427e"  # MD5 of nothing: how the exchange file says that there is no file


class ReceiptFault(StrEnum):
    """How a receipt differs from what was sent."""

    MISSING = "missing"  # sent, and not received
    EXTRA = "extra"  # received, and not sent
    FIELD = "field"  # received with another value
    FILE = "file"  # received with another file
    IDENTITY = "identity"  # received with other particulars of who the student is
    STRANGER = "stranger"  # of somebody whom neither the roster nor the identity table knows


class SentRow(NamedTuple):
    """A row of a roster that was exported.

    Attributes:
        student: the pseudonym.
        item: below the student's folder, `terms/114-1/outputs/pendulum`; of a list's entry with its name behind a #.
        cells: by column, as `cell_text` reads them; those of the identity too.
        md5: of the files of the row, by the column of the link; in hex.
    """

    student: str
    item: str
    sheet: str
    cells: Mapping[str, str]
    md5: Mapping[str, str]


class ReceivedRow(NamedTuple):
    """A row of a receipt.

    Attributes:
        number: of the row in its sheet, the heading is 1; in a JSON file of the entry in the whole file, from 1.
        cells: by column, as `cell_text` reads them; those of the identity too.
    """

    sheet: str
    number: int
    cells: Mapping[str, str]


class ReceiptDifference(NamedTuple):
    """One difference.

    Attributes:
        student: the pseudonym; empty of a stranger.
        item: as it was sent; empty of what was not.
        row: of the received row; 0 where nothing was received.
        columns: that differ.
    """

    student: str
    sheet: str
    item: str
    row: int
    fault: ReceiptFault
    columns: tuple[str, ...] = ()


class Comparison(NamedTuple):
    """What came of it.

    Attributes:
        students: whose rows were sent or received.
        same: how many rows came back just as they were sent.
    """

    sent: int
    received: int
    same: int
    students: tuple[str, ...]
    differences: tuple[ReceiptDifference, ...]


_Pair = tuple[SentRow, ReceivedRow]


def compared(
    sent: Iterable[SentRow], received: Iterable[ReceivedRow], form: ReceiptForm, known: Mapping[str, str]
) -> Comparison:
    """Every difference, in the order of students, sheets and rows.

    Args:
        sent: the roster's rows.
        received: the receipt's.
        form: of the receipt.
        known: pseudonyms by what the key column says, narrowed, of students who were not sent.
    """
    sent, received = tuple(sent), tuple(received)
    students = {**known, **{narrow(row.cells[form.key]): row.student for row in sent}}
    ours, theirs = (
        defaultdict[tuple[str, str], list[SentRow]](list),
        defaultdict[tuple[str, str], list[ReceivedRow]](list),
    )
    for row in sent:
        ours[row.student, row.sheet].append(row)
    differences = list[ReceiptDifference]()
    for received_row in received:
        student, sheet = students.get(narrow(received_row.cells[form.key]), ""), received_row.sheet
        if student:
            theirs[student, sheet].append(received_row)
        else:
            differences.append(ReceiptDifference("", sheet, "", received_row.number, ReceiptFault.STRANGER))
    for student, sheet in {**ours, **theirs}:
        of_sheet = _of_sheet(ours[student, sheet], theirs[student, sheet], form.sheets[sheet], form)
        differences += [ReceiptDifference(student, sheet, *each) for each in of_sheet]
    lost = [each for each in differences if each.fault is ReceiptFault.MISSING]
    otherwise = {(each.sheet, each.row) for each in differences if each.item and each.row}
    ordered = sorted(differences, key=lambda each: (not each.student, *each[:4], each.fault))
    everybody = sorted({student for student, _ in {**ours, **theirs}})
    same = len(sent) - len(lost) - len(otherwise)
    return Comparison(len(sent), len(received), same, tuple(everybody), tuple(ordered))


_Told = tuple[str, int, ReceiptFault, tuple[str, ...]]


def _of_sheet(
    ours: list[SentRow], theirs: list[ReceivedRow], sheet: ReceiptSheet, form: ReceiptForm
) -> Iterator[_Told]:
    """The differences of one student's rows of one sheet: item, row, fault, columns."""
    pairs = _pairs(ours, theirs, sheet)
    for mine, other in pairs:
        apart = _apart(mine, other, sheet)
        files = {*sheet.links.intersection(apart)}
        for column, link in sheet.digests.items():  # whose MD5 the receipt tells, and tells otherwise
            if column in other.cells and (other.cells[column].lower() or NO_FILE) != mine.md5.get(link, NO_FILE):
                files.add(link)
        for fault, columns in (
            (ReceiptFault.FIELD, [column for column in apart if column not in sheet.links]),
            (ReceiptFault.FILE, [column for column in sheet.compared if column in files]),
            (
                ReceiptFault.IDENTITY,
                [c for c in form.identity if c != form.key and mine.cells.get(c, "") != other.cells.get(c, "")],
            ),
        ):
            if columns:
                yield mine.item, other.number, fault, tuple(columns)
    paired = {id(row) for pair in pairs for row in pair}
    yield from ((row.item, 0, ReceiptFault.MISSING, ()) for row in ours if id(row) not in paired)
    yield from (("", row.number, ReceiptFault.EXTRA, ()) for row in theirs if id(row) not in paired)


def _apart(mine: SentRow, other: ReceivedRow, sheet: ReceiptSheet) -> list[str]:
    return [column for column in sheet.compared if mine.cells.get(column, "") != other.cells.get(column, "")]


def _pairs(ours: list[SentRow], theirs: list[ReceivedRow], sheet: ReceiptSheet) -> list[_Pair]:
    """Rows that are of the same thing: those that say the same first, then the nearest that is not another thing."""
    waiting, left, pairs = defaultdict[tuple[str, ...], list[ReceivedRow]](list), list[SentRow](), list[_Pair]()
    for other in theirs:
        waiting[tuple(other.cells.get(column, "") for column in sheet.compared)].append(other)
    for mine in ours:
        alike = waiting[tuple(mine.cells.get(column, "") for column in sheet.compared)]
        if alike:
            pairs.append((mine, alike.pop(0)))
        else:
            left.append(mine)
    over = sorted((row for alike in waiting.values() for row in alike), key=lambda row: row.number)
    near = sorted(
        (len(_apart(mine, other, sheet)), first, second)
        for first, mine in enumerate(left)
        for second, other in enumerate(over)
        if _is_same_thing(mine, other, sheet)
    )
    taken, given = set[int](), set[int]()
    for _, first, second in near:
        if first not in taken and second not in given:
            taken.add(first)
            given.add(second)
            pairs.append((left[first], over[second]))
    return pairs


def _is_same_thing(mine: SentRow, other: ReceivedRow, sheet: ReceiptSheet) -> bool:
    """Whether one column differs, or fewer than a quarter of those that say something: two marks share much more."""
    saying = sum(bool(mine.cells.get(column) or other.cells.get(column)) for column in sheet.compared)
    return len(_apart(mine, other, sheet)) <= max(1, (saying - 1) // 4)
