"""PDF (ISO 32000-2): nothing acts, nothing is carried along, nobody is named, no bytes that no reader shows.

Two readings that must both be content. The lexical one (`_Scan`) covers every byte in which any reader, also one that
repairs a broken file, could find an object: each object that stands in the bytes, of whatever revision, and each object
stream, whatever it calls itself. libqpdf then reads the document as a viewer does, and whatever it sees is judged by
the same `_ValueJudge`. Every stream's filters are undone, or the file is refused; pictures are judged as pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from licheng.core.inspection import ACTIVE, AUTHOR, TRAILING, UNREADABLE, Flaw
from licheng.sources.inspection import jpeg, metadata, pdf_filters
from licheng.sources.inspection.pdf_filters import ExpansionBudget, chain
from licheng.sources.inspection.pdf_values import Name, Reference, string_end, unescaped, values
from licheng.sources.inspection.refusal import RefusedError

# Names that make a document act, or carry another file, wherever they stand.
_ACTIVE = {
    "JavaScript": "javascript", "Launch": "launch", "SubmitForm": "form", "ImportData": "form", "ResetForm": "form",
    "GoToE": "embedded-file", "EmbeddedFile": "embedded-file", "EmbeddedFiles": "embedded-file",
    "FileAttachment": "embedded-file", "RichMedia": "multimedia", "Rendition": "multimedia", "Movie": "multimedia",
    "Sound": "multimedia", "GoToR": "remote-file",
}  # fmt: skip
# Too short or too common to mean it wherever they stand: only as a key with something in it, or as a `/Subtype`.
_KEYS = {
    "JS": "javascript", "AA": "automatic-action", "XFA": "form", "3D": "multimedia", "3DD": "multimedia",
    "EF": "embedded-file", "AF": "embedded-file", "Collection": "embedded-file",
}  # fmt: skip
_SUBTYPES = {"3D": "multimedia", "Screen": "multimedia", "U3D": "multimedia", "PRC": "multimedia"}
# In these an author gives the names; `/AA` is a glyph there.
_MAPS = frozenset({"CharProcs", "ColorSpace", "ExtGState", "Font", "Pattern", "Properties", "RoleMap", "Shading",
                   "XObject", "ClassMap", "Dests"})  # fmt: skip
_NAMES = frozenset({"Author", "Manager", "LastModifiedBy", "LastSavedBy"})
# What reportlab writes where nobody is named.
_NOBODY = b"anonymous"
PEOPLE = frozenset(f"/{name}" for name in _NAMES)
# Annotations whose `/T` is who made them (12.5.6.2); a form field's `/T` is the field's name.
_MARKUP = frozenset({"Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline",
                     "Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Redact", "Popup"})  # fmt: skip
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\ufeff\ufffe]")

# An object without any of these, and without an escape, has nothing to judge.
_HINT = re.compile(
    rb"#|/(?:JavaScript|JS|Launch|SubmitForm|ImportData|ResetForm|GoToE|GoToR|EmbeddedFiles?|FileAttachment|RichMedia"
    rb"|Rendition|Movie|Sound|Screen|U3D|PRC|3DD?|AA|AF|XFA|EF|FS|Collection|OpenAction|URI|Author|Manager"
    rb"|LastModifiedBy|LastSavedBy|Metadata|T|Base|Encrypt)(?![^\x00\s()<>\[\]{}/%])"
)
_ACTIVE_WORD = re.compile(rb"/(?:" + "|".join(_ACTIVE).encode() + rb")(?![^\x00\s()<>\[\]{}/%])")

# A string's beginning; a whole comment (an update may be glued to the mark of the end); `<<`, or a whole string in hex
# digits; the words around objects and streams.
_STOP = re.compile(
    rb"[(]|%(?:%EOF|[^\r\n]*+)|<(?:<|[0-9A-Fa-f\s\0]*+>)?|(?<![A-Za-z/])(?:obj(?![A-Za-z])|endobj|stream(?![A-Za-z]))"
)
_HEADER = re.compile(rb"\d{1,10}[\s\0]{1,20}\d{1,5}[\s\0]{0,20}\Z")
_WINDOW = 60  # bytes that an object's number, generation and the space around them may take
_BODY = re.compile(rb"[ \t]*+(?:\r\n|\n|\r)?")
_ENDSTREAM = re.compile(rb"[\s\0]{0,20}endstream")
_PLAIN_GAP = re.compile(
    rb"(?:[\s\0]++|%%EOF|%[^\r\n]*+|xref[\s\0]++(?:\d{1,10}[ \t]++\d{1,10}(?:[ \t]++[fn])?[\s\0]*+)*+"
    rb"|startxref[\s\0]++\d{1,19}(?!\d)|endobj\b)*+"
)
_END = b"%%EOF"
_LONG_COMMENT = 1_000
_MAX_OBJECTS = 200_000
_MAX_HIDDEN = 10_000
_MAX_PAGES = 10_000
_MAX_INLINE = 64
_INLINE_HEAD, _INLINE_LENGTH = 2_000, 1 << 20
_MAX_PEELED = 3
_MAX_ACTING = 4 << 20
_JPEG = b"\xff\xd8\xff"
_BLANK = b"\0 \t\r\n\f"

Entries = list[tuple[str, Any]]


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with a PDF file."""
    end = data.rfind(_END) + len(_END)
    if end < len(_END):
        raise RefusedError("truncated")
    if data[end:].strip(b"\0 \t\r\n\f\x1a"):
        yield Flaw(TRAILING, "after-the-end")
    pdf_filters.limit_library()
    judge = _ValueJudge()
    document = _opened(data)
    scan = _Scan(data[:end], judge, readable=not (document is not None and document.is_encrypted))
    try:
        scan.run()
        if document is None:
            raise RefusedError("broken")
        if not document.is_encrypted and judge.encryption:
            raise RefusedError("encrypted")
        judge.document(document, scan.numbers)
        if not _pages(document):
            raise RefusedError("no-page")
    except RefusedError as refused:
        judge.flaws.add(refused.flaw)
    yield from judge.flaws


