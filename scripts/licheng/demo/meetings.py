"""The working group's papers: minutes, seats, trainings, support and submissions."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

from licheng.demo import calendars
from licheng.demo.calendars import AGENCY, SESSIONS, AgencyWindow, Session
from licheng.demo.clock import BEGINNING, TERMS, TODAY, YEAR, Term
from licheng.demo.desk import Desk, DeskSheet
from licheng.demo.dice import Dice
from licheng.demo.emit import Fields, Value, markdown_record, yaml_record
from licheng.demo.people import Cast

_SEATS = (
    "principal",
    "academic-dean",
    "student-affairs-dean",
    "parent-representative",
    "student-representative",
    "registrar",
    "student-activities-head",
    "guidance-head",
    "head-tutor",
)
_ELECTED = ("parent-representative", "student-representative")

# number | subject | owner | text
_RESOLUTIONS = (
    (calendars.METHOD, "method", "it", "本學期沿用檔案平台登錄，紀錄以檔案保存，每日備份一次並核對。"),
    (calendars.SUBMISSION, "schedule", "curriculum", "課程學習成果與多元表現之送出、認證期間依行事曆辦理。"),
    (calendars.RECORDING, "schedule", "registry", "基本資料與修課紀錄之登錄及檢核期間依行事曆辦理。"),
    (calendars.SELECTION, "schedule", "registry", "勾選與收訖明細確認期間依行事曆辦理，確認期間不少於三日。"),
    (calendars.PERSONNEL, "personnel", "academic-affairs", "各項目依分工表辦理，教師請假時另派認證代理人。"),
    (calendars.TRAINING, "training", "guidance", "學生訓練由輔導室辦理一次。"),
    (calendars.WORKSHOP, "workshop", "academic-affairs", "教師研習由教務處辦理一次。"),
    (calendars.BRIEFING, "briefing", "guidance", "親師說明由輔導室結合親職日辦理一次。"),
    (calendars.PREVIEW, "content", "it", "改善較大文件的預覽速度。"),
    (calendars.EVALUATION, "evaluation", "academic-affairs", "114 學年度成效評核由執行秘書於七月底前完成。"),
)

# What is only in the minutes of some terms, and by when it is done.
_ONLY_IN = {calendars.PREVIEW: "115-1", calendars.EVALUATION: "114-2"}
_DUE = {
    (calendars.PREVIEW, "115-1"): date(2026, 10, 30),
    (calendars.BRIEFING, "115-1"): date(2026, 12, 18),
    (calendars.EVALUATION, "114-2"): date(2026, 7, 31),
}
# Of the current term, what is done already.
_DONE = (calendars.METHOD, calendars.PERSONNEL, calendars.TRAINING, calendars.WORKSHOP)

_TOPICS = {
    "students": ["course-selection", "building"],
    "teachers": ["counselling", "building"],
    "parents": ["building", "use"],
}
_TRAINING_TEXT = {
    "students": (
        "禮堂",
        (
            "說明選課流程、課程學習成果與多元表現的登錄方式，並實際操作草稿與送出。\n\n"
            "學生最常問的是檔案大小與送出後能否修改：送出截止前可以修改，認證後再改需重新認證。"
        ),
    ),
    "teachers": (
        "電腦教室",
        (
            "說明課程諮詢紀錄的欄位、認證的意義（確認為學生本人的作品且科目正確）與退回的理由。\n\n"
            "認證不評分，也不以品質為條件。"
        ),
    ),
    "parents": (
        "視聽教室",
        ("說明學習歷程檔案的內容、家長可以陪伴的方式，以及資料如何保護。\n\n會中提醒：沒有任何科目或件數是強制的。"),
    ),
}
_MATERIALS: dict[str, list[Value]] = {
    "students": [{"title": "登錄操作手冊", "page": "start.md"}, {"title": "選課輔導手冊"}],
    "teachers": [{"title": "驗證一份認證", "page": "verify.md"}, {"title": "認證說明簡報"}],
    "parents": [{"title": "個資與公開", "page": "privacy.md"}, {"title": "親師說明單張"}],
}

# Parents come on a Saturday morning; the others are trained in lessons, whose hours the timetable tells.
_HOURS: dict[str, Fields] = {"parents": {"time": "09:30", "end_time": "11:00"}}
_PLANNED_TEXT = "結合親職日辦理，流程另行公告。"
# When a session that is still ahead was planned.
PLANNED_ON = date(2026, 11, 9)

# slug | category | reported on | days open (0: still open) | unit | summary
_SUPPORT = (
    ("2025-09-account-opening", "account", date(2025, 9, 10), 2, "it", "新生三人無法登入，因帳號尚未開設。"),
    (
        "2025-11-upload-failure",
        "failure",
        date(2025, 11, 20),
        1,
        "it",
        "上傳影音檔案時中斷，已調整逾時設定。",
    ),
    ("2026-01-course-question", "question", date(2026, 1, 8), 1, "curriculum", "詢問協同教學課程由誰認證。"),
    ("2026-04-statement-column", "question", date(2026, 4, 1), 3, "guidance", "詢問自傳的字數與附件格式。"),
    ("2026-09-class-list", "system", date(2026, 9, 3), 4, "it", "升級後班級名單仍顯示上學年度，已更新。"),
    ("2026-11-slow-preview", "system", date(2026, 11, 18), 0, "it", "預覽較大的文件時回應緩慢，處理中。"),
)


def write(desk: Desk, cast: Cast) -> None:
    """Put the working group's papers on the desk."""
    dean, guide = cast.office("academic-dean"), cast.office("guidance-head")
    for term in TERMS:
        _put(desk, f"content/working-group/{term.id}/{term.meeting}.md", _minutes(term), dean)
    for session in SESSIONS:
        host = dean if session.organiser == "academic-affairs" else guide
        _put(desk, f"content/training/{session.term}/{session.audience}.md", _training(session, cast), host)
    # The terms of office of the seats that no post of the staff decides, a year each.
    seats = "content/working-group/seats.yaml"
    terms: list[Value] = []
    for year, on in ((YEAR, BEGINNING), (YEAR + 1, date(2026, 8, 3))):
        first, last = f"{year + 1911}-08-01", f"{year + 1912}-07-31"
        terms += [{"seat": seat, "from": first, "to": last} for seat in _ELECTED]
        data = yaml_record(seats, {"kind": "seat-holders/v1", "terms": terms})
        _put(desk, seats, (on, f"Seat the working group of {year}", data), dean)
    _support(desk, cast)
    for window in AGENCY:
        day = date.fromisoformat(window.closes) - timedelta(days=3)
        if day < TODAY:
            path = f"content/submissions/{_year(window)}/{_submission_slug(window)}.yaml"
            message = f"Record what was submitted to the agency for {window.term}"
            data = yaml_record(path, _submission(window, day, cast))
            _put(desk, path, (day, message, data), cast.office("registrar"))


