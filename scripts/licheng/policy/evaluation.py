"""The figures of an evaluation (柒): what was done on time, how long certifications took, what was held.

As of a day: what is due later does not count, what was decided later has not been. No number of uploads enters:
a share is of what had to be done. Days are whole days in Asia/Taipei.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from licheng.core.calendar import TermCalendar
from licheng.core.certification import Certification, Decision
from licheng.core.dates import TAIPEI, day
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.authority import assigned, sections, within
from licheng.policy.calendar import find_windows
from licheng.policy.certification import verified
from licheng.policy.deadlines import REGISTRY, duty_dates, duty_rows
from licheng.policy.disclosure import in_steps, rounded
from licheng.policy.duties import checked, verification
from licheng.policy.enrolment import intervals, level_and_class
from licheng.policy.going_out import of_one, publishable
from licheng.policy.quota import is_submitted
from licheng.policy.receiving.progress import ANSWER, of_student
from licheng.policy.submissions import is_claimed, last_submissions
from licheng.policy.training import DemandState, provisions
from licheng.policy.verification import first_on
from licheng.policy.working_group import meetings_held, meetings_wanted

OUTPUTS = "course-outputs"
UPLOADS = "agency-upload"
_OF_REGISTRY = {"checker": ({"unit": REGISTRY},)}


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that had to be done.

    Attributes:
        duty: the row of 伍.五.
        due: the last day.
        done: when it was done; None if it was not, or not yet.
        people: who did it, or else who should have, as far as records name anybody.
    """

    duty: str
    due: date
    done: date | None
    people: frozenset[str]

    @property
    def on_time(self) -> bool:
        """Whether it was done by its day."""
        return self.done is not None and self.done <= self.due


@dataclass(frozen=True, slots=True)
class Share:
    """How many of what was due were done on time."""

    due: int
    on_time: int

    @property
    def whole(self) -> bool:
        """Everything that was due, and something was."""
        return self.due > 0 and self.on_time == self.due


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """What of an evaluation's figures may be public: of the whole school, never of a row that one person has.

    Attributes:
        due: what was due in all rows, rounded down to multiples of the smallest cell.
        on_time_percent: of that at least so much, in steps of five; None below the smallest cell.
        decided: items decided, rounded down likewise.
        returned_percent: of those at most so much, in steps of five; None below the smallest cell.
        median_days: None below the smallest cell, like `p90_days`.
        trainings: wanted and held.
        meetings: wanted and held.
        receipts: versions that came; of the school, as the notices are, so exact. None, as all that follows, of an
            evaluation that does not count what went out.
        confirmed_percent: of the students asked at least so much confirmed or count as confirmed, in steps of five.
        consents: given, rounded down likewise, as all that follows.
        seals_due: students whose day to be sealed had come, sealed or not.
    """

    due: int
    on_time_percent: int | None
    decided: int
    returned_percent: int | None
    median_days: int | None
    p90_days: int | None
    trainings: tuple[int, int]
    meetings: tuple[int, int]
    receipts: int | None = None
    notices: int | None = None
    confirmed_percent: int | None = None
    consents: int | None = None
    revoked: int | None = None
    releases: int | None = None
    seals_due: int | None = None
    sealed: int | None = None


