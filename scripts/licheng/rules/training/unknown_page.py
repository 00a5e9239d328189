"""A training's handout that is no page of the handbook."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import handouts, pages_of


@rule("TRN009", "unknown-page", scope="school", kinds=("training",), severity=Severity.WARNING)
def unknown_page(this: Rule, school: School) -> Iterator[Finding]:
    """A handbook is written page by page, and a school may keep none; a page taken away is refused (HBK006)."""
    pages = pages_of(school)
    for record, index, page in handouts(school):
        if pages and page not in pages:
            yield this.finding(record.at("materials", index, "page"), page=page)
