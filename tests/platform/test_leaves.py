"""PDFs are seen as pictures of their pages: whatever a file would do, it cannot, and takes no more than its share."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from licheng.platform.access_log import AccessLog
from licheng.platform.leaves import MOST_PAGES, Leaves
from licheng.platform.settings import Settings
from licheng.sources.confined import Limits
from licheng.sources.inspection.look import flaws
from tests.platform.main_branch import committed, copied
from tests.platform.visitors import Clock, Visitor
from tests.trees import ROOT

STUDENT, OTHER, REGISTRAR, DEAN = "s1130001", "s1130002", "t004", "t002"
PLACE = "terms/114-1/outputs/water-and-moon"
PDF = f"content/students/113/{STUDENT}/{PLACE}/report.pdf"
_TEXT = b"BT /F1 24 Tf 20 100 Td (Work) Tj ET"


def pdf(*objects: bytes, page: bytes = b"", box: bytes = b"[0 0 300 200]", content: bytes = _TEXT, root: bytes = b"",
        pages: int = 1) -> bytes:  # fmt: skip
    """A PDF whose further objects begin with number 6."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    kids = b"3 0 R " * pages
    listed = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b">>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox " + box + b" /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> "
        b"/XObject << /X 6 0 R >> >> " + page + b">>",
        stream(content),
        font,
        *objects,
    ]
    written, places = io.BytesIO(), []
    written.write(b"%PDF-1.7\n")
    for number, data in enumerate(listed, 1):
        places.append(written.tell())
        written.write(b"%d 0 obj\n" % number + data + b"\nendobj\n")
    table = written.tell()
    written.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(listed) + 1))
    written.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    written.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(listed) + 1, table))
    return written.getvalue()


def stream(data: bytes, head: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(packed), head) + packed + b"\nendstream"


def nested(depth: int) -> list[bytes]:
    """Forms that each draw the next ten times."""
    forms = []
    for number in range(6, 6 + depth):
        below = b"/Resources << /XObject << /X %d 0 R >> >>" % (number + 1)
        content = b"/X Do " * 10 if number < 5 + depth else b"0 0 10 10 re f " * 50
        forms.append(stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] " + below))
    return forms


SCRIPT = b"/OpenAction << /S /JavaScript /JS (while (true) app.alert(1)) >> /AA << /WC 6 0 R >> "
LAUNCH = b"<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> /Next << /S /URI /URI (http://evil.invalid/) >> >>"
LINK = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 300 200] /A 6 0 R >>] /AA << /O 6 0 R >> "


HOSTILE = pdf(LAUNCH, root=SCRIPT, page=LINK, pages=2)


@pytest.fixture
def leaves() -> Iterator[Leaves]:
    made = Leaves(lambda: datetime(2026, 11, 23, 4, tzinfo=UTC), Limits(processor=0.7))
    yield made
    made.close()


def counted(leaves: Leaves, data: bytes) -> int:
    return leaves.count(hashlib.sha256(data).hexdigest(), lambda: data)


def drawn(leaves: Leaves, data: bytes, number: int = 1) -> Image.Image | None:
    picture = leaves.picture(data, number)
    return Image.open(io.BytesIO(picture)) if picture is not None else None


def test_a_page_becomes_a_picture_of_what_stands_on_it(leaves: Leaves) -> None:
    data = pdf(pages=3)
    assert counted(leaves, data) == 3
    picture, blank = drawn(leaves, data, 3), drawn(leaves, pdf(content=b""))
    assert picture is not None
    assert blank is not None
    assert (picture.format, picture.size) == ("WEBP", (1200, 800))
    assert len(set(blank.convert("L").tobytes())) == 1
    assert min(picture.convert("L").tobytes()) < 60  # black letters on white
    for number in (0, -1, 4, 10**9):
        assert leaves.picture(data, number) is None
    assert counted(leaves, pdf(pages=200)) == MOST_PAGES


@pytest.mark.parametrize(
    ("width", "height"), [("10000000", "10000000"), ("1", "1000000"), ("1000000", "1"), ("14400", "14400"), ("3", "3")]
)
def test_a_huge_page_is_made_small(leaves: Leaves, width: str, height: str) -> None:
    picture = drawn(leaves, pdf(box=f"[0 0 {width} {height}]".encode()))
    assert picture is not None
    assert picture.width * picture.height <= 4_100_000


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7\n%%EOF", b"MZ\x90\0" * 100, pdf()[:200], b"<script>alert(1)</script>"],
    ids=["empty", "hollow", "a-program", "cut", "markup"],
)
def test_what_is_no_pdf_has_no_pages(leaves: Leaves, data: bytes) -> None:
    assert counted(leaves, data) == 0
    assert leaves.picture(data, 1) is None


