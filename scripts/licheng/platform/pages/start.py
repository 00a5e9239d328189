"""The start page: ways to sign in, or where to go from here; and signing out."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.core.dates import TAIPEI
from licheng.platform.parts import SEE_OTHER, Parts, Room, session_of


def routes(parts: Parts, rooms: Sequence[Room]) -> list[BaseRoute]:
    """`/` and `/sign-out`."""

    async def start(request: Request) -> Response:
        session = request.state.session
        links = [link for room in rooms for link in room.links(parts, session)]
        since = session.signed_in_at.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M") if session is not None else ""
        return parts.pages.page(request, "start.html", links=links, since=since)

    async def sign_out(request: Request) -> Response:
        """Everywhere: a signed cookie that somebody copied would go on otherwise."""
        await run_in_threadpool(parts.sessions.end_all, session_of(request).account, parts.clock())
        response = RedirectResponse("/", SEE_OTHER)
        parts.sessions.drop(response, parts.sessions.cookie_name)
        parts.pages.flash(response, "flash_signed_out")
        return response

    return [Route("/", start, methods=["GET"]), Route("/sign-out", sign_out, methods=["POST"])]
