"""Codes for a terminal: one explained, or all in a table."""

from __future__ import annotations

import json
from collections.abc import Iterable

from licheng.core.finding import Code
from licheng.outputs.catalog import Catalog


def explain(code: Code, words: Catalog) -> str:
    """Title, severity, message, why and how to fix."""
    entry = words.entry(code.code)
    head = f"{code.code} {code.name}: {entry['title']}"
    severity = f"{words.word(code.severity)}: {entry['severity']}"
    return "\n\n".join((head, severity, entry["message"], entry["why"], entry["fix"])) + "\n"


def explain_error(code: str, words: Catalog) -> str:
    """The tool's own trouble: what happened, and what to do."""
    entry = words.data["errors"][code]
    return f"{code}\n\n{entry['message']}\n\n{entry['hint']}\n"


def listing(codes: Iterable[Code], words: Catalog) -> str:
    """One line a code: severity, title, why it weighs that much."""
    rows = ((code, words.entry(code.code)) for code in codes)
    return "".join(f"{code.code}  {code.severity:<7}  {entry['title']} ({entry['severity']})\n" for code, entry in rows)


def listing_json(codes: Iterable[Code], words: Catalog) -> str:
    """The same for machines."""
    rows = [
        {"code": code.code, "name": code.name, "severity": code.severity, **words.entry(code.code)} for code in codes
    ]
    return json.dumps({"version": 1, "codes": rows}, ensure_ascii=False, indent=2) + "\n"
