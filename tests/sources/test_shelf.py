"""What readers of several commits remember: the same files say the same, and are read once; nothing grows for ever."""

from __future__ import annotations

from datetime import date

import pytest

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.core.layout import MOST_BYTES, MOST_BYTES_OF_ALL
from licheng.sources.shelf import Readings
from licheng.sources.tree import Entry
from tests.trees import MemoryTree, base

TODAY = date(2026, 11, 23)
ITEM = "content/students/113/s1139901/terms/113-1/outputs"


class Counting(MemoryTree):
    """A tree that tells which files were read."""

    def __init__(self, files: dict[str, bytes], readings: Readings | None) -> None:
        super().__init__(files, readings=readings)
        self.asked: list[str] = []

    def read(self, entry: Entry) -> bytes:
        self.asked.append(entry.path)
        return super().read(entry)


def read_whole(tree: Counting) -> list[str]:
    """The files that a load of the school and of all its students asks the tree for."""
    list(load(tree, TODAY).students())
    return tree.asked


def test_the_second_tree_reads_only_what_differs() -> None:
    files, readings = base().files, Readings()
    first = read_whole(Counting(files, readings))
    assert len(first) == len(set(first)) > 20
    changed = "content/school/duties.yaml"
    assert read_whole(Counting({**files, changed: files[changed] + b"# x\n"}, readings)) == [changed]
    assert sorted(read_whole(Counting(files, None))) == sorted(first)


def test_what_is_remembered_gives_the_same_report() -> None:
    files, readings = base().files, Readings()
    for spoilt in ({}, {"content/school/staff.yaml": b"[]\n"}, {"content/odd.txt": b"A123456789"}):
        for _ in range(2):
            tree = MemoryTree({**files, **spoilt}, readings=readings)
            assert check(tree, TODAY) == check(MemoryTree({**files, **spoilt}), TODAY)


def test_the_same_bytes_at_another_path_or_of_another_mode_are_another_file() -> None:
    files, readings = base().files, Readings()
    check(MemoryTree(files, readings=readings), TODAY)
    link = MemoryTree(files, {"content/school/staff.yaml": "120000"}, readings=readings)
    assert "FIL008" in {finding.code for finding in check(link, TODAY).findings}
    moved = MemoryTree({**files, "content/school/team.yaml": files["content/school/staff.yaml"]}, readings=readings)
    assert "FIL001" in {finding.code for finding in check(moved, TODAY).findings}


@pytest.mark.parametrize("most", [0, 4_000, 4 << 20])
def test_no_more_is_kept_than_was_said(most: int) -> None:
    files, readings = base().files, Readings(most)
    for number in range(3):
        tree = Counting({**files, "content/odd.txt": b"%d" % number * 3_000}, readings)
        report = check(tree, TODAY)
        assert readings.bytes <= most
        assert report == check(MemoryTree(tree.files), TODAY)


def test_a_pointer_is_looked_at_again_as_its_object_may_have_come() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 7\n"
    files, readings = {**base().files, f"{ITEM}/late/report.pdf": pointer}, Readings()
    for _ in range(2):
        assert f"{ITEM}/late/report.pdf" in read_whole(Counting(files, readings))


def test_a_list_of_everybody_may_be_larger_than_a_record_and_not_without_bound() -> None:
    """3,500 accounts with a key each are a megabyte: a large school with its leavers must stay a school."""
    files, accounts = base().files, "content/school/accounts.yaml"
    staff = "content/school/staff.yaml"

    def larger(path: str, size: int) -> set[str]:
        grown = files[path] + b"#" * (size - len(files[path]) - 1) + b"\n"
        return {finding.code for finding in check(MemoryTree({**files, path: grown}), TODAY).findings}

    assert "FIL006" not in larger(accounts, MOST_BYTES_OF_ALL) | larger(staff, MOST_BYTES)
    assert "FIL006" in larger(accounts, MOST_BYTES_OF_ALL + 1)
    assert "FIL006" in larger(staff, MOST_BYTES + 1)
