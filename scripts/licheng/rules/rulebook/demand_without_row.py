"""A rulebook asks for notices or signatures, and no row of the duties answers for them."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.notices import asked
from licheng.policy.signatures import wanted

# By section of the rulebook: the kind of record that shows it, and what the row expects.
_SHOWN = {"notices_per_term": ("notice", "as-often-as-asked"), "signatures": ("signature", "what-was-selected")}


@rule("RBK014", "demand-without-row", scope="school", kinds=("duties",), reads=("rulebook",))
def demand_without_row(this: Rule, school: School) -> Iterator[Finding]:
    """What is asked for has an owner and a day in `content/school/duties.yaml`, or nobody is told in time (伍.五)."""
    book, duties = school.rulebooks.on(school.today), school.one("duties")
    if book is None or duties is None:
        return
    demanded = {"notices_per_term": asked(book), "signatures": wanted(book)}
    for section, demand in demanded.items():
        kind, expects = _SHOWN[section]
        answered = any(kind in row["records"] and row["expects"] == expects for row in duties.data["duties"])
        if demand is not None and not answered:
            related = (book.record.at(section),)
            yield this.finding(duties.at_key("duties"), section=section, record=kind, expects=expects, related=related)
