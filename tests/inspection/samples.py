"""Small files, fine or spoilt in one way each, for the inspection: every byte is made here.

The sound ones are those of the demo school and a JPEG; what spoils them is written by hand, as an attacker or a phone
would, and not with the libraries that the inspection reads with.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

from licheng.demo.media import mp3, mp4, pdf, png
from licheng.policy.attachments import FileType

TYPES = {
    "pdf": FileType("application/pdf", ("pdf",), ((0, b"%PDF"),), 4 << 20),
    "jpg": FileType("image/jpeg", ("jpg", "jpeg"), ((0, b"\xff\xd8\xff"),), 4 << 20),
    "png": FileType("image/png", ("png",), ((0, b"\x89PNG\r\n\x1a\n"),), 4 << 20),
    "mp3": FileType("audio/mpeg", ("mp3",), ((0, b"ID3"), (0, b"\xff\xfb")), 10 << 20),
    "mp4": FileType("video/mp4", ("mp4",), ((4, b"ftyp"),), 10 << 20),
}


@cache
def jpeg(*, progressive: bool = False) -> bytes:
    """A small photo without metadata."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((48, 32)).save(out, "JPEG", progressive=progressive)
    return out.getvalue()


SOUND: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: pdf("sample"),
    "jpg": jpeg,
    "png": lambda: png("sample"),
    "mp3": lambda: mp3("sample"),
    "mp4": lambda: mp4("sample"),
}


def archive(seconds: int = 0) -> bytes:
    """A ZIP with one file, written so many seconds after a minute (its bytes are not those of the clock)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(zipfile.ZipInfo("inside.txt", (2026, 7, 1, 9, 41, seconds)), "inside")
    return out.getvalue()


def zeros(megabytes: int) -> bytes:
    """So many zeros, as zlib packs them: packed once and repeated."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    one = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    adler32 = ((megabytes << 20) % 65521) << 16 | 1
    return b"\x78\x9c" + one * megabytes + packer.flush() + adler32.to_bytes(4, "big")


# PDF


def document(*objects: bytes, catalog: bytes = b"", trailer: bytes = b"", info: bytes = b"") -> bytes:
    """A PDF of one empty page; further objects begin with number 4; `info` fills the document's information."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
        *objects,
    ]
    if info:
        bodies.append(b"<< %b >>" % info)
        trailer += b" /Info %d 0 R" % len(bodies)
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, start)
    return bytes(out)


def revised(first: bytes) -> bytes:
    """The same PDF saved again: an update at its end, whose trailer no longer names the information."""
    previous = int(first.rpartition(b"startxref")[2].split()[0])
    trailer = b"<< /Size 9 /Root 1 0 R /Prev %d >>" % previous
    return first + b"xref\n0 0\ntrailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(first))


def stream(data: bytes, entries: bytes = b"", *, packed: bool = True) -> bytes:
    """A stream object's body."""
    body = zlib.compress(data) if packed else data
    how = b"/Filter /FlateDecode" if packed else b""
    return b"<< /Length %d %b %b >>\nstream\n%b\nendstream" % (len(body), how, entries, body)


def object_stream(*objects: bytes, entries: bytes = b"") -> bytes:
    """An object stream with these objects, numbered from 100."""
    offsets = [sum(len(body) + 1 for body in objects[:index]) for index in range(len(objects))]
    head = b" ".join(b"%d %d" % (100 + index, offset) for index, offset in enumerate(offsets)) + b" "
    of = b"/Type /ObjStm /N %d /First %d %b" % (len(objects), len(head), entries)
    return stream(head + b" ".join(objects), of)


# JPEG and EXIF


def second(**fields: object) -> bytes:
    """An EXIF block of an empty main directory and another behind it."""
    inner = tiff(**fields)  # type: ignore[arg-type]
    moved = b"II*\0" + struct.pack("<IHI", 8, 0, 14) + inner[8:]
    return _shifted(moved, 6)


def _shifted(block: bytes, by: int) -> bytes:
    """Offsets of a moved GPS directory."""
    out = bytearray(block)
    at = 14
    count = struct.unpack_from("<H", out, at)[0]
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        place = struct.unpack_from("<I", out, entry + 8)[0] + by
        struct.pack_into("<I", out, entry + 8, place)
        inner = place + 2 + 8
        struct.pack_into("<I", out, inner, struct.unpack_from("<I", out, inner)[0] + by)
    return bytes(out)


def sharing(length: int) -> bytes:
    """An EXIF block of one long directory, whose every field is the whole block."""
    count = (length - 20) // 12
    entry = struct.pack("<HHII", 0x9C9D, 7, length - 100, 8)
    return (b"Exif\0\0II*\0" + struct.pack("<IH", 8, count) + entry * count).ljust(length, b"\0")


def resource(block: bytes, number: int = 0x0404) -> bytes:
    """Photoshop's block with one resource: IPTC, if nothing else is said."""
    return b"Photoshop 3.0\0" + b"8BIM" + struct.pack(">HHI", number, 0, len(block)) + block


def samsung(name: bytes, said: bytes) -> bytes:
    """Samsung's trailer with one block."""
    block = b"\0\0\x01\n" + struct.pack("<I", len(name)) + name + said
    head = b"SEFH" + struct.pack("<II", 107, 1) + b"\0\0\x01\n" + struct.pack("<II", len(block), len(block))
    return block + head + struct.pack("<I", len(head)) + b"SEFT"


