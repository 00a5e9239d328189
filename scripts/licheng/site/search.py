"""What the site's search reads: each section of the pages as plain text, with the words that people say for it.

The theme's search plugin finds the sections; how they are searched is `site_theme/assets/search.js`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from licheng.sources.yaml import parse

ALIASES = Path(__file__).with_name("aliases.yaml")
SECTIONS = "search/sections.js"
_THEMES = "search/search_index.json"
# The tags that the plugin keeps: those of blocks part words, those within a line do not.
_BLOCK = re.compile(r"</?(?:p|pre|li|ol|ul)>")
_CALENDAR = re.compile(r"calendar/(\d{3}-[12])\.md")
_INLINE = re.compile(r"</?(?:code|sub|sup)>|\u200b")


def aliases(language: str) -> Mapping[str, Sequence[str]]:
    """What people say, by the section that answers: `page.md#anchor`, from the edition's root."""
    spoken: Mapping[str, Sequence[str]] = parse(ALIASES.read_text(encoding="utf-8"))[language]
    return spoken


def write(site: Path, language: str, addresses: Mapping[str, str]) -> None:
    """Move the sections to where our search reads them, and leave the theme, which reads with every page, nothing.

    Args:
        site: the folder of a built edition.
        language: the edition's.
        addresses: where each page is in the site, by its source.
    """
    path = site / _THEMES
    built = json.loads(path.read_text(encoding="utf-8"))
    # A term is asked for as it is written in the records.
    terms = {addresses[page]: [match[1]] for page in addresses if (match := _CALENDAR.fullmatch(page))}
    spoken = dict[str, Sequence[str]](terms)
    for section, words in aliases(language).items():
        page, hash_, anchor = section.partition("#")
        if page in addresses:  # or the school has no such page
            spoken[f"{addresses[page].removeprefix('./')}{hash_}{anchor}"] = words
    sections = []
    for entry in built["docs"]:
        also = {"aliases": spoken[entry["location"]]} if entry["location"] in spoken else {}
        sections.append(entry | {"title": _plain(entry["title"]), "text": _plain(entry["text"])} | also)
    written = json.dumps(sections, ensure_ascii=False, separators=(",", ":"))
    (site / SECTIONS).write_text(f"self.sections = {written}\n", encoding="utf-8")
    path.write_text(json.dumps(built | {"docs": []}), encoding="utf-8")


def _plain(text: str) -> str:
    return " ".join(html.unescape(_INLINE.sub("", _BLOCK.sub(" ", text))).split())
