"""What a build does once for many pages, or faster than the theme, says what the theme would have said."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown
from material.plugins.search.plugin import Parser
from mkdocs.config.base import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from licheng.site import fences
from licheng.site.navigation import remembering
from licheng.site.sections import sections
from tests.site.test_inert import EXTENSIONS, MARKS
from tests.trees import ROOT

Found = Sequence[tuple[str | None, str, str]]
_ARTICLE = re.compile(r'<article class="md-content__inner md-typeset">(.*)</article>', re.DOTALL)
_NAVIGATION = re.compile(r'<nav class="md-nav md-nav--primary.*?md-sidebar--secondary', re.DOTALL)


def words(pieces: Sequence[str]) -> str:
    """What our search keeps of a text, be it with tags or without."""
    parted = re.sub(r"</?(?:p|pre|li|ol|ul)>", " ", "".join(pieces))
    return " ".join(html.unescape(re.sub(r"</?(?:code|sub|sup)>", "", parted)).replace("\u200b", "").split())


def by_the_theme(page: str) -> Found:
    parser = Parser()
    parser.feed(page)
    parser.close()
    return [(one.id, words(one.title), words(one.text)) for one in parser.data if not one.is_excluded()]


def by_us(page: str) -> Found:
    return [(one.id, words(one.title), words(one.text)) for one in sections(page) if not one.out]


def test_the_sections_of_every_kind_of_page_are_those_of_the_theme(site: Path) -> None:
    """Each page that has other tags, or the same in another order, than all before it."""
    articles = (_ARTICLE.search(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html")))
    kinds = {tuple(re.findall(r"</?\w+", found[1])): found[1] for found in articles if found is not None}
    assert len(kinds) > 100
    for page in kinds.values():
        assert by_us(page) == by_the_theme(page), page


LINES = (
    *("# one", "## two", "## two { #x data-search-exclude }", "### three", "<h2>bare</h2>", "<!-- no > word -->"),
    *("- a\n- b", "1. a", "> q", "a  \nb", "<br>", "a<sub>2</sub>b", "```\ncode\n```", "!!! note\n    text"),
    *(
        "| a | b |\n| - | - |\n| c | `d` |",
        "<div markdown>\n\n## in\n\ntext\n\n</div>",
        '<img alt="a > b" src="c.png">',
    ),
    *('<details data-search-exclude="1"><p>x</p></details>', "<svg><rect x='1'/><text>t</text></svg>"),
    *("<div><p>a</p><p>b</p></div>", "<ul><li>a</li><li>b</li></ul>", "a<pre>b</pre>c"),
    "&lt;p&gt; &amp;amp; &#8203;&nbsp;",
)


@given(st.lists(st.sampled_from(LINES) | st.lists(st.sampled_from(MARKS), min_size=1).map("".join), max_size=8))
@example(list(LINES))
@example(["a", "<div markdown>\n\n## in\n\n<p>x</p>\n\n</div>", "after"])
def test_the_sections_of_any_markdown_are_those_of_the_theme(blocks: Sequence[str]) -> None:
    settings = {"toc": {"permalink": "#"}}
    page = Markdown(extensions=EXTENSIONS, extension_configs=settings).convert("\n\n".join(blocks))
    assert by_us(page) == by_the_theme(page)


def test_every_page_leads_to_the_same_pages(site: Path) -> None:
    """By its navigation, of which one is made for many pages."""
    for edition, others in ((site, [site / "en"]), (site / "en", [])):
        led = dict[tuple[str, ...], str]()
        for path in sorted(edition.rglob("index.html")):
            navigation = _NAVIGATION.search(path.read_text(encoding="utf-8"))
            if any(path.is_relative_to(other) for other in others) or navigation is None:
                continue
            place = f"https://a/{path.parent.relative_to(edition).as_posix()}/"
            links = re.findall(r'<a href="([^"#]*)" class="md-nav__link', navigation.group())
            led.setdefault(tuple(urljoin(place, link) for link in links), place)
        assert len(led) == 1, sorted(led.values())
        assert len(next(iter(led))) > 20


@pytest.fixture
def config(tmp_path: Path) -> MkDocsConfig:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n", encoding="utf-8")
    return load_config(str(tmp_path / "mkdocs.yml"))


def test_a_navigation_is_shared_by_the_pages_of_a_folder_that_are_not_in_it(config: MkDocsConfig) -> None:
    names = ["index.md", "a/b.md", "a/c.md", "a.md", "x/1.md", "x/2.md", "y/1.md", "z.md"]
    files = Files([File(name, "docs", "site", use_directory_urls=True) for name in names])
    pages = {name: Page(None, file, config) for name, file in zip(names, files, strict=True)}
    in_it = [pages["index.md"], pages["a/b.md"]]
    navigation, made = remembering(), list[str]()

    def said(name: str) -> str:
        def partial() -> str:
            made.append(name)
            return name

        return navigation(Navigation(list(in_it), in_it), pages[name], partial)

    # `a/` is above a page of the navigation: its address from there is no other page's.
    assert [said(name) for name in [*names, *names]] == [*names[:5], "x/1.md", "y/1.md", "z.md"] * 2
    assert made == ["index.md", "a/b.md", "a/c.md", "a.md", "x/1.md", "y/1.md", "z.md", "index.md", "a/b.md", "a.md"]
    assert navigation(Navigation([], []), None, lambda: "a page of the theme") == "a page of the theme"


BLOCKS = """
```yaml
a: 1
```

``` {.yaml #named .more title="t" hl_lines="1"}
a: 1
```

```yaml
a: 1
```

- in a list

    ```sh
    licheng check  # all
    ```

``` { .text data-x="1" }
<b>
```

```
plain
```
"""


def convert(settings: Mapping[str, Mapping[str, object]]) -> str:
    return str(Markdown(extensions=[*EXTENSIONS, "pymdownx.highlight"], extension_configs=settings).convert(BLOCKS))


@pytest.mark.parametrize("colours", [{}, {"use_pygments": False}, {"linenums": True, "anchor_linenums": True}])
def test_blocks_of_code_look_as_they_do_by_themselves(colours: dict[str, object], config: MkDocsConfig) -> None:
    config.mdx_configs["pymdownx.highlight"] = colours
    known = dict[str, str]()
    fences.share(config, known)
    expected = convert({"pymdownx.highlight": colours})
    assert [convert(config.mdx_configs) for _ in range(2)] == [expected, expected]
    assert len(known) == (0 if "anchor_linenums" in colours else 5)


def test_a_schools_own_way_with_blocks_stays(config: MkDocsConfig) -> None:
    own = {"name": "*", "class": "own", "format": lambda *_, **__: "<b>own</b>"}
    config.mdx_configs["pymdownx.superfences"] = {"custom_fences": [own]}
    fences.share(config, {})
    assert config.mdx_configs["pymdownx.superfences"]["custom_fences"] == [own]


def test_the_real_configuration_shares(tmp_path: Path) -> None:
    config = load_config(str(ROOT / "mkdocs.yml"))
    fences.share(config, {})
    assert [fence["name"] for fence in config.mdx_configs["pymdownx.superfences"]["custom_fences"]] == ["*"]
