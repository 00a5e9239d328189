"""Blocks of code, coloured once: the pages of both languages show the same examples, messages and commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from pymdownx.superfences import highlight_validator

EXTENSION, COLOURS = "pymdownx.superfences", "pymdownx.highlight"
# With these each line bears the number of its block on the page, so that no two are alike.
_NUMBERED = ("anchor_linenums", "line_anchors", "line_spans")


def share(config: MkDocsConfig, known: dict[str, str]) -> None:
    """Let the extension ask for its ordinary blocks here; any that a school's configuration formats itself stay its.

    Args:
        config: one build's.
        known: what has been coloured, by all that it follows from; kept by the caller for as long as the extensions
            are the same.
    """
    colours = config.mdx_configs.get(COLOURS, {})
    fences = config.mdx_configs.setdefault(EXTENSION, {}).setdefault("custom_fences", [])
    if any(colours.get(option) for option in _NUMBERED) or any(fence.get("name") == "*" for fence in fences):
        return

    def coloured(text: str, language: str, _: str, options: Mapping[str, str], md: Markdown, **given: Any) -> str:
        asked = repr((colours, text, language, options, given))
        if asked not in known:
            known[asked] = md.preprocessors["fenced_code_block"].highlight(text, language, options, md, **given)
        return known[asked]

    fences.append({"name": "*", "class": "", "format": coloured, "validator": highlight_validator})