def _opened(data: bytes) -> pikepdf.Pdf | None:
    """The document, also one that is encrypted with an empty password; None where libqpdf finds none.

    Raises:
        RefusedError: it has a password.
    """
    try:
        return pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise RefusedError("encrypted") from error
    except pikepdf.PdfError as error:
        if "encrypt" in str(error).lower():
            raise RefusedError("encrypted") from error
        if "no pages" in str(error):
            raise RefusedError("no-page") from error
        return None


class _Scan:
    """Every object in the bytes, from the first byte to the last, whether a table names it or not.

    Attributes:
        numbers: the numbers of the objects, in the order of the file.
    """

    def __init__(self, data: bytes, judge: _ValueJudge, *, readable: bool) -> None:
        self._data = data
        self._judge = judge
        self._readable = readable  # not encrypted: libqpdf decrypts, and its reading is judged alone
        self._hidden = 0
        self._at = self._gap = 0
        self._object: int | None = None
        self.numbers: list[int] = []

    def run(self) -> None:
        """Judge everything.

        Raises:
            RefusedError: something in it cannot be read, or only by some readers.
        """
        while (stop := _STOP.search(self._data, self._at)) is not None:
            start, word = stop.start(), stop[0]
            self._at = string_end(self._data, stop.end()) if word == b"(" else stop.end()
            if word.startswith(b"%") and len(word) > _LONG_COMMENT:
                self._judge.flaws.add(Flaw(TRAILING, "between-objects"))
            if word.startswith((b"(", b"%")):
                self._nothing_hidden(start, self._at)
            elif word == b"obj":
                window = max(0, start - _WINDOW)
                header = _HEADER.search(self._data[window:start])
                self._until(window + header.start() if header else start)
                self._object = self._at
                self.numbers.append(int(header[0].split()[0]) if header else -1)
                if len(self.numbers) > _MAX_OBJECTS:
                    raise RefusedError("too-many-parts")
            elif word == b"endobj" and self._object is not None:
                self._until(start)
                self._gap, self._object = self._at, None
            elif word == b"stream" and self._object is not None:  # the text between objects is judged as a whole
                self._stream(self._object, start)
        self._until(len(self._data))

    def _until(self, end: int) -> None:
        """Judge an object's text, or what stands between objects: tables, trailers and comments, nothing else."""
        if self._object is not None:
            if self._readable:
                self._judge.text(self._data[self._object : end])
            return
        text, at = self._data[self._gap : end], 0
        while (at := _PLAIN_GAP.match(text, at).end()) < len(text):  # type: ignore[union-attr] # it matches nothing too
            if not text.startswith(b"trailer", at):
                self._judge.flaws.add(Flaw(TRAILING, "between-objects"))
                return
            stop = text.find(b"startxref", at)
            stop = len(text) if stop < 0 else stop
            trailer = values(text[at + len(b"trailer") : stop])
            if [type(value) for value in trailer] not in ([list], [list, str]):
                self._judge.flaws.add(Flaw(TRAILING, "between-objects"))
            self._judge.values(trailer)
            at = stop

    def _stream(self, head: int, start: int) -> None:
        """A stream whose dictionary begins at `head`, and whose word at `start`."""
        data = self._data
        [*_, entries] = [value for value in values(data[head:start]) if isinstance(value, list)] or [[]]
        body = _BODY.match(data, self._at).end()  # type: ignore[union-attr] # it matches nothing too
        length = dict(entries).get("Length")
        close = _ENDSTREAM.match(data, body + length) if isinstance(length, int) and length >= 0 else None
        if close is not None:
            end, self._at = close.span()
        else:
            keyword = data.find(b"endstream", body)
            if keyword < 0:
                raise RefusedError("truncated")
            line_end = 2 if data[keyword - 2 : keyword] == b"\r\n" else data[keyword - 1 : keyword] in {b"\n", b"\r"}
            end, self._at = max(body, keyword - line_end), keyword + len(b"endstream")
        self._nothing_hidden(body, end)
        if self._readable:
            self._judge.stream(entries, data[body:end])
        self._object = self._at

    def _nothing_hidden(self, start: int, end: int) -> None:
        """An object inside a string, a comment or a stream is one that only some readers see.

        Raises:
            RefusedError: the word stands there too often to look at each.
        """
        at = self._data.find(b"obj", start, end)
        while at >= 0:
            self._hidden += 1
            if self._hidden > _MAX_HIDDEN:
                raise RefusedError("too-many-parts")
            if _HEADER.search(self._data[max(start, at - _WINDOW) : at]):
                self._judge.flaws.add(Flaw(UNREADABLE, "hidden-object"))
            at = self._data.find(b"obj", at + 3, end)


