"""The evaluation of the demo's first school year: its figures from the plan itself, and the secretary's own words.

`licheng evaluate` computes the same figures from the records; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from licheng.demo.calendars import AGENCY, SESSIONS, windows
from licheng.demo.certify import Ledger
from licheng.demo.clock import TAIPEI, TERMS, YEAR, Term
from licheng.demo.desk import Desk, Sheet
from licheng.demo.emit import Fields, Value, markdown_record
from licheng.demo.people import Cast, Stay, Student
from licheng.demo.registry import verified_basic_data, verified_courses
from licheng.demo.works import Handed

ON = date(2026, 7, 31)
RELEASED = date(2026, 8, 5)
_LEAD = timedelta(days=14)
_WORDS = f"""\
# {YEAR} 學年度成效評核

## 辦理情形

各項目均依分工完成登錄，課程學習成果的認證絕大多數在期限前完成；三項研習每學期各辦理一次。

## 待改進

期末前一週的送出件數過於集中，下學年度提早提醒。多元表現的證明文件格式不一，將提供範本。
"""

Share = tuple[int, int]


def write(desk: Desk, cast: Cast, handed: Iterable[Handed], ledger: Ledger | None) -> None:
    """Put the evaluation on the desk: the draft, and the released version."""
    outputs = [one for one in handed if one.stay.term.year == YEAR]
    figures: Fields = {
        "as_of": ON.isoformat(),
        "duties": _duties(cast, outputs, ledger),
        "certification": _certification(outputs, ledger),
        "trainings": _share("wanted", "held", _sessions()),
        "meetings": _share("wanted", "held", _meetings()),
    }
    path = f"content/evaluation/{YEAR}.md"
    for day, message in ((ON, "Draft"), (RELEASED, "Release")):
        released: Fields = {"released": RELEASED.isoformat()} if day == RELEASED else {}
        fields: Fields = {
            "kind": "evaluation/v1",
            "on": ON.isoformat(),
            "by": "academic-dean",
            **released,
            "summary": "各項目依期程完成登錄與認證；下學年度加強期末前的提醒，並提供證明文件範本。",
            "figures": figures,
        }
        sheet = Sheet(day, cast.office("academic-dean"), f"{message} the evaluation of {YEAR}")
        desk.put(sheet, path, markdown_record(fields, _WORDS))


def _share(due: str, done: str, share: Share) -> Fields:
    return {due: share[0], done: share[1]}


def _sessions() -> Share:
    days = [session.on for session in SESSIONS if session.term.startswith(f"{YEAR}-")]
    return len(days), sum(day <= ON for day in days)


def _meetings() -> Share:
    days = [term.meeting for term in TERMS if term.year == YEAR]
    return len(days), sum(day <= ON for day in days)


def _duties(cast: Cast, outputs: list[Handed], ledger: Ledger | None) -> list[Value]:
    rows = {
        "basic-data": [done for student in cast.students for done in _basic_data(student)],
        "course-outputs": list(_outputs(outputs, ledger)),
        "course-selection": [done for student in cast.students for done in _selected(student)],
    }
    return [{"duty": duty, **_share("due", "on_time", (len(done), sum(done)))} for duty, done in rows.items() if done]


def _deadline(roster: str, stay: Stay) -> date | None:
    """The school's own day: two weeks before the agency's (伍.末), if it is over by now."""
    closes = [
        date.fromisoformat(window.closes) - _LEAD
        for window in AGENCY
        if (window.term, window.roster) == (stay.term.id, roster) and str(stay.level) in window.levels.split()
    ]
    return min(closes) if closes and min(closes) <= ON else None


def _of_year(student: Student) -> Iterator[Stay]:
    return (stay for stay in student.stays if stay.term.year == YEAR)


def _basic_data(student: Student) -> Iterator[bool]:
    for stay in _of_year(student):
        deadline = _deadline("students", stay)
        if deadline is not None and stay.first <= deadline <= stay.last:
            yield verified_basic_data(stay) <= deadline


def _selected(student: Student) -> Iterator[bool]:
    for stay in _of_year(student):
        deadline = _deadline("marks", stay)
        if deadline is not None:
            yield verified_courses(stay) <= deadline


def _window(term: Term, level: int) -> tuple[date, date]:
    """The first and the last day on which a year level's outputs are certified in a term."""
    return next((opens, closes) for opens, closes, levels in windows(term, "certification") if level in levels)


def _first_decision(one: Handed, ledger: Ledger | None) -> date | None:
    signed = ledger.signed.get(one.folder, []) if ledger else []
    days = [each.when.astimezone(TAIPEI).date() for each in signed]
    return min(days) if days and min(days) <= ON else None


def _outputs(outputs: list[Handed], ledger: Ledger | None) -> Iterator[bool]:
    for one in outputs:
        _, closes = _window(one.stay.term, one.stay.level)
        day = _first_decision(one, ledger)
        if closes <= ON:
            yield day is not None and day <= closes


def _certification(outputs: list[Handed], ledger: Ledger | None) -> Fields:
    days = {one.folder: _first_decision(one, ledger) for one in outputs}
    decided = [one for one in outputs if days[one.folder] is not None]
    signed = ledger.signed if ledger else {}
    returned = sum(any(each.decision.name == "returned" for each in signed[one.folder]) for one in decided)
    waits = sorted(((days[one.folder] or ON) - _window(one.stay.term, one.stay.level)[0]).days for one in decided)
    times: Fields = {"median_days": _rank(waits, 50), "p90_days": _rank(waits, 90)} if waits else {}
    return {"decided": len(decided), "returned": returned, **times}


def _rank(waits: list[int], percent: int) -> int:
    """The first of the sorted values that covers a percentage of them."""
    return next(wait for number, wait in enumerate(waits, start=1) if number * 100 >= percent * len(waits))