def _put(desk: Desk, path: str, paper: tuple[date, str, bytes], author: str) -> None:
    day, message, data = paper
    desk.put(DeskSheet(day, author, message), path, data)


def _minutes(term: Term) -> tuple[date, str, bytes]:
    absent = "parent-representative" if term.id == "114-2" else ""
    kept = [row for row in _RESOLUTIONS if _ONLY_IN.get(row[0], term.id) == term.id]
    resolutions: list[Value] = []
    for number, (which, subject, owner, text) in enumerate(kept, start=1):
        on = _DUE.get((which, term.id))
        due: Fields = {"due": on.isoformat()} if on else {}
        state = "done" if term.over or which in _DONE else "open"
        resolutions.append({"number": number, "subject": subject, "text": text, "owner": owner, **due, "state": state})
    fields: Fields = {
        "kind": "meeting/v1",
        "called_by": "principal",
        "chaired_by": "principal",
        "attendance": [{"seat": seat, "present": seat != absent} for seat in _SEATS],
        "resolutions": resolutions,
    }
    day, semester = term.meeting, "一二"[term.number - 1]
    body = f"# 工作小組會議紀錄\n\n會議日期：民國 {day.year - 1911} 年 {day.month} 月 {day.day} 日\n\n"
    body += f"本次議決 {term.year} 學年度第{semester}學期建置方式、人員、期程及內容。\n\n"
    body += "\n".join(f"{number}. {text}" for number, (*_, text) in enumerate(kept, start=1))
    return day, f"Record the working group's meeting of {term.id}", markdown_record(fields, body)


