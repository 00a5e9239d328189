"""MP4: a box that is to go becomes room of the same size (`free`, all zeros), so that nothing else moves.

Pictures and sounds keep their bytes and their places. Of a track that is to go the samples are overwritten too.
"""

from __future__ import annotations

from bisect import bisect_right
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
        is_inside = any(outer.start <= box.start < outer.end for outer in emptied)
        if is_inside or not (data[box.start : box.end].strip(b"\0") or box.kind in mp4.PLACES):
            continue
        is_unknown = any(mp4.of_box(data, box)) or (not box.depth and box.kind not in mp4.TOP)
        if is_unknown or box.kind in _DESCRIBING or box.kind in _ROOM:
            emptied.append(box)
            taken |= {TAGS} if box.kind in _DESCRIBING else set()
    for start, end in _overwritten(data, emptied):
        copy[start:end] = bytes(end - start)
    for box in emptied:  # its size stays, however it was written
        kind = box.start - 4 if copy[box.start - 4 : box.start] == box.kind else box.start - 12
        copy[kind : kind + 4] = b"free"
        copy[box.start : box.end] = bytes(box.end - box.start)
    if bytes(copy) == data:
        return data, frozenset()
    return bytes(copy), frozenset(taken | (before - set(mp4.flaws(bytes(copy)))))


def _overwritten(data: bytes, emptied: list[mp4.Box]) -> list[tuple[int, int]]:
    """Where the samples lie of the tracks that go.

    Raises:
        RefusedError: another track has its own there, or the film's boxes are.
    """
    going = [box for box in emptied if box.kind == b"trak"]
    if not going:
        return []
    every = list(mp4.boxes(data))
    rooms = [box for box in every if box.kind == b"mdat" and not box.depth]
    staying = [box for box in every if box.kind == b"trak" and box not in going]
    overwritten = [place for track in going for place in _samples(data, track)]
    kept = [place for track in staying for place in _samples(data, track)]
    last, was_kept = 0, False
    for start, end, is_kept in sorted([(*place, False) for place in overwritten] + [(*place, True) for place in kept]):
        if start < last and is_kept != was_kept:
            raise RefusedError("broken")
        last, was_kept = (end, is_kept) if end > last else (last, was_kept)
    if not all(any(room.start <= start and end <= room.end for room in rooms) for start, end in overwritten):
        raise RefusedError("broken")
    return overwritten


def _samples(data: bytes, track: mp4.Box) -> Iterator[tuple[int, int]]:
    """Where a track's samples lie (ISO/IEC 14496-12, 8.7): by chunk, so many of these sizes.

    Raises:
        RefusedError: its tables are none, or there are two of a kind.
    """
    tables = dict.fromkeys((b"stsz", b"stsc", b"stco", b"co64"), b"")
    for kind in tables:  # the track's own table, by the boxes that it lies in: the same word may stand elsewhere
        payloads = [payload for _, payload in mp4.along(data[track.start : track.end], b"mdia", b"minf", b"stbl", kind)]
        if len(payloads) > 1:
            raise RefusedError("broken")
        tables[kind] = b"".join(payloads)
    sizes, runs = tables[b"stsz"], tables[b"stsc"]
    offsets, width = (tables[b"co64"], 8) if tables[b"co64"] else (tables[b"stco"], 4)
    if not _number(offsets, 4):
        return
    if not (sizes and runs):
        raise RefusedError("broken")
    every, count = _number(sizes, 4), _number(sizes, 8)
    chunks = [_number(offsets, at, width) for at in _entries(offsets, width)]
    firsts = [_number(runs, at) for at in _entries(runs, 12)]
    sample = 0
    for number, offset in enumerate(chunks, start=1):
        run = bisect_right(firsts, number)
        each = _number(runs, 12 * run) if run else 0
        size = sum(every or _number(sizes, 12 + 4 * index) for index in range(sample, min(sample + each, count)))
        sample += each
        if offset + size > len(data):
            raise RefusedError("truncated")
        if size:
            yield offset, offset + size


def _entries(table: bytes, width: int) -> range:
    """Where the entries of a table begin, as many as it says and holds."""
    return range(8, 8 + width * min(_number(table, 4), (len(table) - 8) // width), width)


def _number(raw: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(raw[at : at + size], "big")
