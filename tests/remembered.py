"""The same student in the same school is judged once in a worker.

Many tests check a school of thirty students of which they have changed a file. What the rules say of a student is a
function of that student, of the school and of the day: nothing else can be read there (`lint-imports`). Who differs in
anything is judged anew, by all rules.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import lru_cache

import pytest

from licheng.app import check
from licheng.app.shards import judge
from licheng.core.rule import Rules
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules import engine
from licheng.rules.engine import Outcomes

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
    """Texts say what records, waivers and claims are; of what is signed besides, the digest and the signature do."""
    events = tuple((event.path, event.digest, event.fault, event.signature) for event in student.events)
    read = (tuple(student.files.items()), tuple(student.broken.items()))
    return _number((student.folder, student.texts, *read, events))


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
