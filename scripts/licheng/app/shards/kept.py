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
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from hashlib import blake2b
from heapq import merge
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple, Self

from licheng.app.shards.chunks import Shard, chunks, over
from licheng.app.shards.judge import Judged, ResultCounter, judge_shard
from licheng.app.shards.results import apart, decoded, encoded, together
from licheng.core.layout import CERTIFICATIONS, STUDENTS, student_folder
from licheng.core.school import School
from licheng.sources import resources
from licheng.sources.inspection import Inspection
from licheng.sources.kept import KeptRows, KnownResult
from licheng.sources.lfs import LfsStore
from licheng.sources.noting import KeptReadings, NotingTree
from licheng.sources.tree import CommitTree, FolderState, Listing, Tree, WorkTree, state_of
from licheng.sources.verdicts import Verdicts

_FILE = "students-1.sqlite"
# Of the clock of any file system (FAT counts in twos); what changed later than that may change again unseen.
_TICK = 2_000_000_000
_BEGUN = time.time_ns()
# Students in a group: reading them one by one because one has changed takes as long as reading all the other groups.
_TOGETHER = 32
_LISTED = "WorkTree/listed:"
_NOTHING = "{}"  # no Git LFS object


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
        row: where it comes from, if it was known.
    """

    folder: str
    first: str
    judged: Judged
    objects: tuple[str, ...] = ()
    lasting: bool = False
    row: KnownResult | None = None


class NewRows:
    """What one check has to keep: of students judged anew, and of groups that have such a student.

    Attributes:
        groups: the folders of each group, by the first.
        each: of students judged anew, by folder.
        whole: of groups, by the first folder.
    """

    def __init__(self, groups: Mapping[str, list[str]], keys: Mapping[str, bytes]) -> None:
        """Nothing yet; `keys` are those of the groups."""
        self.groups = groups
        self.each: dict[str, KnownResult] = {}
        self.whole: dict[str, KnownResult] = {}
        self._keys = keys
        self._first = {folder: first for first, group in groups.items() for folder in group}
        self._members: dict[str, dict[str, tuple[Judged, KnownResult]]] = {}

    def add(self, shard: JudgedShard, row: KnownResult | None) -> None:
        """A student's result; no row where it may not be kept, and then nothing is kept of the group."""
        if row is None:
            return
        if shard.row is None:
            self.each[shard.folder] = row
        first = self._first[shard.folder]
        members = self._members.setdefault(first, {})
        members[shard.folder] = shard.judged, row
        if len(members) == len(self.groups[first]):
            self._fold(first, [*self._members.pop(first).values()])

    def _fold(self, first: str, members: list[tuple[Judged, KnownResult]]) -> None:
        needs: dict[str, object] = {}
        total = Judged()
        for judged, row in members:
            needs |= json.loads(row.needs)
            total.add(judged)
        value = together(total)
        again = apart(value)
        if (repr(again.report()), again.compared) == (repr(total.report()), total.compared):
            self.whole[first] = KnownResult(self._keys[first], json.dumps(needs), value)


