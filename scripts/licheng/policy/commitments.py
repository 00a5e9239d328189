"""Commitments to 基本資料: what a check (檢核) says of a row of the identity table, so that it tells nobody the row.

HMAC-SHA256 under the random nonce of the student and the term, which lies in the table alone: whoever has the row and
the nonce can hold a check against it, and whoever lacks the nonce cannot confirm a guess. With the nonce destroyed the
commitment is one of 2^256 numbers for ever.
"""

from __future__ import annotations

import hmac
import json
from datetime import date
from enum import StrEnum

from licheng.core.person import Person
from licheng.core.record import Record

SUBJECT = "basic-data"
VERSION = "licheng-basic-data/v1"
# Checks of terms from here on bear one; of terms before it no table has nonces.
SINCE = date(2026, 8, 1)
_DIGITS = 64
# Of 64 random hex digits fewer than eight are different once in 10^17 times, and none repeat as a whole.
_FEWEST = 8


class Held(StrEnum):
    """A check of basic data against the identity table."""

    CURRENT = "current"  # the row is as it was when it was looked at
    STALE = "stale"  # it has changed since, or the check was never of it
    UNCHECKED = "unchecked"  # there is no check, or one that commits to nothing
    UNKNOWN = "unknown"  # without row or nonce nobody can tell any more


def encoded(person: Person, term: str) -> bytes:
    """What is committed to, in one form: a JSON list without blanks, in UTF-8; further fields of the row as pairs.

    The version, the student and the term keep it apart from every other commitment; a list of quoted texts cannot be
    read in two ways. Class and seat are left out: the class is in `student.yaml`, which the same check lists, and
    both are given out anew each year without any 學籍資料 having changed.
    """
    fields = (VERSION, person.student, term, person.number, person.name, person.id_number, person.born)
    return json.dumps([*fields, *person.further.items()], ensure_ascii=False, separators=(",", ":")).encode()


def commitment(person: Person, term: str) -> str | None:
    """64 hex digits; None without a nonce of that term."""
    nonce = person.nonces.get(term)
    return hmac.digest(bytes.fromhex(nonce), encoded(person, term), "sha256").hex() if nonce is not None else None


def held(person: Person | None, record: Record | None, term: str) -> Held:
    """What a student's check of a term is worth by the student's row."""
    if record is None or not commitment_of(record):
        return Held.UNCHECKED
    expected = commitment(person, term) if person is not None else None
    if expected is None:
        return Held.UNKNOWN
    return Held.CURRENT if hmac.compare_digest(expected, commitment_of(record)) else Held.STALE


def commitment_of(record: Record) -> str:
    """What a check commits to; empty where it does not."""
    return str(record.data.get("commitment", ""))


def is_degenerate(record: Record) -> bool:
    """Whether a commitment cannot have been computed: it repeats, has few digits, or is copied from beside it."""
    given = commitment_of(record)
    periods = (length for length in (1, 2, 4, 8, 16, 32) if given == given[:length] * (_DIGITS // length))
    copied = {record.data["digest"], *(entry["sha256"] for entry in record.data["files"])}
    return bool(given) and (any(periods) or len({*given}) < _FEWEST or given in copied)


def lacks_commitment(record: Record) -> bool:
    """Whether a check of basic data should say which row was looked at, and does not."""
    term = record.term
    is_due = record.identity["subject"] == SUBJECT and term is not None and term.first_day >= SINCE
    return is_due and not commitment_of(record)


def is_misplaced(record: Record) -> bool:
    """Whether a check of something else has a commitment: courses and statements lie in the repository."""
    return record.identity["subject"] != SUBJECT and bool(commitment_of(record))
