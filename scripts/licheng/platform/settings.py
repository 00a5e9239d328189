"""What the platform is told before it starts: `platform.toml`, kept outside the school's repository."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from licheng.core.errors import UsageError, reason_of
from licheng.storage.private import check_outside

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ACCOUNT = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
# What git takes for an address of SSH, and for nothing else.
_SSH = re.compile(r"ssh://[A-Za-z0-9][^\s]*|[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\s]+", re.ASCII)
_LISTEN = "127.0.0.1:8001"
_KEPT_DAYS = 400  # a school year, and time to ask about it
_LEAST_KEPT_DAYS = 60  # longer than anybody may hand in again what came back
_KEYS = frozenset({"origin", "signing_origin", "remote", "ssh_key", "state", "account", "listen", "kept_days", "demo"})
_OIDC = frozenset({"issuer", "client_id", "client_secret_file", "claim"})
_SMTP = frozenset({"host", "port", "sender"})


@dataclass(frozen=True)
class Oidc:
    """The school's single sign-on (OpenID Connect Core 1.0).

    Attributes:
        issuer: `iss`, an https address.
        client_secret_file: a file of its owner's alone that holds the secret.
        claim: of the ID token, which names the person.
    """

    issuer: str
    client_id: str
    client_secret_file: Path
    claim: str = "sub"


@dataclass(frozen=True)
class Smtp:
    """The school's mail server, for notices."""

    host: str
    port: int
    sender: str


@dataclass(frozen=True)
class Settings:
    """Everything that the platform is told.

    Attributes:
        origin: its own, such as `https://platform.school.example`; `http` on this machine alone.
        signing_origin: of the signing page, on a host of its own.
        remote: where it pushes: an SSH address of the school's server, or in a demo the path of a bare repository.
        ssh_key: private key by which the intake account logs in there; None in a demo.
        state: folder of its owner's alone, for what is no part of the school.
        account: id of the intake account.
        listen: address and port that it listens at; a server for TLS stands before it.
        kept_days: after which settled tickets and drafts that nobody goes on with are removed.
        demo: people are let in without proving who they are: in a demo school, on this machine.
    """

    origin: str
    signing_origin: str
    remote: str
    ssh_key: Path | None
    state: Path
    account: str
    listen: str = _LISTEN
    oidc: Oidc | None = None
    smtp: Smtp | None = None
    kept_days: int = _KEPT_DAYS
    demo: bool = False

    @property
    def host(self) -> str:
        """The only `Host` that is answered, with the port if it is not the usual one."""
        return urlsplit(self.origin).netloc

    @property
    def repository(self) -> Path:
        """Where main is read: the platform's own clone; in a demo the one repository that there is."""
        return Path(self.remote) if self.ssh_key is None else self.state / "school.git"

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.origin.startswith("https:")

    @property
    def address(self) -> tuple[str, int]:
        """What it listens at."""
        parts = urlsplit(f"//{self.listen}")
        assert parts.hostname is not None  # noqa: S101 - checked when it was read
        assert parts.port is not None  # noqa: S101 - likewise
        return parts.hostname, parts.port


def is_loopback(host: str | None) -> bool:
    """Whether a name or an address is this machine's and nobody else's."""
    return host is not None and (host in _LOOPBACK or host.endswith(".localhost"))


