"""The key by which a server signs its receipts: made by `licheng hook install`, kept beside the log.

`receipts.key` is the private half (mode 600). `receipts.pub` lists every key that the server ever had, one a line, each
with the first line of the log that it signs: `ssh-ed25519 AAAA… from-1`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from licheng.core.errors import LichengError, UsageError
from licheng.policy.receipts import NAMESPACE, statement
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.refusal import Refusal
from licheng.signing.ssh_keygen import sign
from licheng.signing.sshsig import VerifiedSignature, armor, parse, verify
from licheng.storage.private import write_private

_LISTED = re.compile(r"(ssh-ed25519 [A-Za-z0-9+/=]{1,200}) from-([1-9][0-9]{0,15})", re.ASCII)


@dataclass(frozen=True)
class ServerKey:
    """The server's key, and those that it had before."""

    folder: Path

    @property
    def private(self) -> Path:
        """Where the private half lies."""
        return self.folder / "receipts.key"

    @property
    def public(self) -> Path:
        """Where the public halves are listed."""
        return self.folder / "receipts.pub"

    def listed(self) -> tuple[tuple[int, PublicKey], ...]:
        """Every public key with the first line of the log that it signs; empty before the key was made.

        Raises:
            LichengError: APP165, the list is none.
        """
        if not self.public.exists():
            return ()
        lines = self.public.read_text(encoding="utf-8", errors="replace").splitlines()
        matches = [match for line in lines if (match := _LISTED.fullmatch(line)) is not None]
        parsed = [(int(match[2]), parse_public_key(match[1])) for match in matches]
        keys = tuple((start, key) for start, key in parsed if isinstance(key, PublicKey))
        starts = [start for start, _ in keys]
        if len(keys) != len(lines) or not keys or starts != sorted(set(starts)):
            raise LichengError("APP165", path=str(self.public), detail="from-")
        return keys

    def in_force(self, sequence: int) -> PublicKey | None:
        """The key that signs a line of the log; None for the lines before there was one."""
        return next((key for start, key in reversed(self.listed()) if start <= sequence), None)

    def holds(self) -> PublicKey | None:
        """The public half of the private key that lies here; None where there is none that can be read."""
        try:
            private = load_ssh_private_key(self.private.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
            return None
        key = parse_public_key(private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())
        return None if isinstance(key, Refusal) else key

    def sign(self, entry: Mapping[str, Any]) -> str:
        """The signature of an entry's statement: SSHSIG in base64, without its armor.

        Raises:
            LichengError: APP165, the key that is in force is not here or cannot sign.
        """
        key = self.in_force(entry["sequence"])
        try:
            armored = sign(self.private, NAMESPACE, statement(entry), expected=key, ask=False)
        except LichengError as error:
            raise LichengError("APP165", path=str(self.private), detail=error.code) from error
        return "".join(armored.decode().splitlines()[1:-1])

    def has_signed(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry bears the signature of the key in force; so it does where none was in force."""
        key = self.in_force(entry["sequence"])
        return key is None or is_signed(entry.get("signature", ""), statement(entry), (key,))

    def make(self, first: int, *, anew: bool) -> None:
        """Make the key, where there is none yet; killed between its two writes, the next call finishes.

        Args:
            first: the line of the log from which on it signs.
            anew: in place of the one that there is.

        Raises:
            UsageError: APP165, the list names a key that is not here.
        """
        keys = self.listed()
        if keys and not anew:
            if self.holds() != keys[-1][1]:
                raise UsageError("APP165", path=str(self.private), detail=keys[-1][1].fingerprint)
            return
        if anew or self.holds() is None:
            fresh = Ed25519PrivateKey.generate()
            write_private(self.private, fresh.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        own = self.holds()
        assert own is not None  # noqa: S101 - it has just been written
        kept = [(start, key) for start, key in keys if start < first]
        lines = (f"{key.line} from-{start}\n" for start, key in (*kept, (first, own)))
        write_private(self.public, "".join(lines).encode())


def is_signed(signature: str, message: bytes, keys: tuple[PublicKey, ...]) -> bool:
    """Whether one of these keys made a signature, given in base64, of a statement."""
    try:
        parsed = parse(armor(base64.b64decode(signature, validate=True)))
    except ValueError:
        return False
    verdict = verify(parsed, message, NAMESPACE) if not isinstance(parsed, Refusal) else parsed
    return isinstance(verdict, VerifiedSignature) and verdict.key in keys
