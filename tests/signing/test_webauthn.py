"""A passkey's signatures: what counts, what does not, and that stock OpenSSH agrees with what does."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.refusal import Reason, Refusal
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.signing.sshsig import VerifiedSignature, armor, parse, verify
from tests.signing.forge import MESSAGE, NAMESPACE, NOW, PRINCIPAL, Wire
from tests.signing.mangle import armor_forms
from tests.signing.passkeys import HOST, ORIGIN, SoftPasskey, dishonest, honest
from tests.signing.test_sshsig import ARMORS

PASSKEY = SoftPasskey()
HONEST, DISHONEST = honest(PASSKEY), dishonest(PASSKEY)

R = Reason
# By the reason, the offences of `dishonest`.
OFFENCES: dict[Reason, tuple[str, ...]] = {
    R.USER_NOT_VERIFIED: ("nobody present", "present, not verified", "verified, not present"),
    R.BAD_FLAGS: (
        "reserved bit 1", "reserved bit 5", "backed up, not eligible", "attested key", "extension",
        "extension without its flag", "flag without its extension",
    ),
    R.SIGNATURE_OUT_OF_RANGE: (
        "the high s", "a padded r", "a padded s", "r of zero", "s of zero", "r of the order", "r beyond the order",
        "a negative s",
    ),
    R.TRUNCATED: ("one number", "DER", "without a browser, by the browser's name"),
    R.TRAILING_BYTES: ("a number more", "a byte more", "a field more"),
    R.UNSUPPORTED_HASH: ("SHA-256",),
    R.WRONG_ALGORITHM: ("without a browser", "a browser's, by the plain name", "ECDSA's own name"),
    R.OTHER_ORIGIN: (
        "another host's page", "a page of the parent", "a page of a child", "a page without TLS", "another scheme",
        "a user in the origin", "a path in the origin", "an origin in capitals", "the null origin",
        "an Android application", "an escaped quote in the origin", "a backslash that hides the quote",
        "another application in the key",
    ),
    R.CROSS_ORIGIN: (
        "in a foreign frame", "crossOrigin alone", "topOrigin alone", "crossOrigin as text", "crossOrigin as zero",
        "crossOrigin as null",
    ),
    R.BAD_CLIENT_DATA: (
        "keys twice", "a key twice, escaped", "crossOrigin twice", "a key twice within", "junk behind the origin",
        "junk behind the object", "a second object", "not closed", "NaN", "not UTF-8", "very deep",
        "as deep as no reader minds",
        "a byte order mark", "without an origin", "an origin that is a number", "made when enrolling", "a payment",
        "no JSON at all", "a list", "no origin", "an origin in Chinese", "a long origin",
    ),
    R.CLIENT_DATA_ORDER: (
        "a space before", "a space behind a colon", "challenge first", "a member before the origin",
        "the origin of the field alone", "the origin of the JSON alone", "escaped in the JSON alone",
    ),
    R.OTHER_CHALLENGE: (
        "a padded challenge", "another challenge", "an empty challenge", "a challenge that begins alike",
    ),
    R.DOES_NOT_VERIFY: (
        "another key's signature", "another's key", "another host in what was signed", "flags turned afterwards",
        "r and s swapped",
    ),
}  # fmt: skip


def _verdict(armored: bytes, message: bytes = MESSAGE, namespace: str = NAMESPACE) -> VerifiedSignature | Refusal:
    signature = parse(armored)
    return signature if isinstance(signature, Refusal) else verify(signature, message, namespace)


def _stock(wire: Wire, key: str = PASSKEY.line) -> bool:
    signers = f'{PRINCIPAL} namespaces="{NAMESPACE}" {key}\n'
    named = {"principal": PRINCIPAL, "namespace": NAMESPACE, "at": NOW}
    return verify_with_ssh_keygen(wire.armored, MESSAGE, allowed_signers=signers, **named).accepted  # type: ignore[arg-type]


@pytest.mark.parametrize("name", HONEST)
def test_what_browsers_make_counts_and_stock_openssh_says_so_too(name: str) -> None:
    verdict = _verdict(HONEST[name].armored)
    assert isinstance(verdict, VerifiedSignature), verdict
    assert verdict.key.line == PASSKEY.line
    assert verdict.origin in {ORIGIN, f"{ORIGIN}:8443"}
    assert _stock(HONEST[name])


def test_every_offence_is_refused_for_what_it_is() -> None:
    verdicts = {name: _verdict(wire.armored) for name, wire in DISHONEST.items()}
    reasons = {name: verdict.reason for name, verdict in verdicts.items() if isinstance(verdict, Refusal)}
    assert reasons == {name: reason for reason, names in OFFENCES.items() for name in names}


def test_stock_openssh_takes_much_that_we_do_not() -> None:
    """Why there is a verifier of our own; if OpenSSH becomes stricter, we hear it."""
    theirs = {name for name, wire in DISHONEST.items() if _stock(wire)}
    assert theirs >= {
        "nobody present", "present, not verified", "another host's page", "in a foreign frame", "keys twice",
        "reserved bit 1", "backed up, not eligible", "extension", "the high s", "a padded r", "without a browser",
        "junk behind the origin",
    }  # fmt: skip


def test_another_message_or_namespace_is_no_use_of_it() -> None:
    wire = HONEST["as Chromium"].armored
    assert _verdict(wire, MESSAGE + b" ") == Refusal(R.OTHER_CHALLENGE)
    assert _verdict(wire, namespace="key@licheng.example") == Refusal(R.OTHER_NAMESPACE, NAMESPACE)
    relabelled = replace(HONEST["as Chromium"], namespace=b"key@licheng.example").armored
    assert _verdict(relabelled, namespace="key@licheng.example") == Refusal(R.OTHER_CHALLENGE)


def test_a_page_on_this_machine_needs_no_tls() -> None:
    for host in ("localhost", "sign.localhost"):
        passkey = SoftPasskey(host)
        verdict = _verdict(passkey.use(raw_origin=f"http://{host}:8001").armored)
        assert isinstance(verdict, VerifiedSignature)
        assert verdict.origin == f"http://{host}:8001"
    other = SoftPasskey("notlocalhost")
    assert _verdict(other.use(raw_origin="http://notlocalhost").armored) == Refusal(
        R.OTHER_ORIGIN, "'http://notlocalhost'"
    )


def test_its_armor_is_as_strict_as_any() -> None:
    tries = (PASSKEY.use(counter=counter) for counter in range(10_000))
    good = next(wire for wire in tries if wire.armored.count(b"=") == 2)  # so that each form differs
    forms = armor_forms(good.armored)
    reasons = {name: v.reason if isinstance(v := _verdict(form), Refusal) else None for name, form in forms.items()}
    assert all(reasons.values()), reasons
    assert sum(reasons[name] == reason for name, reason in ARMORS.items()) >= len(ARMORS) - 4


def test_a_changed_bit_anywhere_breaks_it() -> None:
    wire, dice = PASSKEY.use(), random.Random(20261129)
    for at in range(len(wire.blob)):
        blob = bytearray(wire.blob)
        blob[at] ^= 1 << dice.randrange(8)
        verdict = _verdict(armor(bytes(blob)))
        assert isinstance(verdict, Refusal), at


def test_a_passkey_is_read_only_where_passkeys_are_known() -> None:
    assert parse_public_key(PASSKEY.line) == Refusal(R.UNSUPPORTED_KEY_TYPE, PASSKEY.line.split()[0])
    key = parse_public_key(PASSKEY.line, passkeys=True)
    assert isinstance(key, PublicKey)
    assert key.application == HOST
    assert key.line == PASSKEY.line


def test_numbers_of_every_length_are_read() -> None:
    """Every armor's last line, and numbers with and without a leading zero."""
    for counter in range(60):
        assert isinstance(_verdict(PASSKEY.use(counter=counter).armored), VerifiedSignature)
