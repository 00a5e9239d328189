"""One converter of Markdown for all pages of an edition: to make another for each took a sixteenth of a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import markdown
from mkdocs.structure import pages

from licheng.sources.handbook import EXTENSIONS
from licheng.sources.inline import quicken

# Those of which it is known that nothing of a page is left to the next; the last is MkDocs' own.
KNOWN_EXTENSIONS = frozenset({*EXTENSIONS, "fenced_code"})


class SharedConverter:
    """What MkDocs' pages take for the package, which they ask for nothing else."""

    _last: tuple[Sequence[str], Mapping[str, Any], markdown.Markdown] | None = None

    def Markdown(self, extensions: Sequence[str], extension_configs: Mapping[str, Any]) -> markdown.Markdown:  # noqa: N802
        """A converter that has converted nothing yet, or is as if it had not."""
        if not KNOWN_EXTENSIONS.issuperset(extensions):
            return markdown.Markdown(extensions=extensions, extension_configs=extension_configs)
        if self._last is None or self._last[0] is not extensions or self._last[1] is not extension_configs:
            converter = markdown.Markdown(extensions=extensions, extension_configs=extension_configs)
            self._last = extensions, extension_configs, quicken(converter)
        return self._last[2].reset()


def share_converter() -> None:
    """Let MkDocs convert its pages so."""
    pages.markdown = SharedConverter()  # type: ignore[attr-defined]
