"""A report as GitHub workflow commands: annotations at file and line, escaped."""

from __future__ import annotations

from licheng.core.report import Report
from licheng.outputs import shorten
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import github, github_property
from licheng.outputs.text import render as render_text


def render(report: Report, words: Catalog) -> str:
    """One command a finding, then the summary as text."""
    findings, more = shorten.findings(report.findings)
    commands = []
    for finding in findings:
        where = finding.location
        title = f"{finding.code} {words.entry(finding.code)['title']}"
        properties = {"file": where.path, "line": str(where.line), "col": str(where.column), "title": title}
        shown = ",".join(f"{name}={github_property(value)}" for name, value in properties.items())
        body = f"{words.message(finding)}\n{words.hint(finding)}".split("\n")
        commands.append(f"::{finding.severity} {shown}::{'%0A'.join(map(github, body))}\n")
    commands += [f"{words.word('more', code=left.code, count=left.count, total=left.total)}\n" for left in more]
    rest = render_text(Report.of((), report.skips, report.ran, checked=report.checked, records=report.records), words)
    if commands:
        rest = "".join(line + "\n" for line in rest.splitlines()[:-1])
    return "".join(commands) + rest
