"""Which of a school's headings is which column: as the school says it in a file, or guessed from the headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from licheng.policy.cells import narrow
from licheng.policy.importing.kinds import Column, ImportKind
from licheng.policy.importing.people import WAYS

Rows = Sequence[Sequence[Any]]  # of a sheet: row n is rows[n - 1]
MOST_HEADING_ROWS = 3
_SEARCHED = 30  # rows in which headings are looked for: titles and notes stand above them
_FEWEST = 2  # headings that are known, of a row that is taken for one of headings
_FIELDS = ("import", "sheet", "heading", "columns", "values", "words")


class MappingError(ValueError):
    """A mapping file that says something else: where, and which case of APP201."""

    def __init__(self, pointer: tuple[str | int, ...], case: str, **values: object) -> None:
        super().__init__(pointer, case)
        self.pointer, self.case, self.values = pointer, case, values


@dataclass(frozen=True)
class ColumnMap:
    """What a school says of its workbook.

    Attributes:
        sheet: its name; empty for the first that has rows.
        heading: the numbers of the rows of headings, one above the other; empty where they are looked for.
        columns: a heading by our column; nothing where they are guessed.
        values: by our column what all rows say.
        words: by our column, their word → our value.
    """

    sheet: str = ""
    heading: tuple[int, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any, kind: ImportKind) -> ColumnMap:
        """From a mapping file as it was read.

        Raises:
            MappingError: it says something that no mapping says, or is of another import.
        """
        if not isinstance(data, dict):
            raise MappingError((), "not-a-mapping")
        if data.get("import") != kind.name:
            raise MappingError(("import",), "other-import", wanted=kind.name)
        for name in data:
            if name not in _FIELDS:
                raise MappingError((name,), "unknown-field", name=name, known=_FIELDS)
        parts = {name: _columns_of(data, name, kind) for name in ("columns", "values", "words")}
        if not all(isinstance(heading, str) for heading in parts["columns"].values()):
            raise MappingError(("columns",), "not-a-mapping")
        if not all(isinstance(words, dict) for words in parts["words"].values()):
            raise MappingError(("words",), "not-a-mapping")
        words = {name: {narrow(word): value for word, value in each.items()} for name, each in parts["words"].items()}
        return cls(str(data.get("sheet", "")), _heading_of(data), parts["columns"], parts["values"], words)


def _columns_of(data: Mapping[str, Any], name: str, kind: ImportKind) -> dict[str, Any]:
    """What a part of a mapping file says, by columns of the import."""
    part = data.get(name, {})
    if not isinstance(part, dict):
        raise MappingError((name,), "not-a-mapping")
    known = tuple(column.name for column in kind.columns)
    for column in part:
        if column not in known:
            raise MappingError((name, column), "unknown-column", name=column, known=known)
    return part


def _heading_of(data: Mapping[str, Any]) -> tuple[int, ...]:
    """`heading: 3`, or `[3, 4]` where a heading stands over two rows."""
    given = data.get("heading", [])
    rows = tuple(given) if isinstance(given, list) else (given,)
    if not all(isinstance(row, int) and row > 0 for row in rows) or len(rows) > MOST_HEADING_ROWS:
        raise MappingError(("heading",), "heading")
    if rows and rows != tuple(range(rows[0], rows[0] + len(rows))):
        raise MappingError(("heading",), "heading")
    return rows


class HeadingError(ValueError):
    """Headings that are not there, or there twice: which case of APP203, and the headings."""

    def __init__(self, case: str, headings: tuple[str, ...]) -> None:
        super().__init__(case, headings)
        self.case, self.headings = case, headings


class Places(NamedTuple):
    """Where a sheet holds what.

    Attributes:
        heading: numbers of the rows of headings.
        columns: the index of each of our columns that the sheet has.
        headings: what stands above each index.
    """

    heading: tuple[int, ...]
    columns: Mapping[str, int]
    headings: Sequence[str]

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings that nothing was made of."""
        used = set(self.columns.values())
        return tuple(text for index, text in enumerate(self.headings) if text and index not in used)


