"""What every part of the platform is given; a new part is a new field here, made in `server.assembled`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from licheng.platform.access_log import AccessLog
from licheng.platform.drafts import Drafts
from licheng.platform.leaves import Leaves
from licheng.platform.rendering import Pages
from licheng.platform.school_view import SchoolView
from licheng.platform.sessions import Session, Sessions
from licheng.platform.settings import Settings
from licheng.platform.spool import Spool
from licheng.platform.uploads import Uploads

# See Other: what comes after a form was posted is asked for anew.
SEE_OTHER = 303


@dataclass(frozen=True)
class Parts:
    """The parts of one platform.

    Attributes:
        clock: the moment, with its time zone; nothing else asks the machine.
        pages: renders templates.
        school_view: the school as main holds it.
        access_log: who has looked at whose data; written before it is shown.
        repository: that it is read from.
        spool: of what was handed in.
        drafts: of what was not yet.
        uploads: that no record has yet.
        leaves: pictures of the pages of PDFs.
    """

    settings: Settings
    clock: Callable[[], datetime]
    sessions: Sessions
    pages: Pages
    school_view: SchoolView
    access_log: AccessLog
    repository: Path
    spool: Spool
    drafts: Drafts
    uploads: Uploads
    leaves: Leaves


class Link(NamedTuple):
    """A way from the start page: the path, and the word of the catalog that names it."""

    path: str
    word: str


def no_links(_parts: Parts, _session: Session | None) -> list[Link]:
    """Of a part that others lead to."""
    return []


class Room(NamedTuple):
    """A part that has pages.

    Attributes:
        routes: its routes.
        links: what the start page offers of it to somebody who has signed in, or to a visitor (None).
    """

    routes: Callable[[Parts], list[BaseRoute]]
    links: Callable[[Parts, Session | None], list[Link]] = no_links


class SignInNeededError(Exception):
    """A visitor asked for what only somebody who has signed in may see."""


def session_of(request: Request) -> Session:
    """Who asks.

    Raises:
        SignInNeededError: a visitor; the server answers it.
    """
    session: Session | None = request.state.session
    if session is None:
        raise SignInNeededError
    return session


def threaded(handler: Callable[[Request, str], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A handler for those who have signed in, which is given the account, and runs in a thread: it may wait."""

    async def handle(request: Request) -> Response:
        return await run_in_threadpool(handler, request, session_of(request).account)

    return handle


def signed_in(parts: Parts, account: str, how: str, path: str = "/") -> RedirectResponse:
    """The answer to somebody who has proved to be that account: a new session, and on to a page of ours.

    Args:
        parts: with sessions and clock.
        account: its id.
        how: `passkey`, `oidc`, `code`, `demo`.
        path: where to; given by us, never by a form.
    """
    response = RedirectResponse(path, SEE_OTHER)
    parts.sessions.put(response, parts.sessions.cookie_name, parts.sessions.start(account, parts.clock(), how))
    parts.sessions.drop(response, parts.sessions.visitor_name)
    return response


def attachment(data: bytes | str, name: str, media_type: str = "application/octet-stream") -> Response:
    """A file to be saved under a name."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)
