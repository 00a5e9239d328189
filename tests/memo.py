"""What rules have said is remembered in a worker: cases of one school differ in a file or two.

The program judges every file of a check once, and so does not need it.

- `judged_once`: what a rule says of a text, or of a record whose owner and school it is given but does not use, follows
  from the path and the text of the file.
- `codes_shown_once`: what the site shows of a code follows from this repository's fixtures, which no test changes.
- `schools_judged_once`: what all rules say of a student follows from that student, the school and the day: nothing else
  can be read there (`lint-imports`). Who differs in anything is judged anew, by all rules.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache, wraps
from inspect import signature
from typing import Any

import pytest

from licheng.app import check
from licheng.app.shards import judge
from licheng.app.site import view
from licheng.core.rule import Outcome, Rule, Rules
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import privacy
from licheng.rules import engine
from licheng.rules.engine import Outcomes
from licheng.rules.registry import ALL

# Unused parameters have names that begin with an underscore; a record's text and path say all that is in it.
ALONE = {("this", "text", "_school"), ("this", "record", "_owner", "_school")}
LONGEST = 1 << 20


def _once(check: Callable[..., Iterator[Outcome]]) -> Callable[..., Iterator[Outcome]]:
    known: dict[tuple[str, str], tuple[Outcome, ...]] = {}

    @wraps(check)
    def remembered(this: Rule, judged: Any, *others: object) -> Iterator[Outcome]:
        key = (judged.path, judged.text)
        if key not in known:
            known[key] = tuple(check(this, judged, *others))
        return iter(known[key])

    return remembered


_CHECKS = {
    this.code: (this.check, _once(this.check)) for this in ALL if tuple(signature(this.check).parameters) in ALONE
}
_VIEWS = lru_cache(20_000)(privacy._views.__wrapped__)
_SHOWN = lru_cache(maxsize=None)(view._code)
_SHAPES = lru_cache(20_000)(privacy._of_short.__wrapped__)


@pytest.fixture(scope="module")
def judged_once() -> Iterator[None]:
    """For the tests of a module: a rule of a file alone says of the same file what it said before."""
    of_alone = [this for this in ALL if this.code in _CHECKS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(privacy, "_views", _VIEWS)
        patch.setattr(privacy, "_of_short", _SHAPES)
        patch.setattr(privacy, "_SHORT", LONGEST)
        for this in of_alone:
            object.__setattr__(this, "check", _CHECKS[this.code][1])
        yield
        for this in of_alone:
            object.__setattr__(this, "check", _CHECKS[this.code][0])


@pytest.fixture(scope="module")
def codes_shown_once() -> Iterator[None]:
    """For the tests of a module that look at many schools' sites."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "_code", _SHOWN)
        yield


_NUMBERS: dict[Hashable, int] = {}
_OF_STUDENTS: dict[Hashable, Outcomes] = {}
_OF_SCHOOLS: dict[Hashable, Outcomes] = {}


def _number(key: Hashable) -> int:
    """A short name for all that a student or a school is."""
    return _NUMBERS.setdefault(key, len(_NUMBERS))


@lru_cache(maxsize=8)  # asked for each student of a school
def _school(school: School) -> int:
    broken = tuple(school.broken.items())
    return _number((school.today, school.students, school.names, school.texts, broken, repr(school.trust)))


def _student(student: Student) -> int:
    """Texts say what records are; of the decisions the digest and the signature do."""
    events = tuple((event.path, event.digest, event.fault, event.signature) for event in student.events)
    read = (tuple(student.files.items()), tuple(student.broken.items()))
    signed = (student.waivers, student.claims, student.keys, student.stated)
    return _number((student.folder, student.texts, *read, events, *signed))


def _judge_student(student: Student, school: School, rules: Rules) -> Outcomes:
    key = (_student(student), _school(school), id(rules))
    if key not in _OF_STUDENTS:
        _OF_STUDENTS[key] = engine.judge_student(student, school, rules)
    return _OF_STUDENTS[key]


def _judge_school(school: School, rules: Rules) -> Outcomes:
    key = (_school(school), id(rules))
    if key not in _OF_SCHOOLS:
        _OF_SCHOOLS[key] = engine.judge_school(school, rules)
    return _OF_SCHOOLS[key]


@pytest.fixture(scope="module")
def schools_judged_once(judged_once: None) -> Iterator[None]:
    """For the tests of a module, whose commands run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "judge_student", _judge_student)
        patch.setattr(check, "judge_school", _judge_school)
        yield
