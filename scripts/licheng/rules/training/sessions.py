"""Sessions that do not count for what the regulation wants, or whose numbers do not fit their day."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.training import SessionState, handouts, pages_of, provisions, sessions, within


@rule("TRN003", "other-organiser", scope="school", kinds=("training",), reads=("rulebook", "school", "term-calendar"))
def other_organiser(this: Rule, school: School) -> Iterator[Finding]:
    """The office that the regulation names holds the training (陸); others may hold more, never in its stead."""
    for calendar in school.calendars.values():
        for one in provisions(calendar, school):
            for session in one.sessions if not one.counted else ():
                known = session.organiser in school.units
                if known and not within(session.organiser, one.demand.organiser, school):
                    place = session.record.at("organiser")
                    yield this.finding(place, organiser=session.organiser, wanted=one.demand.organiser)


@rule("TRN004", "topic-left-out", scope="school", kinds=("training",), reads=("rulebook", "school", "term-calendar"))
def topic_left_out(this: Rule, school: School) -> Iterator[Finding]:
    """The training is on the topics that the regulation names (陸), one of them is not enough."""
    for calendar in school.calendars.values():
        for one in provisions(calendar, school):
            for session in one.sessions if not one.counted else ():
                left_out = sorted(one.demand.topics - session.topics)
                if left_out and within(session.organiser, one.demand.organiser, school):
                    yield this.finding(session.record.at_key("topics"), topics="、".join(left_out))


@rule("TRN005", "attendance-not-reported", scope="school", kinds=("training",), severity=Severity.WARNING)
def attendance_not_reported(this: Rule, school: School) -> Iterator[Finding]:
    """Whether a session was held is told by the number of those who came (陸)."""
    for term in sorted({record.term for record in school.of("training") if record.term is not None}):
        for session in sessions(school, term):
            if session.state is SessionState.UNREPORTED:
                yield this.finding(session.record.at("on"), on=session.on.isoformat())


@rule("TRN006", "counted-before-held", kinds=("training",))
def counted_before_held(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Who came is known on the day, not before: a record is faithful to fact (肆.三)."""
    if "actual" in record.data and day(record.data["on"]) > school.today:
        yield this.finding(record.at("actual"), on=record.data["on"], today=school.today.isoformat())


@rule("TRN009", "unknown-page", scope="school", kinds=("training",), severity=Severity.WARNING)
def unknown_page(this: Rule, school: School) -> Iterator[Finding]:
    """A handbook is written page by page, and a school may keep none; a page taken away is refused (HBK006)."""
    pages = pages_of(school)
    for record, index, page in handouts(school):
        if pages and page not in pages:
            yield this.finding(record.at("materials", index, "page"), page=page)
