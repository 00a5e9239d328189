"""Make the PDF files of the collection with real programs: `python3 tests/inspection/collection/make_pdf.py`.

Runs on the system's Python with what `install_pdf.sh` installs, and imports nothing of this project: what is expected
of a file follows from what is put into it here, never from what our inspection says.

Every invented person is called 王小明 or Wang Xiaoming; the place is in the sea.
"""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cairo
import yaml
from PIL import Image
from reportlab.lib.pagesizes import A6
from reportlab.pdfgen import canvas

HERE = Path(__file__).parent
OUT = HERE / "pdf"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-headless-shell", "google-chrome") if (path := shutil.which(name))),
    "/usr/lib/chromium/chromium-headless-shell",
)

AUTHOR, XMP_NAME, EXIF_NAME = "ATT010 pdf-author", "ATT010 xmp-name", "ATT010 exif-name"
COMMENT_AUTHOR = "ATT010 annotation-author"
GPS, XMP_GPS = "ATT011 exif-gps", "ATT011 xmp-gps"
AFTER, BETWEEN, ZIP, PAGE = "ATT012 after-the-end", "ATT012 between-objects", "ATT012 zip-inside", "ATT012 page-inside"
HIDDEN, PASSWORD = "ATT013 hidden-object", "ATT013 encrypted"
INFO, XMP, THUMB, PRIVATE = (
    "ATT010 document-info",
    "ATT010 pdf-metadata",
    "ATT012 thumbnail",
    "ATT012 private-data",
)
EMPTY = "ATT013 empty-password"
JS, LAUNCH, FORM, FILE, FILM, AUTO, REMOTE, LINK, EXTERNAL = (
    f"ATT009 {reason}"
    for reason in (
        "javascript",
        "launch",
        "form",
        "embedded-file",
        "multimedia",
        "automatic-action",
        "remote-file",
        "unsafe-link",
        "external-data",
    )
)
MANIFEST: dict[str, dict[str, object]] = {}


def add(
    name: str,
    data: bytes,
    made_with: str,
    flaws: Iterable[str] = (),
    extras: Iterable[str] = (),
    *,
    dropped: Iterable[str] = (),
    stuck: bool = False,
) -> None:
    """Keep a file.

    Args:
        name: of the file, without its extension.
        data: its bytes.
        made_with: program and mode.
        flaws: what it is refused for as it is.
        extras: what cleaning takes out beyond the flaws.
        dropped: of the flaws that act, those that nothing refers to, so that every cleaning drops them.
        stuck: no cleaning can mend it, and none touches it.
    """
    flaws = set(flaws)
    ordinary = {one for one in flaws if one[:6] in {"ATT010", "ATT011", "ATT012"} or one == HIDDEN} | set(dropped)
    assert name not in MANIFEST, name
    MANIFEST[name] = {
        "made_with": made_with,
        "flaws": sorted(flaws),
        "cleaned": [] if stuck else sorted(ordinary | set(extras)),
        "everything": [] if stuck else sorted(flaws | set(extras)),
    }
    (OUT / f"{name}.pdf").write_bytes(data)


def run(*command: str | Path, given: bytes | None = None) -> bytes:
    """A program's output."""
    done = subprocess.run([*map(str, command)], input=given, capture_output=True, check=False)
    if done.returncode not in {0, 3}:  # 3: qpdf's warnings
        sys.exit(f"{command}: {done.stderr.decode(errors='replace')}")
    return done.stdout


# Pictures.


def photo(*, gps: bool = False, artist: bool = False, mode: str = "RGB", **options: object) -> bytes:
    exif = Image.Exif()
    if gps:
        exif[0x8825] = {1: "N", 2: (23.0, 1.0, 2.0), 3: "E", 4: (125.0, 1.0, 2.0)}
    if artist:
        exif[0x013B] = "Wang Xiaoming"
    out = io.BytesIO()
    picture = Image.linear_gradient("L").resize((60, 40)).convert(mode)
    picture.save(out, "JPEG", exif=exif if gps or artist else b"", **options)
    return out.getvalue()