def bomb() -> bytes:
    head = b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    return pdf(stream(b"\0" * 40_000_000, head), content=b"300 0 0 200 0 0 cm /X Do")


@pytest.mark.parametrize(
    "make",
    [lambda: pdf(*nested(12), content=b"/X Do"), bomb,
     lambda: pdf(content=b"0 0 m " + b"9 9 l 0 300 l 300 0 l " * 150_000 + b"B")],
    ids=["forms-within-forms", "a-picture-of-ten-gigabytes", "millions-of-lines"],
)  # fmt: skip
def test_what_takes_too_much_ends_and_the_next_file_is_served(leaves: Leaves, make: Callable[[], bytes]) -> None:
    picture = leaves.picture(make(), 1)
    assert picture is None or len(picture) < 1 << 20  # it ended, or PDFium left out what it would not draw
    assert drawn(leaves, pdf()) is not None


def test_a_file_is_counted_once(leaves: Leaves) -> None:
    data, reads = pdf(), list[int]()

    def read() -> bytes:
        reads.append(1)
        return data

    assert [leaves.count("a" * 64, read) for _ in range(3)] == [1, 1, 1]
    assert len(reads) == 1
    assert leaves.count("b" * 64, lambda: None) == 0


@pytest.fixture
def hostile(settings: Settings, demo_repository: Path, tmp_path: Path) -> Settings:
    """A school in whose main a file lies that no gate would have let in."""
    repository = copied(demo_repository, tmp_path / "hostile.git")
    committed(repository, PDF, HOSTILE)
    return replace(settings, remote=str(repository))


def test_the_gate_refuses_what_would_run() -> None:
    assert {flaw.code for flaw in flaws(HOSTILE, "application/pdf")} == {"ATT009"}


def leaf(page: str) -> str:
    [first, *_] = re.findall(r'<img src="(/files/s\d{7}/[0-9a-f]{64}/)1"', page)
    return str(first)


def test_leaves_are_for_those_who_see_the_item_and_one_look_at_the_file(
    hostile: Settings, clock: Clock, settings: Settings
) -> None:
    visitor = Visitor.of(hostile, clock)
    visitor.sign_in(STUDENT)
    below = leaf(visitor.get(f"/students/{STUDENT}/{PLACE}").text)
    for number in (1, 2):
        answer = visitor.get(f"{below}{number}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert answer.headers["cache-control"] == "no-store"
    for wrong in ("0", "3", "61", "99999999999999999999", "-1", "1.webp"):
        assert visitor.get(f"{below}{wrong}").status_code == 404, wrong
    looks = [access.what for access in AccessLog(settings.state / "access").of(STUDENT)]
    assert looks.count(f"file:{below.split('/')[3]}") == 1
    clock.passes(minutes=61)
    visitor.sign_in(STUDENT)
    visitor.get(f"{below}1")
    looks = [access.what for access in AccessLog(settings.state / "access").of(STUDENT)]
    assert looks.count(f"file:{below.split('/')[3]}") == 2
    for account in (OTHER, DEAN):
        visitor.sign_in(account)
        assert visitor.get(f"{below}1").status_code == 404
        assert visitor.get(below.replace(STUDENT, OTHER) + "1").status_code == 404
    photo = next(path for path in (ROOT / "content/students/113").rglob("outputs/*/photo.png"))
    visitor.sign_in(REGISTRAR)
    digest = hashlib.sha256(photo.read_bytes()).hexdigest()
    assert visitor.get(f"/files/{photo.relative_to(ROOT).parts[3]}/{digest}").status_code == 200
    assert visitor.get(f"/files/{photo.relative_to(ROOT).parts[3]}/{digest}/1").status_code == 404  # no PDF


def test_without_a_log_nothing_is_shown(hostile: Settings, clock: Clock, settings: Settings) -> None:
    visitor = Visitor.of(hostile, clock)
    visitor.sign_in(STUDENT)
    below = leaf(visitor.get(f"/students/{STUDENT}/{PLACE}").text)
    log = settings.state / "access" / "access.jsonl"
    log.write_bytes(b"")
    for _ in range(2):
        assert visitor.get(f"{below}1").status_code == 500
