"""One-time codes on paper: whoever brings one makes a passkey for one account, once, until a day.

What is kept of a code is a digest, as the name of a file. Using the code moves that file, and of two who use it at once
the system lets one move it. Nobody else need lock anything, and a code is used or not, whenever the power goes.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from licheng.core.errors import UsageError
from licheng.storage.files import sync
from licheng.storage.private import write_private

# Crockford's base 32: no letter that looks like another sign. 16 of 32 letters are 80 bits.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH, _GROUP = 16, 4
_MISREAD = str.maketrans("OIL", "011")
LONGEST = 60  # days: over a summer, not over a year


class Invitation(NamedTuple):
    """Whose code it is, and the last day on which it can be used, in Asia/Taipei."""

    account: str
    until: date


def new_code() -> str:
    """A code as it is printed: `K7QM-3XZD-9FTB-2HNW`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def typed(text: str) -> str | None:
    """A code as somebody typed it: small or full-width letters, blanks, any dash, O for 0, I and L for 1.

    Returns:
        its 16 letters; None where it can be no code.
    """
    if len(text) > 8 * _LENGTH:
        return None
    folded = unicodedata.normalize("NFKC", text).upper().translate(_MISREAD)
    letters = "".join(letter for letter in folded if unicodedata.category(letter) not in {"Zs", "Pd", "Cc", "Cf"})
    return letters if len(letters) == _LENGTH and set(letters) <= set(_LETTERS) else None


class Invitations:
    """The codes of one platform, in a folder of its state that nobody else reads.

    Args:
        folder: `open/` holds what can still be used, `used/` what was.
    """

    def __init__(self, folder: Path) -> None:
        self._open, self._used = folder / "open", folder / "used"

    def invite(self, accounts: Iterable[str], until: date) -> dict[str, str]:
        """A new code for each account, whose earlier codes end with it: by account, as they are printed.

        Every code is on the disk when this returns.
        """
        codes = {account: new_code() for account in accounts}
        earlier = [file for file, invitation in self._listed() if invitation.account in codes]
        for account, code in codes.items():
            data = json.dumps({"account": account, "until": until.isoformat()}).encode()
            write_private(self._open / _digest("".join(code.split("-"))), data, replaces=False)
        for file in earlier:
            file.unlink(missing_ok=True)
        self._sync()
        return codes

    def find(self, text: str, today: date) -> Invitation:
        """Whose a code is, that can be used on a day; it stays so.

        Raises:
            UsageError: APP310, it cannot be used: it is none, was used, or its days are over.
        """
        code = typed(text)
        if code is None:
            raise UsageError("APP310", case="shape")
        name = _digest(code)
        try:
            invitation = _read(self._open / name)
        except FileNotFoundError:
            raise UsageError("APP310", **({"case": "used"} if (self._used / name).exists() else {})) from None
        if today > invitation.until:
            raise UsageError("APP310", case="expired", day=invitation.until.isoformat())
        return invitation

    def use(self, text: str, today: date) -> Invitation:
        """Likewise, and nobody can use it any more; of two at once, one is refused.

        Raises:
            UsageError: APP310 as in `find`.
        """
        invitation = self.find(text, today)
        name = _digest(typed(text) or "")
        self._used.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            (self._open / name).rename(self._used / name)
        except FileNotFoundError:
            raise UsageError("APP310", case="used") from None
        self._sync()
        return invitation

    def open_of(self, accounts: Collection[str]) -> tuple[str, ...]:
        """Who of these has a code that was not used yet."""
        return tuple(sorted({invitation.account for _, invitation in self._listed() if invitation.account in accounts}))

    def until(self, today: date) -> dict[str, date]:
        """The last day of each code that can be used on a day, by account."""
        return {each.account: each.until for _, each in self._listed() if each.until >= today}

    def withdraw(self, accounts: Collection[str]) -> None:
        """Take back what these could still use."""
        for file, invitation in [*self._listed()]:
            if invitation.account in accounts:
                file.unlink(missing_ok=True)
        self._sync()

    def _listed(self) -> Iterator[tuple[Path, Invitation]]:
        if self._open.is_dir():
            for file in sorted(self._open.iterdir()):
                try:
                    if not file.name.startswith("."):  # what is just being written
                        yield file, _read(file)
                except FileNotFoundError:  # just used
                    continue

    def _sync(self) -> None:
        for folder in (self._used, self._open):
            if folder.is_dir():
                sync((), folder)


def last_day(today: date, days: int) -> date:
    """The last day of codes that are made today.

    Raises:
        UsageError: APP311, so many days are not given.
    """
    if not 1 <= days <= LONGEST:
        raise UsageError("APP311", days=days, longest=LONGEST)
    return today + timedelta(days=days)


def _read(file: Path) -> Invitation:
    kept = json.loads(file.read_bytes())
    return Invitation(kept["account"], date.fromisoformat(kept["until"]))


def _digest(code: str) -> str:
    """80 random bits cannot be tried out, so a fast digest of them is enough."""
    return hashlib.sha256(f"licheng-invitation/v1 {code}".encode()).hexdigest()
