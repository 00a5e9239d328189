"""Stream filters of PDF (ISO 32000-2, 7.4), undone one after the other under limits.

libqpdf undoes each, except where it has no limit of its own: LZW, and pictures of which only the size is of interest.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import settings

from licheng.sources.inspection.refusal import RefusedError

# Bytes that all streams of a file may expand to: ten scanned pages of A4 at 300 dpi, uncompressed.
LIMIT = 256 << 20
# Bytes of one step of one stream: a map full of lines has some 20 million.
STEP_LIMIT = 64 << 20
_LZW_LIMIT = 16 << 20
_LZW_CLEAR, _LZW_END = 256, 257
_PIECE = 1 << 20

PICTURES = frozenset({"DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode"})
_SHORT = {
    "A85": "ASCII85Decode", "AHx": "ASCIIHexDecode", "CCF": "CCITTFaxDecode", "DCT": "DCTDecode",
    "Fl": "FlateDecode", "LZW": "LZWDecode", "RL": "RunLengthDecode",
}  # fmt: skip
_BY_LIBRARY = frozenset({"FlateDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode"})
_MAX_FILTERS = 10


def limit_library() -> None:
    """Tell libqpdf how much it may expand and how deep it may go; for the whole process, so nothing else loosens it."""
    settings.set_qpdf_limits(
        flate_max_memory=STEP_LIMIT, run_length_max_memory=STEP_LIMIT, png_max_memory=STEP_LIMIT,
        tiff_max_memory=STEP_LIMIT, parser_max_nesting=200, doc_max_warnings=1_000,
    )  # fmt: skip


class ExpansionBudget:
    """What is left of the limit for one file."""

    def __init__(self) -> None:
        self.left = LIMIT
        self._workshop = pikepdf.Pdf.new()

    def spend(self, size: int) -> None:
        """Count bytes that something expanded to.

        Raises:
            RefusedError: that is more than a file may.
        """
        self.left -= size
        if self.left < 0:
            raise RefusedError("expands-too-far")

    def step(self, data: bytes, name: str, parameters: list[tuple[str, Any]]) -> bytes:
        """Undo one filter.

        Raises:
            RefusedError: it expands too far, cannot be undone, or is unknown.
        """
        if name == "LZWDecode":
            plain = _unpredicted_lzw(data, parameters)
        elif name in _BY_LIBRARY:
            limit = min(STEP_LIMIT, self.left)
            if name == "FlateDecode" and any(size > limit for size in unpacked_sizes(data)):
                raise RefusedError("expands-too-far")
            options = {f"/{key}": value for key, value in parameters if type(value) is int}
            how = {"DecodeParms": pikepdf.Dictionary(options)} if options else {}
            stream = pikepdf.Stream(self._workshop, data, Filter=pikepdf.Name(f"/{name}"), **how)
            try:
                plain = stream.read_bytes(decode_level=pikepdf.StreamDecodeLevel.specialized)
            except pikepdf.PdfError as error:
                raise RefusedError("broken") from error
        else:
            raise RefusedError("unknown-filter")
        self.spend(len(plain))
        return plain

    def count(self, data: bytes) -> None:
        """Undo Flate of a picture piece by piece, and keep nothing of it."""
        before = 0
        for size in unpacked_sizes(data):
            self.spend(size - before)
            before = size


def unpacked_sizes(data: bytes) -> Iterator[int]:
    """How much of a zlib stream has been expanded, piece by piece; nothing of it is kept."""
    inflate, size, rest = zlib.decompressobj(), 0, data
    try:
        while rest and not inflate.eof:
            size += len(inflate.decompress(rest, _PIECE))
            rest = inflate.unconsumed_tail
            yield size
    except zlib.error:  # readers show what came before the damage
        return


def chain(entries: list[tuple[str, Any]]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The filters of a stream's dictionary in order, each with its parameters.

    Raises:
        RefusedError: they are not written out in the dictionary, or are too many.
    """
    named = [value for key, value in entries if key == "Filter" and value is not None]
    if len(named) > 1:
        raise RefusedError("hidden-object")
    given = [value for key, value in entries if key in {"DecodeParms", "DP"} and value is not None]
    if not named:
        return []
    filters = named[0] if isinstance(named[0], tuple) else (named[0],)
    parameters = () if not given else given[0] if isinstance(given[0], tuple) else (given[0],)
    if len(filters) > _MAX_FILTERS or len(given) > 1 or not all(isinstance(name, str) for name in filters):
        raise RefusedError("unknown-filter")
    padded = (*parameters, *[None] * len(filters))
    return [
        (_SHORT.get(name, str(name)), options if isinstance(options, list) else [])
        for name, options in zip(filters, padded, strict=False)
    ]


def _unpredicted_lzw(data: bytes, parameters: list[tuple[str, Any]]) -> bytes:
    """LZW as in TIFF (7.4.4); with a predictor nobody writes it any more.

    Raises:
        RefusedError: it expands too far, is broken, or has a predictor.
    """
    options = dict(parameters)
    if options.get("Predictor", 1) != 1:
        raise RefusedError("unknown-filter")
    words = _Words(options.get("EarlyChange", 1))
    out, size, bits, buffer = [], 0, 0, 0  # of the bits that wait, and their number
    for byte in data:
        buffer, bits = (buffer << 8 | byte) & 0xFFFFFF, bits + 8
        if bits < words.width:
            continue
        bits -= words.width
        code = buffer >> bits & ((1 << words.width) - 1)
        if code == _LZW_END:
            break
        out.append(words.of(code))
        size += len(out[-1])
        if size > _LZW_LIMIT:
            raise RefusedError("expands-too-far")
    return b"".join(out)


class _Words:
    """What LZW's codes stand for at a time."""

    def __init__(self, early: int) -> None:
        self.width = 9  # bits of a code
        self._early = early
        self._table = [bytes([byte]) for byte in range(256)] + [b"", b""]
        self._previous = b""

    def of(self, code: int) -> bytes:
        if code == _LZW_CLEAR:
            del self._table[_LZW_END + 1 :]
            self._previous, self.width = b"", 9
            return b""
        if code > len(self._table) or (code == len(self._table) and not self._previous):
            raise RefusedError("broken")
        word = self._table[code] if code < len(self._table) else self._previous + self._previous[:1]
        if self._previous and len(self._table) < 4096:
            self._table.append(self._previous + word[:1])
        self._previous = word
        self.width = 9 + sum(len(self._table) + self._early >= edge for edge in (512, 1024, 2048))
        return word
