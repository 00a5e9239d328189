"""The ZIP of an exchange file as anybody may have made it: what is not plain is refused, and nothing is unpacked."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
import zlib

import pytest

from licheng.core.errors import UsageError
from licheng.exchange.packages import MOST_FILE, MOST_JSON, opened, packed

ENTRIES: list[dict[str, dict[str, str]]] = [{"基本資料": {}}]
JSON = json.dumps(ENTRIES, ensure_ascii=False).encode()


def archive(members: list[tuple[str | zipfile.ZipInfo, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as made:
        for name, data in members:
            made.writestr(name, data)
    return buffer.getvalue()


def case_of(data: bytes, password: bytes | None = None) -> str:
    with pytest.raises(UsageError) as raised:
        opened(data, password)
    assert raised.value.code == "APP260"
    return str(raised.value.values["case"])


def linked(target: str = "/etc/passwd") -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo("a/link.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def test_what_is_written_is_read_back_and_is_the_same_each_time() -> None:
    files = {"A1/課程學習成果/0001.pdf": b"work", "A1/多元表現/0001.png": b"proof"}
    data = packed("000000_1", ENTRIES, files)
    assert data == packed("000000_1", ENTRIES, dict(reversed(files.items())))
    read = opened(data, None)
    assert read.entries == ENTRIES
    assert {name: read.read(name) for name in files} == files
    assert read.read("A1/other") is None


@pytest.mark.parametrize(
    "name",
    [
        *("../a.pdf", "a/../../b.pdf", "/etc/passwd", "a//b.pdf", "./a.pdf", "C:/a.pdf", "a\\..\\b.pdf"),
        *("a/\u202egpj.pdf", "a/b\u200b.pdf", "a/b\x07.pdf", "..", "a/."),
    ],
)
def test_a_path_that_leads_elsewhere(name: str) -> None:
    assert case_of(archive([("a.json", JSON), (name, b"x")])) == "path"


def test_a_link_is_no_file() -> None:
    assert case_of(archive([("a.json", JSON), linked()])) == "link"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a/work.pdf", "a/WORK.pdf", "a/work.PDF"])
def test_one_name_twice(second: str) -> None:
    assert case_of(archive([("a.json", JSON), ("a/work.pdf", b"1"), (second, b"2")])) == "twice"


def test_one_name_in_two_normal_forms() -> None:
    assert case_of(archive([("a.json", JSON), ("a/\u00e9.pdf", b"1"), ("a/e\u0301.pdf", b"2")])) == "twice"


def test_a_bomb_ends_at_the_limit() -> None:
    """A JSON of zeros, and one whose directory lies about its size."""
    data = archive([("a.json", b" " * (MOST_JSON + 1))])
    assert len(data) < MOST_JSON // 500
    assert case_of(data) == "too-large"
    size = struct.pack("<L", MOST_JSON + 1)
    assert case_of(data.replace(size, struct.pack("<L", 10))) in {"too-large", "damaged"}
    read = opened(archive([("a.json", JSON), ("A1/0001.pdf", b"\0" * (MOST_FILE + 1))]), None)
    with pytest.raises(UsageError) as raised:
        read.read("A1/0001.pdf")
    assert raised.value.values["case"] == "too-large"


def test_more_than_a_disk_holds_is_not_even_begun() -> None:
    """Each member claims almost 4 GiB; what they claim together is over the limit."""
    data = archive([("a.json", JSON), ("a/1.pdf", b"1" * 77), ("a/2.pdf", b"1" * 77)])
    assert case_of(data.replace(struct.pack("<L", 77), struct.pack("<L", 0xFFFFFFF0))) == "too-large"


@pytest.mark.parametrize(
    ("members", "case"),
    [
        ([], "no-json"),
        ([("a.json", JSON), ("b.json", JSON)], "no-json"),
        ([("a/b/c.json", JSON)], "no-json"),
        ([("a.json", b"{}")], "not-json"),
        ([("a.json", b"[]")], "not-json"),
        ([("a.json", b"[1]")], "not-json"),
        ([("a.json", b'[{"a": 1, "a": 2}]')], "not-json"),
        ([("a.json", b'[{"a": NaN}]')], "not-json"),
        ([("a.json", b"[" * 200_000)], "not-json"),
        ([("a.json", b'[{"a": ' + b"9" * 5_000 + b"}]")], "not-json"),
        ([("a.json", "[{}]".encode("utf-16"))], "not-json"),
    ],
)
def test_a_package_without_one_list_of_students(members: list[tuple[str, bytes]], case: str) -> None:
    assert case_of(archive([*members])) == case


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + b"\0" * 18 + b"x" * 9])
def test_what_is_no_zip(data: bytes) -> None:
    assert case_of(data) in {"not-zip", "no-json"}


def test_a_broken_byte_is_noticed() -> None:
    data = archive([("a.json", JSON)], zipfile.ZIP_STORED)
    assert case_of(data.replace(JSON, JSON.replace(b"{}", b"[]"))) == "damaged"


def test_names_that_older_tools_wrote_in_big5() -> None:
    """Their bytes are cp950, and no flag says so."""
    name = "學生/課程學習成果/作品.pdf"
    raw = name.encode("cp950")
    plain = "x" * len(raw)
    data = archive([("a.json", JSON), (plain, b"work")]).replace(plain.encode(), raw)
    assert opened(data, None).read(name) == b"work"


def traditional(data: bytes, password: bytes) -> bytes:
    """A stored member as PKWARE's traditional encryption writes it (APPNOTE 6.1), which password ZIPs mostly are."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = zlib.crc32(bytes([byte]), keys[0] ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = zlib.crc32(bytes([keys[1] >> 24]), keys[2] ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    for byte in password:
        update(byte)
    sealed = bytearray()
    for byte in bytes(11) + bytes([zlib.crc32(data) >> 24]) + data:
        low = keys[2] | 2
        sealed.append(byte ^ (((low * (low ^ 1)) >> 8) & 0xFF))
        update(byte)
    return bytes(sealed)


def marked(data: bytes, *, flags: int = 0, method: int = 0, size: int = 0, crc: int = 0) -> bytes:
    """An archive of one stored member whose headers say something else."""
    changed, central = bytearray(data), data.index(b"PK\x01\x02")
    for start in (6, central + 8):
        struct.pack_into("<HH", changed, start, flags, method)
        if crc:
            struct.pack_into("<L", changed, start + 8, crc)
            struct.pack_into("<L", changed, start + 16, size)
    return bytes(changed)


def test_a_password_of_the_old_kind_opens_it_and_a_wrong_one_does_not() -> None:
    sealed = archive([("a.json", traditional(JSON, b"secret"))], zipfile.ZIP_STORED)
    data = marked(sealed, flags=1, size=len(JSON), crc=zlib.crc32(JSON))
    assert opened(data, b"secret").entries == ENTRIES
    assert case_of(data) == case_of(data, b"wrong") == "password"


def test_aes_is_told_apart() -> None:
    """WinZip's AES has a method of its own (99), which the standard library does not read."""
    data = marked(archive([("a.json", JSON)], zipfile.ZIP_STORED), flags=1, method=99)
    assert case_of(data, b"secret") == "aes"
