"""The sight table names a kind of record twice, or one that is of no student."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.sight import OF_STUDENTS, rows, rows_of


@rule("REF038", "ambiguous-sight", scope="school", kinds=("duties",))
def ambiguous_sight(this: Rule, school: School) -> Iterator[Finding]:
    """A kind of which two rows speak is seen by nobody; who sees what must be read off one row (伍.五)."""
    duties = school.one("duties")
    if duties is None:
        return
    for row in rows(school):
        for number, kind in enumerate(duties.data["sight"][row.index]["records"]):
            place = duties.at("sight", row.index, "records", number)
            if kind not in OF_STUDENTS:
                yield this.finding(place, record=kind, case="of-no-student")
            elif rows_of(kind, school)[0] != row:
                yield this.finding(place, record=kind, rows=tuple(each.id for each in rows_of(kind, school)))
