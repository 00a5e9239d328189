"""Front matter that several sections share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# One of many pages of a kind: found by its own name, but never before a guide that speaks of the same.
BULK: Mapping[str, Any] = {"search": {"boost": 0.0005}}
