"""The demo school at six dates through a year, against a table made by hand from its calendars and its history."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from licheng.app.site.view import view
from licheng.core.term import Term
from licheng.outputs import overview as overview_output
from licheng.outputs import reminders as reminders_output
from licheng.outputs.naming import names_of
from licheng.outputs.pages import pages
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.policy.calendar import Phase
from licheng.policy.deadlines import DeadlineKind
from licheng.sources import resources
from tests.clock.year import overview_on, reminders_on, tree_on
from tests.trees import ROOT

# By day: the windows that are open, and what everybody is reminded of, as owner, deadline and days left.
OPEN = {
    "2025-10-01": {
        "114-1/window/basic-data-recording",
        "114-1/window/course-records-recording",
        "114-1/window/output-submission",
        "114-1/window/output-certification",
        "114-1/window/activity-submission",
    },
    "2026-02-05": {"114-1/window/course-records-recording", "114-1/window/output-certification"},
    "2026-03-10": {
        "114-2/window/basic-data-recording",
        "114-2/window/course-records-recording",
        "114-2/window/course-records-recording-12",
        "114-2/window/output-submission",
        "114-2/window/output-submission-12",
        "114-2/window/output-certification",
        "114-2/window/output-certification-12",
        "114-2/window/activity-submission",
        "114-2/window/activity-submission-12",
        "114-2/window/statement-submission",
    },
    "2026-05-12": {
        "114-2/window/course-records-recording",
        "114-2/window/course-records-recording-12",
        "114-2/window/output-submission",
        "114-2/window/output-certification",
        "114-2/window/activity-submission",
        "114-2/window/output-selection-second",
        "114-2/window/activity-selection-second",
    },
    "2026-07-25": {"114-2/window/output-selection", "114-2/window/activity-selection"},
    "2026-11-23": {
        "115-1/window/course-records-recording",
        "115-1/window/output-submission",
        "115-1/window/output-certification",
        "115-1/window/activity-submission",
    },
}
REMINDED = {
    "2025-10-01": {
        ("academic-affairs", "114-1/training/teachers/1", 7),
        ("registry", "114-1/window/basic-data-recording", 2),
    },
    "2026-02-05": {
        ("advising-teacher", "114-1/window/output-certification", 5),
        ("course-teacher", "114-1/window/output-certification", 5),
        ("curriculum", "114-1/window/course-records-recording", 1),
        ("registry", "114-1/window/course-records-recording", 1),
    },
    "2026-03-10": {
        ("academic-affairs", "114-1/duty/school-contests", -18),
        ("guidance", "114-2/training/students/1", 1),
        ("guidance", "114-2/training/parents/1", 4),
        ("registry", "114-2/window/basic-data-recording", 10),
        ("student", "114-1/window/activity-confirmation-first", 14),
        ("student", "114-1/window/output-confirmation-first", 14),
    },
    "2026-05-12": {
        ("academic-affairs", "114-1/duty/school-contests", -81),
        ("academic-affairs", "114-2/duty/school-contests", 3),
        ("class-tutor", "114-2/duty/external-contests/12", 3),
        ("class-tutor", "114-2/duty/statement/12", 3),
        ("course-counsellor", "114-2/duty/consultation/12", 3),
        ("course-teacher", "114-2/duty/course-outputs/12", 3),
        ("discipline", "114-2/duty/attendance/12", 3),
        ("guidance", "114-2/duty/exploration/12", 3),
        ("guidance", "114-2/duty/statement/12", 3),
        ("it", "114-2/duty/platform", 3),
        ("student", "114-2/window/activity-selection-second", 3),
        ("student", "114-2/window/output-selection-second", 3),
        ("student-activities", "114-2/duty/positions-clubs/12", 3),
        ("student-activities", "114-2/duty/service/12", 3),
        # The classes of August stand in the file already, so the check of February is of another one.
        ("registry", "114-2/duty/basic-data/10-11-12", -46),
    },
    "2026-07-25": {
        ("academic-affairs", "114-1/duty/school-contests", -155),
        ("academic-affairs", "114-2/duty/school-contests", -71),
        ("course-counsellor", "114-2/duty/consultation/10-11", 6),
        ("guidance", "114-2/duty/exploration/10-11", 6),
        ("student", "114-2/window/activity-selection", 13),
        ("student", "114-2/window/output-selection", 13),
        ("student-activities", "114-2/duty/positions-clubs/10-11", 6),
        ("student-activities", "114-2/duty/service/10-11", 6),
    },
    "2026-11-23": {
        ("academic-affairs", "114-1/duty/school-contests", -276),
        ("academic-affairs", "114-2/duty/school-contests", -192),
        ("guidance", "115-1/training/parents/1", 12),
    },
}
# By day: some duties as they stand, with what is done of what is needed.
DUTIES = {
    "2025-10-01": {
        "114-1/duty/basic-data/10-11-12": (Phase.DONE, 21, 21),
        "114-1/duty/marks/10-11-12": (Phase.RUNNING, 0, 21),
        "114-1/upload/students/10-11-12": (Phase.COMING, 0, 1),
        "114-1/upload/course-outputs/first": (Phase.COMING, 0, 1),
    },
    "2026-02-05": {
        "114-1/duty/marks/10-11-12": (Phase.DONE, 20, 20),
        "114-1/duty/attendance/10-11-12": (Phase.DONE, 20, 20),
        "114-1/upload/students/10-11-12": (Phase.DONE, 1, 1),
    },
    "2026-03-10": {
        "114-1/duty/school-contests": (Phase.OVERDUE, 1, 2),
        "114-1/upload/marks/10-11-12": (Phase.DONE, 1, 1),
        "114-1/upload/course-outputs/first": (Phase.DONE, 1, 1),
        "114-2/duty/basic-data/10-11-12": (Phase.RUNNING, 0, 21),
    },
    "2026-05-12": {
        "114-2/duty/statement/12": (Phase.RUNNING, 5, 5),
        "114-2/duty/attendance/12": (Phase.RUNNING, 0, 6),
        "114-2/upload/course-outputs/second": (Phase.COMING, 0, 1),
    },
    "2026-07-25": {
        "114-2/duty/marks/10-11": (Phase.DONE, 15, 15),
        "114-2/duty/attendance/12": (Phase.DONE, 6, 6),
        "114-2/upload/marks/12": (Phase.DONE, 1, 1),
        "114-2/upload/marks/10-11": (Phase.COMING, 0, 1),
    },
    "2026-11-23": {
        "115-1/duty/course-selection/10-11-12": (Phase.DONE, 24, 24),
        "115-1/duty/marks/10-11-12": (Phase.RUNNING, 0, 24),
        "115-1/upload/students/10-11-12": (Phase.DONE, 1, 1),
        "114-2/upload/activities/regular": (Phase.DONE, 1, 1),
    },
}
DAYS = sorted(OPEN)


def test_the_table_has_six_days_through_a_year() -> None:
    assert len(DAYS) == 6
    assert set(REMINDED) == set(DUTIES) == set(OPEN)


@pytest.mark.parametrize("day", DAYS)
def test_the_windows_that_are_open(day: str) -> None:
    on = date.fromisoformat(day)
    found = overview_output.current(overview_on(on).calendar, on)
    assert {one.id for one in found if one.kind is DeadlineKind.WINDOW} == OPEN[day]


@pytest.mark.parametrize("day", DAYS)
def test_who_is_reminded_of_what(day: str) -> None:
    found = reminders_on(date.fromisoformat(day))
    assert {(one.owner.id, one.deadline.id, one.days_left) for one in found} == REMINDED[day]
    assert all((one.within is None) == (one.days_left < 0) for one in found)


@pytest.mark.parametrize("day", DAYS)
def test_duties_as_they_stand(day: str) -> None:
    states = {one.id: one for one in overview_on(date.fromisoformat(day)).duties}
    for name, (phase, done, needed) in DUTIES[day].items():
        found = states[name]
        assert (found.phase, found.tally.done, found.tally.needed) == (phase, done, needed), name


@pytest.mark.parametrize("day", DAYS)
def test_pages_reminders_and_status_agree(day: str) -> None:
    """One date for one thing, wherever it is shown."""
    on = date.fromisoformat(day)
    state = overview_on(on)
    generated = pages(_view(on), renderer(resources.folder("site_theme") / "pages"), words("zh-TW"))
    shown = json.loads(json.dumps(overview_output.as_json(state.calendar, state.duties, state.backlog, state.school)))
    told = json.loads(reminders_output.as_json(reminders_on(on), on))["reminders"]
    closes = {one["id"]: one["closes"] for one in shown["windows"]}
    due = {one["id"]: one["due"] for one in shown["duties"]}
    for one in told:
        name = one["deadline"]["id"]
        assert one["deadline"]["closes"] in (closes.get(name), due.get(name), _planned(shown, name))
    assert _open_on_page(generated["status.md"]) == sorted(closes[name] for name in OPEN[day])
    # What the registry does with receipts is no row of 伍.五: it stands in the status and the reminders alone.
    of_article = [one for one in shown["duties"] if not one["duty"].startswith("receipt-")]
    for one in of_article:
        if one["due"] is not None:
            assert f'datetime="{one["due"]}"' in generated["duties.md"], one["id"]
    for term in state.school.calendars:
        feed = "".join(generated[name] for name in generated if name.endswith(".ics"))
        for one in of_article:
            assert one["due"] is None or one["term"] != str(term) or _event(feed, one["id"]) == one["due"]


def _view(on: date):  # type: ignore[no-untyped-def]
    """The site of that day: the demo's clock is set to it."""
    tree = tree_on(on)
    own = tree.files["content/school/school.yaml"].replace(b"today: 2026-11-23", f"today: {on}".encode())
    return view(tree.over({"content/school/school.yaml": own}), ROOT)


