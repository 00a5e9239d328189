"""Passkeys to sign in with (W3C Web Authentication, Level 3): how they are kept, made and used.

They live under the platform's own host and open its pages, nothing else: no key of the trust root is among them, nor
can what they sign become an SSH signature (`challenge`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import struct
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from licheng.core.dates import instant, written
from licheng.core.errors import UsageError
from licheng.storage.files import sync
from licheng.storage.private import write_private

MOST = 10  # of one account
_CHALLENGE = 32  # bytes
_ACCOUNT = re.compile(r"t[0-9]{3,6}|s[0-9]{7}", re.ASCII)
_VERIFIED = UserVerificationRequirement.REQUIRED


class LoginPasskey(NamedTuple):
    """One passkey of an account.

    Attributes:
        name: what the platform calls it, a digest of the authenticator's own id.
        credential: id and public key.
        made_at: when.
    """

    name: str
    credential: AttestedCredentialData
    made_at: datetime


def challenge() -> bytes:
    """32 random bytes.

    What an SSH signature is made over begins with `SSHSIG` and is never shorter than 60 bytes (PROTOCOL.sshsig: magic,
    four lengths, a namespace, the name of a hash, a hash of 32 bytes or more), so that no login can be a signature.
    """
    return secrets.token_bytes(_CHALLENGE)


class Passkeys:
    """The passkeys of one platform, in a folder of its state: a folder an account, in it a file a passkey."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, account: str) -> tuple[LoginPasskey, ...]:
        """An account's passkeys, the oldest first."""
        if not _ACCOUNT.fullmatch(account):
            return ()
        folder = self._folder / account
        files = [file for file in folder.iterdir() if not file.name.startswith(".")] if folder.is_dir() else []
        passkeys = []
        for file in files:
            kept = json.loads(file.read_bytes())
            credential = AttestedCredentialData(base64.b64decode(kept["credential"]))
            passkeys.append(LoginPasskey(file.name, credential, instant(kept["made_at"])))
        return tuple(sorted(passkeys, key=lambda passkey: (passkey.made_at, passkey.name)))

    def add(self, account: str, credential: AttestedCredentialData, now: datetime) -> None:
        """Keep a passkey; it is on the disk when this returns.

        Raises:
            UsageError: APP312, the account has as many as it may.
        """
        self.check_room(account)
        kept = {"credential": base64.b64encode(credential).decode(), "made_at": written(now)}
        name = hashlib.sha256(credential.credential_id).hexdigest()[:32]
        folder = self._folder / account
        write_private(folder / name, json.dumps(kept).encode())
        sync((), folder)
        sync((), self._folder)

    def check_room(self, account: str) -> None:
        """Refuse an account that has as many as it may.

        Raises:
            UsageError: APP312.
        """
        if len(self.of(account)) >= MOST:
            raise UsageError("APP312", case="many", most=MOST)

    def remove(self, account: str, name: str | None = None) -> int:
        """Forget one passkey of an account, or all; how many there were."""
        passkeys = [passkey for passkey in self.of(account) if name in {None, passkey.name}]
        for passkey in passkeys:
            (self._folder / account / passkey.name).unlink(missing_ok=True)
        if passkeys:
            sync((), self._folder / account)
        return len(passkeys)