def segment(marker: int, payload: bytes) -> bytes:
    """A JPEG segment."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload


def photo(*segments: bytes) -> bytes:
    """The small photo with segments after its SOI."""
    return jpeg()[:2] + b"".join(segments) + jpeg()[2:]


def tiff(*, artist: bytes = b"", gps: bool = False, order: str = "<") -> bytes:
    """An EXIF block: TIFF with an artist, and with a GPS directory of a latitude."""
    entries, tail = [], b""
    count = bool(artist) + gps
    after = 8 + 2 + 12 * count + 4
    if artist:
        text = artist.ljust(8, b"\0")
        entries.append(struct.pack(order + "HHII", 0x013B, 2, len(text), after))
        tail += text
    if gps:
        entries.append(struct.pack(order + "HHII", 0x8825, 4, 1, after + len(tail)))
        place = after + len(tail) + 2 + 12 + 4
        tail += struct.pack(order + "HHHIII", 1, 2, 5, 3, place, 0)
        tail += struct.pack(order + "6I", 25, 1, 2, 1, 30, 1)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + struct.pack(order + "H", count) + b"".join(entries) + struct.pack(order + "I", 0) + tail


def thumbnail(picture: bytes) -> bytes:
    """An EXIF block of an empty main directory and a second one with a preview (Exif 3.0, 4.5.8)."""
    entries = struct.pack("<HHII", 0x0201, 4, 1, 44) + struct.pack("<HHII", 0x0202, 4, 1, len(picture))
    return b"II*\0" + struct.pack("<IHIH", 8, 0, 14, 2) + entries + bytes(4) + picture


def exif(**fields: object) -> bytes:
    """The APP1 segment of an EXIF block."""
    return segment(0xE1, b"Exif\0\0" + tiff(**fields))  # type: ignore[arg-type]


def packet(inner: str, attributes: str = "") -> bytes:
    """An XMP packet."""
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d="http://purl.org/dc/elements/1.1/" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/"'
    )
    about = f'<rdf:Description rdf:about="" {attributes}>{inner}</rdf:Description>'
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {spaces}>{about}</rdf:RDF></x:xmpmeta>'.encode()


CREATOR = packet("<d:creator><rdf:Seq><rdf:li>王小明</rdf:li></rdf:Seq></d:creator>")
PLACE = packet("", 'exif:GPSLatitude="25,2.5N"')

# PNG


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def image(*chunks: bytes) -> bytes:
    """The demo's PNG with chunks before its image data."""
    made = png("sample")
    at = made.index(b"IDAT") - 4
    return made[:at] + b"".join(chunks) + made[at:]


def profile(name: bytes, data: bytes) -> bytes:
    """A profile of another format as ImageMagick keeps it."""
    text = b"\n%b\n%8d\n%b\n" % (name, len(data), data.hex().encode())
    return chunk(b"zTXt", b"Raw profile type " + name + b"\0\0" + zlib.compress(text))


def bare_png(width: int, height: int, data: bytes) -> bytes:
    """A PNG of one bit a pixel with this compressed data."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")


# MP3 and MP4


def frames(count: int = 3) -> bytes:
    """Silent MPEG 1 layer III frames of 32 kbit/s at 44.1 kHz."""
    return (b"\xff\xfb\x10\xc4" + bytes(100)) * count


def tagged(*parts: tuple[bytes, bytes], version: int = 3, flags: int = 0, of_tag: int = 0) -> bytes:
    """A sound behind an ID3v2 tag with these frames; the flags are each frame's second byte, and the tag's."""
    body = b"".join(frame(kind, data, version, flags) for kind, data in parts)
    return b"ID3" + bytes([version, 0, of_tag]) + size(len(body)) + body + frames()


def frame(kind: bytes, data: bytes, version: int = 3, flags: int = 0) -> bytes:
    """A frame of ID3v2.3 or 2.4."""
    return kind + (size(len(data)) if version == 4 else struct.pack(">I", len(data))) + bytes([0, flags]) + data


def apic(picture: bytes) -> bytes:
    """What is in a frame of a cover."""
    return b"\0image/jpeg\0\3\0" + picture


def covered(picture: bytes) -> bytes:
    """A film with a cover of iTunes."""
    data = box(b"data", struct.pack(">II", 13, 0) + picture)
    return film(box(b"udta", box(b"meta", bytes(4) + box(b"ilst", box(b"covr", data)))))


def ape(key: bytes, value: bytes) -> bytes:
    """An APEv2 tag of one item, without a header."""
    item = struct.pack("<II", len(value), 0) + key + b"\0" + value
    return item + b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, 0) + bytes(8)


def track(kind: bytes, entry: bytes) -> bytes:
    """A film's track of a kind, whose samples are of a kind."""
    described = box(b"stsd", struct.pack(">II", 0, 1) + box(entry, bytes(8)))
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + kind + bytes(12)) + box(b"minf", box(b"stbl", described))))


def size(number: int) -> bytes:
    """Four bytes of seven bits."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def box(kind: bytes, data: bytes) -> bytes:
    """An MP4 box."""
    return struct.pack(">I", 8 + len(data)) + kind + data


def film(*in_moov: bytes, after: bytes = b"") -> bytes:
    """A film with boxes in its `moov`."""
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", b"".join(in_moov)) + box(b"mdat", bytes(16)) + after
