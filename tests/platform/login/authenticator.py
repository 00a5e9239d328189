"""An authenticator and a browser in software: honest unless a test says otherwise."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import CoseKey

UP, UV, AT = 0x01, 0x04, 0x40
Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def text(data: bytes) -> str:
    """Base64 as WebAuthn writes it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Authenticator:
    """One passkey, and the browser that it is used in.

    Attributes:
        origin: of the page.
        host: that the authenticator signs for.
        algorithm: COSE number of its key: -7, -8 or -257.
        flags: that it sets.
        client: what the browser's JSON says besides, or otherwise.
        handle: whose passkey it says it is.
    """

    origin: str = "http://localhost:8001"
    host: str = "localhost"
    algorithm: int = -7
    flags: int = UP | UV
    client: Mapping[str, Any] = field(default_factory=dict)
    handle: bytes = b""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    counter: int = 0

    def __post_init__(self) -> None:
        makers: dict[int, Callable[[], Private]] = {
            -7: lambda: ec.generate_private_key(ec.SECP256R1()),
            -8: ed25519.Ed25519PrivateKey.generate,
            -257: lambda: rsa.generate_private_key(65537, 2048),
        }
        self.private = makers[self.algorithm]()

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a page that asks for a new passkey, as JSON."""
        assert self.algorithm in {each["alg"] for each in options["pubKeyCredParams"]}
        self.handle = base64.urlsafe_b64decode(options["user"]["id"] + "==")
        key: Any = CoseKey.for_alg(self.algorithm).from_cryptography_key(self.private.public_key())
        length = len(self.id).to_bytes(2, "big")
        data = self._data(AT) + bytes(16) + length + self.id + cbor.encode(dict(key))
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(attestation)})

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a page that asks for a passkey, as JSON."""
        client, data = self._client("webauthn.get", options["challenge"]), self._data(0)
        signature = self._sign(data + hashlib.sha256(client).digest())
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: text(value) for name, value in {**response, "userHandle": self.handle}.items()})

    def _data(self, flags: int) -> bytes:
        used = bytes([self.flags | flags]) + self.counter.to_bytes(4, "big")
        return hashlib.sha256(self.host.encode()).digest() + used

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **self.client}
        return json.dumps(said, separators=(",", ":")).encode()

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(data, ec.ECDSA(SHA256()))
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), SHA256())
        return self.private.sign(data)

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        common = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return {**common, "response": response, "clientExtensionResults": {}}
