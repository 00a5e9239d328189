"""What the inspection finds in a file's bytes: one spoilt file for each flaw, beside the same file unspoilt."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from licheng.app.codes import BY_CODE
from licheng.core.inspection import ABSENT, ALTERED, Flaw
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.policy.attachments import FileType
from licheng.sources import confined
from licheng.sources.cleaning.harmless import REASONS as HARMLESS
from licheng.sources.cleaning.pdf import REASONS
from licheng.sources.inspection import inspect
from tests.inspection import samples as s

BOMB = s.zeros(300)  # expands beyond what a file may
PLACED = s.photo(s.exif(gps=True))
GIF = b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2L\1\0;"
APIC, TENC, TXXX, CHAP = b"APIC", b"TENC", b"TXXX", b"CHAP"
PACKED = len(PLACED).to_bytes(4, "big") + zlib.compress(s.apic(PLACED))
UNSYNCHRONISED = s.apic(PLACED).replace(b"\xff", b"\xff\0")
PLAIN_UNSYNCHRONISED = s.apic(s.jpeg()).replace(b"\xff", b"\xff\0")
TIMES = b"one\0" + bytes(16)
FLATE = b"/Filter /FlateDecode"
GOTO = b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"

FINE = {
    "pdf with an empty author": ("pdf", s.document(info=rb"/Author () /Title (HTML/JavaScript \(1\))")),
    "pdf with an author of a byte order mark": ("pdf", s.document(info=b"/Author (\xfe\xff) /Producer (x)")),
    "pdf that opens at a page": ("pdf", s.document(catalog=b"/OpenAction [3 0 R /XYZ null null 0]")),
    "pdf that opens at a page by an action": ("pdf", s.document(catalog=GOTO)),
    "pdf with a link": ("pdf", s.document(b"<< /S /URI /URI (https://example.invalid/) >>")),
    "pdf that speaks of scripts": ("pdf", s.document(s.stream(b"BT (HTML/JavaScript) Tj (/Launch) Tj ET"))),
    "pdf that speaks of scripts in an object stream": ("pdf", s.document(s.object_stream(b"<< /T (/JavaScript) >>"))),
    "pdf with a comment": ("pdf", s.document(b"<< >> % /JavaScript (")),
    "pdf with xmp that names nobody": ("pdf", s.document(s.stream(s.packet("<d:creator><rdf:Seq/></d:creator>")))),
    "pdf of two revisions": ("pdf", s.revised(s.document())),
    "pdf with a photo": ("pdf", s.document(s.stream(s.photo(s.exif(artist=b"   ")), packed=False))),
    "jpeg, progressive": ("jpg", s.jpeg(progressive=True)),
    "jpeg with a blank artist": ("jpg", s.photo(s.exif(artist=b"    \0   "))),
    "jpeg padded with zeros": ("jpg", s.jpeg() + bytes(16)),
    "jpeg with the preview of its camera": (
        "jpg",
        s.photo(s.segment(0xE1, b"Exif\0\0" + s.thumbnail(s.jpeg()))),
    ),
    "jpeg with a cut preview": ("jpg", s.photo(s.segment(0xE1, b"Exif\0\0" + s.thumbnail(s.jpeg()[:40])))),
    "mp4 with a field of itunes": (
        "mp4",
        s.film(s.box(b"udta", s.box(b"----", s.box(b"name", bytes(4) + b"iTunSMPB") + s.box(b"data", bytes(9))))),
    ),
    "mp4 with a track of an iphone": ("mp4", s.film(s.track(b"meta", b"mebx"))),
    "png with a comment": ("png", s.image(s.chunk(b"tEXt", b"Software\0demo"))),
    "png with a blank author": ("png", s.image(s.chunk(b"tEXt", b"Author\0 "))),
    "jpeg with fill bytes": ("jpg", s.jpeg().replace(b"\xff\xdb", b"\xff\xff\xff\xdb") + b"\xff\xff"),
    "jpeg with a trailer of its camera": ("jpg", s.jpeg() + s.samsung(b"Image_UTC_Data", b"1471234567890")),
    "jpeg with xmp in utf-16": (
        "jpg",
        s.photo(s.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + s.packet("").decode().encode("utf-16-be"))),
    ),
    "jpeg with xmp of an unbound prefix": (
        "jpg",
        s.photo(s.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x><xmp:Rating>5</xmp:Rating></x>")),
    ),
    "jpeg with a comment": ("jpg", s.photo(s.segment(0xFE, b"Lavc60.3"))),
    "png with a profile of colours": ("png", s.image(s.profile(b"icc", bytes(64)))),
    "mp3 with lyrics of nobody": ("mp3", s.frames() + b"LYRICSBEGININD0000200000021LYRICS200"),
    "mp3 with two tags": ("mp3", s.tagged((b"TIT2", b"\3x")).removesuffix(s.frames()) + s.tagged((b"TALB", b"\3y"))),
    "mp3 with loudness of ape": ("mp3", s.frames() + s.ape(b"REPLAYGAIN_TRACK_GAIN", b"-4 dB")),
    "mp3 with fields of programs": ("mp3", s.tagged((b"TXXX", b"\3major_brand\0isom"), (b"COMM", b"\0eng\0ok"))),
    "mp4 with a trailer of its camera": ("mp4", s.film(after=s.box(b"sefd", bytes(16)))),
    "mp4 with a title": ("mp4", s.film(s.box(b"udta", s.box(b"\xa9nam", b"\0\4\x15\xc7demo")))),
    "mp4 with the program's name in its room": ("mp4", s.film(s.box(b"free", b"IsoMedia File Produced with GPAC"))),
    "mp3 without a tag": ("mp3", s.frames()),
    "mp3 with a title": ("mp3", s.tagged((b"TIT2", b"\0title"), (b"TPE1", b"\1\xff\xfe\0\0"))),
    "mp3 with a cover": ("mp3", s.tagged((APIC, s.apic(s.jpeg())))),
    "mp3 with a cover of png": ("mp3", s.tagged((APIC, b"\1image/png\0\3\xff\xfe\0\0" + s.SOUND["png"]()))),
    "mp3 with a cover padded with zeros": ("mp3", s.tagged((APIC, s.apic(s.jpeg() + bytes(8))))),
    "mp3 with a cover, unsynchronised": ("mp3", s.tagged((APIC, PLAIN_UNSYNCHRONISED), version=4, flags=2)),
    "mp3 with a cover, its tag unsynchronised": ("mp3", s.tagged((APIC, PLAIN_UNSYNCHRONISED), version=4, of_tag=0x80)),
    "mp3 with a cover, wrongly called unsynchronised": ("mp3", s.tagged((APIC, s.apic(s.jpeg())), version=4, flags=2)),
    "mp3 with a cover behind its length": ("mp3", s.tagged((APIC, bytes(4) + s.apic(s.jpeg())), version=4, flags=1)),
    "mp3 with a blank artist in a group": ("mp3", s.tagged((b"TPE1", b"\7\3\0"), flags=0x20)),
    "mp3 with a cover of ape": ("mp3", s.frames() + s.ape(b"Cover Art (Front)", b"cover.jpg\0" + s.jpeg())),
    "mp3 with chapters": (
        "mp3",
        s.tagged((CHAP, TIMES + s.frame(b"TIT2", b"\3x")), (b"CTOC", b"all\0\3\1one\0" + s.frame(b"TIT2", b"\3x"))),
    ),
    "mp3 encoded by a program": ("mp3", s.tagged((TENC, b"\3iTunes 12.9.5"), (TXXX, b"\3encoder\0LAME"))),
    "mp3 with loudness": ("mp3", s.tagged((TXXX, b"\3REPLAYGAIN_TRACK_GAIN\0-4 dB"), (TXXX, b"\3Encoded\0demo"))),
    "mp4 with a cover": ("mp4", s.covered(s.jpeg())),
    "mp4 with an empty cover": ("mp4", s.covered(b"")),
    "mp4 with tables of samples": (
        "mp4",
        s.film(
            s.box(
                b"trak",
                s.box(b"mdia", s.box(b"minf", s.box(b"stbl", s.box(b"ctts", b"\0\0\0\0\0\0\0\1" * 2))))
                + s.track(b"vide", b"avc1")[8:],
            )
        ),
    ),
    "jpeg with a resource that nobody knows": ("jpg", s.photo(s.segment(0xED, s.resource(b"demo" * 9, 0x0BB7)))),
    "jpeg with colours of a chance by-line": (
        "jpg",
        s.photo(s.segment(0xED, s.resource(b"\x1c\x02\x50\0\4rgb!", 0x040F))),
    ),
    "mp4 with room": ("mp4", s.film(s.box(b"free", bytes(8)))),
}

SPOILT: dict[str, tuple[str, bytes, *tuple[str, ...]]] = {
    # Active content, plain and hidden in every way that a reader resolves.
    "pdf javascript": ("pdf", s.document(b"<< /S /JavaScript /JS (app.alert) >>"), "ATT009 javascript"),
    "pdf javascript in an escaped name": ("pdf", s.document(b"<< /S /J#61vaScr#69pt >>"), "ATT009 javascript"),
    "pdf only /JS": ("pdf", s.document(b"<< /JS 5 0 R >>"), "ATT009 javascript"),
    "pdf javascript in an object stream": (
        "pdf", s.document(s.object_stream(b"<< /S /JavaScript >>")), "ATT009 javascript"
    ),
    "pdf escaped in an object stream": ("pdf", s.document(s.object_stream(b"<< /#4aS (x) >>")), "ATT009 javascript"),
    "pdf javascript packed twice": (
        "pdf", s.document(s.stream(zlib.compress(b"<< /S /JavaScript >>"))), "ATT009 javascript"
    ),
    "pdf launch": ("pdf", s.document(b"<< /S /Launch /F (cmd.exe) >>"), "ATT009 launch"),
    "pdf opens a site": (
        "pdf", s.document(catalog=b"/OpenAction << /S /URI /URI (https://example.invalid/) >>"),
        "ATT009 automatic-action",
    ),
    "pdf additional actions": ("pdf", s.document(catalog=b"/AA << /WC 4 0 R >>"), "ATT009 automatic-action"),
    "pdf file inside": ("pdf", s.document(catalog=b"/Names << /EmbeddedFiles 4 0 R >>"), "ATT009 embedded-file"),
    "pdf film inside": ("pdf", s.document(b"<< /Subtype /RichMedia >>"), "ATT009 multimedia"),
    "pdf xfa": ("pdf", s.document(catalog=b"/AcroForm << /XFA 4 0 R >>"), "ATT009 form"),
    "pdf form that sends": ("pdf", s.document(b"<< /S /SubmitForm /F (https://example.invalid/) >>"), "ATT009 form"),
    "pdf object in a string": ("pdf", s.document(b"(\n9 0 obj << /S /JavaScript >> endobj\n)"), "ATT013 hidden-object"),
    "pdf object in a comment": ("pdf", s.document(b"<< >> % 9 0 obj << >>"), "ATT013 hidden-object"),
    "pdf object in a stream": (
        "pdf", s.document(s.stream(b"9 0 obj << /X 1 >> endobj", packed=False)), "ATT013 hidden-object"
    ),
    "pdf object stream of another filter": (
        "pdf", s.document(b"<< /Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode >>\nstream\n%b>\nendstream"
                          % b"9 0 << /JS 1 >>".hex().encode()), "ATT009 javascript"
    ),
    "pdf object stream with a predictor": (
        "pdf", s.document(s.stream(b"\x02" + b"9 0 << /JS (x) >>", b"/Type /ObjStm /N 1 /First 4 "
                                   b"/DecodeParms << /Predictor 12 /Columns 17 >>")), "ATT009 javascript"
    ),
    "pdf object stream of an unknown filter": (
        "pdf", s.document(b"<< /Type /ObjStm /N 1 /First 4 /Filter /Own >>\nstream\nxxxx\nendstream"),
        "ATT013 unknown-filter",
    ),
    "pdf object stream whose objects overlap": (
        "pdf", s.document(s.stream(b"9 8 8 0 << /JS (x) >>", b"/N 2 /First 8")), "ATT013 hidden-object"
    ),
    "pdf link to a program": ("pdf", s.document(b"<< /S /URI /URI (java\tscript:x) >>"), "ATT009 unsafe-link"),
    "pdf link into the local network": (
        "pdf", s.document(rb"<< /S /URI /URI (\\\\server\\x) >>"), "ATT009 unsafe-link"
    ),
    "pdf link by reference": ("pdf", s.document(b"<< /S /URI /URI 5 0 R >>", b"(file:///x)"), "ATT009 unsafe-link"),
    "pdf that opens another": ("pdf", s.document(b"<< /S /GoToR /F (x.pdf) >>"), "ATT009 remote-file"),
    "pdf stream of another file": (
        "pdf", s.document(b"<< /F (x.bin) /Length 0 >>\nstream\n\nendstream"), "ATT009 external-data"
    ),
    "pdf comment's author": (
        "pdf", s.document(b"<< /Type /Annot /Subtype /Highlight /T (Wang) /Contents (x) >>"), "ATT010 annotation-author"
    ),
    "pdf string without end": ("pdf", s.document(b"(open"), "ATT013 hidden-object"),
    "pdf encrypted": ("pdf", s.document(trailer=b"/Encrypt 4 0 R"), "ATT013 encrypted"),
    "mp3 file inside": ("mp3", s.tagged((b"GEOB", b"\0application/zip\0x\0y\0data")), "ATT009 embedded-file"),
    # Names; the text itself is in no flaw.
    "pdf author": ("pdf", s.document(info="/Author (王小明)".encode()), "ATT010 pdf-author"),
    "pdf author in hex": ("pdf", s.document(info=b"/Auth#6fr <FEFF738B>"), "ATT010 pdf-author"),
    "pdf author elsewhere": ("pdf", s.document(b"(Wang)", info=b"/Author 4 0 R"), "ATT010 pdf-author"),
    "pdf author of an earlier revision": (
        "pdf", s.revised(s.document(info=b"/Author (Wang)")), "ATT010 pdf-author"
    ),
    "pdf xmp creator": ("pdf", s.document(s.stream(s.CREATOR, b"/Type /Metadata")), "ATT010 xmp-name"),
    "pdf xmp creator, not packed": ("pdf", s.document(s.stream(s.CREATOR, packed=False)), "ATT010 xmp-name"),
    "pdf photo with an artist": (
        "pdf", s.document(s.stream(s.photo(s.exif(artist=b"Wang")), packed=False)), "ATT010 exif-name"
    ),
    "jpeg artist": ("jpg", s.photo(s.exif(artist=b"Wang Hsiao-ming")), "ATT010 exif-name"),
    "jpeg artist, big endian": ("jpg", s.photo(s.exif(artist=b"Wang Hsiao-ming", order=">")), "ATT010 exif-name"),
    "jpeg xmp creator": (
        "jpg", s.photo(s.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + s.CREATOR)), "ATT010 xmp-name"
    ),
    "jpeg by-line": (
        "jpg", s.photo(s.segment(0xED, b"Photoshop 3.0\x008BIM\x1c\x02\x50\x00\x04Wang")), "ATT010 iptc-name"
    ),
    "png author": ("png", s.image(s.chunk(b"tEXt", b"Author\0Wang")), "ATT010 png-name"),
    "png author, packed": (
        "png", s.image(s.chunk(b"zTXt", b"author\0\0" + zlib.compress(b"Wang"))), "ATT010 png-name"
    ),
    "png xmp creator": (
        "png", s.image(s.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + s.CREATOR)), "ATT010 xmp-name"
    ),
    "png exif artist": ("png", s.image(s.chunk(b"eXIf", s.tiff(artist=b"Wang Hsiao-ming"))), "ATT010 exif-name"),
    "mp3 artist": ("mp3", s.tagged((b"TPE1", b"\3Wang")), "ATT010 media-artist"),
    "mp3 artist, version 4": ("mp3", s.tagged((b"TPE1", b"\3" + b"W" * 200), version=4), "ATT010 media-artist"),
    "mp3 artist of ID3v1": ("mp3", s.frames() + b"TAG" + b"\0" * 30 + b"Wang".ljust(95, b"\0"), "ATT010 media-artist"),
    "mp4 artist": (
        "mp4",
        s.film(s.box(b"udta", s.box(b"meta", bytes(4) + s.box(b"ilst", s.box(
            b"\xa9ART", s.box(b"data", struct.pack(">II", 1, 0) + b"Wang")))))),
        "ATT010 media-artist",
    ),
    "mp4 quicktime author": ("mp4", s.film(s.box(b"keys", b"com.apple.quicktime.author")), "ATT010 media-artist"),
    # Places.
    "jpeg gps": ("jpg", s.photo(s.exif(gps=True)), "ATT011 exif-gps"),
    "jpeg gps, big endian": ("jpg", s.photo(s.exif(gps=True, order=">")), "ATT011 exif-gps"),
    "jpeg xmp gps": ("jpg", s.photo(s.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + s.PLACE)), "ATT011 xmp-gps"),
    "png exif gps": ("png", s.image(s.chunk(b"eXIf", s.tiff(gps=True))), "ATT011 exif-gps"),
    "pdf photo with gps": ("pdf", s.document(s.stream(s.photo(s.exif(gps=True)), packed=False)), "ATT011 exif-gps"),
    "mp3 cover with gps": (
        "mp3", s.tagged((b"APIC", b"\0image/jpeg\0\3\0" + s.photo(s.exif(gps=True)))), "ATT011 exif-gps"
    ),
    "mp4 place": ("mp4", s.film(s.box(b"udta", s.box(b"\xa9xyz", b"\0\x12\x15\xc7+25.0+121.5/"))), "ATT011 film-place"),
    "mp4 place of iphone": ("mp4", s.film(s.box(b"meta", s.box(
        b"hdlr", bytes(16)) + s.box(b"keys", b"com.apple.quicktime.location.ISO6709"))), "ATT011 film-place"),
    # Parts of a tag that only some readers unpack, and covers that are none, or more.
    "mp3 cover, compressed": ("mp3", s.tagged((APIC, PACKED), flags=0x80), "ATT012 unknown-part"),
    "mp3 cover, compressed, of version 4": (
        "mp3", s.tagged((APIC, PACKED), version=4, flags=0x09), "ATT012 unknown-part"
    ),
    "mp3 comment, encrypted": ("mp3", s.tagged((b"COMM", b"\x80" + bytes(9)), flags=0x40), "ATT012 unknown-part"),
    "mp3 comment, encrypted, of version 4": (
        "mp3", s.tagged((b"COMM", b"\x80" + bytes(9)), version=4, flags=0x04), "ATT012 unknown-part"
    ),
    "mp3 artist, compressed": ("mp3", s.tagged((b"TPE1", bytes(4) + zlib.compress(b"\3Wang")), flags=0x80),
                               "ATT012 unknown-part"),
    "mp3 file inside, compressed": ("mp3", s.tagged((b"GEOB", bytes(9)), flags=0x80), "ATT009 embedded-file"),
    "mp3 cover with gps, unsynchronised": (
        "mp3", s.tagged((APIC, UNSYNCHRONISED), version=4, flags=0x02), "ATT011 exif-gps"
    ),
    "mp3 cover with gps, its tag unsynchronised": (
        "mp3", s.tagged((APIC, UNSYNCHRONISED), version=4, of_tag=0x80), "ATT011 exif-gps"
    ),
    "mp3 cover with gps in a group": (
        "mp3", s.tagged((APIC, b"\7" + s.apic(PLACED)), flags=0x20), "ATT011 exif-gps"
    ),
    "mp3 cover with gps in a chapter": (
        "mp3", s.tagged((CHAP, TIMES + s.frame(APIC, s.apic(PLACED)))), "ATT011 exif-gps"
    ),
    "mp3 artist in a table of chapters": (
        "mp3", s.tagged((b"CTOC", b"all\0\3\1one\0" + s.frame(b"TPE1", b"\3Wang"))), "ATT010 media-artist"
    ),
    "mp3 chapter in a chapter": (
        "mp3", s.tagged((CHAP, TIMES + s.frame(CHAP, TIMES + s.frame(b"TPE1", b"\3Wang")))), "ATT012 unknown-part"
    ),
    "mp3 cover of gif": ("mp3", s.tagged((APIC, s.apic(GIF))), "ATT012 unknown-part"),
    "mp3 cover elsewhere": ("mp3", s.tagged((APIC, b"\0-->\0\3\0https://example.invalid/")), "ATT012 unknown-part"),
    "mp3 cover cut": ("mp3", s.tagged((APIC, s.apic(s.jpeg()[:-2]))), "ATT012 unknown-part"),
    "mp3 cover that does not decode": (
        "mp3", s.tagged((APIC, s.apic(s.jpeg().replace(b"\xff\xdb", b"\xff\xfe")))), "ATT012 unknown-part"
    ),
    "mp3 cover behind another file": ("mp3", s.tagged((APIC, s.apic(bytes(600) + s.jpeg()))), "ATT012 unknown-part"),
    "mp3 cover and another": ("mp3", s.tagged((APIC, s.apic(s.jpeg() + PLACED))), "ATT012 after-the-end"),
    "mp3 cover of png and more": (
        "mp3", s.tagged((APIC, s.apic(s.SOUND["png"]() + b"Wang"))), "ATT012 after-the-end"
    ),
    "mp3 cover of ape and more": (
        "mp3", s.frames() + s.ape(b"Cover Art (Front)", b"x\0" + s.jpeg() + b"Wang"), "ATT012 after-the-end"
    ),
    "mp3 cover of ape, of gif": ("mp3", s.frames() + s.ape(b"COVER ART (BACK)", b"x\0" + GIF), "ATT012 unknown-part"),
    "mp4 cover of gif": ("mp4", s.covered(GIF), "ATT012 unknown-part"),
    "mp4 cover and more": ("mp4", s.covered(s.jpeg() + b"Wang"), "ATT012 after-the-end"),
    "mp4 cover cut": ("mp4", s.covered(s.jpeg()[:-2]), "ATT012 unknown-part"),
    "mp4 cover without its box": ("mp4", s.film(s.box(b"udta", s.box(b"covr", s.jpeg()))), "ATT012 unknown-part"),
    "mp4 cover beside what nobody knows": (
        "mp4", s.film(s.box(b"udta", s.box(b"covr", s.box(b"evil", b"Wang")))), "ATT012 unknown-part"
    ),
    "mp4, its preview and more": (
        "mp4", s.film(s.box(b"udta", s.box(b"thmb", bytes(4) + s.jpeg() + b"Wang"))), "ATT012 after-the-end"
    ),
    "png authors": ("png", s.image(s.chunk(b"tEXt", b"Authors\0Wang")), "ATT010 png-name"),
    "png copyright notice": ("png", s.image(s.chunk(b"tEXt", b"Copyright Notice\0Wang")), "ATT010 png-name"),
    "png owner of the camera": ("png", s.image(s.chunk(b"tEXt", b"exif:CameraOwnerName\0Wang")), "ATT010 png-name"),
    "mp3 person behind the word of a usual field": (
        "mp3", s.tagged((TXXX, b"\3encoded_by_person\0Wang")), "ATT010 media-artist"
    ),
    "mp3 person in a usual field of two words": (
        "mp3", s.tagged((TXXX, b"\3Title Singer\0Wang")), "ATT010 media-artist"
    ),
    "mp3 encoded by a person": ("mp3", s.tagged((TENC, b"\3Wang")), "ATT010 media-artist"),
    "mp3 encoded by a program and a person": ("mp3", s.tagged((TENC, b"\3iTunes 12 Wang")), "ATT010 media-artist"),
    "mp4 table of samples that nobody knows": (
        "mp4", s.film(s.box(b"trak", s.box(b"mdia", s.box(b"minf", s.box(b"stbl", s.box(b"text", b"Wang"))))
                            + s.track(b"vide", b"avc1")[8:])), "ATT012 unknown-part",
    ),
    "mp4 table of samples outside of them": (
        "mp4", s.film(s.box(b"udta", s.box(b"stts", b"Wang"))), "ATT012 unknown-part"
    ),
    "jpeg gps in a resource that nobody knows": (
        "jpg", s.photo(s.segment(0xED, s.resource(b"demo" + s.tiff(gps=True), 0x0BB7))), "ATT011 exif-gps"
    ),
    "jpeg artist in a resource that nobody knows, big endian": (
        "jpg", s.photo(s.segment(0xED, s.resource(b"Exif\0\0" + s.tiff(artist=b"Wang Hsiao", order=">"), 4_000))),
        "ATT010 exif-name",
    ),
    "jpeg by-line in a resource that nobody knows": (
        "jpg", s.photo(s.segment(0xED, s.resource(b"demo\x1c\x02\x50\0\4Wang", 0x0BB7))), "ATT010 iptc-name"
    ),
    "jpeg creator in a resource that nobody knows": (
        "jpg", s.photo(s.segment(0xED, s.resource(b"demo" + s.CREATOR, 0x0BB7))), "ATT010 xmp-name"
    ),
    "jpeg gps in the photo of a resource that nobody knows": (
        "jpg", s.photo(s.segment(0xED, s.resource(PLACED, 0x0BB7))), "ATT011 exif-gps"
    ),
    "jpeg gps in a profile of colours": (
        "jpg", s.photo(s.segment(0xED, s.resource(s.tiff(gps=True), 0x040F))), "ATT011 exif-gps"
    ),
    "jpeg of many blocks in a resource": (
        "jpg", s.photo(s.segment(0xED, s.resource(b"II*\0" * 17, 0x0BB7))), "ATT013 too-many-parts"
    ),
    "png gps in a resource that nobody knows": (
        "png", s.image(s.profile(b"8bim", s.resource(s.tiff(gps=True), 0x0BB7))), "ATT011 exif-gps"
    ),
    # Other data inside.
    "pdf and zip": ("pdf", s.document() + s.archive(), "ATT012 after-the-end", "ATT012 zip-inside"),
    "pdf and zip, in its comment": (
        "pdf", s.document() + s.archive()[:-2] + struct.pack("<H", 6) + b"%%EOF\n",
        "ATT012 between-objects", "ATT012 zip-inside",
    ),
    "pdf and zip, whose time opens a text": (
        "pdf", s.document() + s.archive(seconds=16)[:-2] + struct.pack("<H", 6) + b"%%EOF\n",
        "ATT012 zip-inside", "ATT013 hidden-object",
    ),
    "pdf, then text": ("pdf", s.document() + b"more", "ATT012 after-the-end"),
    "pdf, text between objects": (
        "pdf", s.document().replace(b"endobj\n3 0", b"endobj\nRar! data\n3 0"), "ATT012 between-objects"
    ),
    "pdf and page": ("pdf", s.document().replace(b"%\xe2", b"%<html >\xe2", 1), "ATT012 page-inside"),
    "png and zip": ("png", s.SOUND["png"]() + s.archive(), "ATT012 after-the-end", "ATT012 zip-inside"),
    "png, one byte more": ("png", s.SOUND["png"]() + b"\0", "ATT012 after-the-end"),
    "png and page": ("png", s.image(s.chunk(b"tEXt", b"Comment\0<script >")), "ATT012 page-inside"),
    "png with pdf": ("png", s.image(s.chunk(b"tEXt", b"Comment\0%PDF-1.4")), "ATT012 pdf-inside"),
    "png, more behind the packed picture": (
        "png", s.bare_png(8, 1, zlib.compress(b"\0\xff") + b"secret"), "ATT012 after-the-end"
    ),
    "jpeg, more after its end": ("jpg", s.jpeg() + b"more", "ATT012 after-the-end"),
    "jpeg and film": ("jpg", s.jpeg() + s.film(), "ATT012 after-the-end"),
    "jpeg and php": ("jpg", s.photo(s.segment(0xFE, b"<?php evil()")), "ATT012 page-inside"),
    "mp3, more after its end": ("mp3", s.frames() + b"more", "ATT012 after-the-end"),
    "mp3 and zip": ("mp3", s.frames() + s.archive(), "ATT012 after-the-end", "ATT012 zip-inside"),
    "jpeg preview of jpeg": ("jpg", s.photo(s.segment(0xE0, b"JFXX\0\x10" + s.jpeg())), "ATT012 thumbnail"),
    "jpeg preview of a palette": (
        "jpg", s.photo(s.segment(0xE0, b"JFXX\0\x11\1\1" + bytes(768) + b"\0")), "ATT012 thumbnail"
    ),
    "jpeg preview of colours": ("jpg", s.photo(s.segment(0xE0, b"JFXX\0\x13\1\1abc")), "ATT012 thumbnail"),
    "jpeg preview within its head": (
        "jpg", s.jpeg()[:2] + s.segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1abc") + s.jpeg()[20:], "ATT012 thumbnail"
    ),
    "jpeg, more behind its head": (
        "jpg", s.jpeg()[:2] + s.segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0Wang") + s.jpeg()[20:], "ATT012 thumbnail"
    ),
    "pdf photo with a preview": (
        "pdf", s.document(s.stream(s.photo(s.segment(0xE0, b"JFXX\0\x10" + s.jpeg())),
                                   b"/Type /XObject /Subtype /Image /Filter /DCTDecode", packed=False)),
        "ATT012 thumbnail",
    ),
    "png artist of a photo": ("png", s.image(s.chunk(b"tEXt", b"exif:Artist\0Wang")), "ATT010 png-name"),
    "png creator with a prefix": ("png", s.image(s.chunk(b"tEXt", b"dc:creator\0Wang")), "ATT010 png-name"),
    "png place of a photo": ("png", s.image(s.chunk(b"tEXt", b"exif:GPSLongitude\x00121/1")), "ATT011 exif-gps"),
    "png place in a packed text": (
        "png", s.image(s.chunk(b"zTXt", b"GPSLatitude\0\0" + zlib.compress(b"25/1"))), "ATT011 exif-gps"
    ),
    "mp3 performer to sort by": ("mp3", s.tagged((b"TSOP", b"\3Wang")), "ATT010 media-artist"),
    "mp3 performer to sort by, of version 3": ("mp3", s.tagged((b"XSOP", b"\3Wang")), "ATT010 media-artist"),
    "mp3 composer to sort by": ("mp3", s.tagged((b"TSOC", b"\3Wang")), "ATT010 media-artist"),
    "mp3 publisher": ("mp3", s.tagged((b"TPUB", b"\3Wang")), "ATT010 media-artist"),
    "mp4 arranger": ("mp4", s.film(s.box(b"udta", s.box(b"\xa9arg", b"\0\4\x15\xc7Wang"))), "ATT010 media-artist"),
    "mp4 songwriter": ("mp4", s.film(s.box(b"udta", s.box(b"\xa9swf", b"\0\4\x15\xc7Wang"))), "ATT010 media-artist"),
    "jpeg gps in the preview of its exif": (
        "jpg", s.photo(s.segment(0xE1, b"Exif\0\0" + s.thumbnail(s.photo(s.exif(gps=True))))), "ATT011 exif-gps"
    ),
    "jpeg artist in the preview of its exif, behind another": (
        "jpg", s.photo(s.segment(0xE1, b"Exif\0\0" + s.thumbnail(b"\xff\xd8\xff" + s.photo(s.exif(artist=b"Wang"))))),
        "ATT010 exif-name",
    ),
    "jpeg gps in the preview of photoshop": (
        "jpg", s.photo(s.segment(0xED, s.resource(bytes(28) + s.photo(s.exif(gps=True)), 0x040C))), "ATT011 exif-gps"
    ),
    "jpeg of many previews": (
        "jpg", s.photo(s.segment(0xE1, b"Exif\0\0" + s.thumbnail(b"\xff\xd8\xff" * 17))), "ATT013 too-many-parts"
    ),
    "png gps in the preview of its exif": (
        "png", s.image(s.chunk(b"eXIf", s.thumbnail(s.photo(s.exif(gps=True))))), "ATT011 exif-gps"
    ),
    "png gps in the preview of a profile": (
        "png", s.image(s.profile(b"8bim", s.resource(bytes(28) + s.photo(s.exif(gps=True)), 0x040C))), "ATT011 exif-gps"
    ),
    "mp4 track of places behind the words of another": (
        "mp4", s.film(s.box(b"trak", s.box(b"free", b"stsd" + b"x" * 12 + b"mebx") + s.track(b"meta", b"gpmd")[8:])),
        "ATT011 film-place",
    ),
    "mp4 track of what nobody knows behind another's handler": (
        "mp4", s.film(s.box(b"trak", s.box(b"udta", s.box(b"hdlr", bytes(8) + b"vide" + bytes(12)))
                            + s.track(b"meta", b"mett")[8:])), "ATT012 unknown-part",
    ),
    "mp4 field of its own that speaks of a usual one": (
        "mp4", s.film(s.box(b"udta", s.box(b"----", s.box(b"name", bytes(4) + b"Singer")
                                           + s.box(b"data", bytes(8) + b"Wang iTunSMPB")))), "ATT012 unknown-part",
    ),
    "mp4 artist in a tag of sounds": (
        "mp4", s.film(s.box(b"meta", bytes(4) + s.box(b"ID32", bytes(6) + s.tagged((b"TPE1", b"\3Wang"))))),
        "ATT010 media-artist",
    ),
    "mp4 gps in its preview": (
        "mp4", s.film(s.box(b"udta", s.box(b"thmb", bytes(4) + s.photo(s.exif(gps=True))))), "ATT011 exif-gps"
    ),
    "jpeg, a part that nobody knows": ("jpg", s.photo(s.segment(0xE7, b"private")), "ATT012 unknown-part"),
    "jpeg gps in a block of small letters": (
        "jpg", s.photo(s.segment(0xE1, b"exif\0\0" + s.tiff(gps=True))), "ATT011 exif-gps"
    ),
    "jpeg gps behind the main directory": (
        "jpg", s.photo(s.segment(0xE1, b"Exif\0\0" + s.second(gps=True))), "ATT011 exif-gps"
    ),
    "jpeg by-line of an extended length": (
        "jpg", s.photo(s.segment(0xED, s.resource(b"\x1c\x02\x50\x80\x04\0\0\0\x04Wang"))), "ATT010 iptc-name"
    ),
    "jpeg city": ("jpg", s.photo(s.segment(0xED, s.resource(b"\x1c\x02\x5a\0\x07Taitung"))), "ATT011 iptc-place"),
    "jpeg xmp creator in utf-16": (
        "jpg", s.photo(s.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + s.CREATOR.decode().encode("utf-16"))),
        "ATT010 xmp-name",
    ),
    "jpeg and a trailer of a name": ("jpg", s.jpeg() + s.samsung(b"Owner_Name", b"Wang"), "ATT012 after-the-end"),
    "png author twice, the last one blank": (
        "png", s.image(s.chunk(b"tEXt", b"Author\0Wang"), s.chunk(b"tEXt", b"Author\0 ")), "ATT010 png-name"
    ),
    "png exif twice, the last one empty": (
        "png", s.image(s.chunk(b"eXIf", s.tiff(gps=True)), s.chunk(b"eXIf", s.tiff())), "ATT011 exif-gps"
    ),
    "png profile of another format": (
        "png", s.image(s.profile(b"APP1", b"Exif\0\0" + s.tiff(gps=True))), "ATT011 exif-gps"
    ),
    "png profile of xmp": ("png", s.image(s.profile(b"xmp", s.CREATOR)), "ATT010 xmp-name"),
    "png profile of iptc": (
        "png", s.image(s.profile(b"iptc", s.resource(b"\x1c\x02\x50\0\x04Wang"))), "ATT010 iptc-name"
    ),
    "png, a part that nobody knows": ("png", s.image(s.chunk(b"prVt", b"data")), "ATT012 unknown-part"),
    "mp3 composer": ("mp3", s.tagged((b"TCOM", b"\3Wang")), "ATT010 media-artist"),
    "mp3 field of its own": ("mp3", s.tagged((b"TXXX", b"\3Singer\0Wang")), "ATT010 media-artist"),
    "mp3 artist in the second tag": (
        "mp3", s.tagged((b"TIT2", b"\3x")).removesuffix(s.frames()) + s.tagged((b"TPE1", b"\3Wang")),
        "ATT010 media-artist",
    ),
    "mp3 artist in lyrics": (
        "mp3", s.frames() + b"LYRICSBEGINEAR00004Wang000023LYRICS200", "ATT010 media-artist"
    ),
    "mp3 artist of ape": ("mp3", s.frames() + s.ape(b"Composer", b"Wang"), "ATT010 media-artist"),
    "mp3, a frame that nobody knows": ("mp3", s.tagged((b"ZZZZ", b"data")), "ATT012 unknown-part"),
    "mp4 composer": ("mp4", s.film(s.box(b"udta", s.box(b"\xa9wrt", b"\0\4\x15\xc7Wang"))), "ATT010 media-artist"),
    "mp4, a part that nobody knows": ("mp4", s.film(s.box(b"udta", s.box(b"evil", b"data"))), "ATT012 unknown-part"),
    "mp4, something in its room": ("mp4", s.film(s.box(b"free", bytes(range(256)))), "ATT012 unknown-part"),
    "mp4 track of places": ("mp4", s.film(s.track(b"meta", b"gpmd")), "ATT011 film-place"),
    "mp4 track of what nobody knows": ("mp4", s.film(s.track(b"data", b"priv")), "ATT012 unknown-part"),
    "mp4, unknown box": ("mp4", s.film(after=s.box(b"evil", b"data")), "ATT012 after-the-end"),
    # What cannot be read to its end.
    "pdf cut": ("pdf", s.document(b"<< >>")[:-40], "ATT013 truncated"),
    "pdf cut in a stream": ("pdf", s.document(s.stream(b"x")).replace(b"endstream", b""), "ATT013 truncated"),
    "pdf of no page": ("pdf", s.document().replace(b"/Kids [3 0 R]", b"/Kids [     ]"), "ATT013 no-page"),
    "pdf of nothing": ("pdf", b"%PDF-1.4\n% invented\n%%EOF\n", "ATT013 broken"),
    "pdf page tree in a circle": ("pdf", s.document().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"), "ATT013 broken"),
    "pdf xmp with entities": (
        "pdf", s.document(s.stream(b'<!DOCTYPE x [<!ENTITY a "b">]>' + s.CREATOR)), "ATT013 broken-metadata"
    ),
    "pdf bomb": ("pdf", s.document(s.stream(BOMB, FLATE, packed=False)), "ATT013 expands-too-far"),
    "pdf bomb in parts": (
        "pdf", s.document(*[s.stream(s.zeros(90), FLATE, packed=False)] * 3), "ATT013 expands-too-far"
    ),
    "pdf packed again and again": (
        "pdf", s.document(s.stream(zlib.compress(zlib.compress(zlib.compress(b"x"))))), "ATT013 expands-too-far"
    ),
    "jpeg cut": ("jpg", s.jpeg()[:-2], "ATT013 truncated"),
    "jpeg without its tables": ("jpg", s.jpeg().replace(b"\xff\xdb", b"\xff\xfe"), "ATT013 broken"),
    "jpeg of many scans": ("jpg", s.jpeg()[:-2] + s.segment(0xDA, b"\1\1\0\0\x3f\0") * 500_000 + b"\xff\xd9",
                           "ATT013 too-many-scans"),
    "png cut": ("png", s.SOUND["png"]()[:-12], "ATT013 truncated"),
    "png, its data cut": ("png", s.bare_png(64, 64, zlib.compress(b"\0" * 18)), "ATT013 truncated"),
    "png, one bit flipped": ("png", s.SOUND["png"]().replace(b"sample", b"samplf"), "ATT013 broken"),
    "png of two heads": ("png", s.image(s.SOUND["png"]()[8:33]), "ATT013 broken"),
    "png bomb": ("png", s.bare_png(60_000, 60_000, BOMB), "ATT013 too-many-pixels"),
    "png text bomb": ("png", s.image(s.chunk(b"zTXt", b"Comment\0\0" + BOMB)), "ATT013 expands-too-far"),
    "mp3 cut": ("mp3", s.frames()[:-1], "ATT013 truncated"),
    "mp3 of a tag alone": ("mp3", b"ID3\3\0\0\0\0\0\0", "ATT013 broken"),
    "mp3, its tag cut": ("mp3", b"ID3\3\0\0\0\0\x7f\x7f" + s.frames(), "ATT013 truncated"),
    "mp3, its tag broken": ("mp3", s.tagged((b"TIT2", b"x")).replace(b"TIT2\0\0\0\1", b"TIT2\0\0\1\1"),
                            "ATT013 broken-metadata"),
    "mp4 cut": ("mp4", s.film()[:-1], "ATT013 truncated"),
    "mp4 without a film": ("mp4", s.box(b"ftyp", b"isom"), "ATT013 truncated"),
    "mp4 of boxes in boxes": ("mp4", s.film(b"".join(
        struct.pack(">I", 8 * (40 - depth)) + b"udta" for depth in range(40))), "ATT013 too-many-parts"),
}  # fmt: skip


def shown(kind: str, data: bytes) -> list[str]:
    return [f"{flaw.code} {flaw.reason}" for flaw in inspect(data, s.TYPES[kind])]


@pytest.mark.parametrize("kind", sorted(s.SOUND))
def test_the_demo_files_are_fine(kind: str) -> None:
    assert shown(kind, s.SOUND[kind]()) == []


@pytest.mark.parametrize("name", FINE)
def test_fine(name: str) -> None:
    assert shown(*FINE[name]) == []


@pytest.mark.parametrize("name", SPOILT)
def test_spoilt(name: str) -> None:
    kind, data, *expected = SPOILT[name]
    assert shown(kind, data) == expected


def test_several_flaws_are_all_told() -> None:
    data = s.photo(s.exif(artist=b"Wang Hsiao-ming", gps=True)) + b"more"
    assert shown("jpg", data) == ["ATT010 exif-name", "ATT011 exif-gps", "ATT012 after-the-end"]


def test_a_type_that_nobody_can_inspect_is_refused() -> None:
    unknown = FileType("text/plain", ("txt",), ((0, b""),), 1 << 20)
    assert inspect(b"harmless", unknown) == (Flaw("ATT013", "no-inspector"),)


def test_pillow_made_metadata_is_found_too() -> None:
    """Written by another hand than this file's own."""
    found = Image.Exif()
    found[0x013B] = "Wang"
    found.get_ifd(0x8825)[2] = (25.0, 2.0, 30.0)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=found)
    assert shown("jpg", out.getvalue()) == ["ATT010 exif-name", "ATT011 exif-gps"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: str) -> None:
    reasons = {flaw.rpartition(" ")[2] for _, _, *flaws in SPOILT.values() for flaw in flaws}
    reasons |= {"no-inspector", "object-absent", "object-altered"} | confined.REASONS | REASONS | HARMLESS
    labels = catalog(language).data["labels"]["inside"]
    assert set(labels) == reasons, "each has a test, and words"
    assert {ABSENT, ALTERED} <= set(BY_CODE)


