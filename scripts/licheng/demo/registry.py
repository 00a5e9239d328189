"""The records that the school writes about a student: enrolment, courses, marks, counselling and service.

The base of a portfolio is written for every student; `licheng.demo.pupils` asks for the rest one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256

from licheng.demo import courses, identities, media, specials, words
from licheng.demo.clock import BEGINNING, GRADUATION, TAIPEI, TODAY
from licheng.demo.courses import RETAKEN, Course
from licheng.demo.desk import DeskSheet
from licheng.demo.dice import Dice
from licheng.demo.emit import Fields, Value, markdown_record
from licheng.demo.keyring import WAIVER, Keyring, utc_text
from licheng.demo.material import AWARDS, CLUBS, CLUSTERS, CONTESTS, EXTERNALS, PLACES, POSITIONS, SERVICES
from licheng.demo.pen import Pen
from licheng.demo.people import Stay
from licheng.demo.school import HELD_ON
from licheng.signing.canonical import Json, encode

PROGRAMME = "general"

_CURRENT_ENDS = date(2026, 11, 20)
_ABSENCES = ("personal", "sick", "official", "late", "sick", "personal")
_OTHERS = ("校外自主學習歷程說明", "跨校合作計畫參與說明", "轉學前學習經驗說明")


def base(pen: Pen) -> None:
    """Write what every portfolio has: enrolment, and the courses, marks, attendance and verifications of each term."""
    messages = {BEGINNING: "Enter the students who are enrolled", GRADUATION: "Graduate cohort 112"}
    enrolment: dict[date, bytes] = {}  # by the day on which it was written
    # The enrolment as it became known: once at the beginning, and again after each later event.
    for day in sorted({max(BEGINNING, event.on) for event in pen.student.events}):
        events: list[Value] = [event.fields() for event in pen.student.events if event.on <= day]
        opening = f"Open school year {day.year - 1911}: classes and new students"
        usual = opening if (day.month, day.day) == (8, 1) else "Note a change of enrolment"
        sheet = DeskSheet(day + timedelta(days=3), pen.cast.office("registrar"), messages.get(day, usual))
        visits = specials.visits(pen.student) if day >= specials.VISIT_ENTERED else {}
        fields: Fields = {"kind": "student/v1", "programme": PROGRAMME, "events": events, **visits}
        enrolment[sheet.on] = pen.record(sheet, "student.yaml", fields)
    for stay in pen.student.stays:
        taken = _courses(pen, stay)
        verified = verified_basic_data(stay)
        known = [data for written, data in enrolment.items() if written <= verified]
        verify(pen, stay, "basic-data", {"student.yaml": known[-1]}, "registrar", verified)
        if not stay.whole:
            continue
        # Who does not pass takes a resit, and passes it unless the course is retaken (重修).
        dice = pen.dice("marks", stay.term.id)
        retakes = {RETAKEN} if (pen.student.cohort, pen.student.part, stay.term.id) == (114, 3, "114-1") else set()
        special = specials.marks(pen.student, stay.term.id)
        marks: list[Value] = []
        for course in taken:
            failed = course.id in retakes
            mark = 48 if failed else max(dice.between(56, 98), dice.between(56, 98))
            passed = mark >= 60
            resit: Fields = {} if passed else {"resit_mark": Decimal(52 if failed else 60), "resit_passed": not failed}
            drawn: Fields = {"mark": Decimal(mark), "passed": passed, **resit}
            marks.append({"course": course.id, **special.pop(course.id, drawn), "credited": not failed})
        marks += [{"course": course, **fields, "credited": True} for course, fields in special.items()]
        closing = _closing_sheet(pen, stay, "registrar", "Record marks")
        pen.record(closing, f"terms/{stay.term.id}/marks.yaml", {"kind": "marks/v1", "marks": marks})
        attendance(pen, stay)


def exploration(pen: Pen, stay: Stay) -> None:
    """Write the exploration of fields of study and the plan for work of a term."""
    dice = pen.dice("exploration", stay.term.id)
    day = _day(dice, stay, stay.term.opening + timedelta(days=14), stay.term.opening + timedelta(days=40))
    clusters: list[Value] = list(dice.sample(CLUSTERS, dice.between(2, 3)))
    fields: Fields = {
        "kind": "exploration/v1",
        "recorded_on": day.isoformat(),
        "clusters": clusters,
        "employment_plan": words.employment_plan(dice, pen.style.full),
    }
    sheet = pen.month_sheet(day, pen.cast.office("guidance-head"), "Record explorations", stay)
    pen.record(sheet, f"terms/{stay.term.id}/exploration.yaml", fields)


def consultation(pen: Pen, stay: Stay, number: int) -> None:
    """Write a record of a course consultation."""
    dice = pen.dice("consultation", stay.term.id, number)
    day = _day(dice, stay, stay.first, stay.last)
    content, opinion = words.consultation(dice, pen.style.full)
    fields: Fields = {
        "kind": "consultation/v1",
        "on": day.isoformat(),
        "time": f"{dice.between(12, 16)}:{dice.pick(('00', '10', '30'))}",
        "place": dice.pick(PLACES),
        "mode": dice.between(1, 2),
        "content": content,
        "opinion": opinion,
    }
    sheet = pen.month_sheet(day, pen.cast.counsellor(stay.class_), "Record course consultations", stay)
    pen.record(sheet, f"consultations/{day}-{'abc'[number % 3]}.yaml", fields)


def attendance(pen: Pen, stay: Stay) -> None:
    """Write the absences of a term."""
    dice = pen.dice("attendance", stay.term.id)
    many = dice.between(3, 9) if pen.style.full else dice.between(1, 5)
    days = sorted({_day(dice, stay, stay.first, stay.last) for _ in range(many)})
    absences: list[Value] = [
        {"on": day.isoformat(), "type": dice.pick(_ABSENCES), "periods": dice.between(1, 7)} for day in days
    ]
    sheet = _closing_sheet(pen, stay, "discipline-head", "Record attendance")
    pen.record(sheet, f"attendance/{stay.term.id}.yaml", {"kind": "attendance/v1", "absences": absences})


def position(pen: Pen, stay: Stay, number: int) -> None:
    """Write a position that the student held."""
    current = POSITIONS[-1:] if not stay.term.over else POSITIONS[:-1]
    choices = pen.dice("position", stay.term.id).shuffled(current)
    slug, organisation, title, level = choices[number % len(choices)]
    fields: Fields = {
        "kind": "position/v1",
        "organisation": organisation,
        "title": title,
        "level": level,
        **_span(stay),
    }
    sheet = _closing_sheet(pen, stay, "student-activities-head", "Record positions")
    pen.record(sheet, f"positions/{stay.term.id}-{slug}.yaml", fields)


def club(pen: Pen, stay: Stay) -> None:
    """Write the club that the student belonged to."""
    dice = pen.dice("club", stay.term.year)
    slug, name = dice.pick(CLUBS)
    title: Fields = {"title": dice.pick(("社員", "社員", "幹部"))}
    sheet = _closing_sheet(pen, stay, "student-activities-head", "Record clubs")
    pen.record(
        sheet,
        f"clubs/{stay.term.id}-{slug}.yaml",
        {"kind": "club/v1", "name": name, **_span(stay), **title},
    )


def service(pen: Pen, stay: Stay, number: int) -> None:
    """Write community service that the school registered."""
    dice = pen.dice("service", stay.term.id)
    slug, name, organiser, place = dice.shuffled(SERVICES)[number % len(SERVICES)]
    day = _day(dice, stay, stay.first, stay.last)
    fields: Fields = {
        "kind": "community-service/v1",
        "name": name,
        "organiser": organiser,
        "starts": day.isoformat(),
        "ends": day.isoformat(),
        "hours": Decimal(dice.between(2, 12)) / 2,
        "place": place,
    }
    sheet = pen.month_sheet(day, pen.cast.office("student-activities-head"), "Record community service", stay)
    pen.record(sheet, f"service/{stay.term.id}-{slug}.yaml", fields)


def contest_result(pen: Pen, stay: Stay) -> None:
    """Write the student's result in one of the school's contests of the term, when there was one."""
    contests = [contest for contest in CONTESTS if stay.first <= HELD_ON[contest.slug] <= stay.last]
    if not contests:
        return
    dice = pen.dice("contest", stay.term.id)
    contest = dice.pick(contests)
    proof = media.make("certificate.pdf", "evidence", pen.student.id, contest.slug)
    fields: Fields = {
        "kind": "contest-result/v1",
        "contest": contest.slug,
        "name": contest.zh,
        "content": dice.pick(("個人組參賽，完成作品與口頭說明。", "團隊合作完成作品，並參加現場答辯。")),
        "result": dice.pick(AWARDS[:-1]),
        "on": HELD_ON[contest.slug].isoformat(),
        "team": dice.between(1, 2),
        "attachments": [proof.fields()],
    }
    written = HELD_ON[contest.slug] + timedelta(days=4)
    sheet = pen.staff_sheet(written, pen.cast.office("academic-dean"), "Record results of a contest", stay)
    pen.put(sheet, f"contests/{contest.slug}/item.md", markdown_record(fields, "成績由承辦單位於賽後登錄。"))
    pen.file(sheet, f"contests/{contest.slug}/{proof.name}", proof.data)


def external_record(pen: Pen, stay: Stay) -> None:
    """Write a result that a body outside the school registered."""
    dice = pen.dice("external", stay.term.id)
    slug, category, name, issuer, result = dice.pick(EXTERNALS)
    day = _day(dice, stay, stay.first, stay.last)
    folder = f"external/{stay.term.id}-{slug}"
    proof = media.make("certificate.pdf", "evidence", pen.student.id, folder)
    fields: Fields = {
        "kind": "external-record/v1",
        "category": category,
        "name": name,
        "issuer": issuer,
        "content": f"參加{name}，依主辦單位公告之項目與級別登錄。",
        "result": result,
        "on": day.isoformat(),
        "attachments": [proof.fields()],
    }
    tutor = pen.cast.tutor(stay.class_, stay.term.year)
    sheet = pen.month_sheet(day, tutor, "Enter records from outside bodies", stay)
    pen.put(sheet, f"{folder}/item.md", markdown_record(fields, "由學校依主辦單位通知代為登錄。"))
    pen.file(sheet, f"{folder}/{proof.name}", proof.data)


def other(pen: Pen, stay: Stay) -> None:
    """Write a record of the category 其他."""
    dice = pen.dice("other", stay.term.id)
    day = _day(dice, stay, stay.first, stay.last)
    guide = pen.cast.office("guidance-head")
    fields: Fields = {
        "kind": "other/v1",
        "title": dice.pick(_OTHERS),
        "recorder": guide,
        "recorded_on": day.isoformat(),
        "attachments": [],
    }
    body = "學生於校外持續進行的學習，無法歸入其他項目，經輔導室確認後登錄。"
    sheet = pen.month_sheet(day, guide, "Record other material", stay)
    pen.put(sheet, f"others/{stay.term.id}-note/item.md", markdown_record(fields, body))


def verified_courses(stay: Stay) -> date:
    """The day on which the courses of a term are verified."""
    return stay.term.selection_closed + timedelta(days=7)


def verified_basic_data(stay: Stay) -> date:
    """The day on which the basic data are verified again in a term."""
    return stay.term.selection_closed + timedelta(days=12)


def verify(pen: Pen, stay: Stay, subject: str, files: Mapping[str, bytes], post: str, day: date) -> None:
    """Write that a post has checked files, by their paths below the student's folder, and what they were."""
    person = pen.cast.office(post)
    digests = {name: sha256(files[name]).hexdigest() for name in sorted(files)}
    lines = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    committed: Fields = {}
    if subject == "basic-data":
        commitment = identities.commitment(pen.style.seed, pen.student.id, stay.term.id)
        committed, lines = {"commitment": commitment}, f"{lines}{commitment}  @commitment\n"
    listed: list[Value] = [{"name": name, "sha256": digest} for name, digest in digests.items()]
    fields: Fields = {
        "kind": "verification/v1",
        "post": post,
        "by": person,
        "on": day.isoformat(),
        "files": listed,
        **committed,
        "digest": sha256(lines.encode()).hexdigest(),
    }
    sheet = pen.staff_sheet(day, person, f"Verify {subject} of {stay.term.id}", stay)
    pen.record(sheet, f"verifications/{stay.term.id}/{subject}.yaml", fields)


