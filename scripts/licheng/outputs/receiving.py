"""What `licheng receipt` says: every difference by pseudonym, how many of which kind, and the sum."""

from __future__ import annotations

from collections import Counter

from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.policy.receiving.comparison import Comparison

_MOST = 20  # one a line; the record has all


def summary(comparison: Comparison, version: int, record: str, words: Catalog) -> str:
    """Differences, their kinds and the counts; nothing of it says who anybody is."""
    lines = list[str]()
    for each in comparison.differences[:_MOST]:
        where = "/".join(filter(None, (each.student or "?", each.item or each.sheet)))
        why = words.label("receipt_fault", each.fault)
        if each.columns:
            why = words.word("receipt_columns", why=why, columns=words.word("separator").join(each.columns))
        name = "receipt_difference" if each.row == 0 else "receipt_difference_at"
        lines.append(words.word(name, where=where, why=why, sheet=each.sheet, row=each.row))
    if len(comparison.differences) > _MOST:
        lines.append(words.word("receipt_more", count=len(comparison.differences) - _MOST))
    for fault, count in sorted(Counter(difference.fault for difference in comparison.differences).items()):
        lines.append(words.word("receipt_fault", why=words.label("receipt_fault", fault), count=count))
    counts = {"sent": comparison.sent, "received": comparison.received, "same": comparison.same}
    lines.append(words.word("receipt_total", version=version, record=record, **counts))
    return "".join(printable(line) + "\n" for line in lines)
