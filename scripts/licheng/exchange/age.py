"""Sealed files: the format `age-encryption.org/v1`, which stock `age` opens with the same keys.

Who can open is decided when it is sealed: recipients are public keys, `age1…` or SSH (`ssh-ed25519`, `ssh-rsa`). One
key can be lost, so that there are two at least. Streams have no limit: memory holds one chunk of 64 KiB.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol, TypeAlias, cast

from pyrage import DecryptError, EncryptError, IdentityError, RecipientError, decrypt_io, encrypt_io, ssh, x25519

from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.storage.files import given

# A public key to seal for, a private key that opens: of `pyrage`, which brings no types.
Recipient: TypeAlias = Any
Identity: TypeAlias = Any


class Readable(Protocol):
    """What bytes can be read from: a file, a pipe, bytes in memory."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """All of them."""

    def flush(self) -> None:
        """What was written is out of our hands."""


FEWEST = 2  # recipients: one key may be lost
_SECRET, _PRIVATE = b"AGE-SECRET-KEY-1", b"-----BEGIN "


def recipients_of(lines: Iterable[str]) -> tuple[Recipient, ...]:
    """The recipients of these lines, as `age -r` and `age -R` take them; empty lines and `#` comments are none.

    Raises:
        UsageError: APP190, a line is no recipient; APP191, there are fewer than two different ones.
    """
    named = {
        " ".join(line.split()[:2]): line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")
    }
    recipients = []
    for key, line in named.items():
        kind = x25519.Recipient if key.startswith("age1") else ssh.Recipient
        try:
            recipients.append(kind.from_str(line))
        except RecipientError as error:
            raise UsageError("APP190", recipient=key) from error
    if len(recipients) < FEWEST:
        raise UsageError("APP191", found=len(recipients), fewest=FEWEST)
    return tuple(recipients)


def recipients_in(path: Path) -> list[str]:
    """The lines of a recipients file, for `recipients_of`.

    Raises:
        UsageError: APP024, it cannot be read; APP190, it is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError("APP024", path=str(path), detail=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise UsageError("APP190", recipient=str(path)) from error


def identities_in(path: Path) -> tuple[Identity, ...]:
    """The private keys of a file: lines `AGE-SECRET-KEY-1…`, as `age-keygen` writes them, or one SSH private key.

    Raises:
        UsageError: APP024, it cannot be read; APP192, it holds no key that opens anything, or one with a passphrase.
    """
    data = given(path)
    try:
        if data.lstrip().startswith(_PRIVATE):
            return (ssh.Identity.from_buffer(data),)
        lines = (line.strip() for line in data.splitlines())
        keys = tuple(x25519.Identity.from_str(line.decode()) for line in lines if line.startswith(_SECRET))
    except (IdentityError, ValueError) as error:
        raise UsageError("APP192", path=str(path)) from error
    if not keys:
        raise UsageError("APP192", path=str(path))
    return keys


class _Watched:
    """A stream to write to that remembers why it failed: `pyrage` writes its last block without asking (1.4.0)."""

    def __init__(self, target: Writable) -> None:
        self._target = target
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._target.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._target.flush()


def encrypt(source: Readable, target: Writable, recipients: Sequence[Recipient], path: str = "") -> None:
    """Seal a stream to its end; the caller opens, syncs and closes.

    Args:
        source: what is to be sealed.
        target: where it goes.
        recipients: who can open it, from `recipients_of`.
        path: what errors call it; the target's own name if there is none.

    Raises:
        LichengError: APP193, reading or writing failed: what was written is of no use.
    """
    watched = _Watched(target)
    try:
        encrypt_io(source, watched, recipients)
        target.flush()
    except (EncryptError, OSError) as error:
        raise LichengError("APP193", path=path or _name(target)) from error
    if watched.error is not None:
        raise LichengError("APP193", path=path or _name(target)) from watched.error


def decrypt(source: Readable, target: Writable, identities: Sequence[Identity], path: str = "") -> None:
    """Open a sealed stream to its end. What was written before an error is of no use.

    Args:
        source: what was sealed.
        target: where its content goes.
        identities: from `identities_in`; one of them opens it.
        path: what errors call it; the source's own name if there is none.

    Raises:
        LichengError: APP193, its content could not be written; APP194, none of the keys opens it, or it is no sealed
            file, cut off, or changed by one bit.
    """
    watched = _Watched(target)
    try:
        decrypt_io(source, watched, identities)
    except (DecryptError, OSError) as error:
        if watched.error is None:
            raise LichengError("APP194", path=path or _name(source)) from error
    try:
        target.flush()
    except OSError as error:
        watched.error = error
    if watched.error is not None:
        raise LichengError("APP193", path=_name(target)) from watched.error


def encrypted(data: bytes, recipients: Sequence[Recipient]) -> bytes:
    """`encrypt` of bytes in memory."""
    target = io.BytesIO()
    encrypt(io.BytesIO(data), target, recipients)
    return target.getvalue()


def decrypted(data: bytes, identities: Sequence[Identity], path: str) -> bytes:
    """`decrypt` of bytes in memory; nothing of it touches a disk."""
    target = io.BytesIO()
    decrypt(io.BytesIO(data), target, identities, path)
    return target.getvalue()


def _name(file: object) -> str:
    return str(getattr(file, "name", ""))


def new_identity() -> tuple[bytes, Recipient]:
    """A new key: its file, as `age-keygen` writes one, and whom to seal for."""
    key = x25519.Identity.generate()
    return f"# public key: {key.to_public()}\n{key}\n".encode(), key.to_public()


def recipient_of(path: Path) -> Recipient:
    """Whom to seal for, so that the key of a file opens it.

    Raises:
        UsageError: APP024, APP192, as `identities_in`; APP192, it is no key of `age-keygen`.
    """
    [key, *more] = identities_in(path)
    if more or not isinstance(key, x25519.Identity):
        raise UsageError("APP192", path=str(path))
    return key.to_public()


@contextmanager
def opened_by_stock(path: Path, keys: Sequence[Path]) -> Iterator[IO[bytes]]:
    """The content of a file, opened by `age -d` once for each key, the outermost first; nothing of it touches a disk.

    Args:
        path: the sealed file.
        keys: private key files.

    Raises:
        UsageError: APP461, there is no `age` here.
        LichengError: APP194, a key does not open it, or it is no sealed file, cut off, or changed by one bit.
    """
    program = shutil.which("age")
    if program is None:
        raise UsageError("APP461")
    with ExitStack() as stack:
        steps, source = list[subprocess.Popen[bytes]](), cast("IO[bytes]", stack.enter_context(path.open("rb")))
        for key in keys:
            command = [program, "-d", "-i", str(key)]
            step = stack.enter_context(
                subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            )
            source.close()  # the next one alone reads it
            assert step.stdout is not None  # noqa: S101 - it is a pipe
            source = step.stdout
            steps.append(step)
        yield source
        # What is left after the content is read too, or the program that writes it would never know an end.
        while source.read(1 << 16):
            pass
        ended = [step.wait() for step in steps]
        if any(ended):
            raise LichengError("APP194", path=str(path))
