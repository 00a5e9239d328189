"""Nothing of a student is in the built site, and the scan that says so finds what is planted."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import zlib
from pathlib import Path

import pytest

from tests.site import leaks as scan
from tests.site.leaks import RUN, SOURCES, Secrets, leaks, secrets, unread
from tests.trees import ROOT

# What is published on purpose, by others than students.
PUBLISHED = ("schemas", "scripts/licheng/messages", "scripts/licheng/outputs/pages", "content/handbook",
             "scripts/licheng/rules",
             "content/rulebook", "content/calendar", "content/working-group", "tests/fixtures")  # fmt: skip


@pytest.fixture(scope="session")
def hidden() -> Secrets:
    found = secrets(ROOT / "content/students")
    assert found.ids
    assert found.texts
    assert found.names
    assert found.digests
    return found.without("\n".join(_published()))


def _published() -> list[str]:
    files = (path for top in PUBLISHED for path in sorted((ROOT / top).rglob("*")) if path.is_file())
    return [path.read_text(encoding="utf-8", errors="replace") for path in files if path.suffix in _SUFFIXES]


_SUFFIXES = {".json", ".yaml", ".md", ".txt", ".py"}


def test_the_built_site_holds_nothing_of_a_student(site: Path, hidden: Secrets) -> None:
    assert leaks(site, hidden) == []


def test_a_part_of_the_site_holds_nothing_until_it_is_planted(copied: Path, hidden: Secrets) -> None:
    assert leaks(copied, hidden) == []


def test_the_exceptions_are_few(hidden: Secrets) -> None:
    everything = secrets(ROOT / "content/students")
    assert hidden.ids == everything.ids
    assert len(hidden.runs) > len(everything.runs) * 0.9
    assert len(hidden.digests) > len(everything.digests) * 0.9


@pytest.fixture
def copied(site: Path, tmp_path: Path) -> Path:
    """A part of the site, in which a leak can be planted and found soon."""
    for part in ("status", "search"):
        shutil.copytree(site / part, tmp_path / "site" / part)
    return tmp_path / "site"


def a_text(hidden: Secrets) -> str:
    return next(text for text in sorted(hidden.texts) if text[:RUN] in hidden.runs)


@pytest.mark.parametrize("what", ["id", "text", "attachment", "digest"])
def test_a_planted_leak_in_a_page_is_found(what: str, copied: Path, hidden: Secrets) -> None:
    planted = {
        "id": min(hidden.ids),
        "text": a_text(hidden)[:RUN],
        "attachment": min(hidden.names),
        "digest": min(hidden.digests),
    }[what]
    page = copied / "status/index.html"
    page.write_text(page.read_text(encoding="utf-8") + f"<p>{planted}</p>", encoding="utf-8")
    assert any(found.startswith(f"status/index.html: {what}") for found in leaks(copied, hidden))


def test_a_run_is_found_wherever_in_a_line_it_begins() -> None:
    run = "甲乙丙丁戊己庚辛壬癸子丑"
    hidden = Secrets(frozenset(), frozenset({run}), frozenset(), frozenset())
    around = [("一" * before, "二" * after) for before in range(2 * RUN) for after in range(RUN)]
    assert [hidden.within(before + run + after) for before, after in around] == [[run]] * len(around)
    assert [hidden.within(before + run[1:] + after) for before, after in around] == [[]] * len(around)


def test_a_leak_split_by_markup_is_found(copied: Path, hidden: Secrets) -> None:
    text = a_text(hidden)
    page = copied / "status/index.html"
    split = f"{text[:5]}<em>{text[5:RUN]}</em>"
    page.write_text(page.read_text(encoding="utf-8") + split, encoding="utf-8")
    assert leaks(copied, hidden)


def test_a_leak_escaped_in_the_search_index_is_found(copied: Path, hidden: Secrets) -> None:
    path = copied / "search/search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    index["docs"].append({"location": "x/", "title": "x", "text": "\u200b".join(a_text(hidden))})
    path.write_text(json.dumps(index), encoding="utf-8")
    assert leaks(copied, hidden)


def test_a_leak_in_what_the_search_reads_is_found(copied: Path, hidden: Secrets) -> None:
    path = copied / "search/sections.js"
    section = json.dumps({"location": "x/", "title": "x", "text": a_text(hidden)}, ensure_ascii=False)
    path.write_text(path.read_text(encoding="utf-8").replace("[{", f"[{section},{{", 1), encoding="utf-8")
    assert leaks(copied, hidden)


def test_a_leak_in_the_compressed_sitemap_is_found(copied: Path, hidden: Secrets) -> None:
    (copied / "sitemap.xml.gz").write_bytes(gzip.compress(f"<loc>/{min(hidden.ids)}/</loc>".encode()))
    assert leaks(copied, hidden)


def test_a_leak_in_a_file_name_is_found(copied: Path, hidden: Secrets) -> None:
    (copied / f"{min(hidden.ids)}.txt").touch()
    assert leaks(copied, hidden)


def test_a_leak_folded_in_a_calendar_is_found(copied: Path, hidden: Secrets) -> None:
    text = a_text(hidden)[:RUN]
    folded = f"BEGIN:VCALENDAR\r\nSUMMARY:{text[:4]}\r\n {text[4:]}\r\nEND:VCALENDAR\r\n"
    (copied / "term.ics").write_bytes(folded.encode())
    assert leaks(copied, hidden)


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


@pytest.mark.parametrize("how", ["plain", "packed", "wide"])
def test_a_leak_in_a_pictures_metadata_is_found(how: str, copied: Path, hidden: Secrets) -> None:
    text = a_text(hidden)[:RUN]
    comment = {
        "plain": chunk(b"iTXt", b"Comment\0\0\0\0\0" + text.encode()),
        "packed": chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(text.encode())),
        "wide": chunk(b"eXIf", b"II*\0" + text.encode("utf-16-le")),
    }[how]
    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + comment + chunk(b"IEND", b"")
    (copied / "picture.png").write_bytes(picture)
    assert leaks(copied, hidden)


def test_a_leak_in_the_index_of_the_offline_copy_is_found(copied: Path, hidden: Secrets) -> None:
    index = {"docs": [{"text": "\u200b".join(a_text(hidden))}]}
    (copied / "search/search_index.js").write_text(f"var __index = {json.dumps(index)}", encoding="utf-8")
    assert leaks(copied, hidden)


def test_every_picture_of_the_site_is_read(site: Path) -> None:
    assert unread(site) == []


def test_a_picture_that_was_changed_or_came_from_elsewhere_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    taken = (ROOT / "content/handbook/pictures/class.png").read_bytes()
    (tmp_path / "pictures/class.png").write_bytes(taken)
    assert unread(tmp_path) == []
    (tmp_path / "pictures/class.png").write_bytes(taken + b"\0")
    (tmp_path / "pictures/NEW.JPG").write_bytes(b"\xff\xd8\xff")
    assert unread(tmp_path) == ["pictures/NEW.JPG", "pictures/class.png"]


def test_what_a_picture_shows_is_read(tmp_path: Path, hidden: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    student, picture = min(hidden.ids), b"\x89PNG\r\n\x1a\n"
    (tmp_path / "site").mkdir()
    (tmp_path / "site/class.png").write_bytes(picture)
    sources = {"class.png": {"sha256": hashlib.sha256(picture).hexdigest(), "text": f"11a {student} 0 1 2"}}
    (tmp_path / "pictures.json").write_text(json.dumps(sources), encoding="utf-8")
    assert leaks(tmp_path / "site", hidden) == []
    monkeypatch.setattr(scan, "SOURCES", tmp_path / "pictures.json")
    assert leaks(tmp_path / "site", hidden) == [f"class.png: id {student}"]


def test_pictures_are_of_a_school_of_their_own_and_say_so(hidden: Secrets) -> None:
    sources = json.loads(SOURCES.read_text(encoding="utf-8"))
    pictures = {path.relative_to(ROOT).as_posix() for path in (ROOT / "content/handbook").rglob("*.png")}
    assert pictures <= set(sources)
    for path in pictures:
        text = sources[path]["text"]
        assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == sources[path]["sha256"], path
        assert text.startswith("示意：虛構的學校"), path
        assert not re.search(r"\bs[0-8]\d{6}\b", text), path
        assert "逾期 276 天" not in text, path


def test_the_privacy_page_begins_with_parents_and_without_the_tools_words() -> None:
    page = (ROOT / "content/handbook/privacy.md").read_text(encoding="utf-8")
    head, _, rest = page.partition("## 什麼存在哪裡")
    assert "{ #parents }" in head
    assert rest
    assert re.findall(r"(?i)git|儲存庫|提交|雜湊|commit|licheng|`", head) == []
