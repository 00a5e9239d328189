"""Workbooks of four programs and CSV of several encodings read alike; what is none, or too much, is refused at once."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets import compound
from licheng.exchange.workbooks import Sheet, Value, sheets
from licheng.policy import cells
from tests import workbooks
from tests.workbooks import SAMPLE, as_csv, by_odfdo, by_openpyxl, by_xlsxwriter, kept, with_part

PATH = Path("folder/名單.csv")
SHEET = "xl/worksheets/sheet1.xml"


def read(data: bytes) -> Sheet:
    [sheet] = sheets(data, PATH)
    return sheet


def refusal(data: bytes) -> tuple[str, object]:
    with pytest.raises(UsageError) as refused:
        sheets(data, PATH)
    assert refused.value.values["path"] == str(PATH)
    return refused.value.code, refused.value.values.get("case")


def alike(rows: workbooks.Rows) -> list[list[object]]:
    """What the values mean, blanks at the end of rows left out."""
    meant = [[_meaning(value) for value in row] for row in rows]
    return [row[: max((index for index, value in enumerate(row, 1) if value), default=0)] for row in meant]


def _meaning(value: Any) -> object:
    if isinstance(value, date):
        return cells.day(value, date(1900, 1, 1), date(2100, 1, 1))
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, bool) or str(value) in {"True", "False"}:
        return str(int(str(value) == "True"))
    return cells.text(value)


@pytest.mark.parametrize(
    "data",
    [
        by_openpyxl(SAMPLE),
        by_xlsxwriter(SAMPLE),
        by_xlsxwriter(SAMPLE, since_1904=True, show="[$-404]e/m/d"),
        by_odfdo(SAMPLE),
        as_csv(SAMPLE),
        as_csv(SAMPLE, "utf-8"),
        as_csv(SAMPLE, "cp950"),
        as_csv(SAMPLE, "utf-16", "\t"),
    ],
    ids=["openpyxl", "xlsxwriter", "xlsxwriter-1904", "odfdo", "utf-8-bom", "utf-8", "big5", "utf-16"],
)
def test_a_list_is_the_same_from_every_program(data: bytes) -> None:
    assert alike(read(data).rows) == alike(SAMPLE)
    assert read(data).name == "名單"


@pytest.mark.parametrize("suffix", ["xls", "ods", "xlsx"])
def test_what_libreoffice_has_made(suffix: str) -> None:
    sheet = read(kept(f"sample.{suffix}"))
    assert sheet.rows[0] == ["一一五學年度學生名單", *[None] * 7]
    assert alike([row[:7] for row in sheet.rows[1:]]) == alike(SAMPLE)
    assert [row[7] for row in sheet.rows[2:]] == [3.0, "#N/A", None]
    assert sheet.formulas == frozenset()
    since_1904 = read(kept(f"since-1904.{suffix}"))
    assert alike(since_1904.rows) == alike(SAMPLE[:2])


@given(st.lists(st.dates(date(1928, 1, 1), date(2099, 12, 31)), min_size=1, max_size=20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_day_written_by_each_program_in_each_form_reads_the_same(days: list[date]) -> None:
    rows = [(day, datetime(day.year, day.month, day.day, 15, 20), *_texts(day)) for day in days]  # noqa: DTZ001
    programs: list[bytes] = [by_openpyxl(rows), by_odfdo(rows), as_csv(rows), as_csv(rows, "cp950")]
    programs += [
        by_xlsxwriter(rows, since_1904=old, show=show) for old, show in ((False, "e/m/d"), (True, "yyyy-mm-dd"))
    ]
    expected = [[day.isoformat()] * len(row) for day, row in zip(days, rows, strict=True)]
    for data in programs:
        values = read(data).rows
        assert [[cells.day(value, date(1900, 1, 1), date(2110, 1, 1)) for value in row] for row in values] == expected


def _texts(day: date) -> list[object]:
    roc, serial = day.year - 1911, (day - date(1899, 12, 30)).days
    spoken = f"民國{roc:02}年{day.month}月{day.day}日 上午 08:30"
    return [f"{roc:03}{day:%m%d}", f"{roc:02}/{day.month}/{day.day}", spoken, serial]


def test_rows_and_columns_stand_where_the_workbook_has_them() -> None:
    def move(_: Any, sheet: Any) -> None:
        sheet["C4"], sheet["E6"] = "丙四", "戊六"

    for rows in (read(by_openpyxl((), change=move)).rows, read(as_csv([[]] * 3 + [["", "", "丙四"]])).rows):
        assert rows[3][2] == "丙四"
    assert read(by_openpyxl((), change=move)).rows[5][4] == "戊六"


def test_a_formula_without_a_stored_value_is_no_empty_cell() -> None:
    def add(_: Any, sheet: Any) -> None:
        sheet["B2"] = "=1+1"

    assert read(by_openpyxl([("甲", "乙")], change=add)).formulas == {(2, 2)}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:  # it writes 0 as their value, and that all must be calculated
        workbook.add_worksheet().write_formula(0, 0, "=1+1")
    assert read(file.getvalue()).formulas == {(1, 1)}
    assert read(as_csv([["=1+1", '="007"', "=SUM(A1)", "= 說明"]])).formulas == {(1, 1), (1, 3), (1, 4)}
    assert read(as_csv([['="007"']])).rows == [["007"]]


def test_a_calculated_formula_is_its_value() -> None:
    def calculated(part: bytes) -> bytes:
        return part.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(b"<f>1+2</f>", b"<f>1+2</f>")

    def add(_: Any, sheet: Any) -> None:
        sheet["A1"], sheet["A2"] = "=1+1", "=1+2"

    once = with_part(
        by_openpyxl((), change=add),
        {SHEET: calculated, "xl/workbook.xml": lambda part: part.replace(b'fullCalcOnLoad="1"', b"")},
    )
    assert read(once).rows[0] == [2.0]
    assert read(once).formulas == {(2, 1)}


def test_an_error_is_seen_where_calamine_sees_nothing() -> None:
    def add(_: Any, sheet: Any) -> None:
        sheet["B1"].data_type, sheet["B1"].value = "e", "#REF!"
        sheet["B1"].data_type = "e"

    assert read(by_openpyxl([("甲", None, "丙")], change=add)).rows == [["甲", "#REF!", "丙"]]
    before = 'office:value-type="string" calcext:value-type="string" office:string-value="錯"'.encode()
    formula = b'table:formula="of:=1/0" office:value-type="string" office:string-value=""'
    change = {
        "content.xml": lambda part: part.replace(before, formula).replace("<text:p>錯".encode(), b"<text:p>#DIV/0!")
    }
    shown = with_part(by_odfdo([("甲", "錯", "丙")]), change)
    assert read(shown).rows == [["甲", "#DIV/0!", "丙"]]


def test_hidden_sheets_are_left_out() -> None:
    def hide(workbook: Any, _: Any) -> None:
        workbook.create_sheet("代碼").sheet_state = "hidden"
        workbook.create_sheet("更隱密").sheet_state = "veryHidden"
        workbook.create_sheet("第二張")
        workbook.create_chartsheet("圖")

    assert [sheet.name for sheet in sheets(by_openpyxl(SAMPLE, change=hide), PATH)] == ["名單", "第二張", "圖"]


def _hidden_row(_: Any, sheet: Any) -> None:
    sheet.row_dimensions[2].hidden = True


def _hidden_column(_: Any, sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


def _hidden_nothing(_: Any, sheet: Any) -> None:
    sheet.row_dimensions[9].hidden = sheet.column_dimensions["Z"].hidden = True


@pytest.mark.parametrize(("change", "case"), [(_hidden_row, "rows"), (_hidden_column, "columns")])
def test_hidden_rows_and_columns_that_hold_something_are_refused(change: Callable[[Any, Any], None], case: str) -> None:
    assert refusal(by_openpyxl(SAMPLE, change=change)) == ("APP223", case)


def test_hidden_rows_and_columns_without_content_harm_nobody() -> None:
    assert alike(read(by_openpyxl(SAMPLE, change=_hidden_nothing)).rows) == alike(SAMPLE)


def test_hidden_rows_and_columns_of_the_other_formats() -> None:
    row = {
        "content.xml": lambda part: part.replace(b"<table:table-row", b'<table:table-row table:visibility="filter"', 4)
    }
    assert refusal(with_part(kept("sample.ods"), row)) == ("APP223", "rows")
    column = {
        "content.xml": lambda part: part.replace(
            b"<table:table-column", b'<table:table-column table:visibility="collapse"', 1
        )
    }
    assert refusal(with_part(kept("sample.ods"), column)) == ("APP223", "columns")
    assert refusal(_in_xls(0x0208, 12, 0x20)) == ("APP223", "rows")
    assert refusal(_in_xls(0x007D, 8, 0x01)) == ("APP223", "columns")


def _in_xls(record: int, offset: int, bit: int) -> bytes:
    """LibreOffice's xls with a bit set in every record of a type."""
    data = bytearray(kept("sample.xls"))
    for at in _records(data, record):
        data[at + 4 + offset] |= bit
    return bytes(data)