class RelyingParty:
    """What asks browsers for passkeys and judges their answers.

    Args:
        origin: of the platform, `https://platform.school.example`.
        signing_origin: of the page where teachers sign, whose passkeys are keys of the trust root.

    Raises:
        UsageError: APP317, a page of the platform could ask for a passkey of the signing page.
    """

    def __init__(self, origin: str, signing_origin: str | None) -> None:
        host, signing = urlsplit(origin).hostname or "", urlsplit(signing_origin or "").hostname
        if signing is not None and (host == signing or host.endswith(f".{signing}")):
            raise UsageError("APP317", host=host, signing=signing)
        party = PublicKeyCredentialRpEntity(id=host, name=host)
        self._server = Fido2Server(party, verify_origin=lambda stated: stated == origin)

    def registration(self, account: str, passkeys: tuple[LoginPasskey, ...]) -> tuple[dict[str, Any], str]:
        """What a browser needs to make a passkey for an account, as JSON, and the challenge in it.

        Whoever holds the device sees the account's id, never a name.
        """
        user = PublicKeyCredentialUserEntity(id=account.encode(), name=account, display_name=account)
        options, state = self._server.register_begin(
            user,
            [passkey.credential for passkey in passkeys],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=_VERIFIED,
            challenge=challenge(),
        )
        return _json(options), state["challenge"]

    def registered(self, asked: str, answer: Mapping[str, Any]) -> AttestedCredentialData:
        """The passkey that a browser made.

        Args:
            asked: the challenge of `registration`.
            answer: of the browser, as JSON (RegistrationResponseJSON).

        Raises:
            UsageError: APP312, it is no answer to that challenge, or not from a page of ours.
        """
        try:
            response = RegistrationResponse.from_dict(_texts(answer, _MADE))
            _refuse_frames(response.response.client_data.cross_origin)
            state = {"challenge": asked, "user_verification": _VERIFIED}
            credential = self._server.register_complete(state, response).credential_data
            if credential is None or credential.public_key.ALGORITHM not in CoseKey.supported_algorithms():
                raise ValueError("no key")
        except _MALFORMED as error:
            raise UsageError("APP312") from error
        return credential

    def sign_in(self) -> tuple[dict[str, Any], str]:
        """What a browser needs to show all passkeys that it has of this platform, as JSON, and the challenge in it."""
        options, state = self._server.authenticate_begin(user_verification=_VERIFIED, challenge=challenge())
        return _json(options), state["challenge"]

    def verified(self, asked: str, answer: Mapping[str, Any], passkeys: tuple[LoginPasskey, ...]) -> LoginPasskey:
        """The passkey that answered.

        Counters are not compared: synced passkeys always say 0.

        Args:
            asked: the challenge of `sign_in`.
            answer: of the browser, as JSON (AuthenticationResponseJSON).
            passkeys: of the account that the answer claims to be of.

        Raises:
            UsageError: APP312, none of these passkeys signed that challenge on a page of ours for a verified person.
        """
        try:
            response = AuthenticationResponse.from_dict(_texts(answer, _USED))
            _refuse_frames(response.response.client_data.cross_origin)
            state = {"challenge": asked, "user_verification": _VERIFIED}
            known = [each for each in passkeys if each.credential.credential_id == response.raw_id]
            if not known:
                raise UsageError("APP312", case="unknown")
            self._server.authenticate_complete(state, [each.credential for each in known], response)
        except _MALFORMED as error:
            raise UsageError("APP312") from error
        return known[0]


def claimed_account(answer: Mapping[str, Any]) -> str | None:
    """The account that a browser's answer claims to be of, not yet verified; None where it names none."""
    try:
        handle = AuthenticationResponse.from_dict(_texts(answer, _USED)).response.user_handle
        text = (handle or b"").decode("ascii")
    except _MALFORMED:
        return None
    return text if _ACCOUNT.fullmatch(text) else None


_MADE = ("clientDataJSON", "attestationObject")
_USED = ("clientDataJSON", "authenticatorData", "signature", "userHandle")


def _texts(answer: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What of a browser's answer is asked for, all of it text: of a number the library would make so many bytes.

    Raises:
        TypeError: a part is no text.
        KeyError: a part is missing.
    """
    response = {name: answer["response"][name] for name in names}
    if not all(isinstance(value, str) for value in (answer["rawId"], *response.values())):
        raise TypeError("no text")
    return {"rawId": answer["rawId"], "response": response, "type": "public-key"}


# What a parser of other people's bytes says of them; the library promises no type of its own.
_MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    NotImplementedError,
    struct.error,
    UnsupportedAlgorithm,
)


def _refuse_frames(cross_origin: object) -> None:
    """A page of somebody else that frames ours asks nothing of passkeys."""
    if cross_origin is not False:
        raise ValueError("cross-origin")


def _json(options: Mapping[str, Any]) -> dict[str, Any]:
    public: dict[str, Any] = json.loads(json.dumps(dict(options)))["publicKey"]
    return public
