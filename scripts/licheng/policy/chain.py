"""The way of one work: upload, certification, export, receipt, release, seal, each by the digest of its very files.

What is not there yet is said; nothing is taken from a record that does not name the work itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from licheng.core.certification import Decision, SubjectFile
from licheng.core.dates import TAIPEI, day
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.certification import state, subject_of
from licheng.policy.claims import day_of
from licheng.policy.exporting.outcomes import Exclusion
from licheng.policy.quota import is_submitted
from licheng.policy.receiving.comparison import ReceiptFault
from licheng.policy.receiving.confirming import standing
from licheng.policy.receiving.versions import export_of, members, next_version, receipts
from licheng.policy.sealing import retention
from licheng.policy.submissions import in_force

_CERTIFYING = frozenset({Decision.CERTIFIED, Decision.REAFFIRMED})


class ChainStep(StrEnum):
    """In their order."""

    UPLOAD = "upload"
    CERTIFICATION = "certification"
    EXPORT = "export"
    SUBMISSION = "submission"
    RECEIPT = "receipt"
    RELEASE = "release"
    SEAL = "seal"


class LinkState(StrEnum):
    """What a step says of the work as it is now."""

    SAME = "same"  # it was about the very same files
    OTHER = "other"  # about other files: changed since, or wrong
    CORRECTED = "corrected"  # about other files, or without it, which a later one of the same put right
    ABSENT = "absent"  # not there yet
    UNNEEDED = "unneeded"  # not of works of this kind
    LEFT_OUT = "left-out"
    UNKNOWN = "unknown"  # what it rests on is not here


class ItemLink(NamedTuple):
    """One step of a work, one of several where it happened more than once.

    Attributes:
        on: the day, Asia/Taipei.
        path: of the record that says so.
        digest: of the files as the step has them, `digest_of`.
        changed: names of files that differ from those of now, or that the server has not received as they are now.
        detail: the state that is, why it was left out, to whom.
        of: the roster, or to whom: a later one of the same takes the place of an earlier one.
    """

    step: ChainStep
    state: LinkState
    on: date | None = None
    path: str = ""
    digest: str | None = None
    changed: tuple[str, ...] = ()
    detail: str = ""
    of: tuple[str | None, ...] = ()


class ItemChain(NamedTuple):
    """A work and its steps.

    Attributes:
        item: its folder.
        files: as they are now.
    """

    item: str
    files: tuple[SubjectFile, ...]
    links: tuple[ItemLink, ...]

    @property
    def holds(self) -> bool:
        """Whether no step is about other files."""
        return all(link.state is not LinkState.OTHER for link in self.links)


class PastExport(NamedTuple):
    """A roster that was exported, and the work as it was in the commit of which it was made.

    Attributes:
        record: of the export.
        files: none where the commit is not here, or has no such work.
        is_candidate: whether the work was among those that could be in it; None where that cannot be told.
        exclusion: why it was left out.
    """

    record: Record
    files: tuple[SubjectFile, ...] = ()
    is_candidate: bool | None = None
    exclusion: Exclusion | None = None


class SealedFiles(NamedTuple):
    """A seal, and whether the bag that it tells of is of just the student's files as they are here."""

    record: Record
    is_of_these: bool


def digest_of(files: Iterable[SubjectFile]) -> str:
    """One digest for all files of a work: of what `sha256sum *` prints in its folder, which anybody can repeat."""
    listed = (f"{file.sha256}  {file.name}\n" for file in sorted(files))
    return hashlib.sha256("".join(listed).encode()).hexdigest()


def chain(
    item: Record,
    student: Student,
    school: School,
    received: Mapping[str, date] | None,
    exports: Iterable[PastExport],
    seal: SealedFiles | None = None,
) -> ItemChain:
    """Every step of a work.

    Args:
        item: a course output, an activity or the autobiography.
        student: whose it is.
        school: the context.
        received: the day, Asia/Taipei, on which the server first had each file as it is, by its name; None where no
            log was asked.
        exports: the rosters of its kind and school year.
        seal: of the student whose files were sealed, and then are those of the commit of which they were.
    """
    files = subject_of(item, student)
    links = [
        _upload(item, files, received),
        _certification(item, files, student, school),
        *_exports(item, student, files, exports, school),
        *_releases(item, files, student),
        _seal(files, student, school, seal),
    ]
    taken, order = {link.step for link in links}, [*ChainStep]
    links += [ItemLink(step, LinkState.ABSENT) for step in ChainStep if step not in taken]
    # Those of one day by their names, of which `first-2` follows `first`.
    links.sort(key=lambda link: (order.index(link.step), link.on or date.min, len(link.path), link.path))
    right = {(link.step, link.of): number for number, link in enumerate(links) if link.state is LinkState.SAME}
    steps = (
        link._replace(state=LinkState.CORRECTED)
        if link.state is LinkState.OTHER and number < right.get((link.step, link.of), 0)
        else link
        for number, link in enumerate(links)
    )
    return ItemChain(item.folder, files, tuple(steps))


def _link(
    step: ChainStep,
    then: Iterable[SubjectFile],
    now: tuple[SubjectFile, ...],
    on: date | None,
    path: str,
    detail: str = "",
    of: tuple[str | None, ...] = (),
) -> ItemLink:
    before = tuple(then)
    changed = tuple(sorted({file.name for file in {*before} ^ {*now}}))
    state = LinkState.OTHER if changed else LinkState.SAME
    return ItemLink(step, state, on, path, digest_of(before), changed, detail, of)


