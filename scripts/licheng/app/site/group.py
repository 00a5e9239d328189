"""What the site may show of the working group, its trainings and its evaluations."""

from __future__ import annotations

from licheng.core.dates import TAIPEI, day
from licheng.core.layout import HANDBOOK
from licheng.core.school import School
from licheng.outputs.pages.view import (
    DemandView,
    EvaluationView,
    Material,
    MeetingView,
    OmissionView,
    ResolutionView,
    SeatView,
    SessionView,
    TrainingTermView,
)
from licheng.policy.disclosure import rounded
from licheng.policy.evaluation import public_figures
from licheng.policy.omissions import counted, is_lacking
from licheng.policy.privacy import names_somebody
from licheng.policy.training import TrainingSession, provisions, sessions
from licheng.policy.working_group import held_on, holder_count, meetings, reference, resolutions, seats


def seat_views(school: School) -> tuple[SeatView, ...]:
    """The seats of the rulebook in force."""
    book = school.rulebooks.on(school.today)
    return tuple(
        SeatView(seat, holder_count(seat.post, school, school.today) >= seat.count)
        for seat in (seats(book) if book is not None else ())
    )


def meeting_views(school: School) -> tuple[MeetingView, ...]:
    """Meetings that were held, newest first."""
    by_meeting: dict[str, list[ResolutionView]] = {}
    for resolved in resolutions(school):
        shown = ResolutionView(resolved.number, resolved.subject, resolved.text, resolved.due, resolved.state)
        by_meeting.setdefault(resolved.meeting, []).append(shown)
    return tuple(
        MeetingView(meeting.identity["term"], held_on(meeting), tuple(by_meeting.get(reference(meeting), ())))
        for meeting in reversed(meetings(school))
        if held_on(meeting) <= school.today
    )


def training_views(school: School) -> tuple[TrainingTermView, ...]:
    """Every term with a calendar, newest first."""
    cell, pages = _cell(school), frozenset(text.path for text in school.texts)
    omissions = [omission for omission in counted(school) if is_lacking(omission, school)]
    return tuple(
        TrainingTermView(
            str(term),
            tuple(
                DemandView(
                    provision.demand.audience,
                    provision.demand.article,
                    tuple(sorted(provision.demand.topics)),
                    provision.state,
                )
                for provision in provisions(school.kept[term], school)
            ),
            tuple(_session(session, cell, pages) for session in sessions(school, term)),
            tuple(
                OmissionView(
                    omission.demand,
                    omission.signed_at.astimezone(TAIPEI).date(),
                    "" if names_somebody(omission.instead) else omission.instead,
                    omission.instead_by,
                )
                for omission in omissions
                if omission.term == term
            ),
        )
        for term in sorted(school.kept, reverse=True)
    )


def _session(session: TrainingSession, cell: int, pages: frozenset[str]) -> SessionView:
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
        # A page that is not there is no link, so that a wrong record does not break the site.
        materials=tuple(
            Material(
                entry["title"],
                entry.get("url"),
                page if (page := entry.get("page")) and f"{HANDBOOK}/{page}" in pages else None,
            )
            for entry in data.get("materials", ())
        ),
    )


def evaluation_views(school: School) -> tuple[EvaluationView, ...]:
    """What the secretary has released by today, newest first."""
    views = []
    for record in school.of("evaluation"):
        data = record.data
        if "released" in data and (released := day(data["released"])) <= school.today:
            figures = data.get("figures")
            view = EvaluationView(
                year=int(record.identity["year"]),
                on=day(data["on"]),
                released=released,
                by=data["by"],
                summary=data["summary"],
                words=record.body,
                as_of=day(figures["as_of"]) if figures is not None else None,
                figures=public_figures(figures, _cell(school)) if figures is not None else None,
            )
            views.append(view)
    return tuple(sorted(views, key=lambda view: view.year, reverse=True))


def _cell(school: School) -> int:
    """By how much counts are rounded; without a rulebook so far that nothing is left of them."""
    book = school.rulebooks.on(school.today)
    return book.minimum_cell if book is not None else 1_000_000
