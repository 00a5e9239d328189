"""A report for a terminal: `path:line:column: severity CODE message`, then what to do, then a summary."""

from __future__ import annotations

from licheng.core.finding import Severity
from licheng.core.report import Report
from licheng.outputs import shorten
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable

_COLOURS = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.NOTICE: "\x1b[36m"}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def render(report: Report, words: Catalog, *, colour: bool = False) -> str:
    """The whole report; colours only where the caller knows that a person reads."""
    lines = []
    findings, more = shorten.findings(report.findings)
    for finding in findings:
        severity, code = words.word(finding.severity), finding.code
        place, message = printable(str(finding.location)), printable(words.message(finding))
        if colour:
            place, code = f"{_BOLD}{place}{_RESET}", f"{code}{_RESET}"
            severity = f"{_COLOURS[finding.severity]}{severity}"
        lines.append(f"{place}: {severity} {code} {message}")
        lines.append(f"    {words.word('hint')}{printable(words.hint(finding))}")
        related = finding.related
        lines += [f"    {words.word('related')}{printable(str(place))}" for place in related[: shorten.MOST]]
        if len(related) > shorten.MOST:
            lines.append(f"    {words.word('more_related', count=len(related) - shorten.MOST)}")
    lines += [words.word("more", code=left.code, count=left.count, total=left.total) for left in more]
    # One line for all rules that were skipped for one reason at the same places.
    grouped: dict[tuple[str, str, int], list[str]] = {}
    for skip in report.skips:
        grouped.setdefault((skip.reason, skip.example, skip.count), []).append(skip.code)
    for (reason, example, count), codes in grouped.items():
        where = f"{words.word('times', count=count)}; {words.word('example', path=printable(example))}"
        lines.append(f"{words.word('skipped')} {', '.join(codes)}: {words.skip(reason)} ({where})")
    counts = {f"{severity}s": report.count(severity) for severity in Severity}
    summary = words.word("summary", records=report.records, files=report.checked, **counts)
    lines.append(summary if report.count(Severity.ERROR) else f"{summary} {words.word('clean')}")
    return "\n".join(lines) + "\n"
