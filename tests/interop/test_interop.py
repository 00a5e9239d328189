"""What `make interop` judges by can fail: a difference is told, an identity is found wherever it lies."""

from __future__ import annotations

import gzip
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.test_rosters import EXPECTED
from tests.exchange.test_rosters import expected as columns
from tests.interop.leaks import leaks, tokens
from tests.interop.reading import Texts, differences, not_texts
from tests.interop.run import swapped
from tests.interop.schools import COURSES, GOLDEN, HARD, golden_rows

SHEETS: Texts = {"甲": [["一", "二"], ["1", "01"]], "乙": [["三"]]}
PLANTED = "A123456789"
SOUGHT = tokens([PLANTED])


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (SHEETS, []),
        ({"甲": [["一", "二"], ["1", "1"]], "乙": [["三"]]}, ["甲, row 2: columns [2]"]),
        ({"甲": [["一", "二"], ["01", "1"]], "乙": [["三"]]}, ["甲, row 2: columns [1, 2]"]),
        ({"甲": [["一", "二"]], "乙": [["三"]]}, ["甲: 1 rows for 2"]),
        ({"甲": [["一", "二"], ["1", "01"]], "乙": [["三"], ["4"]]}, ["乙: 2 rows for 1"]),
        ({"甲": [["一", "二"], ["1", "01", ""]], "乙": [["三"]]}, ["甲, row 2: columns [3]"]),
        ({"乙": SHEETS["乙"], "甲": SHEETS["甲"]}, ["sheets ['乙', '甲'] for ['甲', '乙']"]),
        ({"乙": [["三"]]}, ["sheets ['乙'] for ['甲', '乙']"]),
    ],
)  # fmt: skip
def test_every_difference_of_two_readings_is_told_by_its_place(read: Texts, told: list[str]) -> None:
    assert [*differences(read, SHEETS)] == told


@pytest.mark.parametrize("roster", GOLDEN)
def test_the_golden_rows_have_every_column_and_two_swapped_ones_are_told(roster: str) -> None:
    rows = golden_rows(roster, EXPECTED[roster], COURSES[0])
    for sheet, (heading, *_) in rows.items():
        assert heading[-len(columns(roster, sheet)) :] == columns(roster, sheet)
    moved = {sheet: [swapped(row) for row in lines] for sheet, lines in rows.items()}
    assert {fault.partition(",")[0] for fault in differences(moved, rows)} == {*rows}


def test_every_hard_text_stands_in_a_golden_row() -> None:
    rosters = [golden_rows(roster, EXPECTED[roster], COURSES[0]) for roster in GOLDEN]
    cells = {cell for rows in rosters for lines in rows.values() for row in lines for cell in row}
    assert {*HARD.values()} <= cells
    assert not {*HARD} & cells


def test_a_number_and_a_formula_are_no_texts_and_equal_neighbours_are_counted(tmp_path: Path) -> None:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table")
    )
    cells = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="3"/><table:table-cell/>'
        '<table:table-cell office:value-type="float"/>'
        '<table:table-cell office:value-type="string" table:formula="of:=1"/>'
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        row = f'<table:table-row table:number-rows-repeated="2">{cells}</table:table-row>'
        archive.writestr("content.xml", f'<table:table {spaces} table:name="甲">{row}</table:table>')
    assert not_texts(tmp_path / "a.ods") == (10, ["float ", "string of:=1"])


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t004", "-c", "user.email=t004@school.invalid")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def in_a_file(folder: Path) -> None:
    (folder / ".cache").mkdir()
    (folder / ".cache/x").write_text(f"…{PLANTED}…", encoding="utf-8")


def in_a_name(folder: Path) -> None:
    (folder / f"{PLANTED}.txt").touch()


def as_utf16(folder: Path) -> None:
    (folder / "x.csv").write_text(PLANTED, encoding="utf-16")


def as_a_digest(folder: Path) -> None:
    (folder / "x").write_bytes(tokens([PLANTED])[2])


def compressed(folder: Path) -> None:
    with zipfile.ZipFile(folder / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.xml", PLANTED)


def in_a_log_that_was_packed(folder: Path) -> None:
    (folder / "x.gz").write_bytes(gzip.compress(PLANTED.encode()))


def in_history(folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "x").write_text(PLANTED, encoding="utf-8")
    git(folder, "add", "x")
    git(folder, "commit", "-qm", "with")
    git(folder, "rm", "-q", "x")
    git(folder, "commit", "-qm", "without")
    git(folder, "gc", "-q")


def of_no_commit(folder: Path) -> None:
    git(folder, "init", "-q", "--bare")
    (folder / "x").write_text(PLANTED, encoding="utf-8")
    git(folder, "hash-object", "-w", "x")
    (folder / "x").unlink()


PLACES = (in_a_file, in_a_name, as_utf16, as_a_digest, compressed, in_a_log_that_was_packed, in_history, of_no_commit)


@pytest.mark.parametrize("planted", PLACES)
def test_an_identity_is_found_wherever_it_lies_and_not_where_it_may(
    planted: Callable[[Path], None], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/y").write_text("A223456789", encoding="utf-8")
    place = tmp_path / "place"
    place.mkdir()
    assert [*leaks(tmp_path, SOUGHT)] == []
    planted(place)
    assert len([*leaks(tmp_path, SOUGHT)]) == 1
    assert [*leaks(tmp_path, SOUGHT, [place])] == []
