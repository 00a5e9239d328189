"""PDF (ISO 32000): nothing acts, nothing is carried along, no author, no bytes that no reader shows.

Two readings that must both be content. The lexical one covers every byte in which any reader, also one that repairs
a broken file, could find an object: the text between streams, and every object stream, with strings and comments
taken out and `#xx` escapes in names resolved. pypdf then reads the document as a viewer does.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from licheng.core.inspection import ACTIVE, AUTHOR, TRAILING, UNREADABLE, Flaw
from licheng.sources.inspection import jpeg, metadata
from licheng.sources.inspection.inflate import Budget, inflated
from licheng.sources.inspection.pdf_text import names, simplified
from licheng.sources.inspection.refusal import RefusedError

# Names that make a document act, or carry another file, wherever they stand.
_ACTIVE = {
    "JavaScript": "javascript", "Launch": "launch", "SubmitForm": "form", "ImportData": "form",
    "GoToE": "embedded-file", "EmbeddedFile": "embedded-file", "EmbeddedFiles": "embedded-file",
    "FileAttachment": "embedded-file", "RichMedia": "multimedia", "Rendition": "multimedia", "Movie": "multimedia",
    "Sound": "multimedia",
}  # fmt: skip
# Too short to be looked for in coded data, where chance writes them.
_ACTIVE_SHORT = {"JS": "javascript", "AA": "automatic-action", "XFA": "form", "3D": "multimedia"}

# A keyword that may end in a lone CR or in spaces for lenient readers; never `endstream`.
_STREAM = re.compile(rb"\bstream[ \t]*(?:\r\n|\n|\r)")
_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
_BETWEEN = re.compile(
    rb"(?:\bendobj\b|\bstartxref\s+\d++)\s*+(?!\d+\s+\d+\s+obj\b|xref\b|trailer\b|startxref\b|endobj\b)[^\s\0]"
)
_AUTHOR = re.compile(rb"/Author\s*(?:\(\.\)|\d+\s+\d+\s+R\b)")
_PLAIN_FILTER = re.compile(rb"/Filter\s*(?:\[\s*)?/(?:FlateDecode|Fl)\s*(?:\]|/|>>)")
_UNUSUAL = re.compile(rb"/(?:DecodeParms|DP|F|FFilter)\b")
_END = b"%%EOF"
_MAX_STREAMS = 100_000
_MAX_PAGES = 10_000


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with a PDF file."""
    end = data.rfind(_END) + len(_END)
    if end < len(_END):
        raise RefusedError("truncated")
    if data[end:].strip(b"\0 \t\r\n\f\x1a"):
        yield Flaw(TRAILING, "after-the-end")
    between, bodies = _split(data[:end])
    budget = Budget()
    text = b" ".join(between)
    yield from _of_objects(text)
    for before, body in zip(between, bodies, strict=False):
        yield from _of_body(before, body, budget)
    yield from _as_read(data)


def _split(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """The text between streams, simplified, and the streams' bodies, in the order of the file."""
    between, bodies, at = [], [], 0
    while (start := _STREAM.search(data, at)) is not None:
        end = data.find(b"endstream", start.end())
        if end < 0:
            raise RefusedError("truncated")
        between.append(_checked(data[at : start.start()]))
        bodies.append(data[start.end() : end])
        if len(bodies) > _MAX_STREAMS:
            raise RefusedError("too-many-parts")
        at = end
    return [*between, _checked(data[at:])], bodies


def _checked(region: bytes) -> bytes:
    """The region simplified; an object inside a string or comment is one that only some readers see."""
    text = simplified(region)
    if text is None or len(_OBJECT.findall(region)) != len(_OBJECT.findall(text)):
        raise RefusedError("hidden-object")
    return text


def _of_objects(text: bytes) -> Iterator[Flaw]:
    """What the text between streams, or of an object stream, says."""
    found = names(text)
    for known in (_ACTIVE, _ACTIVE_SHORT):
        yield from (Flaw(ACTIVE, reason) for name, reason in known.items() if name.encode() in found)
    if b"Encrypt" in found:
        raise RefusedError("encrypted")
    if _AUTHOR.search(text):
        yield Flaw(AUTHOR, "pdf-author")
    if _BETWEEN.search(text):
        yield Flaw(TRAILING, "between-objects")


def _of_body(before: bytes, body: bytes, budget: Budget) -> Iterator[Flaw]:
    """A stream: a picture's metadata, an XMP packet, an object stream; and nothing that acts, in whatever it is."""
    if _OBJECT.search(body):
        yield Flaw(UNREADABLE, "hidden-object")
    if body.startswith(b"\xff\xd8\xff"):
        yield from jpeg.inside(body)
        return
    plain = inflated(body, budget)
    yield from _acting(plain)
    if metadata.XMP_MARK in plain:
        yield from metadata.xmp(plain.strip())
    dictionary = before[before.rfind(b"obj") :]
    if b"ObjStm" in names(dictionary):
        if not _PLAIN_FILTER.search(dictionary) or _UNUSUAL.search(dictionary):
            raise RefusedError("hidden-object")
        text = simplified(plain)
        if text is None:
            raise RefusedError("hidden-object")
        yield from _of_objects(text)


def _acting(plain: bytes) -> Iterator[Flaw]:
    """Active names in a stream; a page may speak of `/JavaScript` in a string, so strings count as read."""
    active = {name.encode() for name in _ACTIVE}
    if active & names(plain):
        text = simplified(plain)
        found = names(plain if text is None else text)
        yield from (Flaw(ACTIVE, reason) for name, reason in _ACTIVE.items() if name.encode() in found)


def _as_read(data: bytes) -> Iterator[Flaw]:
    """The document as a viewer opens it."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it repairs is no news to the user
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise RefusedError("encrypted")
    root = reader.root_object
    if _acts(_value(root, "/OpenAction")):
        yield Flaw(ACTIVE, "automatic-action")
    described = _value(root, "/Metadata")
    if isinstance(described, StreamObject):
        yield from metadata.xmp(described.get_data().strip())
    if "/Pages" not in root or not _pages(root.raw_get("/Pages")):
        raise RefusedError("no-page")


def _value(node: DictionaryObject, key: str) -> Any:
    """A value of a dictionary, references followed; None where there is none."""
    return node[key] if key in node else None  # noqa: SIM401 - get() follows no reference


def _acts(action: Any) -> bool:
    """Opening at a page is harmless (many programs write it); any other action is not."""
    if action is None or isinstance(action, ArrayObject):
        return False
    return not (isinstance(action, DictionaryObject) and _value(action, "/S") == "/GoTo" and "/Next" not in action)


def _pages(root: Any) -> int:
    """How many pages the tree has; a node is visited once, so that a loop ends."""
    seen: set[int] = set()
    waiting, pages = [root], 0
    while waiting:
        reference = waiting.pop()
        if isinstance(reference, IndirectObject):
            if reference.idnum in seen:
                continue
            seen.add(reference.idnum)
        node = reference.get_object()
        if len(seen) > _MAX_PAGES:
            raise RefusedError("too-many-parts")
        if isinstance(node, DictionaryObject):
            pages += "/Kids" not in node
            waiting += list(_value(node, "/Kids") or ())
    return pages
