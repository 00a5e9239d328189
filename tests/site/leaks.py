"""A scan for what must not be published: ids, texts and attachments of students, in everything that a build wrote."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from pypdf import PdfReader

# What each picture of the handbook and the README shows, and the hash of its bytes: `make pictures` writes it.
SOURCES = Path(__file__).with_name("pictures.json")
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
_OF_THE_THEME = "assets/"
RUN = 12  # characters of a record's text that never stand together by chance
HALF = RUN // 2
_HEXADECIMAL = re.compile(r"[0-9a-f]{64,}")
_STUDENT = re.compile(r"s1[0-9]{6}")
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"[\s\u200b]+")
# Fields of a student's records that hold codes, dates or ids rather than words of a person.
_NOT_PROSE = frozenset({"kind", "sha256", "type", "course", "section", "programme", "event", "class", "level", "link"})
_FOLD = re.compile(r"\r?\n[ \t]")  # RFC 5545, 3.1: a long line goes on after a line break and a space
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Secrets:
    """What students' folders hold that must not leave them."""

    ids: frozenset[str]
    texts: frozenset[str]
    names: frozenset[str]
    digests: frozenset[str]

    @cached_property
    def runs(self) -> frozenset[str]:
        """Every run of `RUN` characters of every text."""
        return frozenset(run for text in self.texts for run in _runs(text))

    @cached_property
    def halves(self) -> frozenset[str]:
        """What of any run stands in a text that is cut into halves of runs, wherever in the text the run begins."""
        return frozenset(run[start : start + HALF] for run in self.runs for start in range(HALF))

    def within(self, text: str) -> list[str]:
        """The runs that stand in a text; of most texts there is not even half of one."""
        halves = (start for start in range(0, len(text), HALF) if text[start : start + HALF] in self.halves)
        starts = (start - before for start in halves for before in range(HALF) if before <= start)
        return [*dict.fromkeys(run for start in starts if (run := text[start : start + RUN]) in self.runs)]

    def without(self, published: str) -> Secrets:
        """Less what the school or the engine publishes itself, in its schemas' examples for instance."""
        held = Secrets(
            self.ids,
            self.texts,
            frozenset(one for one in self.names if one not in published),
            self.digests.difference(_digests(published)),
        )
        held.__dict__["runs"] = self.runs.difference(self.within(_plain(published)))
        return held


def secrets(students: Path) -> Secrets:
    """Read all of `content/students`."""
    texts: set[str] = set()
    names: set[str] = set()
    digests: set[str] = set()
    for path in sorted(students.rglob("*")):
        if path.is_file() and path.suffix in {".yaml", ".md"}:
            text = path.read_text(encoding="utf-8")
            found = _parse(text)
            texts.update(_plain(one) for one in _prose(found))
            texts.add(_plain(text.partition("\n---\n")[2]))
            digests.update(re.findall(r"\b[0-9a-f]{64}\b", text))
        elif path.is_file():
            names.add(path.name)
    ids = frozenset(path.name for path in students.glob("*/*"))
    return Secrets(ids, frozenset(one for one in texts if len(one) >= RUN), frozenset(names), frozenset(digests))


def _parse(text: str) -> object:
    front = text.split("---\n")[1] if text.startswith("---\n") else text
    return yaml.load(front, Loader=yaml.CBaseLoader)  # noqa: S506 - text only


def _prose(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _prose(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _prose(inner, name)
    elif isinstance(value, str) and name not in _NOT_PROSE:
        yield value


def _plain(text: str) -> str:
    return _SPACE.sub("", html.unescape(text))


def _runs(text: str) -> Iterator[str]:
    return (text[start : start + RUN] for start in range(len(text) - RUN + 1))


def _digests(text: str) -> Iterator[str]:
    """Whatever may be a digest, also within a longer number."""
    return (run[start : start + 64] for run in _HEXADECIMAL.findall(text) for start in range(len(run) - 63))


def texts_of(site: Path) -> Iterator[tuple[str, str]]:
    """Every file of a built site as text, decoded, and its own name: no kind of file is passed over."""
    for path in sorted(site.rglob("*")):
        if path.is_file():
            name = path.relative_to(site).as_posix()
            yield name, f"{name}\n{_decoded(path)}"


def shown_by_hash() -> dict[str, str]:
    """The text that a picture shows, by the SHA-256 of its bytes."""
    sources = json.loads(SOURCES.read_text(encoding="utf-8"))
    return {source["sha256"]: source["text"] for source in sources.values()}


def unread(site: Path) -> list[str]:
    """Pictures of a built site whose text nobody kept: no promise can be made of them."""
    known = shown_by_hash()
    return [
        name
        for path in sorted(site.rglob("*"))
        if path.suffix.lower() in _PICTURES
        and not (name := path.relative_to(site).as_posix().removeprefix("en/")).startswith(_OF_THE_THEME)
        and hashlib.sha256(path.read_bytes()).hexdigest() not in known
    ]


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix.lower() in _PICTURES:
        return f"{shown_by_hash().get(hashlib.sha256(data).hexdigest(), '')}\n{_loose(data)}"
    if path.suffix == ".gz":
        return gzip.decompress(data).decode("utf-8")
    if path.suffix == ".pdf":
        read = PdfReader(path)
        return "".join(page.extract_text() for page in read.pages) + str(read.metadata)
    if path.suffix in {".json", ".map"}:
        return json.dumps(json.loads(data), ensure_ascii=False)
    if path.suffix == ".js" and data.startswith(b"var __index = "):
        return json.dumps(json.loads(data.removeprefix(b"var __index = ")), ensure_ascii=False)
    if path.suffix == ".ics":
        return re.sub(r"\\(.)", r"\1", _FOLD.sub("", data.decode("utf-8")))
    return _loose(data) if b"\0" in data[:1024] else data.decode("utf-8")


def _loose(data: bytes) -> str:
    """What a binary file says in its bytes: as UTF-8 and UTF-16, and in a PNG's packed texts."""
    packed = b"\n".join(_png_texts(data)) if data.startswith(_PNG) else b""
    return "\n".join(
        [(data + packed).decode("utf-8", "ignore"), *(data[start:].decode("utf-16-le", "ignore") for start in (0, 1))]
    )


def _png_texts(data: bytes) -> Iterator[bytes]:
    """The contents of a PNG's zTXt and iTXt chunks, unpacked (PNG specification, 11.3.4)."""
    at = len(_PNG)
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + size]
        if kind in {b"zTXt", b"iTXt"} and (start := body.find(b"\x78")) >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(body[start:])
        at += size + 12


def leaks(site: Path, hidden: Secrets) -> list[str]:
    """What of the secrets stands in a built site, and where."""
    found: set[str] = set()
    seen: set[str] = set()
    for name, text in texts_of(site):
        # Pages repeat one another's navigation: each line is looked at once, with and without its markup.
        lines = {*text.split("\n")} - seen
        fresh = "\n".join(lines)
        found.update(f"{name}: id {one}" for one in _STUDENT.findall(fresh) if one in hidden.ids)
        found.update(f"{name}: attachment {one}" for one in hidden.names if one in fresh)
        found.update(f"{name}: digest {one}" for one in hidden.digests.intersection(_digests(fresh)))
        for line in {*lines, _TAG.sub("", text)} - seen:
            found.update(f"{name}: text {run}" for run in hidden.within(_plain(line)))
            seen.add(line)
    return sorted(found)
