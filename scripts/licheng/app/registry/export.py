"""`licheng export`: a roster of the agency as a folder: workbook, files beside it, self-check and checksums (伍.末).

It is made of a commit, never of what lies about, so that the same commit, day and identity table give the same bytes
again. Who the students are is joined here, on the registrar's machine, and goes only into the workbook.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, NamedTuple

from licheng.app.loading.load import Loaded, load
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, CONTENT, HANDED_IN
from licheng.core.person import Person
from licheng.exchange.receipts import MD5_SUMS, SELF_CHECK, SUMS
from licheng.exchange.rosters import homes
from licheng.exchange.spreadsheets.plain import workbook
from licheng.outputs.words import words
from licheng.policy.exporting.asked import UnaskableError, asked
from licheng.policy.exporting.cells import RosterFile, UnknownColumnError
from licheng.policy.exporting.outcomes import outcomes
from licheng.policy.exporting.roster import FilledRoster
from licheng.sources import yaml
from licheng.sources.attachments import pointer
from licheng.sources.emit import document
from licheng.sources.tree import Entry, Tree
from licheng.storage.folders import write_private_folder
from licheng.storage.plan import Plan

_KIND = BY_NAME["roster-export"]
_CODES = {
    "no-rosters": "APP420",
    "unknown-roster": "APP420",
    "two-forms": "APP420",
    "needs-term": "APP421",
    "no-term": "APP421",
    "unknown-batch": "APP422",
    "no-workbook": "APP423",
}


class WantedRoster(NamedTuple):
    """What is asked for, as it is typed; see `licheng.policy.exporting.asked.asked`."""

    roster: str
    year: int
    half: int | None = None
    batch: str | None = None
    levels: frozenset[int] = frozenset()


class PreparedExport(NamedTuple):
    """A roster that can be written.

    Attributes:
        filled: its sheets and the self-check.
        by: the staff id of who makes it.
        name: of the workbook.
        data: the workbook.
        entries: where the files lie in the commit, by path.
    """

    filled: FilledRoster
    by: str
    name: str
    data: bytes
    entries: Mapping[str, Entry]


def prepared(tree: Tree, today: date, wanted: WantedRoster, by: str, people: Iterable[Person]) -> PreparedExport:
    """A roster as a commit has it.

    Args:
        tree: of the commit.
        today: the school's day, by which decisions and classes are judged.
        wanted: the roster.
        by: the staff id of who makes it.
        people: the identity table's rows.

    Raises:
        UsageError: APP420 to APP423, there is no such roster; APP424, a column of the agency is unknown here; APP428,
            nothing could be in it; APP429, there is no such member of staff; APP430, a record cannot be read.
    """
    loaded, known = load(tree, today, handbook=False), {person.student: person for person in people}
    _refuse_unreadable(loaded.school.broken)
    if by not in loaded.school.staff:
        raise UsageError("APP429", staff=by)
    try:
        roster = asked(loaded.school, *wanted)
        filled = FilledRoster(roster, loaded.school, homes())
    except UnaskableError as error:
        values = {"roster": wanted.roster, "batch": wanted.batch or "", "known": error.known}
        raise UsageError(_CODES[error.case], case=error.case, **values) from error
    except UnknownColumnError as error:
        raise UsageError("APP424", roster=wanted.roster, sheet=error.sheet, column=error.column) from error
    entries = _fill(filled, loaded, known)
    if not filled.lines:
        period, levels = str(roster.term if roster.half else roster.year), tuple(map(str, sorted(roster.levels)))
        raise UsageError("APP428", roster=roster.id, period=period, levels=levels)
    exported = {line.student for line in filled.lines if line.exclusion is None}
    data = workbook(filled.sheets, _identifier(known[student] for student in sorted(exported)))
    # As the central files are called: `114_0_學生課程學習成果名冊_第一梯次.xlsx`.
    own = words("zh-TW")
    batch = [str(own.label("batches", roster.batch))] if roster.batch is not None else []
    name = "_".join([str(roster.year), str(roster.half), str(own.label("rosters", roster.id)), *batch]) + ".xlsx"
    return PreparedExport(filled, by, name, data, entries)


def _fill(filled: FilledRoster, loaded: Loaded, known: Mapping[str, Person]) -> dict[str, Entry]:
    """Student after student, of whom nothing is kept but rows and where the files to send lie."""
    sent: dict[str, Entry] = {}
    for student, entries in loaded.shelves():
        # Of an item the student is told, as of one that is not there; what the school registered must not be lacking.
        _refuse_unreadable({kind: paths for kind, paths in student.broken.items() if kind not in HANDED_IN})
        person, before = known.get(student.id), len(filled.files)
        of_student = outcomes(filled.asked, student, filled.school, filled.homes, is_known=person is not None)
        filled.add(of_student, person)
        paths = {file.path for file in islice(filled.files.values(), before, None)}
        sent |= {entry.path: entry for entry in entries if entry.path in paths}
    return sent


def _refuse_unreadable(broken: Mapping[str, Sequence[str]]) -> None:
    if (path := next((path for paths in broken.values() for path in paths), None)) is not None:
        raise UsageError("APP430", path=path)


def _identifier(people: Iterable[Person]) -> str:
    """64 hex digits from the first nonce of everybody in it.

    Whoever knows all of a small workbook but an ID number cannot try numbers against the digest in the repository.
    """
    nonces = (person.nonces[min(person.nonces)] for person in people if person.nonces)
    return hashlib.sha256("".join(f"{nonce}\n" for nonce in nonces).encode()).hexdigest()


def written(export: PreparedExport, tree: Tree, folder: Path | None) -> str:
    """Write the whole folder, or nothing; without a folder all is read as if.

    Returns:
        the SHA-256 of `SHA256SUMS`, which has that of every other file.

    Raises:
        UsageError: APP016, the folder is not empty; APP427, a file is not here, or another.
    """
    sums = hashlib.sha256()
    files = _package(export, tree, sums)
    if folder is not None:
        write_private_folder(folder, files)
    else:
        for _ in files:
            pass
    return sums.hexdigest()


def _package(export: PreparedExport, tree: Tree, sums: Any) -> Iterator[tuple[str, bytes]]:
    """Every file by its place in the folder, the checksums last; `sums` takes in what `SHA256SUMS` says."""
    sha256, md5 = list[str](), list[str]()
    own, sent = [(export.name, export.data), (SELF_CHECK, _self_check(export.filled))], export.filled.files
    files = ((link, _bytes(file, export.entries[file.path], tree)) for link, file in sorted(sent.items()))
    for path, data in chain(own, files):
        sha256.append(f"{hashlib.sha256(data).hexdigest()}  {path}\n")
        md5.append(f"{hashlib.md5(data, usedforsecurity=False).hexdigest()}  {path}\n")
        yield path, data
    listed = "".join(md5).encode()
    sha256.append(f"{hashlib.sha256(listed).hexdigest()}  {MD5_SUMS}\n")
    yield MD5_SUMS, listed
    sums.update("".join(sha256).encode())
    yield SUMS, "".join(sha256).encode()


def own_files(export: PreparedExport, tree: Tree) -> dict[str, bytes]:
    """The files of the folder that tell of the others, as they are written; all others are read for it.

    Raises:
        UsageError: APP427, as above.
    """
    own = {export.name, SELF_CHECK, SUMS, MD5_SUMS}
    return {path: data for path, data in _package(export, tree, hashlib.sha256()) if path in own}


def _bytes(file: RosterFile, entry: Entry, tree: Tree) -> bytes:
    """A file, or the Git LFS object that its pointer names."""
    data, store = tree.read(entry), tree.lfs_store
    named = pointer(data)
    if named is not None:
        data = (store and store.head(named.oid, named.size + 1)) or b""
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise UsageError("APP427", path=file.path, case="absent" if named is not None and not data else "other")
    return data


def _self_check(filled: FilledRoster) -> bytes:
    """Every candidate, by pseudonym: the row that it became, or the reason why it became none."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("student", "item", "sheet", "row", "left_out", "document", "media"))
    for line in filled.lines:
        reason = line.exclusion.value if line.exclusion is not None else ""
        table.writerow((line.student, line.name, line.sheet, line.row or "", reason, *line.files))
    return text.getvalue().encode()


