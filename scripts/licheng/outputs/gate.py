"""The gate's verdict: as text, as GitHub annotations, as JSON, and as the Markdown summary of a job."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from licheng.core.errors import ExitCode
from licheng.core.finding import Value
from licheng.core.verdict import Verdict
from licheng.outputs import github, shorten, text
from licheng.outputs import json as report_json
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import markdown, printable
from licheng.policy.permission import Among, DecidingRow, SeeingRow
from licheng.policy.rights import Right
from licheng.policy.second_person import grouped

VERSION = 1
_SHORT = 12


def render(verdict: Verdict, words: Catalog, *, colour: bool = False) -> str:
    """For a terminal, and for who pushes: findings, then the verdict and one next step for each person."""
    return text.render(verdict.report, words, colour=colour) + _ending(verdict, words)


def render_checked(verdict: Verdict, words: Catalog) -> str:
    """For who pushes, before git moves main: a change that passes has been checked, and is not yet merged."""
    return text.render(verdict.report, words) + _ending(verdict, words, "gate_checked")


def render_github(verdict: Verdict, words: Catalog) -> str:
    """Annotations at file and line, then the same ending."""
    return github.render(verdict.report, words) + _ending(verdict, words)


def _ending(verdict: Verdict, words: Catalog, passes: str = "gate_accepted") -> str:
    return "".join(f"{printable(line)}\n" for line in _lines(verdict, words, passes))


def _lines(verdict: Verdict, words: Catalog, passes: str = "gate_accepted") -> Iterator[str]:
    if verdict.inherited:
        yield words.word("gate_inherited", count=len(verdict.inherited))
    if verdict.glass:
        yield words.word("gate_glass", reason=verdict.glass)
    yield _outcome_line(verdict, words, passes)
    steps, more = shorten.steps(verdict.steps)
    for step in steps:
        yield words.word(f"step_{step.what}", who=step.who, count=step.count, command=step.command)
    for left in more:
        yield words.word("more_people", count=left.count, total=left.total)


def _outcome_line(verdict: Verdict, words: Catalog, passes: str = "gate_accepted") -> str:
    outcome = passes if verdict.exit_code is ExitCode.CLEAN else "gate_refused"
    return words.word(outcome, head=verdict.head[:_SHORT], base=verdict.base[:_SHORT], count=verdict.changes)


def render_json(verdict: Verdict, words: Catalog) -> str:
    """One versioned document; fields are added, never renamed or removed within a version."""
    document: dict[str, Any] = {
        "version": VERSION,
        "base": verdict.base,
        "head": verdict.head,
        "actor": verdict.actor,
        "accepted": verdict.exit_code is ExitCode.CLEAN,
        "glass": verdict.glass,
        "changes": verdict.changes,
        "things": dict(sorted(verdict.things.items())),
        "steps": [
            {"who": step.who, "what": step.what, "count": step.count, "command": step.command} for step in verdict.steps
        ],
        "inherited": len(verdict.inherited),
        "report": json.loads(report_json.render(verdict.report, words)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def render_summary(verdict: Verdict, words: Catalog) -> str:
    """Markdown for the summary of a job: nothing that a record says is markup, a link or a mention."""
    lines = [f"## {markdown(_outcome_line(verdict, words))}", ""]
    if verdict.report.findings:
        lines += [words.word("gate_table"), "|---|---|---|---|"]
        findings, more = shorten.findings(verdict.report.findings)
        for finding in findings:
            cells = (finding.code, str(finding.location), words.message(finding), words.hint(finding))
            lines.append("| " + " | ".join(markdown(printable(cell)) for cell in cells) + " |")
        lines.append("")
        lines += [f"- {words.word('more', code=left.code, count=left.count, total=left.total)}" for left in more]
    lines += [f"- {markdown(line)}" for line in _lines(verdict, words)]
    return "\n".join(lines) + "\n"


def granted(rights: Iterable[Right], words: Catalog) -> Iterator[str]:
    """What a second person grants by signing, in plain words: a line for each person or class of people and deed."""
    return _sentences("override_grants", rights, words)


def rights_of(who: str, rights: Iterable[Right], words: Catalog) -> Iterator[str]:
    """What somebody may do, likewise."""
    lines = list(_sentences("who_may_do", rights, words))
    return iter(lines or [words.word("who_may_nothing", who=who)])


def _sentences(word: str, rights: Iterable[Right], words: Catalog) -> Iterator[str]:
    for who, what, relation, over in grouped(frozenset(rights)):
        parts: dict[str, Value] = {"who": who, "over": over, "right": what, "relation": relation}
        shown = {name: words.value(name, part) for name, part in parts.items()}
        yield printable(words.word(word, **shown))


def answered(answer: DecidingRow, words: Catalog) -> list[str]:
    """Who may change a path, by which row, or why nobody may."""
    row = answer.row
    if row is None:
        return [words.word("who_may_nobody", path=answer.path, reason=words.label("denial", answer.reason))]
    may = words.word("separator").join(words.label("operation", operation) for operation in sorted(row.may))
    return [words.word("who_may", path=answer.path, row=row.id, may=may), *_among(answer.among, words)]


def seen(answer: SeeingRow, words: Catalog) -> list[str]:
    """Who sees a record on the platform, by which row, or why nobody does."""
    if answer.row is None:
        return [words.word("who_sees_nobody", path=answer.path, reason=words.label("denial", answer.reason))]
    return [words.word("who_sees", path=answer.path, row=answer.row), *_among(answer.among, words)]


def _among(groups: Iterable[Among], words: Catalog) -> Iterator[str]:
    for among in groups:
        yield words.word(f"who_may_{among.sort}", office=among.id, holders=", ".join(among.holders) or "-")
