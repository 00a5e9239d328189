"""Text of records stays text: no HTML, Markdown or template of it becomes active in the built site."""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown

from licheng.app.server.names import CACHE
from licheng.outputs.inert import inert
from licheng.outputs.pages.prose import prose
from licheng.sources.tree import WorkTree
from tests.site.build import build, copy_of_school
from tests.trees import ROOT

HOSTILE = "{{ 7*7 }} {% raw %} <script>alert(1)</script> [x](javascript:alert(2)) **fat** <img src=x onerror=alert(3)>"
EXTENSIONS = ["admonition", "attr_list", "def_list", "md_in_html", "tables", "toc", "pymdownx.superfences"]
MARKS = [*"\\`*_{}[]()<>#+-.!|&\"'~^=:$@\n 1ab天", "```", "    ", "&#60;", "http://a.b", "{: #x }"]


class Elements(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def rendered(text: str) -> Elements:
    page = Elements()
    page.feed(Markdown(extensions=EXTENSIONS).convert(text))
    return page


@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
@example(HOSTILE)
@example("1. one")
@example("- one")
def test_inert_text_is_one_paragraph_that_says_the_same(text: str) -> None:
    page = rendered(str(inert(text)))
    assert set(page.tags) <= {"p"}
    assert "".join(page.text).split() == text.split()


@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
@example("| a | b |\n| --- | --- |\n| <b>x</b> | [y](z) |")
def test_prose_has_paragraphs_and_tables_only(text: str) -> None:
    page = rendered(str(prose(text, "表")))
    assert set(page.tags) <= {"p", "div", "table", "thead", "tbody", "tr", "th", "td", "span"}


@pytest.fixture(scope="module")
def hostile_site(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built after the one of this repository, as a server builds after each push: with what that one came to.

    In the engine's own look, as that one is: of a look of a school's own, which might show anything, nothing is known.
    """
    folder = tmp_path_factory.mktemp("hostile")
    root = copy_of_school(folder / "school")
    configuration = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert "custom_dir: site_theme" in configuration
    (root / "mkdocs.yml").write_text(configuration.replace("  custom_dir: site_theme\n", ""), encoding="utf-8")
    book = next((root / "content/rulebook").glob("*.yaml"))
    text = book.read_text(encoding="utf-8")
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    replaced = text.replace("title: 依據\n", f"title: {quoted}\n", 1).replace(
        "  by: 臨時校務會議", f"  by: {quoted}", 1
    )
    assert replaced != text
    book.write_text(replaced, encoding="utf-8")
    for calendar in (root / "content/calendar").glob("*.yaml"):
        lines = calendar.read_text(encoding="utf-8").split("\n")
        changed = [f"{line.partition('notice:')[0]}notice: {quoted}" if "notice:" in line else line for line in lines]
        assert changed != lines
        calendar.write_text("\n".join(changed), encoding="utf-8")
    kept, ours = folder / "kept", WorkTree(ROOT).cache
    kept.mkdir()
    for file in ours.glob("site-*.sqlite") if ours is not None else ():
        shutil.copy2(file, kept)
    build(root, folder / "site", **{CACHE: str(kept)})
    return folder / "site"


@pytest.mark.parametrize("page", ["regulation", "calendar/115-1"])
def test_hostile_text_stays_text_in_the_built_page(page: str, hostile_site: Path, site: Path) -> None:
    hostile, clean = Elements(), Elements()
    hostile.feed((hostile_site / page / "index.html").read_text(encoding="utf-8"))
    clean.feed((site / page / "index.html").read_text(encoding="utf-8"))
    assert hostile.tags.count("script") == clean.tags.count("script")
    assert hostile.tags.count("img") == clean.tags.count("img")
    shown = " ".join("".join(hostile.text).split())
    assert "{{ 7*7 }}" in shown
    assert "[x](javascript:alert(2))" in shown
    assert "<script>alert(1)</script>" in shown


def test_hostile_text_makes_no_link(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert 'href="javascript:alert' not in text
        assert "<img src=x" not in text
        assert "<script>alert" not in text
