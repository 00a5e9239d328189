"""`allowed_signers`: what stock OpenSSH reads out of our text."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from licheng.signing.allowed_signers import AllowedKey, allowed_signers
from licheng.signing.demo_keys import DemoKey
from licheng.signing.public_key import PublicKey
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from tests.signing.forge import MESSAGE, NAMESPACE, Keys

KEY = DemoKey.of("a seed", "t-001")
FROM, UNTIL = datetime(2026, 8, 1, tzinfo=UTC), datetime(2027, 1, 31, 15, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _allowed(**other: Any) -> AllowedKey:
    values: dict[str, Any] = {
        "principal": "t-001",
        "key": KEY.public,
        "namespaces": frozenset({NAMESPACE, "delegation@licheng.example"}),
        "valid_from": FROM,
        "valid_until": UNTIL,
    }
    return AllowedKey(**values | other)


def _accepted(text: str, at: datetime, *, principal: str = "t-001", namespace: str = NAMESPACE) -> bool:
    armored = KEY.sign(namespace, MESSAGE)
    verdict = verify_with_ssh_keygen(
        armored, MESSAGE, allowed_signers=text, principal=principal, namespace=namespace, at=at
    )
    return verdict.accepted


def test_the_line() -> None:
    assert allowed_signers([_allowed()]) == (
        't-001 namespaces="certification@licheng.example,delegation@licheng.example",'
        f'valid-after="20260801000000Z",valid-before="20270131155959Z" {KEY.public.line}\n'
    )
    assert "valid-before" not in allowed_signers([_allowed(valid_until=None)])


def test_openssh_honours_the_interval_and_both_its_ends_belong_to_it() -> None:
    text = allowed_signers([_allowed()])
    judged = [_accepted(text, at) for at in (FROM - SECOND, FROM, UNTIL, UNTIL + SECOND)]
    assert judged == [False, True, True, False]


def test_a_reader_in_taipei_sees_the_same_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Taipei")
    test_openssh_honours_the_interval_and_both_its_ends_belong_to_it()


def test_a_key_without_an_end() -> None:
    assert _accepted(allowed_signers([_allowed(valid_until=None)]), datetime(2038, 2, 1, tzinfo=UTC))


def test_openssh_honours_the_namespaces() -> None:
    text = allowed_signers([_allowed()])
    assert _accepted(text, FROM, namespace="delegation@licheng.example")
    assert not _accepted(text, FROM, namespace="seal@licheng.example")


def test_openssh_honours_the_principal() -> None:
    assert not _accepted(allowed_signers([_allowed()]), FROM, principal="t-002")
    assert not _accepted(allowed_signers([_allowed(principal="t-0011")]), FROM)
    assert not _accepted(allowed_signers([]), FROM)


def test_one_key_with_two_intervals_counts_in_both(keys: Keys) -> None:
    later = _allowed(valid_from=UNTIL + 10 * SECOND, valid_until=UNTIL + 20 * SECOND)
    other = DemoKey.of("a seed", "t-001", 2)
    text = allowed_signers([_allowed(), later, _allowed(key=other.public)])
    times = (FROM, UNTIL + 5 * SECOND, UNTIL + 15 * SECOND, UNTIL + 25 * SECOND)
    assert [_accepted(text, at) for at in times] == [True, False, True, False]


def test_the_order_of_the_values_is_irrelevant() -> None:
    staff = [f"t-{number:03}" for number in range(50)]
    values = [_allowed(principal=name, key=DemoKey.of("s", name).public) for name in staff]
    shuffled = [*values, *values[:5]]
    random.Random(7).shuffle(shuffled)
    assert allowed_signers(shuffled) == allowed_signers(values)
    assert [line.split()[0] for line in allowed_signers(values).splitlines()] == staff


REFUSED: dict[str, Callable[[], AllowedKey]] = {
    "wildcard": lambda: _allowed(principal="*"),
    "a second principal": lambda: _allowed(principal="t-001,t-002"),
    "negated": lambda: _allowed(principal="!t-001"),
    "no principal": lambda: _allowed(principal=""),
    "capitals": lambda: _allowed(principal="T-001"),
    "a space": lambda: _allowed(principal="t-001 cert-authority"),
    "a line": lambda: _allowed(principal="t-001\n*"),
    "a final newline": lambda: _allowed(principal="t-001\n"),
    "a comment": lambda: _allowed(principal="#t-001"),
    "an option of ssh-keygen": lambda: _allowed(principal="-f"),
    "full-width digits": lambda: _allowed(principal="t-００１"),
    "no namespace": lambda: _allowed(namespaces=frozenset()),
    "an empty namespace": lambda: _allowed(namespaces=frozenset({""})),
    "any namespace": lambda: _allowed(namespaces=frozenset({"*"})),
    "any namespace of ours": lambda: _allowed(namespaces=frozenset({"*@licheng.example"})),
    "git": lambda: _allowed(namespaces=frozenset({"git"})),
    "two namespaces in one": lambda: _allowed(namespaces=frozenset({"a@b,git"})),
    "a quotation mark": lambda: _allowed(namespaces=frozenset({'a@b" cert-authority'})),
    "a backslash": lambda: _allowed(namespaces=frozenset({"a@b\\"})),
    "a newline in the namespace": lambda: _allowed(namespaces=frozenset({"a@b\n"})),
    "a key type that is an option": lambda: _allowed(key=PublicKey("cert-authority ssh-ed25519", KEY.public.blob)),
    "a key that may not sign": lambda: _allowed(key=PublicKey("ssh-ed25519", b"")),
    "no zone": lambda: _allowed(valid_from=datetime(2026, 8, 1)),  # noqa: DTZ001
    "Taipei": lambda: _allowed(valid_from=datetime(2026, 8, 1, tzinfo=timezone(timedelta(hours=8)))),
    "microseconds": lambda: _allowed(valid_until=UNTIL + timedelta(microseconds=1)),
    "no zone at the end": lambda: _allowed(valid_until=datetime(2027, 8, 1)),  # noqa: DTZ001
    "instant 0": lambda: _allowed(valid_from=datetime(1970, 1, 1, tzinfo=UTC)),
    "ends before it begins": lambda: _allowed(valid_until=FROM - SECOND),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        REFUSED[name]()


def test_years_are_written_in_four_digits() -> None:
    far = datetime.combine(date(9999, 12, 31), datetime.min.time(), UTC)
    assert 'valid-before="99991231000000Z"' in allowed_signers([_allowed(valid_until=far)])
