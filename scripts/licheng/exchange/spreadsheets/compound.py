"""The container of old Office files (MS-CFB): which streams it has, and what is in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from licheng.exchange.spreadsheets.survey import DamagedError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY, _SMALL_SECTOR = 128, 64  # bytes
_STREAM, _ROOT = 2, 5  # types of entries
_LAST_SECTOR = 0xFFFFFFFA  # numbers above have meanings of their own


class _Container:
    """Sectors, and the table that chains them."""

    def __init__(self, data: bytes) -> None:
        shift, self.cutoff = struct.unpack_from("<H", data, 30)[0], struct.unpack_from("<I", data, 56)[0]
        if shift not in {9, 12}:
            raise DamagedError("sector")
        self.data, self.size = data, 1 << shift
        self.table = tuple(chain.from_iterable(map(self._numbers, self._table_sectors())))

    def chained(self, first: int) -> bytes:
        """The sectors of a chain, one behind the other."""
        return b"".join(map(self._sector, _chain(self.table, first)))

    def numbers_of(self, first: int) -> Sequence[int]:
        """A chain that holds sector numbers."""
        return _numbers_in(self.chained(first))

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def _numbers(self, sector: int) -> Sequence[int]:
        return _numbers_in(self._sector(sector))

    def _table_sectors(self) -> Iterator[int]:
        """Where the table itself lies: the header names 109 sectors, and a chain of further names."""
        names, more, seen = _numbers_in(self.data[76:512]), struct.unpack_from("<I", self.data, 68)[0], set[int]()
        while True:
            yield from (name for name in names if name <= _LAST_SECTOR)
            if more > _LAST_SECTOR or more in seen:
                return
            seen.add(more)
            *names, more = self._numbers(more) or (_LAST_SECTOR + 1,)


def streams(data: bytes) -> Mapping[str, bytes]:
    """All streams by their names, whatever folders they lie in.

    Raises:
        DamagedError: it is no such container.
    """
    try:
        return _streams(data)
    except struct.error as error:
        raise DamagedError("container") from error


def _streams(data: bytes) -> dict[str, bytes]:
    container = _Container(data)
    directory = container.chained(struct.unpack_from("<I", data, 48)[0])
    small_table = container.numbers_of(struct.unpack_from("<I", data, 60)[0])
    content, small = dict[str, bytes](), b""
    for offset in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        entry = directory[offset : offset + _ENTRY]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<II", entry, 116)
        if entry[66] == _ROOT:
            small = container.chained(first)
        elif entry[66] == _STREAM and size >= container.cutoff:
            content[name] = container.chained(first)[:size]
        elif entry[66] == _STREAM:
            sectors = (small[each * _SMALL_SECTOR :][:_SMALL_SECTOR] for each in _chain(small_table, first))
            content[name] = b"".join(sectors)[:size]
    return content


def _chain(table: Sequence[int], first: int) -> Iterator[int]:
    """Sectors from the first to the end of their chain, which never comes back on itself."""
    seen = set[int]()
    while first <= _LAST_SECTOR:
        if first in seen or first >= len(table):
            raise DamagedError("chain")
        seen.add(first)
        yield first
        first = table[first]


def _numbers_in(raw: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
