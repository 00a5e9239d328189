"""Where the language switch leads, and what both languages of a page must share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from licheng.outputs.catalog import FOLDER
from licheng.site.twins import nearest
from licheng.sources.yaml import parse

THERE = frozenset({"index.md", "rules/index.md", "rules/QUO001.md", "verify.md"})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("verify.md", "verify.md"),
        ("rules/QUO001.md", "rules/QUO001.md"),
        ("rules/XYZ999.md", "rules/index.md"),
        ("rules/deep/er.md", "rules/index.md"),
        ("developers/index.md", "index.md"),
        ("start.md", "index.md"),
        ("index.md", "index.md"),
    ],
)
def test_the_nearest_page_that_there_is(path: str, found: str) -> None:
    assert nearest(path, THERE) == found


def anchors(page: Path) -> set[str]:
    return set(re.findall(r'id="(a-[0-9a-z-]+)"', page.read_text(encoding="utf-8")))


def test_every_article_has_its_anchor_in_english_too(site: Path) -> None:
    """Generated pages link to articles in both languages; only the Chinese page is generated."""
    chinese = anchors(site / "regulation/index.html")
    assert len(chinese) > 15
    assert chinese == anchors(site / "en/regulation/index.html")


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_words_are_said_twice_under_one_key(path: Path) -> None:
    """Of two sections of one name the reader of the words would see the second alone."""
    assert parse(path.read_text(encoding="utf-8"))


def test_how_a_record_is_written_is_said_in_words(site: Path) -> None:
    for edition, words in (("", "Markdown（前置資料為 YAML）"), ("en/", "Markdown (front matter in YAML)")):
        assert words in (site / edition / "schemas/course-output/index.html").read_text(encoding="utf-8")
