"""The executive secretary's pages (伍.二): duties and what waits in counts, reminders, meetings, waivers.

Duties, reminders and what waits tell counts by unit and post; a waiver is seen as the sight table says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.app.status import current_term
from licheng.core.dates import TAIPEI
from licheng.core.layout import CONTENT
from licheng.core.school import School
from licheng.outputs import overview
from licheng.outputs.naming import plain
from licheng.outputs.reminders import line
from licheng.platform.figures import Figures, SchoolFigures
from licheng.platform.pages.looking import Look, holder_of, school_of, shown
from licheng.platform.parts import Link, Parts, Room
from licheng.platform.sessions import Session
from licheng.policy.authority import SECRETARY, holds
from licheng.policy.deadlines import Owner
from licheng.policy.reminders import by_owner, reminders
from licheng.policy.waivers import fault
from licheng.policy.working_group import ResolutionState, held_on, meetings, present, reference, resolutions

T = TypeVar("T")
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutiesPage:
    """A term in counts: tables by row, and how many works wait for certification.

    Attributes:
        term: in words; `terms` are the others, by id and in words.
    """

    term: str
    terms: tuple[tuple[str, str], ...]
    heads: Row
    duties: tuple[Row, ...]
    coming: tuple[Row, ...]
    planned: tuple[Row, ...]
    waiting: tuple[str, str]


@dataclass(frozen=True, slots=True)
class RemindedOwner:
    """A unit or post, and what it has to do soon or is late with; each thing in one line."""

    name: str
    late: tuple[str, ...]
    soon: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    """One resolution as it stands."""

    number: int
    subject: str
    text: str
    owner: str
    due: str
    state: str
    late: bool


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """Minutes: their form, the day, how many of the seats were present, what was resolved."""

    path: str
    on: date
    term: str
    present: int
    seats: int
    resolutions: tuple[ResolutionRow, ...]


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A waiver: what of whom may be late, until when, who signed it, and when.

    Attributes:
        fault: why it never counted; empty of one that did.
        counts: today.
    """

    student: str
    item: str
    stage: str
    by: str
    on: date
    until: date
    reason: str
    fault: str
    counts: bool


def is_secretary(account: str, school: School) -> bool:
    """Whether somebody is the executive secretary today."""
    return holder_of(account, school) == "staff" and holds(account, school, school.today, SECRETARY)


def of_secretary(build: Callable[[Look], T]) -> Callable[[Look], T | None]:
    """What a look makes of a page, for the secretary; None of anybody else."""
    return lambda look: build(look) if is_secretary(look.account, look.school) else None


def duties_page(look: Look, figures: SchoolFigures, asked: str | None) -> DutiesPage | None:
    """The duties of a term, or of this one, what is open or due, and what waits; None of a term without a calendar."""
    state, names, terms = figures.overview, look.names, sorted(look.school.calendars, reverse=True)
    if not terms or asked not in {None, *map(str, terms)}:
        return None
    chosen = current_term(look.school, asked)
    return DutiesPage(
        plain(names.words.period(str(chosen))),
        tuple((str(each), plain(names.words.period(str(each)))) for each in terms),
        tuple(plain(names.words.say("overview", head)) for head in overview.DUTY_HEADS),
        tuple(overview.duty_rows((duty for duty in state.duties if duty.term == chosen), names)),
        tuple(overview.coming(state.calendar, look.on, names)),
        tuple(overview.planned(state.calendar, chosen, look.school, names)),
        overview.waiting(state.backlog, names),
    )


def reminded(look: Look, figures: SchoolFigures) -> tuple[RemindedOwner, ...]:
    """What `licheng remind` says today, by unit and post."""
    state, names = figures.overview, look.names
    groups = by_owner(reminders(state.calendar, state.duties, look.school))
    return tuple(
        RemindedOwner(
            names.owner(owner),
            tuple(line(each, look.on, names) for each in due if each.within is None),
            tuple(line(each, look.on, names) for each in due if each.within is not None),
        )
        for owner, due in groups.items()
    )


