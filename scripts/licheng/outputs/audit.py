"""An audit as a table for a terminal and as a versioned JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence

from licheng.core.dates import TAIPEI
from licheng.outputs.catalog import Catalog
from licheng.outputs.columns import columns
from licheng.outputs.escape import printable
from licheng.policy.audit import Deed

VERSION = 1
_SHORT = 12


def render(deeds: Sequence[Deed], receipts: bool, words: Catalog) -> str:
    """One line for each deed: when (Asia/Taipei), who, what, path, how it is known."""
    rows = [tuple(words.word(f"audit_{name}") for name in ("when", "who", "what", "path", "proof"))]
    for deed in deeds:
        when = deed.at.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M:%S")
        who = deed.who or words.word("audit_claims", who=deed.claims)
        receipt = f"#{deed.receipt}" if deed.receipt else ""
        proofs = (words.label("proof", deed.proof), receipt, deed.commit[:_SHORT], deed.detail)
        cells = (when, who, words.label("deed", deed.what), deed.path, " ".join(filter(None, proofs)))
        rows.append(tuple(map(printable, cells)))
    lines = [*columns(rows, left=5), "", words.word("audit_end", count=len(deeds))]
    if not receipts:
        lines.append(words.word("audit_without_log"))
    return "".join(f"{line}\n" for line in lines)


def render_json(deeds: Sequence[Deed], paths: Sequence[str], receipts: bool) -> str:
    """One document; fields are added, never renamed or removed within a version."""
    document = {
        "version": VERSION,
        "paths": list(paths),
        "receipts": receipts,
        "deeds": [
            {
                "at": deed.at.astimezone(TAIPEI).isoformat(),
                "what": deed.what,
                "path": deed.path,
                "who": deed.who or None,
                "claims": deed.claims or None,
                "proof": deed.proof,
                "commit": deed.commit or None,
                "receipt": deed.receipt or None,
                "detail": deed.detail or None,
            }
            for deed in deeds
        ],
    }
    # An odd byte of a path stays an escape, so that the document is always valid UTF-8.
    return json.dumps(document, indent=2).replace("\\/", "/") + "\n"
