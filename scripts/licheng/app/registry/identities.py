"""`licheng identities`: the table of who the students are, on the registrar's machine and never in the repository."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheng.core.errors import LichengError, UsageError
from licheng.core.person import Person
from licheng.core.term import Term
from licheng.exchange.identities import IdentityTable, opened, read_roster
from licheng.policy.identities import (
    BadCell,
    Merged,
    Mismatch,
    NoneFreeError,
    contradictions,
    matches,
    merge,
    mismatch,
    read,
)
from licheng.sources.reading import sealed_ids, student_ids
from licheng.sources.tree import Tree
from licheng.storage.files import given
from licheng.storage.private import check_outside, replace_private, write_private

_NONCE = 32  # bytes


class TableFile(NamedTuple):
    """A table that was opened, and the sealed bytes that it was opened from."""

    path: Path
    data: bytes
    table: IdentityTable


class BackedUp(NamedTuple):
    """A copy that was written, or was there already, and its SHA-256 in hex."""

    path: Path
    digest: str
    is_new: bool


def open_table(path: Path, key: Path | None) -> TableFile:
    """The table of a file outside any repository.

    Raises:
        UsageError: APP171, it lies in a repository; APP024, it cannot be read; of `licheng.exchange.identities.opened`.
    """
    check_outside(path)
    data = given(path)
    return TableFile(path, data, opened(data, path, key))


def new_table(path: Path, recipients: Iterable[str]) -> bytes:
    """The file of an empty table, not yet written.

    Raises:
        UsageError: APP171; APP009, there is a file; APP190, APP191, the recipients will not do.
    """
    check_outside(path)
    if path.is_symlink() or path.exists():
        raise UsageError("APP009", path=str(path))
    return IdentityTable(tuple(filter(None, map(str.strip, recipients))), ()).sealed()


def merged(file: TableFile, roster: Path, tree: Tree, cohort: int | None, today: date) -> Merged | list[BadCell]:
    """The table after a list, or all that is wrong with the list.

    Args:
        file: the table.
        roster: the list, a CSV.
        tree: the school's files: pseudonyms of its students are not free.
        cohort: of students whose row says none.
        today: the school's day, whose term gets its nonces.

    Raises:
        UsageError: APP024, the list cannot be read; APP180, a cohort has no pseudonym left; of `read_roster`.
    """
    entries, bad = read(read_roster(given(roster), roster), today)
    if bad:
        return bad
    table = {person.student: person for person in file.table.people}
    matched, enrolled, term = matches(table, entries, cohort), student_ids(tree), str(Term.on(today))
    forgotten = frozenset(each.student for each in file.table.forgotten) | sealed_ids(tree)
    if bad := contradictions(table, matched, enrolled, forgotten):
        return bad
    try:
        return merge(table, matched, enrolled | forgotten, term, secrets.randbelow, lambda: secrets.token_hex(_NONCE))
    except NoneFreeError as error:
        raise UsageError("APP180", cohort=error.args[0]) from error


def save(file: TableFile, people: Iterable[Person]) -> None:
    """Seal the table anew with these people in the place of the old one, which stays as the previous generation.

    Raises:
        UsageError: APP022, somebody else wrote it meanwhile.
    """
    table = file.table._replace(people=tuple(people))
    replace_private(file.path, file.data, table.sealed())


def people_of(file: TableFile, asked: str | None) -> tuple[Person, ...]:
    """All rows, or those of a pseudonym or 學號.

    Raises:
        UsageError: APP177, nobody has it.
    """
    rows = tuple(person for person in file.table.people if asked in {None, person.student, person.number})
    if asked is not None and not rows:
        raise UsageError("APP177")
    return rows


def against(file: TableFile, tree: Tree) -> Mismatch:
    """The table against the school's students; of whom it has forgotten, it is not asked for a row."""
    return mismatch(file.table.people, student_ids(tree) - {each.student for each in file.table.forgotten})


def backed_up(file: TableFile, folder: Path, *, dry_run: bool) -> BackedUp:
    """The sealed file, which was opened to prove it, copied under its digest; the copy is read back from the disk.

    Raises:
        UsageError: APP171, the folder lies in a repository.
        LichengError: APP182, the copy is not what was written.
    """
    digest = hashlib.sha256(file.data).hexdigest()
    copy = folder / f"{file.path.stem}.{digest[:12]}.age"
    check_outside(copy)
    is_new = not copy.exists()
    if not dry_run:
        if is_new:
            write_private(copy, file.data, replaces=False)
        write_private(copy.with_name(f"{copy.name}.sha256"), f"{digest}  {copy.name}\n".encode())
        if hashlib.sha256(given(copy)).hexdigest() != digest:
            raise LichengError("APP182", path=str(copy))
    return BackedUp(copy, digest, is_new)
