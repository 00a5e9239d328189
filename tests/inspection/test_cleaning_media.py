"""Cleaning cuts: pixels, sound and films are the same bytes before and after, and a picture is turned as it was."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from PIL import Image, ImageChops

from licheng.core.inspection import Flaw
from licheng.sources.cleaning import jpeg, mp3, mp4, png
from licheng.sources.inspection import jpeg as jpeg_inspection
from licheng.sources.inspection import mp3 as mp3_inspection
from licheng.sources.inspection import mp4 as mp4_inspection
from licheng.sources.inspection import png as png_inspection
from licheng.sources.inspection.refusal import RefusedError
from tests.inspection import samples as s
from tests.inspection.cases import Case, cases
from tests.scaling import MOST, growth

OF = {name: [case for case in cases() if case.format == name] for name in ("jpeg", "png", "mp3", "mp4")}


# What a slow reading would stumble over, once and twice as long.
SLOW: dict[str, tuple[Callable[[bytes], Iterator[Flaw]], Callable[[int], bytes]]] = {
    "jpeg of many comments": (
        jpeg_inspection.flaws,
        lambda times: s.photo(*[s.segment(0xFE, b"x" * 200)] * 5_000 * times),
    ),
    "jpeg of iptc marks": (
        jpeg_inspection.flaws,
        lambda times: s.photo(*[s.segment(0xED, s.resource(b"\x1c\x02" * 16_000))] * 10 * times),
    ),
    "jpeg of resources": (
        jpeg_inspection.flaws,
        lambda times: s.photo(*[s.segment(0xED, b"Photoshop 3.0\0" + b"8BIM" * 8_000)] * 10 * times),
    ),
    "jpeg of directories that share their fields": (
        jpeg_inspection.flaws,
        lambda times: s.photo(*[s.segment(0xE1, s.sharing(60_000))] * 20 * times),
    ),
    "png of many texts": (
        png_inspection.flaws,
        lambda times: s.image(*[s.chunk(b"tEXt", b"Comment\0" + b"x" * 100)] * 5_000 * times),
    ),
    "png of raw profiles": (
        png_inspection.flaws,
        lambda times: s.image(*[s.profile(b"icc", bytes(2_000))] * 500 * times),
    ),
    "mp3 of garbage": (mp3_inspection.flaws, lambda times: s.frames() + b"\xff\xfb\x10\xc5" * 100_000 * times),
    "jpeg of packets in resources": (
        jpeg_inspection.flaws,
        lambda times: s.photo(*[s.segment(0xED, s.resource(b"<x:xmpmeta" * 4_000, 0x0BB7))] * 10 * times),
    ),
    "mp3 of many chapters": (
        mp3_inspection.flaws,
        lambda times: s.tagged(*[(b"CHAP", b"one\0" + bytes(16) + s.frame(b"TIT2", b"\3x") * 100)] * 200 * times),
    ),
    "mp3 of chapters named by many": (
        mp3_inspection.flaws,
        lambda times: s.tagged(*[(b"CTOC", b"all\0\3\xff" + b"x\0" * 255)] * 500 * times),
    ),
    "mp3 of many frames of a tag": (
        mp3_inspection.flaws,
        lambda times: s.tagged(*[(b"TIT2", b"\3x")] * 10_000 * times),
    ),
    "mp4 of many boxes": (
        mp4_inspection.flaws,
        lambda times: s.film(s.box(b"udta", s.box(b"\xa9nam", b"demo") * 20_000 * times)),
    ),
    "mp4 of tracks": (mp4_inspection.flaws, lambda times: s.film(s.track(b"vide", b"avc1") * 5_000 * times)),
}


def of(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", OF[name], ids=lambda case: case.path.name)


def image(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an index of pictures that says nothing
        opened = Image.open(io.BytesIO(data))
        opened.load()
    return opened


def same_pixels(one: bytes, other: bytes) -> bool:
    first, second = image(one), image(other)
    return (
        first.mode == second.mode
        and ImageChops.difference(first.convert("RGBA"), second.convert("RGBA")).getbbox() is None
    )


def coded(data: bytes) -> bytes:
    """Tables, frames and coded pixels of a JPEG, and its colours."""
    parts, end, within = [], 2, False
    for marker, payload, start, after in jpeg_inspection.positions(data):
        parts.append(data[end:start] if within else b"")
        kept = marker in jpeg_inspection.PICTURE or any(
            marker == where and payload.startswith(what) for where, what in jpeg_inspection.MEANING if what != b"JFIF\0"
        )
        parts.append(data[start:after] if kept else b"")
        end, within = after, marker == jpeg_inspection.SOS
    return b"".join(parts)


@of("jpeg")
def test_a_photo_keeps_its_coded_pixels_and_how_it_is_turned(case: Case) -> None:
    data = case.path.read_bytes()
    copy, _ = jpeg.cleaned(data, everything=False)
    assert coded(copy) == coded(data)
    assert same_pixels(copy, data)
    assert image(copy).getexif().get(0x0112, 1) == image(data).getexif().get(0x0112, 1)
    assert set(image(copy).getexif()) <= {0x0112}


@of("png")
def test_a_drawing_keeps_its_coded_pixels_and_colours(case: Case) -> None:
    data = case.path.read_bytes()
    copy, _ = png.cleaned(data, everything=False)
    kept = [part for part in png_inspection.chunks(data) if part[0] in png_inspection.PICTURE]
    assert list(png_inspection.chunks(copy)) == kept or copy == data
    assert same_pixels(copy, data)


@of("mp3")
def test_a_sound_keeps_every_frame(case: Case) -> None:
    data = case.path.read_bytes()
    copy, _ = mp3.cleaned(data, everything=False)
    start = data.index(copy)
    before, behind = data[:start], data[start + len(copy) :]
    assert before[:3] in {b"", b"ID3"}
    assert copy == data or copy[:1] == b"\xff"
    assert not behind or behind.startswith((b"TAG", b"LYRICSBEGIN", b"APETAGEX", b"more"))


@of("mp4")
def test_a_film_keeps_its_samples_where_they_were(case: Case) -> None:
    data = case.path.read_bytes()
    copy, _ = mp4.cleaned(data, everything=False)
    assert len(copy) == len(data)
    for box in mp4_inspection.boxes(data):
        if box.kind in {b"mdat", b"stco", b"co64", b"stsz", b"stsc", b"stts", b"stsd", b"tkhd", b"mvhd", b"moof"}:
            assert copy[box.start : box.end] == data[box.start : box.end]


CHUNKS = (b"a picture!", b"22.75N121E", b"a picture!")


def sampled(kind: bytes, entry: bytes, places: list[int], *, decoy: bytes = b"", more: bytes = b"") -> bytes:
    """A track with a chunk of one sample of ten bytes at each place, behind boxes that only look like its tables."""
    described = s.box(b"stsd", struct.pack(">II", 0, 1) + s.box(entry, bytes(8)))
    tables = s.box(b"stsz", struct.pack(">III", 0, 10, len(places)))
    tables += s.box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1))
    tables += s.box(b"stco", struct.pack(f">II{len(places)}I", 0, len(places), *places)) + more
    handler = s.box(b"hdlr", bytes(8) + kind + bytes(12))
    return s.box(b"trak", decoy + s.box(b"mdia", handler + s.box(b"minf", s.box(b"stbl", described + tables))))


def placed(make: Callable[[int], bytes]) -> bytes:
    """A film of chunks, whose tracks are told where its pictures and places begin."""
    at, head = 0, b""
    for _ in range(2):  # known when the film's length is
        head = s.box(b"ftyp", b"isom\0\0\0\0isom") + s.box(b"moov", make(at))
        at = len(head) + 8
    return head + s.box(b"mdat", b"".join(CHUNKS))


def table_of(at: int) -> bytes:
    return s.box(b"stco", struct.pack(">III", 0, 1, at))


DECOYS: dict[str, Callable[[int], bytes]] = {
    "nothing": lambda at: b"",
    "room": lambda at: s.box(b"free", table_of(at)),
    "titles": lambda at: s.box(b"udta", s.box(b"\xa9nam", table_of(at))),
    "a table outside": lambda at: s.box(b"udta", table_of(at)),
    "a container outside": lambda at: s.box(b"udta", s.box(b"stbl", table_of(at))),
}


@pytest.mark.parametrize("name", DECOYS)
def test_samples_of_a_track_of_places_are_overwritten(name: str) -> None:
    """Its table goes with the track; what it pointed at goes too, and nothing beside it, whatever looks like one."""
    film = placed(lambda at: sampled(b"meta", b"gpmd", [at + 10], decoy=DECOYS[name](at)))
    copy, taken = mp4.cleaned(film, everything=False)
    assert Flaw("ATT011", "film-place") in taken
    assert copy.endswith(b"a picture!" + bytes(10) + b"a picture!")
    assert set(mp4_inspection.flaws(copy)) == set()


def test_tracks_beside_it_keep_their_samples() -> None:
    film = placed(lambda at: sampled(b"vide", b"avc1", [at, at + 20]) + sampled(b"meta", b"gpmd", [at + 10]))
    copy, _ = mp4.cleaned(film, everything=False)
    assert copy.endswith(b"a picture!" + bytes(10) + b"a picture!")


CONFLICTS: dict[str, Callable[[int], bytes]] = {
    "samples of another track": lambda at: sampled(b"vide", b"avc1", [at + 4]) + sampled(b"meta", b"gpmd", [at + 10]),
    "samples in the film's boxes": lambda at: sampled(b"meta", b"gpmd", [8]),
    "two tables": lambda at: sampled(b"meta", b"gpmd", [at + 10], more=table_of(at)),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_track_of_places_never_takes_others_with_it(name: str) -> None:
    film = placed(CONFLICTS[name])
    assert Flaw("ATT011", "film-place") in set(mp4_inspection.flaws(film))
    with pytest.raises(RefusedError):
        mp4.cleaned(film, everything=False)


PLACED = s.photo(s.exif(gps=True))
OF_SOUNDS = {
    "compressed": s.tagged((b"APIC", bytes(4) + zlib.compress(s.apic(PLACED))), flags=0x80),
    "encrypted": s.tagged((b"COMM", b"\x80" + bytes(9)), version=4, flags=0x04),
    "unsynchronised": s.tagged((b"APIC", s.apic(PLACED).replace(b"\xff", b"\xff\0")), version=4, flags=0x02),
    "cover and more": s.tagged((b"APIC", s.apic(s.jpeg() + b"Wang"))),
    "cover cut": s.tagged((b"APIC", s.apic(s.jpeg()[:-2]))),
    "chapter": s.tagged((b"CHAP", b"one\0" + bytes(16) + s.frame(b"APIC", s.apic(PLACED)))),
    "cover of ape": s.frames() + s.ape(b"Cover Art (Front)", b"x\0GIF89a"),
}


@pytest.mark.parametrize("name", OF_SOUNDS)
def test_what_a_tag_hides_goes_and_the_sound_stays(name: str) -> None:
    copy, taken = mp3.cleaned(OF_SOUNDS[name], everything=False)
    assert copy == s.frames()
    assert taken <= set(mp3_inspection.flaws(OF_SOUNDS[name])) != set()


@pytest.mark.parametrize("picture", [b"GIF89a", s.jpeg() + b"Wang", s.jpeg()[:-2], PLACED])
def test_a_films_cover_goes(picture: bytes) -> None:
    data = s.covered(picture)
    copy, taken = mp4.cleaned(data, everything=False)
    assert set(mp4_inspection.flaws(data)) < taken
    assert set(mp4_inspection.flaws(copy)) == set()
    assert copy.endswith(s.box(b"mdat", bytes(16)))


def test_a_table_of_samples_that_nobody_knows_goes() -> None:
    data = placed(lambda at: sampled(b"vide", b"avc1", [at], more=s.box(b"text", b"Wang")))
    copy, taken = mp4.cleaned(data, everything=False)
    assert taken == {Flaw("ATT012", "unknown-part")}
    assert copy == data.replace(s.box(b"text", b"Wang"), s.box(b"free", bytes(4)))


def test_a_resource_of_photoshop_goes() -> None:
    data = s.photo(s.segment(0xED, s.resource(b"demo" + s.tiff(gps=True), 0x0BB7)))
    assert jpeg.cleaned(data, everything=False) == (s.jpeg(), frozenset({Flaw("ATT011", "exif-gps")}))


def test_a_sound_that_carries_a_file_keeps_it_without_everything() -> None:
    data = s.tagged((b"GEOB", b"\0application/zip\0x\0y\0data"))
    assert mp3.cleaned(data, everything=False) == (data, frozenset())
    assert mp3.cleaned(data, everything=True) == (s.frames(), frozenset({Flaw("ATT009", "embedded-file")}))


def test_a_preview_inside_jfif_goes() -> None:
    small = b"JFIF\0\1\1\0\0\1\0\1" + b"\2\1" + bytes(6)
    data = s.jpeg()[:2] + s.segment(0xE0, small) + s.jpeg()[20:]
    copy, taken = jpeg.cleaned(data, everything=False)
    assert taken == {Flaw("ATT012", "thumbnail")}
    assert copy[2:20] == s.segment(0xE0, small[:12] + b"\0\0")


@pytest.mark.parametrize("preview", [b"\x10" + s.jpeg(), b"\x11\1\1" + bytes(769), b"\x13\1\1abc"])
def test_a_preview_beside_jfif_goes(preview: bytes) -> None:
    data = s.photo(s.segment(0xE0, b"JFXX\0" + preview))
    assert jpeg.cleaned(data, everything=False) == (s.jpeg(), frozenset({Flaw("ATT012", "thumbnail")}))
    assert set(jpeg_inspection.flaws(s.jpeg())) == set()


@pytest.mark.parametrize("name", SLOW)
def test_twice_the_bytes_take_twice_the_time(name: str) -> None:
    inspect, make = SLOW[name]

    def work(times: int) -> Callable[[], None]:
        data = make(times)
        return lambda: look(inspect, data)

    assert growth(work, start=1, largest=8) <= MOST


def look(inspect: Callable[[bytes], Iterator[Flaw]], data: bytes) -> None:
    with suppress(RefusedError):
        deque(inspect(data), maxlen=0)
