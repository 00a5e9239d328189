"""A term's calendar as values: edges, the school's windows, the agency's windows.

Dates are whole days in Asia/Taipei. A window's last day is the one in force, after the amendments of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from licheng.core.dates import day
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rulebook import ACTS, Rulebook, usual_kinds
from licheng.core.term import Term


class Amendment(NamedTuple):
    """A school-wide extension: one of the school's windows, or the agency's of a roster, closes later.

    Attributes:
        target: the id of a window, or a roster.
        of_agency: the target is a roster.
        levels: of the roster; None for all of its windows.
        closes: the new last day.
        on: the day of the resolution or the notice that it cites.
    """

    target: str
    of_agency: bool
    batch: str | None
    levels: frozenset[int] | None
    closes: date
    on: date
    place: Place

    @property
    def closing_place(self) -> Place:
        """Where it says the new last day."""
        return self.place._replace(pointer=(*self.place.pointer, "closes"))

    def concerns(self, window: Window | AgencyWindow) -> bool:
        """Whether a window closes later by this."""
        if isinstance(window, Window):
            return not self.of_agency and window.id == self.target
        same = self.of_agency and (window.roster, window.batch) == (self.target, self.batch)
        return same and self.levels in (None, window.levels)


class Window(NamedTuple):
    """An interval of days, both included, in which one thing is done.

    Attributes:
        category: a row of the rulebook (肆.一), for instance `course-output`; empty where it is about none.
        word: what the school calls it, a window kind of the rulebook (`upload`).
        stage: what the engine does by it (`Act`); empty where the rulebook does not know the word.
        kinds: the kinds of record that its category goes into.
        levels: year levels (10 to 12).
        batch: of a year level's several submissions, else None.
        by: who acts, each as `unit` or `post` and its id, where the rulebook says so.
    """

    id: str
    category: str
    word: str
    stage: str
    kinds: frozenset[str]
    by: tuple[tuple[str, str], ...]
    levels: frozenset[int]
    batch: str | None
    opens: date
    closes: date
    place: Place
    closing_place: Place
    amendments: tuple[Amendment, ...] = ()


class AgencyWindow(NamedTuple):
    """When the agency takes a roster; the dates are the agency's, the record cites its notice.

    Attributes:
        notice: the number of the agency's document.
        floor_resolution: the working group's resolution (meeting, number) by which the legal floor wins where this
            closes too early for both.
    """

    roster: str
    levels: frozenset[int]
    batch: str | None
    opens: date
    closes: date
    place: Place
    closing_place: Place
    amendments: tuple[Amendment, ...] = ()
    notice: str = ""
    floor_resolution: tuple[str, int] | None = None


W = TypeVar("W", Window, AgencyWindow)


class TermCalendar(NamedTuple):
    """One term: official edges, 開學 (opening), 休業式 (closing), windows and what extended them.

    Of a term before the school began here a short record tells the edges alone (SCH011).
    """

    term: Term
    record: Record
    starts: date
    ends: date
    opening: date
    closing: date
    windows: tuple[Window, ...]
    agency: tuple[AgencyWindow, ...]
    amendments: tuple[Amendment, ...]

    @property
    def all_windows(self) -> Iterator[Window | AgencyWindow]:
        """The school's windows, then the agency's."""
        yield from self.windows
        yield from self.agency

    @classmethod
    def of(cls, record: Record, book: Rulebook | None) -> TermCalendar:
        """Read a record of kind `term-calendar` that is of its schema; the term's rulebook says what its words mean."""
        term = record.term
        assert term is not None  # noqa: S101 - its path has a term
        edges = {name: day(record.data[name]) for name in ("starts", "ends", "opening", "closing")}
        amendments = tuple(
            Amendment(
                target=entry.get("window") or entry["roster"],
                of_agency="roster" in entry,
                batch=entry.get("batch"),
                levels=frozenset(entry["levels"]) if "levels" in entry else None,
                closes=day(entry["closes"]),
                on=day(entry["on"]),
                place=record.at("amendments", index),
            )
            for index, entry in enumerate(record.data.get("amendments", ()))
        )
        windows = (
            Window(id=entry["id"], **_meaning(entry, book), **common) for entry, common in _entries(record, "windows")
        )
        agency = (
            AgencyWindow(
                roster=entry["roster"],
                notice=entry.get("notice", ""),
                floor_resolution=(resolution["meeting"], resolution["number"]) if resolution is not None else None,
                **common,
            )
            for entry, common in _entries(record, "agency")
            for resolution in (entry.get("floor_resolution"),)
        )
        return cls(
            term,
            record,
            **edges,
            windows=tuple(_amended(window, amendments) for window in windows),
            agency=tuple(_amended(window, amendments) for window in agency),
            amendments=amendments,
        )


def _meaning(entry: Mapping[str, Any], book: Rulebook | None) -> dict[str, Any]:
    """What a window's category and stage mean by a rulebook; without one they mean what they are called."""
    category, word = entry.get("category", ""), entry["stage"]
    known = (book.window_kinds if book is not None else ACTS).get(word)
    return {
        "category": category,
        "word": word,
        "stage": known.act.value if known is not None else "",
        "kinds": book.kinds_of(category) if book is not None else usual_kinds(category),
        "by": known.by if known is not None else (),
    }


def _entries(record: Record, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The entries of one of a calendar's two lists of windows, each with the fields that both have."""
    for index, entry in enumerate(record.data.get(name, ())):
        common = {
            "levels": frozenset(entry["levels"]),
            "batch": entry.get("batch"),
            "opens": day(entry["opens"]),
            "closes": day(entry["closes"]),
            "place": record.at(name, index),
            "closing_place": record.at(name, index, "closes"),
        }
        yield entry, common


def _amended(window: W, amendments: Sequence[Amendment]) -> W:
    """The window with the last day that is in force; what would close it earlier changes nothing."""
    for amendment in amendments:
        if amendment.concerns(window) and amendment.closes > window.closes:
            applied = (*window.amendments, amendment)
            window = window._replace(closes=amendment.closes, closing_place=amendment.closing_place, amendments=applied)
    return window
