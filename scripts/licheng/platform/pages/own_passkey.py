"""A student's own passkey: made here, witnessed by the tutor, and used before something is handed in.

Nobody has to have one. What is signed is signed first and then taken in, with its receipt; who has left the phone at
home sends without.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.day import standing_moment
from licheng.app.loading.load import Loaded
from licheng.app.trust import passkeys, student_keys
from licheng.core.dates import written
from licheng.core.errors import UsageError
from licheng.core.student import Student
from licheng.core.trust import STUDENT_NAMESPACES
from licheng.outputs.naming import plain
from licheng.platform.hand_in import HandIn
from licheng.platform.pages.looking import Look, loaded_school, school_for, shown
from licheng.platform.pages.signing import SigningPages, answer_of, opening_page, request_file
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room
from licheng.platform.record_change import PreparedChange, prepare_hand_in, prepared_at, signed, unsigned
from licheng.platform.rendering import shown_minute
from licheng.platform.sessions import Session
from licheng.platform.signing_desk import SigningDesk, drawn_id
from licheng.policy.statements import fault_of_key
from licheng.signing.public_key import PublicKey, parse_public_key, short_fingerprint
from licheng.storage.files import temporaries, temporary


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey of a student: what two people compare, since when it counts, until when, and why it does not."""

    fingerprint: str
    short: str
    since: str
    until: str
    fault: str


@dataclass(frozen=True)
class StudentEnrolments:
    """Enrolments that wait for a witness: files in a folder of the platform's state, one of each student."""

    folder: Path

    @classmethod
    def of(cls, parts: Parts) -> StudentEnrolments:
        """Those of a platform."""
        return cls(parts.settings.state / "student-enrolments")

    def keep(self, student: str, answer: bytes) -> None:
        """Keep the signing page's answer, in the place of an earlier one."""
        path = self.folder / f"{student}.json"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in temporaries(path):
            left.unlink(missing_ok=True)
        temporary(path, answer, 0o600).replace(path)

    def students(self) -> list[str]:
        """Who waits."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def waiting(self, student: Student, look: Look, now: datetime) -> tuple[dict[str, Any], str] | None:
        """The entry of a student that waits, with its short fingerprint; what main has got, or takes no more, goes."""
        path = self.folder / f"{student.id}.json"
        if not path.is_file():
            return None
        try:
            entry = student_keys.enrolment(student, look.school, path.read_bytes(), now, path.name)
        except UsageError:
            path.unlink(missing_ok=True)
            return None
        key = parse_public_key(entry["public_key"], passkeys=True)
        assert isinstance(key, PublicKey)  # noqa: S101 - it is one that can be enrolled
        return entry, short_fingerprint(key.fingerprint)


def rows_of(student: Student, look: Look) -> Iterator[PasskeyRow]:
    """What main has of a student's passkeys."""
    for key in student.keys:
        fault = fault_of_key(key, student, look.school)
        yield PasskeyRow(
            key.fingerprint or "",
            short_fingerprint(key.fingerprint) if key.fingerprint is not None else "",
            shown_minute(key.valid_from),
            shown_minute(key.valid_until) if key.valid_until is not None else "",
            plain(look.names.words.label("reason", fault)) if fault is not None else "",
        )


def desk_of(parts: Parts) -> SigningDesk:
    """Where hand-ins wait for their signatures."""
    return SigningDesk(parts.settings.state / "signing-hand-ins")


def sent(parts: Parts, hand_in: HandIn, draft: tuple[str, str] = ("", "")) -> Response:
    """On with a hand-in: to its signature for a student who has a passkey, to its ticket for anybody else.

    Args:
        parts: of the platform.
        hand_in: as the form was sent.
        draft: key and version of the text that it was made of.
    """
    view = parts.school_view.now()
    student = view.student(hand_in.account)
    known = parts.spool.ticket(hand_in.account, hand_in.ticket_id)
    if student is not None and student.keys and known is None:
        with view.tree() as tree:
            now = standing_moment(tree) or hand_in.received_at.replace(microsecond=0)
            loaded = Loaded(tree, view.school, view.shelf)
            prepared = prepare_hand_in(desk_of(parts), hand_in, student, loaded, now, draft)
        if prepared is not None:
            return RedirectResponse(f"/me/sign/{prepared.id}", SEE_OTHER)
    return RedirectResponse(f"/me/tickets/{_accepted(parts, hand_in, draft)}", SEE_OTHER)


