"""A rule: a value made by a decorator, that declares what it judges, what it must have read and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self, TypedDict, Unpack, overload

from licheng.core.finding import Code, Finding, Severity, Skip, Value
from licheng.core.layout import BY_NAME
from licheng.core.location import Place
from licheng.core.record import Record, Text
from licheng.core.school import School
from licheng.core.student import Compared, Student

if TYPE_CHECKING:
    from licheng.core.change import Proposal  # only the gate knows changes

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
        check: called with the rule first, then by its scope: see `rule`; yields findings, and skips for what it could
            not judge.
        since: first day on which it judges: a record is judged by the day of its term or school year.
        until: the day from which it has retired.
        always: of the gate: it blocks even under broken glass. So does what is no change of main at all, or nobody's;
            what is only added to; and what needs two people, as whoever breaks the glass is one.
        of_the_days: the days alone bring its errors: a meeting or a training that a term ended without. They call for
            their own record, and no change of control has to mend them first.
    """

    scope: Scope = Scope.RECORD
    kinds: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    check: Check = lambda *_: iter(())
    since: date = REGULATION
    until: date | None = None
    always: bool = False
    of_the_days: bool = False

    def finding(self, place: Place, *, related: tuple[Place, ...] = (), identity: str = "", **values: Value) -> Finding:
        """A finding of this rule."""
        return self.at(place, related=related, identity=identity, **values)

    def skip(self, reason: str, path: str) -> Skip:
        """Say that something could not be judged, and why."""
        return Skip(self.code, reason, path)

    def in_force(self, on: date) -> bool:
        """Whether it judges what happened on that day."""
        return self.since <= on and (self.until is None or on < self.until)


class Rules(tuple[Rule, ...]):
    """Rules in the order of their codes, and which of them judge what."""

    def __new__(cls, rules: Iterable[Rule]) -> Self:
        """Sorted on construction."""
        return super().__new__(cls, sorted(rules, key=lambda this: this.code))

    @classmethod
    def of(cls, module: Mapping[str, object]) -> Self:
        """Those that a module imports: each is written once, in its imports."""
        return cls(value for value in module.values() if isinstance(value, Rule))

    @cached_property
    def by_scope(self) -> Mapping[Scope, tuple[Rule, ...]]:
        """By what their checks are called with."""
        return {scope: tuple(this for this in self if this.scope is scope) for scope in Scope}

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Rule, ...]]:
        """Those of records, by the kinds that they judge."""
        of_records = self.by_scope[Scope.RECORD]
        return {kind: tuple(this for this in of_records if not this.kinds or kind in this.kinds) for kind in BY_NAME}


class Options(TypedDict, total=False):
    """What any rule may say of itself: see `Rule`."""

    kinds: tuple[str, ...]
    reads: tuple[str, ...]
    severity: Severity
    since: date
    until: date
    always: bool
    of_the_days: bool


TextCheck = Callable[[Rule, Text, School], Iterator[Outcome]]
RecordCheck = Callable[[Rule, Record, Student | None, School], Iterator[Outcome]]
OwnedCheck = Callable[[Rule, Record, Student, School], Iterator[Outcome]]
StudentCheck = Callable[[Rule, Student, School], Iterator[Outcome]]
SchoolCheck = Callable[[Rule, School], Iterator[Outcome]]
AcrossCheck = Callable[[Rule, Iterable[Compared]], Iterator[Outcome]]
ChangeCheck = Callable[[Rule, "Proposal"], Iterator[Outcome]]


# One decorator a scope, told apart by the scope's name: mypy sees that the function takes what the scope is given. A
# record has an owner where all of the rule's kinds lie in students' folders (a test holds the two together).
@overload
def rule(
    code: str, name: str, *, scope: Literal["text"], **options: Unpack[Options]
) -> Callable[[TextCheck], Rule]: ...
@overload
def rule(
    code: str, name: str, *, scope: Literal["record"] = "record", **options: Unpack[Options]
) -> Callable[[RecordCheck | OwnedCheck], Rule]: ...
@overload
def rule(
    code: str, name: str, *, scope: Literal["student"], **options: Unpack[Options]
) -> Callable[[StudentCheck], Rule]: ...
@overload
def rule(
    code: str, name: str, *, scope: Literal["school"], **options: Unpack[Options]
) -> Callable[[SchoolCheck], Rule]: ...
@overload
def rule(
    code: str, name: str, *, scope: Literal["across"], **options: Unpack[Options]
) -> Callable[[AcrossCheck], Rule]: ...
@overload
def rule(
    code: str, name: str, *, scope: Literal["shape", "change"], **options: Unpack[Options]
) -> Callable[[ChangeCheck], Rule]: ...
def rule(code: str, name: str, *, scope: str = "record", **options: Unpack[Options]) -> Callable[[Check], Rule]:
    """Make a rule of a check function."""
    return lambda check: Rule(code, name, scope=Scope(scope), check=check, **options)
