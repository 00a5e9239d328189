"""What somebody tries who means harm: each test is an attack, and the refusal of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.platform.rendering import say
from tests.platform.main_branch import committed, copied, demo_repository, git
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


@pytest.mark.hostile("reach")
def test_who_chooses_a_work_to_decide_on_is_in_the_log_before_its_title_is_shown(platform: Platform) -> None:
    student, work = queued(platform)
    before = len(platform.log.of(student))
    answer = platform.get("/certify", TEACHER, item=f"{student}/{work}")
    assert answer.status_code == 200
    assert len(platform.log.of(student)) > before


@pytest.mark.hostile("two-faced platform")
def test_a_work_that_was_changed_after_the_teacher_looked_was_not_looked_at(upstream: Path, tmp_path: Path) -> None:
    """A student who puts another file in place between the look and the signature has it unread."""
    changing = Platform(copied(upstream, tmp_path / "remote.git"), tmp_path / "state")
    with changing.client:
        student, work = queued(changing)
        unread = say("zh-TW", "certify_unseen")
        assert unread in changing.get("/certify", TEACHER, item=f"{student}/{work}").text
        changing.get(f"/students/{student}/{work}", TEACHER)
        assert unread not in changing.get("/certify", TEACHER, item=f"{student}/{work}").text
        repository = tmp_path / "remote.git"
        path = f"content/students/{student[1:4]}/{student}/{work}/item.md"
        committed(repository, path, f"{git(repository, 'show', f'main:{path}')}\n換了內容。\n".encode())
        assert unread in changing.get("/certify", TEACHER, item=f"{student}/{work}").text


STUDENT = "s1139901"
# What stands where an id would: patterns, paths, control characters, what is too long for a file's name.
NO_IDS = ("*", "**", "[a-p]*", "%2e%2e", "%00", "%0a", "%0d%0aset-cookie:x=y", "%2e%2e%2f%2e%2e", "a" * 300, "~")
TAKING_IDS = (
    "/me/tickets/{}",
    "/me/tickets/{}/receipt.json",
    "/me/edit/{}",
    "/students/{}",
    "/students/s1139901/{}",
    "/files/s1139901/{}",
    "/files/{}/" + "0" * 64,
    "/class/{}",
    "/certify/{}",
    "/certify/{}/request",
    "/certify?item={}",
    "/certify?item=s1139901/{}",
    "/enrolments/{}",
    "/records/{}",
    "/records/position?student={}",
    "/records/position?class={}",
    "/records/edit/{}",
    "/records/edit/students/113/{}/positions/x.yaml",
    "/records/sign/{}",
    "/records/sign/{}/request",
    "/static/{}",
)


@pytest.mark.hostile("path")
@pytest.mark.parametrize("account", [STUDENT, TEACHER, "t008"])
def test_what_is_no_id_leads_nowhere_and_breaks_nothing(platform: Platform, account: str) -> None:
    for pattern in TAKING_IDS:
        for text in NO_IDS:
            answer = platform.get(pattern.format(text), account)
            listing = pattern.startswith("/records/position?") and account == "t008"
            assert answer.status_code in ({200, 404} if listing else {303, 400, 404}), (pattern, text)
            assert answer.headers.get("location", "/").startswith("/"), (pattern, text)
            assert "x" not in answer.cookies
            assert answer.status_code != 200 or "/s1139" not in answer.text, (pattern, text)