@dataclass
class YearTally:
    """What students add up to, one at a time."""

    due: Counter[str] = field(default_factory=Counter)
    on_time: Counter[str] = field(default_factory=Counter)
    person_due: Counter[tuple[str, str]] = field(default_factory=Counter)
    person_on_time: Counter[tuple[str, str]] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)
    decided: int = 0
    returned: int = 0
    going_out: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, student: Student, school: School, year: int) -> YearTally:
        """A student's school year as of the school's day."""
        tally = cls(going_out=of_one(student, school, year))
        for obligation in obligations(student, school, year):
            tally.due[obligation.duty] += 1
            tally.on_time[obligation.duty] += obligation.on_time
            for person in obligation.people:
                tally.person_due[person, obligation.duty] += 1
                tally.person_on_time[person, obligation.duty] += obligation.on_time
        for output in _outputs(student, school, year):
            decisions = _decisions(output, student, school)
            if decisions:
                tally.decided += 1
                tally.returned += any(payload.decision is Decision.RETURNED for payload in decisions)
                opened = [opens for opens, _ in _windows(output, student, school)]
                # From the opening of certification to the first decision, where the calendar has a window.
                tally.waits += [max(0, (_on(decisions[0]) - min(opened)).days)] if opened else []
        return tally

    def add(self, other: YearTally) -> None:
        """Take what others add up to."""
        for ours, theirs in (
            (self.due, other.due),
            (self.on_time, other.on_time),
            (self.person_due, other.person_due),
            (self.person_on_time, other.person_on_time),
            (self.going_out, other.going_out),
        ):
            ours.update(theirs)  # type: ignore[arg-type]  # the two are of the same keys
        self.waits += other.waits
        self.decided += other.decided
        self.returned += other.returned

    def duties(self) -> dict[str, Share]:
        """By duty, sorted."""
        return {duty: Share(self.due[duty], self.on_time[duty]) for duty in sorted(self.due)}

    def people(self) -> dict[str, dict[str, Share]]:
        """By person and duty, sorted: for the secretary's eyes only."""
        shares: dict[str, dict[str, Share]] = {}
        for person, duty in sorted(self.person_due):
            key = (person, duty)
            shares.setdefault(person, {})[duty] = Share(self.person_due[key], self.person_on_time[key])
        return shares


def public_figures(figures: Mapping[str, Any], cell: int) -> PublicFigures:
    """The figures of a record as they may be shown: sums over all rows, so that no row tells of its one post."""
    due = sum(row["due"] for row in figures["duties"])
    on_time = sum(row["on_time"] for row in figures["duties"])
    times = figures["certification"]
    are_enough = times["decided"] >= cell
    return PublicFigures(
        due=rounded(due, cell),
        on_time_percent=in_steps(on_time, due) if due >= cell else None,
        decided=rounded(times["decided"], cell),
        returned_percent=-in_steps(-times["returned"], times["decided"]) if are_enough else None,
        median_days=times.get("median_days") if are_enough else None,
        p90_days=times.get("p90_days") if are_enough else None,
        trainings=(figures["trainings"]["wanted"], figures["trainings"]["held"]),
        meetings=(figures["meetings"]["wanted"], figures["meetings"]["held"]),
        **(publishable(figures["going_out"], cell) if "going_out" in figures else {}),
    )