def read_settings(path: Path, *, demo: bool = False) -> Settings:
    """The settings in a file; relative paths in it are seen from its folder.

    Args:
        path: `platform.toml`.
        demo: as if the file said so.

    Raises:
        UsageError: APP301, the file or a key of it is not as it must be; APP303, an origin is none or without TLS.
    """
    try:
        table = _Table(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError("APP301", path=str(path), key="", case="unreadable", detail=reason_of(error)) from error
    except ValueError as error:  # no UTF-8, or no TOML, which says where
        place = re.search(r"at line (\d+)", str(error))
        line = place[1] if place is not None else "-"
        raise UsageError("APP301", path=str(path), key="", case="not-toml", line=line) from error
    table.refuse_others(_KEYS | {"oidc", "smtp"})
    is_demo = demo or table.flag("demo")
    mail = table.table("smtp", _SMTP)
    key = table.file("ssh_key") if "ssh_key" in table.values or not is_demo else None
    settings = Settings(
        origin=table.text("origin"),
        signing_origin=table.text("signing_origin"),
        remote=str(table.file("remote")) if is_demo else table.text("remote"),
        ssh_key=key,
        state=table.file("state"),
        account=table.text("account"),
        listen=table.text("listen", _LISTEN),
        oidc=_oidc(table.table("oidc", _OIDC)),
        smtp=Smtp(mail.text("host"), mail.number("port"), mail.text("sender")) if mail is not None else None,
        kept_days=table.number("kept_days", _KEPT_DAYS),
        demo=is_demo,
    )
    for name in ("origin", "signing_origin"):
        _check_origin(path, name, getattr(settings, name))
    faults = {
        "signing_origin": urlsplit(settings.origin).hostname == urlsplit(settings.signing_origin).hostname,
        "remote": not is_demo and not _SSH.fullmatch(settings.remote),
        "account": not _ACCOUNT.fullmatch(settings.account),
        "listen": not _is_listen(settings.listen),
        "kept_days": settings.kept_days < _LEAST_KEPT_DAYS,
    }
    for name, is_wrong in faults.items():
        if is_wrong:
            raise table.wrong(name, name)
    return settings


def check_start(settings: Settings) -> None:
    """Refuse to start with an open problem; afterwards the state folder is there.

    Raises:
        UsageError: APP302, a file or folder cannot be read, or others may read it; APP304, a demo that others could
            reach; APP171, one of them lies within a repository.
    """
    reached = (settings.address[0], urlsplit(settings.origin).hostname)
    if settings.demo and not all(map(is_loopback, reached)):
        raise UsageError("APP304", origin=settings.origin, listen=settings.listen)
    files = (settings.ssh_key, settings.oidc.client_secret_file if settings.oidc is not None else None)
    for path in (settings.state, *files):
        if path is not None:
            check_outside(path)
    try:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError("APP302", path=str(settings.state), case="unreadable", detail=reason_of(error)) from error
    _check_own(settings.state)
    for file in files:
        if file is not None:
            _check_own(file)


def _check_own(path: Path) -> None:
    """It can be read, and neither its group nor anybody else may do anything with it."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISDIR(mode):
            path.read_bytes()
    except OSError as error:
        raise UsageError("APP302", path=str(path), case="unreadable", detail=reason_of(error)) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError("APP302", path=str(path), mode=f"{stat.S_IMODE(mode):o}")


def _check_origin(path: Path, key: str, origin: str) -> None:
    """As browsers write it: scheme, host in small letters, an unusual port; with TLS but on this machine."""
    try:
        parts = urlsplit(origin)
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        is_plain = origin == f"{parts.scheme}://{parts.netloc}" == origin.lower() and parts.port not in (0, usual)
        named = bool(parts.hostname) and "@" not in parts.netloc
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    except ValueError:
        is_plain = named = is_safe = False
    if not (is_plain and named and is_safe):
        raise UsageError("APP303", path=str(path), key=key, origin=origin)


def _is_listen(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        return parts.netloc == text and bool(parts.hostname) and parts.port is not None
    except ValueError:
        return False


def _oidc(table: _Table | None) -> Oidc | None:
    if table is None:
        return None
    issuer = table.text("issuer")
    if not issuer.startswith("https://") and not is_loopback(urlsplit(issuer).hostname):
        raise table.wrong("issuer")
    return Oidc(issuer, table.text("client_id"), table.file("client_secret_file"), table.text("claim", "sub"))


@dataclass(frozen=True)
class _Table:
    """A table of the file, whose values are asked for by key and kind.

    Attributes:
        name: of the table, with a dot; empty for the file's own.
    """

    path: Path
    values: Mapping[str, Any]
    name: str = ""

    def wrong(self, key: str, case: str = "value") -> UsageError:
        return UsageError("APP301", path=str(self.path), key=f"{self.name}{key}", case=case)

    def refuse_others(self, known: frozenset[str]) -> None:
        for key in self.values:
            if key not in known:
                raise self.wrong(key, "unknown")

    def _value(self, key: str, kind: type, default: Any = None) -> Any:
        if key not in self.values and default is None:
            raise self.wrong(key, "missing")
        value = self.values.get(key, default)
        if type(value) is not kind or value == "":
            raise self.wrong(key, kind.__name__)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        text: str = self._value(key, str, default)
        return text

    def number(self, key: str, default: int | None = None) -> int:
        number: int = self._value(key, int, default)
        return number

    def flag(self, key: str) -> bool:
        flag: bool = self._value(key, bool, False)
        return flag

    def file(self, key: str) -> Path:
        return (self.path.absolute().parent / Path(self.text(key)).expanduser()).absolute()

    def table(self, key: str, known: frozenset[str]) -> _Table | None:
        if key not in self.values:
            return None
        table = _Table(self.path, self._value(key, dict), f"{key}.")
        table.refuse_others(known)
        return table
