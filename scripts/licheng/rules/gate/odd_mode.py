"""A link, a submodule, an executable or a settings file of git where records live."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule

_PLAIN = {"100644"}
_CODE = {"100644", "100755"}
_SETTINGS = frozenset({".gitattributes", ".gitmodules", ".gitignore", ".lfsconfig"})


@rule("GAT005", "odd-mode", scope="shape", always=True)
def odd_mode(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """In `content/` there are plain files only; nowhere links or submodules."""
    for change in proposal.changes:
        gone = change.new_mode == "000000"
        inside = change.path.startswith("content/")
        if not gone and change.new_mode not in (_PLAIN if inside else _CODE):
            yield this.finding(Place(change.path), mode=change.new_mode)
        elif inside and change.path.rpartition("/")[2].lower() in _SETTINGS:
            yield this.finding(Place(change.path), mode=change.path.rpartition("/")[2])
