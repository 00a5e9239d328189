"""A file lies beside an item that does not list it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.location import Place
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("ATT002", "unlisted-file", scope="student")
def unlisted_file(this: Rule, student: Student, _school: School) -> Iterator[Outcome]:
    """A certification covers the listed files; a file that no item lists would be covered by none."""
    listed = {item.folder: {entry["name"] for entry in item.data["attachments"]} for item in student.items}
    broken = {path.rpartition("/")[0] for paths in student.broken.values() for path in paths}
    for file in student.files.values():
        if file.folder in broken:
            yield this.skip("record-broken", file.path)
        elif file.name not in listed.get(file.folder, set()):
            yield this.finding(Place(file.path), name=file.name)
