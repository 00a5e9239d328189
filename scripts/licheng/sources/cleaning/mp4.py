"""MP4: a box that is to go becomes room of the same size (`free`, all zeros), so that nothing else moves.

Pictures and sounds keep their bytes and their places. Of a track that is to go the samples are overwritten too.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.inspection import Flaw
from licheng.sources.cleaning.harmless import TAGS
from licheng.sources.inspection import mp4
from licheng.sources.inspection.refusal import RefusedError

# What describes a film to its owner and not to a player.
_DESCRIBING = frozenset([b"udta", b"meta", b"uuid", b"XMP_", b"sefd"])
_ROOM = frozenset([b"skip", b"free"])


def cleaned(data: bytes, everything: bool) -> tuple[bytes, frozenset[Flaw]]:
    """The copy and what was taken out; the same bytes and nothing where there was nothing.

    Args:
        data: the whole file.
        everything: makes no difference: a film does not act.

    Raises:
        RefusedError: it cannot be read.
    """
    before = set(mp4.flaws(data))
    copy, taken, emptied = bytearray(data), set[Flaw](), list[mp4.Box]()
    for box in mp4.boxes(data):
        inside = any(outer.start <= box.start < outer.end for outer in emptied)
        if not inside and _is_to_go(data, box):
            emptied.append(box)
            taken |= {TAGS} if box.kind in _DESCRIBING else set()
            for start, end in _samples(data, box) if box.kind == b"trak" else ():
                copy[start:end] = bytes(end - start)
    for box in emptied:
        _empty(copy, box)
    if bytes(copy) == data:
        return data, frozenset()
    return bytes(copy), frozenset(taken | (before - set(mp4.flaws(bytes(copy)))))


def _is_to_go(data: bytes, box: mp4.Box) -> bool:
    if not data[box.start : box.end].strip(b"\0") and box.kind not in mp4.PLACES:
        return False
    unknown = any(mp4.of_box(data, box)) or (not box.depth and box.kind not in mp4.TOP)
    return box.kind in _DESCRIBING or box.kind in _ROOM or unknown


def _empty(copy: bytearray, box: mp4.Box) -> None:
    """Make room of a box; its size stays, however it was written."""
    kind = box.start - 4 if copy[box.start - 4 : box.start] == box.kind else box.start - 12
    copy[kind : kind + 4] = b"free"
    copy[box.start : box.end] = bytes(box.end - box.start)


def _samples(data: bytes, track: mp4.Box) -> Iterator[tuple[int, int]]:
    """Where a track's samples lie (ISO/IEC 14496-12, 8.7): by chunk, so many of these sizes.

    Raises:
        RefusedError: its tables are none.
    """
    tables = {kind: _table(data, track, kind) for kind in (b"stsz", b"stsc", b"stco", b"co64")}
    sizes, runs = tables[b"stsz"], tables[b"stsc"]
    offsets, width = (tables[b"co64"], 8) if tables[b"co64"] else (tables[b"stco"], 4)
    if not (sizes and runs and offsets):
        return
    every, count = _number(sizes, 4), _number(sizes, 8)
    chunks = [_number(offsets, 8 + width * index, width) for index in range(_number(offsets, 4))]
    starts = [(_number(runs, at), _number(runs, at + 4)) for at in range(8, 8 + 12 * _number(runs, 4), 12)]
    sample = 0
    for number, offset in enumerate(chunks, start=1):
        each = next((per_chunk for first, per_chunk in reversed(starts) if first <= number), 0)
        size = sum(every or _number(sizes, 12 + 4 * index) for index in range(sample, min(sample + each, count)))
        sample += each
        if offset + size > len(data):
            raise RefusedError("truncated")
        yield offset, offset + size


def _table(data: bytes, track: mp4.Box, kind: bytes) -> bytes:
    at = data.find(kind, track.start, track.end)
    size = _number(data, at - 4) if at >= 4 else 0
    return data[at + 4 : at - 4 + size] if at >= 0 else b""


def _number(raw: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(raw[at : at + size], "big")
