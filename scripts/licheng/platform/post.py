"""Letters leave by the school's mail server, or lie in a folder for whoever carries them on; each of them once.

    addresses.toml  who has what address: only the school knows
    outbox/*.eml    of who has none, or without a mail server, or what the server refused for its address
    told            what has been told already, one id a line

What a letter tells is written down as soon as the server has taken it. Killed between the two, it is sent again under
the same `Message-ID`, which a mailbox shows once.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from licheng.core.errors import LichengError, UsageError
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.platform.settings import Settings, Smtp, is_loopback
from licheng.storage.files import alone, sync, temporaries, temporary

_SECONDS = 30
_PERMANENT = 500  # RFC 5321, 4.2.1
_MOST_TOLD = 200_000  # ids that are remembered, some years of them


def id_of(*parts: str) -> str:
    """The same for the same thing told to the same person."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Letter:
    """Something to tell somebody, in every language, zh-TW first.

    Attributes:
        account: whom.
        tells: ids of what stands in it (`id_of`), sorted; who was told all of it gets no letter.
        subjects: by language.
        bodies: likewise.
        at: what dates it, with its time zone.
        choices: the address at which letters of this kind can be ended; empty where they cannot.
    """

    account: str
    tells: tuple[str, ...]
    subjects: Sequence[str]
    bodies: Sequence[str]
    at: datetime
    choices: str = ""

    @property
    def id(self) -> str:
        """Of the message, and the name of its file."""
        return self.tells[0] if len(self.tells) == 1 else id_of(*self.tells)


class Post:
    """The way out for letters; several processes may share it."""

    def __init__(self, settings: Settings) -> None:
        self._smtp = settings.smtp
        self._addresses = settings.state / "addresses.toml"
        self._told = settings.state / "told"
        self._outbox = settings.state / "outbox"

    def addresses(self) -> Mapping[str, str]:
        """The address of each account that has one.

        Raises:
            UsageError: APP378, `addresses.toml` is none.
        """
        if not self._addresses.is_file():
            return {}
        try:
            listed = tomllib.loads(self._addresses.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError("APP378", path=str(self._addresses)) from error
        if not all(
            isinstance(address, str) and "@" in address and address.isprintable() for address in listed.values()
        ):
            raise UsageError("APP378", path=str(self._addresses))
        return listed

    def send(self, letters: Iterable[Letter]) -> int:
        """Send what was not told yet; how many letters went out or were laid down.

        Raises:
            LichengError: APP377, the mail server does not take it, or not now; what was not sent is told the next time.
            UsageError: APP378.
        """
        addresses, count, postponed = self.addresses(), 0, None
        self._outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(self._outbox), _Server(self._smtp) as server:
            ids = self._read_told()
            for letter in letters:
                if ids.issuperset(letter.tells):
                    continue
                message = _message(letter, addresses.get(letter.account, ""), self._smtp)
                try:
                    if letter.account not in addresses or not server.takes(message):
                        lay_down(self._outbox / f"{letter.id}.eml", message.as_bytes(policy=SMTP))
                except _PostponedError as error:  # of one address, which must not hold up all others
                    postponed = error
                    continue
                self._note(letter.tells)
                ids.update(letter.tells)
                count += 1
        if postponed is not None:
            raise LichengError("APP377", host=str(postponed), detail="4xx")
        return count

    def _read_told(self) -> set[str]:
        if not self._told.is_file():
            return set()
        ids = self._told.read_text(encoding="ascii").split()
        if len(ids) > _MOST_TOLD:
            ids = ids[-_MOST_TOLD // 2 :]
            lay_down(self._told, "".join(f"{each}\n" for each in ids).encode())
        return set(ids)

    def _note(self, tells: Sequence[str]) -> None:
        """Half a line, of who was killed while writing it, is no id and says nothing; the next begins a line anew."""
        is_new = not self._told.is_file()
        handle = os.open(self._told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, "".join(f"\n{each}\n" for each in tells).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            sync((), self._told.parent)


def lay_down(path: Path, data: bytes) -> None:
    """A small file of ours alone: whole on the disk, or as it was."""
    for left in temporaries(path):
        left.unlink(missing_ok=True)
    temporary(path, data, 0o600).replace(path)
    sync((), path.parent)


def _message(letter: Letter, address: str, smtp: Smtp | None) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = catalog(LANGUAGES[0]).word("separator").join(letter.subjects)
    message["From"] = smtp.sender if smtp is not None else "platform@licheng.invalid"
    message["To"] = address or f"{letter.account}@licheng.invalid"
    message["Date"] = letter.at.astimezone(UTC)
    message["Message-ID"] = f"<{letter.id}@licheng.invalid>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    if letter.choices:
        message["List-Unsubscribe"] = f"<{letter.choices}>"  # RFC 2369; a page behind signing in, never one click
    message.set_content("\n\n".join(letter.bodies) + "\n", cte="base64")
    return message


class _PostponedError(Exception):
    """The server may take a message another time: greylisting, a full mailbox."""


class _Server:
    """The mail server, spoken to when there is a first message; one connection for all of them."""

    def __init__(self, smtp: Smtp | None) -> None:
        self._smtp = smtp
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def takes(self, message: EmailMessage) -> bool:
        """Hand a message over; False where there is no server, or no such address.

        Raises:
            LichengError: APP377.
        """
        if self._smtp is None:
            return False
        try:
            if self._connection is None:
                server = smtplib.SMTP(self._smtp.host, self._smtp.port, timeout=_SECONDS)
                server.ehlo()
                if server.has_extn("starttls"):
                    # On this machine nobody stands between, and certificates are rarely for `localhost`.
                    server.starttls(context=ssl.create_default_context() if not is_loopback(self._smtp.host) else None)
                self._connection = server
            self._connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            if any(code < _PERMANENT for code, _ in refused.recipients.values()):
                raise _PostponedError(self._smtp.host) from refused
            return False
        except OSError as error:  # smtplib's own are of its kind
            raise LichengError("APP377", host=self._smtp.host, detail=type(error).__name__) from error
        return True
