"""The state of the school for its own staff: what is open, what is due, what waits, what was held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from licheng.core.school import School
from licheng.core.term import Term
from licheng.outputs.columns import columns
from licheng.outputs.naming import Names, plain
from licheng.policy.deadlines import Deadline, Kind
from licheng.policy.duties import DutyState
from licheng.policy.queue import AGES, Backlog
from licheng.policy.reminders import is_settled

_SOON = timedelta(days=14)
_PLANNED = (Kind.TRAINING, Kind.MEETING)


def render(
    term: Term, calendar: Iterable[Deadline], duties: Sequence[DutyState], backlog: Backlog | None, school: School,
    names: Names,
) -> str:  # fmt: skip
    """One term: what is open or due, its duties, its trainings and meetings, and what waits for certification."""
    listed = tuple(calendar)
    blocks = [
        _block("calendar", term, _open(listed, school.today, names), names),
        _block("duties", term, _duties([one for one in duties if one.term == term], names), names),
        _block("plan", term, _planned(term, listed, school, names), names),
    ]
    if backlog is not None:
        blocks.append(_backlog(backlog, names))
    return "\n\n".join([*blocks, _say(names, "private")]) + "\n"


def _say(names: Names, name: str, /, **values: object) -> str:
    return plain(names.words.say("overview", name, **values))


def _block(name: str, term: Term, lines: Iterable[str], names: Names) -> str:
    title = _say(names, name, term=names.words.period(str(term)))
    return "\n".join([title, *(list(lines) or [_say(names, "nothing")])])


def current(calendar: Iterable[Deadline], today: date) -> Iterator[Deadline]:
    """What is open on a day, or closes within two weeks of it."""
    for one in calendar:
        begun = (one.opens or one.closes - _SOON) <= today
        if one.kind not in _PLANNED and begun and today <= one.closes:
            yield one


def _open(calendar: Iterable[Deadline], today: date, names: Names) -> Iterator[str]:
    rows = [
        (one.closes.isoformat(), left(one.closes, today, names), names.owners(one.owners), names.title(one))
        for one in current(calendar, today)
    ]
    yield from columns(rows, left=4) if rows else ()


def left(closes: date, today: date, names: Names) -> str:
    """How long until a last day, or since it."""
    days = (closes - today).days
    name = "late" if days < 0 else "left" if days else "today"
    return plain(names.words.say("deadlines", name, days=abs(days)))


def _duties(duties: Sequence[DutyState], names: Names) -> Iterator[str]:
    heads = ("duty", "owner", "due", "phase", "changed", "done")
    rows = [[_say(names, head) for head in heads], *(_duty(one, names) for one in duties)]
    yield from columns(rows, left=5) if duties else ()


def _duty(one: DutyState, names: Names) -> list[str]:
    what = plain(names.words.label("rosters", one.roster)) if one.roster else names.duty(one.duty)
    return [
        f"{what} {names.levels(one.levels, one.batch)}",
        names.owners(one.owners),
        one.due.isoformat() if one.due is not None else _say(names, "unknown"),
        plain(names.words.label("duty_phases", one.phase)),
        one.last_change.isoformat() if one.last_change is not None else "",
        f"{one.tally.done}/{one.tally.needed}",
    ]


def _planned(term: Term, calendar: Iterable[Deadline], school: School, names: Names) -> Iterator[str]:
    rows = [
        (one.closes.isoformat(), _held(one, school, names), names.owners(one.owners), names.title(one))
        for one in calendar
        if one.kind in _PLANNED and one.term == term
    ]
    yield from columns(rows, left=4) if rows else ()


def _held(one: Deadline, school: School, names: Names) -> str:
    if is_settled(one, None, school):
        return _say(names, "held")
    return _say(names, "planned" if school.today <= one.closes else "overdue_plan")


def _backlog(backlog: Backlog, names: Names) -> str:
    ages = zip(AGES, backlog.counts, strict=False)
    told = [_say(names, "age", limit=limit, count=count) for limit, count in ages]
    told.append(_say(names, "older", count=backlog.counts[-1]))
    comma = str(names.words.data["text"]["comma"])
    return "\n".join([_say(names, "backlog", count=backlog.total), comma.join(told)])


def as_json(
    calendar: Iterable[Deadline], duties: Iterable[DutyState], backlog: Backlog | None, school: School
) -> Mapping[str, Any]:
    """The same for machines."""
    listed = tuple(calendar)
    document: dict[str, Any] = {
        "today": school.today.isoformat(),
        "windows": [deadline_json(one) for one in listed if one.kind is Kind.WINDOW],
        "trainings": [_planned_json(one, school) for one in listed if one.kind is Kind.TRAINING],
        "meetings": [_planned_json(one, school) for one in listed if one.kind is Kind.MEETING],
        "duties": [_duty_json(one) for one in duties],
    }
    if backlog is not None:
        ages = [{"up_to_days": limit, "count": count}
                for limit, count in zip((*AGES, None), backlog.counts, strict=True)]  # fmt: skip
        document["backlog"] = {"total": backlog.total, "ages": ages}
    return document


def deadline_json(one: Deadline) -> dict[str, Any]:
    """A deadline as JSON: dates in ISO, owners as unit or post."""
    return {
        "id": one.id,
        "kind": one.kind,
        "subject": one.subject,
        "stage": one.stage,
        "levels": sorted(one.levels),
        "batch": one.batch,
        "opens": one.opens.isoformat() if one.opens is not None else None,
        "closes": one.closes.isoformat(),
        "owners": [{owner.kind: owner.id} for owner in one.owners],
    }


def _planned_json(one: Deadline, school: School) -> dict[str, Any]:
    return {**deadline_json(one), "held": is_settled(one, None, school)}


def _duty_json(one: DutyState) -> dict[str, Any]:
    return {
        "id": one.id,
        "duty": one.duty,
        "term": str(one.term),
        "levels": sorted(one.levels),
        "roster": one.roster or None,
        "batch": one.batch,
        "owners": [{owner.kind: owner.id} for owner in one.owners],
        "due": one.due.isoformat() if one.due is not None else None,
        "state": one.phase,
        "needed": one.tally.needed,
        "done": one.tally.done,
        "last_change": one.last_change.isoformat() if one.last_change is not None else None,
    }
