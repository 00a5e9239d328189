"""Cleaning of PDF: what names, hides or acts is gone and named; the pages read and look as before."""

from __future__ import annotations

import io
import subprocess
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from licheng.core.inspection import Flaw
from licheng.sources.cleaning.pdf import cleaned
from tests.inspection import samples as s
from tests.inspection.cases import COLLECTION, cases

CASES = {case.path.stem: case for case in cases() if case.format == "pdf"}
# One of each program and mode is drawn; drawing all of them takes minutes.
DRAWN = [
    name
    for name in CASES
    if name.endswith(
        ("-default-author", "-pdfa1-author", "-aes-256-objstm", "-rc4-40", "-linear-objstm", "-gps", "-author")
    )
    or name.startswith(("gps-", "photo-rgb", "photo-cmyk", "weasyprint-pdf", "chromium-"))
]


def data_of(name: str) -> bytes:
    return (COLLECTION / "pdf" / f"{name}.pdf").read_bytes()


@cache
def copy_of(name: str) -> bytes:
    """The same bytes each time, as `test_collection` says."""
    return cleaned(data_of(name), everything=False)[0]


def shown(flaws: frozenset[Flaw]) -> list[str]:
    return sorted(f"{flaw.code} {flaw.reason}" for flaw in flaws)


@pytest.mark.parametrize("name", DRAWN)
def test_pages_look_and_read_the_same(name: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(data_of(name))
    after.write_bytes(copy_of(name))
    assert pixels(before) == pixels(after)
    assert text(before) == text(after)


def pixels(path: Path) -> bytes:
    drawn = subprocess.run(["pdftoppm", "-r", "60", str(path)], capture_output=True, check=True).stdout
    assert len(drawn) > 1_000
    return drawn


def text(path: Path) -> bytes:
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout


@pytest.mark.parametrize("name", DRAWN)
def test_streams_stay_byte_for_byte(name: str) -> None:
    """Pages, fonts and pictures; of a photo with a place only the segments are cut that hold it."""
    kept = streams(copy_of(name))
    before = streams(data_of(name))
    assert kept
    changed = [one for one in kept if one not in before]
    photos = {"ATT011 exif-gps", "ATT010 exif-name"} & CASES[name].flaws
    assert len(changed) == (1 if photos else 0)


def streams(data: bytes) -> list[bytes]:
    """As they stand, decrypted; what only the file itself needs to be read is left out."""
    with pikepdf.open(io.BytesIO(data)) as document:
        return sorted(
            one.read_raw_bytes()
            for one in document.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Type") not in {"/XRef", "/ObjStm", "/Metadata"}
        )


def test_a_photo_keeps_its_coded_pixels() -> None:
    gps = s.photo(s.exif(gps=True))
    data = s.document(s.stream(gps, b"/Filter /DCTDecode /Subtype /Image /Width 48 /Height 32", packed=False),
                      catalog=b"/Own 4 0 R")  # fmt: skip
    copy, taken = cleaned(data, everything=False)
    assert shown(taken) == ["ATT011 exif-gps"]
    assert s.jpeg() in streams(copy)


def test_scripts_stay_without_everything_and_are_named_with_it() -> None:
    data = s.document(b"<< /S /JavaScript /JS (x) >>", catalog=b"/OpenAction 4 0 R", info=b"/Author (Wang)")
    copy, taken = cleaned(data, everything=False)
    assert shown(taken) == ["ATT010 document-info", "ATT010 pdf-author"]
    assert b"JavaScript" in copy
    copy, taken = cleaned(data, everything=True)
    assert {"ATT009 javascript", "ATT009 automatic-action"} <= set(shown(taken))
    assert b"JavaScript" not in copy


@pytest.mark.parametrize("secret", ["王小明".encode("utf-16-be"), b"Wang Xiaoming"])
def test_no_name_is_left_in_any_byte(secret: bytes) -> None:
    for name, case in CASES.items():
        if "ATT010 pdf-author" in case.cleaned:
            assert secret not in copy_of(name), name