def percentile(values: Sequence[int], share: int) -> int | None:
    """The smallest value that at least `share` percent do not exceed (nearest rank); None of nothing."""
    if not values:
        return None
    rank = -(-len(values) * share // 100)  # rounded up
    return sorted(values)[max(rank, 1) - 1]


def terms(school: School, year: int) -> list[TermCalendar]:
    """The calendars of a school year, in order."""
    return [school.calendars[term] for term in sorted(school.calendars) if term.year == year]


def obligations(student: Student, school: School, year: int) -> Iterator[Obligation]:
    """What had to be done of a student's records by today, as far as records carry the day (伍.五, 伍.末)."""
    for calendar in terms(school, year):
        yield from _verifications(calendar.term, student, school)
    for owed in of_student(student, school).owed:
        if owed.receipt.year == year and owed.due <= school.today:
            people = frozenset({owed.by}) if owed.by else _checkers(_OF_REGISTRY, owed.due, school)
            yield Obligation(ANSWER, owed.due, owed.on, people)
    for output in _outputs(student, school, year):
        due = max((closes for _, closes in _windows(output, student, school)), default=None)
        if due is None or due > school.today:
            continue
        decisions = _decisions(output, student, school)
        if decisions:
            yield Obligation(OUTPUTS, due, _on(decisions[0]), frozenset({decisions[0].certifier}))
        else:
            assert output.term is not None  # noqa: S101 - an output's path has a term
            taught = sections(student, school, output.term, output.data["course"])
            teachers = frozenset(staff for section in taught for staff in assigned(section, "teachers", due))
            yield Obligation(OUTPUTS, due, None, teachers)


def _verifications(term: Term, student: Student, school: School) -> Iterator[Obligation]:
    """The rows that every student must have and whose day is over or is today, by subject that is checked."""
    own = student.one("student")
    if own is None:
        return
    level, spans = _level(own, term), intervals(own)
    recorded = any(record.term == term for record in student.of("course-records"))
    for row in duty_rows(school):
        due = _due_days(school).get((row["id"], term, level))
        if row["expects"] != "every-student" or due is None or due > school.today:
            continue
        # Of whoever is enrolled on the day, and of course records that are there: what was due and never made counts.
        enrolled = any(span.overlaps(due, due) for span in spans)
        for subject in checked(row):
            if not enrolled and not (subject == "course-records" and recorded):
                continue
            check = verification(subject, term, student, school)
            if check is not None:
                # Another check after a change makes nobody late.
                yield Obligation(row["id"], due, first_on(check), frozenset({check.data["by"]}))
            else:
                yield Obligation(row["id"], due, None, _checkers(row, due, school))


def _checkers(row: Mapping[str, Any], on: date, school: School) -> frozenset[str]:
    """Who should have checked on a day: the holders of a checker's post, or of a post of a checker's unit."""
    posts = {entry["post"] for entry in row["checker"] if "post" in entry}
    units = {entry["unit"] for entry in row["checker"] if "unit" in entry}
    return frozenset(
        staff
        for staff, own_posts in school.posts_of.items()
        for entry in own_posts
        if within(entry, on)
        and (entry["post"] in posts or entry.get("unit", school.unit_of_post.get(entry["post"])) in units)
    )


@lru_cache(maxsize=4)
def _due_days(school: School) -> Mapping[tuple[str, Term, int], date]:
    """The day of each row, by term and year level, where the agency has set one."""
    dates = ((duty, duty.due) for duty in duty_dates(school))
    return {(duty.row["id"], duty.term, level): due for duty, due in dates if due is not None for level in duty.levels}


def _level(own: Record | None, term: Term) -> int:
    place = level_and_class(own, term.last_day) if own is not None else None
    return place[0] if place is not None else 0


def of_uploads(school: School, year: int) -> YearTally:
    """By person, the registry's uploads whose last day is over (伍.末); a day that is only claimed is not on time.

    They are no row of 伍.五, so the figures of the rows do not hold them.
    """
    tally, submissions = YearTally(), last_submissions(school)
    for calendar in terms(school, year):
        for window in calendar.agency:
            if window.closes > school.today:
                continue
            record = submissions.get(window.closing_place)
            if record is None:
                upload = Obligation(UPLOADS, window.closes, None, _checkers(_OF_REGISTRY, window.closes, school))
            else:
                on = None if is_claimed(record) else day(record.data["submitted_on"])
                upload = Obligation(UPLOADS, window.closes, on, frozenset({record.data["by"]}))
            for person in upload.people:
                tally.person_due[person, UPLOADS] += 1
                tally.person_on_time[person, UPLOADS] += upload.on_time
    return tally


def _outputs(student: Student, school: School, year: int) -> Iterator[Record]:
    for output in student.of("course-output"):
        if output.year == year and is_submitted(output) and output.term in school.calendars:
            yield output


def _decisions(output: Record, student: Student, school: School) -> list[Certification]:
    """The valid decisions on an item until today, the earliest first."""
    judged = verified(student, school).get(output.folder.removeprefix(f"{student.folder}/"), ())
    payloads = (decision.event.payload for decision in judged if not decision.faults)
    return [payload for payload in payloads if payload is not None and _on(payload) <= school.today]


def _on(payload: Certification) -> date:
    return payload.issued_at.astimezone(TAIPEI).date()


def _windows(output: Record, student: Student, school: School) -> list[tuple[date, date]]:
    assert output.term is not None  # noqa: S101 - an output's path has a term
    level = _level(student.one("student"), output.term)
    windows = find_windows(school, output.term, "course-output", "certification", level)
    return [(window.opens, window.closes) for window in windows]


def held(school: School, year: int) -> Mapping[str, tuple[int, int]]:
    """Of trainings (陸) and meetings (伍.四): how many a school year needs, and how many were held."""
    wanted, done, called, met = 0, 0, 0, 0
    for calendar in terms(school, year):
        book = school.rulebooks.for_term(calendar.term)
        if book is not None:
            trainings = provisions(calendar, school)
            wanted += len(trainings)
            done += sum(training.state is DemandState.HELD for training in trainings)
            called += meetings_wanted(book)
            met += min(meetings_held(calendar.term, school), meetings_wanted(book))
    return {"trainings": (wanted, done), "meetings": (called, met)}
