"""Make the collection's pictures, sounds and films: `python -m tests.inspection.collection.make_media [FORMAT…]`.

What is expected of a file is what was put into it here, never what the inspection says. Programs: ImageMagick,
ExifTool, FFmpeg (`install_media.sh`), and Pillow, which is in the lock.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw, PngImagePlugin

HERE = Path(__file__).parent
NAME = "Wang Xiaoming (demo)"
EXTENSION = {"jpeg": "jpg", "png": "png", "mp3": "mp3", "mp4": "mp4"}
CAMERA, EDIT, COMMENT, TAGS, THUMBNAIL = (
    f"ATT012 {name}" for name in ("camera-data", "edit-data", "comment", "tags", "thumbnail")
)
EXIF_NAME, XMP_NAME, IPTC_NAME, PNG_NAME, ARTIST = (
    f"ATT010 {name}" for name in ("exif-name", "xmp-name", "iptc-name", "png-name", "media-artist")
)
EXIF_GPS, XMP_GPS, IPTC_PLACE, FILM_PLACE = (
    f"ATT011 {name}" for name in ("exif-gps", "xmp-gps", "iptc-place", "film-place")
)
AFTER, UNKNOWN = "ATT012 after-the-end", "ATT012 unknown-part"


@dataclass(frozen=True)
class Made:
    """A file to make.

    Attributes:
        format: the manifest it belongs to.
        name: without its extension.
        made_with: program and mode.
        make: writes it to a path.
        flaws: for which it is refused as it is.
        cleaned: what cleaning says that it took out.
    """

    format: str
    name: str
    made_with: str
    make: Callable[[Path], None]
    flaws: tuple[str, ...] = ()
    cleaned: tuple[str, ...] = ()


def run(*command: object) -> None:
    """A program that must succeed, its output thrown away."""
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def convert(*options: str, source: str = "plasma:navy-gold", size: str = "48x36") -> Callable[[Path], None]:
    """ImageMagick, without the dates that it would write of itself."""

    def make(path: Path) -> None:
        plain = ("-seed", "7", "-size", size, source, "+set", "date:create", "+set", "date:modify")
        run("convert", *plain, *options, "-define", "png:exclude-chunks=date,time", path)

    return make


def tagged(first: Callable[[Path], None], *tags: str) -> Callable[[Path], None]:
    """The same file with tags that ExifTool writes."""

    def make(path: Path) -> None:
        first(path)
        run("exiftool", "-q", "-overwrite_original", *(f"-{tag}" for tag in tags), path)

    return make


def joined(first: Callable[[Path], None], change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """The same file with its bytes changed, as no program at hand does it but phones do."""

    def make(path: Path) -> None:
        first(path)
        path.write_bytes(change(path.read_bytes()))

    return make


def followed(first: Callable[[Path], None], tail: bytes) -> Callable[[Path], None]:
    """The same file with more behind its end."""
    return joined(first, lambda data: data + tail)


def ffmpeg(*options: str) -> Callable[[Path], None]:
    """FFmpeg, always with the same bytes."""

    def make(path: Path) -> None:
        exact = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
        run("ffmpeg", "-v", "error", "-y", *options, *exact, path)

    return make


def pillow(mode: str = "RGB", **options: Any) -> Callable[[Path], None]:
    """Pillow, with options of its own."""

    def make(path: Path) -> None:
        image = Image.new("RGB", (48, 36), "white")
        draw = ImageDraw.Draw(image)
        for number in range(0, 48, 4):
            draw.line((number, 0, 47 - number, 35), fill=(number * 5, 120, 200 - number * 4))
        image.convert(mode).save(path, **options)

    return make


TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=0.4")
FILM = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=8:duration=0.5")


def jpegs() -> Iterator[Made]:  # noqa: C901 - a list, told in loops
    """Pictures of cameras, phones and editors."""
    plain = {
        "baseline": (), "progressive": ("-interlace", "Plane"), "gray": ("-colorspace", "Gray"),
        "cmyk": ("-colorspace", "CMYK"), "quality-10": ("-quality", "10"), "quality-100": ("-quality", "100"),
        "444": ("-sampling-factor", "4:4:4"), "420": ("-sampling-factor", "4:2:0"),
        "422": ("-sampling-factor", "4:2:2"),
        "arithmetic-free-optimised": ("-define", "jpeg:optimize-coding=true"), "dpi": ("-density", "300"),
        "rotated-pixels": ("-rotate", "90"), "tiny": ("-resize", "1x1!"), "wide": ("-resize", "400x3!"),
        "blurred": ("-blur", "0x2"), "posterised": ("-posterize", "3"), "negated": ("-negate",),
        "edges": ("-edge", "1"),
    }  # fmt: skip
    for name, options in plain.items():
        yield Made("jpeg", f"magick-{name}", "ImageMagick", convert(*options))
    settings: dict[str, dict[str, Any]] = {
        "quality-5": {"quality": 5}, "quality-95": {"quality": 95}, "progressive": {"progressive": True},
        "optimised": {"optimize": True}, "444": {"subsampling": 0}, "dpi": {"dpi": (72, 72)},
        "restarts": {"restart_marker_rows": 1}, "restart-blocks": {"restart_marker_blocks": 2},
        "tables-kept": {"qtables": "web_high"}, "streamtype-smooth": {"smooth": 20},
    }  # fmt: skip
    for name, keys in settings.items():
        yield Made("jpeg", f"pillow-{name}", "Pillow", pillow(**keys))
    for mode in ("L", "CMYK", "YCbCr"):
        yield Made("jpeg", f"pillow-{mode.lower()}", "Pillow", pillow(mode))
    for name, options in {"mjpeg": (), "q2": ("-q:v", "2"), "yuvj444": ("-pix_fmt", "yuvj444p")}.items():
        yield Made(
            "jpeg", f"ffmpeg-{name}", "FFmpeg, one frame",
            ffmpeg(*FILM, "-frames:v", "1", *options),
        )  # fmt: skip
    base = convert()
    yield Made("jpeg", "magick-comment", "ImageMagick, a comment", convert("-set", "comment", "a demo"), (), (COMMENT,))
    for name, tags in {
        "camera": ("Make=Canon", "Model=EOS 90D", "ISO=200", "FNumber=4"),
        "phone": ("Make=Apple", "Model=iPhone 15", "Software=17.2", "DateTimeOriginal=2026:01:02 10:00:00"),
        "samsung": ("Make=samsung", "Model=SM-S918B", "ExposureTime=1/60"),
        "blank-artist": ("Make=NIKON CORPORATION", "Artist=    "),
        "description": ("ImageDescription=a demo of a landscape",),
        "user-comment": ("UserComment=a demo",),
    }.items():  # fmt: skip
        yield Made("jpeg", f"exif-{name}", "ImageMagick, ExifTool", tagged(base, *tags), (), (CAMERA,))
    for turned in range(2, 9):
        made = tagged(base, f"Orientation#={turned}", "Model=SM-A546E")
        yield Made("jpeg", f"exif-turned-{turned}", "ImageMagick, ExifTool", made, (), (CAMERA,))
    for name, tags, flaws in (
        ("artist", (f"EXIF:Artist={NAME}",), (EXIF_NAME,)),
        ("copyright", (f"EXIF:Copyright={NAME}",), (EXIF_NAME,)),
        ("owner", (f"EXIF:OwnerName={NAME}",), (EXIF_NAME,)),
        ("xp-author", (f"XPAuthor={NAME}",), (EXIF_NAME,)),
        ("chinese-artist", ("EXIF:Artist=王小明（示範）",), (EXIF_NAME,)),
        ("gps", ("GPSLatitude=22.75", "GPSLatitudeRef=N", "GPSLongitude=121.1", "GPSLongitudeRef=E"), (EXIF_GPS,)),
        ("gps-south", ("GPSLatitude=22.75", "GPSLatitudeRef=S"), (EXIF_GPS,)),
        ("gps-and-artist", ("GPSLatitude=22.75", "GPSLatitudeRef=N", f"Artist={NAME}"), (EXIF_GPS, EXIF_NAME)),
        ("gps-area", ("GPSAreaInformation=Taitung",), (EXIF_GPS,)),
        ("xmp-creator", (f"XMP-dc:Creator={NAME}",), (XMP_NAME,)),
        ("xmp-rights", (f"XMP-dc:Rights={NAME}",), (XMP_NAME,)),
        ("xmp-gps", ("XMP-exif:GPSLatitude=22.75", "XMP-exif:GPSLongitude=121.1"), (XMP_GPS,)),
        ("xmp-person", (f"XMP-iptcExt:PersonInImage={NAME}",), (XMP_NAME,)),
        ("xmp-owner", (f"XMP-aux:OwnerName={NAME}",), (XMP_NAME,)),
        ("iptc-by-line", (f"IPTC:By-line={NAME}",), (IPTC_NAME,)),
        ("iptc-copyright", (f"IPTC:CopyrightNotice={NAME}",), (IPTC_NAME,)),
        ("iptc-city", ("IPTC:City=Taitung",), (IPTC_PLACE,)),
        ("iptc-street", ("IPTC:Sub-location=Zhongshan Rd.",), (IPTC_PLACE,)),
        ("all", (f"Artist={NAME}", f"IPTC:By-line={NAME}", f"XMP-dc:Creator={NAME}"), (EXIF_NAME, IPTC_NAME, XMP_NAME)),
    ):  # fmt: skip
        yield Made("jpeg", f"exiftool-{name}", "ImageMagick, ExifTool", tagged(base, *tags), flaws, flaws)
    yield Made("jpeg", "xmp-rating", "ImageMagick, ExifTool", tagged(base, "XMP:Rating=5"), (), (CAMERA,))
    yield Made("jpeg", "iptc-keyword", "ImageMagick, ExifTool", tagged(base, "IPTC:Keywords=demo"), (), (EDIT,))
    trailer = _samsung(b"Image_UTC_Data", b"1471234567890")
    tails: tuple[tuple[str, bytes, tuple[str, ...], tuple[str, ...]], ...] = (
        ("samsung-time", trailer, (), (AFTER,)),
        ("samsung-unknown", _samsung(b"Owner_Name", NAME.encode()), (AFTER,), (AFTER,)),
        ("motion-photo", b"\0\0\0\x18ftypmp42" + bytes(60) + b"film", (AFTER,), (AFTER,)),
        ("zeros", bytes(64), (), (AFTER,)), ("fill", b"\xff" * 64, (), (AFTER,)), ("text", b"more", (AFTER,), (AFTER,)),
        ("second-picture", b"\xff\xd8\xff\xe0second", (AFTER,), (AFTER,)),
    )  # fmt: skip
    for name, tail, refused, cleaned in tails:
        made = followed(base, tail)
        yield Made("jpeg", f"trailer-{name}", "ImageMagick, with a trailer as phones write it", made, refused, cleaned)
    segments: tuple[tuple[str, int, bytes, tuple[str, ...], tuple[str, ...]], ...] = (
        ("ducky", 0xEC, b"Ducky\0\1\0\4\0\0\0\x3c\0\0", (), (EDIT,)),
        ("mpf", 0xE2, b"MPF\0II*\0\x08\0\0\0\0\0\0\0\0\0", (), (EDIT,)),
        ("unknown", 0xE7, b"PRIVATE\0data", (UNKNOWN,), (UNKNOWN,)),
        ("fill-between", 0, b"", (), ()),
    )  # fmt: skip
    for name, marker, payload, refused, cleaned in segments:
        part = b"\xff" * 5 if not marker else b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload
        made = joined(base, lambda data, part=part: data[:2] + part + data[2:])  # type: ignore[misc]
        yield Made("jpeg", f"segment-{name}", "ImageMagick, with a segment", made, refused, cleaned)


def _samsung(name: bytes, said: bytes) -> bytes:
    block = b"\0\0\x01\n" + struct.pack("<I", len(name)) + name + said
    head = b"SEFH" + struct.pack("<II", 107, 1) + b"\0\0\x01\n" + struct.pack("<II", len(block), len(block))
    return block + head + struct.pack("<I", len(head)) + b"SEFT"


def pngs() -> Iterator[Made]:  # noqa: C901 - a list, told in loops
    """Drawings, screenshots and scans."""
    stripped = ("-define", "png:include-chunk=none,trns,gama,chrm,srgb,iccp")
    plain = {
        "rgb": (), "gray": ("-colorspace", "Gray"), "palette": ("-colors", "16", "-type", "Palette"),
        "bilevel": ("-monochrome",), "alpha": ("-alpha", "set", "-channel", "A", "-evaluate", "set", "50%"),
        "interlaced": ("-interlace", "PNG"), "tiny": ("-resize", "1x1!"), "wide": ("-resize", "300x2!"),
        "level-0": ("-define", "png:compression-level=0"), "level-9": ("-define", "png:compression-level=9"),
        "bit-16": ("-depth", "16"), "bit-8": ("-depth", "8"), "negated": ("-negate",), "rotated": ("-rotate", "90"),
    }  # fmt: skip
    for name, options in plain.items():
        yield Made("png", f"magick-{name}", "ImageMagick", convert("-strip", *options, *stripped))
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        if mode != "I;16":
            yield Made("png", f"pillow-{mode.lower()}", "Pillow", pillow(mode))
    settings: dict[str, dict[str, Any]] = {
        "optimised": {"optimize": True}, "level-1": {"compress_level": 1}, "dpi": {"dpi": (300, 300)},
        "gamma-free": {"compress_level": 9},
    }  # fmt: skip
    for name, keys in settings.items():
        yield Made("png", f"pillow-{name}", "Pillow", pillow(**keys))
    for name, options in {"rgb24": ("-pix_fmt", "rgb24"), "gray": ("-pix_fmt", "gray"), "rgba": ("-pix_fmt", "rgba"),
                          "pal8": ("-pix_fmt", "pal8"), "monob": ("-pix_fmt", "monob")}.items():  # fmt: skip
        yield Made("png", f"ffmpeg-{name}", "FFmpeg, one frame", ffmpeg(*FILM, "-frames:v", "1", *options))
    yield Made("png", "ffmpeg-moving", "FFmpeg, APNG", _moving)
    for key, text, flaws in (
        ("Software", "a demo program", ()), ("Title", "a demo", ()), ("Comment", "a demo", ()),
        ("Description", "x", ()),
        ("Creation Time", "2026", ()), ("Author", NAME, (PNG_NAME,)), ("Copyright", NAME, (PNG_NAME,)),
        ("Artist", NAME, (PNG_NAME,)), ("author", NAME, (PNG_NAME,)), ("Creator", NAME, (PNG_NAME,)),
        ("Author", "   ", ()), ("Author", "王小明（示範）", (PNG_NAME,)),
    ):  # fmt: skip
        for packed in (False, True):
            made = pillow(pnginfo=_text(key, text, packed=packed))
            name = f"text-{key.lower().replace(' ', '-')}-{'packed' if packed else 'plain'}-{len(text)}-{key[0]}"
            yield Made("png", name, "Pillow, a text chunk", made, flaws, flaws or (COMMENT,))
    base = pillow()
    for name, tags, flaws, cleaned in (
        ("artist", (f"EXIF:Artist={NAME}",), (EXIF_NAME,), (EXIF_NAME,)),
        ("gps", ("GPSLatitude=22.75", "GPSLatitudeRef=N"), (EXIF_GPS,), (EXIF_GPS,)),
        ("camera", ("EXIF:Make=Apple", "EXIF:Model=iPhone 15"), (), (CAMERA,)),
        ("xmp-creator", (f"XMP-dc:Creator={NAME}",), (XMP_NAME,), (XMP_NAME,)),
        ("xmp-gps", ("XMP-exif:GPSLatitude=22.75",), (XMP_GPS,), (XMP_GPS,)),
        ("xmp-rating", ("XMP:Rating=3",), (), (COMMENT,)),
        ("png-author", (f"PNG:Author={NAME}",), (PNG_NAME,), (PNG_NAME,)),
        ("png-title", ("PNG:Title=a demo",), (), (COMMENT,)),
        ("iptc-profile", (f"IPTC:By-line={NAME}",), (IPTC_NAME,), (IPTC_NAME,)),
    ):  # fmt: skip
        yield Made("png", f"exiftool-{name}", "Pillow, ExifTool", tagged(base, *tags), flaws, cleaned)
    yield Made(
        "png", "magick-of-a-photo", "ImageMagick, of a photo with GPS", _of_a_photo, (EXIF_GPS,), (EXIF_GPS, COMMENT)
    )
    yield Made("png", "trailer-text", "Pillow, more behind", joined(base, lambda data: data + b"x"), (AFTER,), (AFTER,))


def _text(key: str, text: str, *, packed: bool) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text(key, text, zip=packed)
    return info


def _moving(path: Path) -> None:
    other = path.with_suffix(".apng")
    ffmpeg(*FILM, "-plays", "0", "-f", "apng")(other)
    other.rename(path)


def _of_a_photo(path: Path) -> None:
    photo = path.with_suffix(".jpg")
    tagged(convert(), "GPSLatitude=22.75", "GPSLatitudeRef=N")(photo)
    run("convert", photo, "+set", "date:create", "+set", "date:modify", "-define", "png:exclude-chunks=date,time", path)
    photo.unlink()


def mp3s() -> Iterator[Made]:
    """Sounds of phones and recorders."""
    bare = ("-map_metadata", "-1", "-id3v2_version", "0", "-write_xing", "0")
    for rate in (22050, 24000, 32000, 44100, 48000):
        for bits in ("32k", "64k", "128k"):
            made = ffmpeg(*TONE, "-ar", str(rate), "-b:a", bits, *bare)
            yield Made("mp3", f"lame-{rate}-{bits}", "FFmpeg, LAME, no tag", made)
    for quality in (0, 4, 9):
        made = ffmpeg(*TONE, "-q:a", str(quality), "-map_metadata", "-1", "-id3v2_version", "0")
        yield Made("mp3", f"lame-vbr-{quality}", "FFmpeg, LAME, variable rate", made)
    yield Made("mp3", "lame-stereo", "FFmpeg, LAME, stereo", ffmpeg(*TONE, "-ac", "2", *bare))
    for version in (3, 4):
        for key, text, flaws in (
            ("title", "a demo", ()), ("album", "a demo", ()), ("comment", "a demo", ()), ("date", "2026", ()),
            ("genre", "Speech", ()), ("artist", NAME, (ARTIST,)), ("album_artist", NAME, (ARTIST,)),
            ("composer", NAME, (ARTIST,)), ("copyright", NAME, (ARTIST,)), ("performer", NAME, (ARTIST,)),
            ("artist", "王小明（示範）", (ARTIST,)), ("Singer", NAME, (ARTIST,)),
        ):  # fmt: skip
            made = ffmpeg(*TONE, "-metadata", f"{key}={text}", "-id3v2_version", str(version), "-write_xing", "0")
            name = f"id3v2{version}-{key.lower()}-{len(text)}"
            yield Made("mp3", name, "FFmpeg, ID3v2", made, flaws, flaws or (TAGS,))
    base = ffmpeg(*TONE, "-b:a", "32k", *bare)
    for name, artist, flaws in (("title", b"", ()), ("artist", b"Wang", (ARTIST,))):
        tag = b"TAG" + b"a demo".ljust(30, b"\0") + artist.ljust(30, b"\0") + bytes(64) + b"\xff"
        made = joined(base, lambda data, tag=tag: data + tag)  # type: ignore[misc]
        yield Made("mp3", f"id3v1-{name}", "FFmpeg, an ID3v1 tag", made, flaws, flaws or (TAGS,))
    lyrics = b"LYRICSBEGININD0000200LYR00006a demo000035LYRICS200"
    for name, tail, flaws, cleaned in (
        ("lyrics", lyrics, (), (TAGS,)),
        ("lyrics-artist", b"LYRICSBEGINEAR00004Wang000023LYRICS200", (ARTIST,), (ARTIST,)),
        ("text", b"more than a tag", (AFTER,), (AFTER,)),
    ):  # fmt: skip
        made = followed(base, tail)
        yield Made("mp3", f"behind-{name}", "FFmpeg, with more behind", made, flaws, cleaned)
    yield Made("mp3", "two-tags", "FFmpeg, two ID3v2 tags", _two_tags, (), (TAGS,))


def _two_tags(path: Path) -> None:
    tag = b"ID3\3\0\0\0\0\0\x12TALB\0\0\0\7\0\0\0a demo\0"
    ffmpeg(*TONE, "-metadata", "title=a demo", "-id3v2_version", "3", "-write_xing", "0")(path)
    path.write_bytes(tag + path.read_bytes())


def mp4s() -> Iterator[Made]:
    """Films of phones, and sounds in their container."""
    h264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-threads", "1")
    bare = ("-map_metadata", "-1", "-map_chapters", "-1")
    both = (*FILM, *TONE)
    for name, source, options in (
        ("h264", FILM, h264), ("h264-aac", both, (*h264, "-c:a", "aac", "-shortest")), ("aac", TONE, ("-c:a", "aac")),
        ("mpeg4", FILM, ("-c:v", "mpeg4")), ("mjpeg", FILM, ("-c:v", "mjpeg")),
        ("faststart", both, (*h264, "-c:a", "aac", "-movflags", "+faststart")),
        ("fragmented", both, (*h264, "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov")),
        ("dash", FILM, (*h264, "-movflags", "+dash")), ("rate-30", FILM, (*h264, "-r", "30")),
        ("gray", FILM, ("-c:v", "libx264", "-pix_fmt", "gray", "-threads", "1")),
        ("444", FILM, ("-c:v", "libx264", "-pix_fmt", "yuv444p", "-threads", "1")),
        ("brand-mov", FILM, (*h264, "-f", "mov")), ("brand-3gp", FILM, ("-c:v", "mpeg4", "-f", "3gp")),
        ("brand-ipod", both, (*h264, "-c:a", "aac", "-f", "ipod")), ("mp3-inside", TONE, ("-c:a", "libmp3lame")),
        ("alac", TONE, ("-c:a", "alac")), ("ac3", TONE, ("-c:a", "ac3")),
        ("timecode", FILM, (*h264, "-timecode", "00:00:00:00")),
    ):  # fmt: skip
        made = ffmpeg(*source, *options, *bare)
        yield Made("mp4", f"ffmpeg-{name}", "FFmpeg", made, (), _described(name))
    for key, text, flaws in (
        ("title", "a demo", ()), ("comment", "a demo", ()), ("genre", "Speech", ()), ("date", "2026", ()),
        ("artist", NAME, (ARTIST,)), ("album_artist", NAME, (ARTIST,)), ("composer", NAME, (ARTIST,)),
        ("copyright", NAME, (ARTIST,)), ("artist", "王小明（示範）", (ARTIST,)),
        ("location", "+22.75+121.1/", (FILM_PLACE,)),
    ):  # fmt: skip
        made = ffmpeg(*FILM, *h264, "-metadata", f"{key}={text}")
        name = f"tags-{key}-{len(text)}"
        if key == "location":
            made = ffmpeg(*FILM, *h264, "-metadata", f"{key}={text}", "-f", "mov")
        yield Made("mp4", name, "FFmpeg, tags", made, flaws, (*flaws, TAGS))
    for key, text, flaws in (
        ("artist", NAME, (ARTIST,)), ("com.apple.quicktime.location.ISO6709", "+22.75+121.1/", (FILM_PLACE,)),
        ("com.apple.quicktime.author", NAME, (ARTIST,)), ("com.android.version", "14", ()),
    ):  # fmt: skip
        made = ffmpeg(*FILM, *h264, "-movflags", "use_metadata_tags", "-metadata", f"{key}={text}")
        yield Made(
            "mp4", f"keys-{key.rpartition('.')[2].lower()}", "FFmpeg, QuickTime keys", made, flaws, (*flaws, TAGS)
        )
    base = ffmpeg(*FILM, *h264, *bare)
    for name, tags, flaws in (
        ("xmp-creator", (f"XMP-dc:Creator={NAME}",), (XMP_NAME,)),
        ("gps", ("Keys:GPSCoordinates=22.75, 121.1, 0",), (FILM_PLACE,)),
        ("user-author", (f"UserData:Author={NAME}",), (ARTIST,)),
        ("item-title", ("ItemList:Title=a demo",), ()),
    ):  # fmt: skip
        yield Made("mp4", f"exiftool-{name}", "FFmpeg, ExifTool", tagged(base, *tags), flaws, (*flaws, TAGS))
    for name, tail, flaws, cleaned in (
        ("sefd", struct.pack(">I", 24) + b"sefd" + bytes(16), (), (TAGS,)),
        ("unknown", struct.pack(">I", 12) + b"evilmore", (AFTER,), (AFTER, TAGS)),
        ("room", struct.pack(">I", 16) + b"free" + bytes(8), (), (TAGS,)),
    ):  # fmt: skip
        made = followed(base, tail)
        yield Made("mp4", f"behind-{name}", "FFmpeg, with a box behind", made, flaws, cleaned)


def _described(name: str) -> tuple[str, ...]:
    """FFmpeg says of itself what it is, in a tag, unless it writes for another player."""
    return () if name in {"brand-mov", "brand-3gp"} else (TAGS,)


def main(names: list[str]) -> None:
    """Make everything, or what some manifests hold, and write the manifests."""
    for maker in (jpegs, pngs, mp3s, mp4s):
        entries: dict[str, dict[str, object]] = {}
        made = list(maker())
        if names and made[0].format not in names:
            continue
        folder = HERE / made[0].format
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with tempfile.TemporaryDirectory() as scratch:
            for each in made:
                name = f"{each.name}.{EXTENSION[each.format]}"
                assert name not in entries, name
                path = Path(scratch, name)
                each.make(path)
                shutil.move(path, folder / name)
                entries[name] = {
                    "made_with": each.made_with, "flaws": sorted(each.flaws), "cleaned": sorted(each.cleaned),
                    "everything": sorted(each.cleaned),
                }  # fmt: skip
        manifest = HERE / f"{made[0].format}.yaml"
        manifest.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=True), encoding="utf-8")
        sys.stdout.write(f"{made[0].format}: {len(made)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
