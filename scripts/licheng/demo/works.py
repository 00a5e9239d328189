"""The records that students write: course outputs, activities, statements, selections and release consents.

A work is first written as a draft, most of them, and submitted some weeks later; some stay drafts. Every date
in a work lies in the student's stay of that term, before the day on which the draft is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest

from licheng.demo import courses, media, words
from licheng.demo.clock import APPLICATION, YEAR
from licheng.demo.dice import Dice
from licheng.demo.emit import Fields, Value, markdown_record
from licheng.demo.material import AWARDS, COMMITTEES, PURSUITS, TOPICS, Pursuit, Topic
from licheng.demo.media import Attachment
from licheng.demo.pen import Pen
from licheng.demo.people import CAST_PERIOD, Stay, Student

MAX_ACTIVITIES = 10
OUTPUTS_SUBMITTED = 3
ACTIVITIES_SUBMITTED = 5  # a term, so ten a school year

_DRAFTING = {"114-1": date(2025, 11, 24), "114-2": date(2026, 5, 4), "115-1": date(2026, 10, 26)}
_SUBMITTING = {"114-1": date(2026, 1, 12), "114-2": date(2026, 6, 22), "115-1": date(2026, 11, 16)}
_DRAFTING_12 = date(2026, 4, 7)
_SUBMITTING_12 = date(2026, 4, 27)
_SPREAD = 9

_FIRST_SELECTION = date(2026, 2, 13)
_SECOND_SELECTION = date(2026, 5, 11)
_REGULAR_SELECTION = date(2026, 7, 27)
_REVOKED = date(2026, 4, 24)
_GROUP_TOPIC = "irrigation"


@dataclass(frozen=True)
class Work:
    """A course output or an activity as its student leaves it."""

    folder: str
    head: Fields
    summary: str
    body: str
    submitted: bool
    files: tuple[Attachment, ...]
    tail: Fields

    def item(self) -> bytes:
        """Return the bytes of the item's record."""
        attachments: list[Value] = [file.fields() for file in self.files]
        fields: Fields = {
            **self.head,
            "summary": self.summary,
            "submitted": self.submitted,
            "attachments": attachments,
            **self.tail,
        }
        return markdown_record(fields, self.body)

    def draft(self) -> Work:
        """Return the work as it stood when it was begun: no files, one sentence."""
        return replace(self, submitted=False, files=(), body=words.first_sentence(self.body))

    @property
    def reference(self) -> str:
        """The work as a selection names it: ``114-1/slug`` or ``114/slug``."""
        _, period, _, slug = self.folder.split("/")
        return f"{period}/{slug}"


@dataclass(frozen=True)
class Handed:
    """A course output that its student has handed in.

    Attributes:
        student: Whose it is.
        stay: The stay in whose term it was made.
        work: The work as it was handed in.
        on: The day on which it was.
        selected: Whether it was selected (勾選) later.
        late: Whether its certification was let past the window by a waiver.
    """

    student: Student
    stay: Stay
    work: Work
    on: date
    selected: bool
    late: bool

    @property
    def folder(self) -> str:
        """The item's folder, from the top of the repository."""
        return f"{self.student.folder}/{self.work.folder}"


def output(pen: Pen, stay: Stay, number: int, *, submitted: bool) -> Work:
    """Return one of a student's course outputs of a term."""
    dice = pen.dice("topics", stay.term.id)
    taken = dice.shuffled(courses.taken(pen.student, stay, pen.style.seed))
    topics = {course.base: dice.shuffled(TOPICS[course.base]) for course in taken}
    # What the student may work on: each course's first topic, then each course's second, and so on.
    turns = zip_longest(*([(course.id, topic) for topic in topics[course.base]] for course in taken))
    choices = [choice for turn in turns for choice in turn if choice and choice[1].slug != _GROUP_TOPIC]
    course, topic = choices[number]
    return _output(pen, stay, course, topic, pen.dice("output", stay.term.id, topic.slug), submitted)


def group_output(pen: Pen, stay: Stay) -> Work:
    """Return the course output that two students made together: one file, and each their own words."""
    topic = next(topic for topic in TOPICS["local-studies"] if topic.slug == _GROUP_TOPIC)
    dice = pen.dice("group work", stay.term.id)
    pair = (int(pen.student.id[-4:]) - 1) // CAST_PERIOD + 1
    course = f"local-studies-{2 * (stay.level - 10) + stay.term.number}"
    work = _output(pen, stay, course, topic, dice, submitted=True)
    shared = media.make("map.pdf", "work", "group", pen.style.seed, pair)
    files = (shared,) if pen.style.attachments else ()
    return replace(work, files=files, tail={"group_work": f"village-{topic.slug}-{pair}"})


