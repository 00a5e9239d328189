"""What must not matter to a check does not matter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from licheng.app.check import check
from licheng.app.demo import fixed_files
from licheng.core.layout import student_folder
from licheng.core.report import Report
from licheng.demo import plan
from licheng.demo.write import final_tree
from licheng.sources.tree import Entry
from tests.trees import MemoryTree

TODAY = date(2026, 11, 23)


@cache
def faulty_school() -> dict[str, bytes]:
    """A school of planted faults, so that there are findings to compare."""
    return {**fixed_files(), **final_tree(plan(40, 3, faults=True))}


@cache
def verdict() -> Report:
    return check(MemoryTree(faulty_school()), TODAY)


class ShuffledTree(MemoryTree):
    """The same files, each student's in another order."""

    def __init__(self, files: dict[str, bytes], seed: int) -> None:
        super().__init__(files)
        self.seed = seed

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        shards: dict[str | None, list[Entry]] = {}
        for entry in super().entries(prefix, without):
            shards.setdefault(student_folder(entry.path), []).append(entry)
        order = random.Random(self.seed)
        for shard in shards.values():
            order.shuffle(shard)
            yield from shard


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_files_changes_nothing(seed: int) -> None:
    assert len(verdict().findings) > 10
    assert check(ShuffledTree(faulty_school(), seed), TODAY) == verdict()


def test_a_student_alone_gets_the_findings_that_the_whole_check_gives() -> None:
    """Every rule but the comparison of students needs the student and the school only."""
    whole = [finding for finding in verdict().findings if finding.code != "DUP001"]
    folders = {student_folder(finding.location.path) for finding in whole} - {None}
    for folder in folders:
        alone = check(MemoryTree(faulty_school()), TODAY, paths=[str(folder)])
        expected = [finding for finding in whole if student_folder(finding.location.path) == folder]
        assert [finding for finding in alone.findings if finding.code != "DUP001"] == expected
        assert ("DUP001", "partial-check") in [(skip.code, skip.reason) for skip in alone.skips]
