"""The school's rulebooks and the agency's layers: which one judges a record.

The rulebook in force on the first day of a record's term (or school year) judges it, so a later amendment never
changes an earlier verdict (捌). What the agency sets comes in dated layers; each says itself whether it goes by
term or by entry cohort, and replaces whole sections of the layers before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from licheng.core.dates import day
from licheng.core.layout import HANDED_IN, KINDS
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.term import Term

# How many days a delegation may last where a rulebook says nothing: one school year, so that each year asks anew. The
# regulation of 2018 sets no bound, and a rulebook in force is frozen; so this is the schema's documented default, the
# school's own practice, until an amendment carries `delegation_days`.
DELEGATION_DAYS = 366
# How many hours pass until what a passkey certified takes effect, where a rulebook says nothing: the school's practice.
PASSKEY_HOURS = 24


class ReceiptDemands(NamedTuple):
    """What is asked of the confirmation of receipts (收訖明細); the defaults are the school's practice.

    Attributes:
        notices: each student is told at least so often.
        days: the window has at least so many.
        answer_days: working days within which a problem is answered.
        deemed: who was told and did not answer has confirmed (視同確認).
        article: empty where no article says so.
    """

    notices: int = 1
    days: int = 3
    answer_days: int = 3
    deemed: bool = False
    article: str = ""


class Quota(NamedTuple):
    """At most `limit` items `of` a kind in a `stage`, per term or school year (肆.一)."""

    of: str
    stage: str
    limit: int
    per: str
    exempt: frozenset[str] = frozenset()


class Act(StrEnum):
    """What the engine knows to do in a window; what a window is called is the school's."""

    RECORDING = "recording"
    SUBMISSION = "submission"
    CERTIFICATION = "certification"
    SELECTION = "selection"
    CONFIRMATION = "confirmation"
    DATES_ONLY = "dates-only"  # the engine opens nothing by it: days with an owner, shown, fed and reminded of


Name = Mapping[str, str]  # a word of the school's own, in `zh` and `en`


class Category(NamedTuple):
    """A row of what a portfolio holds (肆.一): the school's, and the kinds of record, the engine's, that it goes into.

    Attributes:
        stages: of which every term's calendar has a window for it, each possibly `ANY`.
        name: None where the rulebook gives no name of its own.
        place: the row.
    """

    id: str
    kinds: frozenset[str]
    stages: tuple[str, ...]
    name: Name | None
    place: Place


class WindowKind(NamedTuple):
    """A word for what a window of the calendar is for.

    Attributes:
        act: what the engine does by it.
        by: who must act, each as `unit` or `post` and its id; empty where that follows from the act.
        name: None for the engine's own words.
    """

    id: str
    act: Act
    by: tuple[tuple[str, str], ...]
    name: Name | None


ACTS = {act.value: WindowKind(act.value, act, (), None) for act in Act if act is not Act.DATES_ONLY}


def usual_kinds(category: str) -> frozenset[str]:
    """The kinds of a category that no rulebook describes: the one of its name, and what belongs beside it."""
    return frozenset(kind.name for kind in KINDS if category and category in (kind.name, kind.beside))


