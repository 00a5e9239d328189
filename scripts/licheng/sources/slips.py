"""What a person did who wrote a document that is no YAML, and where: said by its own sort, never by libyaml's words.

libyaml says where it stopped reading, which is often the line after the slip.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

# A full-width colon or blank where a field's name ends or its line begins.
_FULL_WIDTH = re.compile(r"^(?:[ \t]*(?P<space>\u3000)|[ \t]*(?:- +)?[{]? *[\"']?[A-Za-z_][\w-]*[\"']? *(?P<colon>：))")
_FIRST_KEY = re.compile(r"[ ]*(?:- +)*[\"']?[\w-]+[\"']?")
_MARKER = re.compile(r"(?:<{7} |\|{7} |={7}$|>{7} )")
_OURS, _BETWEEN, _THEIRS = (re.compile(marker, re.MULTILINE) for marker in ("^<{7} ", "^={7}$", "^>{7} "))
# What libyaml says → the sort; what it says of documents that people write.
_SORTS = {
    "mapping values are not allowed in this context": "colon",
    "found character that cannot start any token": "start",
    "did not find expected key": "indent",
    "did not find expected '-' indicator": "indent",
    "block sequence entries are not allowed in this context": "indent",
    "block mapping entries are not allowed in this context": "indent",
    "did not find expected ',' or ']'": "comma",
    "did not find expected ',' or '}'": "comma",
    "did not find expected node content": "value",
    "could not find expected ':'": "no-colon",
    "did not find expected whitespace or line break": "tag",
    "control characters are not allowed": "control",
}


class Slip(NamedTuple):
    """One slip.

    Attributes:
        sort: `conflict`, `full-width-colon`, `full-width-space`, or a label of the catalog's group `problem`.
        line: from 1.
        column: from 1.
    """

    sort: str
    line: int
    column: int


def slip_of(text: str, error: Any) -> Slip:
    """What is wrong with a document that libyaml refused with an error."""
    lines, problem, context = text.split("\n"), error.problem or "", error.context or ""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    if not marks:
        return Slip("other", 1, 1)
    mark, opened = marks[0], marks[-1]
    if (slip := _seen(lines, mark.line)) is not None:
        return slip
    if context.startswith("while scanning a quoted scalar"):
        return Slip("open-quote", opened.line + 1, opened.column + 1)
    if context.startswith("while scanning a simple key"):  # a line of text alone: libyaml stops at the next
        return Slip("no-colon", opened.line + 1, opened.column + 1)
    if context.startswith("while parsing a flow") and opened.line < mark.line:
        return Slip("open-bracket", opened.line + 1, opened.column + 1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    indent = len(line) - len(line.lstrip(" \t"))
    if "\t" in line[: max(indent, mark.column + 1)] and ("tab" in problem or "start any token" in problem):
        return Slip("tab", mark.line + 1, line.index("\t") + 1)
    # Whether the line begins deeper than the one above that says something.
    saying = (each for each in reversed(lines[: mark.line]) if each.strip() and not each.lstrip().startswith("#"))
    before = next(saying, "")
    is_deeper = len(line) - len(line.lstrip(" ")) > len(before) - len(before.lstrip(" "))
    if _SORTS.get(problem) == "colon" and _FIRST_KEY.fullmatch(line[: mark.column]) and is_deeper:
        return Slip("too-deep", mark.line + 1, indent + 1)
    return Slip(_SORTS.get(problem, "other"), mark.line + 1, mark.column + 1)


def conflict_of(text: str) -> Slip | None:
    """Both sides of a merge that nobody has decided, anywhere in a text; None where there are none."""
    start = _OURS.search(text) if "<<<<<<< " in text else None  # in few texts
    middle = _BETWEEN.search(text, start.end()) if start is not None else None
    if start is None or middle is None or _THEIRS.search(text, middle.end()) is None:
        return None
    return Slip("conflict", text.count("\n", 0, start.start()) + 1, 1)


def _seen(lines: list[str], last: int) -> Slip | None:
    """The nearest slip that the eye sees in a line, at the line where libyaml stopped or above it."""
    for number in range(min(last, len(lines) - 1), -1, -1):
        if _MARKER.match(lines[number]):
            first = next(index for index, line in enumerate(lines) if _MARKER.match(line))
            return Slip("conflict", first + 1, 1)
        if (match := _FULL_WIDTH.match(lines[number])) is not None:
            sort = "colon" if match["colon"] else "space"
            return Slip(f"full-width-{sort}", number + 1, match.start(sort) + 1)
    return None
