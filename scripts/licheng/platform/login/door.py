"""Who may come in: each way of signing in ends with an account that is open on the day, or with a refusal.

Nothing here knows of requests or pages; the moment is given.
"""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from licheng.core.change import Account
from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.platform.login.invitations import Invitations
from licheng.platform.login.limits import Attempt, TryLimits
from licheng.platform.login.passkeys import Passkeys, RelyingParty, claimed_account
from licheng.platform.login.seals import Seals
from licheng.policy.accounts import accounts, known_as

# A page with a challenge is good so long; whoever adds a passkey has signed in so recently.
PATIENCE = timedelta(minutes=10)
RECENT = timedelta(minutes=10)
_SIGN_IN, _REGISTRATION, _DEVICE = "sign-in", "registration", "device"
DEVICE_LASTS = timedelta(days=400)  # no browser keeps a cookie longer
_LONGEST = 20_000  # characters of a browser's answer
_MOST_SPENT = 20_000


class Visitor(NamedTuple):
    """Who knocks.

    Attributes:
        address: where from.
        device: the cookie of a device on which somebody has signed in; empty of another.
    """

    address: str
    device: str = ""


class Challenge(NamedTuple):
    """What a page gives to a browser.

    Attributes:
        account: whose passkey is to be made; empty of a page where anybody signs in.
        options: of the browser's interface to passkeys, as JSON.
        sealed: what comes back with the answer.
    """

    account: str
    options: str
    sealed: str


