"""The same file handed in more than once: by two students, or by one for two items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from licheng.core.student import FileUse, Student


def uses(student: Student) -> Iterator[FileUse]:
    """The attachments of a student's submitted items."""
    for item in student.of("course-output", "activity"):
        if item.data["submitted"] is not True:
            continue
        group = item.data.get("group_work")
        for index, attachment in enumerate(item.data["attachments"]):
            digest = bytes.fromhex(attachment["sha256"])
            yield FileUse(digest, item.path, index, student.id, group)


def repeated(all_uses: Iterable[FileUse]) -> Iterator[tuple[FileUse, FileUse]]:
    """Each use of a file that another item uses too, with that other; not what two students declare as group work."""
    by_digest: dict[bytes, list[FileUse]] = defaultdict(list)
    for use in all_uses:
        by_digest[use.digest].append(use)
    for shared in by_digest.values():
        if len(shared) > 1:
            yield from _repeated(sorted(shared, key=lambda use: (use.path, use.index)))


def _repeated(shared: list[FileUse]) -> Iterator[tuple[FileUse, FileUse]]:
    for position, use in enumerate(shared):
        earlier = (other for other in shared[:position] if other.path != use.path)
        others = (other for other in earlier if not _same_group_work(use, other))
        first = next(others, None)
        if first is not None:
            yield use, first


def _same_group_work(one: FileUse, other: FileUse) -> bool:
    return one.student != other.student and one.group_work is not None and one.group_work == other.group_work