class _ValueJudge:
    """Values and streams, wherever they were read.

    Attributes:
        flaws: those that were seen.
        encryption: whether a trailer asks for it.
    """

    def __init__(self) -> None:
        self.flaws: set[Flaw] = set()
        self.encryption = False
        self._budget = ExpansionBudget()
        self._seen: set[int] = set()
        self._waiting: list[tuple[Entries, bytes]] = []  # streams whose filters stand elsewhere
        self._links: set[Reference] = set()
        self._people: dict[Reference, str] = {}
        self._openings: set[Reference] = set()
        self._described: set[Reference] = set()

    # Values.

    def text(self, text: bytes, *, of_stream: bool = False) -> None:
        """Values as they stand in the bytes; as `values`."""
        if _HINT.search(text):
            self.values(values(text), of_stream=of_stream)

    def values(self, some: list[Any] | tuple[Any, ...], *, of_stream: bool = False) -> None:
        """Parsed values; the first is a stream's dictionary, where `of_stream` says so."""
        waiting: list[tuple[Any, str]] = [(value, "") for value in some]
        while waiting:
            value, parent = waiting.pop()
            if isinstance(value, Name) and value in _ACTIVE:
                self.flaws.add(Flaw(ACTIVE, _ACTIVE[value]))
            elif isinstance(value, list):
                self._dictionary(value, parent)
                waiting += [(inner, key) for key, inner in value]
            elif isinstance(value, tuple):
                waiting += [(inner, parent if parent in _MAPS else "") for inner in value]
        # A stream whose data, or whose form, lies in another file (7.3.8.2, 8.10.4).
        entries = some[0] if of_stream and some else []
        if any(key in {"F", "Ref", "OPI"} and not _is_empty(value) for key, value in entries):
            self.flaws.add(Flaw(ACTIVE, "external-data"))

    def _dictionary(self, entries: Entries, parent: str) -> None:
        subtypes = {value for key, value in entries if key in {"Subtype", "S"} and isinstance(value, Name)}
        self.flaws.update(Flaw(ACTIVE, _SUBTYPES[name]) for name in subtypes & _SUBTYPES.keys())
        for key, value in entries:
            if parent in _MAPS or _is_empty(value):
                continue
            reason = _ACTIVE.get(key) or _KEYS.get(key)
            if reason or (key == "FS" and not isinstance(value, Name)):
                self.flaws.add(Flaw(ACTIVE, reason or "embedded-file"))
            elif key in {"URI", "Base"}:
                self._link(value)
            elif key in _NAMES or (key == "T" and subtypes & _MARKUP):
                self._person(value, "pdf-author" if key in _NAMES else "annotation-author")
            elif key == "OpenAction":
                self._opening(value)
            elif key == "Metadata" and isinstance(value, Reference):
                self._described.add(value)
            self.encryption |= key == "Encrypt"

    def _link(self, value: Any) -> None:
        if isinstance(value, Reference):
            self._links.add(value)
        elif isinstance(value, bytes) and not is_plain_link(value):
            self.flaws.add(Flaw(ACTIVE, "unsafe-link"))

    def _person(self, value: Any, reason: str) -> None:
        if isinstance(value, Reference):
            self._people[value] = reason
        elif isinstance(value, bytes) and not metadata.is_blank(value) and value != _NOBODY:
            self.flaws.add(Flaw(AUTHOR, reason))

    def _opening(self, value: Any) -> None:
        """Opening at a page is harmless (many programs write it); any other action is not."""
        if isinstance(value, Reference):
            self._openings.add(value)
        elif not isinstance(value, tuple):
            action = dict(value) if isinstance(value, list) else {}
            if action.get("S") != "GoTo" or "Next" in action:
                self.flaws.add(Flaw(ACTIVE, "automatic-action"))

    # Streams.

    def stream(self, entries: Entries, body: bytes, *, described: bool = False) -> None:
        """A stream with its dictionary; `described` where something calls it its metadata.

        Raises:
            RefusedError: its filters cannot be undone, or what they give cannot be read.
        """
        self._seen.add(hash(body.rstrip(b"\r\n")))
        self.values([entries], of_stream=True)
        filters = (value for key, value in entries if key in {"Filter", "DecodeParms"})
        steps = (step for value in filters for step in (value if isinstance(value, tuple) else (value,)))
        if any(isinstance(step, Reference) for step in steps):
            self._waiting.append((entries, body))
            return
        known = dict(entries)
        packs_objects = "N" in known and "First" in known
        if known.get("Type") == "XRef" and not packs_objects:
            return
        is_picture = known.get("Subtype") == "Image" and not described
        is_metadata = described or known.get("Type") == "Metadata" or known.get("Subtype") == "XML"
        plain = self._undone(chain(entries), body, is_picture=is_picture)
        if plain is None:
            return
        if plain.lstrip(_BLANK).startswith(_JPEG):
            self._jpeg(plain)
        elif packs_objects or known.get("Type") == "ObjStm":
            self._packed_objects(plain)
        elif not is_picture and (packet := plain.strip(_BLANK)) and (
            is_metadata or (packet.startswith(b"<") and metadata.XMP_MARK in packet)
        ):  # fmt: skip
            self.flaws.update(metadata.xmp(packet))
        elif not is_picture:
            self._content(plain)

    def _undone(self, steps: list[tuple[str, Entries]], data: bytes, *, is_picture: bool) -> bytes | None:
        """What the filters give; None where it is a picture, which has been judged."""
        for index, (name, parameters) in enumerate(steps):
            is_last = index == len(steps) - 1
            if name in pdf_filters.PICTURES:
                if not is_last:
                    raise RefusedError("unknown-filter")
                self._coded_picture(name, data)
                return None
            if name == "Crypt":
                if dict(parameters).get("Name", "Identity") != "Identity":
                    raise RefusedError("encrypted")
            elif is_picture and is_last and name == "FlateDecode":
                self._budget.count(data)
                return None
            elif is_picture and is_last and name in {"LZWDecode", "RunLengthDecode"}:
                return None
            else:
                data = self._budget.step(data, name, parameters)
        return data

    def _coded_picture(self, name: str, data: bytes) -> None:
        if name == "DCTDecode":
            self._jpeg(data)
        elif name == "JPXDecode":
            for kind, payload in boxes(data):
                if kind == b"xml " or payload.startswith(_XMP_UUID):
                    self.flaws.update(metadata.xmp(payload.removeprefix(_XMP_UUID).strip(_BLANK)))
                elif payload.startswith(_EXIF_UUID):
                    self.flaws.update(metadata.exif(b"Exif\0\0" + payload.removeprefix(_EXIF_UUID)))

    def _jpeg(self, data: bytes) -> None:
        start = data.find(_JPEG, 0, 1_024)
        if start < 0:
            raise RefusedError("broken")
        self.flaws.update(jpeg.flaws(data[start:].rstrip(_BLANK)))

    def _packed_objects(self, plain: bytes) -> None:
        """An object stream (7.5.7), whatever it calls itself."""
        if not _HINT.search(plain):
            return
        head = _OFFSETS.match(plain)
        numbers = [int(digits) for digits in head[0].split()] if head else []
        first = head.end() if head else 0
        offsets = numbers[1::2]
        if not offsets or len(numbers) % 2 or offsets != sorted(offsets) or len(offsets) > _MAX_OBJECTS:
            raise RefusedError("hidden-object")
        for start, stop in zip(offsets, [*offsets[1:], len(plain)], strict=True):
            self.text(plain[first + start : first + stop if stop != len(plain) else stop])
        # `/First` may point elsewhere: then objects begin elsewhere too, and all of it is read as one text
        self.values(values(plain))

    def _content(self, plain: bytes) -> None:
        """A page's content, a font, or anything else that is no picture, packs no objects and is no XMP."""
        if b"BI" in plain and b"ID" in plain:
            self._inline_pictures(plain)
        for _ in range(_MAX_PEELED):
            if (word := _ACTIVE_WORD.search(plain)) is not None:
                try:  # a page may speak of what acts in a string
                    self.values(values(plain[:_MAX_ACTING]))
                except RefusedError:  # no text of PDF: the words are not in a string then
                    self.flaws.add(Flaw(ACTIVE, _ACTIVE[word[0][1:].decode()]))
            is_zlib = len(plain) > 2 and plain[0] & 0x8F == 0x08 and (plain[0] << 8 | plain[1]) % 31 == 0  # RFC 1950
            if not is_zlib:
                return
            try:
                plain = self._budget.step(plain, "FlateDecode", [])
            except RefusedError as refused:
                if refused.flaw.reason == "broken":
                    return
                raise
        raise RefusedError("expands-too-far")

    def _inline_pictures(self, plain: bytes) -> None:
        """Photos in a page's content (8.9.7)."""
        count, at = 0, 0
        while (at := plain.find(b"BI", at)) >= 0:
            start = plain.find(b"ID", at, at + _INLINE_HEAD)
            head = plain[at + 2 : start] if start >= 0 else b""
            at += 2
            if b"DCT" not in unescaped(head):  # a font may hold any bytes, and need not be text of PDF
                continue
            entries = [("Filter" if key == "F" else "DecodeParms" if key == "DP" else key, value)
                       for key, value in values(b"<<" + head + b">>")[0]]  # fmt: skip
            steps = chain(entries)
            if not steps or steps[-1][0] != "DCTDecode":
                continue
            count += 1
            if count > _MAX_INLINE:
                raise RefusedError("too-many-parts")
            data = plain[start + 2 : start + 2 + _INLINE_LENGTH].lstrip(_BLANK)
            end = {"ASCII85Decode": b"~>", "ASCIIHexDecode": b">"}.get(steps[0][0])
            data = data[: data.find(end) + len(end)] if end and end in data else data
            for name, parameters in steps[:-1]:
                data = self._budget.step(data, name, parameters)
            if data.startswith(_JPEG):
                self.flaws.update(flaw for flaw in jpeg.flaws(data) if flaw.code != TRAILING)

    # The document as libqpdf reads it.

    def document(self, document: pikepdf.Pdf, numbers: list[int]) -> None:
        """Everything that libqpdf sees; what the lexical reading has judged is judged again, from another hand.

        Raises:
            RefusedError: an object stands in the bytes that an encrypted document does not know, or a stream's
                filters cannot be undone.
        """
        objects = document.objects
        seen = set(numbers)
        if document.is_encrypted and (not seen <= {value.objgen[0] for value in objects} or len(seen) < len(numbers)):
            raise RefusedError("hidden-object")
        self.text(document.trailer.unparse())
        for value in objects:
            if isinstance(value, pikepdf.Stream):
                text = value.stream_dict.unparse()
                is_table = document.is_encrypted and value.get("/Type") == "/XRef"  # which nobody encrypts
                raw = b"" if is_table else value.read_raw_bytes()
                if hash(raw.rstrip(b"\r\n")) not in self._seen:
                    self.stream(values(text)[0], raw)
                else:
                    self.text(text, of_stream=True)
            elif isinstance(value, pikepdf.Object):  # numbers and null come as Python's
                self.text(value.unparse(resolved=True))
        for entries, body in self._waiting[:]:
            self._waiting.clear()
            self.stream([(key, _resolved(document, value)) for key, value in entries], body)
            if self._waiting:
                raise RefusedError("unknown-filter")
        self._references(document)

    def _references(self, document: pikepdf.Pdf) -> None:
        """What was said by reference."""
        for link in self._links:
            self._link(_text(document, link))
        for person, reason in self._people.items():
            self._person(_text(document, person), reason)
        for opening in self._openings:
            value = _value(document, opening)
            if isinstance(value, pikepdf.Dictionary):
                self._opening(values(value.unparse(resolved=True))[0])
        for described in self._described:
            value = _value(document, described)
            if isinstance(value, pikepdf.Stream) and value.get("/Subtype") != "/XML":
                self.stream(values(value.stream_dict.unparse())[0], value.read_raw_bytes(), described=True)


