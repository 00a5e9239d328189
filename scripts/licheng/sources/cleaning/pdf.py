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
from licheng.sources.inspection.pdf_filters import ExpansionBudget, chain
from licheng.sources.inspection.pdf_values import values
from licheng.sources.inspection.refusal import RefusedError

INFORMATION, DESCRIPTION = Flaw(AUTHOR, "document-info"), Flaw(AUTHOR, "pdf-metadata")
THUMBNAIL, PRIVATE = Flaw(TRAILING, "thumbnail"), Flaw(TRAILING, "private-data")
PASSWORD = Flaw(UNREADABLE, "empty-password")
_HIDDEN = {"/Metadata": DESCRIPTION, "/Thumb": THUMBNAIL, "/PieceInfo": PRIVATE}
# What only cleaning speaks of: an ordinary file has them, and is not refused for them.
REASONS = frozenset(flaw.reason for flaw in (INFORMATION, DESCRIPTION, THUMBNAIL, PRIVATE, PASSWORD))

# Writing it anew mends these; of any other file that cannot be read, nobody knows what would be lost.
_MENDED = frozenset({"hidden-object"})
_ACTING_KEYS = frozenset(
    {"/AA", "/JS", "/JavaScript", "/XFA", "/EF", "/AF", "/EmbeddedFiles", "/Collection", "/FFilter"}
)
_ACTION_KEYS = frozenset({"/A", "/PA", "/OpenAction", "/Next"})
_ACTING_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
_HARMLESS = frozenset({"/GoTo", "/URI", "/Named", "/Thread", "/Hide", "/SetOCGState", "/Trans", "/GoToDp"})
# Of JPEG 2000: its XML and UUID boxes, which no reader needs (ISO/IEC 15444-1, I.7).
_UNNEEDED_BOXES = frozenset({b"xml ", b"uuid"})
_MAX_ROUNDS = 3
# As libqpdf writes it: the same bytes each time, no stream packed anew.
_AS_IT_IS: dict[str, Any] = {
    "preserve_pdfa": False,
    "fix_metadata_version": False,
    "compress_streams": False,
    "encryption": False,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
    "object_stream_mode": pikepdf.ObjectStreamMode.preserve,
    "static_id": True,
}


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
        out = io.BytesIO()
        document.save(out, **_AS_IT_IS)
    copy = out.getvalue()
    after = _flaws(copy)
    taken |= before - after
    return (copy, frozenset(taken)) if taken else (data, frozenset())


def _flaws(data: bytes) -> frozenset[Flaw]:
    flaws = {Flaw(TRAILING, reason) for reason in other_formats(data, "application/pdf")}
    try:
        flaws.update(inspection.flaws(data))
    except RefusedError as refused:
        flaws.add(refused.flaw)
    return frozenset(flaws)


def _cut(document: pikepdf.Pdf) -> Iterator[Flaw]:
    """What names people or hides: taken out always."""
    if document.is_encrypted:
        yield PASSWORD
    information = document.trailer.get("/Info")
    if information is not None:
        if isinstance(information, pikepdf.Dictionary) and len(information.keys()):
            yield INFORMATION
        del document.trailer["/Info"]
    budget = ExpansionBudget()
    for dictionary in _dictionaries(document):
        for key in _HIDDEN.keys() & set(dictionary.keys()):
            del dictionary[key]
            yield _HIDDEN[key]
        # Who wrote a document or a comment; which flaw that was, the inspection says.
        keys = set(dictionary.keys())
        names = {key for key in inspection.PEOPLE & keys if isinstance(dictionary.get(key), pikepdf.String)}
        for key in names | ({"/T"} & keys if inspection.is_comment(dictionary) else set()):
            del dictionary[key]
        if isinstance(dictionary, pikepdf.Stream):
            _cut_picture(dictionary, budget)


def _cut_picture(stream: pikepdf.Stream, budget: ExpansionBudget) -> None:
    """Cut names and places out of a photo; its coded pixels stay as they are."""
    steps = chain(values(stream.stream_dict.unparse())[0])
    if not steps or steps[-1][0] not in {"DCTDecode", "JPXDecode"}:
        return
    data = stream.read_raw_bytes()
    for name, parameters in steps[:-1]:
        data = budget.step(data, name, parameters)
    copy = data
    if steps[-1][0] == "DCTDecode":
        start = max(0, data.find(b"\xff\xd8\xff", 0, 1_024))
        photo, taken = jpeg.cleaned(data[start:].rstrip(b"\0 \t\r\n\f"), everything=False)
        copy = photo if taken else copy
    elif any(kind in _UNNEEDED_BOXES for kind, _ in inspection.boxes(data)):
        boxes = ((kind, payload) for kind, payload in inspection.boxes(data) if kind not in _UNNEEDED_BOXES)
        copy = b"".join((len(payload) + 8).to_bytes(4, "big") + kind + payload for kind, payload in boxes)
    if copy != data:
        own: Any = stream.get("/DecodeParms")
        own = own[len(steps) - 1] if isinstance(own, pikepdf.Array) else None
        kept = own if isinstance(own, pikepdf.Dictionary) else None
        stream.write(copy, filter=pikepdf.Name(f"/{steps[-1][0]}"), decode_parms=kept)


def _disarm(document: pikepdf.Pdf) -> None:
    """Take out scripts, actions, films and files."""
    for _ in range(_MAX_ROUNDS):  # what an action led to may be an action
        for dictionary in list(_dictionaries(document)):
            keys = set(dictionary.keys())
            acting = keys & _ACTING_KEYS
            acting |= {key for key in keys & _ACTION_KEYS if _acts(dictionary.get(key), opening=key == "/OpenAction")}
            acting |= {"/FS"} if isinstance(dictionary.get("/FS"), pikepdf.Dictionary) else set()
            acting |= keys & {"/F", "/Ref", "/OPI"} if isinstance(dictionary, pikepdf.Stream) else set()
            for key in acting:
                del dictionary[key]
            annotations = dictionary.get("/Annots")
            if isinstance(annotations, pikepdf.Array):
                staying = [
                    each
                    for each in annotations
                    if not isinstance(each, pikepdf.Dictionary) or str(each.get("/Subtype")) not in _ACTING_ANNOTATIONS
                ]
                dictionary["/Annots"] = pikepdf.Array(staying)


def _acts(value: Any, *, opening: bool) -> bool:
    if isinstance(value, pikepdf.Array):
        return not opening and any(_acts(action, opening=False) for action in value)
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


def _dictionaries(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream that the document holds, those inside others too."""
    waiting: list[Any] = [document.trailer, *document.objects]
    while waiting:
        outer = waiting.pop()
        if isinstance(outer, (pikepdf.Dictionary, pikepdf.Stream)):
            yield outer
            waiting += [outer.get(key) for key in outer.keys() if not _is_elsewhere(outer.get(key))]  # noqa: SIM118
        elif isinstance(outer, pikepdf.Array):
            waiting += [inner for inner in outer if not _is_elsewhere(inner)]


def _is_elsewhere(value: Any) -> bool:
    """An object of its own comes by itself; a number or a text has nothing inside."""
    return not isinstance(value, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)) or value.is_indirect
