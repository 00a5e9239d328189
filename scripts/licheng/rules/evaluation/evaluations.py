"""Evaluations that are missing, by somebody else, too early, or released before they were made."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding, Severity
from licheng.core.record import TO_FILL, Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term


@rule(
    "EVA001",
    "no-evaluation",
    scope="school",
    kinds=("evaluation", "term-calendar"),
    reads=("rulebook",),
    severity=Severity.NOTICE,
)
def no_evaluation(this: Rule, school: School) -> Iterator[Finding]:
    """柒 lets the secretary evaluate (得) in the second term; a year without is told, it is no error."""
    made = {record.year for record in school.of("evaluation")}
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None or calendar.term.half != book.record.data["evaluation"]["term"]:
            continue
        if school.today > calendar.ends and calendar.term.year not in made:
            yield this.finding(calendar.record.at("ends"), year=calendar.term.year)


@rule("EVA002", "not-by-secretary", kinds=("evaluation",), reads=("rulebook",))
def not_by_secretary(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The executive secretary evaluates (柒, 伍.二)."""
    book = school.rulebooks.for_year(int(record.identity["year"]))
    wanted = book.record.data["evaluation"]["by"] if book is not None else record.data["by"]
    if record.data["by"] != wanted:
        yield this.finding(record.at("by"), found=record.data["by"], wanted=wanted)


@rule("EVA003", "before-second-term", kinds=("evaluation",), reads=("rulebook", "term-calendar"))
def before_second_term(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """An evaluation is of the second term of its school year (柒: 每學年下學期), so not made before it begins."""
    year = int(record.identity["year"])
    book = school.rulebooks.for_year(year)
    if book is None:
        return
    term = Term(year, book.record.data["evaluation"]["term"])
    calendar = school.calendars.get(term)
    first = calendar.starts if calendar is not None else term.first_day
    if day(record.data["on"]) < first:
        yield this.finding(record.at("on"), on=record.data["on"], first=first.isoformat())


@rule("EVA004", "released-out-of-time", kinds=("evaluation",))
def released_out_of_time(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """What the secretary releases (柒) was made before, and is not released ahead of today."""
    if "released" in record.data:
        released = day(record.data["released"])
        if not day(record.data["on"]) <= released <= school.today:
            yield this.finding(record.at("released"), released=record.data["released"], on=record.data["on"])


@rule("EVA005", "released-unfinished", kinds=("evaluation",))
def released_unfinished(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """What is released says something (柒): a draft still holds 待填 where the secretary's words go."""
    if "released" in record.data and (TO_FILL in record.data["summary"] or TO_FILL in record.body):
        yield this.finding(record.at("released"), released=record.data["released"])
