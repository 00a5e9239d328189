"""Rows carry no id: which of them are of the same thing, and what is told where none is."""

from __future__ import annotations

import pytest

from licheng.policy.receiving.comparison import Comparison, ReceivedRow, SentRow, compared
from licheng.policy.receiving.form import ReceiptForm, ReceiptSheet

COLUMNS = ("code", "subject", "level", "credits", "mark", "passed", "link")
SHEET = ReceiptSheet("marks", COLUMNS, frozenset({"link"}), {"md5": "link"}, frozenset(), frozenset({"born"}))
FORM = ReceiptForm("list", "head", "cover", {}, "id", ("id", "born"), {"marks": SHEET}, ("0", "1"))
PHYSICS = ("P1", "physics", "1", "2", "80", "1", "files/a.pdf")
MUSIC = ("M1", "music", "1", "2", "80", "1", "files/b.pdf")


def cells(row: tuple[str, ...], who: str = "A1") -> dict[str, str]:
    return {"id": who, "born": "2008-01-02", **dict(zip(COLUMNS, row, strict=True))}


def compare(sent: list[tuple[str, ...]], received: list[tuple[str, ...]], **more: str) -> Comparison:
    ours = [SentRow("s1130001", f"marks#{row[1]}", "marks", cells(row), {"link": "0" * 32}) for row in sent]
    theirs = [ReceivedRow("marks", number, {**cells(row), **more}) for number, row in enumerate(received, start=2)]
    return compared(ours, theirs, FORM, {"B1": "s1130002"})


def differing(comparison: Comparison) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [(each.fault.value, each.item, each.row, each.columns) for each in comparison.differences]


def test_one_that_is_gone_is_not_taken_for_another_that_came_twice() -> None:
    """The two marks share level, credits, mark and whether it was passed; they are two things all the same."""
    assert differing(compare([PHYSICS, MUSIC], [MUSIC, MUSIC])) == [
        ("extra", "", 3, ()),
        ("missing", "marks#physics", 0, ()),
    ]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_row_of_which_one_column_differs_is_the_same_thing(column: str) -> None:
    changed = tuple("x" if name == column else text for name, text in zip(COLUMNS, PHYSICS, strict=True))
    fault = "file" if column == "link" else "field"
    assert differing(compare([PHYSICS, MUSIC], [MUSIC, changed])) == [(fault, "marks#physics", 3, (column,))]


def test_what_says_the_same_is_paired_before_what_is_near() -> None:
    near = (*PHYSICS[:4], "81", *PHYSICS[5:])
    comparison = compare([near, PHYSICS], [PHYSICS])
    assert [(each.fault.value, each.row) for each in comparison.differences] == [("missing", 0)]
    assert (comparison.sent, comparison.received, comparison.same) == (2, 1, 1)


def test_the_order_of_the_rows_says_nothing() -> None:
    assert differing(compare([PHYSICS, MUSIC], [MUSIC, PHYSICS])) == []


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ({"md5": "0" * 32}, []),
        ({"md5": "1" * 32}, [("file", "marks#physics", 2, ("link",))]),
        ({"md5": ""}, [("file", "marks#physics", 2, ("link",))]),  # the agency says that there is no file
        ({"born": "2008-01-03"}, [("identity", "marks#physics", 2, ("born",))]),
        ({"id": " Ａ１ "}, []),  # as the identity table reads it
        ({"id": "a1"}, []),
        ({"id": "B1"}, [("missing", "marks#physics", 0, ()), ("extra", "", 2, ())]),
        ({"id": "C1"}, [("missing", "marks#physics", 0, ()), ("stranger", "", 2, ())]),
    ],
)
def test_files_particulars_and_whose_it_is(
    more: dict[str, str], faults: list[tuple[str, str, int, tuple[str, ...]]]
) -> None:
    assert differing(compare([PHYSICS], [PHYSICS], **more)) == faults
