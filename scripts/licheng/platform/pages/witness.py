"""Tutors and the registry witness the passkeys that students make, and end those of lost phones.

The witness is the statement of the very change that enters it (decision 0019): who may is the authority table's word,
and the gate asks it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.trust import student_keys
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, Home
from licheng.core.school import School
from licheng.core.student import Student
from licheng.platform.pages.looking import Look, loaded_school, school_for, shown
from licheng.platform.pages.own_passkey import PasskeyRow, StudentEnrolments, rows_of
from licheng.platform.pages.record_form import change_desk, has_passkey
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room
from licheng.platform.record_change import prepare
from licheng.platform.record_rights import ground_for_new
from licheng.platform.sessions import Session
from licheng.policy.authority import REGISTRAR, holds
from licheng.policy.classes import TUTOR

_KIND = BY_NAME["student-keys"]
_REASONS = ("lost", "retired")


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """A student: the short fingerprint that waits, if any, and what main has."""

    student: str
    waiting: str
    rows: tuple[PasskeyRow, ...]


@dataclass(frozen=True, slots=True)
class WitnessPage:
    """Who waits, of those whom somebody may witness; and the student who was asked for."""

    rows: tuple[WitnessRow, ...]
    has_passkey: bool


class _Witnessing:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._enrolments = StudentEnrolments.of(parts)

    async def listing(self, request: Request) -> Response:
        """Whose passkeys wait, and those of one student."""
        asked = request.query_params.get("student", "").strip()

        def build(look: Look) -> WitnessPage | None:
            if look.holder != "staff" or not _witnesses(look.account, look.school):
                return None
            rows, looks = list[WitnessRow](), list[tuple[str, str, str]]()
            with loaded_school(look) as (_, now):
                for student in look.view.students({*self._enrolments.students(), asked}):
                    why = ground(look, student)
                    waiting = self._enrolments.waiting(student, look, now) if why is not None else None
                    if why is not None and (waiting is not None or student.id == asked):
                        short = waiting[1] if waiting is not None else ""
                        rows.append(WitnessRow(student.id, short, tuple(rows_of(student, look))))
                        looks.append((student.id, "student-keys", why))
            look.write_down(looks)
            return WitnessPage(tuple(rows), has_passkey(look))

        page = await shown(request, self._parts, build)
        return self._parts.pages.page(request, "pages/witness.html", page=page, asked=asked, reasons=_REASONS)

    async def act(self, request: Request) -> Response:
        """On to the signature of what enters a passkey, or ends one."""
        form = request.state.form
        of, fingerprint, reason = (str(form.get(name, "")) for name in ("student", "fingerprint", "reason"))

        def build(look: Look) -> str | None:
            student = look.view.student(of)
            if look.holder != "staff" or student is None or (why := ground(look, student)) is None:
                return None
            look.write_down([(student.id, "student-keys", why)])
            with loaded_school(look) as (loaded, now):
                if reason in _REASONS:
                    path, data = student_keys.ended(student, fingerprint, reason, now)
                else:
                    waiting = self._enrolments.waiting(student, look, now)
                    if waiting is None or waiting[1] != fingerprint:
                        raise UsageError("APP486", student=student.id)
                    path, data = student_keys.with_entry(student, waiting[0])
                before = student.record_at(path)
                base = student_keys.digest_of(before) if before is not None else None
                desk = change_desk(self._parts)
                return prepare(desk, look.account, {path: data}, {path: base}, loaded, now, look.at).id

        return RedirectResponse(f"/records/sign/{await shown(request, self._parts, build)}", SEE_OTHER)


def ground(look: Look, student: Student) -> str | None:
    """By what right somebody witnesses the passkeys of a student; None of who may not."""
    where = Home(_KIND, {"cohort": str(student.cohort), "student": student.id})
    return ground_for_new(look.account, student, where, look.school, look.on)


def _witnesses(account: str, school: School) -> bool:
    """Whether somebody is of those who witness some student's today."""
    return any(holds(account, school, school.today, post) for post in (TUTOR, REGISTRAR))


def routes(parts: Parts) -> list[BaseRoute]:
    """`/witness`."""
    desk = _Witnessing(parts)
    return [
        Route("/witness", desk.listing, methods=["GET"]),
        Route("/witness", desk.act, methods=["POST"]),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For tutors and the registrar."""
    school = school_for("staff", parts, session)
    is_theirs = session is not None and school is not None and _witnesses(session.account, school)
    return [Link("/witness", "witness_link")] if is_theirs else []


ROOM = Room(routes, links)
