"""The calendar feeds: two parsers read them, events keep their ids, and the same school gives the same bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import vobject

from licheng.app.site.editions import build
from licheng.app.site.view import view
from licheng.app.status import read_school
from licheng.core.dates import TAIPEI
from licheng.core.languages import LANGUAGES
from licheng.outputs.naming import names_of
from licheng.outputs.pages import ical, pages
from licheng.outputs.pages.ical import FeedStamp, feed
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.policy.deadlines import Deadline, deadlines
from licheng.policy.roles import of_role, roles
from licheng.sources import resources
from tests.site.build import this_site, without_codes
from tests.trees import ROOT, MemoryTree, load

TODAY = date(2026, 11, 23)
PARTS = ("content/calendar", "content/rulebook", "content/school", "content/working-group")
CALENDAR = "content/calendar/115-1.yaml"


@pytest.fixture(scope="module")
def feeds() -> dict[str, str]:
    return {path: text for path, text in this_site()["zh-TW"].pages.items() if path.endswith(".ics")}


def events(text: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_students_parents_teachers_and_every_unit_with_a_duty_have_a_feed(feeds: dict[str, str]) -> None:
    units = {"academic-affairs", "registry", "curriculum", "it", "student-affairs", "discipline",
             "student-activities", "guidance"}  # fmt: skip
    assert set(feeds) == {f"feeds/{role}.ics" for role in {"students", "parents", "teachers", *units}}


def test_two_parsers_read_the_same_events(feeds: dict[str, str]) -> None:
    for path, text in feeds.items():
        one = {(str(event["UID"]), event.start, str(event["SUMMARY"])) for event in events(text)}
        parsed = vobject.readOne(text)
        other = {(event.uid.value, event.dtstart.value, event.summary.value) for event in parsed.vevent_list}
        assert one == other, path
        assert one, path


def test_events_are_whole_days_with_alarms_in_the_morning(feeds: dict[str, str]) -> None:
    for event in events(feeds["feeds/students.ics"]):
        assert isinstance(event.start, date)
        assert not isinstance(event.start, datetime)
        assert event.end - event.start == timedelta(days=1)
        triggers = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
        assert triggers == [timedelta(hours=8) - timedelta(days=days) for days in (14, 7, 3, 1)]


def test_a_training_with_an_hour_is_an_event_of_that_hour_at_its_place(feeds: dict[str, str]) -> None:
    uid = "115-1.training.parents.1"
    [event] = [event for event in events(feeds["feeds/parents.ics"]) if str(event["UID"]).startswith(uid)]
    assert event.start == datetime(2026, 12, 5, 9, 30, tzinfo=TAIPEI)
    assert event.end == datetime(2026, 12, 5, 11, 0, tzinfo=TAIPEI)
    assert str(event["LOCATION"]) == "視聽教室"
    mornings = {(event.start + alarm["TRIGGER"].dt).time() for alarm in event.walk("VALARM")}
    assert mornings == {time(8)}
    assert "家長" in str(event["DESCRIPTION"])


def test_a_feed_with_an_hour_says_of_which_zone_it_is_and_no_other_does(feeds: dict[str, str]) -> None:
    """RFC 5545 3.6.5: a zone that a time names is told in the same file."""
    with_hours = {path for path, text in feeds.items() if ";TZID=Asia/Taipei:" in text}
    told = {path: [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(text).walk("VTIMEZONE")]
            for path, text in feeds.items()}  # fmt: skip
    assert with_hours
    assert told == {path: ["Asia/Taipei"] if path in with_hours else [] for path in feeds}


@pytest.mark.parametrize(
    ("hours", "start", "lasts"),
    [
        (b'time: "18:30"\n', time(18, 30), timedelta(hours=1)),
        (b'time: "18:30"\nend_time: "20:00"\n', time(18, 30), timedelta(hours=1, minutes=30)),
        (b'time: "18:30"\nend_time: "18:00"\n', None, timedelta(days=1)),
        (b"", None, timedelta(days=1)),
    ],
    ids=["no end", "both", "an end before its start", "neither"],
)
def test_what_a_record_does_not_tell_is_not_invented(hours: bytes, start: time | None, lasts: timedelta) -> None:
    path = "content/training/115-1/parents.md"
    tree = MemoryTree(load(ROOT, *PARTS, "content/training"))
    text = tree.files[path].replace(b'time: "09:30"\nend_time: "11:00"\n', hours)
    assert text != tree.files[path]
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    event = made(tree.over({path: text}), moment, role="parents")["115-1.training.parents.1@school.licheng"]
    assert event.end - event.start == lasts
    assert (event.start.time() if isinstance(event.start, datetime) else None) == start


def test_a_feed_says_its_language_and_how_long_it_holds_and_asks_nobody_to_answer() -> None:
    for language in LANGUAGES:
        for path, text in this_site()[language].pages.items():
            if path.endswith(".ics"):
                head = text.partition("BEGIN:VEVENT")[0].split("\r\n")
                assert f"PRODID:-//licheng//feeds//{language.upper()}" in head
                assert "X-PUBLISHED-TTL:P1D" in head
                assert "REFRESH-INTERVAL;VALUE=DURATION:P1D" in head
                assert "METHOD:" not in text


def test_parents_see_what_their_child_must_do_and_their_own_briefing(feeds: dict[str, str]) -> None:
    ids = {str(event["UID"]).partition("@")[0] for event in events(feeds["feeds/parents.ics"])}
    assert {"115-1.window.output-submission", "115-1.training.parents.1"} <= ids
    assert not any("output-certification" in uid or ".meeting." in uid or ".upload." in uid for uid in ids)


def test_lines_end_and_fold_as_rfc_5545_wants(feeds: dict[str, str]) -> None:
    for text in feeds.values():
        assert text.endswith("END:VCALENDAR\r\n")
        assert "\n" not in text.replace("\r\n", "")
        assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_the_feed_of_a_role_holds_what_it_must_do_and_what_it_is_invited_to(feeds: dict[str, str]) -> None:
    ids = {str(event["UID"]).partition("@")[0] for event in events(feeds["feeds/students.ics"])}
    assert "115-1.window.output-submission" in ids
    assert "115-1.training.students.1" in ids
    assert "115-1.window.output-certification" not in ids
    registry = {str(event["UID"]).partition("@")[0] for event in events(feeds["feeds/registry.ics"])}
    assert "115-1.upload.students.10-11-12" in registry
    assert "115-1.duty.marks.10-11-12" in registry
    assert "115-1.meeting.1" in registry


def test_two_builds_are_byte_identical(feeds: dict[str, str]) -> None:
    ical._event.cache_clear()
    assert {path: text for path, text in build(ROOT).items() if path.endswith(".ics")} == feeds


def made(tree: MemoryTree, stamp: datetime, days: tuple[int, ...] = (7,), role: str = "students") -> dict[str, Any]:
    school = read_school(tree, TODAY)
    found = of_role(deadlines(school), roles(school)[role])
    text = feed("學生", found, FeedStamp("school", stamp, days), names_of(school, words("zh-TW")))
    return {str(event["UID"]): event for event in events(text)}


def test_an_extended_deadline_is_the_same_event_on_a_later_day() -> None:
    tree = MemoryTree(load(ROOT, *PARTS))
    text = b"amendments:\n  - {window: activity-submission, closes: 2027-02-09, on: 2027-02-01, notice: notice}\n"
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    before, after = made(tree, moment), made(tree.over({CALENDAR: tree.files[CALENDAR] + text}), moment)
    name = "115-1.window.activity-submission@school.licheng"
    assert set(before) == set(after)
    assert (before[name].start, before[name]["SEQUENCE"]) == (date(2027, 2, 3), 0)
    assert (after[name].start, after[name]["SEQUENCE"]) == (date(2027, 2, 9), 1)
    assert after[name]["DTSTAMP"].dt == moment


def test_alarms_follow_the_schools_own_days() -> None:
    tree = MemoryTree(load(ROOT, *PARTS))
    found = made(tree, datetime(2026, 11, 23, tzinfo=UTC), (2, 30))
    [event] = [event for uid, event in found.items() if uid.startswith("115-1.window.output-submission@")]
    assert [alarm["TRIGGER"].dt.days for alarm in event.walk("VALARM")] == [-30, -2]


def test_text_with_separators_survives() -> None:
    school = read_school(MemoryTree(load(ROOT, *PARTS)), TODAY)
    one: Deadline = deadlines(school)[0]
    text = feed(
        "a,b;c\\d", [one], FeedStamp("school", datetime(2026, 1, 1, tzinfo=UTC), ()), names_of(school, words("en"))
    )
    assert str(icalendar.Calendar.from_ical(text)["X-WR-CALNAME"]) == "a,b;c\\d"


def test_the_calendar_page_links_every_feed(feeds: dict[str, str]) -> None:
    tree = MemoryTree(load(ROOT, *PARTS))
    page = pages(
        without_codes(view(tree, ROOT)),
        renderer(resources.folder("site_theme") / "pages"),
        words("zh-TW"),
    )
    assert all(f"../{path}" in page["calendar/index.md"] for path in feeds)