def _training(session: Session, cast: Cast) -> tuple[date, str, bytes]:
    place, body = _TRAINING_TEXT[session.audience]
    planned = {"students": len(cast.students), "teachers": len(cast.staff())}.get(session.audience, 12)
    topics: list[Value] = list(_TOPICS[session.audience])
    over = session.on <= TODAY
    actual: Fields = {"actual": max(1, planned * 9 // 10)} if over else {}
    fields: Fields = {
        "kind": "training/v1",
        "audience": session.audience,
        "organiser": session.organiser,
        "on": session.on.isoformat(),
        **_HOURS.get(session.audience, {}),
        "place": place,
        "topics": topics,
        "planned": planned,
        **actual,
        "materials": _MATERIALS[session.audience],
    }
    message = f"Record the training of {session.audience} in {session.term}"
    noted = session.on + timedelta(days=1) if over else PLANNED_ON
    return noted, message, markdown_record(fields, body if over else _PLANNED_TEXT)


def _support(desk: Desk, cast: Cast) -> None:
    for slug, category, reported, days, unit, summary in _SUPPORT:
        path = f"content/support/{slug}.yaml"
        states = [(reported, "open")] + ([(reported + timedelta(days=days), "closed")] if days else [])
        for day, state in states:
            closed: Fields = {"closed_on": day.isoformat()} if state == "closed" else {}
            fields: Fields = {
                "kind": "support-request/v1",
                "category": category,
                "reported_on": reported.isoformat(),
                "state": state,
                **closed,
                "unit": unit,
                "summary": summary,
            }
            message = "Note a support request" if state == "open" else "Close a support request"
            desk.put(DeskSheet(day, cast.office("it-head"), message), path, yaml_record(path, fields))


def _year(window: AgencyWindow) -> str:
    return window.term.partition("-")[0]


def _submission_slug(window: AgencyWindow) -> str:
    number = window.term.rpartition("-")[2]
    return f"{window.roster}-{number}-{window.batch or 'level-' + window.levels.replace(' ', '-')}"


def submitted_file(window: AgencyWindow, cast: Cast) -> Fields:
    """Return the file that was submitted in a window."""
    return _submission(window, TODAY, cast)["file"]  # type: ignore[return-value]


def _submission(window: AgencyWindow, day: date, cast: Cast) -> Fields:
    dice = Dice("submission", window, len(cast.students))
    yearly = window.roster in ("course-outputs", "activities")
    number = "0" if yearly else window.term.rpartition("-")[2]
    term: Fields = {} if yearly else {"term": window.term}
    name = f"{_year(window)}-{number}-{_submission_slug(window)}.xlsx"
    return {
        "kind": "agency-submission/v1",
        "roster": window.roster,
        **window.who(),
        **term,
        "submitted_on": day.isoformat(),
        "by": cast.office("registrar"),
        "file": {
            "name": name,
            "size": dice.between(9_000, 40_000),
            "sha256": sha256(name.encode()).hexdigest(),
        },
        "rows": len(cast.students) // 4 * len(window.levels.split()) * dice.between(1, 4),
    }
