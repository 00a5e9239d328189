"""The school's own records: staff, accounts, course offerings, contests and calendars.

What is written by hand (`school.yaml`, `duties.yaml`, the rulebook, the assembly's minutes, the handbook) is
no part of the plan.
"""

from __future__ import annotations

from datetime import date, timedelta

from licheng.demo import courses
from licheng.demo.calendars import calendar
from licheng.demo.clock import BEGINNING, TERMS
from licheng.demo.desk import Desk, DeskSheet
from licheng.demo.emit import Fields, Value, yaml_record
from licheng.demo.material import CONTESTS
from licheng.demo.people import Cast
from licheng.signing.demo_keys import DemoKey

HELD_ON = {
    "114-language": date(2025, 10, 18),
    "114-science-fair": date(2025, 12, 6),
    "114-coding": date(2026, 4, 25),
    "115-language": date(2026, 10, 17),
    "115-science-fair": date(2026, 11, 14),
}

# The account of the desk that brings in the work of students, who do not push.
INTAKE = "t900"
_NEW_YEAR = date(2026, 8, 3)
_LEFT = "2026-07-31"
_VERSIONS = (
    (BEGINNING, "Set up the school"),
    (date(2026, 2, 11), "Open accounts for students who transfer in"),
    (_NEW_YEAR, "Open school year 115"),
)


def write(desk: Desk, cast: Cast, seed: int) -> None:
    """Put the school's own records on the desk."""
    for day, message in _VERSIONS:
        people: list[Value] = [{"id": person, "posts": cast.posts(person, day)} for person in cast.staff()]
        staff: Fields = {"kind": "staff/v1", "staff": people}
        _put(desk, DeskSheet(day, cast.office("registrar"), message), "content/school/staff.yaml", staff)
        opened = DeskSheet(day, cast.office("it-head"), f"{message}: accounts")
        accounts: list[Value] = []
        for person in cast.staff():
            posts = cast.posts(person, _NEW_YEAR)
            left = any("to" in post and post["post"] == "course-teacher" for post in posts)
            accounts.append(_account(seed, person, "staff", BEGINNING, _LEFT if left else ""))
        accounts.append(_account(seed, INTAKE, "intake", BEGINNING, ""))
        for student in cast.students:
            first = max(BEGINNING, student.events[0].on)
            left = student.events[-1].event == "graduation"
            if first <= day:  # what is known by then
                accounts.append(_account(seed, student.id, "student", first, _LEFT if left else ""))
        _put(desk, opened, "content/school/accounts.yaml", {"kind": "accounts/v1", "accounts": accounts})
    dean, curriculum = cast.office("academic-dean"), cast.office("curriculum-head")
    for term in TERMS:
        sheet = DeskSheet(term.starts + timedelta(days=17), curriculum, f"Offer courses in {term.id}")
        _put(desk, sheet, f"content/school/courses/{term.id}.yaml", courses.offerings(cast, term))
        sheet = DeskSheet(term.meeting + timedelta(days=1), dean, f"Set the calendar of {term.id}")
        _put(desk, sheet, f"content/calendar/{term.id}.yaml", calendar(term))
    for contest in CONTESTS:
        sheet = DeskSheet(HELD_ON[contest.slug] - timedelta(days=24), dean, "Announce a contest")
        announcement: Fields = {
            "kind": "contest/v1",
            "name": {"zh": contest.zh, "en": contest.en},
            "unit": contest.unit,
            "held_on": HELD_ON[contest.slug].isoformat(),
            "level": contest.level,
        }
        _put(desk, sheet, f"content/school/contests/{contest.slug}.yaml", announcement)


def _put(desk: Desk, sheet: DeskSheet, path: str, fields: Fields) -> None:
    desk.put(sheet, path, yaml_record(path, fields))


def login(seed: int, holder: str) -> DemoKey:
    """Return the key with which somebody logs in to the school's server; it signs nothing."""
    return DemoKey.of(f"licheng demo {seed} login", holder)


def _account(seed: int, holder: str, kind: str, opened: date, closed: str) -> Fields:
    """Return an account; everybody can derive its login key, and its address cannot receive anything."""
    public = login(seed, holder).public
    return {
        "id": holder,
        "holder": kind,
        "identities": [f"ssh:{public.fingerprint}"],
        "login_keys": [public.line],
        "address": f"{holder}@licheng.invalid",
        "from": opened.isoformat(),
        **({"to": closed} if closed else {}),
    }
