"""A report as JSON: versioned; fields are added, never renamed or removed within a version."""

from __future__ import annotations

import json
from typing import Any

from licheng.core.finding import Severity
from licheng.core.location import Location
from licheng.core.report import LocatedFinding, Report
from licheng.outputs import shorten
from licheng.outputs.catalog import Catalog

VERSION = 1


def render(report: Report, words: Catalog) -> str:
    """The report as one JSON document: of each code the first findings, and under `more` how many are left out."""
    findings, more = shorten.findings(report.findings, shorten.MOST_OF_PROGRAMS)
    document = {
        "version": VERSION,
        "language": words.language,
        "summary": {
            "records": report.records,
            "files": report.checked,
            **{severity.value: report.count(severity) for severity in Severity},
        },
        "findings": [finding(located, words) for located in findings],
        "more": [{"code": left.code, "count": left.count, "total": left.total} for left in more],
        "skips": [
            {
                "code": skip.code,
                "reason": skip.reason,
                "message": words.skip(skip.reason),
                "count": skip.count,
                "example": skip.example,
            }
            for skip in report.skips
        ],
        "ran": dict(report.ran),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def finding(located: LocatedFinding, words: Catalog) -> dict[str, Any]:
    """One finding as JSON."""
    return {
        "code": located.code,
        "severity": located.severity.value,
        **_location(located.location),
        "message": words.message(located),
        "hint": words.hint(located),
        "values": dict(located.values),
        "related": [_location(related) for related in located.related[: shorten.MOST]],
        "more_related": max(0, len(located.related) - shorten.MOST),
    }


def _location(location: Location) -> dict[str, Any]:
    return {"path": location.path, "line": location.line, "column": location.column}
