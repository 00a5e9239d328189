"""Uploads that are small outside and large inside, something else than they say, two things at once, or without end."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.inspection import samples
from tests.platform.hostile.town import KEEPER, PHOTO, STUDENT, Town
from tests.platform.visitors import OURS

HTML = b"<html><script>alert(1)</script></html>"
BELOW = "/me/edit/years/115/activities/zzqbomb/item.md"


def _zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _document(stream: bytes, filters: bytes) -> bytes:
    return samples.document(samples.stream(stream, b"/Filter " + filters, packed=False))


def _made(data: bytes | Callable[[], bytes]) -> bytes:
    return data if isinstance(data, bytes) else data()


PNG = samples.bare_png(8, 8, zlib.compress(b"\0" * 300))
PDF = samples.document()
# Each is refused, or what is kept of it has nothing of the second thing that it also is.
POLYGLOTS = {
    "a photo with a page behind it": ("x.jpg", PHOTO + HTML),
    "a photo with an archive behind it": ("x.jpg", PHOTO + _zipped("alert.html", HTML)),
    "a picture with a page behind it": ("x.png", PNG + HTML),
    "a picture with a page in a chunk": ("x.png", PNG[:33] + _chunk(b"teXt", HTML) + PNG[33:]),
    "a document with a page before it": ("x.pdf", HTML + PDF),
    "a document with an archive behind it": ("x.pdf", PDF + _zipped("alert.html", HTML)),
    "a document that says it is a picture": ("x.png", PDF),
    "a page that says it is a document": ("x.pdf", HTML),
    "a page that begins as a document": ("x.pdf", b"%PDF-1.7\n" + HTML),
    "a drawing with a script": ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "a program": ("x.jpg", b"\x7fELF" + bytes(400)),
    "a file of no bytes": ("x.jpg", b""),
    "half a photo": ("x.jpg", PHOTO[:300]),
    "a name with two endings": ("x.pdf.html", PDF),
    "a name that turns around": ("x\u202efdp.html", HTML),
}
# Made when they are sent: to make them takes longer than all else that collecting the tests imports.
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a picture of ten thousand million points": (
        "x.png", lambda: samples.bare_png(100_000, 100_000, zlib.compress(b"\0" * (1 << 20)))),
    "a document with a stream of 300 MB": ("x.pdf", lambda: _document(samples.zeros(300), b"/FlateDecode")),
    "a document with a stream in a stream": (
        "x.pdf", lambda: _document(zlib.compress(samples.zeros(200), 9), b"[/FlateDecode /FlateDecode]")),
    "an archive in place of a document": ("x.pdf", lambda: _zipped("x", b"\0" * (64 << 20))),
    "gzip in place of a picture": ("x.png", lambda: gzip.compress(b"\0" * (64 << 20))),
}  # fmt: skip


@contextmanager
def unfolds_at_most(most: int) -> Iterator[None]:
    """Whether this process ever holds so many MiB more than before (proc(5): `clear_refs`, `status`)."""

    def status(name: str) -> int:
        return int(re.findall(rf"{name}:\s+([0-9]+)", Path("/proc/self/status").read_text())[0])

    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    yield
    assert status("VmHWM") - before < most << 10, "it was unfolded in the platform"


def _left(town: Town) -> list[bytes]:
    return [path.read_bytes() for path in (town.settings.state / "uploads" / STUDENT).glob("*/file")]


@pytest.fixture
def attached(town: Town) -> Iterator[Town]:
    """What a test attaches goes after it."""
    before = set((town.settings.state / "uploads" / STUDENT).iterdir())
    yield town
    for path in set((town.settings.state / "uploads" / STUDENT).iterdir()) - before:
        town.parts.uploads.drop(STUDENT, path.name)


@pytest.mark.hostile("upload")
@pytest.mark.parametrize(("name", "data"), [*POLYGLOTS.values(), *BOMBS.values()], ids=[*POLYGLOTS, *BOMBS])
def test_what_is_kept_is_one_clean_thing_or_nothing(
    attached: Town, name: str, data: bytes | Callable[[], bytes]
) -> None:
    fields = {"_do": "attach", "category": "work"}
    file = {"_file": (name, _made(data))}
    with unfolds_at_most(100):
        answer = attached.ask("POST", BELOW, STUDENT, data=fields, files=file)
    assert answer.status_code in {303, 400, 413}, answer.text
    for kept in _left(attached):
        assert b"alert(1)" not in kept
        assert b"alert.html" not in kept
        assert kept[:2] != b"PK"


_OPEN = "http://schemas.openxmlformats.org/"


def _workbook(sheet: bytes) -> bytes:
    content, office = f"{_OPEN}package/2006/", f"{_OPEN}officeDocument/2006/relationships"
    related = f'<Relationships xmlns="{content}relationships"><Relationship Id="r1" Type="{office}/%s" Target="%s"/>'
    main = f'xmlns="{_OPEN}spreadsheetml/2006/main"'
    kinds = "".join(
        f'<Default Extension="{ending}" ContentType="application/{kind}xml"/>'
        for ending, kind in (("xml", ""), ("rels", "vnd.openxmlformats-package.relationships+"))
    )
    sheets = '<sheet name="a" sheetId="1" r:id="r1"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{content}content-types">{kinds}</Types>',
        "_rels/.rels": f"{related % ('officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{related % ('worksheet', 'worksheets/sheet1.xml')}</Relationships>",
    }
    whole = f"<worksheet {main}><sheetData>".encode() + sheet + b"</sheetData></worksheet>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", whole)
    return packed.getvalue()


_CELL = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "a cell of 60 MB": lambda: _workbook(_CELL % (b"x" * (60 << 20))),
    "a cell in the last corner of the sheet": lambda: _workbook(
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "millions of rows": lambda: _workbook(b'<row><c t="inlineStr"><is><t>x</t></is></c></row>' * (1 << 20)),
    "an archive that is no workbook": lambda: _zipped("x", b"\0" * (64 << 20)),
    "an entity of entities": lambda: _workbook(b"").replace(b"<worksheet", b"<!DOCTYPE x><worksheet"),
    "a page": lambda: HTML,
    "text without line ends": lambda: b"x," * (1 << 20),
}  # fmt: skip


@pytest.mark.hostile("upload")
@pytest.mark.parametrize("make", WORKBOOKS.values(), ids=WORKBOOKS)
def test_a_workbook_that_unfolds_is_refused_before_it_does(town: Town, make: Callable[[], bytes]) -> None:
    data = make()
    kept = town.kept()
    for name in ("x.xlsx", "x.csv"):
        file = {"file": (name, data)}
        with unfolds_at_most(100):
            answer = town.ask("POST", "/records/import", KEEPER, data={"import": "positions"}, files=file)
        assert answer.status_code in {400, 413, 422}, (name, answer.text)
    assert town.kept() == kept


BODIES: dict[str, tuple[dict[str, str], bytes | Callable[[], bytes]]] = {
    "a body that says it is compressed": (
        {"content-encoding": "gzip"}, lambda: gzip.compress(b"a=" + b"x" * (64 << 20))),
    "a boundary that never comes": ({"content-type": "multipart/form-data; boundary=zzz"}, b"--x\r\n" * 1000),
    "a boundary of a thousand letters": (
        {"content-type": f"multipart/form-data; boundary={'x' * 1000}"}, b"--x--\r\n"),
    "thousands of fields": (
        {"content-type": "application/x-www-form-urlencoded"}, b"&".join(b"a%d=b" % n for n in range(9999))),
    "a header of a part without end": (
        {"content-type": "multipart/form-data; boundary=x"}, b"--x\r\ncontent-disposition: " + b"a" * (1 << 20)),
    "thousands of headers of a part": (
        {"content-type": "multipart/form-data; boundary=x"}, b"--x\r\n" + b"a: b\r\n" * 99_999),
    "parts in parts": (
        {"content-type": "multipart/form-data; boundary=x"},
        b"\r\n".join((
            b"--x", b"content-type: multipart/mixed; boundary=y", b"content-disposition: form-data; name=a", b"",
            b"--y", b"--y--", b"--x--", b"",
        )),
    ),
}  # fmt: skip


@pytest.mark.hostile("upload")
@pytest.mark.parametrize(("headers", "body"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_form_is_refused(
    town: Town, headers: dict[str, str], body: bytes | Callable[[], bytes]
) -> None:
    kept = town.kept()
    token = {"x-csrf-token": town.token(STUDENT)}
    answer = town.ask("POST", BELOW, STUDENT, content=_made(body), headers={**OURS, **token, **headers})
    assert answer.status_code in {303, 400, 403, 413}, answer.text
    changed = {name for name, data in town.kept().items() if kept.get(name) != data}
    assert {name for name in changed if not name.startswith(f"drafts/{STUDENT}/")} == set()
