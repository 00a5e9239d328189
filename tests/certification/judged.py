"""What a check says of a tree that was made for a test."""

from __future__ import annotations

from datetime import date

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.core.errors import UsageError
from licheng.policy.certification import ItemState, State, state
from tests.certified import folder
from tests.trees import MemoryTree

TODAY = date(2026, 11, 23)


def codes(tree: MemoryTree) -> list[str]:
    """The codes of all findings, each once."""
    return sorted({finding.code for finding in check(tree, TODAY).findings})


def state_of(tree: MemoryTree, where: str | None = None, today: date = TODAY) -> ItemState:
    """The state of an item."""
    loaded = load(tree, today)
    student, item = loaded.item(where or folder())
    return state(item, student, loaded.school)


def is_certified(tree: MemoryTree, where: str | None = None) -> bool:
    """Whether somebody could use the item; one that cannot be read is not certified."""
    try:
        return state_of(tree, where).state is State.CERTIFIED
    except UsageError:
        return False
