"""What main has gained is told to whom it concerns, by mail: by another way than the page on which it was signed.

Whoever signed is told of every signature in their name, so that one that they did not make is noticed within the hours
in which revoking costs a touch; a student is told that a work came back. Notices follow from the repository alone. Who
has what address only the school knows: `addresses.toml` in the state folder says so, and without an address, or without
a mail server, a notice lies in `outbox/` as a file.
"""

from __future__ import annotations

import hashlib
import json
import smtplib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from licheng.core.certification import Decision
from licheng.core.dates import instant
from licheng.core.errors import LichengError, UsageError
from licheng.core.languages import LANGUAGES
from licheng.core.layout import home
from licheng.outputs.catalog import catalog
from licheng.platform.rendering import say, shown_minute
from licheng.platform.settings import Settings, Smtp
from licheng.sources.git import run as git
from licheng.storage.files import temporaries, temporary

MAIN = "refs/heads/main"
_SECONDS = 30
_RETURNED = frozenset({Decision.RETURNED, Decision.REVOKED})


@dataclass(frozen=True)
class Notice:
    """One thing to tell somebody.

    Attributes:
        account: whom.
        word: of the catalog: `notice_<word>_subject` and `notice_<word>_body`.
        values: that fill it; ids and paths, never a name and nothing of what somebody wrote.
        path: of the file in main that it is about.
        at: when that says it was signed, UTC.
    """

    account: str
    word: str
    values: Mapping[str, str]
    path: str
    at: datetime

    @property
    def id(self) -> str:
        """The same for the same thing told to the same person."""
        return hashlib.sha256(f"{self.path}\n{self.account}".encode()).hexdigest()[:24]


def new_notices(repository: Path, old: str, new: str) -> Iterator[Notice]:
    """What to tell of the files that main has gained between two of its commits."""
    listed = git(repository, "diff", "--name-only", "--no-renames", "--diff-filter=A", "-z", old, new, "--", "content")
    for path in sorted(listed.decode("utf-8", "surrogateescape").split("\0")):
        where = home(path)
        if where is not None and where.kind.name in {"certification", "change", "delegation"}:
            data = git(repository, "cat-file", "blob", f"{new}:{path}")
            # What is no payload of its kind counts for nothing, and is nobody's signature.
            with suppress(ValueError, KeyError, TypeError):
                yield from notices_of(where.kind.name, path, json.loads(data))


def notices_of(kind: str, path: str, payload: Mapping[str, Any]) -> Iterator[Notice]:
    """What to tell of a file that was signed.

    Args:
        kind: `certification`, `change` or `delegation`.
        path: of the file.
        payload: what it holds.

    Raises:
        ValueError, KeyError, TypeError: it is no payload of its kind.
    """
    if kind == "change":
        at = instant(payload["at"])
        yield Notice(payload["account"], "signed", {"what": path}, path, at)
        return
    predicate = payload["predicate"]
    at = instant(predicate["issued_at"])
    if kind == "delegation":
        yield Notice(predicate["by"], "signed", {"what": path}, path, at)
        return
    item = f"{predicate['student']}/{predicate['item']}"
    yield Notice(predicate["certifier"]["id"], "signed", {"what": item}, path, at)
    if predicate["decision"] in _RETURNED:
        yield Notice(predicate["student"], "returned", {"what": predicate["item"]}, path, at)


class Notices:
    """Tells what is new, each thing at least once; the last commit that was told stands in the state folder."""

    def __init__(self, settings: Settings, repository: Path) -> None:
        self._settings = settings
        self._repository = repository
        self._mark = settings.state / "noticed"

    def tell(self) -> int:
        """Tell what main has gained since the last time; return how many notices went out or were laid down.

        The first time nothing is told: what was there before a platform began is no news.

        Raises:
            LichengError: APP003, git failed; APP377, the mail server does not take it: told again the next time.
            UsageError: APP378, `addresses.toml` is none.
        """
        tip = git(self._repository, "rev-parse", "--verify", MAIN).decode().strip()
        if not self._mark.is_file():
            self._noticed(tip)
            return 0
        last, count = self._mark.read_text(encoding="ascii").strip(), 0
        if last == tip:
            return 0
        addresses = self._addresses()
        for notice in new_notices(self._repository, last, tip):
            self._send(notice, addresses.get(notice.account, ""))
            count += 1
        self._noticed(tip)
        return count

    def _addresses(self) -> Mapping[str, str]:
        path = self._settings.state / "addresses.toml"
        if not path.is_file():
            return {}
        try:
            listed = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError("APP378", path=str(path)) from error
        if not all(
            isinstance(address, str) and "@" in address and address.isprintable() for address in listed.values()
        ):
            raise UsageError("APP378", path=str(path))
        return listed

    def _send(self, notice: Notice, address: str) -> None:
        smtp = self._settings.smtp
        message = _message(notice, address, self._settings)
        if smtp is None or not address:
            outbox = self._settings.state / "outbox"
            outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lay_down(outbox / f"{notice.id}.eml", message.as_bytes(policy=SMTP))
            return
        _deliver(message, smtp)

    def _noticed(self, tip: str) -> None:
        self._lay_down(self._mark, f"{tip}\n".encode())

    def _lay_down(self, path: Path, data: bytes) -> None:
        for left in temporaries(path):
            left.unlink(missing_ok=True)
        temporary(path, data, 0o600).replace(path)


def _message(notice: Notice, address: str, settings: Settings) -> EmailMessage:
    """In every language, zh-TW first; the same notice has the same id, so that a mailbox shows it once."""
    message = EmailMessage(policy=SMTP)
    separator = catalog(LANGUAGES[0]).word("separator")
    subjects = [say(language, f"notice_{notice.word}_subject") for language in LANGUAGES]
    values = {
        **notice.values,
        "account": notice.account,
        "at": shown_minute(notice.at),
        "origin": settings.origin,
    }
    message["Subject"] = separator.join(subjects)
    message["From"] = settings.smtp.sender if settings.smtp is not None else "platform@licheng.invalid"
    message["To"] = address or f"{notice.account}@licheng.invalid"
    message["Date"] = notice.at.astimezone(UTC)
    message["Message-ID"] = f"<{notice.id}@licheng.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    bodies = [say(language, f"notice_{notice.word}_body", **values) for language in LANGUAGES]
    message.set_content("\n\n".join(bodies) + "\n", cte="base64")
    return message


def _deliver(message: EmailMessage, smtp: Smtp) -> None:
    try:
        with smtplib.SMTP(smtp.host, smtp.port, timeout=_SECONDS) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
            server.send_message(message)
    except OSError as error:  # smtplib's own are of its kind
        raise LichengError("APP377", host=smtp.host, detail=type(error).__name__) from error
