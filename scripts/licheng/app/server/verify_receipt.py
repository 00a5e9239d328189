"""`licheng verify-receipt`: whether a log is the one that gave a receipt; one old receipt shows a rewriting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from licheng.app.server.receipt_key import is_signed
from licheng.app.server.received import ReceiptLog
from licheng.core.errors import UsageError
from licheng.policy.receipts import digest
from licheng.signing.public_key import PublicKey

# As people keep it: behind `remote:` where it was copied from a terminal, quoted in a mail, with spaces at the ends.
_BEFORE = re.compile(r"^(?:remote:|[>\s])*")
_BLOCK = re.compile(
    r"-----BEGIN LICHENG RECEIPT-----\n(licheng-receipt/v1\n(?:[a-z]+: [^\n]{1,300}\n){5,20})\n"
    r"((?:[A-Za-z0-9+/=]{1,200}\n){1,40})-----END LICHENG RECEIPT-----"
)
_MOST = 1 << 20


class ReceiptVerdict(StrEnum):
    """What came of it."""

    GENUINE = "genuine"
    OTHER_LOG = "other-log"  # the server signed it, and its log says something else there, or nothing
    OTHER_KEY = "other-key"  # none of the keys signed it


@dataclass(frozen=True)
class Kept:
    """A receipt as somebody kept it.

    Attributes:
        statement: the bytes that were signed.
        signature: SSHSIG in base64.
        facts: of the statement, by name.
    """

    statement: bytes
    signature: str
    facts: dict[str, str]


def read(data: bytes) -> Kept:
    """Find the receipt in a text.

    Raises:
        UsageError: APP169, there is none.
    """
    text = data[:_MOST].decode("utf-8", errors="replace").replace("\r", "")
    plain = "\n".join(_BEFORE.sub("", line).rstrip().replace("\x1b[K", "") for line in text.split("\n"))
    match = _BLOCK.search(plain)
    facts = dict(line.split(": ", 1) for line in match[1].splitlines()[1:]) if match is not None else {}
    if match is None or not facts.get("sequence", "").isdecimal() or not {"digest", "utc", "actor"} <= facts.keys():
        raise UsageError("APP169")
    return Kept(match[1].encode(), match[2].replace("\n", ""), facts)


def verify(kept: Kept, log: ReceiptLog, keys: Sequence[PublicKey]) -> ReceiptVerdict:
    """Hold a receipt against a log.

    Args:
        kept: the receipt.
        log: what is to be the log that gave it.
        keys: the server's public keys, as the asker knows them.

    Raises:
        LichengError: APP093, APP166, the log up to that line does not even hold by itself.
    """
    if not is_signed(kept.signature, kept.statement, tuple(keys)):
        return ReceiptVerdict.OTHER_KEY
    sequence = int(kept.facts["sequence"])
    entry = next((entry for entry in log.entries() if entry["sequence"] == sequence), None)
    return (
        ReceiptVerdict.GENUINE
        if entry is not None and digest(entry) == kept.facts["digest"]
        else ReceiptVerdict.OTHER_LOG
    )
