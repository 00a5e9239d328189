"""Pages that were built before from the same: a rebuild renders what changed and takes the rest as it was.

A page's bytes follow from its Markdown, from what its links lead to, from the templates and the program, and from what
a template asks about: the configuration, the navigation, the page's own facts. A digest of all that is a row's key, and
a page of any other key is rendered as ever; so a rebuild is byte for byte a whole build. Titles, anchors and links come
with a row, so that the navigation is made and every link is validated each time; what a link led to, be it nothing, is
looked at again. What the Markdown came to has a row of its own: where only what stands around a page has changed, as it
does with the days, that is put around it anew.

Nothing is believed where a school's own templates, hooks, plugins or extensions might look at anything, and nothing is
kept of a build that warned.
"""

from __future__ import annotations

import json
import logging
import marshal
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import Any, Self

import material
import mkdocs
from jinja2 import BytecodeCache, Template
from jinja2.bccache import Bucket
from material.plugins.search.plugin import SearchIndex
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc
from mkdocs.utils import CountHandler

from licheng.app.shards.kept import steady_program
from licheng.site.converter import KNOWN_EXTENSIONS
from licheng.site.sections import sections
from licheng.sources.kept import KeptRows, KnownResult
from licheng.sources.resources import folder

# Files of this many editions stay: two languages of a site that is served and of the one that is published.
_MOST = 4
_CODE = "code"  # where the templates of an edition stand among its rows
_PLUGINS = frozenset({"licheng", "material/search", "material/offline"})
_INSTALLED = frozenset(Path(package.__path__[0]) for package in (material, mkdocs))
# Where a build lies and what it is told, which no page shows.
_ELSEWHERE = frozenset({"config_file_path", "docs_dir", "site_dir", "theme", "plugins", "hooks", "watch", "dev_addr"})


class AskedFiles:
    """The files of a site, as what converts a page asks for them: by where a link leads, and by nothing else.

    Attributes:
        asked: the paths from the root of all pages, whether anything is there or not.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self.asked: set[str] = set()

    def get_file_from_path(self, path: str) -> File | None:
        """As MkDocs' own."""
        self.asked.add(PurePath(path).as_posix())
        return self._files.get_file_from_path(path)


class RememberedPage(Page):
    """A page that may have been built before.

    Attributes:
        read_key: of all that its content follows from, but for what its links lead to.
        asked: where its links lead.
        known: what its Markdown came to; None where it is converted in this build.
        own_content: that, before the theme has added anything, to be kept.
        built_key: of all that its HTML follows from.
        sections: what the search has of it.
        html: as it is written; None until it is known.
    """

    read_key = built_key = b""
    asked: Collection[str] = ()
    known: Mapping[str, Any] | None = None
    own_content: str | None = None
    sections: list[Any] | None = None
    html: str | None = None

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Convert the Markdown, or say what it came to before; the content itself then waits until it is asked for."""
        if self.known is None:
            noting = AskedFiles(files)
            super().render(config, noting)  # type: ignore[arg-type]
            self.asked = sorted(noting.asked)
            return
        self.content, self.toc = "", get_toc([])
        self._title_from_render = self.known["title"]
        self.present_anchor_ids = set(self.known["anchors"])
        self.links_to_anchors = {files.src_uris[path]: links for path, links in self.known["links"].items()}


class SharedCode(BytecodeCache):
    """Templates compiled once: those of the one language are those of the other, and of the builds after this one.

    Attributes:
        is_kept: there is nothing new in it since it was last written.
    """

    def __init__(self) -> None:
        self.is_kept = True
        self._codes: dict[str, tuple[str, Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What the same text of the same template was compiled to."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember it."""
        self._codes[bucket.key] = bucket.checksum, bucket.code
        self.is_kept = False

    def read(self, text: str) -> None:
        """Add what an earlier process wrote."""
        self._codes |= marshal.loads(b64decode(text))  # noqa: S302 - of a sealed row in a file of our own

    def written(self) -> str:
        """For the next process of this very program."""
        self.is_kept = True
        return b64encode(marshal.dumps(self._codes)).decode()


COMPILED = SharedCode()


class PageTemplate(Template):
    """A template that renders a page once."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The page as it was built before from the same, else rendered."""
        page = args[0].get("page") if args else None
        if not isinstance(page, RememberedPage):
            return super().render(*args, **kwargs)
        if page.html is None:
            page.html = super().render(*args, **kwargs)
        return page.html


class SectionIndex(SearchIndex):  # type: ignore[misc]
    """The index of the theme's search: of a known page the sections as they were, of others read by our parser."""

    def add_entry_from_context(self, page: Page) -> None:
        """Add a page's sections."""
        before = len(self.entries)
        if isinstance(page, RememberedPage) and page.sections is not None:
            self.entries.extend(page.sections)
            return
        if not (page.meta.get("search") or {}).get("exclude"):
            for section in sections(page.content or ""):
                if not section.is_excluded():
                    self.create_entry_for_section(section, page.toc, page.url, page)
        if isinstance(page, RememberedPage):
            page.sections = self.entries[before:]