def _accepted(parts: Parts, hand_in: HandIn, draft: tuple[str, str]) -> str:
    ticket = parts.spool.accept(hand_in)
    if draft[0]:
        parts.drafts.note_ticket(hand_in.account, *draft, ticket.id)
    return ticket.id


class _OwnPasskey:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = desk_of(parts)
        self._enrolments = StudentEnrolments.of(parts)

    async def mine(self, request: Request) -> Response:
        """The passkeys that somebody has, and what waits for the tutor."""

        def build(look: Look) -> dict[str, Any] | None:
            student = _own(look)
            if student is None:
                return None
            with loaded_school(look) as (_, now):
                waiting = self._enrolments.waiting(student, look, now)
            look.write_down([(student.id, "student-keys", "owner")])
            return {"rows": tuple(rows_of(student, look)), "waiting": waiting[1] if waiting is not None else ""}

        return self._parts.pages.page(request, "pages/own_passkey.html", **await shown(request, self._parts, build))

    async def begin(self, request: Request) -> Response:
        """The page from which the signing page is opened."""
        asked = await shown(request, self._parts, self._question)
        return opening_page(request, self._parts, "pages/own_passkey_new.html", asked)

    async def asked(self, request: Request) -> Response:
        """What the signing page is asked, as a file."""
        return request_file(await shown(request, self._parts, self._question))

    def _question(self, look: Look) -> dict[str, object] | None:
        student = _own(look)
        if student is None:
            return None
        record = student.one("student-keys")
        entries = record.data["keys"] if record is not None else []
        with loaded_school(look) as (loaded, now):
            return {
                "id": drawn_id(),
                "job": "enrol-student",
                "repository": loaded.school.trust.repository,
                "language": look.names.words.language,
                "student": student.id,
                "valid_from": written(now),
                "namespaces": sorted(STUDENT_NAMESPACES),
                "credentials": [entry["passkey"]["credential"] for entry in entries],
            }

    async def keep(self, request: Request) -> Response:
        """Keep the answer until the tutor has witnessed it."""
        answer = await answer_of(request.state.form, passkeys.MAX_BYTES)

        def build(look: Look) -> bool | None:
            student = _own(look)
            if student is None:
                return None
            with loaded_school(look) as (loaded, now):
                student_keys.enrolment(student, loaded.school, answer, now, "licheng-answer.json")
            self._enrolments.keep(student.id, answer)
            return True

        await shown(request, self._parts, build)
        return RedirectResponse("/me/passkey", SEE_OTHER)

    def find(self, account: str, name: str, now: datetime) -> PreparedChange | None:
        """What somebody has prepared."""
        return prepared_at(self._desk, account, name, now)

    def hand_in(self, look: Look, prepared: PreparedChange, answer: bytes) -> str | None:
        """The ticket of a hand-in that was signed; None of who is no longer a student."""
        student = _own(look)
        if student is None:
            return None
        with loaded_school(look) as (loaded, _):
            hand_in = signed(prepared, answer, loaded, look.at, student)
        return _accepted(self._parts, hand_in, prepared.draft)

    async def send(self, request: Request) -> Response:
        """Hand in without a signature, which is a button's own word: no empty form does it."""
        if request.state.form.get("_do") != "unsigned":
            return RedirectResponse(f"/me/sign/{request.path_params['prepared']}", SEE_OTHER)

        def build(look: Look) -> str | None:
            prepared = self.find(look.account, request.path_params["prepared"], look.at)
            if prepared is None or _own(look) is None:
                return None
            return _accepted(self._parts, unsigned(prepared, look.at), prepared.draft)

        return RedirectResponse(f"/me/tickets/{await shown(request, self._parts, build)}", SEE_OTHER)


def _own(look: Look) -> Student | None:
    return look.view.student(look.account) if look.holder == "student" else None


def routes(parts: Parts) -> list[BaseRoute]:
    """`/me/passkey/…`, `/me/sign/…`."""
    desk = _OwnPasskey(parts)
    signing = SigningPages(parts, "/me/sign", "pages/sign_hand_in.html", desk.find, desk.hand_in)
    return [
        Route("/me/passkey", desk.mine, methods=["GET"]),
        Route("/me/passkey/new", desk.begin, methods=["GET"]),
        Route("/me/passkey/new", desk.keep, methods=["POST"]),
        Route("/me/passkey/new/request", desk.asked, methods=["GET"]),
        Route("/me/sign/{prepared}/unsigned", desk.send, methods=["POST"]),
        *signing.routes(),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For students."""
    return [Link("/me/passkey", "own_passkey_link")] if school_for("student", parts, session) is not None else []


ROOM = Room(routes, links)
