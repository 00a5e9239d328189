"""The theme, of which MkDocs sees no hidden folder: it leaves those out itself, after listing 14,000 icons twice."""

from __future__ import annotations

import os

from jinja2 import Environment, FileSystemLoader
from mkdocs.theme import Theme


class VisibleFiles(FileSystemLoader):
    """Files of some folders; one that is hidden can be loaded, and is not listed."""

    def list_templates(self) -> list[str]:
        """Names of all files, in order, but for those below a hidden folder."""
        names = set[str]()
        for top in self.searchpath:
            for place, folders, files in os.walk(top, followlinks=self.followlinks):
                folders[:] = [folder for folder in folders if not folder.startswith(".")]
                names.update(os.path.relpath(f"{place}/{file}", top).replace(os.sep, "/") for file in files)
        return sorted(names)


class VisibleTheme(Theme):
    """A theme that lists no hidden folder."""

    def get_env(self) -> Environment:
        """Its templates."""
        env = super().get_env()
        env.loader = VisibleFiles(self.dirs)
        return env