def activity(pen: Pen, stay: Stay, number: int, *, submitted: bool) -> Work:
    """Return one of a student's activities; `number` counts them within the term."""
    year = stay.term.year
    place = (stay.term.number - 1) * MAX_ACTIVITIES + number
    pursuit = pen.dice("activities", year).shuffled(PURSUITS)[place]
    dice = pen.dice("activity", year, pursuit.slug)
    folder = f"years/{year}/activities/{pursuit.slug}"
    particulars = _PARTICULARS[pursuit.category](dice, stay, pursuit)
    head: Fields = {"kind": "activity/v1", "category": pursuit.category, **particulars}
    summary = words.pursuit_summary(dice, pursuit)
    body = words.pursuit_reflection(dice, pursuit, pen.style.full)
    if not (submitted and pen.style.attachments):
        return Work(folder, head, summary, body, submitted, (), {})
    name = dice.pick(("evidence.pdf", "photo.png", "evidence.pdf"))
    evidence = media.make(name, "evidence", pen.student.id, folder, pen.style.seed)
    return Work(folder, head, summary, body, submitted, (evidence,), {})


def write(pen: Pen, stay: Stay, works: Sequence[Work]) -> date:
    """Write a term's works, most of them first as drafts; return the day on which the student leaves them."""
    term = stay.term.id
    drafting, submitting = _days(stay)
    drafts = pen.own_sheet(drafting, _SPREAD, f"Draft works of {term}", stay)
    finals = pen.own_sheet(submitting, _SPREAD, f"Submit works of {term}", stay)
    for work in works:
        path = f"{work.folder}/item.md"
        begun = not work.submitted or pen.dice("begun", path).chance(1, 2)
        if begun and not pen.style.by_class:
            pen.put(drafts, path, work.draft().item())
        if work.submitted or work.files or pen.style.by_class:
            pen.put(finals, path, work.item())
            for file in work.files:
                pen.file(finals, f"{work.folder}/{file.name}", file.data)
    return finals.on


def statement(pen: Pen, stay: Stay) -> bytes:
    """Write the statement (自傳) of a student who applies to a university, and return its bytes."""
    columns, body = words.statement(pen.dice("statement"))
    path = "statement/item.md"
    draft: Fields = {"kind": "statement/v1", "submitted": False, **columns, "attachments": []}
    if not pen.style.by_class:
        sheet = pen.own_sheet(date(2026, 3, 20), _SPREAD, "Draft the statement", stay)
        pen.put(sheet, path, markdown_record(draft, words.first_sentence(body)))
    sheet = pen.own_sheet(date(2026, 4, 9), _SPREAD, "Submit the statement", stay)
    return pen.put(sheet, path, markdown_record({**draft, "submitted": True}, body))


def selections(pen: Pen, works: dict[str, list[Work]]) -> list[str]:
    """Write the selections (勾選) of school year 114; return the references of the first batch."""
    first, second = pen.student.stay(f"{YEAR}-1"), pen.student.stay(f"{YEAR}-2")
    if second is None:
        return []
    if second.level != 12:
        both = works.get(f"{YEAR}-1", []) + works.get(f"{YEAR}-2", [])
        _select(pen, second, "regular", _REGULAR_SELECTION, both)
        return []
    _select(pen, second, "second", _SECOND_SELECTION, works.get(f"{YEAR}-2", []))
    return _select(pen, first, "first", _FIRST_SELECTION, works.get(f"{YEAR}-1", [])) if first else []


def is_selected(student: Student, stay: Stay) -> bool:
    """Whether `selections` takes all submitted works of a term."""
    return stay.term.year == YEAR and student.stay(f"{YEAR}-2") is not None


def applies(student: Student) -> bool:
    """Whether the student applied to a university."""
    return any(event.event == "application" for event in student.events)


def revokes(student: Student) -> bool:
    """Whether an applicant takes the first consent back, and gives another."""
    return student.part == 1


def consents(pen: Pen, stay: Stay, references: Sequence[str]) -> None:
    """Write the release consents (同意) of an applicant; one student revokes theirs and gives another."""
    revoked = _REVOKED if revokes(pen.student) else None
    _consent(pen, stay, 0, APPLICATION + timedelta(days=4), references, revoked)
    if revoked:
        _consent(pen, stay, 1, revoked + timedelta(days=3), references, None)


def _output(pen: Pen, stay: Stay, course: str, topic: Topic, dice: Dice, submitted: bool) -> Work:
    folder = f"terms/{stay.term.id}/outputs/{topic.slug}"
    head: Fields = {"kind": "course-output/v1", "course": course}
    summary, body = words.topic_summary(dice, topic), words.topic_reflection(dice, topic, pen.style.full)
    if not (submitted and pen.style.attachments):
        return Work(folder, head, summary, body, submitted, (), {})
    keys = (pen.student.id, folder, pen.style.seed)
    files = [media.make("report.pdf", "work", *keys)]
    if dice.chance(1, 3):
        files.append(media.make("photo.png", "evidence", *keys))
    if dice.chance(1, 6):
        files.append(media.make(dice.pick(("recording.mp3", "clip.mp4")), "media", *keys))
    token = f"{pen.student.id}-{topic.slug}"
    link: Fields = {"link": f"https://video.licheng.invalid/{token}"} if dice.chance(1, 12) else {}
    return Work(folder, head, summary, body, submitted, tuple(files), link)


