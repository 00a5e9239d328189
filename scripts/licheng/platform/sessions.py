"""Who somebody at a browser is: a signed cookie, no store of sessions, and a number an account that ends all of them.

A cookie names an account by its id, never a person. What is in it can be read by its owner and changed by nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer
from starlette.responses import Response

from licheng.core.errors import LichengError, UsageError
from licheng.platform.settings import Settings
from licheng.storage.files import alone, sync, temporary
from licheng.storage.private import write_private

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
# A clock that is set back by a moment signs nobody out.
_AHEAD = timedelta(minutes=1)
# So often at most a cookie is written anew while somebody works.
_REFRESH = timedelta(minutes=1)
_SECRET_BYTES, _NONCE_BYTES = 32, 16
_ACCOUNT = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_VISITOR = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True)
class Session:
    """Somebody who has signed in.

    Attributes:
        account: the account's id.
        signed_in_at: UTC, in whole seconds, as is `seen_at`.
        seen_at: when the cookie was last written.
        epoch: how often all sessions of the account had been ended before.
        how: the way of signing in: `passkey`, `oidc`, `code`, `demo`.
        id: random, of this session alone.
    """

    account: str
    signed_in_at: datetime
    seen_at: datetime
    epoch: int
    how: str
    id: str


class Sessions:
    """Starts, reads and ends sessions.

    Args:
        settings: origin and state folder, where the secret and each account's epoch lie.
    """

    def __init__(self, settings: Settings) -> None:
        prefix = "__Host-" if settings.is_secure else ""
        self.cookie_name = f"{prefix}licheng"
        self.visitor_name = f"{prefix}licheng-visitor"
        self._secure = settings.is_secure
        self._epochs = settings.state / "epochs"
        self._secret = secret_in(settings.state / "session.key")
        self._serializer = URLSafeSerializer(
            self._secret,
            salt="licheng session/v1",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )
        # Whoever goes from page to page brings the same cookie; of one that is not ours nothing is remembered.
        self._signed = lru_cache(maxsize=1_000)(self._serializer.loads)

    def start(self, account: str, now: datetime, how: str) -> str:
        """The cookie of a new session: never one that a browser brought along.

        Raises:
            ValueError: the account's id is none.
        """
        at = now.astimezone(UTC).replace(microsecond=0)
        return self._text(Session(account, at, at, self._epoch(account), how, secrets.token_urlsafe(_NONCE_BYTES)))

    def read(self, cookie: str, now: datetime) -> Session | None:
        """The session of a cookie; None if it is not ours, too old, or ended."""
        try:
            account, signed_in, seen, epoch, how, id_ = self._signed(cookie)
            session = Session(account, _moment(signed_in), _moment(seen), epoch, how, id_)
            current = self._epoch(account)
        except (BadData, ValueError, TypeError, OverflowError, OSError):
            return None
        is_fresh = now - session.seen_at < IDLE and now - session.signed_in_at < ABSOLUTE
        is_past = session.signed_in_at <= session.seen_at <= now + _AHEAD
        return session if is_fresh and is_past and session.epoch == current else None

    def refreshed(self, session: Session, now: datetime) -> str | None:
        """The cookie of somebody who is still here; None if the one that there is will do."""
        if now - session.seen_at < _REFRESH:
            return None
        return self._text(replace(session, seen_at=now.astimezone(UTC).replace(microsecond=0)))

    def end_all(self, account: str, _now: datetime) -> None:
        """Sign an account out everywhere; when this returns it is on the disk.

        Raises:
            ValueError: the account's id is none.
            OSError: it cannot be written; nobody is signed out.
        """
        self._epochs.mkdir(mode=0o700, exist_ok=True)
        with alone(self._epochs):
            target = self._file(account)
            staged = temporary(target, f"{self._epoch(account) + 1}\n".encode(), 0o600)
            staged.replace(target)
            sync((), self._epochs)

    def csrf(self, session: Session | str) -> str:
        """A token for the forms of a page, bound to a session, or to a visitor who has not signed in.

        Each page has another: what all answers hold could be guessed from the lengths of compressed ones.
        """
        nonce = secrets.token_hex(_NONCE_BYTES)
        return nonce + self._mac(nonce, session)

    def check_csrf(self, session: Session | str, token: str) -> bool:
        """Whether a token was given to that session or visitor."""
        nonce, mac = token[: 2 * _NONCE_BYTES], token[2 * _NONCE_BYTES :]
        return hmac.compare_digest(self._mac(nonce, session).encode(), mac.encode("utf-8", "surrogatepass"))

    def visitor(self, cookie: str) -> str:
        """The visitor that a cookie names, or a new one."""
        return cookie if _VISITOR.fullmatch(cookie) else secrets.token_urlsafe(_SECRET_BYTES)

    def put(self, response: Response, name: str, text: str) -> None:
        """Give a browser a cookie: no script reads it, no other site sends it along, and it goes with the window."""
        response.set_cookie(name, text, path="/", secure=self._secure, httponly=True, samesite="lax")

    def drop(self, response: Response, name: str) -> None:
        """Take a cookie from a browser."""
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")

    def _mac(self, nonce: str, session: Session | str) -> str:
        bound = f"visitor {session}" if isinstance(session, str) else f"session {session.account} {session.id}"
        message = f"licheng csrf/v1 {nonce} {bound}"
        return hmac.new(self._secret, message.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _text(self, session: Session) -> str:
        moments = (int(session.signed_in_at.timestamp()), int(session.seen_at.timestamp()))
        return str(self._serializer.dumps([session.account, *moments, session.epoch, session.how, session.id]))

    def _file(self, account: str) -> Path:
        if not _ACCOUNT.fullmatch(account):
            raise ValueError(account)
        return self._epochs / account

    def _epoch(self, account: str) -> int:
        try:
            return int(self._file(account).read_bytes())
        except FileNotFoundError:
            return 0


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def secret_in(path: Path) -> bytes:
    """The secret in a file, made where there is none: what a browser keeps for us is signed by it.

    Raises:
        LichengError: APP302, it is damaged.
    """
    if not path.exists():
        try:
            write_private(path, secrets.token_bytes(_SECRET_BYTES), replaces=False)
        except UsageError as error:
            if error.code != "APP009":  # another process has just made it
                raise
    secret = path.read_bytes()
    if len(secret) != _SECRET_BYTES:
        raise LichengError("APP302", path=str(path), case="damaged")
    return secret
