"""Where the pages of an edition lie: by hand in the handbook's folder, generated, and in the other language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from posixpath import dirname, join, normpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from licheng.app.site.editions import Edition
from licheng.core.languages import LANGUAGES
from licheng.site.twins import Twin, nearest
from licheng.sources.resources import folder

MAIN, TRANSLATION = LANGUAGES  # content/handbook/ holds the pages of the one, content/handbook/en/ of the other

# What every school has of the handbook without a copy of its own; what is for people who write the engine is not.
OF_ENGINE = ("guides", "operations", "pictures", "start.md", "faq.md", "privacy.md", "verify.md")


def _engine_handbook() -> Path:
    return folder("content") / "handbook"


_SECTION = re.compile(r"\]\(([^()\s#]+\.md)#[^()\s]*\)")


class Folders:
    """One build's folders.

    Attributes:
        edition: the generated pages in this build's language.
    """

    def __init__(self, root: Path, config: MkDocsConfig, editions: Mapping[str, Edition]) -> None:
        self.root = root
        self.language = str(config.theme["language"])
        self.docs = Path(config.docs_dir)
        self._config = config
        self.edition = editions[self.language]
        self._other = editions[MAIN if self.language == TRANSLATION else TRANSLATION]

    @property
    def _handbook(self) -> Path:
        return self.docs if self.language == MAIN else self.docs.parent

    @cached_property
    def there(self) -> frozenset[str]:
        """The pages in the other language."""
        own = self._handbook / TRANSLATION
        folder = own if self._other.language == TRANSLATION else self._handbook
        pages = (path for path in folder.rglob("*.md") if folder == own or not path.is_relative_to(own))
        return frozenset(self._other.pages) | {path.relative_to(folder).as_posix() for path in pages}

    def shared(self, files: Files) -> Iterator[File]:
        """Pictures and other files of the main language that the translation has none of its own for."""
        if self.language == MAIN:
            return
        for path in sorted(self._handbook.rglob("*")):
            name = path.relative_to(self._handbook).as_posix()
            if path.is_file() and path.suffix != ".md" and not path.is_relative_to(self.docs) and name not in files:
                yield File(name, str(self._handbook), self._config.site_dir, self._config.use_directory_urls)

    def of_engine(self, files: Files) -> Iterator[File]:
        """The engine's own pages, and their pictures, where the school has none of its own at the same path.

        They come with the installed engine, so an upgrade of it updates them; the school's nav need not name them.
        """
        if self.language != MAIN:
            return
        handbook = _engine_handbook()
        for owned in OF_ENGINE:
            top = handbook / owned
            for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
                name = path.relative_to(handbook).as_posix()
                if path.is_file() and files.get_file_from_path(name) is None:
                    file = File(name, str(handbook), self._config.site_dir, self._config.use_directory_urls)
                    file.inclusion = InclusionLevel.NOT_IN_NAV
                    yield file

    def relinked(self, markdown: str, page: Page, files: Files) -> str:
        """A page's text with links to sections of pages that the school wrote itself leading to these pages' tops."""

        def shortened(link: re.Match[str]) -> str:
            target = files.get_file_from_path(normpath(join(dirname(page.file.src_uri), link[1])))
            if target is None or target.abs_src_path is None:
                return link[0]
            source = Path(target.abs_src_path)
            of_school = source.is_relative_to(self.root) and not source.is_relative_to(_engine_handbook())
            return f"]({link[1]})" if of_school else link[0]

        return _SECTION.sub(shortened, markdown)

    def twin(self, page: Page) -> Twin:
        """The same page in the other language, or the nearest."""
        path = nearest(page.file.src_uri, self.there)
        url = File(path, None, "", self._config.use_directory_urls).url
        here = self._below(self.language, page.url)
        return Twin(get_relative_url(self._below(self._other.language, url), here), path == page.file.src_uri)

    @staticmethod
    def _below(language: str, url: str) -> str:
        return url if language == MAIN else f"{TRANSLATION}/{url.removeprefix('./')}"

    def source(self, page: Page) -> str | None:
        """The file of the repository that a page shows: its own, or the record behind a generated one.

        None where it comes with the engine.
        """
        if page.file.generated_by is not None:
            return page.meta.get("source")
        assert page.file.abs_src_path is not None  # noqa: S101 - it was read from there
        path = Path(page.file.abs_src_path)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None
