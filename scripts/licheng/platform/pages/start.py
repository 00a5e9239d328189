"""The start page: ways to sign in, or where to go from here."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.platform.parts import Parts, Room
from licheng.platform.rendering import shown_minute


def routes(parts: Parts, rooms: Sequence[Room]) -> list[BaseRoute]:
    """`/`."""

    async def start(request: Request) -> Response:
        session = request.state.session
        links = [link for room in rooms for link in room.links(parts, session)]
        since = shown_minute(session.signed_in_at) if session is not None else ""
        return parts.pages.page(request, "start.html", links=links, since=since)

    return [Route("/", start, methods=["GET"])]
