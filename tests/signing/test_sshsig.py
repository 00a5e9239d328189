"""The strict parser and the verification below it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.signing.demo_keys import DemoKey
from licheng.signing.refusal import Reason, Refusal
from licheng.signing.sshsig import Signature, VerifiedSignature, parse, verify
from tests.signing import edwards
from tests.signing.forge import MESSAGE, NAMESPACE, Keys, Wire, ed25519_blob, rsa_blob
from tests.signing.mangle import armor_forms, field_forms

ARMORS: dict[str, Reason | None] = {
    "leading text": Reason.LEADING_TEXT,
    "leading newline": Reason.LEADING_TEXT,
    "leading space": Reason.LEADING_TEXT,
    "byte order mark": Reason.LEADING_TEXT,
    "CRLF": Reason.CARRIAGE_RETURN,
    "CR": Reason.CARRIAGE_RETURN,
    "CRLF inside": Reason.CARRIAGE_RETURN,
    "CRLF at the end": Reason.CARRIAGE_RETURN,
    "no END": Reason.NO_END,
    "END not on its own line": Reason.BAD_LINES,
    "END twice": Reason.SEVERAL_BLOCKS,
    "END indented": Reason.BAD_BASE64,
    "END in lower case": Reason.NO_END,
    "no BEGIN": Reason.NO_ARMOR,
    "BEGIN twice": Reason.SEVERAL_BLOCKS,
    "text after BEGIN": Reason.BAD_LINES,
    "no newline after BEGIN": Reason.BAD_LINES,
    "BEGIN of PGP": Reason.NO_ARMOR,
    "no final newline": Reason.BAD_LINES,
    "two final newlines": Reason.TRAILING_TEXT,
    "trailing text": Reason.TRAILING_TEXT,
    "trailing space": Reason.TRAILING_TEXT,
    "trailing NUL": Reason.TRAILING_TEXT,
    "two blocks": Reason.SEVERAL_BLOCKS,
    "two blocks, joined": Reason.SEVERAL_BLOCKS,
    "block within a block": Reason.SEVERAL_BLOCKS,
    "one line": Reason.BAD_LINES,
    "lines of 4": Reason.BAD_LINES,
    "lines of 64": Reason.BAD_LINES,
    "lines of 69": Reason.BAD_LINES,
    "lines of 71": Reason.BAD_LINES,
    "lines of 76": Reason.BAD_LINES,
    "blank line": Reason.BAD_LINES,
    "blank line first": Reason.BAD_LINES,
    "blank line last": Reason.BAD_LINES,
    "space inside": Reason.BAD_BASE64,
    "space at a line's end": Reason.BAD_BASE64,
    "tab at a line's start": Reason.BAD_BASE64,
    "NUL inside": Reason.BAD_BASE64,
    "junk inside": Reason.BAD_BASE64,
    "junk for a letter": Reason.BAD_BASE64,
    "a header line": Reason.BAD_BASE64,
    "URL-safe letters": Reason.BAD_BASE64,
    "padding in the middle": Reason.BAD_BASE64,
    "more padding": Reason.BAD_BASE64,
    "much padding": Reason.BAD_BASE64,
    "less padding": Reason.BAD_BASE64,
    "stray bits": Reason.BAD_BASE64,
    "a letter more": Reason.BAD_BASE64,
    "a letter less": Reason.BAD_BASE64,
    "a line less": Reason.BAD_BASE64,
    "lines swapped": Reason.BAD_MAGIC,
    "first letter in lower case": Reason.BAD_MAGIC,
    "empty": Reason.NO_ARMOR,
    "empty block": Reason.TRUNCATED,
    "only a newline inside": Reason.BAD_LINES,
    "the bare blob": Reason.NO_ARMOR,
    "UTF-16": Reason.NO_ARMOR,
    "padded to 20 kB": Reason.TOO_LARGE,
}

FIELDS: dict[str, Reason] = {
    "reserved bytes": Reason.RESERVED_NOT_EMPTY,
    "reserved bytes, not signed": Reason.RESERVED_NOT_EMPTY,
    "much reserved": Reason.RESERVED_NOT_EMPTY,
    "trailing byte": Reason.TRAILING_BYTES,
    "trailing field": Reason.TRAILING_BYTES,
    "trailing byte after the signature": Reason.TRAILING_BYTES,
    "trailing field after the signature": Reason.TRAILING_BYTES,
    "key with a trailing byte": Reason.TRAILING_BYTES,
    "version 0": Reason.BAD_VERSION,
    "version 2": Reason.BAD_VERSION,
    "version 2^24": Reason.BAD_VERSION,
    "magic in lower case": Reason.BAD_MAGIC,
    "no magic": Reason.BAD_MAGIC,
    "magic twice": Reason.BAD_VERSION,
    "no namespace": Reason.BAD_NAMESPACE,
    "namespace with a NUL": Reason.BAD_NAMESPACE,
    "namespace with a newline": Reason.BAD_NAMESPACE,
    "namespace in Chinese": Reason.BAD_NAMESPACE,
    "namespace with stray bytes": Reason.BAD_NAMESPACE,
    "long namespace": Reason.BAD_NAMESPACE,
    "MD5": Reason.UNSUPPORTED_HASH,
    "SHA-1": Reason.UNSUPPORTED_HASH,
    "SHA-224": Reason.UNSUPPORTED_HASH,
    "SHA-384": Reason.UNSUPPORTED_HASH,
    "SHA3-256": Reason.UNSUPPORTED_HASH,
    "SHA-512 in capitals": Reason.UNSUPPORTED_HASH,
    "no hash": Reason.UNSUPPORTED_HASH,
    "hash with a NUL": Reason.UNSUPPORTED_HASH,
    "SHA-256, not signed": Reason.DOES_NOT_VERIFY,
    "no algorithm": Reason.WRONG_ALGORITHM,
    "algorithm in capitals": Reason.WRONG_ALGORITHM,
    "algorithm with a NUL": Reason.WRONG_ALGORITHM,
    "a certificate's algorithm": Reason.WRONG_ALGORITHM,
    "a hardware key's algorithm": Reason.WRONG_ALGORITHM,
    "no signature": Reason.BAD_SIGNATURE_LENGTH,
    "signature cut": Reason.BAD_SIGNATURE_LENGTH,
    "signature longer": Reason.BAD_SIGNATURE_LENGTH,
    "signature longer in front": Reason.BAD_SIGNATURE_LENGTH,
    "signature of zeros": Reason.DOES_NOT_VERIFY,
    "signature of ones": Reason.SIGNATURE_OUT_OF_RANGE,
    "no key": Reason.TRUNCATED,
    "key without its body": Reason.TRUNCATED,
}


def _verdict(armored: bytes, message: bytes = MESSAGE, namespace: str = NAMESPACE) -> VerifiedSignature | Refusal:
    signature = parse(armored)
    return signature if isinstance(signature, Refusal) else verify(signature, message, namespace)


def _reason(armored: bytes, message: bytes = MESSAGE, namespace: str = NAMESPACE) -> Reason | None:
    verdict = _verdict(armored, message, namespace)
    return verdict.reason if isinstance(verdict, Refusal) else None


@pytest.mark.parametrize("name", ["ed25519", "rsa3072"])
def test_armor(keys: Keys, name: str) -> None:
    good = getattr(keys, name).stock()
    forms = armor_forms(good)
    assert forms.keys() == ARMORS.keys()
    wanted = ARMORS
    if b"=" not in good:  # as with RSA-3072: there is no padding to take away, and its stray bits are none
        wanted = ARMORS | {"less padding": None, "stray bits": Reason.DOES_NOT_VERIFY}
    assert {form: _reason(armored) for form, armored in forms.items()} == wanted


@pytest.mark.parametrize("name", ["ed25519", "rsa3072"])
def test_fields(keys: Keys, name: str) -> None:
    assert {form: _reason(wire.armored) for form, wire in field_forms(getattr(keys, name)).items()} == FIELDS


def test_a_good_signature_says_everything(keys: Keys) -> None:
    signature = parse(keys.ed25519.stock())
    assert isinstance(signature, Signature)
    assert (signature.namespace, signature.hash, signature.algorithm) == (NAMESPACE, "sha512", "ssh-ed25519")
    assert signature.key.blob == keys.ed25519.blob
    assert signature.fingerprint.startswith("SHA256:")
    assert len(signature.signature) == 64
    assert verify(signature, MESSAGE, NAMESPACE) == VerifiedSignature(signature.key, NAMESPACE)


def test_what_it_was_signed_for_counts(keys: Keys) -> None:
    good, git = keys.ed25519.stock(), keys.ed25519.stock(namespace="git")
    assert _verdict(good, namespace="key@licheng.example") == Refusal(Reason.OTHER_NAMESPACE, NAMESPACE)
    assert _verdict(git) == Refusal(Reason.OTHER_NAMESPACE, "git")
    # A namespace that is only written over another one is found out by the mathematics.
    renamed = replace(keys.ed25519.sign(namespace=b"git"), namespace=NAMESPACE.encode())
    assert _reason(renamed.armored) == Reason.DOES_NOT_VERIFY


def test_keys_that_may_not_sign(keys: Keys) -> None:
    assert _reason(keys.rsa1024.stock()) == Reason.SHORT_KEY
    assert _reason(keys.rsa2048.stock()) == Reason.SHORT_KEY
    assert _reason(keys.ecdsa.stock()) == Reason.UNSUPPORTED_KEY_TYPE
    assert _reason(Wire(rsa_blob(1, 2**3072 - 1), algorithm=b"rsa-sha2-512").armored) == Reason.BAD_EXPONENT
    for point in edwards.torsion():
        wire = Wire(ed25519_blob(edwards.encode(point)), raw=edwards.encode(edwards.NEUTRAL) + bytes(32))
        assert _reason(wire.armored) == Reason.SMALL_ORDER_KEY


def test_sha1_signatures(keys: Keys) -> None:
    assert _reason(keys.rsa3072.sign(algorithm=b"ssh-rsa").armored) == Reason.WRONG_ALGORITHM


def test_a_second_s_for_the_same_signature(keys: Keys) -> None:
    wire = keys.ed25519.sign()
    s = int.from_bytes(wire.raw[32:], "little") + edwards.L
    twin = replace(wire, raw=wire.raw[:32] + s.to_bytes(32, "little"))
    assert _verdict(twin.armored) == Refusal(Reason.SIGNATURE_OUT_OF_RANGE, "S")


def test_an_r_that_is_not_reduced(keys: Keys) -> None:
    wire = keys.ed25519.sign()
    odd = replace(wire, raw=(edwards.P + 1).to_bytes(32, "little") + wire.raw[32:])
    assert _verdict(odd.armored) == Refusal(Reason.SIGNATURE_OUT_OF_RANGE, "R")


KEY = DemoKey.of("a seed", "t-001")
GOOD = KEY.sign(NAMESPACE, MESSAGE)
VERIFIED = VerifiedSignature(KEY.public, NAMESPACE)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_any_flipped_byte_of_the_file_is_noticed(at: int, flip: int) -> None:
    bad = bytearray(GOOD)
    bad[at] ^= flip
    assert isinstance(_verdict(bytes(bad)), Refusal)


@given(st.binary(max_size=200), st.data())
def test_any_change_of_the_message_is_noticed(message: bytes, data: st.DataObject) -> None:
    armored = KEY.sign(NAMESPACE, message)
    assert _verdict(armored, message) == VERIFIED
    at = data.draw(st.integers(0, len(message)))
    patch, cut = data.draw(st.binary(max_size=3)), data.draw(st.integers(0, 3))
    changed = message[:at] + patch + message[at + cut :]
    assert _verdict(armored, changed) == (VERIFIED if changed == message else Refusal(Reason.DOES_NOT_VERIFY))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_any_other_namespace_is_refused(namespace: str) -> None:
    assert _reason(GOOD, namespace=namespace) == (None if namespace == NAMESPACE else Reason.OTHER_NAMESPACE)


@given(st.integers(0, 50), st.integers(1, 255))
def test_any_flipped_byte_of_the_key_is_noticed(at: int, flip: int) -> None:
    signature = parse(GOOD)
    assert isinstance(signature, Signature)
    blob = bytearray(KEY.public.blob)
    blob[at] ^= flip
    assert isinstance(signature.signature, bytes)
    wire = Wire(bytes(blob), raw=signature.signature)
    assert isinstance(_verdict(wire.armored), Refusal)
