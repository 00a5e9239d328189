"""Lists: many payloads signed at once, by one signature over their digests.

A list is a text file, one SHA-256 of a payload in hex a line, sorted, each once, at most 100. It names digests only, so
that a list given away with one payload tells nothing of the others, and stock tools check it: `ssh-keygen -Y verify …
< list`, and `grep -x "$(sha256sum < payload | cut -d' ' -f1)" list`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from licheng.signing.refusal import Reason

MOST = 100  # whoever signs has looked at each
_LIST = re.compile(rb"(?:[0-9a-f]{64}\n){1,%d}" % MOST)


def encode(digests: Iterable[str]) -> bytes:
    """The list of some digests.

    Args:
        digests: SHA-256 in hex.

    Raises:
        ValueError: there is none, there are too many, or one is no digest.
    """
    lines = sorted(set(digests))
    data = "".join(f"{line}\n" for line in lines).encode()
    if _LIST.fullmatch(data) is None or data.count(b"\n") != len(lines):
        raise ValueError("no list")
    return data


def fault(data: bytes, digest: str) -> Reason | None:
    """Why bytes are no list that names a digest, or None."""
    if _LIST.fullmatch(data) is None:
        return Reason.BAD_LIST
    lines = data.decode("ascii").splitlines()
    if lines != sorted(set(lines)):
        return Reason.BAD_LIST
    return None if digest in lines else Reason.NOT_LISTED
