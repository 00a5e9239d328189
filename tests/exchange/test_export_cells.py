"""What stands in each cell of a roster: golden rows by hand, read again by two readers that are not ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from licheng.app.loading.load import load
from licheng.exchange.rosters import homes
from licheng.exchange.spreadsheets.plain import letters, workbook
from licheng.policy.exporting.asked import AskedRoster, asked
from licheng.policy.exporting.cells import DAYS, DERIVATIONS, UnknownColumnError
from licheng.policy.exporting.outcomes import Outcome, outcomes
from licheng.policy.exporting.roster import FilledRoster
from licheng.sources import schemas
from tests.exchange import rosters
from tests.exchange.rosters import PERSON

TODAY = date(2026, 7, 28)
HALVES = {"course-outputs": None, "activities": None, "positions": 2, "marks": 2, "retakes": 2, "students": 2}
SHEETS = [
    *((roster, sheet) for roster, sheets in rosters.EXPECTED.items() for sheet in sheets),
    *(("marks" if sheet == "學期成績" else "students", sheet) for sheet in rosters.OTHERS),
]


@pytest.fixture(scope="module")
def filled() -> dict[str, FilledRoster]:
    """Every roster of the student; certifications, of which other tests tell, are taken as given."""
    loaded, every = load(rosters.tree(), TODAY, handbook=False), {}
    [student] = loaded.students()
    for roster, half in HALVES.items():
        form = asked(loaded.school, roster, 114, half, None, frozenset({11}))
        every[roster] = FilledRoster(form, loaded.school, homes())
        known = outcomes(form, student, loaded.school, homes(), is_known=True)
        every[roster].add([Outcome(candidate, None) for candidate, _ in known], PERSON)
    return every


@pytest.mark.parametrize(("roster", "sheet"), SHEETS, ids=["-".join(names) for names in SHEETS])
def test_a_sheet_has_the_columns_and_the_cells_that_were_written_by_hand(
    filled: dict[str, FilledRoster], roster: str, sheet: str
) -> None:
    assert read_again(filled[roster].sheets[sheet]) == rosters.expected(roster, sheet)


def read_again(rows: Sequence[Sequence[str]]) -> list[list[tuple[str, str]]]:
    """A sheet after it was written and read by somebody else, as heading and cell."""
    data = workbook({"表": rows}, "")
    heading, *others = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return [[*zip(map(str, heading), map(str, row), strict=True)] for row in others]


@pytest.mark.parametrize(("roster", "sheet"), SHEETS, ids=["-".join(names) for names in SHEETS])
def test_two_swapped_columns_are_not_what_was_written_by_hand(
    filled: dict[str, FilledRoster], roster: str, sheet: str
) -> None:
    """Any two neighbours, with their headings or under each other's."""
    rows, written = filled[roster].sheets[sheet], rosters.expected(roster, sheet)
    for place in range(len(rows[0]) - 1):
        moved = [[*row[:place], row[place + 1], row[place], *row[place + 2 :]] for row in rows]
        assert read_again(moved) != written
        if moved[1:] != rows[1:]:  # else both have the same cells in every row
            assert read_again([rows[0], *moved[1:]]) != written


def test_the_golden_rows_are_of_all_sheets(filled: dict[str, FilledRoster]) -> None:
    sheets = {(roster, sheet) for roster, each in filled.items() for sheet in each.sheets if sheet != "封面"}
    assert sheets == {*SHEETS}


@pytest.mark.parametrize(
    ("roster", "half", "batch", "says"),
    [
        ("positions", 1, None, ["demo00", "114", "1", "24"]),
        ("activities", None, None, ["demo00", "114", "0", "25"]),
        ("course-outputs", None, None, ["demo00", "114", "0", "26"]),
        ("continuing-course-outputs", None, None, ["demo00", "114", "0", "28"]),
        ("positions", 1, "1", ["demo00", "114", "1", "34"]),
        ("activities", None, "1", ["demo00", "114", "0", "35"]),
        ("course-outputs", None, "first", ["demo00", "114", "0", "36"]),
        ("continuing-course-outputs", None, "1", ["demo00", "114", "0", "38"]),
        ("positions", 2, "2", ["demo00", "114", "2", "74"]),
        ("activities", None, "second", ["demo00", "114", "0", "75"]),
        ("course-outputs", None, "2", ["demo00", "114", "0", "76"]),
        ("continuing-course-outputs", None, "2", ["demo00", "114", "0", "78"]),
        ("marks", 2, None, ["demo00", "114", "2", ""]),  # 名冊別 is not known
    ],
)
def test_the_cover_says_school_year_term_and_the_code_of_the_batch(
    roster: str, half: int | None, batch: str | None, says: list[str]
) -> None:
    school = load(rosters.tree(), TODAY, handbook=False).school
    form = asked(school, roster, 114, half, batch, frozenset())
    cover = FilledRoster(form, school, homes()).sheets["封面"]
    assert cover == [["學校代碼", "學年度", "學期", "名冊別"], says]


