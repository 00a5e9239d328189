"""The platform as one ASGI application: its routes, and what stands before all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from licheng.core.errors import ExitCode, LichengError, UsageError
from licheng.outputs.catalog import catalog
from licheng.platform.access_log import AccessLog
from licheng.platform.drafts import Drafts
from licheng.platform.guard import Guard
from licheng.platform.leaves import Leaves
from licheng.platform.login import demo
from licheng.platform.login import pages as login
from licheng.platform.pages import (
    answers,
    autosave,
    certify,
    chain,
    edit,
    enrol,
    new,
    notices,
    operations,
    own_passkey,
    receipts,
    records,
    secretary,
    start,
    student,
    teacher,
    tickets,
    tutor,
    witness,
)
from licheng.platform.parts import SEE_OTHER, Parts, Room, SignInNeededError
from licheng.platform.rendering import STATIC, Pages
from licheng.platform.school_view import SchoolView
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from licheng.platform.spool import Spool
from licheng.platform.uploads import Uploads

# Every part that has pages, in the order of the start page.
ROOMS: tuple[Room, ...] = (
    demo.ROOM,
    student.ROOM,
    chain.ROOM,
    new.ROOM,
    edit.ROOM,
    autosave.ROOM,
    own_passkey.ROOM,
    receipts.ROOM,
    tickets.ROOM,
    teacher.ROOM,
    certify.ROOM,
    enrol.ROOM,
    tutor.ROOM,
    witness.ROOM,
    answers.ROOM,
    records.ROOM,
    secretary.ROOM,
    operations.ROOM,
    notices.ROOM,
    login.ROOM,
)


def assembled(settings: Settings, clock: Callable[[], datetime]) -> Parts:
    """The parts of a platform, each made once."""
    sessions = Sessions(settings)
    return Parts(
        settings=settings,
        clock=clock,
        sessions=sessions,
        pages=Pages(settings, sessions),
        school_view=SchoolView(settings.repository, clock),
        access_log=AccessLog(settings.state / "access"),
        repository=settings.repository,
        spool=Spool(settings.state / "spool"),
        drafts=Drafts(settings.state / "drafts", clock),
        uploads=Uploads(settings.state / "uploads", clock),
        leaves=Leaves(clock),
    )


def application(settings: Settings, clock: Callable[[], datetime]) -> Starlette:
    """The platform, to be served at its origin.

    Args:
        settings: checked by `check_start`.
        clock: the moment, with its time zone.
    """
    parts = assembled(settings, clock)
    routes: list[BaseRoute] = [Mount("/static", StaticFiles(directory=STATIC))]
    routes += start.routes(parts, ROOMS)
    for room in ROOMS:
        routes += room.routes(parts)
    answers = _Answers(parts)
    handlers = {
        HTTPException: answers.http,
        LichengError: answers.trouble,
        SignInNeededError: answers.sign_in,
    }
    guard = Middleware(Guard, parts=parts, error=answers.error)

    @asynccontextmanager
    async def open_parts(_app: Starlette) -> AsyncIterator[None]:
        yield
        parts.school_view.close()
        parts.leaves.close()

    served = Starlette(routes=routes, middleware=[guard], exception_handlers=handlers, lifespan=open_parts)  # type: ignore[arg-type]
    served.router.redirect_slashes = False  # a page has one address, and only `origin` says by which scheme
    return served


class _Answers:
    """What a browser is told when there is no page: a code, the fact, the next step, and never how we are made."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def error(self, request: Request, error: LichengError, status: int) -> Response:
        """The tool's own trouble as a page."""
        message, hint = catalog(request.state.language).error(error)
        return self._parts.pages.page(request, "error.html", status, code=error.code, message=message, hint=hint)

    async def http(self, request: Request, error: HTTPException) -> Response:
        """What the router or a handler refuses: a page that is not there, a method that it has not."""
        cases = {403: "forbidden", 404: "missing", 405: "method"}
        case = cases.get(error.status_code, "unusable")
        response = self.error(request, UsageError("APP305", case=case), error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def trouble(self, request: Request, error: LichengError) -> Response:
        """What somebody asked for that cannot be done, in the words of the command line."""
        is_theirs = error.exit_code is ExitCode.WRONG_USE
        return self.error(request, error, 400 if is_theirs else 500)

    async def sign_in(self, _request: Request, _error: SignInNeededError) -> Response:
        """A visitor goes to where signing in begins."""
        response = RedirectResponse("/", SEE_OTHER)
        self._parts.pages.flash(response, "flash_sign_in_first")
        return response
