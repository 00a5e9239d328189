"""A teacher's pages: what waits for a decision by section and age, and what the teacher has signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.core.dates import TAIPEI
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.outputs.naming import plain
from licheng.platform.pages.items import place_of, row
from licheng.platform.pages.looking import Look, school_for, shown
from licheng.platform.parts import Link, Parts, Room
from licheng.platform.sessions import Session
from licheng.policy.authority import TEACHES, assigned, sections
from licheng.policy.certification import verified
from licheng.policy.delegations import lasts
from licheng.policy.queue import AGES, waiting
from licheng.policy.quota import is_submitted
from licheng.policy.sight import is_shown

# By which rows of the sight table somebody has work before them; a tutor sees it as well, and decides nothing.
_CERTIFIERS = ("teacher", "deputy")


@dataclass(frozen=True, slots=True)
class QueuedRow:
    """An item that waits.

    Attributes:
        days: since certification was open for it; `late` once that is more than four weeks.
        closes: the last day of certification; None where the calendar has no such window.
    """

    student: str
    path: str
    title: str
    state: str
    days: int
    late: bool
    closes: date | None
    as_deputy: bool


@dataclass(frozen=True, slots=True)
class SectionQueue:
    """What waits in one section of a course, the oldest first."""

    course: str
    section: str
    term: str
    items: tuple[QueuedRow, ...]


@dataclass(frozen=True, slots=True)
class SignedRow:
    """A decision that somebody has signed, on an item that they still see."""

    student: str
    path: str
    title: str
    decision: str
    on: date


def queue(look: Look) -> tuple[SectionQueue, ...] | None:
    """What waits for somebody's decision today, by section; None of who holds no post."""
    if look.holder != "staff":
        return None
    groups: dict[tuple[Term, str, str], list[QueuedRow]] = {}
    looks: list[tuple[str, str, str]] = []
    for student in _students(look):
        for item in sorted(waiting(student, look.school), key=lambda each: each.order):
            record = student.outputs[item.item]
            by = relation(student, item.item, look)
            if by is None or record.term is None:
                continue
            [section, *_] = [each["id"] for each in sections(student, look.school, record.term, item.course)]
            shown_row, days = row(record, student, look), max(0, (look.on - item.opened).days)
            queued = QueuedRow(
                student.id, shown_row.path, shown_row.title, shown_row.state, days, days > AGES[-1], item.closes,
                as_deputy=by == "deputy",
            )  # fmt: skip
            groups.setdefault((record.term, item.course, section), []).append(queued)
            looks.append((student.id, "queue", by))
    look.write_down(looks)
    return tuple(
        SectionQueue(
            str(look.school.offerings.get(term, {}).get(course, {}).get("subject", course)),
            section,
            plain(look.names.words.period(str(term))),
            tuple(sorted(items, key=lambda item: (-item.days, item.student, item.path))),
        )
        for (term, course, section), items in sorted(groups.items())
    )


def relation(student: Student, folder: str, look: Look) -> str | None:
    """In what way an output is somebody's to decide on, if the sight table shows it to them so."""
    record, by = student.outputs[folder], look.ground(student, student.outputs[folder])
    if by is None:
        return None
    named = (
        each for each in _CERTIFIERS if is_shown({"as": each}, look.account, student, look.school, look.on, record)
    )
    return next(named, None)


def way_to_decide(look: Look, student_id: str, place: str) -> str:
    """Where somebody decides on a work that was handed in; empty of what is not theirs to decide on."""
    student = look.student(student_id)
    record = student.outputs.get(f"{student.folder}/{place}") if student is not None else None
    if student is None or record is None or not is_submitted(record):
        return ""
    return f"/certify?item={student_id}/{place}" if relation(student, record.folder, look) is not None else ""


def _students(look: Look) -> Iterator[Student]:
    """The students of the sections that somebody teaches or has been delegated."""
    school, account = look.school, look.account
    taught = {
        (str(term), course, section["id"])
        for term, offered in school.offerings.items()
        for course, entry in offered.items()
        for section in entry["sections"]
        if any(account in assigned(section, field, look.on) for field in TEACHES.values())
    }
    delegated = {
        pair
        for delegation in school.trust.delegations
        if delegation.substitute == account and lasts(delegation, school, look.on)
        for pair in delegation.courses
    }
    ids = [
        student
        for student, member in look.view.members().items()
        if any(place in taught or place[:2] in delegated for place in member.sections)
    ]
    yield from look.view.students(ids)


def signed(look: Look) -> tuple[SignedRow, ...] | None:
    """The decisions that somebody has signed, the last one first, on what they still see; None of who holds no post."""
    if look.holder != "staff":
        return None
    listed: list[SignedRow] = []
    looks: list[tuple[str, str, str]] = []
    for student in _students(look):
        for item in student.of("course-output"):
            mine = [
                judged.event.payload
                for judged in verified(student, look.school).get(place_of(student, item), ())
                if judged.event.payload is not None and judged.event.payload.certifier == look.account
            ]
            why = look.ground(student, item) if mine else None
            if why is None:
                continue
            looks.append((student.id, "signed", why))
            shown_row = row(item, student, look)
            for payload in mine:
                decision = look.names.words.codes.label("decision", payload.decision)
                on = payload.issued_at.astimezone(TAIPEI).date()
                listed.append(SignedRow(student.id, shown_row.path, shown_row.title, decision, on))
    look.write_down(looks)
    return tuple(sorted(listed, key=lambda each: (each.on, each.student, each.path), reverse=True))


def routes(parts: Parts) -> list[BaseRoute]:
    """`/queue`, `/signed`."""

    async def show_queue(request: Request) -> Response:
        groups = await shown(request, parts, queue)
        return parts.pages.page(request, "pages/queue.html", groups=groups)

    async def show_signed(request: Request) -> Response:
        listed = await shown(request, parts, signed)
        return parts.pages.page(request, "pages/signed.html", signed=listed)

    return [Route("/queue", show_queue, methods=["GET"]), Route("/signed", show_signed, methods=["GET"])]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For staff."""
    if school_for("staff", parts, session) is None:
        return []
    return [Link("/queue", "queue_link"), Link("/signed", "signed_link")]


ROOM = Room(routes, links)
