"""Passkeys to sign in with: made and used on our page by a verified person, kept whole, and never a signature."""

from __future__ import annotations

import json
import random
import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from licheng.core.errors import UsageError
from licheng.core.trust import NAMESPACES
from licheng.platform.login.passkeys import MOST, LoginPasskey, Passkeys, RelyingParty, challenge, claimed_account
from licheng.signing.sshsig import signed_data
from tests.platform.login.authenticator import UP, UV, Authenticator

NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
STUDENT, OTHER = "s1139901", "s1139902"
ORIGIN, SIGNING = "http://localhost:8001", "http://sign.localhost:8002"


@pytest.fixture
def party() -> RelyingParty:
    return RelyingParty(ORIGIN, SIGNING)


@pytest.fixture
def passkeys(tmp_path: Path) -> Passkeys:
    return Passkeys(tmp_path / "passkeys")


def enrol(party: RelyingParty, passkeys: Passkeys, device: Authenticator, account: str = STUDENT) -> None:
    """Make a passkey for an account."""
    options, asked = party.registration(account, passkeys.of(account))
    passkeys.add(account, party.registered(asked, device.create(options)), NOW)


def refused(party: RelyingParty, device: Authenticator, known: tuple[LoginPasskey, ...]) -> object:
    """Why a use is refused."""
    options, asked = party.sign_in()
    with pytest.raises(UsageError) as caught:
        party.verified(asked, device.get(options), known)
    assert caught.value.code == "APP312"
    return caught.value.values.get("case")


@pytest.mark.parametrize("algorithm", [-7, -8, -257], ids=["ES256", "EdDSA", "RS256"])
def test_a_passkey_is_made_kept_and_used(party: RelyingParty, passkeys: Passkeys, algorithm: int) -> None:
    device = Authenticator(algorithm=algorithm)
    enrol(party, passkeys, device)
    options, asked = party.sign_in()
    answer = device.get(options)
    assert claimed_account(answer) == STUDENT
    [known] = passkeys.of(STUDENT)
    assert party.verified(asked, answer, (known,)) == known
    assert known.credential.credential_id == device.id
    assert options == {"challenge": asked, "rpId": "localhost", "userVerification": "required"}


def test_what_a_browser_is_asked_to_make(party: RelyingParty, passkeys: Passkeys) -> None:
    first = Authenticator()
    enrol(party, passkeys, first)
    options, _ = party.registration(STUDENT, passkeys.of(STUDENT))
    assert options["rp"]["id"] == "localhost", "the exact host"
    assert options["user"]["name"] == options["user"]["displayName"] == STUDENT, "never a name"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["pubKeyCredParams"][0]["alg"] == -7
    assert -257 in {each["alg"] for each in options["pubKeyCredParams"]}, "some Windows machines make no other"
    assert len(options["excludeCredentials"]) == 1, "not twice on one device"


BENT: dict[str, dict[str, Any]] = {
    "of a page elsewhere": {"origin": "https://evil.example"},
    "of another port": {"origin": "http://localhost:8002"},
    "of a child's page": {"origin": "http://x.localhost:8001"},
    "of the signing page": {"origin": SIGNING},
    "for another host": {"host": "evil.example"},
    "for the signing page's host": {"host": "sign.localhost"},
    "of somebody not verified": {"flags": UP},
    "of nobody": {"flags": UV},
    "with another challenge": {"client": {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}},
    "in a foreign frame": {"client": {"crossOrigin": True}},
    "in a frame, oddly said": {"client": {"crossOrigin": "false"}},
    "of the other kind": {"client": {"type": "payment.get"}},
    "without an origin": {"client": {"origin": None}},
}


@pytest.mark.hostile("signature of something else")
@pytest.mark.parametrize("way", BENT)
def test_a_use_that_is_not_on_our_page_by_a_verified_person_is_refused(
    party: RelyingParty, passkeys: Passkeys, way: str
) -> None:
    device = Authenticator()
    enrol(party, passkeys, device)
    for name, value in BENT[way].items():
        setattr(device, name, value)
    assert refused(party, device, passkeys.of(STUDENT)) is None


@pytest.mark.hostile("signature of something else")
@pytest.mark.parametrize("way", BENT)
def test_nor_is_one_made_so(party: RelyingParty, passkeys: Passkeys, way: str) -> None:
    with pytest.raises(UsageError, match="APP312"):
        enrol(party, passkeys, Authenticator(**BENT[way]))
    assert passkeys.of(STUDENT) == ()


@pytest.mark.hostile("replay")
def test_making_is_no_using_and_using_no_making(party: RelyingParty, passkeys: Passkeys) -> None:
    device = Authenticator()
    enrol(party, passkeys, device)
    device.client = {"type": "webauthn.create"}
    assert refused(party, device, passkeys.of(STUDENT)) is None
    with pytest.raises(UsageError, match="APP312"):
        enrol(party, passkeys, Authenticator(client={"type": "webauthn.get"}))


