"""Markdown with YAML front matter: the first line is `---`, the data ends at the next line that is `---`."""

from __future__ import annotations

from licheng.core.finding import Code

NO_FRONT_MATTER = Code("MDN001", "no-front-matter")
CODES = (NO_FRONT_MATTER,)

_FENCE = "---\n"


def split(text: str) -> tuple[str, int] | None:
    """The front matter and the offset at which the body begins; None without a closed front matter."""
    if not text.startswith(_FENCE):
        return None
    end = text.find("\n---\n", len(_FENCE) - 1)
    if end >= 0:
        return text[len(_FENCE) : end + 1], end + len("\n---\n")
    if text.endswith("\n---"):
        return text[len(_FENCE) : -3], len(text)
    return None


def yaml_span(text: str) -> tuple[str, int]:
    """The YAML part of a record's text, whatever its form, and how many lines stand before it."""
    parts = split(text)
    return (parts[0], 1) if parts is not None else (text, 0)
