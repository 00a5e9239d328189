"""Who signs: a key on this machine or in the agent, and whose it is by the school's records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from licheng.app.loading.load import Loaded
from licheng.core.errors import UsageError
from licheng.signing.public_key import PublicKey
from licheng.signing.ssh_keygen import read_public_key, sign


@dataclass(frozen=True)
class Signer:
    """A key file, or the public key of one in the agent."""

    path: Path
    public: PublicKey

    @classmethod
    def of(cls, path: Path) -> Signer:
        """Read the public half.

        Raises:
            UsageError: APP031 to APP034, there is no key that could sign.
        """
        return cls(path, read_public_key(path))

    def __call__(self, namespace: str, data: bytes) -> bytes:
        """The armored signature of bytes in a namespace."""
        return sign(self.path, namespace, data, expected=self.public)

    def holder(self, loaded: Loaded) -> str:
        """The staff id of whose key it is.

        Raises:
            UsageError: APP040, nobody has enrolled it.
        """
        for known in loaded.school.trust.keys:
            if known.fingerprint == self.public.fingerprint:
                return known.staff
        raise UsageError("APP040", fingerprint=self.public.fingerprint)
