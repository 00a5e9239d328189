"""A question to every student has the same answers in one process and in several, in the order of students."""

from __future__ import annotations

from functools import partial

import pytest

from licheng.app.loading.load import load
from licheng.app.shards import chunks
from licheng.app.shards.chunks import each
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.evaluation import YearTally
from licheng.policy.status import count
from licheng.sources.tree import WorkTree
from tests.golden.test_golden import TODAY
from tests.trees import ROOT


def own_id(student: Student, _school: School) -> str:
    return student.id


@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_come_in_the_order_of_students(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FILES", 50)
    tree, told = WorkTree(ROOT), list[tuple[int, int]]()
    loaded = load(tree, TODAY)
    ids = list(each(own_id, tree, loaded.school, jobs=jobs, progress=lambda *done: told.append(done)))
    assert ids == [student.id for student in loaded.students()]
    assert told == [(number + 1, len(ids)) for number in range(len(ids))]


def test_what_students_add_up_to_is_the_same_in_several_processes() -> None:
    tree = WorkTree(ROOT)
    school = load(tree, TODAY).school
    for ask in (count, partial(YearTally.of, year=114)):
        assert list(each(ask, tree, school, jobs=2)) == list(each(ask, tree, school))


def test_part_of_the_school_is_asked_alone() -> None:
    tree = WorkTree(ROOT)
    school = load(tree, TODAY).school
    assert set(each(own_id, tree, school, below="113")) == {name for name in school.students if name[1:4] == "113"}
