"""A value of the rulebook is not the number that its article says."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.wording import contradictions


@rule("RBK010", "article-off-value", scope="school", kinds=("rulebook",))
def article_off_value(this: Rule, school: School) -> Iterator[Finding]:
    """校務會議 passes the words (捌); a value that says otherwise would count what nobody resolved.

    Of the version in force and those to come: of earlier ones nothing can be changed any more.
    """
    current = school.rulebooks.on(school.today)
    for book in school.rulebooks.versions:
        if current is None or book.in_force_from >= current.in_force_from:
            for wrong in contradictions(book):
                words = "、".join(map(str, wrong.words))
                yield this.finding(wrong.place, article=wrong.article, value=wrong.value, words=words)
