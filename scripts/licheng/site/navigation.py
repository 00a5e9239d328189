"""The theme's navigation, rendered once for all pages on which it reads the same: most pages stand in no navigation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from posixpath import dirname

from jinja2 import Environment, FileSystemLoader
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

PARTIAL = "partials/nav.html"


def share(env: Environment, config: MkDocsConfig, ours: Path) -> None:
    """Let our partial, which stands in place of the theme's, take what the theme's has said of a like page.

    Args:
        env: the templates of one build.
        config: the build's.
        ours: the engine's own look, which stands before the theme's among the theme's folders.
    """
    theme = FileSystemLoader(config.theme.dirs[config.theme.dirs.index(str(ours)) + 1 :])
    env.globals["themes_navigation"] = theme.load(env, PARTIAL, env.globals)
    env.globals["navigation_of"] = remembering()


def remembering() -> Callable[[Navigation, Page | None, Callable[[], str]], str]:
    """What calls the theme's partial, or knows what it said.

    On a page that is not part of the navigation nothing is marked: all that it has of the page are the addresses, which
    are the same from all pages of a folder, save from one below which another of them lies.
    """
    known: dict[tuple[str, bool], str] = {}

    def navigation(nav: Navigation, page: Page | None, caller: Callable[[], str]) -> str:
        if page is None or any(each is page or each.url.startswith(page.url) for each in nav.pages):
            return caller()
        place = dirname(page.url.rstrip("/")), page.url.endswith("/")
        if place not in known:
            known[place] = caller()
        return known[place]

    return navigation
