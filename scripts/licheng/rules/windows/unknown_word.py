"""A window is for something that the term's rulebook does not know."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.rulebook import Act
from licheng.core.school import School


@rule("WIN013", "unknown-word", scope="school", kinds=("term-calendar",), reads=("rulebook",))
def unknown_word(this: Rule, school: School) -> Iterator[Finding]:
    """A window opens what the rulebook says that its word means (肆.一); one that nobody knows opens nothing."""
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None:
            continue
        for window in calendar.windows:
            # What opens nothing may be about no category; what opens something must be.
            needless = window.stage == Act.DATES_ONLY and not window.category
            if window.word in book.window_kinds and (needless or window.kinds):
                continue
            # A category that is missing, or is not understood.
            case = "category" if window.category else "nothing"
            if window.word not in book.window_kinds:
                case = "stage"
            place = calendar.record.at(*window.place.pointer, "stage" if case == "nothing" else case)
            yield this.finding(place, case=case, word=window.category if case == "category" else window.word)