def test_a_passkey_that_is_not_the_accounts_is_not_known(party: RelyingParty, passkeys: Passkeys) -> None:
    mine, theirs = Authenticator(), Authenticator()
    enrol(party, passkeys, mine)
    enrol(party, passkeys, theirs, OTHER)
    mine.handle = OTHER.encode()
    assert refused(party, mine, passkeys.of(OTHER)) == "unknown"
    mine.id = theirs.id
    assert refused(party, mine, passkeys.of(OTHER)) is None, "its id is no secret, its signature is another"
    assert refused(party, mine, ()) == "unknown"


def broken(good: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """An answer with one value in it turned into another one."""
    answer: dict[str, Any] = json.loads(json.dumps(good))
    part = dice.choice([answer, answer["response"], answer["response"]])
    name = dice.choice(sorted({*part} - {"clientExtensionResults", "id", "type", "userHandle"}))
    held = part[name]
    if (
        isinstance(held, str) and dice.random() < 0.5
    ):  # a letter of the bytes within, but the last, of which bits count not
        at = dice.randrange(len(held) - 1)
        part[name] = held[:at] + ("A" if held[at] != "A" else "B") + held[at + 1 :]
    else:
        part[name] = dice.choice([None, 7, "", "A", "====", [], {}, "A" * 5000, "\ud800", True, 10**9, 10**400])
    return answer


def test_any_broken_answer_is_refused(party: RelyingParty, passkeys: Passkeys) -> None:
    device, dice = Authenticator(), random.Random(1)
    enrol(party, passkeys, device)
    options, asked = party.sign_in()
    for _ in range(400):
        answer = broken(device.get(options), dice)
        claimed_account(answer)
        with pytest.raises(UsageError, match="APP312"):
            party.verified(asked, answer, passkeys.of(STUDENT))
    options, asked = party.registration(STUDENT, ())
    for _ in range(400):  # some make another key, which is then nobody's; none raises anything else
        with suppress(UsageError):
            party.registered(asked, broken(device.create(options), dice))


@pytest.mark.hostile("path")
@pytest.mark.parametrize("handle", [b"", b"../s1139901", b"s1139901/", b"S1139901", b"\xff", b"s1139901\n", b"root"])
def test_a_handle_that_is_no_account_is_none(party: RelyingParty, handle: bytes) -> None:
    options, _ = party.sign_in()
    assert claimed_account(Authenticator(handle=handle).get(options)) is None


@pytest.mark.hostile("signature of something else")
def test_no_login_can_be_a_signature_of_the_trust_root() -> None:
    """The bytes that an SSH signature signs are longer than any challenge of ours, whatever is signed."""
    shortest = min(
        len(signed_data(b"", namespace, hash_)) for namespace in NAMESPACES for hash_ in ("sha256", "sha512")
    )
    assert len(challenge()) == 32 < 60 <= shortest
    assert len({challenge() for _ in range(100)}) == 100


@pytest.mark.hostile("two-faced platform")
@pytest.mark.parametrize(
    ("origin", "signing"),
    [
        ("https://school.example", "https://school.example"),
        ("https://school.example:8443", "https://school.example"),
        ("https://platform.school.example", "https://school.example"),
        ("http://localhost:8001", "http://localhost:8002"),
    ],
)
def test_a_platform_that_could_ask_for_passkeys_of_the_signing_page_does_not_start(origin: str, signing: str) -> None:
    with pytest.raises(UsageError, match="APP317"):
        RelyingParty(origin, signing)


@pytest.mark.parametrize(
    ("origin", "signing"),
    [
        ("https://platform.school.example", "https://sign.school.example"),
        ("https://notschool.example", "https://school.example"),
        ("https://school.example", "https://sign.school.example"),
    ],
)
def test_other_hosts_are_apart(origin: str, signing: str) -> None:
    RelyingParty(origin, signing)


def test_passkeys_are_the_owners_alone_and_removed_one_by_one(
    party: RelyingParty, passkeys: Passkeys, tmp_path: Path
) -> None:
    for _ in range(MOST):
        enrol(party, passkeys, Authenticator())
    enrol(party, passkeys, Authenticator(), OTHER)
    with pytest.raises(UsageError) as caught:
        enrol(party, passkeys, Authenticator())
    assert caught.value.values["case"] == "many"
    files = [file for file in (tmp_path / "passkeys").rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    first, *others = passkeys.of(STUDENT)
    assert first.made_at == NOW
    assert passkeys.remove(STUDENT, first.name) == 1
    assert passkeys.remove(STUDENT, f"../{OTHER}/{passkeys.of(OTHER)[0].name}") == 0
    assert passkeys.of(STUDENT) == tuple(others)
    assert passkeys.remove(STUDENT) == MOST - 1
    assert (passkeys.of(STUDENT), len(passkeys.of(OTHER))) == ((), 1)


def test_the_oldest_comes_first(party: RelyingParty, passkeys: Passkeys) -> None:
    for hours in (3, 1, 2):
        options, asked = party.registration(STUDENT, ())
        passkeys.add(STUDENT, party.registered(asked, Authenticator().create(options)), NOW + timedelta(hours=hours))
    assert [(passkey.made_at - NOW).seconds // 3600 for passkey in passkeys.of(STUDENT)] == [1, 2, 3]
