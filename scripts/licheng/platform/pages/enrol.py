"""A member of staff makes a passkey on the signing page; coordinators find here what waits for their witness.

An enrolment is control, which no intake account brings: a coordinator downloads it, meets its holder, and writes it
with `licheng keys enrol` and `licheng keys witness`.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.day import standing_moment
from licheng.app.loading.load import Loaded, load
from licheng.app.trust import passkeys
from licheng.core.certification import CERTIFICATION_LIST_NAMESPACE, CERTIFICATION_NAMESPACE
from licheng.core.dates import written
from licheng.core.errors import UsageError
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.platform.pages.looking import Look, holder_of, school_of, shown
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room
from licheng.platform.sessions import Session
from licheng.policy.keys import is_coordinator
from licheng.signing.public_key import PublicKey, parse_public_key, short_fingerprint
from licheng.sources.tree import CommitTree
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
        language = request.state.language
        asked = await shown(request, self._parts, lambda look: self._asked(look, language))
        response = self._parts.pages.page(
            request, "pages/enrol.html", asked=json.dumps(asked), signing_origin=self._parts.settings.signing_origin
        )
        response.headers["cross-origin-opener-policy"] = "same-origin-allow-popups"  # as decision 0017 says
        return response

    async def asked(self, request: Request) -> Response:
        """What the signing page is asked, as a file."""
        language = request.state.language
        asked = await shown(request, self._parts, lambda look: self._asked(look, language))
        headers = {"content-disposition": 'attachment; filename="licheng-request.json"'}
        return Response(json.dumps(asked), media_type="application/json", headers=headers)

    def _asked(self, look: Look, language: str) -> dict[str, object] | None:
        if look.holder != "staff":
            return None
        with self._school(look) as (loaded, now):
            records = (record for record in loaded.school.of("staff-keys") if record.identity["staff"] == look.account)
            entries = [entry for record in records for entry in record.data["keys"]]
            return {
                "id": secrets.token_hex(16),
                "job": "enrol",
                "repository": loaded.school.trust.repository,
                "language": language,
                "staff": look.account,
                "valid_from": written(now),
                "namespaces": list(_NAMESPACES),
                "credentials": [entry["passkey"]["credential"] for entry in entries if "passkey" in entry],
            }

    async def keep(self, request: Request) -> Response:
        """Keep the answer until a coordinator has written it into the school."""
        form = request.state.form
        file = form.get("file")
        answer = str(form.get("answer", "")).encode(errors="replace")
        if isinstance(file, UploadFile) and file.filename:
            answer = await file.read(passkeys.MAX_BYTES + 1)
        await shown(request, self._parts, lambda look: self._keep(look, answer))
        return RedirectResponse("/passkey", SEE_OTHER)

    def _keep(self, look: Look, answer: bytes) -> bool | None:
        if look.holder != "staff":
            return None
        with self._school(look) as (loaded, now):
            plan = passkeys.enrol(loaded, answer, now, "licheng-answer.json")
        if not any(path.endswith(f"/{look.account}.yaml") for path in (*plan.creates, *plan.replaces)):
            raise UsageError("APP371", path="licheng-answer.json", reason="other-key")
        path = self._path(look.account)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in temporaries(path):
            left.unlink(missing_ok=True)
        temporary(path, answer, 0o600).replace(path)
        return True

    async def mine(self, request: Request) -> Response:
        """What somebody's passkey waits for."""
        waiting = await shown(request, self._parts, self._mine)
        return self._parts.pages.page(request, "pages/passkey.html", waiting=waiting or None)

    def _mine(self, look: Look) -> tuple[WaitingEnrolment, ...] | None:
        if look.holder != "staff":
            return None
        return tuple(each for each in self._waiting(look) if each.staff == look.account)

    async def listing(self, request: Request) -> Response:
        """All that wait, for coordinators."""
        waiting = await shown(request, self._parts, self._of_coordinator)
        return self._parts.pages.page(request, "pages/enrolments.html", waiting=waiting)

    def _of_coordinator(self, look: Look) -> tuple[WaitingEnrolment, ...] | None:
        return tuple(self._waiting(look)) if self._coordinates(look) else None

    async def download(self, request: Request) -> Response:
        """One of them, for `licheng keys enrol`."""
        staff = request.path_params["staff"]
        data = await shown(request, self._parts, lambda look: self._data(look, staff))
        headers = {"content-disposition": f'attachment; filename="enrolment-{staff}.json"'}
        return Response(data, media_type="application/json", headers=headers)

    def _data(self, look: Look, staff: str) -> bytes | None:
        if not self._coordinates(look) or _STAFF.fullmatch(staff) is None:
            raise HTTPException(404)
        path = self._path(staff)
        return path.read_bytes() if path.is_file() else None

    def _coordinates(self, look: Look) -> bool:
        with self._school(look) as (loaded, now):
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

    @contextmanager
    def _school(self, look: Look) -> Iterator[tuple[Loaded, datetime]]:
        with CommitTree(self._parts.repository, look.view.tip) as tree:
            yield load(tree, look.on), standing_moment(tree) or look.at.replace(microsecond=0)


def _routes(parts: Parts) -> list[BaseRoute]:
    desk = _Enrolments(parts)
    return [
        Route("/passkey", desk.mine, methods=["GET"]),
        Route("/passkey/new", desk.begin, methods=["GET"]),
        Route("/passkey/new", desk.keep, methods=["POST"]),
        Route("/passkey/new/request", desk.asked, methods=["GET"]),
        Route("/enrolments", desk.listing, methods=["GET"]),
        Route("/enrolments/{staff}", desk.download, methods=["GET"]),
    ]


def _links(parts: Parts, session: Session | None) -> list[Link]:
    school = school_of(parts, session)
    if session is None or school is None or holder_of(session.account, school) != "staff":
        return []
    links = [Link("/passkey", "passkey_link")]
    return [*links, Link("/enrolments", "enrolments_link")] if session.account in school.trust.coordinators else links


ROOM = Room(_routes, _links)
