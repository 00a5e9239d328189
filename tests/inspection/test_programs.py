"""The program that wrote a file is told by an id, in every spelling that files use; a verdict never rests on it."""

from __future__ import annotations

import pytest

from licheng.core.errors import UsageError
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.sources.inspection import inspection
from licheng.sources.inspection.programs import PROGRAMS, program
from tests.inspection import samples as s


def hexed(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def wide(text: str) -> bytes:
    return b"(\xfe\xff" + text.encode("utf-16-be") + b")"


PDFS = {
    b"/Producer (Microsoft\xae Word 2019) /Author (Invented)": "word",
    b"/Creator " + wide("Microsoft® Word 用於 Microsoft 365"): "word",
    b"/Creator " + hexed("Microsoft® PowerPoint® 2021"): "powerpoint",
    b"/Producer" + hexed("LibreOffice 7.6"): "libreoffice",
    b"/Producer " + wide("LibreOffice 24.2"): "libreoffice",
    b"/Producer (LibreOffice 7.6)": "libreoffice",
    b"/Creator " + wide("WPS 文字"): "wps",
    b"/Producer (Skia/PDF m126 Google Docs Renderer)": "google-docs",
    b"/Producer (Skia/PDF m126) /Creator (Mozilla/5.0)": "browser",
    b"/Creator (Canva) /Producer (Canva)": "canva",
    "/Producer (macOS 版本14.5 Quartz PDFContext)".encode(): "mac",
    b"/Producer (Adobe PDF Library 15.0)": "acrobat",
    b"/Producer (pdfTeX-1.40.25)": "tex",
    b"/Producer (something of nobody)": "",
    b"/Title (about Microsoft Word)": "",
}


@pytest.mark.parametrize("info", PDFS)
def test_of_a_document(info: bytes) -> None:
    assert program(s.document(info=info), "application/pdf") == PDFS[info]


PICTURES = {
    b"Apple\0iPhone 15\0": "iphone", b"samsung\0SM-S918B\0": "android", b"Google\0Pixel 8 Google Pixel\0": "android",
    b"Adobe Photoshop 25.0\0": "photoshop", b"GIMP 2.10\0": "gimp", b"Canva\0": "canva", b"Nobody\0": "",
}  # fmt: skip


@pytest.mark.parametrize("text", PICTURES)
def test_of_a_picture(text: bytes) -> None:
    assert program(s.photo(s.segment(0xFE, text)), "image/jpeg") == PICTURES[text]


def test_of_sound_and_film() -> None:
    assert program(s.tagged((b"TSSE", b"\0Lavf60.3.100")), "audio/mpeg") == "ffmpeg"
    assert program(s.film(s.box(b"udta", b"\xa9too HandBrake 1.7")), "video/mp4") == "handbrake"
    assert program(s.frames(), "audio/mpeg") == ""
    assert program(b"Canva", "text/plain") == ""


def test_it_is_asked_for_where_there_is_a_flaw() -> None:
    info = b"/Producer (LibreOffice 7.6) /Author (Invented)"
    assert inspection(s.document(info=info), s.TYPES["pdf"]).program == "libreoffice"


def test_a_long_file_is_not_looked_through_and_hostile_signatures_are_bounded() -> None:
    assert program(s.document() + b"/producer (no)" * 500_000 + b"canva", "application/pdf") == ""
    assert program(bytes(1 << 20) + b"/producer (canva)" + bytes(1 << 20), "application/pdf") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_program_has_a_name_and_something_to_click(language: str) -> None:
    labels = catalog(language).data["labels"]
    for group in ("program", "click"):
        assert set(labels[group]) == PROGRAMS | {""}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_refusal_says_what_to_click(language: str, name: str) -> None:
    words, wrote = catalog(language), (name,)
    error = UsageError("APP066", path="report.pdf", code="ATT010", inside=("pdf-author",), program=wrote, click=wrote)
    message, hint = words.error(error)
    assert words.label("program", name) in message
    assert words.label("click", name) in hint
