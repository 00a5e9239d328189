"""What somebody tries who means harm: each test is an attack, and the refusal of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.main_branch import demo_repository
from tests.platform.test_pages import Platform

TEACHER = "t014"


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_repository(tmp_path_factory.mktemp("school"))


@pytest.fixture
def platform(upstream: Path, tmp_path: Path) -> Iterator[Platform]:
    shown = Platform(upstream, tmp_path / "state")
    with shown.client:
        yield shown


def queued(platform: Platform) -> tuple[str, str]:
    """A work that waits for a teacher: the student, and the place below the student's folder."""
    path = re.findall(r'href="/students/(s[0-9]{7})/([^"]+)"', platform.get("/queue", TEACHER).text)[0]
    return path[0], path[1]


def test_who_chooses_a_work_to_decide_on_is_in_the_log_before_its_title_is_shown(platform: Platform) -> None:
    student, work = queued(platform)
    before = len(platform.log.of(student))
    answer = platform.get("/certify", TEACHER, item=f"{student}/{work}")
    assert answer.status_code == 200
    assert len(platform.log.of(student)) > before
