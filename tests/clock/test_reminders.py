"""`licheng remind`: by post and never by name, the same bytes on the same day, nothing written twice, nothing sent."""

from __future__ import annotations

import email
import json
import re
from datetime import date
from email import policy
from pathlib import Path

import pytest

from licheng.app.status import overview, read_school
from licheng.policy.reminders import reminder_days, reminders
from tests.clock.year import tree_on
from tests.command import licheng
from tests.trees import ROOT, MemoryTree

DAY = "2026-10-20"
PERSON = re.compile(r"\b(?:t[0-9]{3,}|s[0-9]{7})\b")


def remind(*arguments: str) -> str:
    done = licheng(ROOT, "remind", "--today", DAY, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_day_gives_the_same_words() -> None:
    assert remind() == remind()
    assert remind("--format", "json") == remind("--format", "json")


def test_markdown_names_posts_and_units_only() -> None:
    text = remind()
    assert "## 教務處" in text
    assert not PERSON.search(text)
    assert "## Office of Academic Affairs" in remind("--lang", "en")


def test_json_holds_the_same_reminders() -> None:
    found = json.loads(remind("--format", "json"))
    assert (found["version"], found["today"]) == (1, DAY)
    assert len(found["reminders"]) == remind().count("- [ ]") > 0
    assert all(one["late"] == (one["days_left"] < 0) for one in found["reminders"])


def test_emails_are_written_once_by_post_and_readable(tmp_path: Path) -> None:
    first = remind("--format", "email", "--out", str(tmp_path))
    assert first.startswith("+ ")
    held = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert remind("--format", "email", "--out", str(tmp_path)) == ""
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == held
    for name, data in held.items():
        message = email.message_from_bytes(data, policy=policy.default)
        assert name.startswith(f"{DAY}-")
        assert message["To"].addresses == ()
        assert message["To"].groups[0].display_name == "教務處"
        assert message["Date"].datetime.date() == date.fromisoformat(DAY)
        assert message["From"] is None
        body = message.get_content()
        assert "教務處您好：" in body
        assert "- 2026-" in body
        assert not PERSON.search(body)


def test_a_file_of_the_day_that_differs_is_replaced(tmp_path: Path) -> None:
    remind("--out", str(tmp_path))
    [file] = tmp_path.iterdir()
    right = file.read_bytes()
    file.write_text("old\n", encoding="utf-8")
    assert remind("--out", str(tmp_path)).startswith("~ ")
    assert file.read_bytes() == right


def test_dry_run_and_missing_folder_write_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out"
    assert remind("--out", str(target), "--dry-run").startswith("+ ")
    assert not target.exists()
    refused = licheng(ROOT, "remind", "--format", "email")
    assert (refused.returncode, refused.stderr[:6]) == (2, "APP123")


@pytest.mark.parametrize(("days", "expected"), [("[1]", set()), ("[10]", {"registry"}), ("[2, 40]", {"registry"})])
def test_the_interval_is_data(days: str, expected: set[str]) -> None:
    """Basic data are recorded until 2025-10-03: five days before, only a school that asks for it is reminded."""
    on = date(2025, 9, 28)
    tree = tree_on(on)
    own = tree.files["content/school/school.yaml"].replace(b"reminders: [14, 7, 3, 1]", f"reminders: {days}".encode())
    changed = tree.over({"content/school/school.yaml": own})
    school = read_school(changed, on)
    state = overview(changed, school)
    found = reminders(state.calendar, state.duties, school)
    window = {one.owner.id for one in found if one.deadline.id == "114-1/window/basic-data-recording"}
    assert window == expected
    assert reminder_days(school) == tuple(json.loads(days))


def test_a_training_of_which_nobody_said_how_many_came_is_not_held_yet() -> None:
    """As the training page says: its day is over, the numbers are missing."""
    on, path = date(2026, 3, 20), "content/training/114-2/students.md"
    tree = tree_on(date(2026, 3, 31))
    unreported = tree.over({path: re.sub(rb"actual: .*\n", b"", tree.files[path])})

    def late(held: MemoryTree) -> set[str]:
        school = read_school(held, on)
        state = overview(held, school)
        found = reminders(state.calendar, state.duties, school)
        return {one.deadline.id for one in found if one.within is None and "/training/" in one.deadline.id}

    assert late(tree) == set()
    assert late(unreported) == {"114-2/training/students/1"}


def test_what_is_on_record_is_not_reminded_of() -> None:
    """The parents' evening of 2025-09-27 is on record a day later; without the record it is late."""
    on = date(2025, 9, 30)
    tree = tree_on(on)

    def late(removed: frozenset[str]) -> set[str]:
        held = tree.over({}, removed)
        school = read_school(held, on)
        state = overview(held, school)
        return {one.deadline.id for one in reminders(state.calendar, state.duties, school) if one.within is None}

    assert late(frozenset()) == set()
    assert late(frozenset({"content/training/114-1/parents.md"})) == {"114-1/training/parents/1"}
    assert late(frozenset({"content/working-group/114-1"})) == {"114-1/meeting/1"}