class Memory:
    """What earlier builds of an edition came to, and what this one does."""

    def __init__(self, rows: KeptRows, common: bytes) -> None:
        self._rows, self._common = rows, common
        self._before = rows.below("")
        code = self._before.pop(_CODE, None)
        if code is not None and code.key == common:
            COMPILED.read(code.value)
        self._pages: list[RememberedPage] = []
        self._frame = b""
        self._leads: dict[str, list[str]] = {}
        self._warnings = CountHandler()
        self._warnings.setLevel(logging.WARNING)
        logging.getLogger("mkdocs").addHandler(self._warnings)

    @classmethod
    def of(cls, cache: Path | None, config: MkDocsConfig) -> Self | None:
        """Of a configuration's edition; None where nothing can be kept or believed."""
        ours, engine = folder("site_theme"), steady_program()
        looks = [Path(place) for place in config.theme.dirs if _INSTALLED.isdisjoint(Path(place).parents)]
        if (
            cache is None
            or engine is None
            or config.hooks
            or not _PLUGINS.issuperset(config.plugins)
            or not KNOWN_EXTENSIONS.issuperset(config.markdown_extensions)
            or any(any(look.rglob("*.html")) for look in looks if look != ours)
        ):
            return None
        settings = {name: value for name, value in config.items() if name not in _ELSEWHERE}
        chosen = [(name, dict(plugin.config)) for name, plugin in config.plugins.items()]
        edition = digest(settings, dict(config.theme), chosen)
        texts = [
            (number, file.relative_to(look).as_posix(), blake2b(file.read_bytes()).digest())
            for number, look in enumerate(looks)
            for file in sorted(look.rglob("*"))
            if file.is_file()
        ]
        file = cache / f"site-{edition.hex()[:16]}.sqlite"
        with suppress(OSError):  # another process tidies up as well, or nothing may be written here
            for old in sorted(cache.glob("site-*.sqlite"), key=lambda kept: -kept.stat().st_mtime)[_MOST:]:
                old.unlink()
        return cls(KeptRows(file), digest(engine, edition, texts))

    def begin(self, files: Files) -> None:
        """Note what links may lead to."""
        self._leads = {file.src_uri: [file.url, file.inclusion.name] for file in files}

    def recognize(self, page: Page, markdown: str) -> None:
        """See whether a page's content is known."""
        page.__class__ = RememberedPage
        assert isinstance(page, RememberedPage)  # noqa: S101 - it is now
        self._pages.append(page)
        own = page.file.src_uri
        page.read_key = digest(self._common, own, self._leads.get(own), markdown, page.meta)
        row = self._before.get(f"read/{own}")
        if row is None or row.key != page.read_key:
            return
        known = json.loads(row.value)
        if known["leads"] == self._led(known["leads"]):
            page.known, page.own_content, page.asked = known, row.needs, known["leads"]

    def _led(self, asked: Iterable[str]) -> dict[str, list[str] | None]:
        """What lies where links lead: address and inclusion."""
        return {path: self._leads.get(path) for path in asked}

    def frame(self, nav: Navigation, *around: object) -> None:
        """Note what stands around each page's content: the navigation, whose titles are known by now, and the rest."""
        self._frame = digest(self._common, _outline(nav.items), *around)

    def complete(self, page: Page, *facts: object) -> None:
        """Take a page's HTML if it is known, else its content if that is."""
        if not isinstance(page, RememberedPage):
            return
        led = self._led(page.asked)
        page.built_key = digest(self._frame, page.read_key, led, page.title, page.meta, page.edit_url, *facts)
        row = self._before.get(f"built/{page.file.src_uri}")
        if page.known is None:
            page.own_content = page.content
            return
        if row is not None and row.key == page.built_key:
            page.html, page.sections = row.value, json.loads(row.needs)
            return
        page.content, page.toc = page.own_content, get_toc(page.known["toc"])

    def keep(self) -> None:
        """Keep what this build came to, if it had nothing to warn of."""
        rows: dict[str, KnownResult] = {}
        places = set[str]()
        for page in self._pages:
            read, built = (f"{part}/{page.file.src_uri}" for part in ("read", "built"))
            places |= {read, built}
            if page.links_to_anchors is None or page.html is None:  # MkDocs notes no links while it debugs
                continue
            if page.known is None:
                links = {file.src_uri: anchors for file, anchors in page.links_to_anchors.items()}
                facts: dict[str, Any] = {
                    "title": page._title_from_render,
                    "anchors": sorted(page.present_anchor_ids or ()),
                    "links": links,
                    "leads": self._led(page.asked),
                    "toc": _tokens(page.toc),
                }
                rows[read] = KnownResult(page.read_key, page.own_content or "", json.dumps(facts))
            before = self._before.get(built)
            if before is None or before.key != page.built_key:
                rows[built] = KnownResult(page.built_key, json.dumps(page.sections or []), page.html)
        gone = self._before.keys() - places
        if self._warnings.get_counts():
            rows, gone = {}, set()
        elif not COMPILED.is_kept:
            rows[_CODE] = KnownResult(self._common, "", COMPILED.written())
        if rows or gone:
            self._rows.keep(rows, gone)
        self.end()

    def end(self) -> None:
        """Listen to no more warnings."""
        logging.getLogger("mkdocs").removeHandler(self._warnings)


def digest(*parts: object) -> bytes:
    """Of values as they are written; of an object that says only where it lies, never the same."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=32).digest()


def _tokens(links: Iterable[AnchorLink]) -> list[Any]:
    """A table of contents as it is made from."""
    return [
        {"name": link.title, "id": link.id, "level": link.level, "children": _tokens(link.children)} for link in links
    ]


def _outline(items: Iterable[StructureItem]) -> list[object]:
    return [
        (
            type(item).__name__,
            item.title,
            getattr(item, "url", None),
            item.file.src_uri if isinstance(item, Page) else None,
            item.meta if isinstance(item, Page) else None,
            _outline(getattr(item, "children", None) or ()),
        )
        for item in items
    ]
