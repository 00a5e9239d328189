"""PDF without what nobody sees on its pages: who made it, when, with what, earlier versions, data between its parts.

libqpdf writes anew only the objects that the document still uses. The streams of pages, fonts and pictures are copied
byte for byte; only of a photo with names or places in it the segments are cut that hold them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from licheng.core.inspection import ACTIVE, AUTHOR, TRAILING, UNREADABLE, Flaw
from licheng.sources.cleaning import jpeg
from licheng.sources.inspection import pdf as inspection
from licheng.sources.inspection.disguise import other_formats
from licheng.sources.inspection.pdf_filters import Budget, chain
from licheng.sources.inspection.pdf_values import values
from licheng.sources.inspection.refusal import RefusedError

INFORMATION, DESCRIPTION = Flaw(AUTHOR, "document-info"), Flaw(AUTHOR, "pdf-metadata")
THUMBNAIL, PRIVATE = Flaw(TRAILING, "thumbnail"), Flaw(TRAILING, "private-data")
PASSWORD = Flaw(UNREADABLE, "empty-password")
_HIDDEN = {"/Metadata": DESCRIPTION, "/Thumb": THUMBNAIL, "/PieceInfo": PRIVATE}
# What only cleaning speaks of: an ordinary file has them, and is not refused for them.
REASONS = frozenset(one.reason for one in (INFORMATION, DESCRIPTION, THUMBNAIL, PRIVATE, PASSWORD))

# Writing it anew mends these; of any other file that cannot be read, nobody knows what would be lost.
_MENDED = frozenset({"hidden-object"})
_ACTING_KEYS = frozenset(
    {"/AA", "/JS", "/JavaScript", "/XFA", "/EF", "/AF", "/EmbeddedFiles", "/Collection", "/FFilter"}
)
_ACTION_KEYS = frozenset({"/A", "/PA", "/OpenAction", "/Next"})
_ACTING_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
_HARMLESS = frozenset({"/GoTo", "/URI", "/Named", "/Thread", "/Hide", "/SetOCGState", "/Trans", "/GoToDp"})
_MAX_ROUNDS = 3


def cleaned(data: bytes, everything: bool) -> tuple[bytes, frozenset[Flaw]]:
    """The copy, and what was taken out of it; the same bytes where there is nothing to take.

    Args:
        data: the whole file.
        everything: also scripts, actions, films and files inside.

    Raises:
        RefusedError: it has a password.
        pikepdf.PdfError: it is no PDF.
    """
    before = _flaws(data)
    if any(flaw.code == UNREADABLE and flaw.reason not in _MENDED for flaw in before):
        return data, frozenset()
    with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
        taken = set(_cut(document))
        if everything and any(flaw.code == ACTIVE for flaw in before):
            _disarm(document)
        if not taken and not before:
            return data, frozenset()
        copy = _written(document)
    after = _flaws(copy)
    taken |= before - after
    return (copy, frozenset(taken)) if taken else (data, frozenset())


def _flaws(data: bytes) -> frozenset[Flaw]:
    found = {Flaw(TRAILING, reason) for reason in other_formats(data, "application/pdf")}
    try:
        found.update(inspection.flaws(data))
    except RefusedError as refused:
        found.add(refused.flaw)
    return frozenset(found)


def _written(document: pikepdf.Pdf) -> bytes:
    """The document as libqpdf writes it: the same bytes each time, no stream packed anew."""
    out = io.BytesIO()
    document.save(
        out, preserve_pdfa=False, fix_metadata_version=False, compress_streams=False, encryption=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none, object_stream_mode=pikepdf.ObjectStreamMode.preserve,
        static_id=True,
    )  # fmt: skip
    return out.getvalue()


def _cut(document: pikepdf.Pdf) -> Iterator[Flaw]:
    """What names people or hides: taken out always."""
    if document.is_encrypted:
        yield PASSWORD
    information = document.trailer.get("/Info")
    if information is not None:
        if isinstance(information, pikepdf.Dictionary) and len(information.keys()):
            yield INFORMATION
        del document.trailer["/Info"]
    budget = Budget()
    for one in _dictionaries(document):
        for key in _HIDDEN.keys() & set(one.keys()):
            del one[key]
            yield _HIDDEN[key]
        _cut_names(one)
        if isinstance(one, pikepdf.Stream):
            _cut_picture(one, budget)


def _cut_names(dictionary: Any) -> None:
    """Take out who wrote a document or a comment; which flaw that was, the inspection says."""
    for key in inspection.PEOPLE & set(dictionary.keys()):
        if isinstance(dictionary.get(key), pikepdf.String):
            del dictionary[key]
    if inspection.is_comment(dictionary) and "/T" in dictionary:
        del dictionary["/T"]


def _cut_picture(stream: pikepdf.Stream, budget: Budget) -> None:
    """Cut names and places out of a photo; its coded pixels stay as they are."""
    steps = chain(values(stream.stream_dict.unparse())[0])
    if not steps or steps[-1][0] not in {"DCTDecode", "JPXDecode"}:
        return
    raw = stream.read_raw_bytes()
    data = raw
    for name, parameters in steps[:-1]:
        data = budget.step(data, name, parameters)
    copy = _without_boxes(data) if steps[-1][0] == "JPXDecode" else _without_segments(data)
    if copy != data:
        own: Any = stream.get("/DecodeParms")
        own = own[len(steps) - 1] if isinstance(own, pikepdf.Array) else None
        kept = own if isinstance(own, pikepdf.Dictionary) else None
        stream.write(copy, filter=pikepdf.Name(f"/{steps[-1][0]}"), decode_parms=kept)


def _without_segments(data: bytes) -> bytes:
    start = max(0, data.find(b"\xff\xd8\xff", 0, 1_024))
    copy, taken = jpeg.cleaned(data[start:].rstrip(b"\0 \t\r\n\f"), everything=False)
    return copy if taken else data


def _without_boxes(data: bytes) -> bytes:
    """JPEG 2000 without its XML and UUID boxes, which no reader needs (ISO/IEC 15444-1, I.7)."""
    kept, cut = [], False
    for kind, payload in inspection.boxes(data):
        if kind in {b"xml ", b"uuid"}:
            cut = True
        else:
            kept.append((len(payload) + 8).to_bytes(4, "big") + kind + payload)
    return b"".join(kept) if cut else data


def _disarm(document: pikepdf.Pdf) -> None:
    """Take out scripts, actions, films and files."""
    for _ in range(_MAX_ROUNDS):  # what an action led to may be an action
        for one in list(_dictionaries(document)):
            for key in _acting_keys(one):
                del one[key]
            annotations = one.get("/Annots")
            if isinstance(annotations, pikepdf.Array):
                one["/Annots"] = pikepdf.Array([each for each in annotations if not _is_acting_annotation(each)])


def _acting_keys(dictionary: Any) -> set[str]:
    keys = set(dictionary.keys())
    acting = keys & _ACTING_KEYS
    acting |= {key for key in keys & _ACTION_KEYS if _acts(dictionary.get(key), opening=key == "/OpenAction")}
    if isinstance(dictionary.get("/FS"), pikepdf.Dictionary):
        acting.add("/FS")
    return acting | keys & {"/F", "/Ref", "/OPI"} if isinstance(dictionary, pikepdf.Stream) else acting


def _acts(value: Any, *, opening: bool) -> bool:
    if isinstance(value, pikepdf.Array):
        return not opening and any(_acts(one, opening=False) for one in value)
    if not isinstance(value, pikepdf.Dictionary):
        return False
    kind = value.get("/S")
    if opening:
        return kind != "/GoTo" or "/Next" in value
    if kind is None:  # `/A` of another dictionary, an attribute of the structure tree for instance
        return False
    if kind == "/URI":
        target = value.get("/URI")
        return isinstance(target, pikepdf.String) and not inspection.is_plain_link(bytes(target))
    return str(kind) not in _HARMLESS


def _is_acting_annotation(annotation: Any) -> bool:
    return isinstance(annotation, pikepdf.Dictionary) and str(annotation.get("/Subtype")) in _ACTING_ANNOTATIONS


def _dictionaries(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream that the document holds, those inside others too."""
    waiting: list[Any] = [document.trailer, *document.objects]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            yield one
            waiting += [one.get(key) for key in one.keys() if not _is_elsewhere(one.get(key))]  # noqa: SIM118
        elif isinstance(one, pikepdf.Array):
            waiting += [inner for inner in one if not _is_elsewhere(inner)]


def _is_elsewhere(value: Any) -> bool:
    """An object of its own comes by itself; a number or a text has nothing inside."""
    return not isinstance(value, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)) or value.is_indirect
