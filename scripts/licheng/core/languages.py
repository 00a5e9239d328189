"""The languages in which people are spoken to, the first of them by default."""

from __future__ import annotations

LANGUAGES = ("zh-TW", "en")