@dataclass(frozen=True, eq=False)
class Rulebook:
    """One version of the school's regulation as data."""

    record: Record

    @cached_property
    def in_force_from(self) -> date:
        """The day from which it is in force: its file name."""
        return day(self.record.identity["date"])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its file, in hex: what a certification cites."""
        return hashlib.sha256(self.record.text.encode()).hexdigest()

    @cached_property
    def quotas(self) -> tuple[Quota, ...]:
        """The quotas that the regulation sets (肆.一)."""
        return quotas(self.record.data)

    @cached_property
    def categories(self) -> Mapping[str, Category]:
        """What a portfolio holds, by the school's id (肆.一).

        A row may name the kinds of record that it goes into. Where none does, it goes into the kind of its own name,
        and with that what belongs beside it: so a rulebook of before stays as it was passed.
        """
        rows = {}
        for index, entry in enumerate(self.record.data["records"]):
            kinds = frozenset(entry["kinds"]) if "kinds" in entry else usual_kinds(entry["category"])
            usual = (kind.timed for kind in KINDS if kind.name in kinds and kind.timed)
            stages = tuple(entry.get("stages", usual))
            place = self.record.at("records", index)
            rows[entry["category"]] = Category(entry["category"], kinds, stages, entry.get("name"), place)
        return rows

    def kinds_of(self, category: str) -> frozenset[str]:
        """The kinds of record of a category; a kind that no row claims is a category by its own name."""
        if (row := self.categories.get(category)) is not None:
            return row.kinds
        claimed = frozenset(kind for row in self.categories.values() for kind in row.kinds)
        return usual_kinds(category) - claimed

    def category_of(self, kind: str) -> str:
        """The category that a kind of record goes into; the kind itself where no category holds it."""
        return next((row.id for row in self.categories.values() if kind in row.kinds), kind)

    @cached_property
    def window_kinds(self) -> Mapping[str, WindowKind]:
        """What windows may be for, by the school's word: the engine's own words, and those that a rulebook declares."""
        declared = self.record.data.get("window_kinds", ())
        own = {
            e["id"]: WindowKind(
                e["id"], Act(e["does"]), tuple(who for entry in e.get("by", ()) for who in entry.items()), e["name"]
            )
            for e in declared
        }
        return {**ACTS, **own}

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, Name]]:
        """The school's own names of ids, by the section of words that they belong to."""
        data = self.record.data
        return {
            "categories": {
                of: row.name
                for row in self.categories.values()
                # What students hand in is called as its category wherever its kind is named.
                for of in (row.id, *row.kinds.intersection(HANDED_IN))
                if row.name is not None
            },
            "stages": {word.id: word.name for word in self.window_kinds.values() if word.name is not None},
            "audiences": {entry["audience"]: entry["name"] for entry in data["trainings"] if "name" in entry},
            **{section: {e["id"]: e["name"] for e in data.get(section, ())} for section in ("batches", "topics")},
        }

    def name(self, section: str, word: str) -> Name | str:
        """What the school calls an id, in both languages; the id itself where the catalogs have a name for it."""
        return self.names[section].get(word, word)

    @property
    def lead_days(self) -> int:
        """Days before the agency's date by which the school is done (伍)."""
        return int(self.record.data["lead_days"]["value"])

    @property
    def delegation_days(self) -> int:
        """The longest span of a delegation, in days."""
        return int(self.record.data.get("delegation_days", {}).get("value", DELEGATION_DAYS))

    @property
    def passkey_hours(self) -> int:
        """Hours until what a passkey certified takes effect: in that time its owner is told, and can take it back."""
        return int(self.record.data.get("passkey_hours", {}).get("value", PASSKEY_HOURS))

    @cached_property
    def receipts(self) -> ReceiptDemands:
        """What is asked of the confirmation of receipts."""
        return ReceiptDemands(**self.record.data.get("receipts", {}))

    @property
    def minimum_cell(self) -> int:
        """Published counts are rounded down to multiples of this."""
        return int(self.record.data["disclosure"]["minimum_cell"])

    @property
    def retention_years(self) -> int:
        """Years from the application to a university to sealing (肆.四)."""
        return int(self.record.data["retention_years"]["value"])


def quotas(data: Any) -> tuple[Quota, ...]:
    """The quotas of a rulebook or of a layer of the agency."""
    return tuple(
        Quota(entry["of"], entry["stage"], entry["limit"], entry["per"], frozenset(entry.get("exempt", ())))
        for entry in data.get("quotas", ())
    )


@dataclass(frozen=True, eq=False)
class Rulebooks:
    """All versions; the newest that is in force on a day counts."""

    versions: tuple[Rulebook, ...]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Rulebooks:
        """Order the records of kind `rulebook` by the day they come into force."""
        return cls(tuple(sorted(map(Rulebook, records), key=lambda book: book.in_force_from)))

    def on(self, when: date) -> Rulebook | None:
        """The rulebook in force on a day."""
        return next((book for book in reversed(self.versions) if book.in_force_from <= when), None)

    def for_term(self, term: Term) -> Rulebook | None:
        """The rulebook that judges a term's records."""
        return self.on(term.first_day)

    def for_year(self, year: int) -> Rulebook | None:
        """The rulebook that judges a school year's records."""
        return self.on(Term(year, 1).first_day)


@dataclass(frozen=True, eq=False)
class AgencyLayer:
    """One announcement of the agency: the sections that it sets, and for whom."""

    record: Record

    def applies(self, term: Term, cohort: int) -> bool:
        """Whether it holds for a record of that term and entry cohort."""
        applies = self.record.data["applies"]
        if applies["by"] == "term":
            return Term.parse(applies["from"]) <= term
        return int(applies["from"]) <= cohort


@dataclass(frozen=True, eq=False)
class AgencyRules:
    """All layers in the order of their announcement."""

    layers: tuple[AgencyLayer, ...]

    @classmethod
    def of(cls, records: Iterable[Record]) -> AgencyRules:
        """Order the records of kind `agency-rules` by the day they were announced."""
        return cls(tuple(sorted(map(AgencyLayer, records), key=lambda layer: layer.record.identity["date"])))

    @cached_property
    def _cache(self) -> dict[tuple[str, Term, int], Any]:
        return {}

    def section(self, name: str, term: Term, cohort: int) -> Any | None:
        """The section that holds for a record: the latest announced among the layers that apply."""
        key = (name, term, cohort)
        if key not in self._cache:
            sections = (layer.record.data[name] for layer in reversed(self.layers)
                        if name in layer.record.data and layer.applies(term, cohort))  # fmt: skip
            self._cache[key] = next(sections, None)
        return self._cache[key]
