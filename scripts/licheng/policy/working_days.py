"""Working days (工作天): Monday to Friday, but for the days off and the make-up days of the school's calendars."""

from __future__ import annotations

from datetime import date, timedelta

from licheng.core.school import School
from licheng.core.term import Term

_SATURDAY = 5


def is_working_day(on: date, school: School) -> bool:
    """Whether people work at the school on a day; a term without a calendar has no days off."""
    calendar = school.calendars.get(Term.on(on))
    said = calendar.record.data if calendar is not None else {}
    if on.isoformat() in said.get("make_up_days", ()):
        return True
    return on.weekday() < _SATURDAY and on.isoformat() not in said.get("days_off", ())


def working_days_after(on: date, count: int, school: School) -> date:
    """The how-manieth working day after a day, which itself does not count."""
    while count > 0:
        on += timedelta(days=1)
        count -= is_working_day(on, school)
    return on
