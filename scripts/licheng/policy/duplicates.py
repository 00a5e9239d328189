"""What is compared across students: the files of what each has handed in, and what checks of each commit to."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.student import Commitment, Compared, FileUse, Student
from licheng.policy.commitments import commitment_of


def compared(student: Student) -> Iterator[Compared]:
    """All that is kept of a student."""
    yield from uses(student)
    for check in student.of("verification"):
        if given := commitment_of(check):
            yield Commitment(bytes.fromhex(given), check.path)


def uses(student: Student) -> Iterator[FileUse]:
    """The attachments of a student's submitted items."""
    for item in student.of("course-output", "activity"):
        if item.data["submitted"] is not True:
            continue
        group = item.data.get("group_work")
        for index, attachment in enumerate(item.data["attachments"]):
            digest = bytes.fromhex(attachment["sha256"])
            yield FileUse(digest, item.path, index, student.id, group)
