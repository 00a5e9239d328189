"""A training that leaves out a topic that the regulation names."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import provisions, within


@rule("TRN004", "topic-left-out", scope="school", kinds=("training",), reads=("rulebook", "school", "term-calendar"))
def topic_left_out(this: Rule, school: School) -> Iterator[Finding]:
    """The training is on the topics that the regulation names (陸), one of them is not enough."""
    for calendar in school.calendars.values():
        for provision in provisions(calendar, school):
            for session in provision.sessions if not provision.counted else ():
                left_out = sorted(provision.demand.topics - session.topics)
                if left_out and within(session.organiser, provision.demand.organiser, school):
                    yield this.finding(session.record.at_key("topics"), topics="、".join(left_out))