def waiver(pen: Pen, stay: Stay, item: str, stage: str, on: date, until: date) -> None:
    """Write that a window was opened again for one item, and why."""
    secretary = pen.cast.office("academic-dean")
    fields: Fields = {
        "kind": "waiver/v1",
        "item": item,
        "stage": stage,
        "reason": "因公假代表學校參加比賽，期限前無法完成，經任課教師確認後延長。",
        "by": secretary,
        "on": on.isoformat(),
        "until": until.isoformat(),
    }
    keyring = Keyring(pen.cast, pen.style.seed)
    signed_at = datetime.combine(on, time(12), TAIPEI)
    statement: dict[str, Json] = {
        "_type": "waiver/v1",
        "repository": keyring.repository,
        "student": pen.student.id,
        "signed_at": utc_text(signed_at),
        **{name: str(value) for name, value in fields.items() if name != "kind"},
    }
    fields["signed_at"] = utc_text(signed_at)
    fields["signature"] = keyring.at(secretary, signed_at).sign(WAIVER, encode(statement)).decode()
    slug = item.replace("/", "-")[:64].rstrip("-")
    pen.record(pen.staff_sheet(on, secretary, "Grant a waiver", stay), f"waivers/{slug}.yaml", fields)


def _courses(pen: Pen, stay: Stay) -> list[Course]:
    """Write the course records of a term and their verification; return the courses that the student takes."""
    taken = courses.taken(pen.student, stay, pen.style.seed)
    entries: list[Value] = [
        {
            "course": course.id,
            "section": course.section(stay.class_),
            "mode": "regular",
            "credits": Decimal(course.credits),
        }
        for course in taken
    ]
    entries += specials.courses(pen.student, stay.term.id, stay.class_)
    head = pen.cast.office("curriculum-head")
    written = verified_courses(stay) - timedelta(days=3)
    sheet = pen.staff_sheet(written, head, f"Record the courses selected for {stay.term.id}", stay)
    path = f"terms/{stay.term.id}/courses.yaml"
    data = pen.record(sheet, path, {"kind": "course-records/v1", "courses": entries})
    verify(pen, stay, "course-records", {path: data}, "curriculum-head", verified_courses(stay))
    return taken


def _closing_sheet(pen: Pen, stay: Stay, post: str, message: str) -> DeskSheet:
    """Return the sheet of what a unit records after lessons, or so far in the current term."""
    closing = stay.term.closing_of(stay.level)
    day = min(closing + timedelta(days=1), TODAY - timedelta(days=1))
    return pen.staff_sheet(day, pen.cast.office(post), f"{message} of {stay.term.id}", stay)


def _span(stay: Stay) -> Fields:
    ends = stay.last if stay.term.over else min(stay.last, _CURRENT_ENDS)
    return {"starts": stay.first.isoformat(), "ends": ends.isoformat()}


def _day(dice: Dice, stay: Stay, first: date, last: date) -> date:
    low = min(max(first, stay.first), stay.last)
    return dice.day(low, max(low, min(last, stay.last)))
