"""What was done to whose way of signing in, by whom: append-only, chained as the receipt log is, and no name in it."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from licheng.core.dates import instant, written
from licheng.policy.receipts import canonical
from licheng.storage.chain import Chain

_MOST_BYTES = 1 << 10  # of a line: four short fields
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class AccountAction(StrEnum):
    """What can be done to somebody's way of signing in."""

    INVITE = "invite"  # a new code, which ends earlier ones
    UNINVITE = "uninvite"  # codes that were not used yet
    REMOVE_PASSKEYS = "remove-passkeys"  # and what was not used yet, and every session
    SIGN_OUT = "sign-out"  # everywhere


class AccountOperation(NamedTuple):
    """One thing that was done.

    Attributes:
        who: the account that did it.
        whose: the account that it was done to.
        at: UTC, in whole seconds.
    """

    who: str
    action: AccountAction
    whose: str
    at: datetime


class OperationsLog:
    """The log in a folder of the platform's state."""

    def __init__(self, folder: Path) -> None:
        self._chain = Chain(folder / "operations.jsonl", _read, _MOST_BYTES, "APP385", "APP386")

    def record(self, operations: Iterable[AccountOperation]) -> None:
        """Write down what will be done; it is on the disk before this returns, and only then may it be done.

        Raises:
            LichengError: APP385, the log was tampered with; APP386, it cannot be written.
            ValueError: an account's id is none.
        """
        for operation in operations:
            with self._chain.alone() as writer:
                chained = {"sequence": writer.link.sequence + 1, "previous": writer.link.digest}
                line = canonical({**operation._asdict(), **chained, "at": written(operation.at)})
                if _read(line) is None:
                    raise ValueError(operation)
                writer.write(line)

    def last(self, most: int) -> tuple[AccountOperation, ...]:
        """The last so many, the newest first; all of the log is verified.

        Raises:
            LichengError: APP385.
        """
        newest = deque((entry for _, entry in self._chain.entries()), maxlen=most)
        return tuple(
            AccountOperation(entry["who"], AccountAction(entry["action"]), entry["whose"], instant(entry["at"]))
            for entry in reversed(newest)
        )


def _read(line: bytes) -> dict[str, Any] | None:
    """The entry of a line, None where the bytes are none: only what this log writes is read."""
    try:
        entry = json.loads(line)
        AccountAction(entry["action"])
        instant(entry["at"])
        accounts = all(_ACCOUNT.fullmatch(entry[name]) for name in ("who", "whose"))
        is_whole = entry.keys() == {*AccountOperation._fields, "sequence", "previous"} and canonical(entry) == line
        is_chained = type(entry["sequence"]) is int and _DIGEST.fullmatch(entry["previous"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return entry if accounts and is_whole and is_chained else None