def headings(rows: Rows, numbers: Sequence[int]) -> list[str]:
    """The heading of each column: what stands in the rows, one below the other, a merged cell over all its columns."""
    there = (rows[number - 1] if number <= len(rows) else [] for number in numbers)
    lines = [["" if cell is None else " ".join(str(cell).split()) for cell in row] for row in there]
    width = max(map(len, lines), default=0)
    lines = [line + [""] * (width - len(line)) for line in lines]
    for upper, lower in pairwise(lines):
        for index in range(1, width):
            # Of a merged cell only the first has the text; a heading over one column has nothing below it.
            if not upper[index] and lower[index] and lower[index - 1]:
                upper[index] = upper[index - 1]
    return [" ".join(filter(None, cells)) for cells in zip(*lines, strict=True)] if lines else []


def guessed(rows: Rows, kind: ImportKind, numbers: Sequence[int] = ()) -> Places | None:
    """Where the headings stand and what they are: the rows in which the most are known; None where hardly any is.

    Args:
        rows: of the sheet.
        kind: of the import.
        numbers: the rows of headings, where somebody has said them.
    """
    best: Places | None = None
    for candidate in [tuple(numbers)] if numbers else _candidates(rows):
        above = headings(rows, candidate)
        # A heading may bear the star of a needed column, and a remark in brackets behind it.
        starless = [narrow(text).strip("*") for text in above]
        bare = [text.partition("(")[0] if text.endswith(")") else text for text in starless]
        columns: dict[str, int] = {}
        for column in kind.columns:
            for heading in (*column.headings, column.name):
                places = [index for index, text in enumerate(bare) if text == narrow(heading)]
                if len(places) == 1 and places[0] not in columns.values():  # each heading once
                    columns[column.name] = places[0]
                    break
        if best is None or len(columns) > len(best.columns):
            best = Places(candidate, columns, above)
    return best if best is not None and len(best.columns) >= _FEWEST else None


def _candidates(rows: Rows) -> Iterator[tuple[int, ...]]:
    """Single rows first: of two that tell the same, the simpler."""
    for height in range(1, MOST_HEADING_ROWS + 1):
        for first in range(1, min(len(rows), _SEARCHED) + 2 - height):
            yield tuple(range(first, first + height))


def located(rows: Rows, kind: ImportKind, chosen: ColumnMap) -> Places:
    """Where a sheet holds what, as the school says it; what it says nothing of is guessed.

    Raises:
        HeadingError: there are no headings, or not those.
    """
    if not chosen.columns:
        places = guessed(rows, kind, chosen.heading)
        if places is None:
            raise HeadingError("none", tuple(column.headings[0] for column in kind.columns if column.needed))
        return places
    best, missing = None, tuple(chosen.columns.values())
    for candidate in [chosen.heading] if chosen.heading else _candidates(rows):
        above = headings(rows, candidate)
        bare = list(map(narrow, above))
        indexes_of = {
            name: [index for index, text in enumerate(bare) if text and text == narrow(heading)]
            for name, heading in chosen.columns.items()
        }
        doubled = tuple(chosen.columns[name] for name, indexes in indexes_of.items() if len(indexes) > 1)
        lacking = tuple(chosen.columns[name] for name, indexes in indexes_of.items() if not indexes)
        if not lacking and doubled:
            raise HeadingError("twice", doubled)
        if not lacking:
            best = Places(candidate, {name: indexes[0] for name, indexes in indexes_of.items()}, above)
            break
        missing = min(missing, lacking, key=len)
    if best is None:
        raise HeadingError("missing", missing)
    return best


def lacking(kind: ImportKind, chosen: ColumnMap, columns: Mapping[str, int]) -> tuple[Column, ...]:
    """Needed columns that neither the sheet nor the mapping says; of the ways to name a student the first."""
    there = {*columns, *chosen.values}
    needed = [column for column in kind.columns if column.needed and column.name not in there]
    if kind.of_students and not any(there.issuperset(way) for way in WAYS):
        needed.insert(0, kind.column("number"))
    if kind.names_term and "term" not in there and not there.issuperset({"year", "half"}):
        needed.append(kind.column("term"))
    return tuple(needed)
