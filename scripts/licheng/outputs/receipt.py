"""The receipt that a pusher keeps, mails or prints: what the server signed, as text between two lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.policy.receipts import statement

BEGIN, END = "-----BEGIN LICHENG RECEIPT-----", "-----END LICHENG RECEIPT-----"
_COLUMNS = 70


def render(entry: Mapping[str, Any], things: Mapping[str, str], words: Catalog) -> str:
    """That a push has landed, what was handed in with it, and the receipt.

    Args:
        entry: a line `landed` of the receipt log.
        things: path → SHA-256.
        words: in the language of whoever pushes.
    """
    received = entry.get("received_at", entry["at"])
    lines = [words.word("receipt_landed", head=entry["head"][:12])]
    lines.append(words.word("receipt_of", at=received, count=len(things)))
    lines += [f"  {printable(path)}  sha256:{digest}" for path, digest in sorted(things.items())]
    if "signature" in entry:
        lines.append(block(entry).rstrip("\n"))
    return "\n".join(lines) + "\n"


def block(entry: Mapping[str, Any]) -> str:
    """The statement and its signature, between a line that begins it and one that ends it."""
    signature = entry["signature"]
    rows = [signature[at : at + _COLUMNS] for at in range(0, len(signature), _COLUMNS)]
    lines = [BEGIN, *map(printable, statement(entry).decode().splitlines()), "", *rows, END]
    return "".join(f"{line}\n" for line in lines)
