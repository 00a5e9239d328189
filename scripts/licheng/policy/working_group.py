"""The working group (伍.一 to 伍.四): seats and who holds them, meetings by term, and what became of resolutions.

People are never named here: a seat is a post, and who holds it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from licheng.core.dates import day, optional_day
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.authority import within

CONVENOR = "convenor"


@dataclass(frozen=True, slots=True)
class Seat:
    """A post of the working group and how many sit by it; `role` is convenor, secretary or member."""

    post: str
    count: int
    role: str
    article: str


class ResolutionState(StrEnum):
    """Derived, never stored: `open` becomes `overdue` after its day, and `carried` once a later meeting goes on."""

    DONE = "done"
    OPEN = "open"
    OVERDUE = "overdue"
    CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Resolved:
    """One resolution with where it stands and its state.

    Attributes:
        meeting: `115-1/2026-09-11`, as other records cite it.
        due: the day by which it is done; None where none was set.
    """

    meeting: str
    number: int
    subject: str
    text: str
    owner: str
    due: date | None
    state: ResolutionState
    place: Place


def seats(book: Rulebook) -> tuple[Seat, ...]:
    """The seats that a rulebook sets, in its order."""
    return tuple(
        Seat(entry["post"], entry["count"], entry["role"], entry["article"]) for entry in book.record.data["seats"]
    )


def convenors(book: Rulebook) -> frozenset[str]:
    """The posts that call and chair (伍.一)."""
    return frozenset(seat.post for seat in seats(book) if seat.role == CONVENOR)


def holder_count(post: str, school: School, on: date) -> int:
    """How many hold a seat on a day: by the terms of office of that seat, or else by the posts of the staff."""
    appointed = [
        entry for record in school.of("seat-holders") for entry in record.data["terms"] if entry["seat"] == post
    ]
    if appointed:
        return sum(within(entry, on) for entry in appointed)
    return sum(
        any(entry["post"] == post and within(entry, on) for entry in posts) for posts in school.posts_of.values()
    )


def held_on(meeting: Record) -> date:
    """The day of a meeting: its file name."""
    return day(meeting.identity["date"])


def reference(meeting: Record) -> str:
    """How other records cite a meeting: `115-1/2026-09-11`."""
    return f"{meeting.identity['term']}/{meeting.identity['date']}"


def meetings(school: School, term: Term | None = None) -> list[Record]:
    """The meetings, of one term or all, the earliest first."""
    records = (record for record in school.of("meeting") if term is None or record.term == term)
    return sorted(records, key=lambda record: (held_on(record), record.path))


def resolution(meeting: str, number: int, school: School) -> Mapping[str, Any] | None:
    """The resolution of a number that the minutes of a meeting (`115-1/2026-09-11`) hold."""
    entries = (
        entry for record in meetings(school) if reference(record) == meeting for entry in record.data["resolutions"]
    )
    return next((entry for entry in entries if entry["number"] == number), None)


def meetings_held(term: Term, school: School) -> int:
    """How many meetings of a term have taken place by today (伍.四)."""
    return sum(held_on(meeting) <= school.today for meeting in meetings(school, term))


def meetings_wanted(book: Rulebook) -> int:
    """How many meetings a term needs at least (伍.四)."""
    return int(book.record.data["meetings_per_term"]["value"])


def attendance(meeting: Record) -> Counter[str]:
    """How many entries of attendance each seat has."""
    return Counter(entry["seat"] for entry in meeting.data["attendance"])


def present(meeting: Record) -> int:
    """How many seats were present."""
    return sum(entry["present"] is True for entry in meeting.data["attendance"])


def resolutions(school: School) -> list[Resolved]:
    """Every resolution with its state as of today, the earliest meeting first."""
    every = [
        (meeting, index, entry)
        for meeting in meetings(school)
        for index, entry in enumerate(meeting.data["resolutions"])
    ]
    carries = (entry["carries"] for _, _, entry in every if "carries" in entry)
    carried = {(earlier["meeting"], earlier["number"]) for earlier in carries}
    resolved = []
    for meeting, index, entry in every:
        name, number, due = reference(meeting), entry["number"], optional_day(entry.get("due"))
        if entry["state"] == "done":
            state = ResolutionState.DONE
        elif (name, number) in carried:
            state = ResolutionState.CARRIED
        else:
            state = ResolutionState.OVERDUE if due is not None and due < school.today else ResolutionState.OPEN
        place = meeting.at("resolutions", index, "due" if due is not None else "state")
        resolved.append(Resolved(name, number, entry["subject"], entry["text"], entry["owner"], due, state, place))
    return resolved


def unfinished(school: School) -> list[Resolved]:
    """What the next meeting takes up: resolutions that are open or overdue and that no meeting has carried yet."""
    states = {ResolutionState.OPEN, ResolutionState.OVERDUE}
    return [resolved for resolved in resolutions(school) if resolved.state in states]
