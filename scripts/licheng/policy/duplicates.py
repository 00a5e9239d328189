"""What is compared across students: the files of what each has handed in."""

from __future__ import annotations

from collections.abc import Iterator

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