class KeptVerdicts(NamedTuple):
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
        now, engine = rows.clock(), steady_program()
        if now is None or engine is None:
            return None
        noting = NotingTree(tree)
        noting.readings = _readings(noting, rows, engine)
        if isinstance(tree, WorkTree):
            for row in rows.below(_LISTED).values():
                listed = json.loads(row.value).items() if row.key == engine else ()
                tree.listings |= {folder: Listing(*listing) for folder, listing in listed}
        return cls(tree, noting, rows, now, engine)

    def of_school(self, today: date, judge: Callable[[], Judged]) -> Judged:
        """What the school as loaded from `noting` comes to, by `judge` where it is not known."""
        place, key = f"school:{self._kind}", self._context(today)
        row = self.rows.at([place]).get(place)
        if row is not None and row.key == key:
            return decoded(row.value)
        judged = judge()
        row = KnownResult(key, _NOTHING, encoded(judged))
        if _may_be_kept(judged, row):
            self.rows.keep({place: row}, ())
        return judged

    @property
    def _kind(self) -> str:
        return type(self.tree).__name__

    def judge(self, desk: ResultCounter, school: School, jobs: int | None) -> Generator[Judged, None, None]:
        """All students in the order of their paths, those whose result is known without reading them.

        Args:
            desk: the tree; everything is asked for.
            school: as loaded from `noting`.
            jobs: as `over`.
        """
        context = self._context(school.today)
        known = self._known(context)
        groups = {group[0]: group for group in _groups(known)}
        each_top, top = f"{self._kind}:", f"{self._kind}/group:"
        rows = self.rows.below(top)
        keys = {first: _key_of(group, known) for first, group in groups.items()}
        whole, new = self._still_true(rows, top, keys), NewRows(groups, keys)
        others = [*chain.from_iterable(group for first, group in groups.items() if first not in whole)]
        # Whoever is gone has changed every key, so that nothing is whole.
        rows |= self.rows.at(each_top + folder for folder in others) if whole else self.rows.below(each_top)
        listed = self.rows.below(_LISTED) if not whole and isinstance(self.tree, WorkTree) else {}
        there = {above + first for first in groups for above in (top, _LISTED)} | {each_top + each for each in known}
        gone = {*rows, *listed} - there
        each = self._still_true(rows, each_top, {folder: known[folder].key for folder in others})
        settled = {*each, *chain.from_iterable(groups[first] for first in whole)}
        without = frozenset(chain(settled, map(_certifications, settled)))
        judge = partial(judge_each, desk=desk, school=school)
        anew = chain.from_iterable(over(judge, chunks(self.tree, ("",), without), jobs))
        before = [JudgedShard(folder, folder, apart(row.value)) for folder, row in whole.items()]
        before += [JudgedShard(folder, folder, decoded(row.value), row=row) for folder, row in each.items()]
        for shard in merge(sorted(before, key=_first), anew, key=_first):
            if shard.folder in known and shard.folder not in whole:
                new.add(shard, shard.row or self._row(shard, known[shard.folder]))
            yield shard.judged
        self._keep(new, gone, context)

    def _listings(self, tree: WorkTree, groups: Mapping[str, list[str]]) -> dict[str, KnownResult]:
        """Of groups of which one had to be listed anew: what each folder holds."""
        rows = {}
        for first, group in groups.items() if tree.listed else ():
            listings = {folder: tree.listings.get(folder) for folder in (*group, *map(_certifications, group))}
            if not tree.listed.isdisjoint(listings):
                old = {folder: of for folder, of in listings.items() if of and not self._is_late(of.changed_at)}
                rows[_LISTED + first] = KnownResult(self.program, _NOTHING, json.dumps(old))
        return rows

    def _still_true(
        self, rows: Mapping[str, KnownResult], top: str, keys: Mapping[str, bytes]
    ) -> dict[str, KnownResult]:
        """The rows of some folders that are what would be computed now, by folder."""
        store, true = self.tree.lfs_store, {}
        for folder, key in keys.items():
            row = rows.get(top + folder)
            if row is None or row.key != key:
                continue
            if row.needs == _NOTHING or row.needs == _needs(store, tuple(json.loads(row.needs))):
                true[folder] = row
        return true

    def _keep(self, new: NewRows, gone: Iterable[str], context: bytes) -> None:
        """Keep what is still true of the files, as they may have changed while they were read."""
        fresh = new.each
        still = self._known(context, frozenset(fresh)) if fresh else {}
        moved = {folder for folder in fresh if folder not in still or still[folder].key != fresh[folder].key}
        rows = {f"{self._kind}:{folder}": row for folder, row in fresh.items() if folder not in moved}
        for first, row in new.whole.items():
            if moved.isdisjoint(new.groups[first]):
                rows[f"{self._kind}/group:{first}"] = row
        read = self.noting.readings
        if isinstance(read, KeptReadings):
            rows |= {f"{self._kind}/file:{path}": row for path, row in read.fresh.items()}
            gone = [*gone, *(f"{self._kind}/file:{path}" for path in read.rows.keys() - read.paths)]
        if isinstance(self.tree, WorkTree):
            rows |= self._listings(self.tree, new.groups)
        if rows or gone:
            self.rows.keep(rows, gone)

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
        if not shard.lasting:
            return None
        row = KnownResult(known.key, _needs(self.tree.lfs_store, shard.objects), encoded(shard.judged))
        late = self._is_late(known.changed_at) or any(
            state is not None and self._is_late(max(state[1:3])) for state in json.loads(row.needs).values()
        )
        return row if not late and _may_be_kept(shard.judged, row) else None


def _may_be_kept(judged: Judged, row: KnownResult) -> bool:
    """Whether nothing of it must not leave memory, and it comes back as it was."""
    return not any(finding.identity for finding in judged.findings) and repr(decoded(row.value)) == repr(judged)


def _groups(folders: Iterable[str]) -> Iterator[list[str]]:
    """Students who stand together: of one cohort, in the order of their paths."""
    for _, same in groupby(sorted(folders), key=lambda folder: folder.rpartition("/")[0]):
        while group := list(islice(same, _TOGETHER)):
            yield group


def _key_of(group: Iterable[str], known: Mapping[str, _Known]) -> bytes:
    return blake2b(repr([(folder, known[folder].key) for folder in group]).encode(), digest_size=32).digest()


def _first(shard: JudgedShard) -> str:
    return shard.first


def school_readings(tree: Tree) -> KeptReadings | None:
    """What earlier checks of a repository parsed of the school's own records; None where nothing can be believed."""
    engine = steady_program()
    if tree.cache is None or engine is None:
        return None
    return _readings(NotingTree(tree), KeptRows(tree.cache / _FILE), engine)


def _readings(noting: NotingTree, rows: KeptRows, engine: bytes) -> KeptReadings:
    top = f"{type(noting.tree).__name__}/file:"
    read = {place.removeprefix(top): row for place, row in rows.below(top).items()}
    return KeptReadings(noting, read, engine)


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
