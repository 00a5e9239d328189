"""What the site may show of the working group, its trainings and its evaluations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.core.calendar import TermCalendar
from licheng.core.dates import day
from licheng.core.layout import HANDBOOK
from licheng.core.record import Record
from licheng.core.school import School
from licheng.outputs.pages.view import (
    DemandView,
    EvaluationView,
    Material,
    MeetingView,
    ResolutionView,
    SeatView,
    SessionView,
    TrainingTermView,
)
from licheng.policy.disclosure import rounded
from licheng.policy.evaluation import public_figures
from licheng.policy.training import Provision, Session, provisions, sessions
from licheng.policy.working_group import held_on, holders, meetings, reference, resolutions, seats


def seat_views(school: School) -> tuple[SeatView, ...]:
    """The seats of the rulebook in force."""
    book = school.rulebooks.on(school.today)
    found = seats(book) if book is not None else ()
    return tuple(SeatView(seat, holders(seat.post, school, school.today) >= seat.count) for seat in found)


def meeting_views(school: School) -> tuple[MeetingView, ...]:
    """Meetings that were held, newest first."""
    by_meeting: dict[str, list[ResolutionView]] = {}
    for one in resolutions(school):
        shown = ResolutionView(one.number, one.subject, one.text, one.due, one.state)
        by_meeting.setdefault(one.meeting, []).append(shown)
    return tuple(
        MeetingView(meeting.identity["term"], held_on(meeting), tuple(by_meeting.get(reference(meeting), ())))
        for meeting in reversed(meetings(school))
        if held_on(meeting) <= school.today
    )


def training_views(school: School) -> tuple[TrainingTermView, ...]:
    """Every term with a calendar, newest first."""
    calendars = (school.calendars[term] for term in sorted(school.calendars, reverse=True))
    return tuple(_trainings(calendar, school) for calendar in calendars)


def _trainings(calendar: TermCalendar, school: School) -> TrainingTermView:
    cell = _cell(school)
    pages = frozenset(text.path for text in school.texts)
    return TrainingTermView(
        str(calendar.term),
        tuple(map(_demand, provisions(calendar, school))),
        tuple(_session(session, cell, pages) for session in sessions(school, calendar.term)),
    )


def _demand(provision: Provision) -> DemandView:
    demand = provision.demand
    return DemandView(demand.audience, demand.article, tuple(sorted(demand.topics)), provision.state)


def _session(session: Session, cell: int, pages: frozenset[str]) -> SessionView:
    data = session.record.data
    actual = data.get("actual")
    return SessionView(
        audience=session.audience,
        organiser=session.organiser,
        on=session.on,
        hours="–".join(data[field] for field in ("time", "end_time") if field in data),
        place=data["place"],
        topics=tuple(data["topics"]),
        planned=rounded(data["planned"], cell),
        actual=rounded(actual, cell) if actual is not None else None,
        state=session.state,
        materials=tuple(_materials(data, pages)),
    )


def _materials(data: Mapping[str, Any], pages: frozenset[str]) -> Iterator[Material]:
    """A page that is not there is no link, so that a wrong record does not break the site."""
    for entry in data.get("materials", ()):
        page = entry.get("page")
        yield Material(entry["title"], entry.get("url"), page if f"{HANDBOOK}/{page}" in pages else None)


def evaluation_views(school: School) -> tuple[EvaluationView, ...]:
    """What the secretary has released by today, newest first."""
    released = (record for record in school.of("evaluation") if _is_released(record, school))
    views = (_evaluation(record, school) for record in released)
    return tuple(sorted(views, key=lambda view: view.year, reverse=True))


def _is_released(record: Record, school: School) -> bool:
    return "released" in record.data and day(record.data["released"]) <= school.today


def _evaluation(record: Record, school: School) -> EvaluationView:
    data = record.data
    figures = data.get("figures")
    return EvaluationView(
        year=int(record.identity["year"]),
        on=day(data["on"]),
        released=day(data["released"]),
        by=data["by"],
        summary=data["summary"],
        words=record.body,
        as_of=day(figures["as_of"]) if figures is not None else None,
        figures=public_figures(figures, _cell(school)) if figures is not None else None,
    )


def _cell(school: School) -> int:
    """By how much counts are rounded; without a rulebook so far that nothing is left of them."""
    book = school.rulebooks.on(school.today)
    return book.minimum_cell if book is not None else 1_000_000
