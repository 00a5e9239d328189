"""Everything needed to make signatures that no honest tool would make."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from licheng.signing.sshsig import armor
from licheng.signing.wire import string

NAMESPACE = "certification@licheng.example"
MESSAGE = '{"_type":"https://in-toto.io/Statement/v1","reason":"本人作品"}\n'.encode()
NOW = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
PRINCIPAL = "t-001"

_RSA_HASHES: dict[bytes, type[HashAlgorithm]] = {b"rsa-sha2-256": SHA256, b"rsa-sha2-512": SHA512, b"ssh-rsa": SHA1}


@dataclass(frozen=True)
class Wire:
    """A signature in SSH wire format, field by field; the defaults are an Ed25519 signature's."""

    key: bytes
    namespace: bytes = NAMESPACE.encode()
    reserved: bytes = b""
    hash: bytes = b"sha512"
    algorithm: bytes = b"ssh-ed25519"
    raw: bytes = b""
    magic: bytes = b"SSHSIG"
    version: int = 1
    inner_tail: bytes = b""
    tail: bytes = b""

    @property
    def inner(self) -> bytes:
        return string(self.algorithm) + string(self.raw) + self.inner_tail

    @property
    def blob(self) -> bytes:
        fields = (self.key, self.namespace, self.reserved, self.hash, self.inner)
        return self.magic + self.version.to_bytes(4, "big") + b"".join(map(string, fields)) + self.tail

    @property
    def armored(self) -> bytes:
        return armor(self.blob)

    def to_sign(self, message: bytes = MESSAGE) -> bytes:
        digest = hashlib.new(self.hash.decode(), message).digest()
        return b"SSHSIG" + b"".join(map(string, (self.namespace, self.reserved, self.hash, digest)))


@dataclass(frozen=True)
class StockKey:
    """A key that ssh-keygen made."""

    path: Path

    @property
    def line(self) -> str:
        return " ".join(self.path.with_suffix(".pub").read_text().split()[:2])

    @property
    def blob(self) -> bytes:
        return base64.b64decode(self.line.split()[1])

    @cached_property
    def private(self) -> Any:
        return load_ssh_private_key(self.path.read_bytes(), None)

    def stock(self, message: bytes = MESSAGE, *options: str, namespace: str = NAMESPACE) -> bytes:
        """What ssh-keygen writes."""
        command = ["ssh-keygen", "-Y", "sign", "-q", "-f", str(self.path), "-n", namespace, *options]
        return subprocess.run(command, input=message, capture_output=True, check=True).stdout

    def sign(self, message: bytes = MESSAGE, **fields: Any) -> Wire:
        """A signature with these fields, mathematically right."""
        wire = Wire(self.blob, **fields)
        if isinstance(self.private, Ed25519PrivateKey):
            return replace(wire, raw=self.private.sign(wire.to_sign(message)))
        assert isinstance(self.private, RSAPrivateKey)
        wire = replace(wire, algorithm=fields.get("algorithm", b"rsa-sha2-512"))
        return replace(wire, raw=self.private.sign(wire.to_sign(message), PKCS1v15(), _RSA_HASHES[wire.algorithm]()))


@dataclass(frozen=True)
class Keys:
    """One key of each sort."""

    ed25519: StockKey
    other: StockKey
    rsa3072: StockKey
    rsa2048: StockKey
    rsa1024: StockKey
    ecdsa: StockKey


def generate(folder: Path, name: str, *options: str, passphrase: str = "") -> StockKey:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-N", passphrase, "-C", name, "-f", str(path), *options], check=True)
    return StockKey(path)


def generate_all(folder: Path) -> None:
    """One key of each sort in a new folder, for `keys_in`."""
    folder.mkdir()
    for name in ("ed25519", "other"):
        generate(folder, name, "-t", "ed25519")
    for bits in ("3072", "2048", "1024"):
        generate(folder, f"rsa{bits}", "-t", "rsa", "-b", bits)
    generate(folder, "ecdsa", "-t", "ecdsa")


def keys_in(folder: Path) -> Keys:
    return Keys(**{field.name: StockKey(folder / field.name) for field in fields(Keys)})


def mpint(value: int) -> bytes:
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big"))


def rsa_blob(exponent: int, modulus: int) -> bytes:
    return string(b"ssh-rsa") + mpint(exponent) + mpint(modulus)


def ed25519_blob(point: bytes) -> bytes:
    return string(b"ssh-ed25519") + string(point)


def line_of(blob: bytes, kind: str | None = None) -> str:
    """The text of a key whose blob may be anything."""
    inner = blob[4 : 4 + int.from_bytes(blob[:4], "big")].decode("latin-1")
    return f"{kind or inner} {base64.b64encode(blob).decode()}"
