"""`licheng seal`: a student's records as one encrypted file, and their place in the repository empty (肆.四).

It is opened with two keys, one after the other: the archive's, and the student's own, which `licheng forget` destroys.
So no copy of the file is worth anything any more, wherever it lies. Nothing goes before the file was opened again by
stock `age` and every digest compared.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple

from licheng.app.loading.enrolments import enrolments
from licheng.core.errors import LichengError, UsageError
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.core.school import School
from licheng.exchange import age
from licheng.exchange.bag import MANIFEST, TAG_MANIFEST, bag, manifest, manifest_digest, metadata
from licheng.exchange.tarball import PieceReader, packed, unpacked
from licheng.policy.sealing import SEAL, Retention, RetentionState, folders, retention, seal_path
from licheng.sources.attachments import Sum, content, pointer_to, sums
from licheng.sources.emit import document
from licheng.sources.reading import read_school, student_ids
from licheng.sources.tree import CommitTree, Tree
from licheng.storage.files import temporaries
from licheng.storage.plan import Plan
from licheng.storage.private import write_private

POINTERS = "lfs-pointers.txt"  # in the bag: which files lay in Git as pointers of Git LFS


class AskedSeal(NamedTuple):
    """What is asked for.

    Attributes:
        student: the id.
        by: the staff id of who seals.
        archive: recipients of the archive, two at least.
        identity: the file of a private key of the archive, which opens the sealed file again.
        keys: the registrar's folder of students' keys.
        out: the folder of sealed files.
    """

    student: str
    by: str
    archive: Sequence[str]
    identity: Path
    keys: Path
    out: Path

    @property
    def key(self) -> Path:
        """The file of the student's private key."""
        return self.keys / f"{self.student}.key"

    @property
    def target(self) -> Path:
        """The sealed file."""
        return self.out / f"{self.student}.tar.age.age"


class PreparedSeal(NamedTuple):
    """A student who may be sealed.

    Attributes:
        held: every file, in the order of paths.
        manifest: SHA-256 of the bag's manifest, by which the gate knows what was sealed.
    """

    asked: AskedSeal
    cohort: str
    school: School
    standing: RetentionState
    commit: str
    held: tuple[Sum, ...]
    manifest: str


class Sealed(NamedTuple):
    """A file that was sealed, opened again and found right."""

    size: int
    sha256: str


def school_of(tree: Tree, today: date) -> School:
    """The school without its handbook and students: the rulebook, the staff, what was sealed before."""
    return read_school(tree, today, students=student_ids(tree), handbook=False)[0]


def due(tree: Tree, today: date) -> Iterator[RetentionState]:
    """Who is to be sealed on a day, and of whom somebody has to decide, in the order of ids.

    Raises:
        UsageError: APP270, an enrolment cannot be read.
    """
    school = school_of(tree, today)
    for _, record in sorted(enrolments(tree).items()):
        standing = retention(record, school)
        if standing.state in {Retention.DUE, Retention.UNDATED}:
            yield standing


def prepared(tree: CommitTree, today: date, asked: AskedSeal) -> PreparedSeal:
    """A seal as a commit has it.

    Args:
        tree: of the commit.
        today: the school's day.
        asked: what for.

    Raises:
        UsageError: APP429, there is no such member of staff; APP435, no such student; APP460, the student is not due.
    """
    school = school_of(tree, today)
    if asked.by not in school.staff:
        raise UsageError("APP429", staff=asked.by)
    record = enrolments(tree).get(asked.student)
    if record is None:
        raise UsageError("APP435", student=asked.student)
    standing = retention(record, school)
    if standing.state is not Retention.DUE:
        due = standing.due.isoformat() if standing.due is not None else "-"
        raise UsageError("APP460", student=asked.student, case=standing.state.value, due=due)
    cohort = record.identity["cohort"]
    files = tuple(sums(tree, *folders(cohort, asked.student)))
    listed = manifest_digest((each.path, each.sha256) for each in files)
    return PreparedSeal(asked, cohort, school, standing, tree.commit, files, listed)


def must_be_as_committed(seal: PreparedSeal, tree: Tree) -> None:
    """Refuse what lies in the work tree and is in no commit: it would not be sealed.

    Raises:
        UsageError: APP463.
    """
    committed = {each.path for each in seal.held}
    there = {entry.path for folder in folders(seal.cohort, seal.asked.student) for entry in tree.entries(folder)}
    if there != committed:
        raise UsageError("APP463", path=min(there ^ committed))


