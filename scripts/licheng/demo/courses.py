"""The courses that the school offers in a term, and those that a student takes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from licheng.demo.clock import YEAR_LEVELS, Term
from licheng.demo.dice import Dice
from licheng.demo.emit import Fields, Value
from licheng.demo.people import Cast, Stay, Student

RETAKE_SECTION = "retake"
RETAKEN = "mathematics-1"

# base | subject | credits | type | levels
_SUBJECTS = (
    ("chinese", "國語文", 4, "required", (10, 11, 12)),
    ("english", "英語文", 4, "required", (10, 11, 12)),
    ("mathematics", "數學", 4, "required", (10, 11, 12)),
    ("history", "歷史", 2, "required", (10, 11)),
    ("geography", "地理", 2, "required", (10, 11)),
    ("civics", "公民與社會", 2, "required", (11, 12)),
    ("physics", "物理", 2, "required", (10, 12)),
    ("chemistry", "化學", 2, "required", (11, 12)),
    ("biology", "生物", 2, "required", (10,)),
    ("earth-science", "地球科學", 2, "required", (11,)),
    ("information-technology", "資訊科技", 2, "required", (10,)),
    ("living-technology", "生活科技", 2, "required", (11,)),
    ("fine-arts", "美術", 1, "required", (10,)),
    ("music", "音樂", 1, "required", (11,)),
    ("pe", "體育", 2, "required", (10, 11, 12)),
    ("local-studies", "在地探究", 2, "school-required", (10, 12)),
    ("creative-writing", "文學創作", 2, "elective", (10, 12)),
    ("data-analysis", "資料分析入門", 2, "elective", (10, 11)),
    ("robotics", "機器人實作", 2, "elective", (11, 12)),
    ("debate", "思辨與論證", 2, "elective", (10, 11)),
    ("film-reading", "影像閱讀", 2, "elective", (11, 12)),
    ("life-chemistry", "生活化學", 2, "elective", (12,)),
)
_ADVISED = ("local-studies", "robotics")


@dataclass(frozen=True)
class Course:
    """A course of one term and one year level; `id` is its id in the term's offerings."""

    id: str
    base: str
    subject: str
    credits: int
    type: str
    level: int

    @property
    def elective(self) -> bool:
        """Whether students choose the course."""
        return self.type == "elective"

    @property
    def advised(self) -> bool:
        """Whether an advising teacher (指導教師) helps with the course's projects."""
        return self.base in _ADVISED

    def section(self, class_: str) -> str:
        """Return the id of the section in which a class takes the course."""
        return f"joint-{self.level}" if self.elective else class_


@cache
def offered(term: Term) -> tuple[Course, ...]:
    """Return the courses that are offered in a term, by year level."""
    return tuple(
        Course(f"{base}-{2 * (level - 10) + term.number}", base, subject, credits_, type_, level)
        for level in YEAR_LEVELS
        for base, subject, credits_, type_, levels in _SUBJECTS
        if level in levels
    )


def taken(student: Student, stay: Stay, seed: int) -> list[Course]:
    """Return the courses that a student takes in a term: all required ones and one or two electives."""
    courses = [course for course in offered(stay.term) if course.level == stay.level]
    electives = [course for course in courses if course.elective]
    dice = Dice(seed, "electives", student.id, stay.term.year)
    chosen = {course.base for course in dice.sample(electives, dice.between(1, 2))}
    return [course for course in courses if not course.elective or course.base in chosen]


def teacher_of(cast: Cast, term: Term, course: Course, class_: str) -> str:
    """Return who teaches a course to a class: an elective is taught to all classes of the level at once."""
    return cast.teacher(course.base, cast.classes_of(course.level)[0] if course.elective else class_, term.year)


def offerings(cast: Cast, term: Term) -> Fields:
    """Return the record of the courses that are offered in a term."""
    courses: list[Value] = []
    for course in offered(term):
        classes = cast.classes_of(course.level)
        # A section for each class, or one for all classes of the level where the course is an elective.
        sections = {course.section(class_): classes if course.elective else (class_,) for class_ in classes}
        if (term.id, course.id) == ("115-1", RETAKEN):
            sections[RETAKE_SECTION] = cast.classes_of(course.level + 1)
        teachers = {section: teacher_of(cast, term, course, members[0]) for section, members in sections.items()}
        advising: Fields = {"advising_teachers": [cast.advising_teacher]} if course.advised else {}
        courses.append(
            {
                "id": course.id,
                "code": f"DEMO{term.year}{course.level}{term.number}-{course.base.upper()}",
                "subject": course.subject,
                "level": course.level,
                "credits": Decimal(course.credits),
                "type": course.type,
                "sections": [
                    {"id": section, "classes": list(members), "teachers": [teachers[section]], **advising}
                    for section, members in sections.items()
                ],
            }
        )
    return {"kind": "course-offerings/v1", "courses": courses}
