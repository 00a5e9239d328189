"""Files that cannot be taken: each is refused at its place, and not one byte of the school changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from licheng.outputs.catalog import catalog
from tests.command import licheng
from tests.importing.places import STUDENTS, demo, number, person
from tests.importing.test_seven_kinds import LISTS, proofs
from tests.people import Registry
from tests.trees import stamps_below
from tests.workbooks import Rows, as_csv, by_odfdo, by_openpyxl, by_xlsxwriter, kept

Stamps = dict[str, tuple[int, int, int]]

ANNA, BEN = "s1150001", "s1150002"
GOOD: dict[str, Rows] = {
    **LISTS,
    "marks": (
        ("學年度", "學期", "學號", "姓名", "科目名稱", "學期成績", "成績及格", "採計學分", "補考成績"),
        (115, 1, number(ANNA), "林子", "數學", 86, "及格", "是", None),
        (115, 1, number(ANNA), "林子", "歷史", 55, "不及格", "是", 61),
    ),
    "course-records": (
        ("學年度", "學期", "學號", "科目名稱", "班別", "修課方式", "學分"),
        (115, 1, number(BEN), "數學", "10a", "一般", 4),
        (115, 1, number(BEN), "歷史", "10a", "一般", 2),
    ),
    "students": (
        ("學號", "異動", "異動日期", "年級", "班級", "科別"),
        (number(ANNA), "休學", "1151123", "高一", None, "普通科"),
    ),
}
ZERO_WIDTH, RIGHT_TO_LEFT, PRIVATE, CYRILLIC = "\u200b", "\u202e", "\ue123", "\u0410"

# By one cell of a good list: import, cell, what stands there instead, label of the fault.
CELLS: list[tuple[str, str, Any, str]] = [
    # whose it is
    *[("clubs", "A2", "0099999", "unknown-student"), ("clubs", "A3", None, "empty"), ("clubs", "A2", "#N/A", "error")],
    *[("clubs", "A2", f"00{ZERO_WIDTH}7000", "characters"), ("clubs", "A2", int(number(ANNA)), "unknown-student")],
    *[
        ("clubs", "A2", date(2026, 1, 2), "became-date"),
        ("clubs", "A2", True, "truth"),
        ("clubs", "A2", 1e16, "digits-lost"),
    ],
    ("marks", "D2", person(BEN).name, "other-name"),
    # days
    *[
        ("clubs", "C2", "11/9/115", "date-order"),
        ("clubs", "C2", "9/11", "no-year"),
        ("clubs", "C2", "2/30", "no-year"),
    ],
    *[
        ("clubs", "C2", "115/2/30", "no-such-day"),
        ("clubs", "C2", "1151332", "no-such-day"),
        ("clubs", "C2", "九月", "date"),
    ],
    *[("clubs", "C2", None, "empty"), ("clubs", "C2", "#VALUE!", "error"), ("clubs", "C2", 115.911, "date")],
    *[("clubs", "C2", "115/9/11、115/9/12", "date"), ("clubs", "C2", f"115/9/1{RIGHT_TO_LEFT}1", "date")],
    *[
        ("clubs", "C2", "1899-12-31", "outside"),
        ("clubs", "C2", time(8, 0), "date"),
        ("clubs", "D2", "1150831", "before"),
    ],
    *[("attendance", "D2", "1160211", "outside"), ("attendance", "D2", "1150731", "outside")],
    *[("attendance", "D2", None, "empty"), ("explorations", "D2", "1160301", "outside")],
    # numbers
    *[("marks", "F2", 101, "decimal"), ("marks", "F2", -1, "decimal"), ("marks", "F2", "缺考", "decimal")],
    *[("marks", "F2", "86分", "decimal"), ("marks", "F2", None, "empty"), ("marks", "F2", 250 / 3, "places")],
    *[("marks", "F2", "#DIV/0!", "error"), ("marks", "F2", True, "decimal"), ("marks", "F2", "8 6 0", "decimal")],
    *[("marks", "I3", 100.5, "decimal"), ("attendance", "F2", 0, "whole"), ("attendance", "F2", 11, "whole")],
    *[
        ("attendance", "F2", 2.5, "whole"),
        ("attendance", "F2", "三", "whole"),
        ("service", "F2", "三小時半", "decimal"),
    ],
    *[("service", "F2", 10_000, "decimal"), ("course-records", "G2", "四", "decimal")],
    # words and codes
    *[
        ("attendance", "E2", "外星假", "word"),
        ("attendance", "E2", f"{CYRILLIC}假", "word"),
        ("attendance", "G4", "也許", "yes-no"),
    ],
    *[("marks", "G2", "及格吧", "yes-no"), ("marks", "H2", "?", "yes-no"), ("service", "G2", "線上", "word")],
    *[("positions", "D2", "宇宙級", "unknown-code"), ("positions", "D2", 7, "unknown-code")],
    *[("positions", "D2", "班级干部", "unknown-code"), ("positions", "D3", 2.5, "unknown-code")],
    *[("explorations", "E2", "資訊學群、魔法學群", "unknown-code"), ("consultations", "E2", "團體", "unknown-code")],
    *[("contests", "G2", "雙人", "unknown-code"), ("contests", "B2", "魔法大賽", "unknown-contest")],
    *[
        ("consultations", "C2", "25:00", "clock"),
        ("consultations", "C2", "第三節", "clock"),
        ("consultations", "C2", "14", "clock"),
    ],
    ("course-records", "F2", "旁聽", "word"),
    *[
        ("contests", "H2", None, "empty"),
        ("contests", "H2", "沒有.pdf", "no-file"),
        ("contests", "H3", "../../x.pdf", "no-file"),
    ],
    # texts
    *[("clubs", "B2", "社" * 201, "too-long"), ("clubs", "B2", f"天文{PRIVATE}社", "characters")],
    *[
        ("clubs", "B2", f"天{ZERO_WIDTH}文社", "characters"),
        ("clubs", "B2", "#REF!", "error"),
        ("clubs", "B2", date(2026, 1, 2), "became-date"),
    ],
    *[("clubs", "B2", "\u00a0\u3000", "empty"), ("positions", "C2", f"班長{RIGHT_TO_LEFT}", "characters")],
    # courses, classes, terms
    *[
        ("marks", "E2", "魔藥學", "unknown-course"),
        ("marks", "E2", "生活化學", "not-taken"),
        ("marks", "B2", 3, "half"),
    ],
    *[
        ("marks", "A2", 2026, "cohort"),
        ("marks", "A2", None, "no-term"),
        ("course-records", "C2", "0099999", "unknown-student"),
    ],
    *[("course-records", "D2", "煉金術", "unknown-course"), ("course-records", "E2", "10z", "no-section")],
    *[
        ("students", "F2", "魔法科", "unknown-programme"),
        ("students", "D2", "四年級", "level"),
        ("students", "B2", "升天", "word"),
    ],
    ("explorations", "B2", "一一五", "cohort"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Registry]:
    return demo(tmp_path_factory.mktemp("bad"))


@pytest.fixture(scope="module")
def before(place: tuple[Path, Registry]) -> Stamps:
    return stamps_below(place[0])


def with_cell(rows: Rows, cell: str, value: Any) -> Rows:
    """The rows with another value in a cell."""
    row, column = int(cell[1:]) - 1, ord(cell[0]) - ord("A")
    return [(*line[:column], value, *line[column + 1 :]) if at == row else line for at, line in enumerate(rows)]


def refused(
    place: tuple[Path, Registry], before: Stamps, kind: str, data: bytes, *options: str, suffix: str = ".xlsx"
) -> str:
    """What the command says of a file that it refuses; nothing is written, and nobody is named."""
    school, registry = place
    path = registry.folder / f"名單{suffix}"
    path.write_bytes(data)
    files = ("--files", str(proofs(registry))) if kind == "contests" else ()
    done = licheng(school, "import", kind, str(path), *registry.options, "--lang", "zh-TW", *files, *options)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert stamps_below(school) == before
    assert not re.search(r"\b(True|False|None|datetime)\b|Traceback", done.stderr)  # no value as Python writes it
    for student in STUDENTS:
        assert person(student).id_number not in done.stderr
        assert person(student).name not in done.stderr
    return done.stderr


def fault_text(label: str) -> str:
    """What stands before the first value in the words of a fault."""
    return re.split(r"[{]", catalog("zh-TW").label("cell_fault", label))[0]


@pytest.mark.parametrize("kind", GOOD)
def test_the_lists_are_good_but_for_the_one_cell(place: tuple[Path, Registry], kind: str) -> None:
    path = place[1].folder / "good.xlsx"
    path.write_bytes(by_openpyxl(GOOD[kind]))
    files = ("--files", str(proofs(place[1]))) if kind == "contests" else ()
    done = licheng(place[0], "import", kind, str(path), *place[1].options, "--dry-run", *files)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("kind", "cell", "value", "label"), CELLS)
def test_a_bad_cell_is_refused_at_its_place(
    place: tuple[Path, Registry], before: Stamps, kind: str, cell: str, value: Any, label: str
) -> None:
    told = refused(place, before, kind, by_openpyxl(with_cell(GOOD[kind], cell, value)))
    assert "APP200" in told
    [line] = [line for line in told.splitlines() if f"名單.xlsx 工作表「名單」{cell}「" in line]
    assert fault_text(label) in line


def _twice(rows: Rows) -> Rows:
    return [*rows, rows[-1]]


def _without(column: int) -> Callable[[Rows], Rows]:
    return lambda rows: [(*row[:column], *row[column + 1 :]) for row in rows]


def _headed(column: int, heading: str) -> Callable[[Rows], Rows]:
    return lambda rows: with_cell(rows, f"{chr(ord('A') + column)}1", heading)


def _beside(heading: str, value: Any) -> Callable[[Rows], Rows]:
    return lambda rows: [(*rows[0], heading), *((*row, value) for row in rows[1:])]


# By what is wrong with a list as a whole: import, change, code, what is told.
LISTS_AT_FAULT: dict[str, tuple[str, Callable[[Rows], Rows], str, str]] = {
    "a row twice": ("clubs", _twice, "APP200", "A4「學號」"),
    "two rows that contradict each other": (
        *(
            "marks",
            lambda rows: [*rows, (*rows[1][:5], 87, *rows[1][6:])],
            "APP200",
            "F4「學期成績」（87）：和第 2 列說的不同",
        ),
    ),
    "a title that two rows call differently": (
        *(
            "clubs",
            lambda rows: [*rows, (*rows[2][:4], "副社長")],
            "APP200",
            "E4「擔任職務」（副社長）：和第 3 列說的不同",
        ),
    ),
    "two students in one row": (
        "clubs",
        _beside("身分證號", person(BEN).id_number),
        "APP200",
        "F2「身分證號」（A999999999）",
    ),
    "an ID number of nobody": ("clubs", _beside("身分證號", "A100000001"), "APP200", "F2「身分證號」（A999999999）"),
    "no heading for the club": ("clubs", _without(1), "APP204", "社團名稱"),
    "no heading for the student": ("clubs", _without(0), "APP204", "學號"),
    "no column of the term": ("marks", _without(1), "APP204", "學年學期"),
    "headings twice": ("clubs", _headed(3, "開始日期"), "APP204", "開始日期"),
    "no headings": ("clubs", lambda rows: rows[1:], "APP203", "社團名稱"),
    "headings alone": ("clubs", lambda rows: rows[:1], "APP205", "clubs"),
    "an empty sheet": ("clubs", lambda _: [], "APP203", "社團名稱"),
    "blank rows alone": ("clubs", lambda rows: [rows[0], *[("\u3000", None, " ")] * 3], "APP205", "clubs"),
    "a list of another import": ("clubs", lambda _: GOOD["service"], "APP204", "社團名稱"),
    "never away, and away": (
        "attendance",
        lambda rows: [*rows, (number(BEN), 115, 1, "115/9/11", "事假", 1, None)],
        *("APP209", "s1150002/attendance/115-1.yaml"),
    ),
    "away before the school knew the student": (
        "attendance",
        lambda rows: [rows[0], (number(ANNA), 114, 1, "114/9/11", "事假", 1, None)],
        *("APP209", "ENR001"),
    ),
    "a position that begins before the student came": (
        *("positions", lambda rows: with_cell(rows, "E2", "1130901"), "APP209", "ENR001"),
    ),
    "a class that nobody has": ("students", lambda rows: [rows[0], _moved("10q")], "APP209", "REF020"),
}


def _moved(school_class: str) -> tuple[Any, ...]:
    return (number(ANNA), "轉班", "1151102", "高一", school_class, "普通科")


@pytest.mark.parametrize("name", LISTS_AT_FAULT)
def test_a_list_that_is_wrong_as_a_whole_is_refused(place: tuple[Path, Registry], before: Stamps, name: str) -> None:
    kind, change, code, words = LISTS_AT_FAULT[name]
    told = refused(place, before, kind, by_openpyxl(change(GOOD[kind])))
    assert code in told
    assert words in told


def _uncalculated(_: Any, sheet: Any) -> None:
    sheet["B2"] = "=D2"


def _hidden(_: Any, sheet: Any) -> None:
    sheet.column_dimensions["B"].hidden = True


# By the file itself: its bytes, its name's end, the code, what is told.
FILES: dict[str, tuple[bytes, str, str, str]] = {
    "nothing": (b"", ".xlsx", "APP220", "空的檔案"),
    "a web page that is called a workbook": (b"<html><table><tr><td>1", ".xls", "APP220", "網頁"),
    "a workbook that was cut off": (by_openpyxl(GOOD["clubs"])[:-300], ".xlsx", "APP220", "損壞"),
    "an old workbook that was cut off": (kept("sample.xls")[:4000], ".xls", "APP220", "損壞"),
    "a PDF": (b"%PDF-1.7\n", ".xlsx", "APP220", "PDF"),
    "hidden columns": (by_openpyxl(GOOD["clubs"], change=_hidden), ".xlsx", "APP223", "隱藏的欄"),
    "a formula that nobody calculated": (
        by_openpyxl(GOOD["clubs"], change=_uncalculated),
        ".xlsx",
        "APP200",
        "B2「社團名稱」",
    ),
    "a formula in a CSV": (as_csv(with_cell(GOOD["clubs"], "B3", "=1+1")), ".csv", "APP200", "B3「社團名稱」"),
    "a CSV in no encoding": (as_csv(GOOD["clubs"]) + b"\xff\xfe", ".csv", "APP224", "Big5"),
    "a CSV with an open quotation mark": (as_csv(GOOD["clubs"]) + b'"', ".csv", "APP224", "引號"),
    "a bad day in an ods": (by_odfdo(with_cell(GOOD["clubs"], "C3", "2/30")), ".ods", "APP200", "C3「開始日期」"),
    "a bad day in Big5": (as_csv(with_cell(GOOD["clubs"], "C3", "2/30"), "cp950"), ".csv", "APP200", "C3「開始日期」"),
    "a bad day by XlsxWriter": (
        *(
            by_xlsxwriter(with_cell(GOOD["clubs"], "C3", date(1901, 2, 3)), since_1904=False),
            ".xlsx",
            "APP200",
            "C3「開始日期」",
        ),
    ),
    "a list by LibreOffice that is another one": (kept("sample.xls"), ".xls", "APP204", "社團名稱"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_is_refused(place: tuple[Path, Registry], before: Stamps, name: str) -> None:
    data, suffix, code, words = FILES[name]
    told = refused(place, before, "clubs", data, suffix=suffix)
    assert code in told
    assert words in told


def test_a_sheet_that_is_not_there(place: tuple[Path, Registry], before: Stamps) -> None:
    mapping = place[1].folder / "mapping.yaml"
    mapping.write_text("import: clubs\nsheet: 社團\n", encoding="utf-8")
    told = refused(place, before, "clubs", by_openpyxl(GOOD["clubs"]), "--columns", str(mapping))
    assert "APP202" in told
    assert "名單" in told


def test_all_bad_cells_are_told_at_once(place: tuple[Path, Registry], before: Stamps) -> None:
    rows = with_cell(with_cell(with_cell(GOOD["clubs"], "A2", "0099999"), "C2", "2/30"), "D3", "九月")
    told = refused(place, before, "clubs", by_openpyxl(rows))
    assert "有 2 格不對" in told  # whose a row is, is asked when its cells can be read
    assert [cell in told for cell in ("C2「", "D3「")] == [True, True]


def test_there_are_sixty_and_more() -> None:
    assert len(CELLS) + len(LISTS_AT_FAULT) + len(FILES) >= 60


def test_a_proof_that_may_not_be_attached(place: tuple[Path, Registry], before: Stamps) -> None:
    (proofs(place[1]) / "獎狀.docx").write_bytes(b"PK")
    told = refused(place, before, "contests", by_openpyxl(with_cell(GOOD["contests"], "H2", "獎狀.docx")))
    assert "APP012" in told