def _planned(shown: dict[str, list[dict[str, str]]], name: str) -> str | None:
    return next((one["closes"] for one in (*shown["trainings"], *shown["meetings"]) if one["id"] == name), None)


def _open_on_page(page: str) -> list[str]:
    section = page.partition("{ #open }")[2].partition("\n## ")[0]
    return sorted(re.findall(r'datetime="([0-9-]+)"', section))


def _event(feeds: str, name: str) -> str | None:
    """The day of an event by its id, read without a parser: lines are unfolded."""
    uid = f"UID:{name.replace('/', '.')}@"
    for event in feeds.replace("\r\n ", "").split("BEGIN:VEVENT"):
        if uid in event:
            found = re.search(r"DTSTART;VALUE=DATE:(\d{4})(\d\d)(\d\d)", event)
            return "-".join(found.groups()) if found else None
    return None


def test_a_term_in_words_for_its_own_staff() -> None:
    on = date(2026, 3, 10)
    state = overview_on(on)
    names = names_of(state.school, words("zh-TW"))
    text = overview_output.render(Term.parse("114-1"), state.calendar, state.duties, state.backlog, state.school, names)
    assert re.search(r"學生個人校內競賽表現 全校 +教務處 +2026-02-20 +逾期 +1/2", text)
    assert "s1" not in text