def _records(data: bytes | bytearray, wanted: int) -> list[int]:
    """Offsets in the file of the workbook's records of a type; LibreOffice writes the stream in one piece."""
    stream = compound.streams(bytes(data))["Workbook"]
    start = bytes(data).index(stream[:400])
    offset, found = 0, []
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        found += [start + offset] * (kind == wanted)
        offset += 4 + length
    assert found
    return found


def _locked_xls() -> bytes:
    data = bytearray(kept("sample.xls"))
    struct.pack_into("<H", data, _records(data, 0x0809)[0] + 4 + 16, 0x002F)  # the record after the first
    return bytes(data)


def _locked_xlsx() -> bytes:
    """Excel puts what it encrypts into a container of old Office."""
    data = kept("sample.xls")
    names = {name: (name.encode("utf-16-le") + bytes(64))[:64] for name in ("Workbook", "EncryptedPackage")}
    renamed = names["EncryptedPackage"] + struct.pack("<H", 2 * len("EncryptedPackage") + 2)
    return data.replace(names["Workbook"] + struct.pack("<H", 18), renamed)


def _locked_ods(part: bytes) -> bytes:
    return part.replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>")


@pytest.mark.parametrize(
    "data",
    [_locked_xls(), _locked_xlsx(), with_part(kept("sample.ods"), {"META-INF/manifest.xml": _locked_ods})],
    ids=["xls", "xlsx", "ods"],
)
def test_a_password_is_asked_of_nobody(data: bytes) -> None:
    assert refusal(data) == ("APP221", None)


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in names:
            package.writestr(name, b"<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "case"),
    [
        *[(b"", "empty"), (b" \r\n", "empty"), (b"<html><table><tr><td>1</td></table>", "web-page")],
        (b'\xef\xbb\xbf<?xml version="1.0"?><!DOCTYPE html PUBLIC ""><html>', "web-page"),
        *[("<table><tr>".encode("utf-16"), "web-page"), (b"<META charset=big5><table>", "web-page")],
        *[
            (b"MIME-Version: 1.0\nContent-Type: multipart/related", "web-page"),
            (b'<?xml version="1.0"?><Workbook/>', "xml"),
        ],
        *[(b"%PDF-1.7", "pdf"), (b"\x89PNG\r\n", "picture"), (b"Rar!\x1a", "archive"), (_zip("a.txt"), "archive")],
        *[(_zip("word/document.xml"), "document"), (_zip("xl/workbook.bin"), "binary-workbook"), (_zip(), "archive")],
        *[(by_openpyxl(SAMPLE)[:-200], "damaged"), (kept("sample.xls")[:3000], "damaged"), (b"PK\x03\x04", "damaged")],
        (kept("sample.xls").replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le")), "document"),
        (with_part(by_openpyxl(SAMPLE), {SHEET: lambda part: part[:-20]}), "damaged"),
        (with_part(by_openpyxl(SAMPLE), {SHEET: lambda part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + part}), "damaged"),
        (with_part(by_openpyxl(SAMPLE), {SHEET: lambda part: part.replace(b'r="A2"', b'r="A2:B3"')}), "damaged"),
        (with_part(kept("sample.ods"), {"content.xml": lambda _: b""}), "damaged"),
    ],
)
def test_what_is_no_table_of_cells_is_called_by_its_name(data: bytes, case: str) -> None:
    assert refusal(data) == ("APP220", case)


def test_what_is_no_text_and_an_open_quotation_mark() -> None:
    assert refusal("學號,姓名\n".encode() + b"\xff\xfe\xfd") == ("APP224", None)
    assert refusal(b"a\x00b,c\n") == ("APP224", None)
    assert refusal('學號,姓名\n1,"林\n'.encode()) == ("APP224", "quotes")
    assert refusal('學號,姓名\n1,"林"子\n'.encode()) == ("APP224", "quotes")


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(5):
            package.writestr(f"xl/{number}", bytes(90_000_000))
    return file.getvalue()


def _liar() -> bytes:
    """A zip that says in its directory that a part of 5 MB unpacks to 10 bytes."""
    data = bytearray(with_part(by_openpyxl(SAMPLE), {"xl/theme/theme1.xml": lambda _: bytes(5_000_000)}))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/theme/theme1.xml"))
    struct.pack_into("<I", data, at + 24, 10)
    return bytes(data)


def _repeated(part: bytes) -> bytes:
    return part.replace(b"<table:table-row", b'<table:table-row table:number-rows-repeated="1048576"', 1)


def _declared() -> bytes:
    """An xls that says to have four thousand million rows."""
    data = bytearray(kept("sample.xls"))
    struct.pack_into("<I", data, _records(data, 0x0200)[0] + 4 + 4, 0xFFFFFFFF)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "case"),
    [
        *[(bytes(50_000_001), "bytes"), (_bomb, "unpacked"), (lambda: _zip(*map(str, range(2_001))), "parts")],
        (
            lambda: with_part(by_openpyxl(SAMPLE), {SHEET: lambda part: part.replace(b'r="A2"', b'r="A1048576"')}),
            "rows",
        ),
        (lambda: with_part(by_openpyxl(SAMPLE), {SHEET: lambda part: part.replace(b'r="A2"', b'r="XFD2"')}), "columns"),
        (lambda: by_openpyxl(SAMPLE, change=lambda _, sheet: sheet.__setitem__("SF20000", 1)), "cells"),
        (lambda: by_openpyxl(SAMPLE, change=lambda book, _: [book.create_sheet() for _ in range(100)]), "sheets"),
        *[(with_part(kept("sample.ods"), {"content.xml": _repeated}), "rows"), (_declared(), "cells")],
        *[(b"1\n" * 300_001, "rows"), (b"," * 500, "columns"), ((b"," * 499 + b"\n") * 10_001, "cells")],
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_more_than_a_school_has_is_refused_before_it_is_read(data: bytes | Callable[[], bytes], case: str) -> None:
    assert refusal(data() if callable(data) else data) == ("APP222", case)


def test_a_zip_that_lies_about_its_size_or_names_a_part_twice() -> None:
    assert refusal(_liar()) == ("APP220", "damaged")
    file = io.BytesIO(by_openpyxl(SAMPLE))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as package:
        package.writestr(SHEET, package.read(SHEET))
    assert refusal(file.getvalue()) == ("APP220", "damaged")


def _mutant(data: bytes, dice: random.Random) -> bytes:
    """A workbook with a few bytes of a part, or of the file, changed, left out or doubled."""

    def spoil(part: bytes) -> bytes:
        spoiled = bytearray(part)
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(spoiled))
            what = dice.choice([b"", bytes([dice.randrange(256)]), b"9", b"<", spoiled[at : at + 30] * 2])
            spoiled[at : at + dice.randint(1, 9)] = what
        return bytes(spoiled)

    if data.startswith(b"PK") and dice.random() < 0.8:
        parts = [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith((".xml", ".rels"))]
        return with_part(data, {dice.choice(parts): spoil})
    spoiled = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        spoiled[dice.randrange(len(spoiled))] = dice.choice([0, 1, 45, 255, dice.randrange(256)])
    return bytes(spoiled)


@cache  # openpyxl writes when it was made, so that another second may be another length
def whole_workbooks() -> tuple[bytes, ...]:
    return by_openpyxl(SAMPLE), kept("sample.ods"), kept("sample.xls"), kept("sample.xlsx")


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_a_damaged_workbook_is_read_or_refused_and_ends_nothing(dice: random.Random) -> None:
    for data in whole_workbooks():
        spoiled = _mutant(data, dice)
        with suppress(UsageError):
            values = [value for sheet in sheets(spoiled, PATH) for row in sheet.rows for value in row]
            assert all(isinstance(value, Value) for value in values)
