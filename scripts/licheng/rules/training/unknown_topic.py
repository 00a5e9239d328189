"""A training is on a topic that the rulebook neither wants nor names."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.training import demands


@rule("TRN014", "unknown-topic", kinds=("training",), reads=("rulebook",))
def unknown_topic(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """A session fulfils a demand by its topics (陸), so a topic that is written otherwise would not count."""
    assert record.term is not None  # noqa: S101 - its path has a term
    book = school.rulebooks.for_term(record.term)
    if book is None:
        return
    known = {topic for demand in demands(book) for topic in demand.topics} | {*book.names["topics"]}
    for index, topic in enumerate(record.data["topics"]):
        if known and topic not in known:
            yield this.finding(record.at("topics", index), word=topic, known=tuple(sorted(known)))
