"""An import kind: said once, as a value, by one module a kind.

A row says a part of one record: where that record lies, and some of its fields. Rows of one record are joined, and the
whole is laid over the record as it is. What a row does not say stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from licheng.core.layout import BY_NAME, Kind
from licheng.policy.importing.known import Known

Values = Mapping[str, Any]  # what the cells of a row say, by column; what is blank or not in the file is left out
Keys = Mapping[str, tuple[str, ...]]  # a list's field → the fields by which its entries are known again


class RefusedError(ValueError):
    """A row that cannot be taken.

    Attributes:
        column: the name of the column at fault.
        kind: a label of `cell_fault`.
        values: what its words are filled with.
    """

    def __init__(self, column: str, kind: str, **values: object) -> None:
        super().__init__(column, kind)
        self.column, self.kind, self.values = column, kind, values


class Column(NamedTuple):
    """A column that a workbook may have.

    Attributes:
        name: as the mapping file and the catalogs (`import_column`) call it.
        headings: what schools write above it, the most telling first.
        read: a cell's value as the workbook holds it, to what it says, or a `CellFault`.
        needed: every row says it, by a cell or by the mapping's constant.
        is_identity: its cells are told by their shape alone.
        is_several: a cell holds one name or several (`t012、t013`), each looked up in the mapping's words by itself.
    """

    name: str
    headings: tuple[str, ...]
    read: Callable[[Any], Any]
    needed: bool = True
    is_identity: bool = False
    is_several: bool = False


class Default(NamedTuple):
    """A field's value that the file does not say: only for what has none yet."""

    value: Any


class RecordPart(NamedTuple):
    """What a row says.

    Attributes:
        identity: of the record, as the kind's path needs it.
        data: some of its fields; a value may be a `Default`.
    """

    identity: Mapping[str, str]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class ImportKind:
    """What can be imported.

    Attributes:
        name: as the command takes it.
        record: the kind of record that it becomes, by its name in `licheng.core.layout.KINDS`.
        columns: all that a workbook may have.
        part: what a row says; raises `RefusedError`.
        keys: lists of the record whose entries a row adds or changes, also within entries. Other lists are replaced.
        order: a field by which the entries of a list are sorted, by the list's field.
        of_students: each row is about a student of the identity table.
        scope: parts of the path within which records that the file lacks are told as gone, such as the term.
        lacks: whether an entry (list's field, entry) that the file lacks is told as gone.
    """

    name: str
    record: str
    columns: tuple[Column, ...]
    part: Callable[[Values, Known], RecordPart]
    keys: Keys = field(default_factory=dict)
    order: Mapping[str, str] = field(default_factory=dict)
    of_students: bool = True
    scope: tuple[str, ...] | None = None
    lacks: Callable[[str, Mapping[str, Any]], bool] = lambda _list, _entry: True

    @property
    def layout(self) -> Kind:
        """Where its records lie."""
        return BY_NAME[self.record]

    @property
    def names_term(self) -> bool:
        """Whether a row says a term."""
        return any(column.name == "term" for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of a name; `KeyError` if it has none."""
        return {column.name: column for column in self.columns}[name]
