"""What the agency received of the demo's first school year (收訖明細), who was told of it, and what students said.

The first version had two faults: one student reported a work that was missing, and the registry corrected it and
exported anew. Of the second, most students confirmed that it is right; one signed a paper, one is asked to look again,
and one never answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from licheng.demo import meetings
from licheng.demo.calendars import AGENCY
from licheng.demo.clock import YEAR
from licheng.demo.desk import Desk, DeskSheet
from licheng.demo.emit import Fields, Value, yaml_record
from licheng.demo.pen import Pen, Style
from licheng.demo.people import Cast, Stay, Student
from licheng.demo.works import Handed

_SLUG = "course-outputs-regular"
_SHEET = "學期課程學習成果"
_FILE_COLUMN = "課程學習成果文件檔案連結"
# The two versions: exported on, received on. The roster of the second is the one that the submission names.
_DAYS = ((date(2026, 9, 1), date(2026, 9, 3)), (date(2026, 9, 8), date(2026, 9, 14)))
_REPORTED, _TOLD, _REMINDED = date(2026, 9, 4), date(2026, 9, 15), date(2026, 9, 22)
_CONFIRMED, _PAPER, _ANSWERED = date(2026, 9, 24), date(2026, 9, 23), date(2026, 9, 25)
_FEWEST = 5  # students, so that each part has somebody to play it


@dataclass(frozen=True)
class SentWorks:
    """A student of whom works were sent."""

    student: Student
    works: tuple[str, ...]

    @property
    def last_stay(self) -> Stay:
        """In the year that the roster is of."""
        return next(stay for stay in reversed(self.student.stays) if stay.term.year == YEAR)

    @property
    def class_(self) -> str:
        """When the receipts came."""
        now = self.student.stay(f"{YEAR + 1}-1")
        return now.class_ if now is not None else "away"


def write(desk: Desk, cast: Cast, style: Style, handed: Iterable[Handed]) -> None:
    """Put the exports, the receipts, the notices and what students said on the desk."""
    works: dict[str, list[str]] = {}
    for output in handed:
        if output.selected and output.stay.level != 12:
            works.setdefault(output.student.id, []).append(output.work.folder)
    sent = [SentWorks(student, tuple(sorted(works[student.id]))) for student in cast.students if student.id in works]
    here = [each for each in sent if each.class_ != "away"]
    if len(here) < _FEWEST:
        return
    faults: list[Value] = [
        {"student": here[0].student.id, "sheet": _SHEET, "item": here[0].works[0], "fault": "missing"},
        {
            "student": here[3].student.id,
            "sheet": _SHEET,
            "item": here[3].works[0],
            "row": 1 + sum(len(each.works) for each in here[:3]),
            "fault": "file",
            "columns": [_FILE_COLUMN],
        },
    ]
    for number in (1, 2):
        _version(desk, cast, sent, number, faults if number == 1 else [])
    _notices(desk, cast, here[0].class_)
    pens = {each.student.id: Pen(desk, cast, style, each.student) for each in here}
    _report(pens[here[0].student.id], here[0], 1, _REPORTED, "missing", "corrected")
    _report(pens[here[1].student.id], here[1], 2, _PAPER, "wrong", "as-sent")
    _paper(pens[here[2].student.id], here[2])
    for each in (here[0], *here[3:-1]):
        _say(pens[each.student.id], each, 2, _CONFIRMED, {"answer": "agrees"})


def _version(desk: Desk, cast: Cast, sent: list[SentWorks], number: int, faults: list[Value]) -> None:
    """Write an export, and the receipt of it."""
    (exported, received), office = _DAYS[number - 1], cast.office("registrar")
    rows = sum(len(each.works) for each in sent)
    export = _SLUG if number == 1 else f"{_SLUG}-{number}"
    window = next(each for each in AGENCY if (each.roster, each.batch) == ("course-outputs", "regular"))
    submitted = meetings.submitted_file(window, cast)
    file = submitted if number == len(_DAYS) else {**submitted, "sha256": _digest("roster", number)}
    export_fields: Fields = {
        "kind": "roster-export/v1",
        "roster": window.roster,
        "levels": window.who()["levels"],  # as the command writes it, which has no name for the regular batch
        "exported_on": exported.isoformat(),
        "by": office,
        "commit": _digest("commit", number)[:40],  # with a history, the commit before: `demo.write`
        "file": file,
        "manifest": _digest("manifest", number),
        "rows": rows,
        "left_out": [],
    }
    places = sorted({(each.class_ == "away", each.class_, each.last_stay.level) for each in sent})
    classes: list[Value] = [
        {
            "class": name,
            "level": level,
            "students": [each.student.id for each in sent if (each.class_, each.last_stay.level) == (name, level)],
        }
        for _, name, level in places
    ]
    name = f"{YEAR}_0_課程學習成果收訖明細.xlsx"
    receipt_fields: Fields = {
        "kind": "receipt/v1",
        "export": export,
        "received_on": received.isoformat(),
        "by": office,
        "file": {"name": name, "size": 9_000 + 100 * rows, "sha256": _digest(name, number)},
        "rows": {"sent": rows, "received": rows - bool(faults), "same": rows - len(faults)},
        "classes": classes,
        "differences": faults,
    }
    _put(desk, DeskSheet(exported, office, "Record an export"), f"content/exports/{YEAR}/{export}.yaml", export_fields)
    path = f"content/receipts/{YEAR}/{_SLUG}/{number:04}.yaml"
    _put(desk, DeskSheet(received, office, "Record what the agency received"), path, receipt_fields)


def _notices(desk: Desk, cast: Cast, class_: str) -> None:
    tutor = cast.tutor(class_, YEAR + 1)
    everybody, one_class = {"all": True}, {"classes": [class_]}
    for on, by, to, how in (
        (_TOLD, cast.office("registrar"), everybody, "message"),
        (_REMINDED, tutor, one_class, "in-person"),
    ):
        fields: Fields = {
            "kind": "receipt-notice/v1",
            "receipt": f"{_SLUG}/0002",
            "on": on.isoformat(),
            "by": by,
            "to": to,
            "how": how,
            "proof": {"kept": "註冊組檔案櫃"},
        }
        sheet = DeskSheet(on, by, "Tell students of a receipt")
        _put(desk, sheet, f"content/receipt-notices/{YEAR}/{on}-{by}.yaml", fields)


def _say(pen: Pen, sent: SentWorks, version: int, day: date, answer: Fields) -> str:
    """Write what a student says to a version; return what it is called."""
    stay = sent.student.stays[-1]
    sheet = pen.own_sheet(day, 2 if version > 1 else 0, "Answer a receipt", stay)
    slug = f"{_SLUG}-{version}"
    fields: Fields = {"kind": "receipt-confirmation/v1", "receipt": f"{_SLUG}/{version:04}", "on": sheet.on.isoformat()}
    pen.record(sheet, f"receipt-confirmations/{YEAR}/{slug}.yaml", {**fields, **answer})
    return slug


def _report(pen: Pen, sent: SentWorks, version: int, day: date, fault: str, outcome: str) -> None:
    """Write that a student reports a fault, and what the registry answers."""
    problem: Fields = {"item": sent.works[0], "fault": fault}
    slug = _say(pen, sent, version, day, {"answer": "problem", "problems": [problem]})
    office, on = pen.cast.office("registrar"), _DAYS[1][0] if outcome == "corrected" else _ANSWERED
    export: Fields = {"export": f"{_SLUG}-2"} if outcome == "corrected" else {}
    fields: Fields = {"kind": "receipt-answer/v1", "confirmation": slug, "on": on.isoformat(), "by": office}
    sheet = DeskSheet(on, office, "Answer a reported problem")
    pen.record(sheet, f"receipt-answers/{YEAR}/{slug}.yaml", {**fields, "outcome": outcome, **export})


def _paper(pen: Pen, sent: SentWorks) -> None:
    office = pen.cast.office("registrar")
    fields: Fields = {
        "kind": "receipt-sheet/v1",
        "receipt": f"{_SLUG}/0002",
        "on": _PAPER.isoformat(),
        "by": office,
        "sha256": _digest(sent.student.id),
    }
    pen.record(DeskSheet(_PAPER, office, "Take in a signed receipt"), f"receipt-sheets/{YEAR}/{_SLUG}-2.yaml", fields)


def _digest(*keys: object) -> str:
    return sha256("\n".join(map(str, keys)).encode()).hexdigest()


def _put(desk: Desk, sheet: DeskSheet, path: str, fields: Fields) -> None:
    desk.put(sheet, path, yaml_record(path, fields))
