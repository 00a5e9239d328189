"""Destroying a student's row and nonces (個資法 §11), and sealing the table for others: nothing of before stays.

What the repository holds of the student then is a pseudonym, and commitments that nobody can ever hold against a
guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from licheng.app.registry.identities import TableFile
from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.core.layout import BY_NAME, STUDENTS
from licheng.core.person import Forgotten, Person
from licheng.exchange.identities import IdentityTable, is_sealed, opened
from licheng.policy.enrolment import intervals
from licheng.policy.identities import Resealed, SealedCopy
from licheng.sources.reading import record_of
from licheng.sources.tree import Tree
from licheng.storage.private import previous, replace_private


def is_enrolled(tree: Tree, student: str, today: date) -> bool:
    """Whether the student is at the school today (Asia/Taipei).

    Raises:
        UsageError: APP017, the enrolment cannot be read.
    """
    cohorts = (cohort for cohort in tree.folders(STUDENTS) if student in tree.folders(f"{STUDENTS}/{cohort}"))
    paths = (BY_NAME["student"].path(cohort=cohort, student=student) for cohort in cohorts)
    for entry in (entry for path in paths for entry in tree.entries(path)):
        own = record_of(entry.path, tree.read(entry).decode("utf-8", "replace"))
        return any(interval.overlaps(today, today) for interval in intervals(own))
    return False


def without(file: TableFile, person: Person, today: date, reason: str) -> IdentityTable:
    """The table without a row, and with the word that there was one."""
    people = tuple(each for each in file.table.people if each.student != person.student)
    forgotten = (*file.table.forgotten, Forgotten(person.student, today.isoformat(), reason))
    return file.table._replace(people=people, forgotten=forgotten)


def resealed(file: TableFile, recipients: Iterable[str]) -> tuple[IdentityTable, Resealed]:
    """The table for other recipients, rows and nonces as they are, and which are new and which are not any more.

    Raises:
        UsageError: APP237, they are the same.
    """
    wanted = tuple(dict.fromkeys(line.strip() for line in recipients if line.strip() and not line.startswith("#")))
    before = file.table.recipients
    added, removed = (tuple(each for each in listed if each not in other)
                      for listed, other in ((wanted, before), (before, wanted)))  # fmt: skip
    if not (added or removed):
        raise UsageError("APP237", path=str(file.path))
    return file.table._replace(recipients=wanted), Resealed(added, removed)


def destroy(file: TableFile, after: IdentityTable) -> None:
    """Put a table in its place, and in that of the previous generation too.

    Raises:
        UsageError: APP022, somebody else wrote it meanwhile; APP190, APP191, the recipients will not do.
    """
    replace_private(file.path, file.data, after.sealed(), keeps=False)


def copies(file: TableFile, student: str, folders: Iterable[Path], key: Path | None) -> Iterator[SealedCopy]:
    """The sealed files that still hold a row: those beside the table, and in the folders of backups that are named.

    Args:
        file: the table; itself and its previous generation are destroyed, and not told.
        student: the pseudonym.
        folders: of `licheng identities backup`, of `licheng backup`, or any other.
        key: what opens them.

    Raises:
        UsageError: APP024, a folder cannot be read; APP172, APP192, the key will not do.
    """
    own = {path.resolve() for path in (file.path, previous(file.path))}
    for folder in (file.path.parent, *folders):
        is_whole = (folder / "manifest.json").is_file()
        # A whole backup keeps its tables in one folder, and there is no need to open the rest.
        for path, state in _sealed(folder / "identities" if is_whole else folder, student, key):
            if path.resolve() not in own and state != "without":
                yield SealedCopy(str(path), "until-next" if is_whole and state == "holds" else state)


def _sealed(folder: Path, student: str, key: Path | None) -> Iterator[tuple[Path, str]]:
    """Files that may be tables, and whether they hold a student's row: `holds`, `without`, or `unopened`."""
    try:
        names = sorted(path for path in folder.iterdir() if ".age" in path.suffixes and path.is_file())
        sealed = {path: data for path in names if is_sealed(data := path.read_bytes())}
    except OSError as error:
        raise UsageError("APP024", path=str(folder), detail=reason_of(error)) from error
    for path, data in sealed.items():
        try:
            table = opened(data, path, key)
            yield path, "holds" if any(person.student == student for person in table.people) else "without"
        except LichengError as error:
            if error.code in {"APP172", "APP192"}:
                raise
            yield path, "unopened"
