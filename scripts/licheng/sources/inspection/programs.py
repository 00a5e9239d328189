"""Which program wrote a file, where it is one that people here use: an id, never the text, which may hold a name.

Advice only: it chooses the words that say what to click, and no verdict rests on it. So it looks for known words where
programs sign, in the file's first and last part, and reads nothing of the format.
"""

from __future__ import annotations

import re
from itertools import islice

# Enough for what stands before the first page or picture, and behind the last; a file is looked through once.
_PART = 256 << 10
_SIGNED = 400
_MOST = 20
# Where a PDF says it: the document's information, or XMP. A page may speak of Word too.
_SIGNATURE = re.compile(rb"/producer|/creator|producer[>=]|creatortool[>=]")
_HEX = re.compile(rb"\s*<((?:[0-9a-f]{2})+)")
# How files spell a word.
_SPELLINGS = ("utf-8", "latin-1", "utf-16-be", "utf-16-le")

# The first that fits; a maker of pages before the library that it uses.
_PDF = (
    ("canva", "canva"), ("google-docs", "google docs"), ("wps", "wps"), ("wps", "kingsoft"),
    ("powerpoint", "powerpoint"), ("excel", "microsoft® excel"), ("excel", "microsoft excel"),
    ("word", "microsoft® word"), ("word", "microsoft word"), ("word", "microsoft: print to pdf"),
    ("word", "microsoft office"), ("pages", "keynote"), ("pages", "pages"), ("libreoffice", "libreoffice"),
    ("libreoffice", "openoffice"), ("photoshop", "photoshop"), ("illustrator", "illustrator"),
    ("illustrator", "indesign"), ("goodnotes", "goodnotes"), ("scanner", "camscanner"), ("scanner", "adobe scan"),
    ("acrobat", "acrobat"), ("acrobat", "adobe pdf library"), ("browser", "skia/pdf"), ("browser", "chromium"),
    ("mac", "quartz pdfcontext"), ("tex", "pdftex"), ("tex", "xetex"), ("tex", "xdvipdfmx"), ("tex", "luatex"),
)  # fmt: skip
_PICTURE = (
    ("canva", "canva"), ("photoshop", "photoshop"), ("lightroom", "lightroom"), ("gimp", "gimp"),
    ("android", "samsung"), ("android", "xiaomi"), ("android", "oppo"), ("android", "vivo"), ("android", "asus_"),
    ("android", "google pixel"), ("android", "android"), ("android", "sony xperia"), ("android", "realme"),
    ("iphone", "iphone"), ("iphone", "ipad"),
)  # fmt: skip
_SOUND = (
    ("audacity", "audacity"), ("garageband", "garageband"), ("itunes", "itunes"), ("ffmpeg", "lavf"),
    ("ffmpeg", "lavc"), ("lame", "lame3"),
)  # fmt: skip
_FILM = (
    ("capcut", "capcut"), ("capcut", "jianying"), ("premiere", "adobe premiere"), ("handbrake", "handbrake"),
    ("iphone", "iphone"), ("iphone", "ipad"), ("android", "com.android"), ("android", "samsung"),
    ("imovie", "imovie"), ("ffmpeg", "lavf"),
)  # fmt: skip
_KNOWN = {
    "application/pdf": _PDF, "image/jpeg": _PICTURE, "image/png": _PICTURE, "audio/mpeg": _SOUND, "video/mp4": _FILM,
}  # fmt: skip
PROGRAMS = frozenset(name for known in _KNOWN.values() for name, _ in known)


def program(data: bytes, media_type: str) -> str:
    """The id of the program that wrote a file, or nothing where it is none of those known.

    Args:
        data: the whole file.
        media_type: its type.
    """
    text = (data if len(data) <= 2 * _PART else data[:_PART] + data[-_PART:]).lower()
    if media_type == "application/pdf":
        signed = [text[mark.end() : mark.end() + _SIGNED] for mark in islice(_SIGNATURE.finditer(text), _MOST)]
        # A PDF's string may be written in hex digits (ISO 32000-1, 7.3.4.3).
        text = b"\n".join(
            bytes.fromhex(digits[1].decode()).lower() if (digits := _HEX.match(value)) else value for value in signed
        )
    known = _KNOWN.get(media_type, ())
    return next((name for name, word in known if any(word.encode(code) in text for code in _SPELLINGS)), "")