def _upload(item: Record, files: tuple[SubjectFile, ...], received: Mapping[str, date] | None) -> ItemLink:
    if not is_submitted(item):
        return ItemLink(ChainStep.UPLOAD, LinkState.ABSENT, detail="draft")
    missing = tuple(file.name for file in files if received is not None and file.name not in received)
    if missing:
        return ItemLink(ChainStep.UPLOAD, LinkState.ABSENT, changed=missing)
    return _link(ChainStep.UPLOAD, files, files, max(received.values()) if received else None, item.path)


def _certification(item: Record, files: tuple[SubjectFile, ...], student: Student, school: School) -> ItemLink:
    if item.kind != "course-output":
        return ItemLink(ChainStep.CERTIFICATION, LinkState.UNNEEDED)
    now = state(item, student, school)
    last = now.event.payload if now.event is not None else None
    if now.claim is not None:
        return _link(ChainStep.CERTIFICATION, now.claim.subject, files, day_of(now.claim), now.claim.path, now.state)
    if now.event is None or last is None or last.decision not in _CERTIFYING:
        return ItemLink(ChainStep.CERTIFICATION, LinkState.ABSENT, detail=now.state)
    on = last.issued_at.astimezone(TAIPEI).date()
    detail = "unsettled" if now.pending_until is not None else now.state.value
    return _link(ChainStep.CERTIFICATION, last.subject, files, on, now.event.path, detail)


def _exports(
    item: Record, student: Student, files: tuple[SubjectFile, ...], exports: Iterable[PastExport], school: School
) -> Iterator[ItemLink]:
    if item.kind == "statement":  # only in the release to a university
        yield from (ItemLink(step, LinkState.UNNEEDED) for step in (ChainStep.EXPORT, ChainStep.SUBMISSION))
        yield ItemLink(ChainStep.RECEIPT, LinkState.UNNEEDED)
        return
    for past in exports:
        on, path = day(past.record.data["exported_on"]), past.record.path
        of = tuple(past.record.data.get(name) for name in ("roster", "term", "batch"))
        if past.is_candidate is None:
            yield ItemLink(ChainStep.EXPORT, LinkState.UNKNOWN, on, path)
        elif past.exclusion is not None:
            yield ItemLink(ChainStep.EXPORT, LinkState.LEFT_OUT, on, path, detail=past.exclusion)
        elif past.is_candidate:
            yield _link(ChainStep.EXPORT, past.files, files, on, path, of=of)
            for record in in_force(school):  # that handed the very workbook in
                if record.data["file"]["sha256"] == past.record.data["file"]["sha256"]:
                    handed_in = day(record.data["submitted_on"])
                    yield _link(ChainStep.SUBMISSION, past.files, files, handed_in, record.path, of=of)
            yield from (link._replace(of=of) for link in _receipts(past, item, student, files, school))


def _receipts(
    past: PastExport, item: Record, student: Student, files: tuple[SubjectFile, ...], school: School
) -> Iterator[ItemLink]:
    """What the agency says it received of this export, version by version; who has confirmed the latest."""
    below = item.folder.removeprefix(f"{student.folder}/")
    for which, record in receipts(school).items():
        export = export_of(record, school)
        if export is None or export.path != past.record.path:
            continue
        on, mine = day(record.data["received_on"]), (student.id, below)
        faults = (d["fault"] for d in record.data["differences"] if (d.get("student"), d.get("item")) == mine)
        fault = next(faults, None)
        is_latest = next_version(which, school) is None
        if fault is not None:
            state = LinkState.ABSENT if fault == ReceiptFault.MISSING else LinkState.OTHER
            state = state if is_latest else LinkState.CORRECTED
            yield ItemLink(ChainStep.RECEIPT, state, on, record.path, detail=fault)
            continue
        is_asked = is_latest and student.id in members(school)[which]
        answer = standing(student, record, school).state if is_asked else ""
        yield _link(ChainStep.RECEIPT, past.files, files, on, record.path, answer)


def _releases(item: Record, files: tuple[SubjectFile, ...], student: Student) -> Iterator[ItemLink]:
    below = item.folder.removeprefix(f"{student.folder}/")
    for record in student.of("release"):
        for entry in record.data["items"]:
            if entry["item"] == below:
                then = (SubjectFile(file["name"], file["size"], file["sha256"]) for file in entry["files"])
                committee = record.data["committee"]
                on = day(record.data["on"])
                yield _link(ChainStep.RELEASE, then, files, on, record.path, committee, (committee,))


def _seal(files: tuple[SubjectFile, ...], student: Student, school: School, seal: SealedFiles | None) -> ItemLink:
    """That the files went into the bag of the seal; or from when on they may."""
    if seal is not None:
        on, then = day(seal.record.data["on"]), files if seal.is_of_these else ()
        return _link(ChainStep.SEAL, then, files, on, seal.record.path)
    own = student.one("student")
    due = retention(own, school).due if own is not None else None
    return ItemLink(ChainStep.SEAL, LinkState.ABSENT, detail=due.isoformat() if due is not None else "")
