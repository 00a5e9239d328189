"""`licheng doctor --platform`: what is wrong with a platform's settings, its state and what it reaches; it only reads.

What can be told from this machine alone is shown to the IT section as a page too.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import smtplib
import stat
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from licheng.app.doctor import versions
from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.core.school import School
from licheng.platform.hand_in import Ticket
from licheng.platform.login.oidc import Client, Provider
from licheng.platform.login.passkeys import RelyingParty
from licheng.platform.pulse import DELIVERY, FETCH, Pulse
from licheng.platform.remote import Remote
from licheng.platform.rendering import shown_minute
from licheng.platform.school_view import SchoolView
from licheng.platform.settings import Settings, Smtp, is_loopback, read_settings
from licheng.platform.spool import Spool, SpoolLimits
from licheng.policy.accounts import accounts, ssh_login
from licheng.sources.git import run as git

MAIN = "refs/heads/main"
# A hand-in is judged within minutes, and main is fetched every few seconds.
SLOW, STUCK = timedelta(minutes=10), timedelta(hours=1)
_STALE = timedelta(minutes=5)
_SKEW = timedelta(minutes=2)
_SECONDS = 15
_GIB = 1 << 30
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def examine(config: Path, now: datetime) -> list[Diagnosis]:
    """Everything that was looked at, in the order of codes.

    Args:
        config: `platform.toml`.
        now: UTC.
    """
    values = {"path": str(config)}
    try:
        settings = read_settings(config)
    except UsageError as error:
        fault = {"fault": " ".join(filter(None, (error.code, str(error.values.get("key", "")))))}
        return [*versions.examine(None), Diagnosis("DOC070", Health.WRONG, values | fault)]
    lines = [*versions.examine(None), Diagnosis("DOC070", Health.OK, values | {"origin": settings.origin})]
    lines += _secrets(config, settings)
    lines += chain(_hosts(settings), here(settings, now), _reached(settings), _intake(settings, now))
    if settings.oidc is not None:
        oidc, provider = settings.oidc, {"issuer": settings.oidc.issuer}
        # Whether the provider says of itself what it must (OpenID Connect Discovery 1.0).
        try:
            asyncio.run(Provider(Client(oidc.issuer, oidc.client_id, "", "", oidc.claim)).end_address(now))
            lines.append(Diagnosis("DOC077", Health.OK, provider))
        except UsageError as error:
            why = "metadata" if error.values.get("case") == "other" else "connection"
            lines.append(Diagnosis("DOC077", Health.WRONG, provider | {"fault": why}))
    if settings.smtp is not None:
        lines.append(_mail(settings.smtp))
    return sorted(lines, key=lambda line: line.code)


def here(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """The state folder, and by what lies in it how deliveries, fetches and clocks are; nothing is asked of others.

    Args:
        settings: of the platform.
        now: UTC.
    """
    state = settings.state
    values = {"path": str(state)}
    if not state.exists():
        yield Diagnosis("DOC073", Health.NOTICE, values)
        return
    if state.stat().st_uid != os.geteuid():
        yield Diagnosis("DOC073", Health.UNKNOWN, values | {"owner": state.owner()})
        return
    is_usable = state.is_dir() and os.access(state, os.R_OK | os.W_OK | os.X_OK)
    yield Diagnosis("DOC073", Health.OK if is_usable else Health.WRONG, values)
    if not is_usable:
        return
    spool, pulse = Spool(state / "spool"), Pulse(state / "pulse", lambda: now)
    waiting = spool.waiting()
    age = now - min((ticket.received_at for ticket in waiting), default=now)
    pace = Health.WRONG if age > STUCK else Health.NOTICE if age > SLOW else Health.OK
    yield Diagnosis("DOC079", pace, {"count": str(len(waiting)), "minutes": str(int(age.total_seconds() // 60))})
    if settings.ssh_key is not None:
        beat = pulse.of(FETCH)
        if beat is None:
            yield Diagnosis("DOC080", Health.NOTICE)
        else:
            is_fresh = beat.well_at is not None and now - beat.well_at <= _STALE
            fetch = {"at": _at(beat.well_at), "fault": beat.trouble or "-"}
            yield Diagnosis("DOC080", Health.OK if is_fresh else Health.WRONG, fetch)
    last = spool.last_settled()
    yield _pushed(pulse, last)
    free = shutil.disk_usage(state).free
    room = {**values, "free": f"{free / _GIB:.1f}", "spare": f"{SpoolLimits().spare / _GIB:.1f}"}
    yield Diagnosis("DOC082", Health.OK if free > 2 * SpoolLimits().spare else Health.WRONG, room)
    yield _clock(settings, last, now)


def _secrets(config: Path, settings: Settings) -> Iterator[Diagnosis]:
    """Nobody but the platform reads its keys; what it needs is there."""
    named = [settings.ssh_key, settings.oidc.client_secret_file if settings.oidc is not None else None]
    needed = [path for path in named if path is not None]
    missing = [path for path in needed if not os.access(path, os.R_OK)]
    yield Diagnosis("DOC072", Health.WRONG if missing else Health.OK, {"paths": _shown(missing)})
    kept = settings.state.iterdir() if settings.state.is_dir() and os.access(settings.state, os.R_OK) else ()
    files = [config, settings.state, *needed, *kept]
    opened = [path for path in files if path.exists() and not path.is_symlink() and path.stat().st_mode & _OTHERS]
    # Below a closed folder nobody else reads anything; git makes its own folders open.
    if settings.state not in opened:
        opened = [path for path in opened if path.parent != settings.state or path in needed]
    yield Diagnosis("DOC071", Health.WRONG if opened else Health.OK, {"paths": _shown(opened)})


def _shown(paths: Iterable[Path]) -> str:
    return " ".join(map(str, paths))


def _hosts(settings: Settings) -> Iterator[Diagnosis]:
    values = {"origin": settings.origin, "signing": settings.signing_origin}
    if is_loopback(urlsplit(settings.origin).hostname):
        yield Diagnosis("DOC074", Health.NOTICE, values)
        return
    try:
        RelyingParty(settings.origin, settings.signing_origin)
    except UsageError:
        yield Diagnosis("DOC074", Health.WRONG, values)
    else:
        yield Diagnosis("DOC074", Health.OK, values)


def _reached(settings: Settings) -> Iterator[Diagnosis]:
    """Whether the server lets the key in, and has a main."""
    values = {"remote": settings.remote, "key": str(settings.ssh_key or "-")}
    remote = Remote(settings.remote, settings.account, settings.ssh_key)
    try:
        done = remote.git("ls-remote", "--exit-code", settings.remote, MAIN, seconds=_SECONDS)
    except LichengError as error:
        yield Diagnosis("DOC075", Health.WRONG, values | {"detail": str(error.values["detail"])})
        return
    words = done.stderr.decode("utf-8", "replace").strip().splitlines()
    detail = (words or [f"git ls-remote: {done.returncode}"])[0][:200]
    yield Diagnosis("DOC075", Health.WRONG if done.returncode else Health.OK, values | {"detail": detail})


def _intake(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """An open intake account, in which the key logs in, and which is nothing else to the school."""
    values = {"account": settings.account}
    try:
        school = SchoolView(settings.repository, lambda: now).now().school
    except LichengError:
        yield Diagnosis("DOC076", Health.UNKNOWN, values)
        return
    faults = ", ".join(_powers(settings, school))
    yield Diagnosis("DOC076", Health.WRONG if faults else Health.OK, values | {"fault": faults})


def _powers(settings: Settings, school: School) -> Iterator[str]:
    """What is not as it must be with the intake account, each as a word of `accounts.yaml` or of a folder."""
    opened = {account.id: account for account in accounts(school, school.today)}
    own = opened.get(settings.account)
    if own is None:
        yield "accounts.yaml: -"
        return
    if own.holder != "intake":
        yield f"holder: {own.holder}"
    if school.posts_of.get(own.id):
        yield "staff.yaml"
    if school.trust.keys_of(own.id) or own.id in school.trust.coordinators:
        yield "trust/"
    identity = None
    if settings.ssh_key is not None:
        # Of the public half of a login key without a passphrase; none where it cannot be told.
        command = ["ssh-keygen", "-y", "-P", "", "-f", str(settings.ssh_key)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
        login = ssh_login(done.stdout)
        identity = login.identity if login is not None else None
        if identity not in own.identities:
            yield f"identities: {identity or '-'}"
    others = sorted(each.id for each in opened.values() if each.id != own.id and identity in each.identities)
    if others:
        yield f"identities: {' '.join(others)}"


def _mail(smtp: Smtp) -> Diagnosis:
    """Whether the mail server answers, and is one to which a notice may go in the open."""
    values = {"host": smtp.host, "port": str(smtp.port)}
    try:
        with smtplib.SMTP(smtp.host, smtp.port, timeout=_SECONDS) as server:
            server.ehlo()
            is_closed = server.has_extn("starttls") or is_loopback(smtp.host)
            code, _ = server.noop()
    except OSError as error:  # smtplib's own are of its kind
        detail = reason_of(error) if error.errno is not None else type(error).__name__
        return Diagnosis("DOC078", Health.WRONG, values | {"detail": detail})
    if code != 250:  # RFC 5321, 4.3.2
        return Diagnosis("DOC078", Health.WRONG, values | {"detail": str(code)})
    return Diagnosis("DOC078", Health.OK if is_closed else Health.NOTICE, values)


def _pushed(pulse: Pulse, last: Ticket | None) -> Diagnosis:
    """What the gate last judged; wrong where something went wrong since."""
    beat, settled_at = pulse.of(DELIVERY), last.settled_at if last is not None else None
    values = {"at": _at(settled_at), "answer": str(last.state) if last is not None else "-"}
    if beat is not None and beat.trouble_at is not None and (settled_at is None or beat.trouble_at > settled_at):
        return Diagnosis("DOC081", Health.WRONG, values | {"fault": beat.trouble, "since": _at(beat.trouble_at)})
    return Diagnosis("DOC081", Health.OK if last is not None else Health.NOTICE, values)


def _clock(settings: Settings, last: Ticket | None, now: datetime) -> Diagnosis:
    """Held against the server's: main's last commit is not to come, and what was announced came before that."""
    try:
        committed = git(settings.repository, "log", "-1", "--format=%ct", MAIN).decode()
    except LichengError:  # nothing was fetched yet
        committed = ""
    newest = datetime.fromtimestamp(int(committed), UTC) if committed else None
    if newest is not None and newest > now + _SKEW:
        return Diagnosis("DOC083", Health.WRONG, {"now": _at(now), "other": _at(newest)})
    heard = last.announced_at if last is not None else None
    if last is not None and heard is not None and heard < last.received_at - _SKEW:
        return Diagnosis("DOC083", Health.WRONG, {"now": _at(last.received_at), "other": _at(heard)})
    known = newest is not None or heard is not None
    return Diagnosis("DOC083", Health.OK if known else Health.UNKNOWN, {"now": _at(now)})


def _at(moment: datetime | None) -> str:
    return shown_minute(moment) if moment is not None else "-"
