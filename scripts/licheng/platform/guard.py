"""What stands before every page: the one host, the language, who asks, where a form comes from, how much it holds.

A request that passes has, in `request.state`: `language`, `session` (None for a visitor), and, if it posted a form,
`form`; and `view`, the school by which the account of the session is open, for the page to be made of. It is None for a
visitor, for what every page is made with, of a school that cannot be read, and of what has a body: until that has come,
main may have gone on. Every answer has the headers of `Guard`, unless its handler set one of them itself.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from licheng.core.errors import LichengError, UsageError
from licheng.core.languages import LANGUAGES
from licheng.platform.parts import Parts
from licheng.platform.rendering import LANGUAGE
from licheng.platform.school_view import MainView
from licheng.platform.sessions import Session
from licheng.policy.authority import within

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A form of text; and one with files, of somebody who has signed in: several attachments of 10 MB at most each.
MOST_TEXT, MOST_FILES = 1 << 18, 1 << 26
_FIELDS, _FILES = 500, 20
_FIELD = "csrf"
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
_BODY_SECONDS = 600.0  # the largest form at a megabit a second, and a little
_YEAR = 365 * 24 * 60 * 60
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

# Nothing inline, nothing from elsewhere.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; form-action {targets}; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)

Answer = Callable[[Request, LichengError, int], Response]


class _BodyError(Exception):
    """A body is larger than it may be, or does not end."""

    def __init__(self, error: LichengError, status: int) -> None:
        super().__init__(error, status)
        self.error, self.status = error, status


class Guard:
    """The middleware.

    Args:
        app: what is guarded.
        parts: of the platform.
        error: shows an error as a page, with that status.
    """

    def __init__(self, app: ASGIApp, parts: Parts, error: Answer) -> None:
        self._app = app
        self._parts = parts
        self._error = error
        # A form may lead to the single sign-on as well: browsers hold its redirects against `form-action` too.
        oidc = parts.settings.oidc
        issuer = urlsplit(oidc.issuer) if oidc is not None else None
        targets = f"'self' {issuer.scheme}://{issuer.netloc}" if issuer is not None else "'self'"
        self._headers = _HEADERS | {"content-security-policy": _POLICY.format(targets=targets)}
        if parts.settings.is_secure:
            self._headers["strict-transport-security"] = f"max-age={_YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        await self._introduce(request)
        sent = _Sent(send, lambda headers: self._finish(request, headers))
        has_files = request.state.session is not None and _kind(request) == _FORMS[1]  # nobody else sends any
        body = _Body(receive, MOST_FILES if has_files else MOST_TEXT)
        try:
            refusal = self._refused(request, body)
            if refusal is None and request.method not in _SAFE:
                refusal = await self._refused_form(Request(scope, body), body)
            await (refusal or self._app)(scope, body, sent)
        except ClientDisconnect:
            pass  # whoever asked has gone
        except _BodyError as refused:
            await self._answer(request, sent, refused.error, refused.status)
        except Exception as error:
            # The kind of error and where, never its words: they may hold what somebody wrote.
            trace, place = error.__traceback__, ""
            while trace is not None:
                place, trace = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}", trace.tb_next
            logging.getLogger("licheng.platform").error("APP309 %s %s", type(error).__name__, place)
            await self._answer(request, sent, LichengError("APP309"), 500)
        finally:
            form: FormData | None = getattr(request.state, "form", None)
            if form is not None:
                await form.close()

    async def _answer(self, request: Request, sent: _Sent, error: LichengError, status: int) -> None:
        if not sent.begun:
            await self._error(request, error, status)(request.scope, request.receive, sent)

    async def _introduce(self, request: Request) -> None:
        """Language and session, of an account that is still open."""
        sessions, now = self._parts.sessions, self._parts.clock()
        asked = request.query_params.get(LANGUAGE)
        chosen = asked if asked in LANGUAGES else request.cookies.get(LANGUAGE)
        request.state.language = chosen if chosen in LANGUAGES else LANGUAGES[0]
        cookie = request.cookies.get(sessions.cookie_name)
        session = sessions.read(cookie, now) if cookie is not None else None
        view = None
        if session is not None and not request.scope["path"].startswith("/static/"):
            view = self._parts.school_view.unchanged() or await run_in_threadpool(self._view)
            entry = view.school.account_of.get(session.account) if view is not None else None
            if view is not None and (entry is None or not within(entry, view.school.today)):
                session = None
        request.state.session = session
        request.state.view = view if session is not None and request.method in _SAFE else None

    def _view(self) -> MainView | None:
        """Main as it is; None where it cannot be read: then no page shows anything of it."""
        try:
            return self._parts.school_view.now()
        except LichengError:
            return None

    def _refused(self, request: Request, body: _Body) -> Response | None:
        settings, hosts = self._parts.settings, request.headers.getlist("host")
        if hosts != [settings.host]:
            # The address at which a demo listens is typed as readily as the name by which it is called.
            if settings.demo and hosts == [settings.listen] and request.method in _SAFE:
                return RedirectResponse(f"{settings.origin}/")
            return self._error(request, UsageError("APP308", host=settings.host), 421)
        length = request.headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length) or int(length) > body.most:
            return self._error(request, UsageError("APP307", most=body.most >> 10), 413)
        if request.method not in _SAFE:
            # Whether a page of ours sent it, as the browser says: as our pages send no referrer, one writes `null` for
            # the origin of their forms (Fetch, 3.2), and is believed only where `Sec-Fetch-Site` says that they are.
            origins, sites = request.headers.getlist("origin"), request.headers.getlist("sec-fetch-site")
            believed: tuple[list[str], ...] = ([], ["null"], [settings.origin]) if sites else ([settings.origin],)
            if sites not in ([], ["same-origin"]) or origins not in believed:
                return self._error(request, UsageError("APP306"), 403)
        return None

    async def _refused_form(self, request: Request, body: _Body) -> Response | None:
        """Read a form, and refuse it without the token that its page was given; a script sends it as a header."""
        try:
            form = FormData()  # what is none is left to the handler
            if _kind(request) in _FORMS:
                form = await request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=MOST_TEXT)
        except HTTPException:  # more fields or files than anybody sends, or no form at all
            return self._error(request, UsageError("APP305", case="unusable"), 400)
        request.state.form = form
        body.is_read = _kind(request) in _FORMS
        given = [request.headers.get("x-csrf-token"), *form.getlist(_FIELD)]
        tokens = [token for token in given if isinstance(token, str)]
        session: Session | None = request.state.session
        visitor = request.cookies.get(self._parts.sessions.visitor_name, "")
        bound = session if session is not None else visitor
        if bound and len(tokens) == 1 and self._parts.sessions.check_csrf(bound, tokens[0]):
            return None
        return self._error(request, UsageError("APP306"), 403)

    def _finish(self, request: Request, headers: MutableHeaders) -> None:
        """The headers of every answer, and cookies that go on: language, and the session of who still works."""
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        # A file, and no page of an error, which says who has signed in.
        is_static = request.scope["path"].startswith("/static/") and "etag" in headers
        headers.setdefault("cache-control", "no-cache" if is_static else "no-store")
        sessions, session = self._parts.sessions, request.state.session
        given = {cookie.partition("=")[0] for cookie in headers.getlist("set-cookie")}
        cookies = Response()
        if request.query_params.get(LANGUAGE) == request.state.language:
            sessions.put(cookies, LANGUAGE, request.state.language)
        text = sessions.refreshed(session, self._parts.clock()) if session is not None and not is_static else None
        if text is not None and sessions.cookie_name not in given:
            sessions.put(cookies, sessions.cookie_name, text)
        for cookie in cookies.headers.getlist("set-cookie"):
            headers.append("set-cookie", cookie)


class _Sent:
    """An answer on its way, given its headers; whether it has begun."""

    def __init__(self, send: Send, finish: Callable[[MutableHeaders], None]) -> None:
        self._send = send
        self._finish = finish
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self._finish(MutableHeaders(scope=message))
        await self._send(message)


class _Body:
    """A body that ends with an error when it is longer than it may be, whatever its header says, or does not end.

    Attributes:
        is_read: it was a form and has been read: a handler that reads it again finds nothing, and waits for nothing.
    """

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self.most = most
        self._length = 0
        self.is_read = False
        self._until: float | None = asyncio.get_running_loop().time() + _BODY_SECONDS

    async def __call__(self) -> Message:
        if self.is_read:
            self.is_read = False
            return {"type": "http.request", "body": b"", "more_body": False}
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise _BodyError(UsageError("APP305", case="unusable"), 408) from error
        if not message.get("more_body", False):
            self._until = None  # what comes after is that somebody leaves
        self._length += len(message.get("body", b""))
        if self._length > self.most:
            raise _BodyError(UsageError("APP307", most=self.most >> 10), 413)
        return message


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
