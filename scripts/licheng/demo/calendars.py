"""The demo's calendars: the windows that the school sets and those that the agency sets, term by term.

Each window of the school cites the resolution of the working group that set it; `licheng.demo.meetings`
writes the minutes in which that resolution stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from licheng.demo.clock import Term
from licheng.demo.emit import Fields, Value
from licheng.demo.material import table_rows

# The numbers of the resolutions in the minutes of each term.
METHOD, SUBMISSION, RECORDING, SELECTION, PERSONNEL = range(1, 6)
TRAINING, WORKSHOP, BRIEFING, PREVIEW, EVALUATION = range(6, 11)
_RESOLUTION = {
    "recording": RECORDING,
    "submission": SUBMISSION,
    "certification": SUBMISSION,
    "selection": SELECTION,
    "confirmation": SELECTION,
}

# term | id | category | stage | levels | batch | opens | closes
_WINDOWS = """
114-1|basic-data-recording|basic-data|recording|10 11 12||2025-09-08|2025-10-03
114-1|course-records-recording|course-records|recording|10 11 12||2025-09-08|2026-02-06
114-1|output-submission|course-output|submission|10 11 12||2025-09-08|2026-02-03
114-1|output-certification|course-output|certification|10 11 12||2025-09-08|2026-02-10
114-1|activity-submission|activity|submission|10 11 12||2025-09-08|2026-02-03
114-1|output-selection-first|course-output|selection|12|first|2026-02-11|2026-02-20
114-1|activity-selection-first|activity|selection|12|first|2026-02-11|2026-02-20
114-1|output-confirmation-first|course-output|confirmation|12|first|2026-03-18|2026-03-24
114-1|activity-confirmation-first|activity|confirmation|12|first|2026-03-18|2026-03-24
114-2|basic-data-recording|basic-data|recording|10 11 12||2026-03-02|2026-03-20
114-2|course-records-recording|course-records|recording|10 11||2026-03-02|2026-07-10
114-2|course-records-recording-12|course-records|recording|12||2026-03-02|2026-06-05
114-2|output-submission|course-output|submission|10 11||2026-03-02|2026-07-14
114-2|output-submission-12|course-output|submission|12||2026-03-02|2026-05-01
114-2|output-certification|course-output|certification|10 11||2026-03-02|2026-07-21
114-2|output-certification-12|course-output|certification|12||2026-03-02|2026-05-08
114-2|activity-submission|activity|submission|10 11||2026-03-02|2026-07-14
114-2|activity-submission-12|activity|submission|12||2026-03-02|2026-05-01
114-2|statement-submission|statement|submission|12||2026-03-02|2026-04-10
114-2|output-selection|course-output|selection|10 11|regular|2026-07-22|2026-08-07
114-2|activity-selection|activity|selection|10 11|regular|2026-07-22|2026-08-07
114-2|output-selection-second|course-output|selection|12|second|2026-05-09|2026-05-15
114-2|activity-selection-second|activity|selection|12|second|2026-05-09|2026-05-15
114-2|output-confirmation-second|course-output|confirmation|12|second|2026-06-01|2026-06-04
114-2|activity-confirmation-second|activity|confirmation|12|second|2026-06-01|2026-06-04
114-2|output-confirmation|course-output|confirmation|10 11|regular|2026-09-21|2026-09-25
114-2|activity-confirmation|activity|confirmation|10 11|regular|2026-09-21|2026-09-25
115-1|basic-data-recording|basic-data|recording|10 11 12||2026-09-14|2026-10-02
115-1|course-records-recording|course-records|recording|10 11 12||2026-09-14|2027-02-05
115-1|output-submission|course-output|submission|10 11 12||2026-09-14|2027-02-03
115-1|output-certification|course-output|certification|10 11 12||2026-09-14|2027-02-10
115-1|activity-submission|activity|submission|10 11 12||2026-09-14|2027-02-03
115-1|output-selection-first|course-output|selection|12|first|2027-02-11|2027-02-19
115-1|activity-selection-first|activity|selection|12|first|2027-02-11|2027-02-19
115-1|output-confirmation-first|course-output|confirmation|12|first|2027-03-17|2027-03-23
115-1|activity-confirmation-first|activity|confirmation|12|first|2027-03-17|2027-03-23
"""

# term | roster | levels | batch | opens | closes
_AGENCY = """
114-1|students|10 11 12||2025-10-13|2025-10-24
114-1|marks|10 11 12||2026-02-23|2026-03-06
114-1|positions|10 11||2026-02-23|2026-03-06
114-1|positions|12|first|2026-02-23|2026-03-13
114-1|course-outputs|12|first|2026-02-23|2026-03-13
114-1|activities|12|first|2026-02-23|2026-03-13
114-2|students|10 11 12||2026-03-30|2026-04-10
114-2|marks|10 11||2026-08-03|2026-08-14
114-2|marks|12||2026-06-08|2026-06-19
114-2|positions|10 11||2026-08-03|2026-08-14
114-2|positions|12|second|2026-05-18|2026-05-29
114-2|course-outputs|10 11|regular|2026-08-24|2026-09-11
114-2|course-outputs|12|second|2026-05-18|2026-05-29
114-2|activities|10 11|regular|2026-08-24|2026-09-11
114-2|activities|12|second|2026-05-18|2026-05-29
115-1|students|10 11 12||2026-10-12|2026-10-23
115-1|marks|10 11 12||2027-02-24|2027-03-12
115-1|positions|10 11||2027-02-24|2027-03-12
115-1|positions|12|first|2027-02-24|2027-03-12
115-1|course-outputs|12|first|2027-02-24|2027-03-12
115-1|activities|12|first|2027-02-24|2027-03-12
"""

# term | audience | organiser | on
_TRAININGS = """
114-1|students|guidance|2025-09-24
114-1|teachers|academic-affairs|2025-10-08
114-1|parents|guidance|2025-09-27
114-2|students|guidance|2026-03-11
114-2|teachers|academic-affairs|2026-03-25
114-2|parents|guidance|2026-03-14
115-1|students|guidance|2026-09-23
115-1|teachers|academic-affairs|2026-10-07
115-1|parents|guidance|2026-12-05
"""


@dataclass(frozen=True)
class AgencyWindow:
    """A window in which the registry submits one roster to the agency."""

    term: str
    roster: str
    levels: str
    batch: str
    opens: str
    closes: str

    @classmethod
    def parse(cls, row: list[str]) -> AgencyWindow:
        """Return a window from the cells of its table."""
        term, roster, levels, batch, opens, closes = row
        return cls(term, roster, levels, batch, opens, closes)

    def who(self) -> Fields:
        """Return the fields that say whose data the roster holds."""
        batch: Fields = {"batch": self.batch} if self.batch else {}
        return {"levels": _levels(self.levels), **batch}


@dataclass(frozen=True)
class Session:
    """One training, as it was planned and held."""

    term: str
    audience: str
    organiser: str
    on: date

    @classmethod
    def parse(cls, row: list[str]) -> Session:
        """Return a training from the cells of its table."""
        term, audience, organiser, on = row
        return cls(term, audience, organiser, date.fromisoformat(on))


AGENCY = tuple(AgencyWindow.parse(row) for row in table_rows(_AGENCY))
SESSIONS = tuple(Session.parse(row) for row in table_rows(_TRAININGS))


def windows(term: Term, stage: str) -> Iterator[tuple[date, date, frozenset[int]]]:
    """The windows of a stage in a term: first day, last day, year levels."""
    for row in table_rows(_WINDOWS):
        if (row[0], row[3]) == (term.id, stage):
            levels = frozenset(int(level) for level in row[4].split())
            yield date.fromisoformat(row[6]), date.fromisoformat(row[7]), levels


def calendar(term: Term) -> Fields:
    """Return the record of a term's calendar."""
    return {
        "kind": "term-calendar/v1",
        "starts": term.starts.isoformat(),
        "ends": term.ends.isoformat(),
        "opening": term.opening.isoformat(),
        "closing": term.closing.isoformat(),
        "course_selection_closed": term.selection_closed.isoformat(),
        "windows": [
            {
                "id": name,
                "category": category,
                "stage": stage,
                "levels": _levels(levels),
                **({"batch": batch} if batch else {}),
                "opens": opens,
                "closes": closes,
                "resolution": {"meeting": f"{term.id}/{term.meeting}", "number": _RESOLUTION[stage]},
            }
            for of, name, category, stage, levels, batch, opens, closes in table_rows(_WINDOWS)
            if of == term.id
        ],
        "agency": [
            {
                "roster": window.roster,
                **window.who(),
                "opens": window.opens,
                "closes": window.closes,
                "notice": f"示範文號 {window.term} {window.roster}",
            }
            for window in AGENCY
            if window.term == term.id
        ],
        "trainings": [
            {"audience": session.audience, "on": session.on.isoformat()}
            for session in SESSIONS
            if session.term == term.id
        ],
        "meetings": [term.meeting.isoformat()],
    }


def _levels(text: str) -> list[Value]:
    return [int(level) for level in text.split()]
