"""Training (陸): what the regulation wants each term, by whom, on what, and what is planned, held or missing.

A session counts for a demand if it is for that audience, by that office (or a section of it) and on all its topics.
It is held once its day has come and somebody said how many came: numbers only, nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from licheng.core.calendar import TermCalendar
from licheng.core.dates import day
from licheng.core.layout import HANDBOOK
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rulebook import Name, Rulebook
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.working_group import held_on, meetings

# By which subject the working group appoints the office for an audience where a rulebook does not say (伍.四, 陸).
SUBJECT_OF = {"students": "training", "teachers": "workshop", "parents": "briefing"}


class SessionState(StrEnum):
    """Of one session: its day is ahead, it was held, or its day is over and nobody said how many came."""

    PLANNED = "planned"
    HELD = "held"
    UNREPORTED = "unreported"


class DemandState(StrEnum):
    """Of what the regulation wants in a term."""

    HELD = "held"
    PLANNED = "planned"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Demand:
    """What the regulation wants of each term for one audience (陸.一 to 陸.三).

    Attributes:
        name: the audience, as the school calls it.
        subject: of the resolution that appoints the office; empty where none has to.
    """

    audience: str
    count: int
    organiser: str
    topics: frozenset[str]
    article: str
    name: Name | str
    subject: str


@dataclass(frozen=True, slots=True)
class TrainingSession:
    """One session with its state as of today."""

    record: Record
    audience: str
    organiser: str
    on: date
    topics: frozenset[str]
    state: SessionState


@dataclass(frozen=True, slots=True)
class Provision:
    """A demand of a term, every session for its audience, and what follows.

    Attributes:
        counted: the sessions that fulfil the demand, held ones and planned ones.
        state: held if enough were held, planned if enough are held or planned, else missing.
    """

    term: Term
    demand: Demand
    sessions: tuple[TrainingSession, ...]
    counted: tuple[TrainingSession, ...]
    state: DemandState


@dataclass(frozen=True, slots=True)
class Appointment:
    """A resolution by which the working group appoints the office for an audience."""

    audience: str
    owner: str
    on: date
    place: Place


def pages_of(school: School) -> frozenset[str]:
    """The pages of the handbook, below its folder; none where a school keeps no handbook here."""
    return frozenset(
        text.path.removeprefix(f"{HANDBOOK}/") for text in school.texts if text.path.startswith(f"{HANDBOOK}/")
    )


def handouts(school: School) -> Iterator[tuple[Record, int, str]]:
    """Handouts of trainings that are pages of the handbook: the record, which of its materials, the page."""
    for record in school.of("training"):
        for index, entry in enumerate(record.data.get("materials", ())):
            if "page" in entry:
                yield record, index, entry["page"]


def demands(book: Rulebook) -> tuple[Demand, ...]:
    """What a rulebook wants each term, in its order."""
    return tuple(
        Demand(
            entry["audience"],
            entry["count"],
            entry["organiser"],
            frozenset(entry["topics"]),
            entry["article"],
            book.name("audiences", entry["audience"]),
            entry.get("subject", SUBJECT_OF.get(entry["audience"], "")),
        )
        for entry in book.record.data["trainings"]
    )


def sessions(school: School, term: Term) -> list[TrainingSession]:
    """The sessions of a term, the earliest first."""
    every: list[TrainingSession] = []
    for record in school.of("training"):
        if record.term == term:
            data, on = record.data, day(record.data["on"])
            if on <= school.today and "actual" in data:
                state = SessionState.HELD
            else:
                state = SessionState.PLANNED if on >= school.today else SessionState.UNREPORTED
            every.append(
                TrainingSession(record, data["audience"], data["organiser"], on, frozenset(data["topics"]), state)
            )
    return sorted(every, key=lambda session: (session.on, session.record.path))


def provisions(calendar: TermCalendar, school: School) -> list[Provision]:
    """Each demand of a term with what there is of it; nothing without a rulebook."""
    book = school.rulebooks.for_term(calendar.term)
    if book is None:
        return []
    every, provided = sessions(school, calendar.term), []
    for demand in demands(book):
        mine = tuple(session for session in every if session.audience == demand.audience)
        right = (session for session in mine if fulfils(session, demand, school))
        counted = tuple(session for session in right if session.state is not SessionState.UNREPORTED)
        if sum(session.state is SessionState.HELD for session in counted) >= demand.count:
            state = DemandState.HELD
        else:
            state = DemandState.PLANNED if len(counted) >= demand.count else DemandState.MISSING
        provided.append(Provision(calendar.term, demand, mine, counted, state))
    return provided


def fulfils(session: TrainingSession, demand: Demand, school: School) -> bool:
    """Whether a session is of the office and on the topics that a demand names."""
    return within(session.organiser, demand.organiser, school) and demand.topics <= session.topics


def within(unit: str, office: str, school: School) -> bool:
    """Whether a unit is an office or a section of it (教學組 is of 教務處)."""
    parents = {entry["id"]: entry.get("parent") for record in school.of("school") for entry in record.data["units"]}
    seen: set[str] = set()
    while unit != office and unit not in seen:
        seen.add(unit)
        unit = parents.get(unit) or unit
    return unit == office


def appointments(school: School) -> Iterator[Appointment]:
    """Every resolution that appoints an office, for each audience of its subject, the earliest first."""
    for meeting in meetings(school):
        book = school.rulebooks.on(held_on(meeting))
        subjects = {demand.audience: demand.subject for demand in demands(book)} if book is not None else SUBJECT_OF
        for index, entry in enumerate(meeting.data["resolutions"]):
            for audience, subject in subjects.items():
                if subject == entry["subject"]:
                    place = meeting.at("resolutions", index, "owner")
                    yield Appointment(audience, entry["owner"], held_on(meeting), place)
