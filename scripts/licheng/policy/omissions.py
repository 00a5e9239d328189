"""What was not held, and said so: who answers for it, and whether the explanation counts (伍.四, 陸).

A term that ended without a meeting or a training cannot be mended. Whoever had to hold it signs what happened and what
was done instead; then it is known and no error any more, so that to be honest is easier than to invent a session.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from licheng.core.dates import TAIPEI
from licheng.core.layout import MEETING, NOTICES
from licheng.core.school import School
from licheng.core.term import Term
from licheng.core.trust import Omission
from licheng.policy import keys
from licheng.policy.authority import holds
from licheng.policy.notices import asked, lacking
from licheng.policy.permission import in_unit
from licheng.policy.training import DemandState, demands, provisions
from licheng.policy.working_group import convenors, meetings_held, meetings_wanted


def fault(omission: Omission, school: School) -> str | None:
    """Why an explanation counts for nothing, or None.

    Before 休業式 there is still time to hold what is missing, so nothing is to be explained yet.
    """
    calendar = school.calendars.get(omission.term)
    if omission.fault is not None or calendar is None:
        return omission.fault or "no-calendar"
    on = omission.signed_at.astimezone(TAIPEI).date()
    if on <= calendar.closing:
        return "before-closing"
    if not answers_for(omission.by.staff, omission.term, omission.demand, school, on):
        return "not-responsible"
    return None if keys.vouched(omission.by, omission.signed_at, school) else "signature"


def answers_for(staff: str, term: Term, demand: str, school: School, on: date) -> bool:
    """Whether somebody had to see to it that it was held: the head of the office of 陸, or the convenor of 伍.一."""
    book = school.rulebooks.for_term(term)
    if book is None:
        return False
    if demand == MEETING:
        return any(holds(staff, school, on, post) for post in convenors(book))
    if demand == NOTICES:
        wanted = asked(book)
        return wanted is not None and in_unit(staff, wanted.organiser, school, on)
    return any(in_unit(staff, want.organiser, school, on) for want in demands(book) if want.audience == demand)


def explained(term: Term, demand: str, school: School) -> Omission | None:
    """The explanation that counts of a term's training for an audience (陸), or of its `meeting` (伍.四)."""
    about = (omission for omission in counted(school) if (omission.term, omission.demand) == (term, demand))
    return next(about, None)


def is_lacking(omission: Omission, school: School) -> bool:
    """Whether what is explained was in truth not held, by what is recorded."""
    calendar, book = school.calendars.get(omission.term), school.rulebooks.for_term(omission.term)
    if calendar is None or book is None:
        return False
    if omission.demand == MEETING:
        return meetings_held(omission.term, school) < meetings_wanted(book)
    if omission.demand == NOTICES:
        return lacking(calendar, school) > 0
    mine = (want for want in provisions(calendar, school) if want.demand.audience == omission.demand)
    return any(want.state is not DemandState.HELD for want in mine)


def counted(school: School) -> Iterator[Omission]:
    """Every explanation that counts, in the order of paths."""
    yield from (omission for omission in school.trust.omissions if fault(omission, school) is None)