def png(mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((40, 40)).convert(mode).save(out, "PNG")
    return out.getvalue()


# By hand.


def obj(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries, data)


def build(*more: bytes, catalog: bytes = b"", page: bytes = b"", trailer: bytes = b"", head: bytes = b"") -> bytes:
    """A page with a line of text; further objects begin with number 6."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> %b >>" % page,
        stream(b"BT /F1 24 Tf 20 40 Td (Hello) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    ]
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + head), []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += obj(number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, start)
    return bytes(out)


def update(first: bytes, number: int, body: bytes, trailer: bytes = b"", glue: bytes = b"") -> bytes:
    """Saved again: an object more, or another version of it, behind the end."""
    previous = int(first.rpartition(b"startxref")[2].split()[0])
    out = first.rstrip(b"\n") + (glue or b"\n") if glue != b"-" else first.rstrip(b"\n")
    at = len(out)
    out += obj(number, body)
    start = len(out)
    return (
        out
        + b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size 20 /Root 1 0 R /Prev %d %b >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            number,
            at,
            previous,
            trailer,
            start,
        )
    )


def packed(
    objects: dict[int, bytes],
    *,
    kind: bytes = b"/Type /ObjStm",
    filters: str = "Flate",
    more: bytes = b"",
    catalog: bytes = b"",
    page: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """A document with a cross-reference stream and an object stream (number 6) that holds these objects."""
    head, body = b"", b""
    for number, text in objects.items():
        head += b"%d %d " % (number, len(body))
        body += text + b" "
    data, names = coded(head + body, filters)
    entries = b"%b /N %d /First %d /Filter %b %b" % (kind, len(objects), len(head), names, more)
    plain = build(stream(data, entries), catalog=catalog, page=page)
    out = bytearray(plain[: plain.rindex(b"xref\n0 ")])
    table = {number: out.index(b"\n%d 0 obj" % number) + 1 for number in range(1, 7)}
    last = max(*objects, 6) + 1
    table[last] = len(out)
    rows = b""
    for number in range(last + 1):
        if number in table:
            rows += b"\1" + table[number].to_bytes(4, "big") + b"\0\0"
        elif number in objects:
            rows += b"\2" + (6).to_bytes(4, "big") + list(objects).index(number).to_bytes(2, "big")
        else:
            rows += bytes(7)
    start = len(out)
    out += obj(last, stream(rows, b"/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R %b" % (last + 1, trailer)))
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def coded(data: bytes, filters: str) -> tuple[bytes, bytes]:
    """The data behind these filters, and the `/Filter` that undoes them."""
    encode: dict[str, tuple[Callable[[bytes], bytes], bytes]] = {
        "Flate": (zlib.compress, b"/FlateDecode"),
        "AHx": (lambda plain: plain.hex().encode() + b">", b"/ASCIIHexDecode"),
        "A85": (lambda plain: base64.a85encode(plain) + b"~>", b"/ASCII85Decode"),
        "RL": (_run_lengths, b"/RunLengthDecode"),
        "LZW": (_lzw, b"/LZWDecode"),
    }
    names: list[bytes] = []
    for name in reversed([one for one in filters.split("+") if one]):
        encoder, decoder = encode[name]
        data, names = encoder(data), [decoder, *names]
    return data, b"[" + b" ".join(names) + b"]"


def _run_lengths(plain: bytes) -> bytes:
    parts = [plain[at : at + 128] for at in range(0, len(plain), 128)]
    return b"".join(bytes([len(part) - 1]) + part for part in parts) + b"\x80"


def _lzw(plain: bytes) -> bytes:
    """Codes of nine bits only: the table is cleared before it grows."""
    bits = ""
    for index, byte in enumerate(plain):
        bits += (f"{256:09b}" if index % 200 == 0 else "") + f"{byte:09b}"
    bits += f"{257:09b}"
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


SCRIPT = b"<< /Type /Action /S /JavaScript /JS (app.alert\\(1\\)) >>"
CREATOR = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator><rdf:Seq><rdf:li>'
    b"Wang Xiaoming</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)
NOBODY = CREATOR.replace(b"Wang Xiaoming", b"")


def link(action: bytes, more: bytes = b"") -> bytes:
    return b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 200 100] /A %b %b >>]" % (action, more)


def annotation(kind: bytes, more: bytes = b"") -> bytes:
    return b"/Annots [<< /Type /Annot /Subtype /%b /Rect [0 0 20 20] %b >>]" % (kind, more)


def image(data: bytes, filters: bytes, more: bytes = b"") -> bytes:
    return stream(
        data,
        b"/Type /XObject /Subtype /Image /Width 60 /Height 40 /BitsPerComponent 8 "
        b"/ColorSpace /DeviceRGB /Filter %b %b" % (filters, more),
    )


def shown(*pictures: bytes) -> bytes:
    """A page that refers to pictures."""
    names = b" ".join(b"/I%d %d 0 R" % (index, 6 + index) for index in range(len(pictures)))
    return build(*pictures, page=b"/Group << /I << %b >> >>" % names)


def malicious() -> None:
    by = "by hand"
    for filters in ("", "Flate", "AHx", "A85", "RL", "LZW", "AHx+Flate", "A85+Flate", "Flate+Flate", "A85+AHx+Flate"):
        for label, kind in (("objstm", b"/Type /ObjStm"), ("untyped", b""), ("odd-key", b"/Type /ObjStm /obj 1")):
            name = f"js-{label}-{filters.replace('+', '-').lower() or 'plain'}"
            names = {10: SCRIPT, 12: b"<< /JavaScript << /Names [(a) 10 0 R] >> >>"}
            add(name, packed(names, kind=kind, filters=filters, catalog=b"/Names 12 0 R"), f"{by}, {filters}", [JS])
    add("js-open", build(SCRIPT, catalog=b"/OpenAction 6 0 R"), by, [JS, AUTO])
    add("js-escaped", build(b"<< /S /J#61va#53cript /#4a#53 (1) >>", catalog=b"/OpenAction 6 0 R"), by, [JS, AUTO])
    add("js-link", build(page=link(SCRIPT)), by, [JS])
    add("js-link-next", build(page=link(b"<< /S /GoTo /D [3 0 R /Fit] /Next %b >>" % SCRIPT)), by, [JS])
    add("js-page-aa", build(SCRIPT, page=b"/AA << /O 6 0 R >>"), by, [JS, AUTO])
    add("js-catalog-aa", build(catalog=b"/AA << /WC %b >>" % SCRIPT), by, [JS, AUTO])
    add("js-name-by-reference", build(b"<< /S 7 0 R /JS (1) >>", b"/JavaScript", page=link(b"6 0 R")), by, [JS])
    add(
        "js-outline",
        build(
            b"<< /First 7 0 R /Last 7 0 R /Count 1 >>",
            b"<< /Title (x) /Parent 6 0 R /A %b >>" % SCRIPT,
            catalog=b"/Outlines 6 0 R",
        ),
        by,
        [JS],
    )
    add("js-orphan", build(SCRIPT), by, [JS], dropped=[JS])
    add(
        "js-second-revision",
        update(build(), 1, b"<< /Type /Catalog /Pages 2 0 R /OpenAction %b >>" % SCRIPT),
        by,
        [JS, AUTO],
    )
    add(
        "js-first-revision",
        update(build(SCRIPT, catalog=b"/OpenAction 6 0 R"), 1, b"<< /Type /Catalog /Pages 2 0 R >>"),
        by,
        [JS, AUTO],
        dropped=[JS, AUTO],
    )
    add(
        "js-glued-revision",
        update(build(), 1, b"<< /Type /Catalog /Pages 2 0 R /OpenAction %b >>" % SCRIPT, glue=b"-"),
        by,
        [JS, AUTO],
    )
    add(
        "js-not-in-the-table",
        build().replace(b"xref\n0 ", b"9 0 obj\n%b\nendobj\nxref\n0 " % SCRIPT, 1),
        by,
        [JS],
        dropped=[JS],
    )
    add(
        "js-field",
        build(
            b"<< /FT /Btn /T (b) /Subtype /Widget /Rect [0 0 9 9] /AA << /E %b >> >>" % SCRIPT,
            catalog=b"/AcroForm << /Fields [6 0 R] >>",
            page=b"/Annots [6 0 R]",
        ),
        by,
        [JS, AUTO],
    )
    add("launch", build(page=link(b"<< /S /Launch /F (cmd.exe) >>")), by, [LAUNCH])
    add("launch-win", build(catalog=b"/OpenAction << /S /Launch /Win << /F (cmd) >> >>"), by, [LAUNCH, AUTO])
    for action in ("SubmitForm", "ImportData", "ResetForm"):
        add(f"action-{action.lower()}", build(page=link(b"<< /S /%b /F (x) >>" % action.encode())), by, [FORM])
    add("xfa", build(stream(b"<xdp/>"), catalog=b"/AcroForm << /Fields [] /XFA 6 0 R >>"), by, [FORM])
    add("gotor", build(page=link(b"<< /S /GoToR /F (other.pdf) /D [0 /Fit] >>")), by, [REMOTE])
    add("gotor-unc", build(page=link(rb"<< /S /GoToR /F (\\\\host\\share\\x.pdf) /D [0 /Fit] >>")), by, [REMOTE])
    add("gotor-open", build(catalog=rb"/OpenAction << /S /GoToR /F (\\\\host\\x) /D [0 /Fit] >>"), by, [REMOTE, AUTO])
    add("gotoe", build(page=link(b"<< /S /GoToE /T << /R /C /N (x) >> >>")), by, [FILE])
    add("named-print-open", build(catalog=b"/OpenAction << /S /Named /N /Print >>"), by, [AUTO])
    add("uri-open", build(catalog=b"/OpenAction << /S /URI /URI (https://example.invalid/) >>"), by, [AUTO])
    targets = {
        "javascript": b"(javascript:alert\\(1\\))",
        "spaced": b"( java\\tscript:x)",
        "file": b"(file:///etc/x)",
        "unc": rb"(\\\\\\\\host\\\\share)",
        "slashes": b"(//host/share/x)",
        "utf16": b"<FEFF00660069006C0065003A002F002F0078>",
        "vbscript": b"(VBScript:x)",
        "data": b"(data:text/html,x)",
        "smb": b"(smb://host/x)",
        "by-reference": b"6 0 R",
    }
    for name, target in targets.items():
        add(f"uri-{name}", build(b"(file:///x)", page=link(b"<< /S /URI /URI %b >>" % target)), by, [LINK])
    file = b"<< /Type /Filespec /F (x.exe) /EF << /F 7 0 R >> >>"
    body = stream(b"MZ")
    add("file-af", build(file, body, catalog=b"/AF [6 0 R]"), by, [FILE])
    add("file-af-page", build(file, body, page=b"/AF [6 0 R]"), by, [FILE])
    add("file-names", build(file, body, catalog=b"/Names << /EmbeddedFiles << /Names [(x) 6 0 R] >> >>"), by, [FILE])
    add("file-annotation", build(file, body, page=annotation(b"FileAttachment", b"/FS 6 0 R")), by, [FILE])
    add("file-link", build(file, body, page=annotation(b"Link", b"/FS 6 0 R")), by, [FILE])
    add("file-orphan", build(file, body), by, [FILE], dropped=[FILE])
    add("collection", build(catalog=b"/Collection << /Type /Collection /View /D >>"), by, [FILE])
    add(
        "external-stream",
        build(b"<< /F (\\\\\\\\host\\\\x) /Length 0 >>\nstream\n\nendstream", page=b"/Own 6 0 R"),
        by,
        [EXTERNAL],
    )
    address = b"<< /F << /FS /URL /F (http://example.invalid/) >> /Length 0 >>\nstream\n\nendstream"
    add("external-address", build(address, page=b"/Own 6 0 R"), by, [EXTERNAL])
    add(
        "external-xobject",
        build(
            stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Ref << /F (x) /Page 0 >>"), page=b"/Own 6 0 R"
        ),
        by,
        [EXTERNAL],
    )
    for kind in (b"RichMedia", b"3D", b"Movie", b"Sound", b"Screen"):
        add(f"annotation-{kind.decode().lower()}", build(page=annotation(kind)), by, [FILM])
    add("action-rendition", build(page=link(b"<< /S /Rendition /OP 0 >>")), by, [FILM])
    # names and places
    add("author", build(b"<< /Author (Wang Xiaoming) >>", trailer=b"/Info 6 0 R"), by, [AUTHOR], [INFO])
    add("author-utf16", build(b"<< /Author <FEFF738B5C0F660E> >>", trailer=b"/Info 6 0 R"), by, [AUTHOR], [INFO])
    add("author-direct", build(trailer=b"/Info << /Author (Wang) >>"), by, [AUTHOR], [INFO])
    add("author-by-reference", build(b"<< /Author 7 0 R >>", b"(Wang)", trailer=b"/Info 6 0 R"), by, [AUTHOR], [INFO])
    add("author-orphan", build(b"<< /Author (Wang) >>"), by, [AUTHOR])
    add("author-escaped", build(b"<< /#41uthor (Wang) >>", trailer=b"/Info 6 0 R"), by, [AUTHOR], [INFO])
    add(
        "author-earlier",
        update(build(b"<< /Author (Wang) >>", trailer=b"/Info 6 0 R"), 6, b"<< /Title (x) >>", b"/Info 6 0 R"),
        by,
        [AUTHOR],
        [INFO],
    )
    add(
        "author-packed",
        packed({10: b"<< /Author (Wang) >>"}, filters="AHx+Flate", trailer=b"/Info 10 0 R"),
        by,
        [AUTHOR],
        [INFO],
    )
    add(
        "comment-author",
        build(page=annotation(b"Text", b"/T (Wang Xiaoming) /Contents (Well done)")),
        by,
        [COMMENT_AUTHOR],
    )
    add(
        "highlight-author",
        build(page=annotation(b"Highlight", b"/T <FEFF738B> /QuadPoints [0 9 9 9 0 0 9 0]")),
        by,
        [COMMENT_AUTHOR],
    )
    for filters in ("", "Flate", "AHx", "A85", "AHx+Flate", "LZW", "RL"):
        data, decoders = coded(CREATOR, filters)
        meta = stream(data, b"/Type /Metadata /Subtype /XML /Filter " + decoders)
        label = filters.replace("+", "-").lower() or "plain"
        add(f"xmp-{label}", build(meta, catalog=b"/Metadata 6 0 R"), f"{by}, {filters}", [XMP_NAME], [XMP])
        gps, decoders = coded(photo(gps=True, artist=True), filters)
        picture = image(gps, decoders[:-1] + b" /DCTDecode]")
        add(f"gps-{label}", shown(picture), f"{by}, {filters}+DCT", [GPS, EXIF_NAME])
    add(
        "xmp-page",
        build(stream(CREATOR, b"/Type /Metadata /Subtype /XML"), page=b"/Metadata 6 0 R"),
        by,
        [XMP_NAME],
        [XMP],
    )
    add("xmp-untyped", build(stream(CREATOR), catalog=b"/Metadata 6 0 R"), by, [XMP_NAME], [XMP])
    add(
        "xmp-as-picture",
        build(
            stream(zlib.compress(CREATOR), b"/Subtype /Image /Width 9 /Height 9 /Filter /FlateDecode"),
            catalog=b"/Metadata 6 0 R",
        ),
        by,
        [XMP_NAME],
        [XMP],
    )
    add("xmp-orphan", build(stream(CREATOR, b"/Type /Metadata")), by, [XMP_NAME])
    add("gps-behind-a-newline", shown(image(b"\n" + photo(gps=True), b"/DCTDecode")), by, [GPS])
    # data that no reader shows
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x.exe"), b"MZ")
    add("zip-behind", build() + out.getvalue(), by, [AFTER, ZIP])
    add("text-behind", build() + b"more", by, [AFTER])
    add("between-objects", build().replace(b"endobj\n3 0", b"endobj\nRar! data\n3 0"), by, [BETWEEN])
    add("long-comment", build(head=b"%" + b"secret " * 400 + b"\n"), by, [BETWEEN])
    add("page-in-head", build(head=b"%<html ><script >\n"), by, [PAGE])
    add("object-in-a-stream", build(stream(b"9 0 obj << /X 1 >> endobj")), by, [HIDDEN])
    add("object-in-a-comment", build(b"<< >> % 9 0 obj << /JS 1 >>"), by, [HIDDEN])
    # nobody can read it
    add("truncated", build()[:-30], by, ["ATT013 truncated"], stuck=True)
    add(
        "unknown-filter",
        build(stream(b"xx", b"/Filter /OwnDecode"), page=b"/Own 6 0 R"),
        by,
        ["ATT013 unknown-filter"],
        stuck=True,
    )
    bomb = zlib.compress(zlib.compress(b"/ab" * (40 << 20), 9), 9)
    add(
        "bomb-names",
        build(stream(bomb, b"/Filter [/FlateDecode /FlateDecode]")),
        by,
        ["ATT013 expands-too-far"],
        stuck=True,
    )
    zeros = zlib.compress(bytes(100 << 20), 9)
    bomb = stream(zeros, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    add("bomb-objstm", build(bomb), by, ["ATT013 expands-too-far"], stuck=True)
    add("photo-cut", shown(image(photo()[:-60], b"/DCTDecode")), by, ["ATT013 truncated"], stuck=True)


def ordinary() -> None:
    by = "by hand"
    add("plain", build(), by)
    add("digits", build(stream(b"1" * 30_000)), by)
    add("comment-ends-in-stream", build(b"<< /X 1 >> % the end of the stream\n"), by)
    add("update", update(build(), 7, b"<< /Note (x) >>"), by)
    add("update-glued", update(build(), 7, b"<< /Note (x) >>", glue=b"-"), by)
    add("update-cr", update(build(), 7, b"<< /Note (x) >>", glue=b"\r"), by)
    for filters in ("", "Flate", "AHx+Flate", "A85", "LZW"):
        add(
            f"objstm-{filters.replace('+', '-').lower() or 'plain'}",
            packed({10: b"<< /T (/JavaScript) >>"}, filters=filters),
            by,
        )
    add("open-at-page", build(catalog=b"/OpenAction [3 0 R /Fit]"), by)
    add("open-goto", build(b"<< /S /GoTo /D [3 0 R /Fit] >>", catalog=b"/OpenAction 6 0 R"), by)
    for name, target in {
        "https": b"https://example.invalid/",
        "mailto": b"mailto:office@example.invalid",
        "relative": b"notes.html",
        "tel": b"tel:02-0000",
    }.items():
        add(f"link-{name}", build(page=link(b"<< /S /URI /URI (%b) >>" % target)), by)
    add(
        "form",
        build(
            b"<< /FT /Tx /T (name) /Subtype /Widget /Rect [0 0 9 9] >>",
            catalog=b"/AcroForm << /Fields [6 0 R] >>",
            page=b"/Annots [6 0 R]",
        ),
        by,
    )
    add("comment-of-nobody", build(page=annotation(b"Text", b"/T () /Contents (Well done)")), by)
    add("speaks-of-scripts", build(stream(b"BT (HTML/JavaScript /Launch) Tj ET")), by)
    add(
        "xmp-nobody", build(stream(NOBODY, b"/Type /Metadata /Subtype /XML"), catalog=b"/Metadata 6 0 R"), by, [], [XMP]
    )
    add(
        "xmp-utf16",
        build(
            stream(b"\xfe\xff" + NOBODY.decode().encode("utf-16-be"), b"/Type /Metadata /Subtype /XML"),
            catalog=b"/Metadata 6 0 R",
        ),
        by,
        [],
        [XMP],
    )
    add("title", build(b"<< /Title (Report) >>", trailer=b"/Info 6 0 R"), by, [], [INFO])
    add(
        "thumbnail",
        build(
            stream(bytes(12), b"/Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceRGB"), page=b"/Thumb 6 0 R"
        ),
        by,
        [],
        [THUMB],
    )
    add("piece-info", build(page=b"/PieceInfo << /Own << /Private (draft of Wang) >> >>"), by, [], [PRIVATE])
    add(
        "glyph-named-aa",
        build(b"<< /Type /Font /Subtype /Type3 /CharProcs << /AA 7 0 R /JS 7 0 R >> >>", stream(b"0 0 d0")),
        by,
    )
    for mode in ("RGB", "L", "CMYK"):
        for filters in ("", "Flate", "A85"):
            data, names = coded(photo(mode=mode, progressive=mode == "L"), filters)
            add(
                f"photo-{mode.lower()}-{filters.lower() or 'plain'}",
                shown(image(data, names[:-1] + b" /DCTDecode]")),
                by,
            )


# By programs.


def qpdf(folder: Path) -> None:
    bases = {
        "plain": (build(b"<< /Title (Report) >>", trailer=b"/Info 6 0 R"), [], [INFO]),
        "author": (build(b"<< /Author (Wang) >>", trailer=b"/Info 6 0 R"), [AUTHOR], [INFO]),
        "script": (build(SCRIPT, catalog=b"/OpenAction 6 0 R"), [JS, AUTO], []),
        "photo": (build(image(photo(gps=True), b"/DCTDecode"), page=b"/Own 6 0 R"), [GPS], []),
    }
    modes = {
        "objstm": ["--object-streams=generate"],
        "no-objstm": ["--object-streams=disable"],
        "linear": ["--linearize"],
        "linear-objstm": ["--linearize", "--object-streams=generate"],
        "qdf": ["--qdf"],
        "raw": ["--stream-data=uncompress"],
        "packed": ["--recompress-flate", "--compression-level=9"],
        "pdf2": ["--force-version=2.0", "--object-streams=generate"],
    }
    locks = {
        "rc4-40": ["--allow-weak-crypto", "--encrypt", "", "owner", "40", "--"],
        "rc4-128": ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--"],
        "aes-128": ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=y", "--"],
        "aes-256": ["--encrypt", "", "owner", "256", "--"],
        "aes-256-objstm": ["--object-streams=generate", "--encrypt", "", "owner", "256", "--"],
        "aes-256-clear": ["--encrypt", "", "owner", "256", "--cleartext-metadata", "--"],
    }
    source = folder / "base.pdf"
    for base, (data, flaws, extras) in bases.items():
        source.write_bytes(data)
        for mode, options in modes.items():
            out = run("qpdf", "--static-id", *options, source, "-")
            add(f"qpdf-{base}-{mode}", out, f"qpdf {' '.join(options)}", flaws, extras)
        for mode, options in locks.items():
            out = run("qpdf", *options, source, "-")
            add(f"qpdf-{base}-{mode}", out, f"qpdf {' '.join(options)}", flaws, [*extras, EMPTY])
    out = run("qpdf", "--encrypt", "secret", "owner", "256", "--", source, "-")
    add("qpdf-password", out, "qpdf --encrypt secret", [PASSWORD], stuck=True)
    attached = folder / "notes.txt"
    attached.write_text("notes")
    out = run("qpdf", "--static-id", "--add-attachment", attached, "--creationdate=D:20260101000000", "--", source, "-")
    add("qpdf-attachment", out, "qpdf --add-attachment", [GPS, FILE])


def ghostscript(folder: Path) -> None:
    page = "/Helvetica 20 selectfont 20 40 moveto (Hello) show showpage\n"
    marks = {
        "plain": ("", []),
        "link": (
            (
                "[/Rect [0 0 50 50] /Subtype /Link /Action << /Subtype /URI /URI (https://example.invalid/) >> "
                "/ANN pdfmark\n"
            ),
            [],
        ),
        "outline": ("[/Title (One) /Page 1 /OUT pdfmark\n", []),
        "author": ("[/Author (Wang Xiaoming) /DOCINFO pdfmark\n", [AUTHOR, XMP_NAME]),
        "script": ("[/Rect [0 0 50 50] /Subtype /Link /Action << /Subtype /JavaScript /JS (1) >> /ANN pdfmark\n", [JS]),
    }
    for mark, (text, flaws) in marks.items():
        for version in ("1.3", "1.4", "1.5", "1.7"):
            options = ["-dPDFSETTINGS=/screen"] if version == "1.5" else []
            out = run(
                "gs",
                "-q",
                "-dNOPAUSE",
                "-dBATCH",
                "-dSAFER",
                "-sDEVICE=pdfwrite",
                f"-dCompatibilityLevel={version}",
                *options,
                "-dDEVICEWIDTHPOINTS=200",
                "-dDEVICEHEIGHTPOINTS=100",
                "-sOutputFile=-",
                "-",
                given=(text + page).encode(),
            )
            if version == "1.3":  # that old it writes no XMP
                flaws = [flaw for flaw in flaws if flaw != XMP_NAME]
            extras = [INFO] if version == "1.3" else [INFO, XMP]
            add(f"gs-{mark}-{version}", out, f"Ghostscript pdfwrite {version}", flaws, extras)
            flaws = marks[mark][1]


def with_cairo() -> None:  # noqa: C901 - one drawing with everything that it may have
    def drawn(
        author: str = "", jpeg: bytes = b"", target: str = "", pages: int = 1, version: int | None = None
    ) -> bytes:
        out = io.BytesIO()
        surface = cairo.PDFSurface(out, 200, 100)
        if version is not None:
            surface.restrict_to_version(version)
        surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00")
        if author:
            surface.set_metadata(cairo.PDF_METADATA_AUTHOR, author)
        for number in range(pages):
            context = cairo.Context(surface)
            context.move_to(20, 50)
            if target:
                context.tag_begin(cairo.TAG_LINK, target)
            context.show_text(f"Hello {number}")
            if target:
                context.tag_end(cairo.TAG_LINK)
            if jpeg:
                pixels = cairo.ImageSurface(cairo.FORMAT_RGB24, 60, 40)
                pixels.set_mime_data("image/jpeg", jpeg)
                context.set_source_surface(pixels, 100, 20)
                context.paint()
            surface.show_page()
        surface.finish()
        return out.getvalue()

    for version in (cairo.PDF_VERSION_1_4, cairo.PDF_VERSION_1_5):
        label = f"1.{4 + version}"
        add(f"cairo-text-{label}", drawn(version=version), f"cairo, {label}", [], [INFO])
        add(f"cairo-pages-{label}", drawn(pages=5, version=version), f"cairo, {label}", [], [INFO])
        add(f"cairo-author-{label}", drawn(author="王小明", version=version), f"cairo, {label}", [AUTHOR], [INFO])
        add(f"cairo-photo-{label}", drawn(jpeg=photo(), version=version), f"cairo, {label}", [], [INFO])
        add(f"cairo-gps-{label}", drawn(jpeg=photo(gps=True), version=version), f"cairo, {label}", [GPS], [INFO])
        add(
            f"cairo-link-{label}",
            drawn(target="uri='https://example.invalid/'", version=version),
            f"cairo, {label}",
            [],
            [INFO],
        )
        add(
            f"cairo-file-link-{label}",
            drawn(target="uri='file:///home/x'", version=version),
            f"cairo, {label}",
            [LINK],
            [INFO],
        )


def rsvg(folder: Path) -> None:
    for name, inner in {
        "shapes": '<circle cx="50" cy="50" r="40" fill="red"/>',
        "text": '<text x="10" y="50">Hello</text>',
        "gradient": '<defs><linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>'
        '</linearGradient></defs><rect width="90" height="90" fill="url(#g)"/>',
        "link": '<a href="https://example.invalid/"><text x="10" y="50">Hello</text></a>',
        "opacity": '<rect width="50" height="50" opacity="0.5"/>',
    }.items():
        svg = folder / "x.svg"
        svg.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">{inner}</svg>')
        for mode, options in (("plain", []), ("zoomed", ["--zoom=2", "--keep-image-data"])):
            add(
                f"rsvg-{name}-{mode}",
                run("rsvg-convert", "-f", "pdf", *options, svg),
                "rsvg-convert -f pdf",
                [],
                [INFO],
            )


def by_img2pdf(folder: Path) -> None:
    pictures = {
        "photo": (photo(), []),
        "grey": (photo(mode="L"), []),
        "cmyk": (photo(mode="CMYK"), []),
        "progressive": (photo(progressive=True), []),
        "gps": (photo(gps=True), [GPS]),
        "artist": (photo(artist=True), [EXIF_NAME]),
        "png": (png(), []),
        "png-grey": (png("L"), []),
        "png-black": (png("1"), []),
        "png-palette": (png("P"), []),
    }
    for name, (data, flaws) in pictures.items():
        path = folder / f"x.{'png' if name.startswith('png') else 'jpg'}"
        path.write_bytes(data)
        add(f"img2pdf-{name}", run("img2pdf", "--nodate", path), "img2pdf --nodate", flaws, [INFO])
        add(
            f"img2pdf-{name}-author",
            run("img2pdf", "--nodate", "--author", "Wang", path),
            "img2pdf --author",
            [*flaws, AUTHOR],
            [INFO],
        )


def by_reportlab() -> None:  # noqa: C901 - one page with everything that it may have
    cases: tuple[tuple[str, dict[str, Any], list[str]], ...] = (
        ("default", {}, []),
        ("compressed", {"pageCompression": 1}, []),
        ("plain", {"pageCompression": 0}, []),
        ("author", {"author": "Wang"}, [AUTHOR]),
        ("title", {"title": "Report"}, []),
        ("encrypted", {"lock": True}, []),
        ("form", {"form": True}, []),
        ("bookmark", {"bookmark": True}, []),
        ("link", {"link": True}, []),
        ("pages", {"pages": 8}, []),
        ("photo", {"photo": photo()}, []),
    )
    for name, settings, flaws in cases:
        out = io.BytesIO()
        encrypt = None
        if settings.get("lock"):
            from reportlab.lib.pdfencrypt import StandardEncryption

            encrypt = StandardEncryption("", "owner", canPrint=1)
        page = canvas.Canvas(
            out, pagesize=A6, invariant=1, encrypt=encrypt, pageCompression=settings.get("pageCompression")
        )
        if "author" in settings:
            page.setAuthor(settings["author"])
        if "title" in settings:
            page.setTitle(settings["title"])
        for number in range(settings.get("pages", 1)):
            page.drawString(40, 200, f"Hello {number}")
            if settings.get("bookmark"):
                page.bookmarkPage("one")
                page.addOutlineEntry("One", "one")
            if settings.get("link"):
                page.linkURL("https://example.invalid/", (0, 0, 50, 50))
            if settings.get("form"):
                page.acroForm.textfield(name="x", x=40, y=100, width=90, height=20)
            if "photo" in settings:
                from reportlab.lib.utils import ImageReader

                page.drawImage(ImageReader(io.BytesIO(settings["photo"])), 40, 60, 60, 40)
            page.showPage()
        page.save()
        add(f"reportlab-{name}", out.getvalue(), f"reportlab, {name}", flaws, [INFO, *([EMPTY] if encrypt else [])])


def weasyprint(folder: Path) -> None:
    body = '<p style="font-family: monospace">Hello</p>'
    kinds = {
        "plain": ("", body, [], []),
        "author": ('<meta name="author" content="Wang">', body, [AUTHOR], []),
        "link": ("", '<a href="https://example.invalid/">x</a>', [], []),
        "file-link": ("", '<a href="file:///home/x">x</a>', [LINK], []),
        "heading": ("", "<h1>One</h1><h2>Two</h2>", [], []),
        "attachment": (f'<link rel="attachment" href="{folder}/notes.txt">', body, [FILE], []),
        "version": ("", body, [], ["--pdf-version", "2.0"]),
    }
    page, out = folder / "x.html", folder / "weasy.pdf"
    for name, (head, text, flaws, options) in kinds.items():
        page.write_text(f'<html lang="en"><head><title>x</title>{head}</head><body>{text}</body></html>')
        run("weasyprint", *options, page, out)
        add(f"weasyprint-{name}", out.read_bytes(), f"WeasyPrint {' '.join(options)}", flaws, [INFO])
    for variant in ("pdf/a-2b", "pdf/a-3b", "pdf/ua-1"):
        for author in ("", "Wang"):
            page.write_text(
                f'<html lang="en"><head><title>x</title>'
                f"{author and '<meta name=author content=Wang>'}</head><body>{body}</body></html>"
            )
            run("weasyprint", "--pdf-variant", variant, page, out)
            add(
                f"weasyprint-{variant.replace('/', '-')}{author and '-author'}",
                out.read_bytes(),
                f"WeasyPrint {variant}",
                [AUTHOR, XMP_NAME] if author else [],
                [INFO, XMP],
            )


def chromium(folder: Path) -> None:
    for name, head, text, flaws in (
        ("plain", "", "<p>Hello</p>", []),
        ("link", "", '<a href="https://example.invalid/">x</a>', []),
        ("table", "", "<table border><tr><td>1<td>2</table>", []),
        ("author", '<meta name="author" content="Wang">', "<p>x", []),
        ("heading", "", "<h1>One</h1><p>x<h2>Two</h2>", []),
        ("file-link", "", '<a href="file:///home/x">x</a>', [LINK]),
    ):
        page, out = folder / "c.html", folder / "chromium.pdf"
        page.write_text(f"<!doctype html><html><head><title>x</title>{head}</head><body>{text}</body></html>")
        run(
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}/chrome",
            "--no-pdf-header-footer",
            f"--print-to-pdf={out}",
            page.as_uri(),
        )
        add(f"chromium-{name}", out.read_bytes(), "Chromium --print-to-pdf", flaws, [INFO])


FLAT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.{kind}">
<office:meta>{meta}</office:meta><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"""


def libreoffice(folder: Path) -> None:
    author = "<meta:initial-creator>Wang Xiaoming</meta:initial-creator><dc:creator>Wang Xiaoming</dc:creator>"
    sources = {
        "writer": ("text", "fodt", "<text:h text:outline-level='1'>One</text:h><text:p>Hello</text:p>"),
        "calc": (
            "spreadsheet",
            "fods",
            (
                "<table:table table:name='A'><table:table-row><table:table-cell "
                "office:value-type='string'><text:p>Hello</text:p></table:table-cell></table:table-row></table:table>"
            ),
        ),
        "impress": (
            "presentation",
            "fodp",
            (
                "<draw:page draw:name='A'><draw:frame svg:width='8cm' svg:height='3cm' svg:x='1cm' "
                "svg:y='1cm'><draw:text-box><text:p>Hello</text:p></draw:text-box></draw:frame></draw:page>"
            ),
        ),
    }
    modes = {
        "default": ("", False),
        "tagged": ('"UseTaggedPDF":{"type":"boolean","value":"true"}', False),
        "pdfa1": ('"SelectPdfVersion":{"type":"long","value":"1"}', True),
        "pdfa2": ('"SelectPdfVersion":{"type":"long","value":"2"}', True),
        "v17": ('"SelectPdfVersion":{"type":"long","value":"17"}', False),
    }
    for program, (kind, extension, body) in sources.items():
        for mode, (options, has_xmp) in modes.items():
            for named in (False, True):
                if named and mode in {"tagged", "v17"}:
                    continue
                path = folder / f"doc.{extension}"
                path.write_text(FLAT.format(kind=kind, meta=author if named else "", body=body))
                how = f"pdf:{program}_pdf_Export:{{{options}}}" if options else "pdf"
                run(
                    "soffice",
                    f"-env:UserInstallation=file://{folder}/office",
                    "--headless",
                    "--convert-to",
                    how,
                    "--outdir",
                    folder,
                    path,
                )
                flaws = [AUTHOR, *([XMP_NAME] if has_xmp else [])] if named else []
                add(
                    f"libreoffice-{program}-{mode}{'-author' if named else ''}",
                    (folder / "doc.pdf").read_bytes(),
                    f"LibreOffice {program} {mode}",
                    flaws,
                    [INFO, *([XMP] if has_xmp else [])],
                )


def exiftool(folder: Path) -> None:
    path = folder / "e.pdf"
    for name, base in (
        ("cairo", OUT / "cairo-text-1.5.pdf"),
        ("plain", OUT / "plain.pdf"),
        ("objstm", OUT / "qpdf-plain-objstm.pdf"),
    ):
        for label, options, flaws, extras in (
            ("author", ["-PDF:Author=Wang"], [AUTHOR], [INFO]),
            ("title", ["-PDF:Title=x"], [], [INFO]),
            ("creator", ["-XMP-dc:Creator=Wang"], [XMP_NAME], [XMP]),
            ("place", ["-XMP-exif:GPSLatitude=23"], [XMP_GPS], [XMP]),
        ):
            if name == "objstm" and label == "title":
                continue
            path.write_bytes(base.read_bytes())
            run("exiftool", "-q", "-overwrite_original", *options, path)
            extras = [*extras, INFO] if name != "plain" else extras
            add(f"exiftool-{name}-{label}", path.read_bytes(), f"exiftool {' '.join(options)}", flaws, set(extras))
    path.write_bytes((OUT / "author.pdf").read_bytes())
    run("exiftool", "-q", "-overwrite_original", "-all:all=", path)
    add("exiftool-emptied", path.read_bytes(), "exiftool -all:all= (the first version stays in the file)", [AUTHOR], [])


def main() -> None:
    os.environ["TZ"] = "UTC"
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.pdf"):
        old.unlink()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "notes.txt").write_text("notes")
        malicious()
        ordinary()
        qpdf(folder)
        ghostscript(folder)
        with_cairo()
        rsvg(folder)
        by_img2pdf(folder)
        by_reportlab()
        weasyprint(folder)
        chromium(folder)
        exiftool(folder)
        libreoffice(folder)
    text = yaml.safe_dump(
        {name: MANIFEST[name] for name in sorted(MANIFEST)}, sort_keys=False, allow_unicode=True, width=120
    )
    (HERE / "pdf.yaml").write_text("# Written by make_pdf.py: what it put into each file.\n" + text, encoding="utf-8")
    sys.stdout.write(f"{len(MANIFEST)} files, {sum(path.stat().st_size for path in OUT.iterdir())} bytes\n")


if __name__ == "__main__":
    main()
