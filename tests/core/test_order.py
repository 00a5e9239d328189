"""Tests are put in an order in which the longest begin first, and none is lost."""

from __future__ import annotations

import pytest

from tests.order import LONGEST, TOGETHER, dealt
from tests.trees import ROOT


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
@pytest.mark.parametrize("short", [0, 1, 5, 1000])
def test_none_is_lost_and_the_longest_begin_each_share(short: int, workers: int) -> None:
    founded = [f"{TOGETHER[0]}::{number}" for number in range(4)]
    items = [*(f"tests/a.py::{number}" for number in range(short)), *LONGEST, *founded]
    ordered = dealt(items, str, workers)
    assert sorted(ordered) == sorted(items)
    assert ordered[:4] == founded
    begun = 0
    for others in range(workers, 0, -1):  # as pytest-xdist hands them out
        assert short < 1000 or ordered[begun].startswith((*TOGETHER, *LONGEST))
        begun += (len(items) - begun) // others
    rest = [item for item in ordered if item.startswith("tests/a.py")]
    assert rest == [item for item in items if item.startswith("tests/a.py")]


@pytest.mark.parametrize("start", [*TOGETHER, *LONGEST])
def test_the_longest_are_there(start: str) -> None:
    file, _, name = start.partition("::")
    assert f"def {name or 'test_'}" in (ROOT / file).read_text(encoding="utf-8")
