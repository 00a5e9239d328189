"""A rulebook is in force that no 校務會議 passed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("RBK004", "rulebook-not-passed", scope="school", kinds=("rulebook",), reads=("assembly",))
def rulebook_not_passed(this: Rule, school: School) -> Iterator[Finding]:
    """The regulation takes force after the school assembly passed it; so does its amendment (捌)."""
    passed = {
        (resolution["rulebook"], meeting.identity["date"])
        for meeting in school.of("assembly")
        for resolution in meeting.data["resolutions"]
        if resolution["passed"] is True and "rulebook" in resolution
    }
    for book in school.rulebooks.versions:
        on, force = book.record.data["passed"]["on"], book.in_force_from.isoformat()
        if (force, on) not in passed:
            yield this.finding(book.record.at("passed", "on"), on=on, force=force)
