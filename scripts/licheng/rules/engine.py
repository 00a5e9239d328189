"""Run rules over one owner's records: what was found, what was skipped and why, how often each rule judged.

Pure: called with values, returns values. A rule that relies on a broken record is skipped, and says so; a rule that
crashes is the tool's own trouble and stops the check, so that it can never pass for clean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING

from licheng.core.errors import LichengError
from licheng.core.finding import Finding, Skip
from licheng.core.record import Text
from licheng.core.rule import Outcome, Rule, Rules, Scope
from licheng.core.school import School
from licheng.core.student import Compared, Student
from licheng.policy.periods import judged_term

if TYPE_CHECKING:
    from licheng.core.change import Proposal

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

    def run(self, rules: Iterable[Rule], subject: str, *arguments: object) -> None:
        """Run some rules on one subject and keep their outcomes."""
        ran = self.ran
        for this in rules:
            ran[this.code] = ran.get(this.code, 0) + 1  # asked in the plain way, a counter that is new calls itself
            try:
                outcomes = [*islice(this.check(this, *arguments), MOST + 1)]
            except Exception as error:
                detail = f"{type(error).__name__}: {error}"
                raise LichengError("APP099", place=f"{this.code} {subject}", detail=detail) from error
            if not outcomes:  # nearly always
                continue
            for outcome in outcomes[:MOST]:
                self.add(outcome)
            if len(outcomes) > MOST:
                self.skips.append(this.skip(TOO_MANY, subject))

    def add(self, outcome: Outcome) -> None:
        """Keep a finding or a skip."""
        if isinstance(outcome, Finding):
            self.findings.append(outcome)
        else:
            self.skips.append(outcome)


def judge_student(student: Student, school: School, rules: Rules) -> Outcomes:
    """The rules of a student, of the student's records and of their texts."""
    outcomes = Outcomes()
    _judge_texts(student.texts, school, rules, outcomes)
    _judge_records(student, school, rules, outcomes)
    for this in rules.by_scope[Scope.STUDENT]:
        broken = _broken((*this.kinds, *this.reads), student.broken, school.broken)
        if broken is not None:
            outcomes.skips.append(this.skip(READS_BROKEN, student.folder))
        else:
            outcomes.run((this,), student.folder, student, school)
    return outcomes


def judge_school(school: School, rules: Rules) -> Outcomes:
    """The rules of the school, of the school's records and of their texts."""
    outcomes = Outcomes()
    _judge_texts(school.texts, school, rules, outcomes)
    _judge_records(None, school, rules, outcomes)
    for this in rules.by_scope[Scope.SCHOOL]:
        broken = _broken((*this.kinds, *this.reads), school.broken)
        if broken is not None:
            outcomes.skips.append(this.skip(READS_BROKEN, broken))
        else:
            outcomes.run((this,), "content", school)
    return outcomes


def judge_across(compared: Iterable[Compared], rules: Rules) -> Outcomes:
    """The rules that compare students, on the summaries."""
    outcomes = Outcomes()
    outcomes.run(rules.by_scope[Scope.ACROSS], "content/students", compared)
    return outcomes


def judge_change(proposal: Proposal, scope: Scope, rules: Rules) -> Outcomes:
    """The rules of the gate on a change: its shape, or what it says."""
    outcomes = Outcomes()
    outcomes.run(rules.by_scope[scope], proposal.head, proposal)
    return outcomes


def _judge_texts(texts: Iterable[Text], school: School, rules: Rules, outcomes: Outcomes) -> None:
    for text in texts:
        outcomes.run(rules.by_scope[Scope.TEXT], text.path, text, school)


def _judge_records(owner: Student | None, school: School, rules: Rules, outcomes: Outcomes) -> None:
    holder: Student | School = school if owner is None else owner
    broken = (owner.broken if owner is not None else {}, school.broken)
    for kind, paths in holder.broken.items():
        outcomes.skips += [this.skip(RECORD_BROKEN, path) for this in rules.by_kind[kind] for path in paths]
    for kind, records in holder.records.items():
        lacking = [this for this in rules.by_kind[kind] if any(broken) and _broken(this.reads, *broken) is not None]
        for first_day, same in groupby(records, key=lambda record: judged_term(record, school.today).first_day):
            able = [this for this in rules.by_kind[kind] if this not in lacking and this.in_force(first_day)]
            for record in same:
                outcomes.skips += [this.skip(READS_BROKEN, record.path) for this in lacking]
                outcomes.run(able, record.path, record, owner, school)


def _broken(kinds: tuple[str, ...], *places: Mapping[str, tuple[str, ...]]) -> str | None:
    """The first broken record of these kinds."""
    if not any(places):
        return None
    return next((place[kind][0] for place in places for kind in kinds if place.get(kind)), None)
