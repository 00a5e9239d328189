"""A teacher certifies, returns and revokes, one or many: chosen here, signed on the signing page, handed in here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.day import standing_moment
from licheng.app.loading.load import Loaded, load
from licheng.app.trust.certify import DecisionRequest
from licheng.core.certification import REASONS, Decision
from licheng.core.errors import UsageError
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.platform.certifying import Prepared, PreparedDecisions, SigningPasskey, passkeys_of, signed
from licheng.platform.pages.items import ItemRow, place_of, row, version_of
from licheng.platform.pages.looking import Look, shown
from licheng.platform.pages.teacher import relation
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, session_of
from licheng.platform.sessions import Session
from licheng.platform.signing_desk import ANSWER_BYTES
from licheng.policy.delegations import lasts
from licheng.sources.tree import CommitTree

_DECISIONS = (Decision.CERTIFIED, Decision.RETURNED, Decision.REVOKED)


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """An item that somebody has chosen.

    Attributes:
        key: `student/place`, as the form says it.
        seen: they have opened it as it is now; only then may it be decided on here.
        why: by what right it is theirs to decide on.
        acting_for: the teacher for whom a deputy decides; None where it is their own.
    """

    key: str
    row: ItemRow
    student: str
    folder: str
    seen: bool
    why: str
    acting_for: str | None


def chosen(look: Look, keys: list[str]) -> tuple[ChosenRow, ...] | None:
    """The items of some keys; None if one is not there or not theirs to decide on."""
    rows = []
    for key in dict.fromkeys(keys):
        student_id, _, place = key.partition("/")
        student = look.view.student(student_id)
        item = (
            next((item for item in student.of("course-output") if place_of(student, item) == place), None)
            if (student is not None)
            else None
        )
        if student is None or item is None or (mine := relation(student, item.folder, look)) is None:
            return None
        acting_for = _principal(item, look) if mine == "deputy" else None
        rows.append(
            ChosenRow(
                key, row(item, student, look), student.id, item.folder, _seen(look, student, item), mine, acting_for
            )
        )
    return tuple(rows)


def _principal(item: Record, look: Look) -> str | None:
    """The teacher who has delegated the course to them for that day."""
    return next(
        (
            delegation.principal
            for delegation in look.school.trust.delegations
            if delegation.substitute == look.account
            and (str(item.term), item.data.get("course")) in delegation.courses
            and lasts(delegation, look.school, look.on)
        ),
        None,
    )


def _seen(look: Look, student: Student, item: Record) -> bool:
    """Whether they have opened the item as it is now, by the access log: nobody signs what they have not looked at."""
    what = version_of(student, item)
    return any(access.who == look.account and access.what == what for access in look.log.of(student.id))


class _Certification:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = PreparedDecisions(parts.settings.state / "certifying")

    async def choose(self, request: Request) -> Response:
        """What was chosen, with a form for the decision."""
        keys = request.query_params.getlist("item")
        page = await shown(request, self._parts, lambda look: self._choice(look, keys))
        return self._parts.pages.page(request, "pages/certify.html", **page)

    def _choice(self, look: Look, keys: list[str]) -> dict[str, Any] | None:
        rows = chosen(look, keys)
        if not rows:
            return None
        self._write_down(look, rows)
        with self._school(look) as (_, now):
            passkeys = passkeys_of(look.account, look.school, now)
        label = look.names.words.codes.label
        return {
            "rows": rows,
            "passkeys": passkeys,
            "decisions": [(decision.value, label("decision", decision)) for decision in _DECISIONS],
            "reasons": [(code, label("reason", code)) for code in REASONS],
        }

    def _write_down(self, look: Look, rows: tuple[ChosenRow, ...]) -> None:
        """Titles and states are shown, which is not to have opened the works (`_seen`)."""
        look.write_down((each.student, "certify", each.why) for each in rows)

    async def prepare(self, request: Request) -> Response:
        """Write the payloads, and go to where they are signed."""
        form, language = request.state.form, request.state.language
        keys = [value for value in form.getlist("item") if isinstance(value, str)]
        stated = {name: str(form.get(name, "")) for name in ("decision", "reason", "text", "passkey")}
        prepared = await shown(request, self._parts, lambda look: self._prepare(look, keys, stated, language))
        return RedirectResponse(f"/certify/{prepared.id}", SEE_OTHER)

    def _prepare(self, look: Look, keys: list[str], stated: dict[str, str], language: str) -> Prepared | None:
        rows = chosen(look, keys)
        if rows is None:
            return None
        self._write_down(look, rows)
        if unseen := next((each for each in rows if not each.seen), None):
            raise UsageError("APP374", item=unseen.row.title)
        with self._school(look) as (loaded, now):
            passkey = self._passkey(look, stated["passkey"], now)
            wanted = [(each.folder, _request(each, stated, passkey, look, language)) for each in rows]
            return self._desk.prepare(look.account, wanted, passkey, loaded, now, look.at)

    def _passkey(self, look: Look, fingerprint: str, now: datetime) -> SigningPasskey:
        for passkey in passkeys_of(look.account, look.school, now):
            if passkey.fingerprint == fingerprint:
                return passkey
        raise UsageError("APP375")

    async def sign(self, request: Request) -> Response:
        """The page from which the signing page is opened."""
        prepared, language = await self._mine(request), request.state.language
        repository = await shown(request, self._parts, lambda look: look.school.trust.repository)
        response = self._parts.pages.page(
            request,
            "pages/sign.html",
            prepared=prepared,
            asked=json.dumps(prepared.asked(repository, language)),
            signing_origin=self._parts.settings.signing_origin,
            request_path=f"/certify/{prepared.id}/request",
        )
        # With `same-origin` the signing page in its window could not speak to this one (decision 0017).
        response.headers["cross-origin-opener-policy"] = "same-origin-allow-popups"
        return response

    async def asked(self, request: Request) -> Response:
        """What the signing page is asked, as a file, where no window can be opened."""
        prepared, language = await self._mine(request), request.state.language
        repository = await shown(request, self._parts, lambda look: look.school.trust.repository)
        headers = {"content-disposition": 'attachment; filename="licheng-request.json"'}
        text = json.dumps(prepared.asked(repository, language))
        return Response(text, media_type="application/json", headers=headers)

    async def accept(self, request: Request) -> Response:
        """Take the answer of the signing page: of the script, or as a file."""
        prepared, form = await self._mine(request), request.state.form
        file = form.get("file")
        answer = str(form.get("answer", "")).encode(errors="replace")
        if isinstance(file, UploadFile) and file.filename:
            answer = await file.read(ANSWER_BYTES + 1)
        ticket = await shown(request, self._parts, lambda look: self._accept(look, prepared, answer))
        return RedirectResponse(f"/me/tickets/{ticket}", SEE_OTHER)

    def _accept(self, look: Look, prepared: Prepared, answer: bytes) -> str:
        with self._school(look) as (loaded, _):
            return self._parts.spool.accept(signed(prepared, answer, loaded, look.at)).id

    async def _mine(self, request: Request) -> Prepared:
        account, name = session_of(request).account, request.path_params["prepared"]
        prepared = await run_in_threadpool(self._desk.prepared, account, name, self._parts.clock())
        if prepared is None:
            raise HTTPException(404)
        return prepared

    @contextmanager
    def _school(self, look: Look) -> Iterator[tuple[Loaded, datetime]]:
        """The school at the tip that is looked at, and its own moment."""
        with CommitTree(self._parts.repository, look.view.tip) as tree:
            yield load(tree, look.on), standing_moment(tree) or look.at.replace(microsecond=0)


def _request(
    row: ChosenRow, stated: dict[str, str], passkey: SigningPasskey, look: Look, language: str
) -> DecisionRequest:
    if stated["decision"] not in _DECISIONS:
        raise UsageError("APP376")
    decision = Decision(stated["decision"])
    reason = (stated["reason"], stated["text"].strip()) if decision is not Decision.CERTIFIED else None
    return DecisionRequest(
        look.account, passkey.fingerprint, decision, reason, acting_for=row.acting_for, language=language
    )


def _routes(parts: Parts) -> list[BaseRoute]:
    desk = _Certification(parts)
    ways: list[tuple[str, Callable[[Request], Any], str]] = [
        ("/certify", desk.choose, "GET"),
        ("/certify", desk.prepare, "POST"),
        ("/certify/{prepared}", desk.sign, "GET"),
        ("/certify/{prepared}", desk.accept, "POST"),
        ("/certify/{prepared}/request", desk.asked, "GET"),
    ]
    return [Route(path, handler, methods=[method]) for path, handler, method in ways]


def _links(_parts: Parts, _session: Session | None) -> list[Link]:
    return []  # from the queue


ROOM = Room(_routes, _links)
