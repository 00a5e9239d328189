"""Uploads: whatever somebody sends, it is a clean copy on the disk, or refused under limits with nothing left."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licheng.core.errors import LichengError, UsageError
from licheng.core.term import Term
from licheng.platform import uploads as module
from licheng.platform.uploads import KEPT, MOST_UPLOADS, Uploads
from licheng.policy.attachments import FileType, allowed_types
from licheng.sources.reading import read_school
from tests.inspection import samples
from tests.platform.visitors import OURS, Visitor
from tests.trees import base

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
WHO = "s1139901"
PHONE = samples.photo(samples.exif(artist=b"Invented Author", gps=True))


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def uploads(tmp_path: Path, clock: Clock) -> Uploads:
    return Uploads(tmp_path / "uploads", clock)


@pytest.fixture(scope="module")
def types() -> tuple[FileType, ...]:
    school, _ = read_school(base(), NOW.date(), students=frozenset())
    return allowed_types(school.agency, Term(115, 1), 113)


def left(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]


def refused(uploads: Uploads, types: tuple[FileType, ...], name: str, data: bytes, declared: str = "") -> str:
    with pytest.raises(LichengError) as error:
        uploads.take(WHO, name, [data], types, declared)
    return error.value.code


def test_a_clean_copy_is_kept_and_the_original_is_not(
    uploads: Uploads, types: tuple[FileType, ...], tmp_path: Path
) -> None:
    digest = hashlib.sha256(PHONE).hexdigest()
    upload = uploads.take(WHO, "C:\\照片\\海邊.jpg", [PHONE[:100], PHONE[100:]], types, digest)
    assert (upload.original, upload.received) == ("海邊.jpg", digest)
    assert upload.taken
    data = uploads.file(WHO, upload.id).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (upload.size, upload.sha256)
    assert b"Invented" not in b"".join(path.read_bytes() for path in left(tmp_path))
    assert uploads.read(WHO, upload.id) == upload
    assert {path.stat().st_mode & 0o77 for path in (tmp_path / "uploads").rglob("*")} == {0}


def _zipped() -> bytes:
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"\0" * (64 << 20))
    return many.getvalue()


# Small files that are large when they are opened, or are not what they say; made when they are sent.
BOMBS: dict[str, Callable[[], bytes]] = {
    "bomb.zip": _zipped,
    "bomb.pdf": _zipped,
    "bomb.png": lambda: samples.bare_png(60_000, 60_000, samples.zeros(8)),
    "deep.png": lambda: samples.bare_png(20_000, 10_000, samples.zeros(200)),
    "deep.pdf": lambda: samples.document(samples.stream(samples.zeros(300), b"/Filter /FlateDecode", packed=False)),
    "page.pdf": lambda: b"<html><script>alert(1)</script>",
    "half.jpg": lambda: PHONE[: len(PHONE) // 2],
    "empty.pdf": lambda: b"",
    "photo.jpg.exe": lambda: PHONE,
    "photo": lambda: PHONE,
}


@pytest.mark.hostile("upload")
@pytest.mark.parametrize("name", BOMBS)
def test_what_is_not_what_it_says_or_too_much_inside_is_refused(
    uploads: Uploads, types: tuple[FileType, ...], tmp_path: Path, name: str
) -> None:
    assert refused(uploads, types, name, BOMBS[name]()) in {"APP012", "APP066"}
    assert left(tmp_path) == []


@pytest.mark.hostile("upload")
def test_a_body_without_end_is_cut_off_at_the_limit(
    uploads: Uploads, types: tuple[FileType, ...], tmp_path: Path
) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1 << 16
            yield b"\0" * (1 << 16)

    with pytest.raises(UsageError) as error:
        uploads.take(WHO, "x.pdf", endless(), types)
    assert error.value.code == "APP343"
    assert read <= max(kind.max_bytes for kind in types) + (1 << 17)
    assert left(tmp_path) == []


@pytest.mark.hostile("upload")
def test_more_than_wait_at_most_are_refused(uploads: Uploads, types: tuple[FileType, ...]) -> None:
    small = samples.photo()
    ids = [uploads.take(WHO, f"{number}.jpg", [small], types).id for number in range(MOST_UPLOADS)]
    assert refused(uploads, types, "more.jpg", small) == "APP346"
    uploads.drop(WHO, ids[0])
    uploads.take(WHO, "more.jpg", [small], types)
    uploads.take("s1139902", "other.jpg", [small], types)


@pytest.mark.hostile("path")
@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.jpg",
        "\0.jpg",
        "a" * 400 + ".jpg",
        "\udcff.jpg",
        "\u202egpj.jpg",
        "con.jpg",
        "王 小明.JPG",
        "/",
        ".jpg",
    ],
)
def test_any_name_is_a_title_at_most(uploads: Uploads, types: tuple[FileType, ...], tmp_path: Path, name: str) -> None:
    try:
        upload = uploads.take(WHO, name, [PHONE], types)
    except UsageError as error:
        assert error.code == "APP012"  # noqa: PT017 - no name with an ending
        return
    assert "/" not in upload.original
    assert len(upload.original) <= 255
    assert {path.name for path in left(tmp_path)} == {"file", "upload.json"}
    assert uploads.read(WHO, upload.id) == upload


@pytest.mark.hostile("path")
@pytest.mark.parametrize("upload", ["", "..", "../x", "0" * 24, "0" * 23, "Ａ" * 24, "0" * 24 + "\n"])
def test_no_other_file_than_an_upload_is_reached(uploads: Uploads, upload: str) -> None:
    for account in (WHO, "../x"):
        for ask in (uploads.read, uploads.file):
            with pytest.raises(UsageError) as error:
                ask(account, upload)
            assert error.value.code == "APP345"


def test_a_full_disk_leaves_nothing(
    uploads: Uploads, types: tuple[FileType, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(module, "temporary", full)
    assert refused(uploads, types, "photo.jpg", PHONE) == "APP342"
    assert left(tmp_path) == []


def test_what_nobody_hands_in_goes_after_its_time(
    uploads: Uploads, types: tuple[FileType, ...], clock: Clock, tmp_path: Path
) -> None:
    old = uploads.take(WHO, "old.jpg", [PHONE], types)
    clock.now = NOW + KEPT
    new = uploads.take(WHO, "new.jpg", [PHONE], types)
    assert uploads.sweep() == 0
    clock.now += timedelta(seconds=1)
    assert uploads.sweep() == 1
    with pytest.raises(UsageError):
        uploads.read(WHO, old.id)
    assert uploads.read(WHO, new.id) == new


@pytest.mark.hostile("upload")
def test_no_body_is_larger_than_it_may_be_whatever_it_declares(visitor: Visitor) -> None:
    visitor.sign_in(re.findall(r'value="(s113[0-9]{4})"', visitor.get("/login/demo").text)[0])
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', visitor.get("/me/new").text)[0]
    address = "/me/edit/years/115/activities/x/item.md"
    kind = "multipart/form-data; boundary=x"

    def post(body: bytes | Iterator[bytes], **headers: str) -> tuple[int, str]:
        sent = {**OURS, "content-type": kind, "x-csrf-token": token, **headers}
        answer = visitor.client.post(address, content=body, headers=sent)
        match = re.search(r"APP[0-9]{3}", answer.text)
        return answer.status_code, match[0] if match is not None else ""

    assert post(b"", **{"content-length": str(10 << 30)}) == (413, "APP307")
    part = b'--x\r\ncontent-disposition: form-data; name="_file"; filename="x.pdf"\r\n\r\n'
    assert post(part + b"\0" * (65 << 20)) == (413, "APP307")
    many = b"".join(
        b'--x\r\ncontent-disposition: form-data; name="a%d"\r\n\r\nx\r\n' % number for number in range(1000)
    )
    assert post(many + b"--x--\r\n") == (400, "APP305")
    assert post(b"%PDF-1.7", **{"content-type": "application/pdf"})[0] in {400, 403, 422, 303}
    assert post(b"no part at all")[0] == 400
    visitor.client.parts.school_view.close()
