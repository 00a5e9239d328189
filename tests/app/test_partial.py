"""A check of students leaves out the rules that could tell nothing of them, and says what all of them would."""

from __future__ import annotations

from pathlib import Path

import pytest

from licheng.app import check as app
from licheng.app.check import check
from licheng.app.shards.scope import PathScope
from licheng.core.layout import CERTIFICATIONS, STUDENTS
from licheng.rules.registry import ALL
from tests.rules.test_fixtures import BAD, NAMES, READINGS, TODAY, case_id
from tests.trees import case

pytestmark = pytest.mark.usefixtures("schools_judged_once")
BELOW = (CERTIFICATIONS, STUDENTS)


@pytest.mark.parametrize("folder", BAD, ids=case_id)
def test_what_is_left_out_had_nothing_to_say(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = case(folder, READINGS)
    paths = [below for below in BELOW if any(tree.entries(below))]
    few = check(tree, TODAY, names=NAMES, paths=paths)
    monkeypatch.setattr(app, "_of_the_school", lambda _: ALL)
    every = check(tree, TODAY, names=NAMES, paths=paths)
    assert (few.findings, few.skips) == (every.findings, every.skips)
    assert (few.checked, few.records) == (every.checked, every.records)
    assert set(few.ran) < set(every.ran)


@pytest.mark.parametrize(
    ("paths", "of_students"),
    [
        ((), False),
        (("content",), False),
        (("content/students",), True),
        (("content/students/113/s1130001", "content/certifications"), True),
        (("content/students/113", "content/school"), False),
        (("content/students-of-old",), False),
    ],
)
def test_only_what_lies_below_students_is_of_students(paths: tuple[str, ...], *, of_students: bool) -> None:
    assert PathScope.of(paths).of_students is of_students