# Any bytes at all: never an exception, always the same verdict. How long it may take is bounded by counts, which the
# bombs above meet; Hypothesis would stop at an example that hangs.


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of some format, cut, spliced and flipped; checksums of PNG chunks are not mended."""
    kind = draw(st.sampled_from(sorted(s.SOUND)))
    spoilt = [data for of, data, *_ in SPOILT.values() if of == kind and len(data) < 5_000]
    data = bytearray(draw(st.sampled_from([s.SOUND[kind](), *spoilt])))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 12))
        data[at : at + length] = draw(st.binary(max_size=12))
    return kind, bytes(data)


@given(mutated())
def test_mutated_files_never_crash_it(case: tuple[str, bytes]) -> None:
    kind, data = case
    assert shown(kind, data) == shown(kind, data)


@given(st.sampled_from(sorted(s.SOUND)), st.binary(max_size=2_000))
def test_random_bytes_never_pass(kind: str, data: bytes) -> None:
    assert shown(kind, data)


@given(st.binary(max_size=500), st.sampled_from([b"/JavaScript", b"/Launch", b"/EmbeddedFile"]))
def test_bytes_around_an_active_object_never_hide_it(noise: bytes, name: bytes) -> None:
    """Whatever stands before it in a stream of its own: found, or the file is refused."""
    noisy = s.document(s.stream(noise, packed=False), b"<< /S %b >>" % name)
    assert shown("pdf", noisy)
