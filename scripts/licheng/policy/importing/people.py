"""Who a row is about: by 學號, 身分證號, pseudonym, or class and seat; what else it says of the student must agree.

A name that does not belong to the number is the sign of rows that slipped when a column was sorted by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from licheng.core.person import Person
from licheng.policy.cells import narrow

# Columns that name a student, each alone or both together. Class and seat change each year, and a table may be behind:
# they count only where nothing else is said.
WAYS: tuple[tuple[str, ...], ...] = (("number",), ("id_number",), ("student",), ("class_name", "seat"))


class WhoError(ValueError):
    """Nobody, several, or two students in one row: the column at fault, and a label of `cell_fault`."""

    def __init__(self, column: str, kind: str) -> None:
        super().__init__(column, kind)
        self.column, self.kind = column, kind


class People:
    """The students of the identity table, by all that names them."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._by: dict[tuple[str, ...], dict[tuple[str, ...], list[Person]]] = {}
        people = tuple(people)
        for way in WAYS:
            index = defaultdict[tuple[str, ...], list[Person]](list)
            for person in people:
                index[tuple(_bare(getattr(person, column)) for column in way)].append(person)
            self._by[way] = index

    def of(self, row: Mapping[str, Any]) -> Person:
        """The student of a row.

        Raises:
            WhoError: nobody or nobody alone is called so, or the row names two.
        """
        ways = [way for way in WAYS if all(row.get(column) for column in way)]
        ways = [way for way in ways if len(way) == 1] or ways
        if not ways:
            raise WhoError(next((column for way in WAYS for column in way if column in row), "number"), "empty")
        persons = []
        for way in ways:
            alike = self._by[way].get(tuple(_bare(str(row[column])) for column in way), [])
            if len(alike) != 1:
                raise WhoError(way[-1], "unknown-student" if not alike else "several-students")
            persons.append(alike[0])
        if any(person != persons[0] for person in persons):
            raise WhoError(ways[1][-1], "two-students")
        if row.get("name") and narrow(row["name"]) != narrow(persons[0].name):
            raise WhoError("name", "other-name")
        return persons[0]


def _bare(text: str) -> str:
    """A seat is the same with leading zeros; a number that a spreadsheet shortened is looked for as it is."""
    narrowed = narrow(text)
    return str(int(narrowed)) if narrowed.isdecimal() and len(narrowed) <= 3 else narrowed
