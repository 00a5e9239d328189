"""Students' results kept from one check to the next, by all that they were computed from (decision 0025).

A student's result is a function of the files of the student, of what was read of the school, of the day, of the Git LFS
objects that the student's pointers name, and of the program. Each of them is in the key or is looked at again. What
students are compared by is part of the result; the comparison itself is always made anew.

A work tree's files are known by their state (`sources.tree.state_of`), a commit's by their git tree ids. Nothing is
kept of files that changed so lately that the next change might not show; of what the limits of this machine decided;
and of a student with a finding whose `identity` must not leave memory.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import astuple, dataclass, field
from datetime import date
from functools import cache, partial
from hashlib import blake2b
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Self

from licheng.app.shards.chunks import Shard, chunks, over
from licheng.app.shards.judge import Judged, ResultCounter, judge_shard
from licheng.core.finding import Severity, Value
from licheng.core.layout import CERTIFICATIONS, STUDENTS, student_folder
from licheng.core.location import Location
from licheng.core.report import LocatedFinding
from licheng.core.school import School
from licheng.core.student import Commitment, FileUse
from licheng.sources import resources
from licheng.sources.inspection import Inspection
from licheng.sources.kept import KeptRows, KnownResult
from licheng.sources.lfs import LfsStore
from licheng.sources.tree import CommitTree, Entry, FolderState, Tree, WorkTree, state_of
from licheng.sources.verdicts import Verdicts

_FILE = "students-1.sqlite"
# Of the clock of any file system (FAT counts in twos); what changed later than that may change again unseen.
_TICK = 2_000_000_000
_BEGUN = time.time_ns()
_NOTHING = "{}"  # no Git LFS object


@dataclass
class NotingTree:
    """A tree that notes all that is asked of it, with the answers."""

    tree: Tree
    _noted: Any = field(default_factory=lambda: blake2b(digest_size=32))

    def __post_init__(self) -> None:
        self.lfs_store = self.tree.lfs_store
        self.cache = self.tree.cache
        self.readings = None

    def _note(self, *what: object) -> None:
        self._noted.update(repr(what).encode())

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """See `Tree`."""
        for entry in self.tree.entries(prefix, without):
            self._note(*entry)
            yield entry

    def folders(self, prefix: str) -> list[str]:
        """See `Tree`."""
        names = self.tree.folders(prefix)
        self._note(prefix, names)
        return names

    def read(self, entry: Entry) -> bytes:
        """See `Tree`."""
        data = self.tree.read(entry)
        self._note(entry.path, blake2b(data).digest())
        return data

    @property
    def digest(self) -> bytes:
        """Of all questions and answers so far."""
        digest: bytes = self._noted.digest()
        return digest


class _Known(NamedTuple):
    """What a student's result is kept by.

    Attributes:
        key: of all that it is computed from, but for Git LFS objects.
        changed_at: as `FolderState`.
    """

    key: bytes
    changed_at: int


class JudgedShard(NamedTuple):
    """What a shard came to, and what else must be known to keep it.

    Attributes:
        folder: of the student; empty where the files are nobody's.
        first: the first path, or the student's folder: where it stands among all.
        judged: what it adds up to.
        objects: SHA-256 of the Git LFS objects that its pointers name.
        lasting: the next look would say the same.
    """

    folder: str
    first: str
    judged: Judged
    objects: tuple[str, ...] = ()
    lasting: bool = False


@dataclass(frozen=True)
class KeptVerdicts:
    """What one check knows of the checks before it."""

    tree: WorkTree | CommitTree
    noting: NotingTree
    rows: KeptRows
    now: int
    program: bytes

    @classmethod
    def of(cls, tree: Tree) -> Self | None:
        """For a repository that can be written to; None for other trees, and where the program has just changed."""
        if not isinstance(tree, WorkTree | CommitTree) or tree.cache is None:
            return None
        rows = KeptRows(tree.cache / _FILE)
        now, engine = rows.clock(), program()
        if now is None or engine.changed_at > now - _TICK:
            return None
        return cls(tree, NotingTree(tree), rows, now, engine.digest)

    def of_school(self, today: date, judge: Callable[[], Judged]) -> Judged:
        """What the school as loaded from `noting` comes to, by `judge` where it is not known."""
        place, key = f"school:{type(self.tree).__name__}", self._context(today)
        row = self.rows.below(place).get(place)
        if row is not None and row.key == key:
            return _decoded(row.value)
        judged = judge()
        row = KnownResult(key, _NOTHING, _encoded(judged))
        if _may_be_kept(judged, row):
            self.rows.keep({place: row}, ())
        return judged

    def judge(self, desk: ResultCounter, school: School, jobs: int | None) -> Generator[Judged, None, None]:
        """All students in the order of their paths, those whose result is known without reading them.

        Args:
            desk: the tree; everything is asked for.
            school: as loaded from `noting`.
            jobs: as `over`.
        """
        top = f"{type(self.tree).__name__}:"
        context = self._context(school.today)
        known, rows = self._known(context), self.rows.below(top)
        kept = {
            folder: row.value
            for folder, state in known.items()
            if (row := rows.get(top + folder)) is not None
            and row.key == state.key
            and (row.needs == _NOTHING or row.needs == _needs(self.tree.lfs_store, tuple(json.loads(row.needs))))
        }
        judge = partial(judge_each, desk=desk, school=school)
        without = frozenset(chain(kept, map(_certifications, kept)))
        anew = chain.from_iterable(over(judge, chunks(self.tree, ("",), without), jobs))
        before = (JudgedShard(folder, folder, _decoded(kept[folder])) for folder in sorted(kept))
        new: dict[str, KnownResult] = {}
        for shard in merge(before, anew, key=lambda shard: shard.first):
            if shard.lasting and shard.folder in known and (row := self._row(shard, known[shard.folder])) is not None:
                new[shard.folder] = row
            yield shard.judged
        self._keep(new, {place.removeprefix(top) for place in rows} - known.keys(), context)

    def _keep(self, new: dict[str, KnownResult], gone: set[str], context: bytes) -> None:
        """Keep what is still true of the files, as they may have changed while they were read."""
        top = f"{type(self.tree).__name__}:"
        still = self._known(context, frozenset(new)) if new else {}
        rows = {top + folder: row for folder, row in new.items() if folder in still and still[folder].key == row.key}
        if rows or gone:
            self.rows.keep(rows, [top + folder for folder in gone])

    def _known(self, context: bytes, only: frozenset[str] | None = None) -> dict[str, _Known]:
        """By student's folder."""
        states: dict[str, list[tuple[str, FolderState]]] = {}
        for top in (STUDENTS, CERTIFICATIONS):
            for cohort in self.tree.folders(top):
                above = f"{STUDENTS}/{cohort}/"
                names = None if only is None else {path.removeprefix(above) for path in only if path.startswith(above)}
                for name, state in self.tree.states(f"{top}/{cohort}", names).items():
                    states.setdefault(above + name, []).append((top, state))
        known = {}
        for folder, parts in states.items():
            if student_folder(f"{folder}/") == folder:
                seen = repr((context, folder, [(top, state.digest) for top, state in parts])).encode()
                latest = max(state.changed_at for _, state in parts)
                known[folder] = _Known(blake2b(seen, digest_size=32).digest(), latest)
        return known

    def _context(self, today: date) -> bytes:
        """Of all that is the same for every student."""
        complete = self.tree.lfs_store is not None and self.tree.lfs_store.complete
        parts = (self.noting.digest, today.isoformat(), complete, self.program)
        return blake2b(repr(parts).encode(), digest_size=32).digest()

    def _is_late(self, changed_at: int) -> bool:
        return changed_at > self.now - _TICK

    def _row(self, shard: JudgedShard, known: _Known) -> KnownResult | None:
        """None where it may not be kept."""
        row = KnownResult(known.key, _needs(self.tree.lfs_store, shard.objects), _encoded(shard.judged))
        late = self._is_late(known.changed_at) or any(
            state is not None and self._is_late(max(state[1:3])) for state in json.loads(row.needs).values()
        )
        return row if not late and _may_be_kept(shard.judged, row) else None


