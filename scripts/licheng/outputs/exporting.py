"""What `licheng export` says: how many rows, what is left out and why, and what the workbook does not say."""

from __future__ import annotations

from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.policy.exporting.roster import FilledRoster

_MOST = 20  # of what is left out, one a line; the self-check has all


def summary(filled: FilledRoster, name: str, record: str, words: Catalog) -> str:
    """The self-check in short: exported and left out make up all candidates."""
    left = [line for line in filled.lines if line.exclusion is not None]
    lines = [
        words.word("export_left", item=f"{line.student}/{line.name}", why=words.label("exclusion", line.exclusion))
        for line in left[:_MOST]
        if line.exclusion is not None
    ]
    if len(left) > _MOST:
        lines.append(words.word("export_more", count=len(left) - _MOST))
    for reason, count in sorted(filled.left_out.items()):
        lines.append(words.word("export_reason", why=words.label("exclusion", reason), count=count))
    for sheet, columns in filled.empty_columns.items():
        lines.append(words.word("export_empty", sheet=sheet, columns=words.word("separator").join(columns)))
    if filled.more_files:
        lines.append(words.word("export_more_files", count=filled.more_files))
    if not filled.asked.code:
        lines.append(words.word("export_no_code"))
    counts = {"rows": filled.rows, "left": len(left), "count": len(filled.lines), "files": len(filled.files)}
    lines.append(words.word("export_total", workbook=name, record=record, **counts))
    return "".join(printable(line) + "\n" for line in lines)
