"""`licheng import`: from the tables of workbooks to one plan for all records, checked before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from licheng.app.check import check
from licheng.app.loading.load import Progress, load
from licheng.app.new import TO_BE_SAID
from licheng.app.registry.proofs import Proofs
from licheng.core.errors import UsageError
from licheng.core.finding import Severity
from licheng.core.layout import STUDENTS, Form, home, student_folder
from licheng.core.person import Person
from licheng.core.record import Record
from licheng.core.report import LocatedFinding, apart
from licheng.core.term import Term
from licheng.policy.importing.difference import ClashError, Difference, Joined
from licheng.policy.importing.fields import term_on
from licheng.policy.importing.kinds import ImportKind, RefusedRowError
from licheng.policy.importing.known import Known
from licheng.policy.importing.people import People
from licheng.policy.importing.preview import Preview, RecordChange
from licheng.policy.importing.rows import ListTable, RefusedCell, Row, read, refused
from licheng.sources.editing import edited
from licheng.sources.emit import document
from licheng.sources.reading import read_record
from licheng.sources.tree import Tree, With, WorkTree
from licheng.storage.plan import Plan

_FEW = 50  # students that are checked one by one; of more, all at once


class Imported(NamedTuple):
    """What an import would do: all of its writes, and the same for people."""

    plan: Plan
    preview: Preview


def imported(
    tree: Tree,
    today: date,
    kind: ImportKind,
    tables: Iterable[ListTable],
    people: Iterable[Person] = (),
    progress: Progress | None = None,
    files: Path | None = None,
    oidc_key: bytes | None = None,
) -> Imported | list[RefusedCell]:
    """What an import would do, or all cells that cannot be taken.

    Args:
        tree: the school's files.
        today: the school's day.
        kind: what is imported.
        tables: the sheets.
        people: the identity table's, where rows are about students.
        progress: of the check of what would be, students done and their number.
        files: the folder of the files that rows name.
        oidc_key: the school's key for single sign-on subjects, if given.

    Raises:
        UsageError: APP205, no row; APP206, a record of the file cannot be read; of `licheng.app.attach.attach`.
    """
    rows, bad = list[Row](), list[RefusedCell]()
    for table in tables:
        some, faults = read(table, kind)
        rows += some
        bad += faults
    if not (rows or bad):
        raise UsageError("APP205", kind=kind.name)
    known = _known(tree, today, people, oidc_key)
    records = _joined(kind, rows, known, bad) if not bad else {}
    root = tree.root if isinstance(tree, WorkTree) else Path()  # of a commit nothing is brought in with files
    proofs = Proofs(root, today, kind, files)
    new = {path: joined for path, joined in records.items() if kind.files and known.read(path) is None}
    bad += proofs.missing(new)
    if bad:
        return sorted(bad, key=lambda cell: (cell.file, cell.row))
    changes, written = list[RecordChange](), dict[str, bytes]()
    for path, joined in sorted(records.items()):
        if path in new:
            written |= proofs.attach(path, joined)
        change, text = _change(kind, path, joined, known.read(path))
        changes.append(change)
        written |= {path: text} if text is not None else {}
    replaced = (change.path for change in changes if not change.is_new and change.path in written)
    plan = Plan.over(written, {path: tree.read(next(tree.entries(path))) for path in replaced})
    gone = (*_gone(tree, kind, records, known.cohorts), *_gone_beside(kind, records, known))
    return Imported(plan, Preview(changes, gone, _faults(tree, today, written, progress)))


def _known(tree: Tree, today: date, people: Iterable[Person], oidc_key: bytes | None) -> Known:
    """What rows may ask of the school; each record is read once.

    Raises:
        UsageError: APP206, when a record is asked for and cannot be read.
    """
    cohorts = {student: cohort for cohort in tree.folders(STUDENTS) for student in tree.folders(f"{STUDENTS}/{cohort}")}
    school = load(tree, today, handbook=False).school

    @cache
    def record_at(path: str) -> Record | None:
        where, entry = home(path), next(tree.entries(path), None)
        if where is None or entry is None:
            return None
        record, faults = read_record(path, where, tree.read(entry))
        if record is None or faults:
            raise UsageError("APP206", path=path, detail=faults[0])
        return record

    def under(folder: str) -> Iterator[str]:
        return (entry.path for entry in tree.entries(folder))

    return Known(school, People(people), cohorts, record_at, under, oidc_key)


def _joined(kind: ImportKind, rows: Iterable[Row], known: Known, bad: list[RefusedCell]) -> dict[str, Joined]:
    """What the rows say, by record; what cannot be taken is added to the bad cells."""
    records: dict[str, Joined] = {}
    for row in rows:
        try:
            part = kind.part(row.values, known)
            path = kind.layout.path(**part.identity)
            records.setdefault(path, Joined(kind.keys)).add(part.data, row)
        except RefusedRowError as error:
            bad.append(refused(row, kind, error))
        except ClashError as error:
            names = {column.name for column in kind.columns}
            column = error.field if error.field in names else next(name for name in row.values)
            case = "contradicts" if error.field else "twice"
            bad.append(refused(row, kind, RefusedRowError(column, case, row=error.other.number)))
    return records


def _change(kind: ImportKind, path: str, joined: Joined, before: Record | None) -> tuple[RecordChange, bytes | None]:
    """What becomes of a record, and its text if it is another."""
    rows = [(row.table.file, row.number) for row in joined.rows]
    if before is None:
        result = Difference(kind, {"kind": f"{kind.record}/v1"}, joined.data)
        text = document(kind.layout, path, result.after, "\n" if kind.layout.form is Form.MARKDOWN else "")
        return RecordChange(path, True, result.changes, (), True, rows), text.encode()
    result = Difference(kind, before.data, joined.data)
    if not result.changes:
        return RecordChange(path, False, (), result.gone, True, rows), None
    values = [(change.pointer, change.after) for change in result.changes]
    in_place = edited(before.text, values, result.after)
    anew = document(kind.layout, path, result.after, before.body)
    is_kept = in_place is not None or "#" not in before.text.removeprefix("# yaml-language-server")
    text = in_place if in_place is not None else anew
    return RecordChange(path, False, result.changes, result.gone, is_kept, rows), text.encode()


def _gone(tree: Tree, kind: ImportKind, records: Mapping[str, Joined], cohorts: Mapping[str, str]) -> Iterator[str]:
    """Records of the same terms or cohorts that the file says nothing of."""
    identities = [where.identity for path in records if (where := home(path)) is not None]
    scopes = (
        {tuple(identity[name] for name in kind.scope) for identity in identities} if kind.scope is not None else set()
    )
    for (student, cohort), values in product(sorted(cohorts.items()), sorted(scopes)):
        scope = dict(zip(kind.scope or (), values, strict=True))
        if scope.get("cohort", cohort) == cohort:
            path = kind.layout.path(**{"cohort": cohort, "student": student, **scope})
            if path not in records and next(tree.entries(path), None) is not None:
                yield path


def _gone_beside(kind: ImportKind, records: Mapping[str, Joined], known: Known) -> Iterator[str]:
    """Records beside those of the file, of the same students and terms, that it says nothing of."""
    if "slug" not in kind.layout.parameters or not kind.layout.dates:
        return
    field = str(kind.layout.dates[0].pointer[0])
    folders: dict[str, set[Term]] = {}
    for path, joined in records.items():
        folders.setdefault(path.removesuffix("/item.md").rpartition("/")[0], set()).add(term_on(joined.data[field]))
    for folder, terms in sorted(folders.items()):
        for path in sorted(known.under(folder)):
            record = known.read(path)
            if record is not None and path not in records and term_on(record.data[field]) in terms:
                yield path


def _faults(
    tree: Tree, today: date, written: Mapping[str, bytes], progress: Progress | None
) -> tuple[LocatedFinding, ...]:
    """Errors that the school would have with these files, and has not yet."""
    if not written:
        return ()
    folders = {student_folder(path) for path in written}
    paths = [folder for folder in sorted(folders, key=str) if folder is not None] if None not in folders else []
    if len(paths) > _FEW:
        paths = [STUDENTS]
    after = _errors(With(tree, written), today, paths, progress)
    there = [path for path in paths if next(tree.entries(path), None) is not None]
    before = _errors(tree, today, there, None) if after and (there or not paths) else ()
    return apart(after, before)[0]


def _errors(tree: Tree, today: date, paths: Sequence[str], progress: Progress | None) -> tuple[LocatedFinding, ...]:
    report = check(tree, today, paths=paths, jobs=None, progress=progress)
    errors = (finding for finding in report.findings if finding.severity is Severity.ERROR)
    return tuple(finding for finding in errors if finding.code not in TO_BE_SAID)