def _may_be_kept(judged: Judged, row: KnownResult) -> bool:
    """Whether nothing of it must not leave memory, and it comes back as it was."""
    return not any(finding.identity for finding in judged.findings) and repr(_decoded(row.value)) == repr(judged)


@cache  # what runs is what lay there when it began
def steady_program() -> bytes | None:
    """A digest of what judges and renders; None where it is newer, or hardly older, than this process."""
    engine = program()
    return None if engine.changed_at > _BEGUN - _TICK else engine.digest


def program() -> FolderState:
    """What judges: this package's own files, the schemas, the libraries' versions, and Python itself."""
    folders = Path(__file__).resolve().parents[2], resources.folder("schemas")
    own = [state_of(folder, ("__pycache__",)) for folder in folders]
    libraries = sorted(info.name for place in sys.path for info in Path(place).glob("*-info"))
    parts = ([state.digest for state in own], libraries, sys.version)
    return FolderState(blake2b(repr(parts).encode(), digest_size=32).digest(), max(state.changed_at for state in own))


def judge_each(shards: list[Shard], *, desk: ResultCounter, school: School) -> list[JudgedShard]:
    """Some shards, each by itself."""
    verdicts, each = Verdicts(desk.tree.cache), []
    for shard in shards:
        judged = Judged()
        student = judge_shard(judged, shard, desk=desk, school=school, verdicts=verdicts)
        if student is None:
            first = shard[1][0].path.replace(CERTIFICATIONS, STUDENTS, 1)
            each.append(JudgedShard("", first, judged))
        else:
            files = student.files.values()
            objects = {file.sha256 for file in files if file.pointer and file.sha256 is not None}
            lasting = all(Inspection(file.flaws or ()).lasting for file in files)
            each.append(JudgedShard(student.folder, student.folder, judged, tuple(sorted(objects)), lasting))
    return each


