"""A picture that goes with a sound or film: one whole JPEG or PNG with nothing behind it, judged as files are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from licheng.core.inspection import TRAILING, Flaw
from licheng.sources.inspection import jpeg, png

_SIGNATURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n")
# What stands before it in a tag: type, kind, a few words or a file's name.
_MOST_WORDS = 512
_UNKNOWN = Flaw(TRAILING, "unknown-part")


def has_picture(payload: bytes) -> bool:
    """Whether a JPEG or PNG begins somewhere in it."""
    return _SIGNATURE.search(payload) is not None


def flaws(payload: bytes) -> Iterator[Flaw]:
    """Everything wrong with a cover; one that nobody can show, or to its end, is a part that nobody knows.

    Args:
        payload: the picture, perhaps behind the words of its tag.
    """
    start = _SIGNATURE.search(payload, 0, _MOST_WORDS)
    if start is None:
        if payload.strip(b"\0"):
            yield _UNKNOWN
        return
    picture = payload[start.start() :]
    try:
        yield from (jpeg if picture.startswith(b"\xff") else png).flaws(picture)
    except MemoryError:
        raise
    except Exception:  # whichever way it is broken: cleaning takes the cover out, the sound or film is whole
        yield _UNKNOWN
