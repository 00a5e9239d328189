"""Pictures, sounds and films: who made them, where, and what they carry, in each place where it can stand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from licheng.sources.cleaning import clean
from tests.gate.corpus.registry import ACCEPTED, REFUSED, Ask, Refused, accepted, by, refused
from tests.gate.items import STUDENT, attachment, output
from tests.gate.scene import Scene
from tests.inspection import samples
from tests.inspection.samples import box, chunk, film, frames, image, photo, segment, tagged, tiff

XMP = b"http://ns.adobe.com/xap/1.0/\0"
PHOTO, DRAWING, SOUND = samples.jpeg(), samples.SOUND["png"](), frames()
PLACED = photo(samples.exif(gps=True))
TITLE = tagged((b"TIT2", b"\3demo")).removesuffix(SOUND)
LYRICS, EMPTY_TAG = b"LYRICSBEGININD0000200000021LYRICS200", b"ID3\3\0\0\0\0\0\0"
WANG = b"\0\4\x15\xc7Wang"
EDIT_LIST = box(b"edts", box(b"elst", struct.pack(">IIIII", 0, 1, 1_000, 0, 1 << 16)))
CUT = box(b"trak", EDIT_LIST + samples.track(b"vide", b"avc1")[8:])
PLAIN = (
    chunk(b"gAMA", struct.pack(">I", 45_455)),
    chunk(b"pHYs", struct.pack(">IIB", 3_780, 3_780, 1)),
    chunk(b"tIME", struct.pack(">HBBBBB", 2026, 11, 20, 8, 0, 0)),
    chunk(b"tEXt", b"Software\0demo"),
)

# name: the code, the file, what it holds
BAD = {
    "a_photo_with_its_place": ("ATT011", "photo.jpg", photo(samples.exif(gps=True))),
    "a_photo_with_its_place_behind_the_first_directory": (
        "ATT011", "photo.jpg", photo(segment(0xE1, b"Exif\0\0" + samples.second(gps=True))),
    ),
    "a_photo_with_its_place_in_small_letters": (
        "ATT011", "photo.jpg", photo(segment(0xE1, b"exif\0\0" + tiff(gps=True))),
    ),
    "a_photo_with_its_photographer_in_iptc": (
        "ATT010", "photo.jpg", photo(segment(0xED, samples.resource(b"\x1c\x02\x50\0\x04Wang"))),
    ),
    "a_photo_with_its_creator_in_xmp": ("ATT010", "photo.jpg", photo(segment(0xE1, XMP + samples.CREATOR))),
    "a_photo_with_a_preview": ("ATT012", "photo.jpg", photo(segment(0xE0, b"JFXX\0\x10" + PHOTO))),
    "a_photo_whose_preview_tells_the_place": (
        "ATT011", "photo.jpg", photo(segment(0xE1, b"Exif\0\0" + samples.thumbnail(photo(samples.exif(gps=True))))),
    ),
    "a_photo_with_another_behind_its_end": ("ATT012", "photo.jpg", PHOTO + PHOTO),
    "a_photo_with_a_trailer_that_names_its_owner": (
        "ATT012", "photo.jpg", PHOTO + samples.samsung(b"Owner_Name", b"Wang"),
    ),
    "a_photo_with_a_segment_that_nobody_knows": ("ATT012", "photo.jpg", photo(segment(0xE7, b"Wang"))),
    "a_drawing_with_two_authors_the_last_one_blank": (
        "ATT010", "drawing.png", image(chunk(b"tEXt", b"Author\0Wang"), chunk(b"tEXt", b"Author\0 ")),
    ),
    "a_drawing_with_two_places_the_last_one_empty": (
        "ATT011", "drawing.png", image(chunk(b"eXIf", tiff(gps=True)), chunk(b"eXIf", tiff())),
    ),
    "a_drawing_with_its_place_in_a_text": (
        "ATT011", "drawing.png", image(chunk(b"tEXt", b"exif:GPSLatitude\x0025/1, 2/1, 0/1")),
    ),
    "a_drawing_with_more_behind_its_end": ("ATT012", "drawing.png", DRAWING + b"Wang"),
    "a_sound_with_a_field_of_its_own": ("ATT010", "sound.mp3", tagged((b"TXXX", b"\3Singer\0Wang"))),
    "a_sound_with_its_composer": ("ATT010", "sound.mp3", tagged((b"TCOM", b"\3Wang"))),
    "a_sound_sorted_by_its_performer": ("ATT010", "sound.mp3", tagged((b"TSOP", b"\3Wang"))),
    "a_sound_with_its_artist_in_a_second_tag": ("ATT010", "sound.mp3", TITLE + tagged((b"TPE1", b"\3Wang"))),
    "a_sound_that_carries_a_file": ("ATT009", "sound.mp3", tagged((b"GEOB", b"\0application/zip\0x\0y\0data"))),
    "a_sound_with_its_cover_compressed": (
        "ATT012", "sound.mp3", tagged((b"APIC", bytes(4) + zlib.compress(samples.apic(PLACED))), flags=0x80),
    ),
    "a_sound_with_more_behind_its_cover": ("ATT012", "sound.mp3", tagged((b"APIC", samples.apic(PHOTO + PLACED)))),
    "a_film_with_its_place": ("ATT011", "film.mp4", film(box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+25.0+121.5/")))),
    "a_film_with_its_author": ("ATT010", "film.mp4", film(box(b"udta", box(b"auth", b"\0\0\0\0\x15\xc7Wang\0")))),
    "a_film_with_its_arranger": ("ATT010", "film.mp4", film(box(b"udta", box(b"\xa9arg", WANG)))),
    "a_film_with_a_track_of_places": ("ATT011", "film.mp4", film(CUT, samples.track(b"meta", b"gpmd"))),
    "a_film_with_a_track_that_nobody_knows": ("ATT012", "film.mp4", film(CUT, samples.track(b"meta", b"mett"))),
    "a_film_that_calls_itself_a_sound": ("ATT006", "sound.mp3", film()),
    "a_photo_that_calls_itself_a_drawing": ("ATT006", "drawing.png", PHOTO),
}  # fmt: skip
GOOD = {
    "a_photo_with_a_trailer_of_its_camera": ("photo.jpg", PHOTO + samples.samsung(b"Image_UTC_Data", b"1471234567890")),
    "a_photo_with_the_preview_of_its_camera": (
        "photo.jpg",
        photo(segment(0xE1, b"Exif\0\0" + samples.thumbnail(PHOTO))),
    ),
    "a_photo_with_fill_behind_its_end": ("photo.jpg", PHOTO + b"\xff" * 16),
    "a_drawing_of_plain_chunks": ("drawing.png", image(*PLAIN)),
    "a_sound_with_lyrics_of_nobody": ("sound.mp3", SOUND + LYRICS),
    "a_sound_with_two_empty_tags": ("sound.mp3", EMPTY_TAG * 2 + SOUND),
    "a_sound_with_its_cover": ("sound.mp3", tagged((b"APIC", samples.apic(PHOTO)))),
    "a_film_with_its_edit_list": ("film.mp4", film(CUT)),
}


def _brings(name: str, data: bytes) -> Callable[[Scene], Ask]:
    return lambda s: by(s, STUDENT, _item(name, data))


def _item(name: str, data: bytes) -> dict[str, bytes]:
    """A course output with one file, of the type that its name says."""
    kind = samples.TYPES[name.rpartition(".")[2]].media_type
    return output("running", files={name: data}, listed=attachment(name, data, kind))


for _case, (_code, _name, _data) in BAD.items():
    REFUSED[_case] = Refused(_code, _brings(_name, _data))
for _case, (_name, _data) in GOOD.items():
    ACCEPTED[_case] = _brings(_name, _data)


def _replaced(s: Scene, name: str, before: bytes, after: bytes) -> Ask:
    """Another file of the same name, in an item that is already there."""
    base = s.commit(_item(name, before), STUDENT)
    return Ask(s.commit(_item(name, after), STUDENT, parent=base), STUDENT, {"base": base})


@refused("ATT011")
def a_photo_replaced_by_one_with_its_place(s: Scene) -> Ask:
    return _replaced(s, "photo.jpg", PHOTO, photo(samples.exif(gps=True)))


@accepted
def a_photo_replaced_by_its_cleaned_copy(s: Scene) -> Ask:
    whole = photo(samples.exif(artist=b"Wang", gps=True), segment(0xE0, b"JFXX\0\x10" + PHOTO)) + b"more"
    copy, taken = clean(whole, samples.TYPES["jpg"], False)
    assert len(taken) == 4
    return _replaced(s, "photo.jpg", photo(segment(0xFE, b"demo")), copy)
