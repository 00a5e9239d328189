"""A submission corrects one that is not there, is another roster's, is corrected already, or corrects this one."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.submissions import corrected_by, is_of_same


@rule("REF023", "correction-of-nothing", scope="school", kinds=("agency-submission",))
def correction_of_nothing(this: Rule, school: School) -> Iterator[Finding]:
    """A wrong number is corrected by a later record, and what was sent stays to be seen (肆.三).

    One correction a record: a second one corrects the first, so that it is plain which number counts.
    """
    known = {(record.year, record.slug): record for record in school.of("agency-submission")}
    corrected: set[tuple[int | None, str]] = set()
    for record in school.of("agency-submission"):
        if "corrects" not in record.data:
            continue
        key = (record.year, record.data["corrects"])
        wrong = known.get(key)
        circle = record in corrected_by(record, school)  # it would correct itself, and no number would count
        if wrong is None or circle or not is_of_same(record, wrong) or key in corrected:
            yield this.finding(record.at("corrects"), corrects=record.data["corrects"], case="circle" if circle else "")
        corrected.add(key)
