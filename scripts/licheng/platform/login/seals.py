"""What a browser keeps for us between two pages, signed: it can be read by its owner, and changed by nobody."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from licheng.platform.sessions import secret_in


class Seals:
    """Seals and opens.

    Args:
        file: of the secret, made where there is none.
    """

    def __init__(self, file: Path) -> None:
        self._key = secret_in(file)

    def seal(self, purpose: str, values: dict[str, str], now: datetime) -> str:
        """Values, for one purpose, as of a moment."""
        text: str | bytes = self._serializer(purpose).dumps({**values, "at": int(now.timestamp())})
        return text if isinstance(text, str) else text.decode()

    def open(self, purpose: str, text: str, now: datetime, lasts: timedelta) -> dict[str, str] | None:
        """The values; None of what we did not seal for that purpose, or too long ago."""
        try:
            values: dict[str, Any] = self._serializer(purpose).loads(text)
        except BadData:
            return None
        age = now.timestamp() - values.pop("at")
        return values if -1 < age < lasts.total_seconds() else None

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        return URLSafeSerializer(self._key, salt=f"licheng {purpose}/v1", signer_kwargs=options)