def written(seal: PreparedSeal, tree: Tree) -> Sealed:
    """The sealed file at its place, opened again and compared; one that a killed run left there is taken if it holds.

    Raises:
        UsageError: APP461, there is no `age`; APP462, a file of Git LFS is not here; APP191, of too few recipients.
        LichengError: APP464, the file does not hold what it should.
    """
    asked = seal.asked
    recipients = age.recipients_of(asked.archive)
    for _ in _payload(seal, tree):  # what is not here is told before anything is written
        pass
    if not asked.key.exists():
        write_private(asked.key, age.new_identity()[0], replaces=False)
    if asked.target.exists():
        _must_hold(seal, asked.target)
    else:
        asked.out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in temporaries(asked.target):
            left.unlink()
        staged = asked.target.with_name(f".{asked.target.name}.{os.urandom(4).hex()}~")
        try:
            _encrypt(seal, tree, staged, recipients)
            _must_hold(seal, staged)
            staged.replace(asked.target)
        finally:
            staged.unlink(missing_ok=True)
    with asked.target.open("rb") as file:
        return Sealed(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _encrypt(seal: PreparedSeal, tree: Tree, target: Path, archive: Sequence[age.Recipient]) -> None:
    """The bag for the student's key, and that for the archive's; plain text is in memory alone."""
    student, pointers = seal.asked.student, "".join(f"{each.path}\n" for each in seal.held if each.is_pointer)
    info = metadata(seal.school, student, "seal", seal.commit)
    parts = bag(_payload(seal, tree), info, {POINTERS: pointers.encode()})
    files = ((f"{student}/{path}", data) for path, data in parts)
    handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as outer, tempfile.TemporaryFile(dir=target.parent) as inner:
        age.encrypt(PieceReader(packed(files)), inner, [age.recipient_of(seal.asked.key)], str(target))
        inner.seek(0)
        age.encrypt(inner, outer, archive, str(target))
        os.fsync(outer.fileno())


def _payload(seal: PreparedSeal, tree: Tree) -> Iterator[tuple[str, bytes]]:
    """Every file by its content."""
    wanted = {each.path: each.sha256 for each in seal.held}
    for folder in folders(seal.cohort, seal.asked.student):
        for entry in tree.entries(folder):
            data = content(tree, entry)
            if data is None or hashlib.sha256(data).hexdigest() != wanted[entry.path]:
                raise UsageError("APP462", path=entry.path)
            yield entry.path, data


def _must_hold(seal: PreparedSeal, path: Path) -> None:
    """Open a sealed file as anybody would later, and hold every file in it against the commit."""
    for _ in opened_bag(path, seal.asked.identity, seal.asked.key, seal.asked.student, seal.manifest):
        pass


def opened_bag(path: Path, identity: Path, key: Path, student: str, wanted: str) -> Iterator[tuple[str, bytes]]:
    """The files of a sealed bag by their places in it, as they come; only after the last one are they proved right.

    Args:
        path: the sealed file.
        identity: a private key of the archive.
        key: the student's private key.
        student: whose it is.
        wanted: SHA-256 of the bag's `manifest-sha256.txt`.

    Raises:
        UsageError: APP461, there is no `age` here.
        LichengError: APP464, it does not open, or holds something else.
    """
    digests, tags = dict[str, str](), dict[str, bytes]()
    try:
        with age.opened_by_stock(path, (identity, key)) as stream:
            for name, data in sealed_files(stream, student):
                if name in digests:
                    raise ValueError(name)
                digests[name] = hashlib.sha256(data).hexdigest()
                if not name.startswith("data/"):
                    tags[name] = data
                yield name, data
        _must_match(digests, tags, wanted)
    except (ValueError, LichengError) as error:
        if isinstance(error, UsageError):
            raise
        raise LichengError("APP464", path=str(path)) from error


def _must_match(digests: Mapping[str, str], tags: Mapping[str, bytes], wanted: str) -> None:
    """Every file is one that a manifest lists, as it lists it, and the manifest of the payload is the one on record."""
    payload = {name.removeprefix("data/"): digest for name, digest in digests.items() if name.startswith("data/")}
    others = "".join(f"{digests[name]}  {name}\n" for name in sorted(tags) if name != TAG_MANIFEST)
    if tags.get(MANIFEST) != manifest(payload.items()) or tags.get(TAG_MANIFEST) != others.encode():
        raise ValueError(MANIFEST)
    if digests[MANIFEST] != wanted:
        raise ValueError(wanted)


def sealed_files(stream: IO[bytes], student: str) -> Iterator[tuple[str, bytes]]:
    """The files of a bag in its tar stream, as they come, by their places in it, none of which leads out of it.

    Raises:
        ValueError: another name, or as `licheng.exchange.tarball.unpacked`.
    """
    for name, data in unpacked(stream):
        if not name.startswith(f"{student}/") or "\\" in name or {"", ".", ".."}.intersection(name.split("/")):
            raise ValueError(name)
        yield name.removeprefix(f"{student}/"), data


def planned(seal: PreparedSeal, sealed: Sealed) -> Plan:
    """The seal in, the student's files out, in the work tree.

    Of a file that Git LFS holds, the work tree may have the content or the pointer.
    """
    record: Mapping[str, Any] = {
        "kind": f"{SEAL}/v1",
        "on": seal.school.today.isoformat(),
        "by": seal.asked.by,
        "applied_on": seal.standing.applied.isoformat() if seal.standing.applied is not None else "",
        "commit": seal.commit,
        "files": len(seal.held),
        "bytes": sum(each.size for each in seal.held),
        "manifest": seal.manifest,
        "sealed": sealed._asdict(),
    }
    path = seal_path(seal.cohort, seal.asked.student)
    deletes = {each.path: frozenset({each.sha256}) for each in seal.held}
    for each in seal.held:
        if each.is_pointer:
            deletes[each.path] |= {hashlib.sha256(pointer_to(each.sha256, each.size)).hexdigest()}
    return Plan(creates={path: document(BY_NAME[SEAL], path, record).encode()}, deletes=deletes)


def seal_of(tree: Tree, student: str, today: date) -> Record | None:
    """A student's seal, if there is one."""
    seals = school_of(tree, today).of(SEAL)
    return next((record for record in seals if record.identity["student"] == student), None)
