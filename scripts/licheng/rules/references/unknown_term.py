"""A record stands in a term or school year that the school has no calendar of."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term


@rule("REF001", "unknown-term", reads=("term-calendar",))
def unknown_term(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The path names a term that is not in `content/calendar/` (肆.一)."""
    if record.kind in {"term-calendar", "rulebook"}:
        return
    named = record.identity.get("term")
    if named is not None:
        if not _exists(named, school):
            yield this.finding(record.at("kind"), term=named)
    elif (year := record.identity.get("year")) is not None and not (
        Term(int(year), 1) in school.calendars or Term(int(year), 2) in school.calendars
    ):
        yield this.finding(record.at("kind"), term=year)
    field = record.data.get("term")
    if isinstance(field, str) and not _exists(field, school):
        yield this.finding(record.at("term"), term=field)


def _exists(text: str, school: School) -> bool:
    try:
        return Term.parse(text) in school.calendars
    except ValueError:
        return False
