"""The evaluation of the demo's first school year: its figures from the plan itself, and the secretary's own words.

`licheng evaluate` computes the same figures from the records; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from licheng.demo.calendars import AGENCY, SESSIONS, windows
from licheng.demo.certify import Ledger
from licheng.demo.clock import TAIPEI, TERMS, YEAR, Term
from licheng.demo.desk import Desk, DeskSheet
from licheng.demo.emit import Fields, Value, markdown_record
from licheng.demo.people import Cast, Stay
from licheng.demo.registry import verified_basic_data, verified_courses
from licheng.demo.works import Handed, applies, revokes

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


def write(desk: Desk, cast: Cast, handed: Iterable[Handed], ledger: Ledger | None) -> None:
    """Put the evaluation on the desk: the draft, and the released version."""
    outputs = [output for output in handed if output.stay.term.year == YEAR]
    decided = [(output, day) for output in outputs if (day := _first_decision(output, ledger))]
    signed = ledger.signed if ledger else {}
    returned = sum(any(each.decision.name == "returned" for each in signed[output.folder]) for output, _ in decided)
    waits = sorted((day - _window(output.stay.term, output.stay.level)[0]).days for output, day in decided)
    times: Fields = {"median_days": _rank(waits, 50), "p90_days": _rank(waits, 90)} if waits else {}
    figures: Fields = {
        "as_of": ON.isoformat(),
        "duties": _duties(cast, outputs, ledger),
        "certification": {"decided": len(decided), "returned": returned, **times},
        "trainings": _gathered([session.on for session in SESSIONS if session.term.startswith(f"{YEAR}-")]),
        "meetings": _gathered([term.meeting for term in TERMS if term.year == YEAR]),
        "going_out": _going_out(cast),
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
        sheet = DeskSheet(day, cast.office("academic-dean"), f"{message} the evaluation of {YEAR}")
        desk.put(sheet, path, markdown_record(fields, _WORDS))


def _gathered(days: list[date]) -> Fields:
    """Return how many trainings or meetings were wanted, and how many were held by now."""
    return {"wanted": len(days), "held": sum(day <= ON for day in days)}


def _going_out(cast: Cast) -> Fields:
    """Return what went out by now: consents alone, as receipts come later and nobody applied five years ago."""
    applicants = [student for student in cast.students if applies(student) and student.stay(f"{YEAR}-2")]
    revoking = sum(map(revokes, applicants))
    none = dict.fromkeys(("receipts", "notices", "asked", "confirmed", "deemed"), 0)
    later = dict.fromkeys(("releases", "seals_due", "sealed"), 0)
    return {**none, "consents": len(applicants) + revoking, "revoked": revoking, **later}


def _duties(cast: Cast, outputs: list[Handed], ledger: Ledger | None) -> list[Value]:
    """Return, duty by duty, how often it was due by now, and how often it was done on time."""
    stays = [stay for student in cast.students for stay in student.stays if stay.term.year == YEAR]
    rosters = [(stay, _deadline("students", stay), _deadline("marks", stay)) for stay in stays]
    windows_close = ((output, _window(output.stay.term, output.stay.level)[1]) for output in outputs)
    on_time = {
        "basic-data": [
            verified_basic_data(stay) <= day for stay, day, _ in rosters if day and stay.first <= day <= stay.last
        ],
        "course-outputs": [
            (day := _first_decision(output, ledger)) is not None and day <= closes
            for output, closes in windows_close
            if closes <= ON
        ],
        "course-selection": [verified_courses(stay) <= day for stay, _, day in rosters if day],
    }
    return [{"duty": duty, "due": len(done), "on_time": sum(done)} for duty, done in on_time.items() if done]


def _deadline(roster: str, stay: Stay) -> date | None:
    """The school's own day: two weeks before the agency's (伍.末), if it is over by now."""
    closes = [
        date.fromisoformat(window.closes) - _LEAD
        for window in AGENCY
        if (window.term, window.roster) == (stay.term.id, roster) and str(stay.level) in window.levels.split()
    ]
    return min(closes) if closes and min(closes) <= ON else None


def _window(term: Term, level: int) -> tuple[date, date]:
    """The first and the last day on which a year level's outputs are certified in a term."""
    return next((opens, closes) for opens, closes, levels in windows(term, "certification") if level in levels)


def _first_decision(output: Handed, ledger: Ledger | None) -> date | None:
    signed = ledger.signed.get(output.folder, []) if ledger else []
    days = [each.when.astimezone(TAIPEI).date() for each in signed]
    return min(days) if days and min(days) <= ON else None


def _rank(waits: list[int], percent: int) -> int:
    """The first of the sorted values that covers a percentage of them."""
    return next(wait for number, wait in enumerate(waits, start=1) if number * 100 >= percent * len(waits))
