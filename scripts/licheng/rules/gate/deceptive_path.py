"""A path beside `content/` that looks like another one, or that some file systems take for another one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.characters import flaws
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule

_GITS = frozenset({".git", "git~1"})
_ODD = frozenset('\\:*?"<>|')


@rule("GAT020", "deceptive-path", scope="shape")
def deceptive_path(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """`Content/` is `content/` on Windows and macOS, and so is `.git` in any spelling; FIL007 says it of `content/`."""
    for change in proposal.changes:
        beside = not change.path.startswith("content/")
        if beside and change.operation is not Operation.DELETE and _is_deceptive(change.path):
            yield this.finding(Place(change.path))


def _is_deceptive(path: str) -> bool:
    """Whether a path outside `content/` can be taken for another one, by people or by a file system."""
    segments = path.split("/")
    folded = [_folded(segment) for segment in segments]
    twin = folded[0] == "content" and segments[0] != "content"
    return twin or any(name in _GITS for name in folded) or not all(map(_is_plain, segments))


def _folded(name: str) -> str:
    """As the least careful file system compares it: without case, without what cannot be seen."""
    seen = "".join(char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) != "Cf")
    return seen.casefold().rstrip(". ")


def _is_plain(name: str) -> bool:
    odd = any(char in _ODD or char in "\t\n\r" or "\ud800" <= char <= "\udfff" for char in name)
    return (
        not odd
        and next(flaws(name), None) is None
        and name == name.rstrip(". ")
        and unicodedata.is_normalized("NFC", name)
    )
