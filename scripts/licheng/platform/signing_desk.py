"""What waits for a signature of the signing page: kept for an hour in the platform's state, for whose it is alone."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from licheng.core.dates import instant
from licheng.core.errors import UsageError
from licheng.storage.files import temporaries, temporary

ANSWER_BYTES = 64 * 1024
VALID_FOR = timedelta(hours=1)
# Of one account; a change with its attachments is some megabytes.
MOST_WAITING = 60
MOST_BYTES = 256 << 20
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def drawn_id() -> str:
    """A new id, which the signing page says again in its answer."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class SigningDesk:
    """JSON objects in a folder, each with `made`: the machine's clock when it was put there, UTC."""

    folder: Path

    def put(self, account: str, name: str, value: Mapping[str, Any]) -> None:
        """Keep what somebody is to sign; what is older than an hour, whoever's, goes.

        Args:
            account: whose it is.
            name: of `drawn_id`.
            value: with `made`, written as an instant.

        Raises:
            UsageError: APP397, as much of theirs waits as one account may have.
        """
        path, data = self._path(account, name), json.dumps(value).encode()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for waiting in self.folder.glob("*/*.json"):
            for left in temporaries(waiting):
                left.unlink(missing_ok=True)
            if self.get(waiting.parent.name, waiting.stem, instant(value["made"])) is None:
                waiting.unlink(missing_ok=True)
        sizes = [waiting.stat().st_size for waiting in path.parent.glob("*.json")]
        if len(sizes) >= MOST_WAITING or sum(sizes) + len(data) > MOST_BYTES:
            raise UsageError("APP397", most=MOST_WAITING, megabytes=MOST_BYTES >> 20)
        temporary(path, data, 0o600).replace(path)

    def get(self, account: str, name: str, now: datetime) -> dict[str, Any] | None:
        """What somebody has put here within the last hour; None of anything else, be it another's."""
        if _ID.fullmatch(name) is None:
            return None
        try:
            value: dict[str, Any] = json.loads(self._path(account, name).read_bytes())
            return value if now - instant(value["made"]) < VALID_FOR else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _path(self, account: str, name: str) -> Path:
        return self.folder / account / f"{name}.json"


def answered(answer: bytes, name: str, job: str) -> dict[str, Any]:
    """The answer of the signing page, which has a text as its `signature`.

    Args:
        answer: JSON, as the page gave it.
        name: the id of what was asked.
        job: that was asked.

    Raises:
        UsageError: APP373, it is no answer to this.
    """
    try:
        value = json.loads(answer.decode()) if len(answer) <= ANSWER_BYTES else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or (value.get("id"), value.get("job")) != (name, job):
        raise UsageError("APP373")
    texts = [value.get("signature"), value.get("list", "")]
    try:
        if all(isinstance(text, str) and text.encode() is not None for text in texts):
            return value
    except UnicodeEncodeError:  # half a character
        pass
    raise UsageError("APP373")
