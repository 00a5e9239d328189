"""Marks: which mark passes.

高級中等學校學生學習評量辦法 第八條 sets 60 for students in general and less for some by year level; a mark's own
`pass_mark` says so where it is not 60. So 60 is the documented default of the schema, like the days of a delegation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

PASS_MARK = Decimal(60)
_ATTEMPTS = (
    ("mark", "passed"),
    ("resit_mark", "resit_passed"),
    ("second_resit_mark", "second_resit_passed"),
    ("year_mark", "year_passed"),
)
# 免修 is never examined; 缺考 may be examined again (補考).
_NUMBERS_WITHOUT = {
    "exempt": ("mark", "transferred_mark", "resit_mark", "second_resit_mark"),
    "missed": ("mark", "transferred_mark"),
}


def pass_mark(entry: Mapping[str, Any]) -> Decimal:
    """The lowest mark that passes, of a course's entry in the marks of a term."""
    return Decimal(str(entry.get("pass_mark", PASS_MARK)))


def contradictions(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a mark and of what is said of it, where the two do not agree; resits and the year's likewise."""
    # After a transfer the verdict is on the mark as credited (抵免後成績).
    first = ("transferred_mark", "passed") if "transferred_mark" in entry else _ATTEMPTS[0]
    for mark, passed in (first, *_ATTEMPTS[1:]):
        if mark in entry and entry[passed] is not (Decimal(str(entry[mark])) >= pass_mark(entry)):
            yield mark, passed


def numbers_beside_state(entry: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a mark that hold a number, though its state (免修, 缺考) says that there is none."""
    return (name for name in _NUMBERS_WITHOUT.get(entry.get("state", ""), ()) if name in entry)