def test_a_column_of_which_nothing_says_where_it_is_from_is_refused_by_name() -> None:
    school = load(rosters.tree(), TODAY, handbook=False).school
    form = asked(school, "positions", 114, 1, None, frozenset())
    [sheet] = form.form["sheets"]
    form = AskedRoster(
        {**form.form, "sheets": [{**sheet, "columns": [*sheet["columns"], "血型"]}]},
        *(form.workbook, form.year, form.half, form.batch, form.levels, form.kinds, form.today),
    )
    with pytest.raises(UnknownColumnError) as refused:
        FilledRoster(form, school, homes())
    assert (refused.value.sheet, refused.value.column) == ("幹部經歷紀錄", "血型")


def test_every_derivation_of_the_table_is_made_and_none_besides() -> None:
    assert set(DERIVATIONS) == set(homes().derivations)


def test_the_fields_that_are_written_as_days_are_those_that_schemas_call_days() -> None:
    named = {
        source.name.rpartition(".")[2]
        for sheets in homes().sheets.values()
        for sheet in sheets.values()
        for source in sheet.columns.values()
        if source.of in KINDS_OF_ROWS
    }
    days = {name for kind in KINDS_OF_ROWS for name in _days(schemas.load()[kind])}
    assert named & days == DAYS - {"born", "indigenous_valid_until"}


KINDS_OF_ROWS = ("activity", "position", "student", "marks", "course-output", "course-records")


def _days(schema: object) -> set[str]:
    """The names of all fields of a schema that are dates, at whatever depth."""
    if isinstance(schema, list):
        return {name for part in schema for name in _days(part)}
    if not isinstance(schema, dict):
        return set()
    own = {
        name
        for name, field in schema.get("properties", {}).items()
        if isinstance(field, dict) and field.get("$ref") == "common.schema.json#/$defs/date"
    }
    return own | {name for part in schema.values() for name in _days(part)}


# What a spreadsheet likes to make something else of.
HARD = [
    "00012345678901234567890",
    "0123",
    "1.10",
    "2026/01/05",
    "1e5",
    "TRUE",
    '=HYPERLINK("https://x.example")',
    "+886",
    "-1",
    "@SUM(1)",
    "第一行\n第二行",
    "  前後的空白  ",
    "𠮷𡘙𪚥龘",  # outside the basic plane, and of many strokes
    "👩🏽‍🔬🏳️‍🌈",
    "<b>&amp;</b>",
    "_x0041_",
    "#N/A",
]


def test_a_text_stays_the_text_that_it_is_for_two_other_readers() -> None:
    data = workbook({"封面": [["甲"]], "表 & <二>": [["標題", ""], *([text, ""] for text in HARD), ["", "末"]]}, "x")
    theirs = openpyxl.load_workbook(io.BytesIO(data))
    cells = [row[0] for row in theirs["表 & <二>"].iter_rows(min_row=2, max_row=len(HARD) + 1)]
    assert [cell.data_type for cell in cells] == ["s"] * len(HARD)
    # openpyxl leaves an escaped character as it is written.
    assert [str(cell.value).replace("_x005F_", "_") for cell in cells] == HARD
    assert all(cell.number_format == "@" and cell.quotePrefix for cell in cells)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("表 & <二>").to_python()
    assert [row[0] for row in rows[1:-1]] == HARD
    assert rows[-1] == ["", "末"]


def test_no_cell_of_the_file_is_a_formula_or_a_number() -> None:
    data = workbook({"表": [HARD]}, "")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        infos = archive.infolist()
    assert sheet.count('t="s"') == sheet.count("<c ") == len(HARD)
    assert "<f" not in sheet
    assert {(info.date_time, info.compress_type) for info in infos} == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}


def test_the_bytes_follow_from_the_texts_and_the_identifier_alone() -> None:
    sheets = {"表": [["甲", "乙"], ["1", "1"]]}
    assert workbook(sheets, "x") == workbook(sheets, "x") != workbook(sheets, "y")


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_lettered(column: int, name: str) -> None:
    assert letters(column) == name
