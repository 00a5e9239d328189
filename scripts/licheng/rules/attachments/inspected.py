"""What the inspection of an attachment's bytes found, a rule for each kind of flaw."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules.attachments.present import present


def _flaws(this: Rule, record: Record, owner: Student) -> Iterator[Outcome]:
    """The flaws of this rule's code; what ATT005 to ATT007 report was not inspected and is not told twice."""
    for index, entry, file in present(record, owner):
        if file.flaws is None:
            if file.pointer and file.head is None:
                yield this.skip("object-not-here", file.path)
            continue
        for flaw in file.flaws:
            if flaw.code == this.code:
                place, wrote = record.at("attachments", index, "name"), file.program
                yield this.finding(place, name=entry["name"], inside=flaw.reason, program=wrote, click=wrote)


@rule("ATT009", "active-content", kinds=WITH_FILES, reads=("agency-rules",))
def active_content(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """A document that acts when it is opened acts on the computers of teachers, the agency and universities."""
    yield from _flaws(this, record, owner)


@rule("ATT010", "hidden-author", kinds=WITH_FILES, reads=("agency-rules",))
def hidden_author(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """A name in a file's properties leaves the school with every copy (個資法 §5)."""
    yield from _flaws(this, record, owner)


@rule("ATT011", "location-inside", kinds=WITH_FILES, reads=("agency-rules",))
def location_inside(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """A photo taken at home tells where a student lives (個資法 §5)."""
    yield from _flaws(this, record, owner)


@rule("ATT012", "trailing-data", kinds=WITH_FILES, reads=("agency-rules",))
def trailing_data(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """What no reader of this format shows, nobody has certified."""
    yield from _flaws(this, record, owner)


@rule("ATT013", "unreadable-file", kinds=WITH_FILES, reads=("agency-rules",))
def unreadable_file(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """What cannot be read to its end cannot be judged, so it does not pass."""
    yield from _flaws(this, record, owner)


@rule("ATT014", "absent-object", kinds=WITH_FILES, reads=("agency-rules",))
def absent_object(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """On the server a pointer without its object is a lost file; an ordinary clone may not have fetched it."""
    yield from _flaws(this, record, owner)


@rule("ATT015", "altered-object", kinds=WITH_FILES, reads=("agency-rules",))
def altered_object(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """A pointer names its object by digest and size; bytes that differ are another file."""
    yield from _flaws(this, record, owner)
