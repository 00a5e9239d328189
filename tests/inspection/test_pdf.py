"""PDF in depth: what any reader could find, in whatever dress; time and memory that grow with the file alone."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache

import pikepdf
import pytest

from licheng.sources.inspection import pdf
from licheng.sources.inspection.pdf_values import Name, Reference, values
from licheng.sources.inspection.refusal import RefusedError
from tests.inspection import samples as s
from tests.scaling import MOST, growth

SCRIPT = b"<< /S /JavaScript /JS (x) >>"


def found(data: bytes) -> set[str]:
    try:
        return {flaw.reason for flaw in pdf.flaws(data)}
    except RefusedError as refused:
        return {refused.flaw.reason}


def test_values_are_read_as_readers_do() -> None:
    text = rb"<< /A#42 (a\)(b)\101) /C [1 0 R null <4 1>] /D << /E /F >> >> % (a comment"
    assert values(text) == [
        [("AB", b"a)(b)A"), ("C", (Reference(1, 0), None, b"A")), ("D", [("E", Name("F"))])],
    ]


def test_what_is_too_deep_is_refused() -> None:
    with pytest.raises(RefusedError):
        values(b"[" * 1_000)
    assert found(s.document(b"<< /JS " + b"[" * 1_000)) == {"too-many-parts"}


@pytest.mark.parametrize("name", [b"/JavaScript", b"/Java#53cript", b"/#4a#61#76aScript"])
def test_an_object_that_no_table_names(name: bytes) -> None:
    """A reader that repairs a broken file finds it; one that trusts the table, as libqpdf here, does not."""
    plain, extra = s.document(), b"77 0 obj << /S %b >> endobj\n" % name
    start = plain.index(b"xref\n0")
    data = plain[:start] + extra + plain[start:].replace(b"%d" % start, b"%d" % (start + len(extra)))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert not [one for one in document.objects if one.objgen[0] == 77]
    assert found(data) == {"javascript"}


def test_an_inline_photo_is_a_photo() -> None:
    photo = s.photo(s.exif(gps=True))
    content = b"q BI /W 48 /H 32 /BPC 8 /CS /G /F /DCT ID " + photo + b" EI Q"
    assert found(s.document(s.stream(content))) == {"exif-gps"}
    coded = b"q BI /W 48 /H 32 /F [/AHx /DCT] ID " + photo.hex().encode() + b"> EI Q"
    assert found(s.document(s.stream(coded))) == {"exif-gps"}


@pytest.mark.parametrize("name", [b"/DCT", b"/#44CT", b"/D#43#54Decode"])
def test_an_inline_photo_by_any_spelling_of_its_filter(name: bytes) -> None:
    content = b"q BI /W 48 /H 32 /F " + name + b" ID " + s.photo(s.exif(gps=True)) + b" EI Q"
    assert found(s.document(s.stream(content))) == {"exif-gps"}


def test_what_only_looks_like_the_head_of_an_inline_photo_is_passed_over() -> None:
    """A font's bytes are anything: a number sign and an open bracket between the two letters say nothing."""
    assert found(s.document(s.stream(b"\x00BI ( #41 ID\x00" * 50))) == set()
    font = random.Random(1).randbytes(1 << 20)  # holds such letters by chance
    assert found(s.document(s.stream(font))) == set()


def test_jpeg_2000_says_what_its_boxes_say() -> None:
    uuid = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    data = s.box(b"jP  ", b"\r\n\x87\n") + s.box(b"uuid", uuid + s.CREATOR)
    picture = b"<< /Subtype /Image /Filter /JPXDecode /Length %d >>\nstream\n%b\nendstream" % (len(data), data)
    assert found(s.document(picture)) == {"xmp-name"}


def test_metadata_that_calls_itself_a_picture() -> None:
    stream = s.stream(s.CREATOR, b"/Subtype /Image /Width 9 /Height 9")
    assert found(s.document(stream, catalog=b"/Metadata 4 0 R")) == {"xmp-name"}


def test_a_filter_that_stands_elsewhere_is_followed() -> None:
    body = zlib.compress(b"9 0 " + SCRIPT)
    stream = b"<< /N 1 /First 4 /Filter 5 0 R /Length %d >>\nstream\n%b\nendstream" % (len(body), body)
    assert found(s.document(stream, b"/FlateDecode")) == {"javascript"}


# Time: a ratio, best of several; bytes that were quadratic once, or would be for a careless pattern.

GROWING: dict[str, Callable[[int], bytes]] = {
    "digits in a stream": lambda n: s.document(s.stream(b"1" * n, packed=False)),
    "numbers between objects": lambda n: s.document().replace(b"endobj\n3 0", b"endobj\n" + b"1 " * n + b"3 0"),
    "spaces": lambda n: s.document(b"<< /A" + b" " * n + b"1 >>"),
    "obj obj obj": lambda n: s.document(b"obj " * (n // 200)),
    "open brackets": lambda n: s.document(b"<< /JS (x) /A <" + b"<0 " * n),
    "comments": lambda n: s.document(b"% x\n" * n),
    "strings": lambda n: s.document(b"(x)" * n),
    "names": lambda n: s.document(s.object_stream(b"/ab" * n + b" /JS")),
    "endstream without stream": lambda n: s.document(b"endstream " * n),
    "stream without object": lambda n: s.document().replace(b"endobj\n3 0", b"endobj\n" + b"stream " * n + b"3 0"),
    "inline pictures": lambda n: s.document(s.stream(b"BI " * n)),
    "trailers": lambda n: s.document().replace(b"endobj\n3 0", b"endobj\n" + b"trailer << >> " * n + b"3 0"),
    "lengths that lie": lambda n: s.document(*[s.stream(b"x", packed=False).replace(b"h 1", b"h 9")] * (n // 100)),
    "xmp-like text": lambda n: s.document(s.stream(b"adobe:ns:meta/ " * n)),
    "object streams": lambda n: s.document(s.object_stream(*[b"<< /JS (x) >>"] * (n // 20))),
}  # fmt: skip


@pytest.mark.parametrize("name", GROWING)
def test_double_the_input_takes_double_the_time(name: str) -> None:
    def work(size: int) -> Callable[[], object]:
        data = GROWING[name](size)
        return lambda: found(data)

    assert growth(work, start=1_000) <= MOST


@cache
def packed_bomb() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"/ab" * (1 << 20)) for _ in range(86)) + packer.flush()


@pytest.mark.parametrize("kind", [b"", b"/Type /ObjStm /N 1 /First 5", b"/Subtype /Image", b"/Type /Metadata"])
@pytest.mark.parametrize("filters", [1, 2])
def test_a_bomb_fills_no_memory(kind: bytes, filters: int) -> None:
    """Two kilobytes that unfold to 256 MB, in a process that may have 400 MB."""
    make = (
        "import resource, sys, zlib\n"
        "resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))\n"
        "from licheng.sources.inspection import pdf\n"
        "from licheng.sources.inspection.refusal import RefusedError\n"
        "print(*sorted(flaw.reason for flaw in pdf.flaws(sys.stdin.buffer.read())))\n"
    )
    data = packed_bomb()
    for _ in range(filters - 1):
        data = zlib.compress(data, 9)
    names = b"/Filter [%b]" % (b"/FlateDecode " * filters)
    bomb = s.document(b"<< %b %b /Length %d >>\nstream\n%b\nendstream" % (kind, names, len(data), data))
    done = subprocess.run([sys.executable, "-c", make], input=bomb, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"expands-too-far\n"), done.stderr[-500:]
