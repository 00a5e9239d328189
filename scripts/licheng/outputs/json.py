"""A report as JSON: versioned; fields are added, never renamed or removed within a version."""

from __future__ import annotations

import json
from typing import Any

from licheng.core.finding import Severity
from licheng.core.location import Location
from licheng.core.report import LocatedFinding, Report
from licheng.outputs.catalog import Catalog

VERSION = 1


def render(report: Report, words: Catalog) -> str:
    """The whole report as one JSON document."""
    document = {
        "version": VERSION,
        "language": words.language,
        "summary": {
            "records": report.records,
            "files": report.checked,
            **{severity.value: report.count(severity) for severity in Severity},
        },
        "findings": [_finding(finding, words) for finding in report.findings],
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


def _finding(finding: LocatedFinding, words: Catalog) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        **_location(finding.location),
        "message": words.message(finding),
        "hint": words.hint(finding),
        "values": dict(finding.values),
        "related": [_location(related) for related in finding.related],
    }


def _location(location: Location) -> dict[str, Any]:
    return {"path": location.path, "line": location.line, "column": location.column}
