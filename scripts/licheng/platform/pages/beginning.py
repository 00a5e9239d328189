"""What beginning a record takes, a student's or a unit's: a term to choose, and a name of its own."""

from __future__ import annotations

import secrets
from datetime import date

from licheng.core.school import School
from licheng.core.term import Term

_LETTERS = "bcdfghjkmnpqrstvwxz"  # no word comes of them
_SLUG_LETTERS = 6
_TERMS = 4


def recent_terms(school: School, on: date) -> tuple[str, ...]:
    """The term of a day and those that the school has courses of, the latest few, the last one first."""
    terms = {str(term) for term in school.offerings} | {str(Term.on(on))}
    return tuple(sorted(terms, reverse=True)[:_TERMS])


def drawn_slug() -> str:
    """A name for a new record, which says nothing of what is in it."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_SLUG_LETTERS))
