"""How often somebody may try to sign in, so that nobody guesses and nobody locks out somebody else.

Whoever has signed in to an account before, on this device or from this address, tries again at the cost of a bucket of
their own: what strangers do at the school's one address, or with another person's id, does not empty it.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import NamedTuple

_MOST = 50_000  # of buckets and of acquaintances: some ten megabytes
_IPV6_OF_ONE_PLACE = 64  # bits: a home has so many addresses of its own that only its network counts


class Rate(NamedTuple):
    """How much a bucket holds, and how fast it fills again."""

    burst: int
    per_hour: int


# A computer room of forty signs in from one address; what succeeds costs nothing.
ADDRESS = Rate(burst=60, per_hour=240)
ACCOUNT = Rate(burst=10, per_hour=20)
OWN = Rate(burst=20, per_hour=60)


class Attempt(NamedTuple):
    """One try.

    Attributes:
        address: where it comes from, as the server sees it.
        account: which account it is for, where the try itself says it; None of a code, which names nobody.
        device: whose device it is: the account that signed in on it last, from a signed cookie; None of an unknown one.
    """

    address: str
    account: str | None = None
    device: str | None = None


@dataclass
class Buckets:
    """Token buckets, the least used forgotten first where there are too many. Times are instants with a zone."""

    most: int = _MOST
    _levels: OrderedDict[Hashable, tuple[float, datetime]] = field(default_factory=OrderedDict)

    def wait(self, key: Hashable, rate: Rate, now: datetime) -> int:
        """Seconds until there is a token, 0 where there is one; none is taken."""
        return max(0, math.ceil((1 - self._level(key, rate, now)) * 3600 / rate.per_hour))

    def add(self, key: Hashable, rate: Rate, tokens: int, now: datetime) -> None:
        """Put tokens in, or take them out; never more than the bucket holds."""
        self._levels[key] = (min(rate.burst, self._level(key, rate, now) + tokens), now)
        self._levels.move_to_end(key)
        while len(self._levels) > self.most:
            self._levels.popitem(last=False)

    def _level(self, key: Hashable, rate: Rate, now: datetime) -> float:
        level, since = self._levels.get(key, (float(rate.burst), now))
        hours = max(0.0, (now - since).total_seconds()) / 3600
        return min(rate.burst, level + hours * rate.per_hour)


@dataclass
class TryLimits:
    """The buckets of one server, in memory: a restart forgets them."""

    buckets: Buckets = field(default_factory=Buckets)
    most: int = _MOST
    _acquaintances: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    _alone: Lock = field(default_factory=Lock)

    def wait(self, attempt: Attempt, now: datetime) -> int:
        """Seconds until this may be tried; where it may be now, 0, and it is counted as a try."""
        with self._alone:
            rates = self._rates(attempt)
            seconds = max(self.buckets.wait(key, rate, now) for key, rate in rates.items())
            if not seconds:
                for key, rate in rates.items():
                    self.buckets.add(key, rate, -1, now)
            return seconds

    def succeeded(self, attempt: Attempt, now: datetime) -> None:
        """It was no guess, so it costs nothing."""
        with self._alone:
            for key, rate in self._rates(attempt).items():
                self.buckets.add(key, rate, 1, now)

    def remember(self, account: str, address: str) -> None:
        """Account and address know each other from now on: somebody has signed in."""
        with self._alone:
            self._acquaintances[(account, place(address))] = None
            self._acquaintances.move_to_end((account, place(address)))
            while len(self._acquaintances) > self.most:
                self._acquaintances.popitem(last=False)

    def _rates(self, attempt: Attempt) -> dict[Hashable, Rate]:
        """The buckets that a try costs a token each."""
        where = place(attempt.address)
        if attempt.device is not None and attempt.account in {None, attempt.device}:
            return {("device", attempt.device): OWN}
        if attempt.account is None:
            return {("address", where): ADDRESS}
        if (attempt.account, where) in self._acquaintances:
            return {("acquaintance", attempt.account, where): OWN}
        return {("address", where): ADDRESS, ("account", attempt.account): ACCOUNT}


def place(address: str) -> str:
    """What of an address says where somebody is: all of IPv4, the network of IPv6; what is none stays as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), _IPV6_OF_ONE_PLACE), strict=False))
    return str(parsed)