class Door:
    """The ways in, over one state folder.

    Args:
        party: what asks browsers for passkeys.
        state: folder of the platform.
        school: main's, of today.
    """

    def __init__(self, party: RelyingParty, state: Path, school: Callable[[], School]) -> None:
        self.passkeys = Passkeys(state / "passkeys")
        self._party = party
        self._invitations = Invitations(state / "invitations")
        self._seals = Seals(state / "login.key")
        self._limits = TryLimits()
        self._school = school
        self._spent: OrderedDict[str, None] = OrderedDict()
        self._alone = Lock()

    def challenge(self, now: datetime) -> Challenge:
        """For a page where somebody signs in by a passkey."""
        options, asked = self._party.sign_in()
        return Challenge("", json.dumps(options), self._seals.seal(_SIGN_IN, {"challenge": asked}, now))

    def by_passkey(self, sealed: str, answer: str, visitor: Visitor, now: datetime) -> str:
        """The account of the passkey that answered.

        Raises:
            UsageError: APP312, it is none of ours, or did not sign what we asked; APP313; APP316.
        """
        parsed = _parsed(answer)
        account = claimed_account(parsed)
        attempt = self._attempt(visitor, account, now)
        asked = self._opened(_SIGN_IN, sealed, now)["challenge"]
        if account is None:
            raise UsageError("APP312", case="unknown")
        self._party.verified(asked, parsed, self.passkeys.of(account))
        self._spend(asked)
        self._open_account(account)
        self._limits.succeeded(attempt, now)
        return account

    def by_code(self, code: str, visitor: Visitor, now: datetime) -> Challenge:
        """For a page where whoever brings a code makes a passkey; the code is not used yet.

        Raises:
            UsageError: APP310, APP313, APP316.
        """
        attempt = self._attempt(visitor, None, now)
        invitation = self._invitations.find(code, _day(now))
        self._limits.succeeded(attempt, now)
        return self._registration(invitation.account, {"code": code}, now)

    def registered(self, sealed: str, answer: str, now: datetime) -> str:
        """The account whose code is used up now, and that has a passkey more.

        The code goes first: were the passkey kept first, two who use one code at once would both have one.

        Raises:
            UsageError: APP310, APP312, APP316.
        """
        values = self._opened(_REGISTRATION, sealed, now)
        if "code" not in values:
            raise UsageError("APP312", case="stale")
        credential = self._party.registered(values["challenge"], _parsed(answer))
        self._open_account(values["account"])
        self.passkeys.check_room(values["account"])
        account = self._invitations.use(values["code"], _day(now)).account
        self.passkeys.add(account, credential, now)
        return account

    def another(self, account: str, now: datetime) -> Challenge:
        """For a page where somebody who has just signed in adds a passkey.

        Raises:
            UsageError: APP316.
        """
        return self._registration(account, {}, now)

    def added(self, account: str, sealed: str, answer: str, now: datetime) -> None:
        """Keep another passkey of somebody who has signed in.

        Raises:
            UsageError: APP312.
        """
        values = self._opened(_REGISTRATION, sealed, now)
        if values["account"] != account or "code" in values:
            raise UsageError("APP312", case="stale")
        credential = self._party.registered(values["challenge"], _parsed(answer))
        self._spend(values["challenge"])
        self.passkeys.add(account, credential, now)

    def by_identity(self, identity: str) -> str:
        """The account that `accounts.yaml` knows by an identity (`oidc:…`).

        Raises:
            UsageError: APP316.
        """
        school = self._school()
        return _person(known_as(identity, school, school.today)).id

    def knock(self, visitor: Visitor, now: datetime) -> Attempt:
        """Count a try that names no account, or refuse it.

        Raises:
            UsageError: APP313.
        """
        return self._attempt(visitor, None, now)

    def succeeded(self, attempt: Attempt, now: datetime) -> None:
        """A try has succeeded."""
        self._limits.succeeded(attempt, now)

    def entered(self, account: str, visitor: Visitor, now: datetime) -> str:
        """Somebody has come in: the cookie that tells this device from a stranger's."""
        self._limits.remember(account, visitor.address)
        return self._seals.seal(_DEVICE, {"account": account}, now)

    def _registration(self, account: str, values: dict[str, str], now: datetime) -> Challenge:
        self._open_account(account)
        options, asked = self._party.registration(account, self.passkeys.of(account))
        sealed = self._seals.seal(_REGISTRATION, {**values, "account": account, "challenge": asked}, now)
        return Challenge(account, json.dumps(options), sealed)

    def _attempt(self, visitor: Visitor, account: str | None, now: datetime) -> Attempt:
        device = self._seals.open(_DEVICE, visitor.device, now, DEVICE_LASTS) or {}
        attempt = Attempt(visitor.address, account, device.get("account"))
        if seconds := self._limits.wait(attempt, now):
            raise UsageError("APP313", minutes=math.ceil(seconds / 60))
        return attempt

    def _opened(self, purpose: str, sealed: str, now: datetime) -> dict[str, str]:
        """What a page gave, that was made for this and is not used up.

        Raises:
            UsageError: APP312.
        """
        values = self._seals.open(purpose, sealed, now, PATIENCE)
        if values is None or values["challenge"] in self._spent:
            raise UsageError("APP312", case="stale")
        return values

    def _spend(self, challenge: str) -> None:
        """A challenge is answered once. Only good answers are remembered, so that nobody can fill the memory."""
        with self._alone:
            if challenge in self._spent:  # answered by two at once
                raise UsageError("APP312", case="stale")
            self._spent[challenge] = None
            while len(self._spent) > _MOST_SPENT:
                self._spent.popitem(last=False)

    def _open_account(self, account: str) -> None:
        school = self._school()
        _person(next((each for each in accounts(school, school.today) if each.id == account), None))


def _person(account: Account | None) -> Account:
    """An open account of a person; nobody is the intake account.

    Raises:
        UsageError: APP316.
    """
    if account is None or account.holder == "intake":
        raise UsageError("APP316")
    return account


def _day(now: datetime) -> date:
    return now.astimezone(TAIPEI).date()


def _parsed(answer: str) -> dict[str, Any]:
    """A browser's answer, still unjudged.

    Raises:
        UsageError: APP312, it is no JSON object.
    """
    try:
        value = json.loads(answer) if len(answer) <= _LONGEST else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UsageError("APP312")
    return value
