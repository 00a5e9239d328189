"""Passkeys enrolled in a school of tests, spelt out as `licheng.app` would have them written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from licheng.core.trust import CHANGE_NAMESPACE, KEY_NAMESPACE, PASSKEY_NAMESPACES
from licheng.signing.canonical import encode
from licheng.signing.demo_keys import DemoKey
from tests.signing.passkeys import HOST, ORIGIN, SoftPasskey


def passkey(staff: str) -> SoftPasskey:
    """The passkey of a person."""
    return SoftPasskey.of("tests", staff)


def passkey_entry(
    repository: str,
    staff: str,
    witness: str,
    witness_key: DemoKey,
    valid_from: str,
    *,
    namespaces: Iterable[str] = PASSKEY_NAMESPACES,
    origins: tuple[str, ...] = (ORIGIN,),
) -> dict[str, Any]:
    """A passkey as a key record holds it, signed by itself and by the witness."""
    mine = passkey(staff)
    terms = {
        "application": HOST,
        "origins": list(origins),
        "namespaces": sorted(namespaces),
        "credential": "AAAAAAAAAAAAAAAAAAAAAA",
        "sentence": {"id": "passkey-use-1", "language": "zh-TW"},
    }
    about = {"_type": "passkey-enrolment/v1", "repository": repository, "staff": staff}
    statement = encode({**about, "public_key": mine.line, "valid_from": valid_from, **terms})
    return {
        "public_key": mine.line,
        "passkey": terms,
        "valid_from": valid_from,
        "proof": mine.sign(KEY_NAMESPACE, statement).decode(),
        "witness": {"staff": witness, "signature": witness_key.sign(KEY_NAMESPACE, statement).decode()},
    }


def stating(staff: str, data: bytes) -> bytes:
    """A person's signature under a statement of a change."""
    return passkey(staff).sign(CHANGE_NAMESPACE, data)
