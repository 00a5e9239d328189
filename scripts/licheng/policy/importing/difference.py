"""What becomes of a record: what the file says, laid over what is there, and what is new, different or gone by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from licheng.policy.importing.kinds import Default, ImportKind, Keys

Pointer = tuple[str | int, ...]


class ValueChange(NamedTuple):
    """A value that the file adds or changes.

    Attributes:
        pointer: where it is in the record as it was; a new entry of a list comes after the last one.
        name: the same in words: entries by their keys, not by their places.
        before: None of what is new, as no record holds an empty value.
        after: the value.
    """

    pointer: Pointer
    name: tuple[str, ...]
    before: Any
    after: Any


class Spot(NamedTuple):
    """A place in a record, as the reader of a file and as a person finds it."""

    pointer: Pointer = ()
    name: tuple[str, ...] = ()

    def of(self, *pointer: str | int, called: str = "") -> Spot:
        """A place below; an entry is called by its keys."""
        words = (*(str(part) for part in pointer if isinstance(part, str)), *filter(None, [called]))
        return Spot((*self.pointer, *pointer), (*self.name, *words))


class Difference:
    """What becomes of one record.

    Attributes:
        after: its data as they will be.
        changes: in the order of the record.
        gone: names of entries that the file lacks; they stay.
    """

    def __init__(self, kind: ImportKind, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        """Lay what the file tells over a record.

        Args:
            kind: of the import.
            before: the record's data; nothing of a new one.
            wanted: what the rows say, joined.
        """
        self._kind = kind
        self.changes: list[ValueChange] = []
        self.gone: list[tuple[str, ...]] = []
        self.after = self._mapping(before, wanted, Spot())

    def _mapping(self, before: Mapping[str, Any], wanted: Mapping[str, Any], spot: Spot) -> dict[str, Any]:
        after = dict(before)
        for key, value in wanted.items():
            is_default = isinstance(value, Default)
            if is_default and key in before:
                continue
            plain = value.value if is_default else value
            if key in self._kind.keys and key in before:
                after[key] = self._list(key, before[key], plain, spot)
                continue
            if key in self._kind.keys:
                plain = self._sorted(key, [_plain(self._kind, entry) for entry in plain])
            if before.get(key) != plain:
                after[key] = plain
                self.changes.append(ValueChange(*spot.of(key), before.get(key), plain))
        return after

    def _list(self, key: str, before: Sequence[Any], wanted: Sequence[Any], spot: Spot) -> list[Any]:
        names = {entry_name(entry, self._kind.keys[key]): index for index, entry in enumerate(before)}
        after = list(before)
        for entry in wanted:
            called = entry_name(entry, self._kind.keys[key])
            if called in names:
                index = names[called]
                after[index] = self._mapping(after[index], entry, spot.of(key, index, called=called))
            else:
                after.append(_plain(self._kind, entry))
                self.changes.append(ValueChange(*spot.of(key, len(after) - 1, called=called), None, after[-1]))
        listed = {entry_name(entry, self._kind.keys[key]) for entry in wanted}
        for name, index in names.items():
            if name not in listed:
                self._lacks(key, before[index], spot.of(key, called=name))
        return self._sorted(key, after)

    def _lacks(self, key: str, entry: Mapping[str, Any], spot: Spot) -> None:
        """Note an entry that the file says nothing of, or entries within it."""
        if self._kind.lacks(key, entry):
            self.gone.append(spot.name)
            return
        for name in self._kind.keys.keys() & entry.keys():
            for each in entry[name]:
                self._lacks(name, each, spot.of(name, called=entry_name(each, self._kind.keys[name])))

    def _sorted(self, key: str, entries: list[Any]) -> list[Any]:
        by = self._kind.order.get(key)
        return entries if by is None else sorted(entries, key=lambda entry: str(entry[by]))


def _plain(kind: ImportKind, entry: Mapping[str, Any]) -> dict[str, Any]:
    """A new entry: what the file does not say of it by default."""
    return Difference(kind, {}, entry).after


def entry_name(entry: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """By what an entry of a list is known again."""
    return "/".join(str(entry.get(key, "")) for key in keys)


class ClashError(ValueError):
    """Two rows that say different things, or the same thing twice.

    Attributes:
        field: in which they differ; empty where the later one says nothing new.
        other: the earlier row, whatever stands for it.
    """

    def __init__(self, field: str, other: Any) -> None:
        super().__init__(field, other)
        self.field, self.other = field, other


class Joined:
    """What the rows about one record say together.

    Attributes:
        data: some of the record's fields.
        rows: all rows, in their order.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.data: dict[str, Any] = {}
        self.rows: list[Any] = []
        self._said_by: dict[tuple[str, ...], Any] = {}
        self._entries: dict[tuple[str, ...], dict[str, Any]] = {}

    def add(self, part: Mapping[str, Any], row: Any) -> None:
        """Join what another row says; lists that are no entries grow.

        Raises:
            ClashError: another row says something else, or all of it already.
        """
        earlier = self._add(self.data, part, row, ())
        if earlier is not None:
            raise ClashError("", earlier)
        self.rows.append(row)

    def _add(self, whole: dict[str, Any], part: Mapping[str, Any], row: Any, at: tuple[str, ...]) -> Any:
        """The row that said it all before; None if anything is new."""
        earlier, news = None, False
        for key, value in part.items():
            name = (*at, key)
            if key in self._keys:
                entries = whole.setdefault(key, [])
                for entry in value:
                    called = (*name, entry_name(entry, self._keys[key]))
                    if called not in self._entries:
                        entries.append(self._entries.setdefault(called, {}))
                    same = self._add(self._entries[called], entry, row, called)
                    earlier, news = same or earlier, news or same is None
            elif key not in whole:
                whole[key] = list(value) if isinstance(value, list) else value
                self._said_by[name], news = row, True
            elif isinstance(value, list):
                more = [each for each in value if each not in whole[key]]
                whole[key] += more
                earlier, news = self._said_by[name], news or bool(more)
            elif whole[key] != value:
                raise ClashError(key, self._said_by[name])
            else:
                earlier = self._said_by[name]
        return None if news else earlier
