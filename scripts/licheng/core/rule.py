"""A rule: a value made by a decorator, that declares what it judges and what it must have read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from licheng.core.finding import Code, Finding, Severity, Skip, Value
from licheng.core.location import Place

REGULATION = date(2018, 5, 30)


class Scope(StrEnum):
    """What a rule is called with: a text, a record and its owner, a student, the school, the summaries, a change.

    A change is judged twice: its shape before anything of it is read (`SHAPE`), then what it says (`CHANGE`).
    """

    TEXT = "text"
    RECORD = "record"
    STUDENT = "student"
    SCHOOL = "school"
    ACROSS = "across"
    SHAPE = "shape"
    CHANGE = "change"


Outcome = Finding | Skip
Check = Callable[..., Iterator[Outcome]]


@dataclass(frozen=True)
class Rule(Code):
    """One rule.

    Attributes:
        scope: what `check` is called with.
        kinds: the kinds of record that it judges (all, if empty).
        reads: kinds that it relies on; if one of them is broken, the rule is skipped, and says so.
        check: called with the rule first: `(rule, text, school)`, `(rule, record, owner, school)`,
            `(rule, student, school)`, `(rule, school)`, `(rule, summaries)` or `(rule, proposal)`, by its scope;
            yields findings, and skips for what it could not judge.
        since: first day on which it judges: a record is judged by the day of its term or school year.
        until: the day from which it has retired.
    """

    scope: Scope = Scope.RECORD
    kinds: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    check: Check = lambda *_: iter(())
    since: date = REGULATION
    until: date | None = None

    def finding(self, place: Place, *, related: tuple[Place, ...] = (), identity: str = "", **values: Value) -> Finding:
        """A finding of this rule."""
        return self.at(place, related=related, identity=identity, **values)

    def skip(self, reason: str, path: str) -> Skip:
        """Say that something could not be judged, and why."""
        return Skip(self.code, reason, path)

    def in_force(self, on: date) -> bool:
        """Whether it judges what happened on that day."""
        return self.since <= on and (self.until is None or on < self.until)


def rule(
    code: str,
    name: str,
    *,
    scope: str = "record",
    kinds: tuple[str, ...] = (),
    reads: tuple[str, ...] = (),
    severity: Severity = Severity.ERROR,
    **dates: Any,
) -> Callable[[Check], Rule]:
    """Make a rule of a check function."""

    def make(check: Check) -> Rule:
        return Rule(code, name, severity, Scope(scope), kinds, reads, check, **dates)

    return make
