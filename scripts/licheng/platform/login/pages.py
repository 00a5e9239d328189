"""The pages of signing in and out: what they decide, `door` and `oidc` decide; here requests become values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.registry.accounts import read_oidc_key
from licheng.core.errors import UsageError
from licheng.outputs.catalog import catalog
from licheng.platform.login.door import DEVICE_LASTS, PATIENCE, RECENT, Door, Visitor
from licheng.platform.login.oidc import Client, Errand, Provider
from licheng.platform.login.passkeys import RelyingParty
from licheng.platform.login.seals import Seals
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, session_of, signed_in
from licheng.platform.rendering import shown_minute
from licheng.platform.sessions import Session
from licheng.platform.settings import Oidc
from licheng.policy.accounts import oidc_identity

OIDC_KEY = "oidc.key"  # in the state folder: the school's key of single sign-on subjects (decision 0014)
_ERRAND = "errand"
# What a provider may say of a person, and another person may bear one day.
_CHANGING = frozenset({"email", "name", "nickname", "phone_number", "preferred_username", "unique_name", "upn"})
_TOO_MANY = 429  # RFC 6585, 4


class _Pages:
    """The pages that every platform has: passkeys and codes."""

    def __init__(self, parts: Parts, door: Door) -> None:
        self.parts = parts
        self.door = door
        prefix = "__Host-" if parts.settings.is_secure else ""
        self._device = f"{prefix}licheng-device"

    def routes(self) -> list[BaseRoute]:
        """By path."""
        pages: list[tuple[str, str, Callable[[Request], Response]]] = [
            ("/login", "GET", self.login),
            ("/login/passkey", "POST", self.by_passkey),
            ("/login/code", "GET", self.code),
            ("/login/code", "POST", self.by_code),
            ("/login/passkey/new", "POST", self.registered),
            ("/login/passkeys", "GET", self.own),
            ("/login/passkeys/new", "POST", self.added),
            ("/login/passkeys/remove", "POST", self.removed),
            ("/logout", "POST", self.logout),
            ("/logout/everywhere", "POST", self.logout_everywhere),
        ]
        return [Route(path, self.limited(page), methods=[method]) for path, method, page in pages]

    def limited(self, page: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """A page that tells who tries too often to wait; it runs in a thread, as it reads and writes files."""

        def answer(request: Request) -> Response:
            try:
                return page(request)
            except UsageError as error:
                if error.code != "APP313":
                    raise
                return self.too_many(request, error)

        return answer

    def too_many(self, request: Request, error: UsageError) -> Response:
        """The page of who tries too often."""
        message, hint = catalog(request.state.language).error(error)
        response = self.parts.pages.page(request, "error.html", _TOO_MANY, code=error.code, message=message, hint=hint)
        response.headers["retry-after"] = str(60 * int(str(error.values["minutes"])))
        return response

    def login(self, request: Request) -> Response:
        asked = self.door.challenge(self.parts.clock())
        oidc = self.parts.settings.oidc is not None
        return self.parts.pages.page(request, "login/login.html", asked=asked, oidc=oidc)

    def by_passkey(self, request: Request) -> Response:
        now, visitor = self.parts.clock(), self.visitor(request)
        account = self.door.by_passkey(_field(request, "sealed"), _field(request, "answer"), visitor, now)
        return self.enter(account, "passkey", visitor)

    def code(self, request: Request) -> Response:
        return self.parts.pages.page(request, "login/code.html")

    def by_code(self, request: Request) -> Response:
        asked = self.door.by_code(_field(request, "code"), self.visitor(request), self.parts.clock())
        return self.parts.pages.page(request, "login/new.html", asked=asked, minutes=int(PATIENCE.total_seconds() / 60))

    def registered(self, request: Request) -> Response:
        account = self.door.registered(_field(request, "sealed"), _field(request, "answer"), self.parts.clock())
        response = self.enter(account, "code", self.visitor(request))
        self.parts.pages.flash(response, "flash_passkey_made")
        return response

    def own(self, request: Request) -> Response:
        session, now = session_of(request), self.parts.clock()
        asked = self.door.another(session.account, now) if is_recent(session, self.parts) else None
        passkeys = [(each.name, shown_minute(each.made_at)) for each in self.door.passkeys.of(session.account)]
        return self.parts.pages.page(request, "login/passkeys.html", asked=asked, passkeys=passkeys)

    def added(self, request: Request) -> Response:
        session, now = session_of(request), self.parts.clock()
        if not is_recent(session, self.parts):
            raise UsageError("APP312", case="stale")
        self.door.added(session.account, _field(request, "sealed"), _field(request, "answer"), now)
        response = RedirectResponse("/login/passkeys", SEE_OTHER)
        self.parts.pages.flash(response, "flash_passkey_made")
        return response

    def removed(self, request: Request) -> Response:
        """Whoever has the device of a lost passkey may be signed in on it, so everybody is signed out."""
        session = session_of(request)
        self.door.passkeys.remove(session.account, _field(request, "passkey"))
        return self.out(request, everywhere=True, flash="flash_passkey_removed")

    def logout(self, request: Request) -> Response:
        return self.out(request, everywhere=False, flash="flash_signed_out_here")

    def logout_everywhere(self, request: Request) -> Response:
        return self.out(request, everywhere=True, flash="flash_signed_out")

    def out(self, request: Request, *, everywhere: bool, flash: str) -> Response:
        """Sign out: the browser forgets its cookie, or no cookie of the account is worth anything any more."""
        session = session_of(request)
        if everywhere:
            self.parts.sessions.end_all(session.account, self.parts.clock())
        response = RedirectResponse("/login/oidc/out" if session.how == "oidc" else "/", SEE_OTHER)
        self.parts.sessions.drop(response, self.parts.sessions.cookie_name)
        self.parts.pages.flash(response, flash)
        return response

    def visitor(self, request: Request) -> Visitor:
        """Who knocks."""
        address = request.client.host if request.client is not None else ""
        return Visitor(address, request.cookies.get(self._device, ""))

    def enter(self, account: str, how: str, visitor: Visitor) -> Response:
        """Let somebody in, whose device is known from now on."""
        response = signed_in(self.parts, account, how)
        cookie = self.door.entered(account, visitor, self.parts.clock())
        response.set_cookie(
            self._device,
            cookie,
            max_age=int(DEVICE_LASTS.total_seconds()),
            secure=self.parts.settings.is_secure,
            httponly=True,
            samesite="lax",
        )
        return response


class _SingleSignOn:
    """The pages of the school's own accounts.

    Args:
        pages: of the door.
        oidc: of the settings.
    """

    def __init__(self, pages: _Pages, oidc: Oidc) -> None:
        parts = pages.parts
        if oidc.claim in _CHANGING:
            raise UsageError("APP301", path="platform.toml", key="oidc.claim")
        self._pages = pages
        self._parts = parts
        self._issuer = oidc.issuer
        self._key = read_oidc_key(parts.settings.state / OIDC_KEY)
        self._seals = Seals(parts.settings.state / "login.key")
        secret = oidc.client_secret_file.read_text(encoding="utf-8").strip()
        callback = f"{parts.settings.origin}/login/oidc/callback"
        self._provider = Provider(Client(oidc.issuer, oidc.client_id, secret, callback, oidc.claim))
        self._cookie = f"{'__Host-' if parts.settings.is_secure else ''}licheng-errand"

    def routes(self) -> list[BaseRoute]:
        """By path."""
        return [
            Route("/login/oidc", self.begin, methods=["GET"]),
            Route("/login/oidc/callback", self.come_back, methods=["GET"]),
            Route("/login/oidc/out", self.out, methods=["GET"]),
        ]

    async def begin(self, request: Request) -> Response:
        now, errand = self._parts.clock(), Errand.new()
        response = RedirectResponse(await self._provider.address(errand, now), SEE_OTHER)
        self._parts.sessions.put(response, self._cookie, self._seals.seal(_ERRAND, errand._asdict(), now))
        return response

    async def come_back(self, request: Request) -> Response:
        """From the provider, with who somebody is there."""
        now, visitor = self._parts.clock(), self._pages.visitor(request)
        values = self._seals.open(_ERRAND, request.cookies.get(self._cookie, ""), now, PATIENCE)
        if values is None:
            raise UsageError("APP315", case="state")
        try:
            attempt = self._pages.door.knock(visitor, now)
        except UsageError as error:
            return self._pages.too_many(request, error)
        subject = await self._provider.subject(Errand(**values), dict(request.query_params), now)
        identity = oidc_identity(self._issuer, subject, self._key)
        account = await run_in_threadpool(self._pages.door.by_identity, identity)
        self._pages.door.succeeded(attempt, now)
        response = self._pages.enter(account, "oidc", visitor)
        self._parts.sessions.drop(response, self._cookie)
        return response

    async def out(self, request: Request) -> Response:
        """Where somebody who has signed out here can sign out at the provider too, as others may use the machine."""
        try:
            there = await self._provider.end_address(self._parts.clock())
        except UsageError:
            there = None
        return self._parts.pages.page(request, "login/out.html", there=there)


def routes(parts: Parts) -> list[BaseRoute]:
    """`/login/…`, `/logout/…`."""
    settings = parts.settings
    door = Door(
        RelyingParty(settings.origin, settings.signing_origin), settings.state, lambda: parts.school_view.now().school
    )
    pages = _Pages(parts, door)
    return pages.routes() + (_SingleSignOn(pages, settings.oidc).routes() if settings.oidc is not None else [])


def links(_parts: Parts, session: Session | None) -> list[Link]:
    """To sign in, or the own passkeys."""
    return [Link("/login", "login_link") if session is None else Link("/login/passkeys", "passkeys_link")]


ROOM = Room(routes, links)


def is_recent(session: Session, parts: Parts) -> bool:
    """Whether somebody has just signed in, as who adds passkeys or makes codes must have."""
    return timedelta(0) <= parts.clock() - session.signed_in_at < RECENT


def _field(request: Request, name: str) -> str:
    """A field of a form; empty where there is none, or a file."""
    value = request.state.form.get(name)
    return value if isinstance(value, str) else ""
