"""What a build does once for many pages says what the theme would have said of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from mkdocs.config.base import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from licheng.site import fences
from licheng.site.converter import SharedConverter
from licheng.site.navigation import remembering
from tests.site.test_inert import EXTENSIONS, MARKS
from tests.trees import ROOT

_NAVIGATION = re.compile(r'<nav class="md-nav md-nav--primary.*?md-sidebar--secondary', re.DOTALL)


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


CONVERTER, SETTINGS = SharedConverter(), {"toc": {"permalink": "#"}}
LINKS = ["[a](b.md)", "![a](b.png)", "[a][a]", "[a]: b.md", "<http://a.b>", "<a@b.c>", "<b>", "&amp;"]
BREAKS = ["  \n", "\n\n# a\n\n"]


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*MARKS, *LINKS, *BREAKS]), max_size=40).map("".join))
@example("")
@example(BLOCKS)
@example("# a\n\n".join([*MARKS, *LINKS, *BREAKS]))
@example("\n\n".join([*LINKS, "`a`", "[a]", "![a][a]", "a  \nb"]))  # alone in a paragraph each
def test_one_converter_says_of_each_page_what_its_own_would(text: str) -> None:
    ours, fresh = CONVERTER.Markdown(EXTENSIONS, SETTINGS), Markdown(extensions=EXTENSIONS, extension_configs=SETTINGS)
    assert ours is CONVERTER.Markdown(EXTENSIONS, SETTINGS)
    assert ours.convert(text) == fresh.convert(text)
    assert getattr(ours, "toc_tokens", []) == getattr(fresh, "toc_tokens", [])


def test_extensions_that_are_not_known_get_a_converter_for_each_page() -> None:
    shared = SharedConverter()
    others = [*EXTENSIONS, "footnotes"]
    for extensions, is_shared in ((EXTENSIONS, True), (others, False)):
        assert (shared.Markdown(extensions, {}) is shared.Markdown(extensions, {})) is False  # settings of another site
        assert (shared.Markdown(extensions, SETTINGS) is shared.Markdown(extensions, SETTINGS)) is is_shared
