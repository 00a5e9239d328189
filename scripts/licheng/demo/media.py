"""Makes small, valid attachments from nothing but a text: PDF, PNG, MP3 and MP4.

Every copy differs in its bytes and says nothing about any person. The two samples of sound and film are
package data, made once with ffmpeg; `licheng.demo` reads no other file while it plans.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from licheng.demo.dice import Dice
from licheng.demo.emit import Fields

MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "mp3": "audio/mpeg", "mp4": "video/mp4"}

_WIDTH, _HEIGHT = 80, 48


@dataclass(frozen=True)
class Attachment:
    """A file that stands beside an item."""

    name: str
    role: str
    data: bytes

    def fields(self) -> Fields:
        """Return what the item says about this file."""
        return {
            "name": self.name,
            "size": len(self.data),
            "sha256": sha256(self.data).hexdigest(),
            "type": MEDIA_TYPES[self.name.rpartition(".")[2]],
            "role": self.role,
        }


def make(name: str, role: str, *keys: object) -> Attachment:
    """Return a file of the format that its name asks for, unlike every file with other keys."""
    text = "-".join(map(str, keys))
    return Attachment(name, role, _MAKERS[name.rpartition(".")[2]](text))


def pdf(text: str) -> bytes:
    """Return a PDF of one page that shows `text` (ASCII) and a little table of drawn numbers."""
    dice = Dice("pdf", text)
    rows = [f"sample {row:2d}    {dice.between(100, 999):3d} mm    {dice.below(100):2d} %" for row in range(1, 13)]
    escapes = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
    shown = " T* ".join(f"({line.translate(escapes)}) Tj" for line in ("Demo work", text, "", *rows))
    content = f"BT /F1 12 Tf 16 TL 56 770 Td {shown} ET".encode()
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page + b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    )
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    table = [b"0000000000 65535 f \n"]
    for number, body in enumerate(objects, start=1):
        table.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n%b" % (len(table), b"".join(table))
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(table), start)
    return bytes(out)


def png(text: str) -> bytes:
    """Return a PNG with a pattern of eight colours that follows from `text`."""
    dice = Dice("png", text)
    palette = bytes(dice.below(256) for _ in range(3 * 8))
    across, down, shift = dice.between(3, 11), dice.between(3, 11), dice.below(64)
    bands = [
        b"\0" + bytes((x // across * 3 + band * 5 + shift) % 8 * 17 for x in range(_WIDTH // 2))
        for band in range(-(-_HEIGHT // down))
    ]
    rows = b"".join(bands[y // down] for y in range(_HEIGHT))
    # As zlib wraps up to 65,535 bytes, but uncompressed: compressors differ between builds of zlib.
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 4, 3, 0, 0, 0)),  # 4 bits a pixel, a palette
        (b"PLTE", palette),
        (b"tEXt", b"Comment\0" + text.encode("ascii")),
        (b"IDAT", stored + struct.pack(">I", zlib.adler32(rows))),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def mp3(text: str) -> bytes:
    """Return the sample of sound behind an ID3v2.3 tag whose TXXX frame holds `text`."""
    words = b"\0demo\0" + text.encode("ascii")  # encoding, description, value
    frame = b"TXXX" + struct.pack(">IH", len(words), 0) + words
    size = len(frame)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + synchsafe + frame + _sample("sample.mp3")


def mp4(text: str) -> bytes:
    """Return the sample of film with a trailing `free` box that holds `text`."""
    words = text.encode("ascii")
    return _sample("sample.mp4") + struct.pack(">I", 8 + len(words)) + b"free" + words


_MAKERS = {"pdf": pdf, "png": png, "mp3": mp3, "mp4": mp4}


@cache
def _sample(name: str) -> bytes:
    return files("licheng.demo").joinpath("media", name).read_bytes()