def _days(stay: Stay) -> tuple[date, date]:
    """Return when a term's works are drafted and submitted at the latest: earlier where a stay ends early."""
    drafting, submitting = _DRAFTING[stay.term.id], _SUBMITTING[stay.term.id]
    if (stay.term.id, stay.level) == ("114-2", 12):
        drafting, submitting = _DRAFTING_12, _SUBMITTING_12
    return min(drafting, stay.last - timedelta(days=2 * _SPREAD)), min(submitting, stay.last)


def _day(dice: Dice, stay: Stay) -> date:
    """Return a day in the stay, before any work of the term is written down."""
    drafting = _days(stay)[0] - timedelta(days=_SPREAD + 1)
    return dice.day(stay.first, max(stay.first, drafting))


def _span(dice: Dice, stay: Stay) -> Fields:
    days = sorted((_day(dice, stay), _day(dice, stay)))
    return {"starts": days[0].isoformat(), "ends": days[1].isoformat()}


def _timed(dice: Dice, stay: Stay, hours: Decimal) -> Fields:
    return {**_span(dice, stay), "hours": hours}


def _dated(dice: Dice, stay: Stay, pursuit: Pursuit) -> Fields:
    hours = Decimal(dice.between(4, 40)) / 2
    return {"name": pursuit.name, "organiser": pursuit.place, **_timed(dice, stay, hours)}


# The fields of each category of activities, in the order of its roster's columns.
_PARTICULARS: dict[str, Callable[[Dice, Stay, Pursuit], Fields]] = {
    "position": lambda dice, stay, pursuit: {
        "organisation": pursuit.place,
        "title": pursuit.name,
        "level": pursuit.code,
        **_span(dice, stay),
    },
    "contest": lambda dice, stay, pursuit: {
        "name": pursuit.name,
        "event": pursuit.place,
        "level": pursuit.code,
        "award": dice.pick(AWARDS),
        "announced_on": _day(dice, stay).isoformat(),
        "team": dice.between(1, 2),
    },
    "certificate": lambda dice, stay, pursuit: {
        "certificate_code": pursuit.place,
        "remark": pursuit.name,
        "obtained_on": _day(dice, stay).isoformat(),
    },
    "service-learning": _dated,
    "flexible-learning": lambda dice, stay, pursuit: {
        "type": pursuit.code,
        "name": pursuit.name,
        "organiser": pursuit.place,
        "term": stay.term.id,
        "periods_per_week": Decimal(dice.between(1, 3)),
        "weeks": dice.between(6, 18),
    },
    "group-activity": lambda dice, stay, pursuit: {
        "type": pursuit.code,
        "organiser": pursuit.place,
        "name": pursuit.name,
        "term": stay.term.id,
        "periods": Decimal(dice.between(1, 8)),
    },
    "workplace-learning": lambda dice, stay, pursuit: {
        "type": pursuit.code,
        "organisation": pursuit.place,
        **_timed(dice, stay, Decimal(dice.between(6, 24))),
    },
    "work": lambda dice, stay, pursuit: {"name": pursuit.name, "on": _day(dice, stay).isoformat()},
    "advanced-course": _dated,
    "other": _dated,
}


def _select(pen: Pen, stay: Stay, batch: str, day: date, works: Sequence[Work]) -> list[str]:
    """Write one batch of a selection, when there is something to select."""
    dice = pen.dice("selection", batch)
    submitted = dice.shuffled([work for work in works if work.submitted])
    outputs = sorted(work.reference for work in submitted if work.folder.startswith("terms/"))
    activities = sorted(work.reference for work in submitted if work.folder.startswith("years/"))
    if not submitted:
        return []
    fields: Fields = {
        "kind": "selection/v1",
        "on": day.isoformat(),
        "outputs": list(outputs),
        "activities": list(activities),
    }
    sheet = pen.own_sheet(day, 0, f"Select works of {YEAR}, {batch} batch", stay)
    pen.record(sheet, f"selection/{YEAR}/{batch}.yaml", fields)
    return outputs + activities


def _consent(pen: Pen, stay: Stay, committee: int, day: date, references: Sequence[str], revoked: date | None) -> None:
    outputs: list[Value] = [name for name in references if not name.startswith(f"{YEAR}/")]
    activities: list[Value] = [name for name in references if name.startswith(f"{YEAR}/")]
    fields: Fields = {
        "kind": "release-consent/v1",
        "committee": COMMITTEES[committee],
        "on": day.isoformat(),
        "outputs": outputs,
        "activities": activities,
        "statement": True,
    }
    path = f"release-consent/2026-{('university', 'technology')[committee]}.yaml"
    pen.record(pen.own_sheet(day, 0, "Consent to a release", stay), path, fields)
    if revoked:
        sheet = pen.own_sheet(revoked, 0, "Revoke a release consent", stay)
        pen.record(sheet, path, {**fields, "revoked_on": revoked.isoformat()})
