"""A duty of the regulation's table has no row in the school's duties."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("RBK005", "duty-without-row", scope="school", kinds=("duties",), reads=("rulebook",))
def duty_without_row(this: Rule, school: School) -> Iterator[Finding]:
    """Every row of 伍.五 has its recorder, its responsible office and its checker in `content/school/duties.yaml`."""
    book, duties = school.rulebooks.on(school.today), school.one("duties")
    if book is None or duties is None:
        return
    rows = {row["id"] for row in duties.data["duties"]}
    for index, duty in enumerate(book.record.data["duties"]):
        if duty["id"] not in rows:
            related = (book.record.at("duties", index),)
            yield this.finding(duties.at_key("duties"), duty=duty["id"], item=duty["item"], related=related)
