"""JSON that somebody else has written, read strictly."""

from __future__ import annotations

import json
from typing import Any


def read_json(data: bytes) -> Any:
    """The value of a text in UTF-8, with a byte order mark or without.

    Raises:
        ValueError: it is none, has NaN or an infinity, or names something twice, as nobody could say which counts.
        RecursionError: it is too deep.
    """
    # NaN and the infinities are no `int`: a ValueError.
    return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=int)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands twice")
    return value
