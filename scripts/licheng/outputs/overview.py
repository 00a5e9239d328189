"""The state of the school for its own staff: what is open, what is due, what waits, what was held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from licheng.core.school import School
from licheng.core.term import Term
from licheng.outputs.columns import columns
from licheng.outputs.naming import Names, plain
from licheng.policy.deadlines import Deadline, DeadlineKind
from licheng.policy.duties import DutyState
from licheng.policy.queue import AGES, Backlog
from licheng.policy.reminders import is_explained, is_settled

_SOON = timedelta(days=14)
_PLANNED = (DeadlineKind.TRAINING, DeadlineKind.MEETING)
DUTY_HEADS = ("duty", "owner", "due", "phase", "changed", "done")  # words of the section `overview`


def render(
    term: Term, calendar: Iterable[Deadline], duties: Sequence[DutyState], backlog: Backlog | None, school: School,
    names: Names,
) -> str:  # fmt: skip
    """One term: what is open or due, its duties, its trainings and meetings, and what waits for certification."""
    listed = tuple(calendar)
    heads = [[_say(names, head) for head in DUTY_HEADS]]
    mine = duty_rows((duty for duty in duties if duty.term == term), names)
    blocks = [
        _block("calendar", term, columns(coming(listed, school.today, names), left=4), names),
        _block("duties", term, columns([*heads, *mine], left=5) if mine else (), names),
        _block("plan", term, columns(planned(listed, term, school, names), left=4), names),
    ]
    if backlog is not None:
        blocks.append("\n".join(waiting(backlog, names)))
    return "\n\n".join([*blocks, _say(names, "private")]) + "\n"


def _say(names: Names, name: str, /, **values: object) -> str:
    return plain(names.words.say("overview", name, **values))


def _block(name: str, term: Term, lines: Iterable[str], names: Names) -> str:
    title = _say(names, name, term=names.words.period(str(term)))
    return "\n".join([title, *(list(lines) or [_say(names, "nothing")])])


def coming(calendar: Iterable[Deadline], today: date, names: Names) -> list[tuple[str, str, str, str]]:
    """What is open or due: the last day, how long until it, whose it is, what."""
    return [
        (deadline.closes.isoformat(), left(deadline.closes, today, names), names.owners(deadline.owners),
         names.title(deadline))
        for deadline in current(calendar, today)
    ]  # fmt: skip


def planned(calendar: Iterable[Deadline], term: Term, school: School, names: Names) -> list[tuple[str, str, str, str]]:
    """The trainings and meetings of a term: the day, whether it was held, whose it is, what."""
    rows = []
    for deadline in calendar:
        if deadline.kind in _PLANNED and deadline.term == term:
            ahead = "planned" if school.today <= deadline.closes else "overdue_plan"
            otherwise = "explained" if is_explained(deadline, school) else ahead
            state = _say(names, "held" if is_settled(deadline, None, school) else otherwise)
            rows.append((deadline.closes.isoformat(), state, names.owners(deadline.owners), names.title(deadline)))
    return rows


def waiting(backlog: Backlog, names: Names) -> tuple[str, str]:
    """How many items wait for certification, and how many of them how long."""
    counts = [_say(names, "age", limit=limit, count=count) for limit, count in zip(AGES, backlog.counts, strict=False)]
    counts.append(_say(names, "older", count=backlog.counts[-1]))
    return _say(names, "backlog", count=backlog.total), str(names.words.data["text"]["comma"]).join(counts)


def current(calendar: Iterable[Deadline], today: date) -> Iterator[Deadline]:
    """What is open on a day, or closes within two weeks of it."""
    for deadline in calendar:
        begun = (deadline.opens or deadline.closes - _SOON) <= today
        if deadline.kind not in _PLANNED and begun and today <= deadline.closes:
            yield deadline


def left(closes: date, today: date, names: Names) -> str:
    """How long until a last day, or since it."""
    days = (closes - today).days
    name = "late" if days < 0 else "left" if days else "today"
    return plain(names.words.say("deadlines", name, days=abs(days)))


def duty_rows(duties: Iterable[DutyState], names: Names) -> list[tuple[str, ...]]:
    """Duties by the columns of `DUTY_HEADS`."""
    rows = list[tuple[str, ...]]()
    for duty in duties:
        changed = duty.last_change.isoformat() if duty.last_change is not None else ""
        own = duty.duty in names.duties  # a row of the table
        what = named = names.duty(duty.duty) if own else plain(names.words.label("duty_names", duty.duty))
        if duty.roster:
            roster = plain(names.words.label("rosters", duty.roster))
            what = roster if duty.duty == "agency-upload" else f"{named}{names.words.data['text']['colon']}{roster}"
        cells = (
            f"{what} {names.levels(duty.levels, duty.batch)}",
            names.owners(duty.owners),
            duty.due.isoformat() if duty.due is not None else _say(names, "unknown"),
            plain(names.words.label("duty_phases", duty.phase)),
            f"{changed} {_say(names, 'claimed')}" if duty.claimed else changed,
            f"{duty.tally.done}/{duty.tally.needed}",
        )
        rows.append(cells)
    return rows


def as_json(
    calendar: Iterable[Deadline], duties: Iterable[DutyState], backlog: Backlog | None, school: School
) -> Mapping[str, Any]:
    """The same for machines."""
    listed = tuple(calendar)
    document: dict[str, Any] = {
        "today": school.today.isoformat(),
        "windows": [deadline_json(deadline) for deadline in listed if deadline.kind is DeadlineKind.WINDOW],
        "trainings": [_planned_json(deadline, school) for deadline in listed if deadline.kind is DeadlineKind.TRAINING],
        "meetings": [_planned_json(deadline, school) for deadline in listed if deadline.kind is DeadlineKind.MEETING],
        "duties": [
            {
                "id": duty.id,
                "duty": duty.duty,
                "term": str(duty.term),
                "levels": sorted(duty.levels),
                "roster": duty.roster or None,
                "batch": duty.batch,
                "owners": [{owner.kind: owner.id} for owner in duty.owners],
                "due": duty.due.isoformat() if duty.due is not None else None,
                "state": duty.phase,
                "needed": duty.tally.needed,
                "done": duty.tally.done,
                "last_change": duty.last_change.isoformat() if duty.last_change is not None else None,
                "claimed": duty.claimed,
            }
            for duty in duties
        ],
    }
    if backlog is not None:
        ages = [{"up_to_days": limit, "count": count}
                for limit, count in zip((*AGES, None), backlog.counts, strict=True)]  # fmt: skip
        document["backlog"] = {"total": backlog.total, "ages": ages}
    return document


def deadline_json(deadline: Deadline) -> dict[str, Any]:
    """A deadline as JSON: dates in ISO, owners as unit or post."""
    return {
        "id": deadline.id,
        "kind": deadline.kind,
        "subject": deadline.subject,
        "stage": deadline.stage,
        "levels": sorted(deadline.levels),
        "batch": deadline.batch,
        "opens": deadline.opens.isoformat() if deadline.opens is not None else None,
        "closes": deadline.closes.isoformat(),
        "owners": [{owner.kind: owner.id} for owner in deadline.owners],
    }


def _planned_json(deadline: Deadline, school: School) -> dict[str, Any]:
    return {**deadline_json(deadline), "held": is_settled(deadline, None, school)}
