"""What students came to, as text and back: one student's, or several students' whose findings are read when needed.

Of several students' findings those below a folder of students are packs: sorted, counted, and not even decoded where
they only have to be counted. Everything else is a part of the result.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from licheng.app.shards.judge import Judged
from licheng.core.finding import Severity, Value
from licheng.core.layout import CERTIFICATIONS, STUDENTS
from licheng.core.location import Location
from licheng.core.report import FindingsPack, LocatedFinding, sorted_once
from licheng.core.student import Commitment, FileUse


def encoded(judged: Judged) -> str:
    """One result, all in one line."""
    shown = [[digest.hex(), *rest] for digest, *rest in judged.compared]
    skips = [(*of, *example) for of, example in judged.skips.items()]
    counts = judged.checked, judged.records, judged.students
    return json.dumps([_encoded(judged.findings), skips, judged.ran, shown, *counts])


def decoded(text: str) -> Judged:
    """As `encoded`."""
    findings, skips, ran, shown, checked, records, students = json.loads(text)
    judged = Judged(findings=_decoded(findings), checked=checked, records=records, students=students)
    judged.skips = {(code, reason): (path, count) for code, reason, path, count in skips}
    judged.ran.update(ran)
    judged.compared = [
        FileUse(bytes.fromhex(digest), path, *rest) if rest else Commitment(bytes.fromhex(digest), path)
        for digest, path, *rest in shown
    ]
    return judged


def together(judged: Judged) -> str:
    """Several results added up: a line of the rest, then two of each pack, what is known of it and its findings."""
    packs = {f"{top}/": list[LocatedFinding]() for top in (CERTIFICATIONS, STUDENTS)}
    rest: list[LocatedFinding] = []
    for finding in judged.findings:
        path = finding.location.path
        next((packs[top] for top in packs if path.startswith(top)), rest).append(finding)
    lines = [encoded(replace(judged, findings=rest))]
    for findings in map(sorted_once, filter(None, packs.values())):
        first, last, counts, _ = FindingsPack.of(findings)
        lines += [json.dumps([first, last, [(*of, count) for of, count in counts.items()]])]
        lines += [json.dumps(_encoded(findings))]
    return "\n".join(lines)


def apart(text: str) -> Judged:
    """As `together`."""
    line, *lines = text.split("\n")
    judged = decoded(line)
    for known, findings in zip(lines[::2], lines[1::2], strict=True):
        first, last, counted = json.loads(known)
        counts = {(code, Severity(severity)): count for code, severity, count in counted}
        judged.packs.append(FindingsPack(first, last, counts, partial(_loaded, findings)))
    return judged


def _loaded(text: str) -> list[LocatedFinding]:
    return _decoded(json.loads(text))


def _encoded(findings: Iterable[LocatedFinding]) -> list[tuple[object, ...]]:
    return [(finding.location, finding.code, finding.severity, finding.values, finding.related) for finding in findings]


def _decoded(rows: Iterable[Any]) -> list[LocatedFinding]:
    findings = []
    for location, code, severity, values, related in rows:
        restored: dict[str, Value] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        places = tuple(Location(*place) for place in related)
        findings.append(LocatedFinding(Location(*location), code, Severity(severity), restored, places))
    return findings
