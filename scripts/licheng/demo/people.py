"""The cast: pseudonyms of staff with their posts, and of students with their enrolment.

A student's stays (the part of each term in which they are enrolled, with level and class) follow from the
events alone; everything dated about a student is drawn from a stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice, product

from licheng.demo.clock import APPLICATION, GRADUATION, TERMS, TODAY, Term
from licheng.demo.dice import Dice
from licheng.demo.emit import Fields

COHORTS = (112, 113, 114, 115)
CLASS_SIZE = 40
_MOST_CLASSES = 26  # a class is named by one letter

# How often a special part comes round in a cohort: in a large school, one student in forty plays it.
CAST_PERIOD = 40

_HEADS = (
    ("principal", ""),
    ("academic-dean", "academic-affairs"),
    ("student-affairs-dean", "student-affairs"),
    ("registrar", "registry"),
    ("curriculum-head", "curriculum"),
    ("it-head", "it"),
    ("discipline-head", "discipline"),
    ("student-activities-head", "student-activities"),
    ("guidance-head", "guidance"),
    ("head-tutor", ""),
)
_OFFICE = {post: f"t{number:03d}" for number, (post, _) in enumerate(_HEADS, start=1)}
_COUNSELLORS = ("t023", "t024")
FORMER_TEACHER = "t025"

# Who teaches what in a school with one class a level; larger schools add pools after t025.
_TEACHERS = {
    "chinese": 11,
    "english": 12,
    "mathematics": 13,
    "history": 14,
    "geography": 14,
    "civics": 15,
    "physics": 16,
    "chemistry": 17,
    "biology": 18,
    "earth-science": 18,
    "information-technology": 19,
    "living-technology": 19,
    "fine-arts": 20,
    "music": 20,
    "pe": 21,
    "local-studies": 22,
    "robotics": 19,
    "data-analysis": 13,
    "creative-writing": 11,
    "debate": 15,
    "film-reading": 14,
    "life-chemistry": 17,
}
_SECTIONS_A_TEACHER = 6


@dataclass(frozen=True)
class EnrolmentEvent:
    """A change in a student's enrolment."""

    on: date
    event: str
    level: int = 0
    class_: str = ""

    def fields(self) -> Fields:
        """Return the event as the student's record writes it."""
        place: Fields = {"level": self.level, "class": self.class_} if self.level else {}
        return {"on": self.on.isoformat(), "event": self.event, **place}


@dataclass(frozen=True)
class Stay:
    """The days of one term on which a student is enrolled and lessons are held, up to today."""

    term: Term
    level: int
    class_: str
    first: date
    last: date
    whole: bool


@dataclass(frozen=True)
class Student:
    """An invented student; `part` is the special part that they play, by their place in the cohort."""

    id: str
    cohort: int
    part: int
    events: tuple[EnrolmentEvent, ...]
    stays: tuple[Stay, ...]

    @property
    def folder(self) -> str:
        """The student's folder, from the top of the repository."""
        return f"content/students/{self.cohort}/{self.id}"

    def stay(self, term: str) -> Stay | None:
        """Return the stay of a term such as ``114-1``, or None."""
        return next((stay for stay in self.stays if stay.term.id == term), None)


