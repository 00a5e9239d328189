"""Files of an import: read, their sheet chosen, their headings found; a first mapping guessed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.core.location import Place
from licheng.exchange.workbooks import Sheet, sheets
from licheng.policy.cells import shape
from licheng.policy.importing.kinds import Column, ImportKind
from licheng.policy.importing.mapping import ColumnMap, HeadingError, MappingError, Places, guessed, lacking, located
from licheng.policy.importing.preview import GuessedColumn, GuessedMap
from licheng.policy.importing.rows import ListTable, as_text, letters
from licheng.sources import yaml
from licheng.sources.emit import emit
from licheng.sources.markdown import yaml_span
from licheng.storage.files import given

_SAMPLES = 3


def read_mapping(path: Path, kind: ImportKind) -> ColumnMap:
    """What a school's mapping file says.

    Raises:
        UsageError: APP024, it cannot be read; APP201, it is no mapping of this import.
    """
    data = given(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("APP201", path=str(path), line=1, case="not-utf8") from error
    try:
        return ColumnMap.of(yaml.parse(text), kind)
    except yaml.OutsideSubsetError as error:
        raise UsageError(
            "APP201", path=str(path), line=error.line, case="yaml", detail=yaml.finding("", error)
        ) from error
    except MappingError as error:
        where = yaml.locate(Place(str(path), text, error.pointer, on_key=True), yaml_span)
        raise UsageError("APP201", path=str(path), line=where.line, case=error.case, **error.values) from error


def tables(kind: ImportKind, files: Sequence[Path], mapping: ColumnMap) -> list[ListTable]:
    """The sheet of each file, and where it holds what.

    Args:
        kind: of the import.
        files: workbooks or CSV.
        mapping: what the school says of them.

    Raises:
        UsageError: APP024, a file cannot be read; APP202, no such sheet; APP203, headings; APP204, a needed column is
            said by nothing; of `licheng.exchange.workbooks.sheets`.
    """
    return [table(kind, path, given(path), mapping) for path in files]


def table(kind: ImportKind, path: Path, data: bytes, mapping: ColumnMap) -> ListTable:
    """As `tables`, of one file whose bytes are here; `path` is what errors call it."""
    sheet = _sheet(kind, path, data, mapping)
    try:
        places = located(sheet.rows, kind, mapping)
    except HeadingError as error:
        raise UsageError(
            "APP203", path=str(path), sheet=sheet.name, case=error.case, headings=error.headings
        ) from error
    needed = tuple(column.headings[0] for column in lacking(kind, mapping, places.columns))
    if needed:
        raise UsageError("APP204", path=str(path), sheet=sheet.name, headings=needed, kind=kind.name)
    return ListTable(path.name, sheet.name, sheet.rows, sheet.formulas, places, mapping)


def _sheet(kind: ImportKind, path: Path, data: bytes, mapping: ColumnMap) -> Sheet:
    """The sheet that the school names, else the one in which most headings are known."""
    every = sheets(data, path)
    named = [sheet for sheet in every if not mapping.sheet or sheet.name == mapping.sheet]
    if not named:
        raise UsageError("APP202", path=str(path), sheet=mapping.sheet, known=tuple(sheet.name for sheet in every))
    return max(named, key=lambda sheet: _known_headings(sheet, kind, mapping))


def _known_headings(sheet: Sheet, kind: ImportKind, mapping: ColumnMap) -> int:
    if mapping.columns:
        try:
            return len(located(sheet.rows, kind, mapping).columns)
        except HeadingError:
            return 0
    places = guessed(sheet.rows, kind, mapping.heading)
    return len(places.columns) if places is not None else 0


def guess(kind: ImportKind, path: Path, mapping: ColumnMap) -> GuessedMap:
    """A first mapping from a file's headings.

    Args:
        kind: of the import.
        path: a workbook or CSV.
        mapping: constants that the school gives, and its sheet if it names one.

    Raises:
        UsageError: as `tables`, but that columns may be missing.
    """
    sheet = _sheet(kind, path, given(path), mapping)
    places = guessed(sheet.rows, kind, mapping.heading)
    if places is None:
        known = tuple(column.headings[0] for column in kind.columns if column.needed)
        raise UsageError("APP203", path=str(path), sheet=sheet.name, case="none", headings=known)
    table = ListTable(path.name, sheet.name, sheet.rows, sheet.formulas, places, mapping)
    numbers, columns = range(places.heading[-1] + 1, len(sheet.rows) + 1), list[GuessedColumn]()
    for name, index in places.columns.items():
        # What the first cells look like; what they hold may be anything.
        cells = (cell for number in numbers if (cell := table.cell(number, name)) is not None)
        shapes = tuple(shape(as_text(cell)) for cell in islice(cells, _SAMPLES))
        columns.append(GuessedColumn(kind.column(name), letters(index), places.headings[index], shapes))
    missing = lacking(kind, mapping, places.columns)
    return GuessedMap(
        _mapping_text(kind, sheet.name, places, mapping, missing), sheet.name, columns, missing, places.unused
    )


def _mapping_text(kind: ImportKind, sheet: str, places: Places, mapping: ColumnMap, missing: Sequence[Column]) -> str:
    """A mapping file: what was found, and in comments what a person has to say."""
    heading: object = list(places.heading) if len(places.heading) > 1 else places.heading[0]
    columns = {name: places.headings[index] for name, index in places.columns.items()}
    data: dict[str, object] = {"import": kind.name, "sheet": sheet, "heading": heading, "columns": columns}
    if mapping.values:
        data["values"] = dict(mapping.values)
    lines = [f"#   {column.name}:  # {column.headings[0]}" for column in missing]
    asks = (
        ["# 還沒有的欄位，寫在 columns（標題）或 values（全部都一樣的值）/ still to be said:", *lines] if lines else []
    )
    return emit(data) + "".join(f"{line}\n" for line in asks)


def with_values(mapping: ColumnMap, values: Mapping[str, object]) -> ColumnMap:
    """A mapping with more constants."""
    return replace(mapping, values={**mapping.values, **values})
