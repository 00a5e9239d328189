"""The MkDocs plugin: hooks only. The pages come from `licheng.app.site`, as they do for any other generator.

A site is two builds: the configuration that names a `translation` builds first, then that one, into a folder below.
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.config.config_options import Optional, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from licheng.app.check import check
from licheng.app.day import day_of
from licheng.app.server.names import CACHE
from licheng.app.site.editions import Edition, editions, last_changes
from licheng.app.site.view import drop_impossible_epoch
from licheng.core.finding import Severity
from licheng.core.layout import HANDBOOK
from licheng.outputs.catalog import catalog
from licheng.outputs.pages.live import fill
from licheng.site import fences, navigation, search
from licheng.site.converter import share_converter
from licheng.site.emptied import keep_folders, prune
from licheng.site.folders import MAIN, Folders
from licheng.site.policy import content_policy
from licheng.site.remembered import COMPILED, Memory, PageTemplate, SectionIndex
from licheng.site.tables import labelled
from licheng.site.theme import VisibleTheme
from licheng.sources.resources import folder
from licheng.sources.tree import WorkTree, find_root

ENGLISH = "en"
_LOG = logging.getLogger("mkdocs.plugins.licheng")


class LichengConfig(Config):  # type: ignore[no-untyped-call]
    """`translation`: the configuration file of the other language; None in that file itself."""

    translation = Optional(Type(str))


class LichengPlugin(BasePlugin[LichengConfig]):  # type: ignore[no-untyped-call]
    """Adds the generated pages, the twin, source and date of each page, and builds the translation."""

    # A translation gets both of the build that it belongs to.
    editions: Mapping[str, Edition] = {}
    memory: Memory | None = None
    coloured: dict[str, str] | None = None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add the engine's look, and read the school once for all languages."""
        gc.set_threshold(100_000, 50, 100)  # a build makes much and drops little of it
        keep_folders()
        share_converter()
        # A school of its own has no theme folder to point to: ours comes with the package, behind its own overrides.
        ours = str(folder("site_theme"))
        if ours not in config.theme.dirs:
            config.theme.dirs.insert(1 if config.theme.custom_dir else 0, ours)
        config.theme.__class__ = VisibleTheme
        if (dropped := drop_impossible_epoch()) is not None:
            _LOG.info("SOURCE_DATE_EPOCH %s 不是可能的時間，略過。 / is no possible time and is passed over.", dropped)
        root = find_root(Path(config.config_file_path).parent)
        tree = WorkTree(root)
        if place := os.environ.get(CACHE):
            tree.cache = Path(place)
        self.memory = Memory.of(tree.cache, config)  # before a line below says where a function lies
        if not self.editions:  # a translation comes with those of a build that has looked already
            # The second wall: what `licheng check` refuses of the handbook, a build without it does not publish either.
            for finding in check(tree, day_of(tree, None), paths=(HANDBOOK,), known=True, keep=True).findings:
                if finding.severity is Severity.ERROR and f"{finding.location.path}/".startswith(f"{HANDBOOK}/"):
                    raise PluginError(f"{finding.location}: {finding.code} {catalog(MAIN).message(finding)}")
            self.editions = editions(tree, root, COMPILED)
        self.coloured = {} if self.coloured is None else self.coloured
        fences.share(config, self.coloured)
        self.folders = Folders(root, config, self.editions)
        self.changes = last_changes(root)
        offline = config.plugins.get("material/offline")
        if offline is not None and offline.config.enabled:
            config.extra["polyfills"] = ["assets/iframe-worker.js"]
        return config

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Add the generated pages, where none is written by hand, and what a translation shares."""
        for path, text in self.folders.edition.pages.items():
            if files.get_file_from_path(path) is None:
                files.append(File.generated(config, path, content=text))
        for file in (*self.folders.shared(files), *self.folders.of_engine(files)):
            files.append(file)
        judged = {str(self.folders.root / entry.path) for entry in WorkTree(self.folders.root).entries(HANDBOOK)}
        handbook = self.folders.root / HANDBOOK
        for file in list(files):  # what editors leave behind lies there too, and no check reads it
            source = file.abs_src_path
            if source is not None and Path(source).is_relative_to(handbook) and source not in judged:
                files.remove(file)
        return files

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> None:
        """All files are there by now."""
        self.nav = nav
        if self.memory is not None:
            self.memory.begin(files)

    def on_page_markdown(self, markdown: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put what is made from the records into a page written by hand; mend the links of one that is the engine's.

        A page of the engine's links to sections of its own pages; a school's own page at that path has others.
        """
        if self.folders.source(page) is None:
            markdown = self.folders.relinked(markdown, page, files)
        try:
            markdown = fill(markdown, page.file.src_uri, self.folders.edition.pieces)
        except KeyError as unknown:
            raise PluginError(f"{page.file.src_uri}: <!-- live: {unknown.args[0]} -->") from unknown
        if self.memory is not None:
            self.memory.recognize(page, markdown)
        return markdown

    def on_env(self, env: Any, /, *, config: MkDocsConfig, files: Files) -> None:
        """Give the theme the announcement, the navigation, and a page's policy by the scripts of its own partials."""
        announcement = self.folders.edition.announcement
        page = files.get_file_from_path(announcement.page)
        self.addresses = {file.src_uri: file.url for file in files.documentation_pages()}
        env.template_class, env.bytecode_cache = PageTemplate, COMPILED
        navigation.share(env, config, folder("site_theme"))
        env.globals["content_policy"] = content_policy
        env.globals["announcement"] = {"told": announcement, "url": page.url if page is not None else "."}
        index = config.plugins.get("material/search")
        if index is not None and index.config.enabled:
            index.search_index = SectionIndex(**index.config)
        if self.memory is not None:
            self.memory.frame(self.nav, env.globals["announcement"])

    def on_page_content(self, html: str, /, **_: Any) -> str:
        """Let each cell of a table name its column."""
        return labelled(html)

    @event_priority(100)
    def on_page_context(self, context: Any, /, *, page: Page, config: MkDocsConfig, **_: Any) -> None:
        """Say where a page's twin is, what file it shows, and when that last changed: before the search reads it."""
        context["twin"] = self.folders.twin(page)
        source = self.folders.source(page)
        page.edit_url = f"{config.repo_url}/{config.edit_uri}{source}" if source and config.repo_url else None
        if source in self.changes:
            page.meta["revision_date"] = self.changes[source].isoformat()
        if self.memory is not None:
            self.memory.complete(page, context["twin"])

    @event_priority(-50)
    def write_index(self, *, config: MkDocsConfig) -> None:
        """Write what the search reads: after the search's plugin, before the one for copies on a disk."""
        search.write(Path(config.site_dir), self.folders.language, self.addresses)
        if self.memory is not None:
            self.memory.keep()

    def on_build_error(self, error: Exception) -> None:
        """Nothing is kept of this build."""
        if self.memory is not None:
            self.memory.end()

    @event_priority(-200)
    def build_translation(self, *, config: MkDocsConfig) -> None:
        """Build the translation into its own folder, last: MkDocs shares the search plugin between both builds."""
        if self.config.translation is None:
            return
        other = load_config(
            str(Path(config.config_file_path).with_name(self.config.translation)),
            site_dir=str(Path(config.site_dir) / ENGLISH),
            site_url=f"{config.site_url}{ENGLISH}/",
            strict=config.strict,
        )
        own = other.plugins["licheng"]
        assert isinstance(own, LichengPlugin)  # noqa: S101 - that file inherits this one's plugins
        own.editions, own.coloured = self.editions, self.coloured
        build(other)

    @event_priority(-300)
    def prune_folders(self, *, config: MkDocsConfig) -> None:
        """What an earlier build needed and no page of this one: when all is written."""
        prune(config.site_dir)

    on_post_build = CombinedEvent(write_index, build_translation, prune_folders)