@dataclass(frozen=True)
class Cast:
    """Everybody in the school."""

    students: tuple[Student, ...]
    classes_a_level: int
    pools: dict[str, tuple[str, ...]] = field(hash=False)

    @property
    def classes(self) -> tuple[str, ...]:
        """All classes of a school year: ``10a`` and so on."""
        return tuple(name for level in (10, 11, 12) for name in self.classes_of(level))

    def classes_of(self, level: int) -> tuple[str, ...]:
        """Return the classes of a year level."""
        return tuple(f"{level}{chr(ord('a') + number)}" for number in range(self.classes_a_level))

    def office(self, post: str) -> str:
        """Return who holds one of the posts that one person holds."""
        return _OFFICE[post]

    def teacher(self, base: str, class_: str, year: int) -> str:
        """Return who teaches a subject to a class in a school year."""
        if base == "fine-arts" and year == 114:
            return FORMER_TEACHER
        pool = self.pools[base]
        return pool[self.classes.index(class_) // _SECTIONS_A_TEACHER % len(pool)]

    def counsellor(self, class_: str) -> str:
        """Return the course counsellor (課程諮詢教師) of a class."""
        return _COUNSELLORS[ord(class_[-1]) % 2]

    def tutor(self, class_: str, year: int) -> str:
        """Return the class tutor (導師) of a class in a school year: the tutor stays with the cohort."""
        cohort = year - (int(class_[:2]) - 10)
        everyone = self.teachers()
        place = (cohort - COHORTS[0]) * self.classes_a_level + ord(class_[-1]) - ord("a")
        return everyone[place % len(everyone)]

    def staff(self) -> list[str]:
        """Return the pseudonyms of all staff."""
        return sorted({*_OFFICE.values(), *_COUNSELLORS, FORMER_TEACHER, *self.teachers()})

    def teachers(self) -> list[str]:
        """Return the pseudonyms of those who teach now."""
        return sorted({person for pool in self.pools.values() for person in pool})

    def posts(self, person: str, known: date) -> list[Fields]:
        """Return the posts of a person as they were known on a day."""
        heads: list[Fields] = [
            {"post": post, **({"unit": unit} if unit else {}), "from": "2022-08-01"}
            for post, unit in _HEADS
            if _OFFICE[post] == person
        ]
        tutoring: list[Fields] = [
            {"post": "class-tutor", "class": class_, "from": f"{year + 1911}-08-01", "to": f"{year + 1912}-07-31"}
            for year in (114, 115)
            if date(year + 1911, 8, 1) <= known
            for class_ in self.classes
            if self.tutor(class_, year) == person
        ]
        teaching: list[Fields] = []
        if person == FORMER_TEACHER or person in self.teachers():
            left: Fields = {"to": "2026-07-31"} if person == FORMER_TEACHER and known >= date(2026, 8, 1) else {}
            teaching.append({"post": "course-teacher", "unit": "academic-affairs", "from": "2022-08-01", **left})
        if person in _COUNSELLORS:
            teaching.append({"post": "course-counsellor", "unit": "academic-affairs", "from": "2023-08-01"})
        if person == self.advising_teacher:
            teaching.append({"post": "advising-teacher", "unit": "academic-affairs", "from": "2024-08-01"})
        return [*heads, *tutoring, *teaching]

    @property
    def advising_teacher(self) -> str:
        """The advising teacher (指導教師) of the science projects."""
        return _COUNSELLORS[-1]


def cast(students: int, seed: int) -> Cast:
    """Return the people of a school with so many students."""
    past = students // 5  # a little fewer in the cohort that has left
    rest = students - past
    sizes = {112: past, 113: rest // 3, 114: (rest + 1) // 3, 115: (rest + 2) // 3}
    classes = min(_MOST_CLASSES, max(1, -(-max(sizes.values()) // CLASS_SIZE)))
    people = []
    for cohort, size in sizes.items():
        for place in range(size):
            letter = chr(ord("a") + Dice(seed, "class", cohort, place).below(classes))
            part = place % CAST_PERIOD
            events = tuple(_events(cohort, part, letter))
            # Each event that puts the student into a class holds until the next.
            changes = [event for event in events if event.event != "application"]
            ends = [*(event.on for event in changes[1:]), date.max]
            stays = []
            for term, (event, until) in product(TERMS, zip(changes, ends, strict=True)):
                first, closing = max(term.opening, event.on), term.closing_of(event.level)
                last = min(closing, until - timedelta(days=1), TODAY - timedelta(days=1))
                if event.level and (last - first).days >= 14:
                    whole = term.over and last == closing
                    stays.append(Stay(term, event.level, event.class_, first, last, whole=whole))
            people.append(Student(f"s{cohort}{place + 1:04d}", cohort, part, events, tuple(stays)))
    # Who teaches each subject: the one who always does, and as many more as the classes need.
    more = iter(range(26, 1000))
    needed = -(-3 * classes // _SECTIONS_A_TEACHER) - 1
    pools = {first: (first, *islice(more, needed)) for first in sorted(set(_TEACHERS.values()))}
    named = {base: tuple(f"t{number:03d}" for number in pools[first]) for base, first in _TEACHERS.items()}
    return Cast(tuple(people), classes, named)


def _events(cohort: int, part: int, letter: str) -> Iterator[EnrolmentEvent]:
    if (cohort, part) == (114, 1):  # 轉學
        yield EnrolmentEvent(date(2026, 2, 11), "transfer-in", 10, f"10{letter}")
        yield EnrolmentEvent(date(2026, 8, 1), "class-change", 11, f"11{letter}")
        return
    yield EnrolmentEvent(date(cohort + 1911, 8, 1), "entry", 10, f"10{letter}")
    if (cohort, part) == (114, 2):  # 休學、復學
        yield EnrolmentEvent(date(2025, 11, 10), "suspension")
        yield EnrolmentEvent(date(2026, 8, 1), "resumption", 10, f"10{letter}")
        return
    for level in (11, 12):
        start = date(cohort + 1901 + level, 8, 1)
        if start <= TODAY and cohort + level - 10 <= 115:
            yield EnrolmentEvent(start, "class-change", level, f"{level}{letter}")
    if cohort == COHORTS[0]:
        if part != 5:  # 未申請就讀大專校院
            yield EnrolmentEvent(APPLICATION, "application")
        yield EnrolmentEvent(GRADUATION, "graduation")
