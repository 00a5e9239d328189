"""Run rules over one owner's records: what was found, what was skipped and why, how often each rule judged.

Pure: called with values, returns values. A rule that relies on a broken record is skipped, and says so; a rule that
crashes is the tool's own trouble and stops the check, so that it can never pass for clean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from licheng.core.change import Proposal
from licheng.core.errors import LichengError
from licheng.core.finding import Finding, Skip
from licheng.core.record import Record, Text
from licheng.core.rule import Outcome, Rule, Scope
from licheng.core.school import School
from licheng.core.student import FileUse, Student
from licheng.policy.periods import judged_term
from licheng.rules import ALL

RECORD_BROKEN = "record-broken"
READS_BROKEN = "reads-broken"
TOO_MANY = "too-many-findings"
# Of one rule on one subject; more would only hide the first from the reader.
MOST = 100


@dataclass
class Outcomes:
    """Collected over one owner."""

    findings: list[Finding] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    ran: Counter[str] = field(default_factory=Counter)

    def run(self, this: Rule, subject: str, *arguments: object) -> None:
        """Run one rule on one subject and keep its outcomes."""
        self.ran[this.code] += 1
        try:
            for count, outcome in enumerate(this.check(this, *arguments)):
                if count == MOST:
                    self.skips.append(this.skip(TOO_MANY, subject))
                    break
                self.add(outcome)
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            raise LichengError("APP099", place=f"{this.code} {subject}", detail=detail) from error

    def add(self, outcome: Outcome) -> None:
        """Keep a finding or a skip."""
        if isinstance(outcome, Finding):
            self.findings.append(outcome)
        else:
            self.skips.append(outcome)


def judge_student(student: Student, school: School) -> Outcomes:
    """All rules of a student, of the student's records and of their texts."""
    outcomes = Outcomes()
    _judge_texts(student.texts, school, outcomes)
    _judge_records(student.records, student, school, outcomes)
    for this in _of_scope(Scope.STUDENT):
        broken = _broken((*this.kinds, *this.reads), student.broken, school.broken)
        if broken is not None:
            outcomes.skips.append(this.skip(READS_BROKEN, student.folder))
        else:
            outcomes.run(this, student.folder, student, school)
    return outcomes


def judge_school(school: School) -> Outcomes:
    """All rules of the school, of the school's records and of their texts."""
    outcomes = Outcomes()
    _judge_texts(school.texts, school, outcomes)
    _judge_records(school.records, None, school, outcomes)
    for this in _of_scope(Scope.SCHOOL):
        broken = _broken((*this.kinds, *this.reads), school.broken)
        if broken is not None:
            outcomes.skips.append(this.skip(READS_BROKEN, broken))
        else:
            outcomes.run(this, "content", school)
    return outcomes


def judge_across(uses: Iterable[FileUse]) -> Outcomes:
    """The rules that compare students, on the summaries."""
    outcomes = Outcomes()
    for this in _of_scope(Scope.ACROSS):
        outcomes.run(this, "content/students", uses)
    return outcomes


def judge_change(proposal: Proposal, scope: Scope) -> Outcomes:
    """The rules of the gate on a change: its shape, or what it says."""
    outcomes = Outcomes()
    for this in _of_scope(scope):
        outcomes.run(this, proposal.head, proposal)
    return outcomes


def _judge_texts(texts: Iterable[Text], school: School, outcomes: Outcomes) -> None:
    for text in texts:
        for this in _of_scope(Scope.TEXT):
            outcomes.run(this, text.path, text, school)


def _judge_records(
    records: Mapping[str, tuple[Record, ...]], owner: Student | None, school: School, outcomes: Outcomes
) -> None:
    broken = (owner.broken if owner is not None else {}, school.broken)
    for kind, paths in (owner.broken if owner is not None else school.broken).items():
        outcomes.skips += [this.skip(RECORD_BROKEN, path) for this in _of_kind(kind) for path in paths]
    for kind, of_kind in records.items():
        rules = [(this, _broken(this.reads, *broken)) for this in _of_kind(kind)]
        for record in of_kind:
            first_day = judged_term(record, school.today).first_day
            for this, lacking in rules:
                if lacking is not None:
                    outcomes.skips.append(this.skip(READS_BROKEN, record.path))
                elif this.in_force(first_day):
                    outcomes.run(this, record.path, record, owner, school)


def _broken(kinds: tuple[str, ...], *places: Mapping[str, tuple[str, ...]]) -> str | None:
    """The first broken record of these kinds."""
    return next((place[kind][0] for place in places for kind in kinds if place.get(kind)), None)


@lru_cache(maxsize=100)
def _of_kind(kind: str) -> tuple[Rule, ...]:
    of_records = _of_scope(Scope.RECORD)
    return tuple(this for this in of_records if not this.kinds or kind in this.kinds)


@lru_cache(maxsize=4)
def _of_scope(scope: Scope) -> tuple[Rule, ...]:
    return tuple(this for this in ALL if this.scope is scope)