def meeting_rows(look: Look) -> tuple[MeetingRow, ...]:
    """The meetings of the working group, the last one first."""
    names, by_meeting = look.names, defaultdict[str, list[ResolutionRow]](list)
    for each in resolutions(look.school):
        owner = Owner("unit" if each.owner in names.units else "post", each.owner)
        row = ResolutionRow(
            each.number,
            plain(names.words.label("resolution_subjects", each.subject)),
            each.text,
            names.owner(owner),
            each.due.isoformat() if each.due is not None else "",
            plain(names.words.label("resolution_states", each.state)),
            each.state is ResolutionState.OVERDUE,
        )
        by_meeting[each.meeting].append(row)
    return tuple(
        MeetingRow(
            f"/records/edit/{record.path.removeprefix(f'{CONTENT}/')}",
            held_on(record),
            plain(names.words.period(record.identity["term"])),
            present(record),
            len(record.data["attendance"]),
            tuple(by_meeting[reference(record)]),
        )
        for record in reversed(meetings(look.school))
    )


def waiver_rows(look: Look, figures: SchoolFigures) -> tuple[WaiverRow, ...]:
    """The waivers that the sight table shows to the secretary, those that still let somebody be late first."""
    words, rows = look.names.words, list[WaiverRow]()
    looks: list[tuple[str, str, str]] = []
    for student in look.view.students(figures.waived):
        seen = {record.path: (record, why) for record, why in look.seen(student, "waiver")}
        for waiver in student.waivers:
            if waiver.path in seen:
                record, why = seen[waiver.path]
                looks.append((student.id, "waivers", why))
                flaw = fault(waiver, look.school)
                row = WaiverRow(
                    student.id,
                    waiver.item,
                    plain(words.label("stages", waiver.stage)),
                    waiver.by.staff,
                    waiver.signed_at.astimezone(TAIPEI).date(),
                    waiver.until,
                    str(record.data["reason"]),
                    words.codes.label("reason", flaw) if flaw is not None else "",
                    flaw is None and look.on <= waiver.until,
                )
                rows.append(row)
    look.write_down(looks)
    return tuple(sorted(rows, key=lambda row: (not row.counts, -row.until.toordinal(), row.student, row.item)))


def routes(parts: Parts) -> list[BaseRoute]:
    """`/duties`, `/reminders`, `/meetings`, `/waivers`."""
    figures = Figures(parts.repository)

    async def duties(request: Request) -> Response:
        def build(look: Look) -> DutiesPage | None:
            return duties_page(look, figures.of(look.view), request.query_params.get("term"))

        page = await shown(request, parts, of_secretary(build))
        return parts.pages.page(request, "secretary/duties.html", page=page)

    async def due(request: Request) -> Response:
        owners = await shown(request, parts, of_secretary(lambda look: reminded(look, figures.of(look.view))))
        return parts.pages.page(request, "secretary/reminders.html", owners=owners)

    async def minutes(request: Request) -> Response:
        rows = await shown(request, parts, of_secretary(meeting_rows))
        return parts.pages.page(request, "secretary/meetings.html", meetings=rows)

    async def waivers(request: Request) -> Response:
        rows = await shown(request, parts, of_secretary(lambda look: waiver_rows(look, figures.of(look.view))))
        return parts.pages.page(request, "secretary/waivers.html", waivers=rows)

    pages = {"/duties": duties, "/reminders": due, "/meetings": minutes, "/waivers": waivers}
    return [Route(path, page, methods=["GET"]) for path, page in pages.items()]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """All four, for the secretary."""
    school = school_of(parts, session)
    if session is None or school is None or not is_secretary(session.account, school):
        return []
    return [Link(f"/{name}", f"{name}_link") for name in ("duties", "reminders", "meetings", "waivers")]


ROOM = Room(routes, links)
