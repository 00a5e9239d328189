"""What a rulebook would change, for a terminal or for machines: findings gone and new, record by record."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby

from licheng.core.report import LocatedFinding
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.outputs.json import finding as finding_as_json

VERSION = 1


def render(
    rulebook: str, judged_on: str, gone: Iterable[LocatedFinding], new: Iterable[LocatedFinding], words: Catalog
) -> str:
    """A head, then `-` for what would be gone and `+` for what would come, under its record."""
    marked = [("-", finding) for finding in gone] + [("+", finding) for finding in new]
    marked.sort(key=lambda pair: (pair[1].location.path, pair[1].location, pair[0], pair[1].code))
    counts = {"gone": sum(mark == "-" for mark, _ in marked), "new": sum(mark == "+" for mark, _ in marked)}
    lines = [words.word("simulated", rulebook=printable(rulebook), on=judged_on, **counts)]
    for path, findings in groupby(marked, key=lambda pair: pair[1].location.path):
        lines.append(printable(path))
        for mark, finding in findings:
            where = f"{finding.location.line}:{finding.location.column}"
            message = printable(words.message(finding))
            lines.append(f"  {mark} {where} {words.word(finding.severity)} {finding.code} {message}")
    return "".join(f"{line}\n" for line in lines)


def render_json(
    rulebook: str, judged_on: str, gone: Iterable[LocatedFinding], new: Iterable[LocatedFinding], words: Catalog
) -> str:
    """The same as one JSON document; fields are added, never renamed or removed within a version."""
    document = {
        "version": VERSION,
        "language": words.language,
        "rulebook": rulebook,
        "judged_on": judged_on,
        "gone": [finding_as_json(finding, words) for finding in gone],
        "new": [finding_as_json(finding, words) for finding in new],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
