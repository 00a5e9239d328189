"""What lies beside the payload of a released package: pages that open offline, and a script of stock tools.

The script is the same in every package and reads all that it verifies out of what was signed. The pages are for people;
nothing rests on them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from licheng.core.dates import TAIPEI
from licheng.core.languages import LANGUAGES
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.outputs.catalog import Catalog, catalog
from licheng.policy.release import ReleasedItem

_FOLDER = Path(__file__).parent
SCRIPT = "verify.sh"
VERIFIER = _FOLDER / SCRIPT
_PAGES = {"zh-TW": "index.html", "en": "index.en.html"}
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class ReleasePage:
    """What the pages tell.

    Attributes:
        school: its name, by language.
        committee: to whom; None of the student's own copy.
        on: the day by which all was judged.
        commit: of which it was made.
    """

    school: Mapping[str, str]
    student: Student
    committee: str | None
    on: date
    commit: str
    consents: tuple[Record, ...]
    items: tuple[ReleasedItem, ...]


def pages(page: ReleasePage) -> dict[str, bytes]:
    """The pages and the script, by name; the same values give the same bytes."""
    files = {_PAGES[language]: text.encode() for language, text in rendered(page, _PAGES).items()}
    return {SCRIPT: VERIFIER.read_bytes()} | files


def rendered(
    page: ReleasePage, names: Mapping[str, str], place: str = "", manifest: str = "", more_style: str = ""
) -> dict[str, str]:
    """The page in each language.

    Args:
        page: what it tells.
        names: of the file in each language, by which they lead to one another.
        place: of the package as seen from it, with a slash at its end; empty within.
        manifest: SHA-256 of the package's `tagmanifest-sha256.txt`, which only a page beside it can know.
        more_style: after the style of the page.
    """
    template, style = _ENVIRONMENT.get_template("index.jinja"), (_FOLDER / "index.css").read_text("utf-8") + more_style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    texts = {}
    for language in LANGUAGES:
        own = catalog(language)
        other = next(each for each in LANGUAGES if each != language)
        values = {
            "language": language,
            "words": own.data["release"],
            "school": page.school.get(language[:2], ""),
            "other": {"language": other, "file": names[other]},
            "items": [*_items(page, own)],
            "page": page,
            "place": place,
            "manifest": manifest,
            "style": style,
            "style_digest": digest,
        }
        texts[language] = template.render(values)
    return texts


def _items(page: ReleasePage, words: Catalog) -> Iterator[dict[str, Any]]:
    own = words.data["release"]
    for item in page.items:
        yield {
            "title": str(item.record.data.get("name") or item.record.data.get("summary") or item.name),
            "name": item.name,
            "folder": f"data/{item.record.folder}",
            "text": item.record.text,
            "files": item.files,
            "state": words.label("state", item.state.state) if item.state is not None else own["needs_none"],
            "pending": item.state.pending_until if item.state is not None else None,
            "decisions": [
                {
                    "on": event.payload.issued_at.astimezone(TAIPEI).date(),
                    "by": event.payload.certifier,
                    "what": words.label("decision", event.payload.decision),
                    "path": f"data/{event.path}",
                }
                for event in item.decisions
                if event.payload is not None
            ],
        }
