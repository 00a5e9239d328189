"""Keys of demo schools: whoever knows the seed and a staff id has the key.

Worthless outside demos, and meant to be: a demo school looks the same on every machine, and one can try certifying at
once. The gate refuses a school whose genesis says `demo: true`, unless it is told that it guards a demo.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licheng.signing.names import checked_namespace, checked_principal
from licheng.signing.public_key import ED25519, PublicKey, key_of_blob
from licheng.signing.sshsig import MAGIC, VERSION, armor, signed_data
from licheng.signing.wire import string

_LABEL = b"licheng demo key v1, worthless outside demos"
_FILE_MAGIC = b"openssh-key-v1\0"
_BLOCK = 8  # bytes to which the private part is padded
_COLUMNS = 70
_EDGE = "-----{} OPENSSH PRIVATE KEY-----"
_HASH = "sha512"  # the default of ssh-keygen


@dataclass(frozen=True, slots=True)
class DemoKey:
    """An Ed25519 key that anyone can derive.

    Attributes:
        staff: whose key it plays.
        secret: the 32 bytes of RFC 8032.
    """

    staff: str
    secret: bytes

    @classmethod
    def of(cls, seed: str, staff: str, generation: int = 1) -> DemoKey:
        """Derive a key.

        Args:
            seed: of the demo school.
            staff: the staff id.
            generation: 1, 2, … where a person has had several keys.

        Raises:
            ValueError: the staff id is no principal, or the generation is below 1.
        """
        if generation < 1:
            raise ValueError(generation)
        parts = (_LABEL, seed.encode(), checked_principal(staff).encode(), str(generation).encode())
        return cls(staff, hashlib.sha256(b"".join(map(string, parts))).digest())

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    @property
    @lru_cache(maxsize=1_024)  # noqa: B019 - keys are few, each is asked for with every signature, and none is secret
    def public(self) -> PublicKey:
        """Its public half."""
        point = self._private.public_key().public_bytes_raw()
        return key_of_blob(string(ED25519.encode()) + string(point))

    def sign(self, namespace: str, message: bytes) -> bytes:
        """The armored signature, byte for byte what `ssh-keygen -Y sign` makes with this key's file.

        Only for filling a demo school, where thousands of processes would take minutes.
        """
        data = signed_data(message, checked_namespace(namespace), _HASH)
        raw = string(ED25519.encode()) + string(self._private.sign(data))
        fields = (self.public.blob, namespace.encode(), b"", _HASH.encode(), raw)
        return armor(MAGIC + VERSION.to_bytes(4, "big") + b"".join(map(string, fields)))

    def private_file(self) -> bytes:
        """The private key file in OpenSSH's format (PROTOCOL.key), without a passphrase, the same bytes each time."""
        public = self.public
        check = hashlib.sha256(self.secret).digest()[:4]  # random elsewhere; only has to stand there twice
        point = public.blob[-32:]
        private = check + check + public.blob + string(self.secret + point) + string(self._comment.encode())
        private += bytes(range(1, -len(private) % _BLOCK + 1))
        fields = string(b"none") + string(b"none") + string(b"") + (1).to_bytes(4, "big")
        encoded = base64.b64encode(_FILE_MAGIC + fields + string(public.blob) + string(private)).decode()
        lines = (encoded[at : at + _COLUMNS] for at in range(0, len(encoded), _COLUMNS))
        return "\n".join([_EDGE.format("BEGIN"), *lines, _EDGE.format("END"), ""]).encode()

    @property
    def _comment(self) -> str:
        return f"{self.staff} (demo)"

    def write(self, folder: Path) -> Path:
        """Write `<staff>` (readable by the owner alone) and `<staff>.pub` into a folder; return the private one.

        Raises:
            FileExistsError: one of them is there already.
        """
        path = folder / self.staff
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(self.private_file())
        with path.with_name(f"{self.staff}.pub").open("xb") as file:
            file.write(f"{self.public.line} {self._comment}\n".encode())
        return path
