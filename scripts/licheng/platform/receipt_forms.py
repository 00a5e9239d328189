"""The school's side of a receipt in forms: whom there is to tell, whose paper to take in, which problem to answer.

Each is only ever added (decision 0023), and is about a receipt that has come: a form offers those, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.core.languages import LANGUAGES
from licheng.core.layout import EACH
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.outputs.naming import plain
from licheng.outputs.words import words
from licheng.platform.forms.model import Option, bilingual
from licheng.platform.rendering import say
from licheng.policy.receiving.confirming import SETTLED, standings
from licheng.policy.receiving.versions import export_of, id_of, latest

NOTICE, SHEET, ANSWER = "receipt-notice", "receipt-sheet", "receipt-answer"
KINDS = (NOTICE, SHEET, ANSWER)
Offered = Mapping[tuple[str, ...], tuple[Option, ...]]


def offered(kind: str, year: int, student: Student | None, school: School) -> Offered:
    """What there is to choose from in a form of a school year, by the keys to the field."""
    if kind == ANSWER:
        exports = (export for export in school.of("roster-export") if export.year == year)
        return {
            ("confirmation",): tuple(
                Option(report.slug, {each[:2]: reported(report, each) for each in LANGUAGES})
                for report in unsettled(student)
                if report.year == year
            ),
            ("export",): tuple(Option(export.slug, bilingual(export.slug)) for export in exports),
        }
    receipts = [receipt for receipt in _receipts(kind, student, school) if id_of(receipt).year == year]
    classes = dict.fromkeys(entry["class"] for receipt in receipts for entry in receipt.data["classes"])
    return {
        ("receipt",): tuple(received(receipt, school) for receipt in receipts),
        ("to", "classes", EACH): tuple(Option(name, bilingual(name)) for name in sorted(classes) if name != "away"),
    }


def years(kind: str, student: Student | None, school: School) -> tuple[str, ...]:
    """The school years in which there is something to write, the latest first."""
    if kind == ANSWER:
        of_each = {report.year for report in unsettled(student)}
    else:
        of_each = {id_of(receipt).year for receipt in _receipts(kind, student, school)}
    return tuple(str(year) for year in sorted(filter(None, of_each), reverse=True))


def begun(kind: str, account: str, choices: Offered, school: School) -> dict[str, Any]:
    """What a new record says before anybody types: who and when; which, where there is only one."""
    name = "confirmation" if kind == ANSWER else "receipt"
    options = choices.get((name,), ())
    return {**({name: options[0].value} if len(options) == 1 else {}), "on": school.today.isoformat(), "by": account}


def _receipts(kind: str, student: Student | None, school: School) -> Iterator[Record]:
    """Those of whom there is somebody to tell, or who has not confirmed yet."""
    if kind == NOTICE:
        yield from latest(school)
    elif student is not None:
        yield from (each.receipt for each in standings(student, school) if each.state not in SETTLED)


def unsettled(student: Student | None) -> Iterator[Record]:
    """Reports of a student without an answer, or with one that promises another."""
    if student is None:
        return
    settled = {
        (answer.year, answer.data["confirmation"])
        for answer in student.of(ANSWER)
        if answer.data["outcome"] != "to-correct"
    }
    for report in student.of("receipt-confirmation"):
        if report.data["answer"] == "problem" and (report.year, report.slug) not in settled:
            yield report


def received(receipt: Record, school: School) -> Option:
    """A receipt as it is chosen: by its roster and the day on which it came."""
    export, which = export_of(receipt, school), id_of(receipt)
    roster = export.data["roster"] if export is not None else which.slug
    came = receipt.data["received_on"]
    names = {each[:2]: plain(words(each).label("rosters", roster)) for each in LANGUAGES}
    return Option(str(which), {short: f"{name} · {came}" for short, name in names.items()})


def reported(report: Record, language: str) -> str:
    """A report by its day and what it says is wrong."""
    lines = (
        " ".join((each.get("item", ""), say(language, f"receipts_fault_{each['fault']}"), each.get("about", "")))
        for each in report.data["problems"]
    )
    return f"{report.data['on']} · {say(language, 'receipts_and').join(map(str.strip, lines))}"
