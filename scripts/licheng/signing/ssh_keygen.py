"""Stock `ssh-keygen`: it makes our signatures, with a key file or the agent, and cross-checks our verification.

Every run has a minimal environment of its own. Messages go through a pipe; what must be a file lies in a folder that
only its owner may enter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.signing.names import checked_namespace, checked_principal
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.refusal import Refusal
from licheng.signing.sshsig import VerifiedSignature, parse, verify
from licheng.signing.times import openssh_time

_TOOL = "ssh-keygen"
_SIGN_SECONDS = 120  # someone may have to find the passphrase
_VERIFY_SECONDS = 20
_MAX_KEY_FILE = 64 * 1024
_TROUBLES = (
    ("incorrect passphrase", "APP032"),
    ("agent refused operation", "APP032"),
    ("are too open", "APP037"),
    ("no private key found", "APP033"),
    ("doesn't match private", "APP034"),
    ("couldn't load public key", "APP031"),
    ("invalid format", "APP031"),
    ("error in libcrypto", "APP031"),
)


@dataclass(frozen=True, slots=True)
class StockVerdict:
    """What `ssh-keygen -Y verify` said.

    Attributes:
        accepted: it ended with 0.
        words: its own words, for people; nothing is read out of them.
    """

    accepted: bool
    words: str


def read_public_key(path: Path) -> PublicKey:
    """The public key that belongs to what a person calls their key: `id_ed25519` or `id_ed25519.pub`.

    Raises:
        UsageError: APP031, there is no public key; APP035, it may not sign here.
    """
    file = path if path.suffix == ".pub" else path.with_name(path.name + ".pub")
    try:
        with file.open("rb") as stream:
            fields = stream.read(_MAX_KEY_FILE).decode().split(None, 2)
    except OSError as error:
        raise UsageError("APP031", path=str(file), detail=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise UsageError("APP031", path=str(file), detail="UTF-8") from error
    key = parse_public_key(" ".join(fields[:2]))
    if isinstance(key, Refusal):
        raise UsageError("APP035", path=str(file), reason=key.reason.value, detail=key.detail)
    return key


def sign(
    key_path: Path, namespace: str, message: bytes, *, expected: PublicKey | None = None, ask: bool = True
) -> bytes:
    """Sign with a private key file, or with a public key file whose private half the agent holds.

    Args:
        key_path: the key, as behind `ssh-keygen -f`.
        namespace: what kind of thing is signed.
        message: its exact bytes.
        expected: the key that the signature must be of.
        ask: let `ssh-keygen` ask for a passphrase at the terminal.

    Returns:
        The armored signature, which our own verification has accepted.

    Raises:
        ValueError: the namespace is not one of ours.
        UsageError: APP031 no such key, APP032 the passphrase or the agent refused, APP033 no private half, APP034 not
            the expected key, APP035 a key that may not sign here, APP037 a private key that others may read.
        LichengError: APP030 no ssh-keygen, APP036 it failed otherwise.
    """
    # An absolute path is never read as an option.
    command = ["-Y", "sign", "-f", str(key_path.absolute()), "-n", checked_namespace(namespace)]
    done = _run(command, message, _SIGN_SECONDS, agent=True, detached=not ask)
    if done.returncode != 0:
        words = _words(done.stderr)
        code = next((code for pattern, code in _TROUBLES if pattern in words.lower()), None)
        raise (
            UsageError(code, path=str(key_path), detail=words)
            if code
            else LichengError("APP036", detail=words, case="said")
        )
    signature = parse(done.stdout)
    verdict = signature if isinstance(signature, Refusal) else verify(signature, message, namespace)
    if not isinstance(verdict, VerifiedSignature):
        raise UsageError("APP035", path=str(key_path), reason=verdict.reason.value, detail=verdict.detail)
    if expected is not None and verdict.key != expected:
        raise UsageError("APP034", path=str(key_path), detail=f"{verdict.key.fingerprint} ≠ {expected.fingerprint}")
    return done.stdout


def verify_with_ssh_keygen(
    armored: bytes, message: bytes, *, allowed_signers: str, principal: str, namespace: str, at: datetime
) -> StockVerdict:
    """Ask stock OpenSSH, with the command that anyone may run.

    Args:
        armored: the bytes of the `.sig` file.
        message: the signed file's bytes.
        allowed_signers: the text of that file.
        principal: the staff id that is expected to have signed.
        namespace: the one that is expected.
        at: when the key must have been valid, UTC, whole seconds.

    Raises:
        ValueError: the principal, the namespace or the instant has not its form.
        LichengError: APP030 no ssh-keygen, APP036 it did not end.
    """
    command = ["-Y", "verify", "-I", checked_principal(principal), "-n", checked_namespace(namespace)]
    command.append(f"-Overify-time={openssh_time(at)}")
    with tempfile.TemporaryDirectory(prefix="licheng-") as private:  # mode 0700
        signers, signature = Path(private, "allowed_signers"), Path(private, "signature")
        signers.write_text(allowed_signers, encoding="utf-8", newline="")
        signature.write_bytes(armored)
        done = _run([*command, "-f", str(signers), "-s", str(signature)], message, _VERIFY_SECONDS)
    return StockVerdict(done.returncode == 0, _words(done.stdout + done.stderr))


def _run(
    arguments: list[str], message: bytes, seconds: int, *, agent: bool = False, detached: bool = True
) -> subprocess.CompletedProcess[bytes]:
    tool = shutil.which(_TOOL)
    if tool is None:
        raise LichengError("APP030")
    # The same for everybody; only the agent's socket is the caller's own.
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
    if agent and (socket := os.environ.get("SSH_AUTH_SOCK")):
        environment["SSH_AUTH_SOCK"] = socket
    try:
        return subprocess.run(
            [tool, *arguments],
            input=message,
            capture_output=True,
            env=environment,
            start_new_session=detached,  # away from the terminal, so that nothing can be asked
            timeout=seconds,
            check=False,
        )
    except OSError as error:
        raise LichengError("APP036", detail=reason_of(error)) from error
    except subprocess.TimeoutExpired as error:
        raise LichengError("APP036", detail="ETIMEDOUT") from error


def _words(output: bytes) -> str:
    return output.decode("utf-8", "replace").strip()
