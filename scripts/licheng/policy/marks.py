"""Marks: which mark passes.

高級中等學校學生學習評量辦法 第八條 sets 60 for students in general and less for some by year level; a mark's own
`pass_mark` says so where it is not 60. So 60 is the documented default of the schema, like the days of a delegation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

PASS_MARK = Decimal(60)
_ATTEMPTS = (("mark", "passed"), ("resit_mark", "resit_passed"))


def pass_mark(entry: Mapping[str, Any]) -> Decimal:
    """The lowest mark that passes, of a course's entry in the marks of a term."""
    return Decimal(str(entry.get("pass_mark", PASS_MARK)))


def contradictions(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a mark and of what is said of it, where the two do not agree; the resit likewise."""
    for mark, passed in _ATTEMPTS:
        if mark in entry and entry[passed] is not (Decimal(str(entry[mark])) >= pass_mark(entry)):
            yield mark, passed
