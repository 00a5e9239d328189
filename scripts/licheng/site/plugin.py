"""The MkDocs plugin: hooks only. The pages come from `licheng.app.site`, as they do for any other generator.

A site is two builds: the configuration that names a `translation` builds first, then that one, into a folder below.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.config.config_options import Optional, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from licheng.app.check import check
from licheng.app.day import day_of
from licheng.app.site.editions import Edition, editions, last_changes
from licheng.app.site.view import drop_impossible_epoch
from licheng.core.finding import Severity
from licheng.core.layout import HANDBOOK
from licheng.outputs.catalog import catalog
from licheng.site import search
from licheng.site.folders import MAIN, Folders
from licheng.site.policy import content_policy
from licheng.sources.resources import folder
from licheng.sources.tree import WorkTree, find_root

ENGLISH = "en"
_LOG = logging.getLogger("mkdocs.plugins.licheng")


class LichengConfig(Config):  # type: ignore[no-untyped-call]
    """`translation`: the configuration file of the other language; None in that file itself."""

    translation = Optional(Type(str))


class LichengPlugin(BasePlugin[LichengConfig]):  # type: ignore[no-untyped-call]
    """Adds the generated pages, the twin, source and date of each page, and builds the translation."""

    editions: Mapping[str, Edition] = {}  # a translation gets those of the build that it belongs to

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add the engine's look, and read the school once for all languages."""
        _add_theme(config)
        search.teach()
        if (dropped := drop_impossible_epoch()) is not None:
            _LOG.info("SOURCE_DATE_EPOCH %s 不是可能的時間，略過。 / is no possible time and is passed over.", dropped)
        root = find_root(Path(config.config_file_path).parent)
        if not self.editions:  # a translation comes with those of a build that has looked already
            _refuse_handbook(root)
            self.editions = editions(root)
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
        for file in [file for file in files if _is_of_handbook(file, self.folders.root)]:
            if file.abs_src_path not in judged:
                files.remove(file)
        return files

    def on_page_markdown(self, markdown: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """A page of the engine's links to sections of its own pages; a school's own page at that path has others."""
        return self.folders.relinked(markdown, page, files) if self.folders.source(page) is None else markdown

    def on_env(self, env: Any, /, *, config: MkDocsConfig, files: Files) -> None:
        """Give the theme the announcement, and the policy of a page by the scripts of its own partials."""
        told = self.folders.edition.announcement
        page = files.get_file_from_path(told.page)
        env.globals["content_policy"] = content_policy
        env.globals["announcement"] = {"told": told, "url": page.url if page is not None else "."}

    def on_page_context(self, context: Any, /, *, page: Page, config: MkDocsConfig, **_: Any) -> None:
        """Say where a page's twin is, what file it shows, and when that last changed."""
        context["twin"] = self.folders.twin(page)
        source = self.folders.source(page)
        page.edit_url = f"{config.repo_url}/{config.edit_uri}{source}" if source and config.repo_url else None
        if source in self.changes:
            page.meta["revision_date"] = self.changes[source].isoformat()

    @event_priority(-200)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
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
        own.editions = self.editions
        build(other)


def _refuse_handbook(root: Path) -> None:
    """The second wall: what `licheng check` refuses of the handbook is not published by a build without it either."""
    tree = WorkTree(root)
    report = check(tree, day_of(tree, None), paths=(HANDBOOK,), known=True)
    for found in report.findings:
        if found.severity is Severity.ERROR and f"{found.location.path}/".startswith(f"{HANDBOOK}/"):
            raise PluginError(f"{found.location}: {found.code} {catalog(MAIN).message(found)}")


def _is_of_handbook(file: File, root: Path) -> bool:
    """Whether it lies there; what editors leave behind lies there too, and no check reads it."""
    return file.abs_src_path is not None and Path(file.abs_src_path).is_relative_to(root / HANDBOOK)


def _add_theme(config: MkDocsConfig) -> None:
    """A school of its own has no theme folder to point to: ours comes with the package, behind its own overrides."""
    ours, own = str(folder("site_theme")), config.theme.custom_dir
    if ours not in config.theme.dirs:
        config.theme.dirs.insert(1 if own else 0, ours)
