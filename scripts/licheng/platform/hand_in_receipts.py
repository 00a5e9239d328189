"""The receipt that a student keeps for a hand-in: what was handed in and when, signed by the platform's own key.

The key stands for the platform alone: its namespace is its own, so a receipt is never a certification, nor a line of
the server's receipt log. Stock OpenSSH verifies a receipt without the platform and without a network:

    ssh-keygen -Y verify -f allowed_signers -I platform -n hand-in@licheng.invalid -s receipt.sig < receipt.json
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licheng.core.dates import written
from licheng.core.errors import LichengError, UsageError
from licheng.platform.hand_in import Ticket
from licheng.signing.public_key import PublicKey
from licheng.signing.refusal import Refusal
from licheng.signing.ssh_keygen import read_public_key, sign
from licheng.signing.sshsig import VerifiedSignature, parse, verify
from licheng.storage.files import alone, sync

NAMESPACE = "hand-in@licheng.invalid"
PRINCIPAL = "platform"
_NAME = "hand-in-receipts"
_SECONDS = 20


@dataclass(frozen=True)
class HandInReceipt:
    """A receipt: two files.

    Attributes:
        statement: canonical JSON, which was signed.
        signature: SSHSIG with its armor.
    """

    statement: bytes
    signature: bytes


def statement(ticket: Ticket) -> bytes:
    """What the platform signs of a ticket: the same bytes whenever it is asked."""
    facts: Mapping[str, Any] = {
        "type": "licheng-hand-in/v1",
        "ticket": ticket.id,
        "account": ticket.account,
        "action": ticket.action,
        "item": ticket.item,
        "files": dict(ticket.files),
        "received_at": written(ticket.received_at),
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


@dataclass(frozen=True)
class HandInKey:
    """The key that signs them, in the platform's state folder; the private half is its owner's alone."""

    folder: Path

    @property
    def private(self) -> Path:
        """Where the private half lies; the public one beside it, with `.pub`."""
        return self.folder / _NAME

    def make(self) -> None:
        """Make the key where there is none; killed before the end, the next call makes it.

        Raises:
            UsageError: APP336, half of it is missing: who has receipts of the old one must know.
            LichengError: APP030, there is no ssh-keygen, or it made no key.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(self.folder):
            public = self.private.with_name(f"{_NAME}.pub")
            if self.private.exists():
                if not public.exists():
                    raise UsageError("APP336", path=str(public))
                return
            with tempfile.TemporaryDirectory(prefix=".key-", dir=self.folder) as own:  # mode 0700
                fresh = Path(own, _NAME)
                command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", PRINCIPAL, "-f", str(fresh)]
                try:
                    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
                except (OSError, subprocess.SubprocessError) as error:
                    raise LichengError("APP030") from error
                # The private half last: where it is, the key is whole.
                fresh.with_name(f"{_NAME}.pub").replace(public)
                fresh.replace(self.private)
            sync((public, self.private), self.folder)

    @property
    def public(self) -> PublicKey:
        """The public half.

        Raises:
            UsageError: APP031, APP035, there is none that can be read.
        """
        return read_public_key(self.private)

    @property
    def allowed_signers(self) -> str:
        """The line by which others verify receipts with stock OpenSSH."""
        return f'{PRINCIPAL} namespaces="{NAMESPACE}" {self.public.line}\n'

    def receipt(self, ticket: Ticket) -> HandInReceipt:
        """The receipt for a ticket.

        Raises:
            LichengError: as `ssh_keygen.sign`.
        """
        data = statement(ticket)
        return HandInReceipt(data, sign(self.private, NAMESPACE, data, expected=self.public, ask=False))


def is_genuine(receipt: HandInReceipt, key: PublicKey) -> bool:
    """Whether a key signed just this receipt."""
    parsed = parse(receipt.signature)
    verdict = verify(parsed, receipt.statement, NAMESPACE) if not isinstance(parsed, Refusal) else parsed
    return isinstance(verdict, VerifiedSignature) and verdict.key == key
