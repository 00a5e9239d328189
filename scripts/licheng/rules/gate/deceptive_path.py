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
        if change.path.startswith("content/") or change.operation is Operation.DELETE:
            continue
        segments = change.path.split("/")
        # As the least careful file system compares them: without case, without what cannot be seen.
        composed = [unicodedata.normalize("NFKC", segment) for segment in segments]
        seen = ["".join(char for char in name if unicodedata.category(char) != "Cf") for name in composed]
        folded = [name.casefold().rstrip(". ") for name in seen]
        is_twin = folded[0] == "content" and segments[0] != "content"
        if is_twin or not _GITS.isdisjoint(folded) or not all(map(_is_plain, segments)):
            yield this.finding(Place(change.path))


def _is_plain(name: str) -> bool:
    odd = any(char in _ODD or char in "\t\n\r" or "\ud800" <= char <= "\udfff" for char in name)
    return (
        not odd
        and next(flaws(name), None) is None
        and name == name.rstrip(". ")
        and unicodedata.is_normalized("NFC", name)
    )
