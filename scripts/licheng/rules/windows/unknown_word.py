"""A window is for something that the term's rulebook does not know."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.calendar import Window
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.rulebook import Act, Rulebook
from licheng.core.school import School


@rule("WIN013", "unknown-word", scope="school", kinds=("term-calendar",), reads=("rulebook",))
def unknown_word(this: Rule, school: School) -> Iterator[Finding]:
    """A window opens what the rulebook says that its word means (肆.一); one that nobody knows opens nothing."""
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        for window in calendar.windows if book is not None else ():
            fault = _fault(window, book) if book is not None else None
            if fault is not None:
                case, word = fault
                place = calendar.record.at(*window.place.pointer, "stage" if case == "nothing" else case)
                yield this.finding(place, case=case, word=word or window.word)


def _fault(window: Window, book: Rulebook) -> tuple[str, str] | None:
    """The field that is not understood, or `nothing` where a category is missing, and what it says."""
    if window.word not in book.window_kinds:
        return "stage", window.word
    # What opens nothing may be about no category; what opens something must be.
    needless = window.stage == Act.DATES_ONLY and not window.category
    return None if needless or window.kinds else ("category" if window.category else "nothing", window.category)
