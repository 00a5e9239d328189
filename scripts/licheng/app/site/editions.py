"""The site's pages in each language, from what it may show; the records are read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import BytecodeCache

from licheng.app.site.view import view
from licheng.core.languages import LANGUAGES
from licheng.outputs.pages import pages
from licheng.outputs.pages.frame import Announcement, announcement
from licheng.outputs.pages.live import pieces
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.sources import resources
from licheng.sources.history import last_changed
from licheng.sources.tree import WorkTree


@dataclass(frozen=True)
class Edition:
    """The site in one language: its generated pages (path from its root → Markdown), its pieces and its bar."""

    language: str
    pages: Mapping[str, str]
    pieces: Mapping[str, str]
    announcement: Announcement


def editions(tree: WorkTree, root: Path, compiled: BytecodeCache | None = None) -> dict[str, Edition]:
    """A school's site by language, zh-TW first; the records are read once.

    Args:
        tree: the school's files.
        root: of its repository.
        compiled: what each template was compiled to before.
    """
    render = renderer(resources.folder("site_theme") / "pages", compiled)
    seen = view(tree, root)
    named = {language: words(language).of_school(seen.rulebooks) for language in LANGUAGES}
    return {
        language: Edition(language, pages(seen, render, own), pieces(seen, render, own), announcement(seen, own))
        for language, own in named.items()
    }


def build(root: Path, language: str = LANGUAGES[0]) -> Mapping[str, str]:
    """The generated pages of a school in one language: path from the site's root → Markdown."""
    return editions(WorkTree(root), root)[language].pages


def tree_of(root: Path) -> dict[str, str]:
    """All generated pages as they lie in one folder: zh-TW at its root, other languages each below its own name."""
    return {
        path if language == LANGUAGES[0] else f"{language}/{path}": text
        for language, edition in editions(WorkTree(root), root).items()
        for path, text in edition.pages.items()
    }


def last_changes(root: Path) -> dict[str, date]:
    """When each file that pages are made of last changed (Asia/Taipei); nothing of students is looked at."""
    private = (":(exclude)content/students", ":(exclude)content/certifications")
    return last_changed(root, ("content", "schemas", *private))