_OFFSETS = re.compile(rb"[\s\0]*+(?:\d{1,10}[\s\0]++)*+")
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EXIF_UUID = b"JpgTiffExif->JP2"


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kinds and payloads of a JPEG 2000 file's boxes (ISO/IEC 15444-1, annex I); none of a bare code stream.

    Raises:
        RefusedError: a box ends behind the data.
    """
    at = 0 if data[4:8] == b"jP  " else len(data)
    while at + 8 <= len(data):
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        length = length or len(data) - at
        if length < head or at + length > len(data):
            raise RefusedError("broken")
        yield kind, data[at + head : at + length]
        at += length


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], ())


def is_comment(annotation: pikepdf.Object) -> bool:
    """Whether a dictionary is an annotation whose `/T` is its author."""
    return str(annotation.get("/Subtype", "")).removeprefix("/") in _MARKUP


def is_plain_link(link: bytes) -> bool:
    """A web page, an address or a number; a path of this or another computer is not."""
    text = link.decode("utf-16", "replace") if link[:2] in {b"\xfe\xff", b"\xff\xfe"} else link.decode("latin-1")
    text = _UNSEEN.sub("", text)
    scheme = _SCHEME.match(text)
    if scheme:
        return scheme[1].lower() in _SCHEMES
    return not text.startswith(("\\\\", "//", "/\\", "\\/"))


def _resolved(document: pikepdf.Pdf, value: Any) -> Any:
    if isinstance(value, Reference):
        target = _value(document, value)
        [value] = values(target.unparse(resolved=True)) if isinstance(target, pikepdf.Object) else [target]
    if isinstance(value, tuple):
        return tuple(_resolved(document, each) if isinstance(each, Reference) else each for each in value)
    return value


def _text(document: pikepdf.Pdf, reference: Reference) -> bytes | None:
    value = _value(document, reference)
    return bytes(value) if isinstance(value, pikepdf.String) else None


def _value(document: pikepdf.Pdf, reference: Reference) -> Any:
    return document.get_object(reference.number, reference.generation)


def _pages(document: pikepdf.Pdf) -> int:
    """How many pages the tree has; a node is visited once, so that a loop ends."""
    root = document.trailer.get("/Root")
    waiting = [root.get("/Pages")] if isinstance(root, pikepdf.Dictionary) else []
    seen: set[tuple[int, int]] = set()
    pages = 0
    while waiting:
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary) or node.objgen in seen:
            continue
        if node.is_indirect:
            seen.add(node.objgen)
        if len(seen) > _MAX_PAGES:
            raise RefusedError("too-many-parts")
        kids = node.get("/Kids")
        pages += kids is None
        waiting += list(kids) if isinstance(kids, pikepdf.Array) else []
    return pages
