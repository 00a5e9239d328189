"""What an import may ask: the school, whom a row is about, and the records as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count, product
from typing import Any

from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.cells import narrow
from licheng.policy.classes import classes, tutors
from licheng.policy.importing.people import People

_NAMES = ("id", "code", "subject")  # of a course, the most telling first


@dataclass(frozen=True)
class Known:
    """The context of every row.

    Attributes:
        school: everything but the students' records.
        people: of the identity table; nobody where the import needs none.
        cohorts: the folder of each student of the repository.
        read: the record at a path, or None; it raises where one lies there that cannot be read.
        under: the paths of all files below a folder.
        oidc_key: the school's key for single sign-on subjects; None where it was not given.
    """

    school: School
    people: People
    cohorts: Mapping[str, str]
    read: Callable[[str], Record | None]
    under: Callable[[str], Iterable[str]]
    oidc_key: bytes | None = None

    def record(self, kind: str, **identity: str) -> Record | None:
        """A record as it is, by its kind and what its path says."""
        return self.read(BY_NAME[kind].path(**identity))

    def offered(self, term: str) -> Mapping[str, Mapping[str, Any]]:
        """The courses of a term by id; nothing of a term without offerings."""
        return self.school.offerings.get(Term.parse(term), {})

    def courses_called(self, term: str, name: str) -> list[list[Mapping[str, Any]]]:
        """The courses of a term whose id, whose code and whose subject is a narrow text, in this order."""
        if term not in self._courses:
            names: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
            for course, field in product(self.offered(term).values(), _NAMES):
                names[field, narrow(course[field])].append(course)
            self._courses[term] = names
        return [self._courses[term].get((field, name), []) for field in _NAMES]

    @cached_property
    def _courses(self) -> dict[str, dict[tuple[str, str], list[Mapping[str, Any]]]]:
        return {}

    @cached_property
    def classes(self) -> Mapping[str, str]:
        """The classes that the school names anywhere, by their narrow form."""
        offered = (names for names in classes(self.school).values())
        named = {name for names in offered for name in names} | {post.school_class for post in tutors(self.school)}
        own = self.school.class_names
        called = {narrow(name): each for each, names in own.items() for name in names.values()}
        return {**called, **{narrow(name): name for name in {*named, *own}}}

    def school_class(self, text: str) -> str:
        """A class as the school names it; one that nobody has named yet as it is written."""
        return self.classes.get(narrow(text), text)

    def programme(self, text: str) -> str | None:
        """The id of a programme that is written by its id, its code or its name; None where that is not one."""
        school = self.school.one("school")
        entries: Iterable[Mapping[str, Any]] = school.data["programmes"] if school is not None else ()
        wanted = narrow(text)
        named = [
            each["id"] for each in entries if wanted in map(narrow, (each["id"], str(each["code"]), each["name"]["zh"]))
        ]
        return named[0] if len(named) == 1 else None

    def slug(self, kind: str, owner: Mapping[str, str], keys: Mapping[str, Any], period: str) -> str:
        """The name of a record that has no natural one: known again by what it says, else a number that is free.

        So it derives neither from a title, which two may share, nor from who somebody is; rows of one import that say
        the same name the same record.

        Args:
            kind: of the record.
            owner: the other parts of its path.
            keys: the fields by which it is known again, and what they say.
            period: the term or school year, with which a new name begins.
        """
        folder = BY_NAME[kind].path(**owner, slug="_").partition("/_")[0]
        if folder not in self._slugs:
            records = filter(None, (self.read(path) for path in sorted(self.under(folder))))
            self._slugs[folder] = {
                tuple(narrow(str(record.data.get(name))) for name in keys): record.identity["slug"]
                for record in records
            }
        slugs = self._slugs[folder]  # those that rows have got already too
        key = tuple(narrow(str(value)) for value in keys.values())
        if key not in slugs:
            numbers = (f"{period}-{number}" for number in count(1))
            slugs[key] = next(name for name in numbers if name not in slugs.values())
        return slugs[key]

    @cached_property
    def _slugs(self) -> dict[str, dict[tuple[str, ...], str]]:
        return {}

    @cached_property
    def logins(self) -> Mapping[str, str]:
        """Whose a login is, of accounts that have not ended."""
        lasting = {who: entry for who, entry in self.school.account_of.items() if "to" not in entry}
        return {login: who for who, entry in lasting.items() for login in entry["identities"]}
