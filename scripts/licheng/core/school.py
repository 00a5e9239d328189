"""The school that a student's records are judged in: everything outside `content/students/`, and the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from licheng.core.calendar import TermCalendar
from licheng.core.dates import day
from licheng.core.record import Record, Text
from licheng.core.rulebook import AgencyRules, Rulebooks
from licheng.core.term import Term
from licheng.core.trust import Trust


@dataclass(frozen=True, eq=False)
class School:
    """The context of every rule.

    Attributes:
        records: by kind, each in the order of paths.
        today: the day of the check, in Asia/Taipei.
        students: the ids of all students.
        broken: paths of records that could not be read or are not of their schema, by kind.
        names: names of people that must not stand in plain text, from a list that the caller gave.
        texts: all that can be read as text, broken records and the handbook's pages too.
        trust: whose keys are whose, who acts for whom.
    """

    records: Mapping[str, tuple[Record, ...]]
    today: date
    students: frozenset[str] = frozenset()
    broken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    texts: tuple[Text, ...] = ()
    trust: Trust = field(default_factory=Trust)

    def of(self, *kinds: str) -> Iterator[Record]:
        """All records of these kinds, kind by kind."""
        for kind in kinds:
            yield from self.records.get(kind, ())

    @cached_property
    def by_path(self) -> Mapping[str, Record]:
        """Every record by its path."""
        return {record.path: record for records in self.records.values() for record in records}

    def record_at(self, path: str) -> Record | None:
        """The record at a path, if one that can be read lies there."""
        return self.by_path.get(path)

    def one(self, kind: str) -> Record | None:
        """The record of a kind that a school has once."""
        return next(self.of(kind), None)

    @cached_property
    def start(self) -> Term | None:
        """The term in which the school began to keep its records here; None without a genesis."""
        genesis = self.one("genesis")
        return Term.on(day(genesis.data["founded_on"])) if genesis is not None else None

    def is_before_start(self, term: Term) -> bool:
        """Whether a term was over before the school began to keep its records here."""
        return self.start is not None and term < self.start

    @cached_property
    def kept(self) -> Mapping[Term, TermCalendar]:
        """The calendars of the terms of which the school keeps its records here: what it owes, it owes in these."""
        return {term: calendar for term, calendar in self.calendars.items() if not self.is_before_start(term)}

    @cached_property
    def sealed(self) -> frozenset[str]:
        """The ids of the students whose records were sealed (肆.四)."""
        return frozenset(record.identity["student"] for record in self.of("seal"))

    @cached_property
    def platforms(self) -> Mapping[str, Mapping[str, str]]:
        """The names, in both languages, of the platforms from which the school's earlier records come, by id."""
        return {
            entry["id"]: entry["name"] for record in self.of("school") for entry in record.data.get("platforms", ())
        }

    @cached_property
    def signers(self) -> Mapping[str, str]:
        """Of platforms that are schools with this software: SHA-256 of their `allowed_signers`, by id."""
        listed = (entry for record in self.of("school") for entry in record.data.get("platforms", ()))
        return {entry["id"]: entry["allowed_signers"] for entry in listed if "allowed_signers" in entry}

    @cached_property
    def rulebooks(self) -> Rulebooks:
        """All versions of the regulation as data."""
        return Rulebooks.of(self.of("rulebook"))

    @cached_property
    def agency(self) -> AgencyRules:
        """All layers of what the agency sets."""
        return AgencyRules.of(self.of("agency-rules"))

    @cached_property
    def calendars(self) -> Mapping[Term, TermCalendar]:
        """By term."""
        terms = ((Term.parse(record.identity["term"]), record) for record in self.of("term-calendar"))
        return {term: TermCalendar.of(record, self.rulebooks.for_term(term)) for term, record in terms}

    @cached_property
    def offerings(self) -> Mapping[Term, Mapping[str, Mapping[str, Any]]]:
        """Courses by term and course id."""
        return {
            Term.parse(record.identity["term"]): {course["id"]: course for course in record.data["courses"]}
            for record in self.of("course-offerings")
        }

    @cached_property
    def staff(self) -> frozenset[str]:
        """The ids of all staff, past ones included."""
        return frozenset(person["id"] for record in self.of("staff") for person in record.data["staff"])

    @cached_property
    def posts_of(self) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """The posts that each member of staff holds or held."""
        return {person["id"]: tuple(person["posts"]) for record in self.of("staff") for person in record.data["staff"]}

    @cached_property
    def account_of(self) -> Mapping[str, Mapping[str, Any]]:
        """The account of each who has or had one, by id."""
        return {account["id"]: account for record in self.of("accounts") for account in record.data["accounts"]}

    @cached_property
    def identities(self) -> Mapping[str, frozenset[str]]:
        """By what each account is known (`ssh:SHA256:…`), by its id."""
        return {who: frozenset(account["identities"]) for who, account in self.account_of.items()}

    def _ids(self, field_name: str) -> frozenset[str]:
        return frozenset(entry["id"] for record in self.of("school") for entry in record.data[field_name])

    @cached_property
    def units(self) -> frozenset[str]:
        """The ids of the school's units."""
        return self._ids("units")

    @cached_property
    def posts(self) -> frozenset[str]:
        """The ids of the school's posts."""
        return self._ids("posts")

    @cached_property
    def class_names(self) -> Mapping[str, Mapping[str, str]]:
        """What the school calls its classes, by id and language (`zh`, `en`); empty where ids are their names."""
        return {entry["id"]: entry["name"] for record in self.of("school") for entry in record.data.get("classes", ())}

    @cached_property
    def unit_of_post(self) -> Mapping[str, str]:
        """Which unit a post belongs to, of those that belong to one."""
        posts = (post for record in self.of("school") for post in record.data["posts"])
        return {post["id"]: post["unit"] for post in posts if "unit" in post}

    @cached_property
    def programmes(self) -> frozenset[str]:
        """The ids of the school's programmes."""
        return self._ids("programmes")

    @cached_property
    def public_contacts(self) -> frozenset[str]:
        """Numbers and addresses of the school itself, which may be printed."""
        return frozenset(
            entry["value"] for record in self.of("school") for entry in record.data.get("public_contacts", ())
        )
