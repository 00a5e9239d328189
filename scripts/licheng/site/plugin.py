"""The MkDocs plugin: hooks only. The pages come from `licheng.app.site`, as they do for any other generator."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import jieba  # type: ignore[import-untyped]
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files

from licheng.app.site import build
from licheng.sources.resources import folder
from licheng.sources.tree import find_root


class LichengConfig(Config):  # type: ignore[no-untyped-call]
    """No options: everything follows from the school's records."""


class LichengPlugin(BasePlugin[LichengConfig]):  # type: ignore[no-untyped-call]
    """Adds the generated pages to the site, and the search's words to the tokenizer."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add the engine's look, and teach the search short words: lunr finds prefixes, long compounds hide them."""
        jieba.setLogLevel("WARNING")
        with resources.as_file(resources.files("licheng.site") / "search_words.txt") as path:
            jieba.load_userdict(str(path))
        _add_theme(config)
        return config

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Add the pages of the school in whose repository the configuration lies."""
        root = find_root(Path(config.config_file_path).parent)
        for path, text in build(root).items():
            files.append(File.generated(config, path, content=text))
        return files


def _add_theme(config: MkDocsConfig) -> None:
    """A school of its own has no theme folder to point to: ours comes with the package, behind its own overrides."""
    ours, own = str(folder("site_theme")), config.theme.custom_dir
    if ours not in config.theme.dirs:
        config.theme.dirs.insert(1 if own else 0, ours)
