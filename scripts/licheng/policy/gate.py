"""The shape of a change, and who wrote what of it: judged before and beside what the records say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from licheng.core.certification import Certification, Event
from licheng.core.change import Account, Change, Commit, Operation, Proposal, Stamp
from licheng.core.dates import TAIPEI
from licheng.core.layout import payload_of
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import Claim
from licheng.policy import claims
from licheng.policy.accounts import accounts
from licheng.policy.certification import changed
from licheng.policy.permission import Denial, Scene, denial, record_home, student_of
from licheng.policy.privacy import names_somebody
from licheng.policy.sealing import SEAL, added, takes_away

# What one change may have. A term's marks of 3,000 students are 3,000 files; nothing sound comes near these.
MOST_CHANGES = 20_000
MOST_COMMITS = 500
# What all commits do together: more than the change as a whole, as one file may be changed again and again.
MOST_STEPS = 2 * MOST_CHANGES
# What the attachments that a change brings may take to inspect. A class of 40 that hands in three files each of the
# agency's 4 MB is 480 MB. Most files take a tenth of a second, none may take more than five (`confined.Limits`), so a
# minute is hundreds of sound ones, or a dozen made to be slow; whoever pushes waits no longer than that.
MOST_INSPECTED = 512 << 20
MOST_SECONDS = 60
# An attachment up to here may lie in history itself.
PLAIN_BYTES = 64 << 10


def today(proposal: Proposal) -> date:
    """The day on which a change is judged, Asia/Taipei."""
    return proposal.now.astimezone(TAIPEI).date()


MOST_REASON = 500


def reason_fault(text: str) -> str | None:
    """Why the reason for breaking the glass cannot stand in the log: an entry of the catalog, or None.

    It comes from a push option, so from bytes that anybody chose: what is not UTF-8 arrives as lone surrogates.
    """
    categories = {unicodedata.category(character) for character in text}
    if "Cs" in categories:
        return "not-utf8"
    if not text.strip():
        return "empty"
    if len(text) > MOST_REASON:
        return "too-many-characters"
    if categories & {"Cc", "Cf", "Zl", "Zp", "Co", "Cn"}:
        return "control-character"
    if not unicodedata.is_normalized("NFC", text):
        return "not-composed"
    return "names-somebody" if names_somebody(text) else None


def writer_of(commit: Commit, proposal: Proposal) -> str | None:
    """The account that a commit is by, or None where its author is none that the actor may bring."""
    actor = proposal.actor
    if actor is None:
        return None
    if actor.holder != "intake":
        return actor.id if is_of(actor, commit.author) else None
    opened = accounts(proposal.before, today(proposal))
    others = (account for account in opened if account.holder != "intake")
    return next((account.id for account in others if is_of(account, commit.author)), None)


def lacks_account(commit: Commit, proposal: Proposal) -> bool:
    """Whether an intake account brings a commit that is rightly a student's, who only has no open account yet."""
    name, address = commit.author.name, commit.author.address
    if proposal.actor is None or proposal.actor.holder != "intake":
        return False
    if not re.fullmatch(r"s[0-9]{7}", name) or address != f"{name}@licheng.invalid":
        return False
    return all(account.id != name for account in accounts(proposal.before, today(proposal)))


def is_of(account: Account, stamp: Stamp) -> bool:
    """Whether a commit's author or committer is an account."""
    return (stamp.name, stamp.address) == (account.id, account.address)


def denials(proposal: Proposal) -> Iterator[tuple[Change, str, Denial]]:
    """Every file with each of its writers who may not do that to it."""
    by_id = {account.id: account for account in accounts(proposal.before, today(proposal))}
    actor, students = proposal.actor, proposal.students_after.values()
    brought = {folder: claim for student in students for folder, claim in brought_in(student, proposal)}
    seals = added(proposal, SEAL)
    for change in proposal.changes:
        if takes_away(change.path, change.operation, seals):
            continue  # who may add the seal may take away what it holds (肆.四)
        scene = _scene(change.path, proposal, brought)
        # The actor wrote a file, or for an intake account the authors of the commits that touch it.
        writers = {actor.id if actor is not None else ""}
        if actor is not None and actor.holder == "intake":
            commits = proposal.commits_of.get(change.path, ())
            writers = {writer_of(commit, proposal) or "" for commit in commits} or writers
        for writer in sorted(writers):
            account = by_id.get(writer)
            denied = denial(account, change.operation, change.path, scene) if account else Denial("not-among")
            if denied is not None:
                yield change, writer, denied


def _scene(path: str, proposal: Proposal, brought: Mapping[str, Claim]) -> Scene:
    """The record that a file belongs to, before and after, and who signed what lies at its path, or its claim.

    What is signed is a decision, a waiver or a claim of a student, a delegation, an omission, an override.
    """
    owner, home = student_of(path), record_home(path)
    before, after = proposal.students_before.get(owner), proposal.students_after.get(owner)
    versions: list[Record] = []
    if home is not None:
        own, of_student = home.kind.path(**home.identity), home.kind.of_student
        states: tuple[Student | School | None, ...]
        states = (before, after) if of_student else (proposal.before, proposal.after)
        records = (state.record_at(own) for state in states if state is not None)
        versions = [record for record in records if record is not None]
    signers = proposal.after.trust.signers if after is None else after.signers
    signed_by = signers.get(payload_of(path), frozenset())
    claim = brought.get(path.rpartition("/")[0])
    claimants = frozenset({claim.by.staff} if claim is not None else ())
    return Scene(proposal.before, today(proposal), before or after, tuple(versions), signed_by, claimants)


def new_claims(proposal: Proposal) -> Iterator[tuple[Claim, Student]]:
    """What the change says that another platform certified, and of whom."""
    for student in proposal.students_after.values():
        yield from ((claim, student) for claim in student.claims if claim.path in proposal.paths)


def brought_in(student: Student, proposal: Proposal) -> Iterator[tuple[str, Claim]]:
    """The outputs, by their folders, that come in with a claim, where main has none of them yet.

    Only so may somebody else bring a student's work, and after its time: as what it was elsewhere, signed.
    """
    before = proposal.students_before.get(student.id)
    for claim in student.claims:
        item = student.outputs.get(f"{student.folder}/{claim.item}")
        if item is None or claim.path not in proposal.paths:
            continue
        # Main has it already, be it one that cannot be read.
        if before is not None and (before.record_at(item.path) or item.path in before.broken.get(item.kind, ())):
            continue
        if claims.counted(item, student, proposal.before) == claim and not changed(item, claim, student):
            yield item.folder, claim


def new_decisions(student: Student, proposal: Proposal) -> Iterator[tuple[Event, Certification]]:
    """The decisions on a student's items that the change adds, as far as they can be read."""
    added = {change.path for change in proposal.changes if change.operation is Operation.ADD}
    for event in student.events:
        if event.path in added and event.payload is not None:
            yield event, event.payload
