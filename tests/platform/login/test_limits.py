"""Limits of trying: nobody guesses on, and nobody can lock out somebody who has been here before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from licheng.platform.login.limits import ACCOUNT, ADDRESS, OWN, Attempt, Buckets, Rate, TryLimits, place

NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
SCHOOL, HOME, FAR = "192.0.2.1", "198.51.100.7", "203.0.113.9"
VICTIM, STRANGER = "s1149901", "s1149902"


def tries(limits: TryLimits, attempt: Attempt, most: int = 1000, now: datetime = NOW) -> int:
    """How often it may be tried in a row."""
    return next((number for number in range(most) if limits.wait(attempt, now)), most)


def test_an_address_runs_dry_and_fills_again() -> None:
    limits, attempt = TryLimits(), Attempt(FAR)
    assert tries(limits, attempt) == ADDRESS.burst
    seconds = limits.wait(attempt, NOW)
    assert 0 < seconds <= 3600 / ADDRESS.per_hour
    assert limits.wait(attempt, NOW + timedelta(seconds=seconds - 1))
    assert not limits.wait(attempt, NOW + timedelta(seconds=seconds))
    assert limits.wait(Attempt(HOME), NOW) == 0, "another address is another bucket"


def test_a_whole_class_signs_in_from_one_address() -> None:
    limits = TryLimits()
    for number in range(200):
        account = f"s114{number:04}"
        attempt = Attempt(SCHOOL, account)
        assert limits.wait(attempt, NOW) == 0
        limits.succeeded(attempt, NOW)
        limits.remember(account, SCHOOL)


def test_an_account_is_tried_from_many_addresses_only_so_often() -> None:
    limits = TryLimits()
    allowed = sum(not limits.wait(Attempt(f"203.0.113.{number}", VICTIM), NOW) for number in range(200))
    assert allowed == ACCOUNT.burst


@pytest.mark.parametrize(("device", "address"), [(VICTIM, FAR), (None, HOME)], ids=["device", "address"])
def test_who_has_signed_in_before_cannot_be_locked_out(device: str | None, address: str) -> None:
    limits = TryLimits()
    limits.wait(Attempt(HOME, VICTIM), NOW)
    limits.remember(VICTIM, HOME)
    for number in range(200):  # the account from everywhere, and both addresses by strangers
        limits.wait(Attempt(f"203.0.113.{number}", VICTIM), NOW)
        limits.wait(Attempt(HOME, STRANGER), NOW)
        limits.wait(Attempt(HOME), NOW)
        limits.wait(Attempt(FAR), NOW)
    assert limits.wait(Attempt("203.0.113.250", VICTIM), NOW) > 0, "strangers are locked out of it"
    assert limits.wait(Attempt(address, VICTIM, device), NOW) == 0


def test_at_the_same_address_a_known_device_still_has_its_own_bucket() -> None:
    limits = TryLimits()
    limits.remember(VICTIM, SCHOOL)
    assert tries(limits, Attempt(SCHOOL, VICTIM)) == OWN.burst, "a classmate empties what the address knows"
    assert limits.wait(Attempt(SCHOOL, VICTIM, VICTIM), NOW) == 0


def test_a_known_device_opens_no_more_tries_at_other_accounts() -> None:
    limits = TryLimits()
    limits.remember(STRANGER, FAR)
    assert tries(limits, Attempt(FAR, VICTIM, STRANGER)) == ACCOUNT.burst


def test_one_account_on_many_devices_has_one_bucket() -> None:
    limits = TryLimits()
    tried = sum(tries(limits, Attempt(f"203.0.113.{number}", None, STRANGER)) for number in range(100))
    assert tried == OWN.burst, "signing in again and again earns no more guesses of codes"


def test_success_costs_nothing_and_earns_nothing() -> None:
    limits, attempt = TryLimits(), Attempt(FAR, VICTIM, VICTIM)
    for _ in range(500):
        assert limits.wait(attempt, NOW) == 0
        limits.succeeded(attempt, NOW)
        limits.remember(VICTIM, FAR)
    assert tries(limits, attempt) == OWN.burst


def test_memory_is_bounded() -> None:
    limits = TryLimits(Buckets(most=100), most=100)
    for number in range(1000):
        attempt = Attempt(f"10.0.{number // 250}.{number % 250}", f"s{number:07}")
        limits.wait(attempt, NOW)
        limits.remember(f"s{number:07}", attempt.address)
    assert len(limits.buckets._levels) <= 100
    assert len(limits._acquaintances) <= 100


def test_a_clock_that_goes_back_gives_nothing() -> None:
    buckets, rate = Buckets(), Rate(1, 3600)
    buckets.add("key", rate, -1, NOW)
    assert buckets.wait("key", rate, NOW - timedelta(hours=5)) == 1


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_where_somebody_is(address: str, where: str) -> None:
    assert place(address) == where
