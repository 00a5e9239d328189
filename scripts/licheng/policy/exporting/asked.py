"""The roster that somebody asks for: its form by the agency's layers, its period, its batch, whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from licheng.core.layout import CARRIED
from licheng.core.rulebook import AgencyRules
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.batches import REGULAR
from licheng.policy.calendar import LEVELS, cohort_of
from licheng.policy.enrolment import place_on

_LAST_LEVEL = LEVELS[-1]  # which alone submits in batches, where no calendar says otherwise


class UnaskableError(ValueError):
    """No such roster can be made: `case` says why, `known` what there is instead."""

    def __init__(self, case: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(case, known)
        self.case, self.known = case, known


@dataclass(frozen=True, eq=False)
class AskedRoster:
    """A roster of a period.

    Attributes:
        form: the agency's entry: id, codes, sheets with their columns in order.
        workbook: what the agency says of all its workbooks: cover, identity columns, how dates are written.
        year: the school year.
        half: 1 or 2 of a roster per term; 0 of one per school year, which is what the cover says.
        batch: None outside of batches.
        levels: the year levels that it is for.
        kinds: the class types that rosters of the same kind of record take for themselves.
        today: the school's day.
    """

    form: Mapping[str, Any]
    workbook: Mapping[str, Any]
    year: int
    half: int
    batch: str | None
    levels: frozenset[int]
    kinds: frozenset[str]
    today: date

    @property
    def id(self) -> str:
        """The agency's rosters are known by it: `course-outputs`."""
        return str(self.form["id"])

    @property
    def term(self) -> Term:
        """Of a roster per school year, the last."""
        return Term(self.year, self.half or 2)

    @property
    def on(self) -> date:
        """The day by which class and year level are told: the period's last, or today before that."""
        return min(self.today, self.term.last_day)

    @property
    def code(self) -> str:
        """名冊別; empty where it is not known."""
        code = self.form["batch_codes"][self.batch] if self.batch is not None else self.form.get("code", "")
        return str(code)

    def is_of(self, student: Student, school: School) -> bool:
        """Whether rosters of this division are for a student, whatever the year level."""
        own = class_type(student, school, self.on)
        mine = frozenset(map(str, self.form.get("class_types", ())))
        return own in mine if mine else own not in self.kinds


def asked(
    school: School, roster: str, year: int, half: int | None, batch: str | None, levels: frozenset[int]
) -> AskedRoster:
    """The roster of that name and period.

    Args:
        school: with its agency's layers and calendars.
        roster: its id.
        year: the school year.
        half: of a roster per term.
        batch: its id, or its number in the order of the agency (`1`); None for none.
        levels: whom it is for; empty for all that the agency takes in it.

    Raises:
        UnaskableError: `no-rosters`, `unknown-roster`, `needs-term`, `no-term`, `unknown-batch`, `no-workbook`; or
            `two-forms`, students of these levels have different forms.
    """
    term = Term(year, half or 1)
    form, forms, workbook = _forms(school.agency, roster, term, levels)
    if (half is None) is (form["per"] == "term"):
        raise UnaskableError("needs-term" if half is None else "no-term")
    named = {str(number): name for number, name in enumerate(form.get("batch_codes", ()), start=1)}
    batch = named.get(batch or "", batch)
    if batch is not None and batch not in named.values():
        raise UnaskableError("unknown-batch", tuple(named.values()))
    same = (entry for entry in forms if CARRIED.get(entry["id"]) == CARRIED.get(roster))
    kinds = frozenset(str(code) for entry in same for code in entry.get("class_types", ()))
    wanted = levels or _levels(school, form, year, half, batch)
    return AskedRoster(form, workbook, year, half or 0, batch, wanted, kinds, school.today)


def _forms(
    agency: AgencyRules, roster: str, term: Term, levels: frozenset[int]
) -> tuple[Mapping[str, Any], list[Mapping[str, Any]], Mapping[str, Any]]:
    """The roster's entry, all entries beside it, and the form of workbooks, which are the same for all levels."""
    cohorts = [cohort_of(term, level) for level in sorted(levels or LEVELS)]
    rosters, workbooks = (
        [agency.section(name, term, cohort) for cohort in cohorts] for name in ("rosters", "workbook")
    )
    if rosters[0] is None:
        raise UnaskableError("no-rosters")
    if any(section != sections[0] for sections in (rosters, workbooks) for section in sections):
        raise UnaskableError("two-forms")
    by_id = {entry["id"]: entry for entry in rosters[0]}
    if roster not in by_id:
        raise UnaskableError("unknown-roster", tuple(by_id))
    if workbooks[0] is None:
        raise UnaskableError("no-workbook")
    return by_id[roster], rosters[0], workbooks[0]


def _levels(school: School, form: Mapping[str, Any], year: int, half: int | None, batch: str | None) -> frozenset[int]:
    """Whom the agency takes in it by the calendars, or else the last year level in batches and the others at once."""
    taken = {
        level
        for term, calendar in school.calendars.items()
        if term.year == year and half in {None, term.half}
        for window in calendar.agency
        if window.roster == form["id"] and (window.batch or REGULAR) == (batch or REGULAR)
        for level in window.levels
    }
    if taken or "batch_codes" not in form:
        return frozenset(taken or LEVELS)
    return frozenset({_LAST_LEVEL} if batch is not None else set(LEVELS) - {_LAST_LEVEL})


def class_type(student: Student, school: School, on: date) -> str:
    """班別: that of the class in the school year of a day, or else the programme's; empty where neither says."""
    return next((str(entry["class_type"]) for entry in class_entries(student, school, on) if "class_type" in entry), "")


def class_entries(student: Student, school: School, on: date) -> Iterator[Mapping[str, Any]]:
    """What `school.yaml` says of a student's class in the school year of a day, then of the programme."""
    own, place = student.one("student"), place_on(student, on)
    for record in school.of("school"):
        for entry in record.data.get("special_classes", ()):
            if place is not None and (entry["year"], entry["class"]) == (Term.on(on).year, place[1]):
                yield entry
        yield from (entry for entry in record.data["programmes"] if own and entry["id"] == own.data["programme"])