def _certifications(folder: str) -> str:
    return folder.replace(STUDENTS, CERTIFICATIONS, 1)


def _needs(store: LfsStore | None, objects: tuple[str, ...]) -> str:
    """Git LFS objects and the state of each: size, times and inode, or null where it is not here."""
    states: dict[str, list[int] | None] = {}
    for oid in objects:
        try:
            of = store.path(oid).stat() if store is not None else None
        except OSError:
            of = None
        states[oid] = [of.st_size, of.st_mtime_ns, of.st_ctime_ns, of.st_ino, of.st_dev] if of is not None else None
    return json.dumps(states)


def _encoded(judged: Judged) -> str:
    findings = [
        (finding.location, finding.code, finding.severity, finding.values, finding.related)
        for finding in judged.findings
    ]
    shown = [
        [thing.value.hex(), thing.path] if isinstance(thing, Commitment) else [thing.digest.hex(), *astuple(thing)[1:]]
        for thing in judged.compared
    ]
    skips = [(*of, *example) for of, example in judged.skips.items()]
    return json.dumps([findings, skips, judged.ran, shown, judged.checked, judged.records, judged.students])


def _decoded(text: str) -> Judged:
    findings, skips, ran, shown, checked, records, students = json.loads(text)
    judged = Judged(checked=checked, records=records, students=students)
    for location, code, severity, values, related in findings:
        restored: dict[str, Value] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        places = tuple(Location(*place) for place in related)
        judged.findings.append(LocatedFinding(Location(*location), code, Severity(severity), restored, places))
    judged.skips = {(code, reason): (path, count) for code, reason, path, count in skips}
    judged.ran.update(ran)
    judged.compared = [
        FileUse(bytes.fromhex(digest), path, *rest) if rest else Commitment(bytes.fromhex(digest), path)
        for digest, path, *rest in shown
    ]
    return judged
