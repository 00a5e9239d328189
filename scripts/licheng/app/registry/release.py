"""`licheng release`: works that a student agrees to release, as a package that stock tools verify (肆.二).

It is made of a commit, never of what lies about, so that the same commit and day give the same bytes. Nothing in it
says who the student is: the number alone, as in the repository.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from licheng.app.loading.load import Loaded, load, refuse_sealed
from licheng.app.loading.signed import expected_signers
from licheng.core.errors import UsageError
from licheng.core.layout import ALLOWED_SIGNERS, BESIDE, BY_NAME, STUDENTS
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.statements import ClaimStatement
from licheng.core.student import Student
from licheng.exchange.bag import TAG_MANIFEST, bag, metadata
from licheng.outputs.release import ReleasePage, pages, pdf
from licheng.policy import release as policy
from licheng.policy.release import ReleasedItem, ReleaseObstacle
from licheng.signing.canonical import encode
from licheng.sources import yaml
from licheng.sources.attachments import content
from licheng.sources.emit import document
from licheng.sources.tree import Entry, Tree
from licheng.storage.folders import write_private_folder
from licheng.storage.plan import Plan
from licheng.storage.private import check_private, write_private

_KIND = BY_NAME["release"]


class AskedRelease(NamedTuple):
    """What is asked for.

    Attributes:
        student: the id.
        committee: to whom, as the consent names it; None for the student's own copy.
        by: the staff id of who releases; None for the student's own copy.
        items: as a consent names them (`114-1/pendulum`, `114/fair`, `statement`); nothing for all.
    """

    student: str
    committee: str | None = None
    by: str | None = None
    items: tuple[str, ...] = ()


class PreparedRelease(NamedTuple):
    """A package that can be written.

    Attributes:
        consents: by which it goes; none of the student's own copy.
        items: what is in it.
        entries: of the student, where the bytes lie in the commit, by path.
    """

    asked: AskedRelease
    student: Student
    school: School
    commit: str
    consents: tuple[Record, ...]
    items: tuple[ReleasedItem, ...]
    entries: Mapping[str, Entry]


def prepared(tree: Tree, today: date, asked: AskedRelease, commit: str) -> PreparedRelease:
    """A package as a commit has it.

    Args:
        tree: of the commit.
        today: the school's day, by which consents and certifications are judged.
        asked: what for.
        commit: its object id.

    Raises:
        UsageError: APP435, there is no such student; APP473, the student was sealed; APP436, no consent to this
            committee; APP437, it was revoked;
            APP438, a work may not go; APP440, there is nothing to go; APP429, there is no such member of staff.
    """
    loaded = load(tree, today, handbook=False)
    if asked.by is not None and asked.by not in loaded.school.staff:
        raise UsageError("APP429", staff=asked.by)
    student, entries = _student(asked.student, loaded)
    wanted = tuple(map(policy.place_of, asked.items))
    if asked.committee is None:
        agreed, names = policy.Consents((), ()), wanted or policy.handed_in(student)
        drafts = tuple(name for name in names if name not in policy.handed_in(student))
        if drafts:
            raise UsageError("APP438", student=student.id, items=drafts, obstacle=("draft",), case="draft", count=1)
    else:
        agreed = _consents(student, asked.committee, today)
        names = wanted or agreed.items
        _refuse(tuple(policy.obstacles(names, agreed, student, loaded.school)), student)
    if not names:
        raise UsageError("APP440", student=student.id, case="own" if asked.committee is None else "")
    items = tuple(policy.released(name, student, loaded.school) for name in sorted(set(names)))
    consents = tuple(record for record in agreed.standing if {*names}.intersection(policy.named(record)))
    return PreparedRelease(asked, student, loaded.school, commit, consents, items, entries)


def _student(name: str, loaded: Loaded) -> tuple[Student, dict[str, Entry]]:
    for cohort in loaded.tree.folders(STUDENTS):
        if name in loaded.tree.folders(f"{STUDENTS}/{cohort}"):
            for student, entries in loaded.shelves(f"{cohort}/{name}"):
                return student, {entry.path: entry for entry in entries}
    refuse_sealed(loaded.school, name)
    raise UsageError("APP435", student=name)


def _consents(student: Student, committee: str, today: date) -> policy.Consents:
    agreed = policy.consents(student, committee, today)
    if not agreed.standing:
        if agreed.revoked:
            since = max(record.data["revoked_on"] for record in agreed.revoked)
            raise UsageError("APP437", student=student.id, committee=committee, since=since)
        known = policy.committees(student, today)
        values = {"student": student.id, "committee": committee, "known": known}
        raise UsageError("APP436", case="" if known else "none", **values)
    return agreed


def must_go_again(release: PreparedRelease, tree: Tree, head: Tree) -> None:
    """Of an earlier commit only what went before is made again, while the student still agrees (肆.二).

    Else whatever has been revoked, changed or taken out of a consent since would go by naming an earlier commit.

    Raises:
        UsageError: APP436, APP437 or APP438, by the consents of the head; APP442, the head has no record of it.
    """
    asked, school = release.asked, release.school
    if asked.committee is None:
        return
    student, _ = _student(asked.student, load(head, school.today, handbook=False))
    agreed = _consents(student, asked.committee, school.today)
    gone = tuple(item.name for item in release.items if item.name not in agreed.items)
    _refuse(tuple((name, ReleaseObstacle.NOT_AGREED) for name in gone), student)
    if recorded(release, written(release, tree, None), head).plan.creates:
        raise UsageError("APP442", commit=release.commit)


def _refuse(against: tuple[tuple[str, ReleaseObstacle], ...], student: Student) -> None:
    """Of several reasons the first is told, with every work that it is of."""
    for _, obstacle in against[:1]:
        items = tuple(name for name, other in against if other is obstacle)
        raise UsageError(
            "APP438",
            student=student.id,
            items=items,
            obstacle=(obstacle.value,),
            case=obstacle.value,
            count=len(against),
        )


def page_of(release: PreparedRelease) -> ReleasePage:
    """What the index of a package tells."""
    own = release.school.one("school")
    return ReleasePage(
        school=own.data["name"] if own is not None else {},
        student=release.student,
        committee=release.asked.committee,
        on=release.school.today,
        commit=release.commit,
        consents=release.consents,
        items=release.items,
    )


def written(release: PreparedRelease, tree: Tree, folder: Path | None) -> str:
    """Write the whole folder, or nothing; without a folder all is read as if.

    Returns:
        the SHA-256 of `tagmanifest-sha256.txt`, from which everything else follows.

    Raises:
        UsageError: APP016, the folder is not empty; APP439, a file is not here, or another.
    """
    asked, last, page = release.asked, hashlib.sha256(), page_of(release)
    info = metadata(release.school, release.student.id, asked.committee or "own copy", release.commit)

    def files() -> Iterator[tuple[str, bytes]]:
        for path, data in bag(_payload(release, tree), info, pages(page)):
            if path == TAG_MANIFEST:
                last.update(data)
            yield path, data

    if folder is not None:
        write_private_folder(folder, files())
    else:
        for _ in files():
            pass
    return last.hexdigest()


def check_pdfs(folder: Path, root: Path) -> None:
    """Refuse where the index as PDF cannot be made beside a package.

    Raises:
        UsageError: APP496, WeasyPrint is not here; APP009, a file is there; APP103, it would lie in the repository.
    """
    pdf.check_extra()
    for name in pdf.pdf_names(folder.name).values():
        check_private(folder.with_name(name), root)


def handed_over(release: PreparedRelease, tree: Tree, folder: Path, *, with_pdf: bool, dry_run: bool) -> str:
    """Write the package and, if asked, its index as PDF beside it.

    Returns:
        as `written`.

    Raises:
        UsageError: as `written` and `licheng.outputs.release.pdf.pdfs`; nothing is written then.
    """
    manifest = written(release, tree, None if with_pdf or dry_run else folder)
    if with_pdf:
        files = pdf.pdfs(page_of(release), folder.name, manifest)
        if not dry_run:
            written(release, tree, folder)
            for name, data in files.items():
                write_private(folder.with_name(name), data, replaces=False)
    return manifest


def _payload(release: PreparedRelease, tree: Tree) -> Iterator[tuple[str, bytes]]:
    """Works, consents, decisions with their signatures, and the keys: each where it lies in the repository."""
    for item in release.items:
        for file in item.files:
            path = f"{item.record.folder}/{file.name}"
            data = content(tree, release.entries[path])
            if data is None or hashlib.sha256(data).hexdigest() != file.sha256:
                raise UsageError("APP439", path=path, case="absent" if data is None else "")
            yield path, data
    for consent in release.consents:
        yield consent.path, consent.text.encode()
    yield from _signed(release, tree)
    for claim in (item.claim for item in release.items if item.claim is not None):
        # As files: the claim's record holds the signature only.
        fields = release.student.by_path[claim.path].data
        about = {"repository": release.school.trust.repository or "", "student": release.student.id, "item": claim.item}
        yield f"claims/{claim.item}.json", encode(ClaimStatement.of(fields, **about).payload())
        yield f"claims/{claim.item}.json.sig", str(fields["signature"]).encode()
    signers = policy.signers(release.items, release.school)
    keys = (line for line in expected_signers(release.school).splitlines(keepends=True) if line.split()[0] in signers)
    yield ALLOWED_SIGNERS, "".join(keys).encode()


def _signed(release: PreparedRelease, tree: Tree) -> Iterator[tuple[str, bytes]]:
    """The decisions and the delegations behind them, with what lies beside them."""
    for event in (event for item in release.items for event in item.decisions):
        for path in (event.path, *(f"{event.path}{end}" for end in BESIDE)):
            if path in release.entries:
                yield path, tree.read(release.entries[path])
    for delegation in policy.delegations(release.items, release.school):
        for entry in (*tree.entries(delegation.path), *tree.entries(f"{delegation.path}.sig")):
            yield entry.path, tree.read(entry)


class RecordedRelease(NamedTuple):
    """The record of a release.

    Attributes:
        path: of the record.
        plan: what is written; nothing where the same was recorded before.
    """

    path: str
    plan: Plan


def recorded(release: PreparedRelease, manifest: str, tree: Tree) -> RecordedRelease:
    """What the repository keeps of a release: to whom, when, which files, digests.

    Args:
        release: that was written, to a committee.
        manifest: SHA-256 of its `tagmanifest-sha256.txt`.
        tree: into which the record goes.
    """
    own = {"cohort": str(release.student.cohort), "student": release.student.id}
    folder = f"{release.student.folder}/{_KIND.folder}"
    known = {entry.path: tree.read(entry) for entry in tree.entries(folder)}
    same = (path for path, text in known.items() if yaml.tells(text, {"manifest": manifest}))
    if (path := next(same, None)) is not None:
        return RecordedRelease(path, Plan())
    stem = release.consents[-1].slug
    paths = (_KIND.path(**own, slug=stem if number == 1 else f"{stem}-{number}") for number in count(1))
    path = next(path for path in paths if path not in known)
    return RecordedRelease(path, Plan(creates={path: document(_KIND, path, _record(release, manifest)).encode()}))


def _record(release: PreparedRelease, manifest: str) -> dict[str, Any]:
    return {
        "kind": f"{_KIND.name}/v1",
        "committee": release.asked.committee,
        "on": release.school.today.isoformat(),
        "by": release.asked.by,
        "commit": release.commit,
        "consents": [record.slug for record in release.consents],
        "items": [
            {
                "item": item.name,
                **({"certification": item.certification} if item.certification is not None else {}),
                "files": [file._asdict() for file in item.files],
            }
            for item in release.items
        ],
        "manifest": manifest,
    }