class RecordedExport(NamedTuple):
    """The record of an export.

    Attributes:
        path: of the record.
        plan: what is written; nothing where the same was recorded before.
    """

    path: str
    plan: Plan


def recorded(export: PreparedExport, manifest: str, commit: str, tree: Tree) -> RecordedExport:
    """What the repository keeps of an export: what, when, of which commit, digests; nobody's identity.

    Args:
        export: that was written.
        manifest: SHA-256 of its `SHA256SUMS`.
        commit: that it was made of.
        tree: into which the record goes.
    """
    roster = export.filled.asked
    data = _record(export, manifest, commit)
    digests = {name: data[name] for name in ("file", "manifest")}
    folder = f"{CONTENT}/{_KIND.folder}/{roster.year}"
    known = {entry.path: tree.read(entry) for entry in tree.entries(folder)}
    same = (path for path, text in known.items() if yaml.tells(text, digests))
    if (path := next(same, None)) is not None:
        return RecordedExport(path, Plan())
    stem = "-".join(filter(None, (roster.id, str(roster.half or ""), roster.batch)))
    paths = (_KIND.path(year=str(roster.year), slug=stem if number == 1 else f"{stem}-{number}") for number in count(1))
    path = next(path for path in paths if path not in known)
    return RecordedExport(path, Plan(creates={path: document(_KIND, path, data).encode()}))


def _record(export: PreparedExport, manifest: str, commit: str) -> dict[str, Any]:
    filled, roster = export.filled, export.filled.asked
    return {
        "kind": f"{_KIND.name}/v1",
        "roster": roster.id,
        **({"term": str(roster.term)} if roster.half else {}),
        **({"batch": roster.batch} if roster.batch is not None else {}),
        "levels": sorted(roster.levels),
        "exported_on": roster.today.isoformat(),
        "by": export.by,
        "commit": commit,
        "file": {"name": export.name, "size": len(export.data), "sha256": hashlib.sha256(export.data).hexdigest()},
        "manifest": manifest,
        "rows": filled.rows,
        "left_out": [{"reason": reason.value, "count": number} for reason, number in sorted(filled.left_out.items())],
    }
