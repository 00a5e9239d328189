"""A member of staff makes a passkey on the signing page; coordinators find here what waits for their witness.

An enrolment is control, which no intake account brings: a coordinator downloads it, meets its holder, and writes it
with `licheng keys enrol` and `licheng keys witness`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.trust import passkeys
from licheng.core.certification import CERTIFICATION_LIST_NAMESPACE, CERTIFICATION_NAMESPACE
from licheng.core.dates import written
from licheng.core.errors import UsageError
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.platform.pages.looking import Look, loaded_school, school_for, shown
from licheng.platform.pages.signing import answer_of, opening_page, request_file
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, attachment
from licheng.platform.sessions import Session
from licheng.platform.signing_desk import drawn_id
from licheng.policy.keys import is_coordinator
from licheng.signing.public_key import PublicKey, parse_public_key, short_fingerprint
from licheng.storage.files import temporaries, temporary

# What a passkey of the platform may sign; waivers, delegations and omissions stay with keys of the command line.
_NAMESPACES = (CERTIFICATION_NAMESPACE, CERTIFICATION_LIST_NAMESPACE, CHANGE_NAMESPACE)
_STAFF = re.compile(r"t[0-9]{3,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WaitingEnrolment:
    """An enrolment that a coordinator has yet to witness."""

    staff: str
    fingerprint: str
    short: str


class _Enrolments:
    """What the handlers do; files in a folder of the platform's state, one of each member of staff."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._folder = parts.settings.state / "enrolments"

    async def begin(self, request: Request) -> Response:
        """The page from which the signing page is opened."""
        asked = await shown(request, self._parts, self._question)
        return opening_page(request, self._parts, "pages/enrol.html", asked)

    async def asked(self, request: Request) -> Response:
        """What the signing page is asked, as a file."""
        return request_file(await shown(request, self._parts, self._question))

    def _question(self, look: Look) -> dict[str, object] | None:
        if look.holder != "staff":
            return None
        with loaded_school(look) as (loaded, now):
            records = (record for record in loaded.school.of("staff-keys") if record.identity["staff"] == look.account)
            entries = [entry for record in records for entry in record.data["keys"]]
            return {
                "id": drawn_id(),
                "job": "enrol",
                "repository": loaded.school.trust.repository,
                "language": look.names.words.language,
                "staff": look.account,
                "valid_from": written(now),
                "namespaces": list(_NAMESPACES),
                "credentials": [entry["passkey"]["credential"] for entry in entries if "passkey" in entry],
            }

    async def keep(self, request: Request) -> Response:
        """Keep the answer until a coordinator has written it into the school."""
        answer = await answer_of(request.state.form, passkeys.MAX_BYTES)

        def build(look: Look) -> bool | None:
            if look.holder != "staff":
                return None
            with loaded_school(look) as (loaded, now):
                plan = passkeys.enrol(loaded, answer, now, "licheng-answer.json")
            if not any(path.endswith(f"/{look.account}.yaml") for path in (*plan.creates, *plan.replaces)):
                raise UsageError("APP371", path="licheng-answer.json", reason="other-key")
            path = self._path(look.account)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in temporaries(path):
                left.unlink(missing_ok=True)
            temporary(path, answer, 0o600).replace(path)
            return True

        await shown(request, self._parts, build)
        return RedirectResponse("/passkey", SEE_OTHER)

    async def mine(self, request: Request) -> Response:
        """What somebody's passkey waits for."""

        def build(look: Look) -> tuple[WaitingEnrolment, ...] | None:
            is_staff = look.holder == "staff"
            return tuple(each for each in self._waiting(look) if each.staff == look.account) if is_staff else None

        waiting = await shown(request, self._parts, build)
        return self._parts.pages.page(request, "pages/passkey.html", waiting=waiting or None)

    async def listing(self, request: Request) -> Response:
        """All that wait, for coordinators."""

        def build(look: Look) -> tuple[WaitingEnrolment, ...] | None:
            return tuple(self._waiting(look)) if self._coordinates(look) else None

        waiting = await shown(request, self._parts, build)
        return self._parts.pages.page(request, "pages/enrolments.html", waiting=waiting)

    async def download(self, request: Request) -> Response:
        """One of them, for `licheng keys enrol`."""
        staff = request.path_params["staff"]

        def build(look: Look) -> bytes | None:
            path = self._path(staff) if _STAFF.fullmatch(staff) is not None and self._coordinates(look) else None
            return path.read_bytes() if path is not None and path.is_file() else None

        data = await shown(request, self._parts, build)
        return attachment(data, f"enrolment-{staff}.json", "application/json")

    def _coordinates(self, look: Look) -> bool:
        with loaded_school(look) as (loaded, now):
            return is_coordinator(look.account, now, loaded.school)

    def _waiting(self, look: Look) -> Iterator[WaitingEnrolment]:
        """Those that the school has not got yet; what it has got needs no file any more."""
        known = {key.fingerprint for key in look.school.trust.keys}
        for path in sorted(self._folder.glob("*.json")):
            key = parse_public_key(json.loads(path.read_bytes())["entry"]["public_key"], passkeys=True)
            assert isinstance(key, PublicKey)  # noqa: S101 - only what could be enrolled was kept
            if key.fingerprint in known:
                path.unlink(missing_ok=True)
            else:
                yield WaitingEnrolment(path.stem, key.fingerprint, short_fingerprint(key.fingerprint))

    def _path(self, staff: str) -> Path:
        return self._folder / f"{staff}.json"


def routes(parts: Parts) -> list[BaseRoute]:
    """`/passkey/…`, `/enrolments/…`."""
    desk = _Enrolments(parts)
    return [
        Route("/passkey", desk.mine, methods=["GET"]),
        Route("/passkey/new", desk.begin, methods=["GET"]),
        Route("/passkey/new", desk.keep, methods=["POST"]),
        Route("/passkey/new/request", desk.asked, methods=["GET"]),
        Route("/enrolments", desk.listing, methods=["GET"]),
        Route("/enrolments/{staff}", desk.download, methods=["GET"]),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """Their own passkey for staff, all that wait for coordinators."""
    school = school_for("staff", parts, session)
    if session is None or school is None:
        return []
    own = [Link("/passkey", "passkey_link")]
    return [*own, Link("/enrolments", "enrolments_link")] if session.account in school.trust.coordinators else own


ROOM = Room(routes, links)
