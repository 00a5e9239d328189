"""The shape of a change, and who wrote what of it: judged before and beside what the records say."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from licheng.core.change import Account, Change, Commit, Operation, Proposal, Stamp
from licheng.core.characters import flaws
from licheng.core.dates import TAIPEI, written
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.accounts import accounts
from licheng.policy.permission import Denial, Scene, denial, record_home, student_of
from licheng.policy.privacy import names_somebody

# What one change may have. A term's marks of 3,000 students are 3,000 files; nothing sound comes near these.
MOST_CHANGES = 20_000
MOST_COMMITS = 500
# What all commits do together: more than the change as a whole, as one file may be changed again and again.
MOST_STEPS = 2 * MOST_CHANGES
MOST_BYTES = 64 << 20
MOST_TOTAL = 512 << 20
# What the attachments that a change brings may take to inspect. A class of 40 that hands in three files each of the
# agency's 4 MB is 480 MB. Most files take a tenth of a second, none may take more than five (`confined.Limits`), so a
# minute is hundreds of sound ones, or a dozen made to be slow; whoever pushes waits no longer than that.
MOST_INSPECTED = 512 << 20
MOST_SECONDS = 60
# An attachment up to here may lie in history itself.
PLAIN_BYTES = 64 << 10
# Above these, a coordinator signs that just this change is meant.
MOST_DELETIONS = 20
MOST_KEYS = 5

# How old a commit may be that comes in: who works offline comes by within two weeks. A clock may be fast by minutes.
OLDEST = timedelta(days=14)
AHEAD = timedelta(minutes=5)
# What GitHub writes as the committer of edits and merges on its pages; it names nobody.
FORGE = ("GitHub", "noreply@github.com")

_KEYS = "content/trust/keys/"


def today(proposal: Proposal) -> date:
    """The day on which a change is judged, Asia/Taipei."""
    return proposal.now.astimezone(TAIPEI).date()


def excesses(proposal: Proposal) -> Iterator[tuple[str, str, int, int]]:
    """What there is too much of: path, what, how much, how much may be."""
    total = sum(change.size for change in proposal.changes)
    counts = (
        ("changes", len(proposal.changes), MOST_CHANGES),
        ("commits", len(proposal.commits), MOST_COMMITS),
        ("changes", sum(len(commit.changes) for commit in proposal.commits), MOST_STEPS),
        ("total", total, MOST_TOTAL),
    )
    for what, count, limit in counts:
        if count > limit:
            yield "content", what, count, limit
    for change in proposal.changes:
        if change.size > MOST_BYTES:
            yield change.path, "bytes", change.size, MOST_BYTES


def masses(changes: tuple[Change, ...]) -> Iterator[tuple[str, list[str], int]]:
    """What is suspicious in large numbers: what, the paths, how many may pass without a second person."""
    yield "deletions", [change.path for change in changes if change.operation is Operation.DELETE], MOST_DELETIONS
    yield "keys", [change.path for change in changes if change.path.startswith(_KEYS)], MOST_KEYS


def hidden(proposal: Proposal) -> Iterator[tuple[Commit, str]]:
    """What commits of the change bring into history where the change as a whole does not show it: commit, path.

    A file in `content/` that comes and goes, or a large version of one that the next commit makes small.
    """
    kept = {change.path: change.blob for change in proposal.changes}
    for commit in proposal.commits if proposal.descends else ():
        for change in commit.changes:
            gone = change.path not in kept
            large = change.size > PLAIN_BYTES and kept.get(change.path) != change.blob
            if change.path.startswith("content/") and (gone or large):
                yield commit, change.path


def deceptive(path: str) -> bool:
    """Whether a path outside `content/` can be taken for another one, by people or by a file system."""
    segments = path.split("/")
    folded = [_folded(segment) for segment in segments]
    twin = folded[0] == "content" and segments[0] != "content"
    return twin or any(name in _GITS for name in folded) or not all(map(_is_plain, segments))


_GITS = frozenset({".git", "git~1"})
_ODD = frozenset('\\:*?"<>|')


def _folded(name: str) -> str:
    """As the least careful file system compares it: without case, without what cannot be seen."""
    seen = "".join(char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) != "Cf")
    return seen.casefold().rstrip(". ")


def _is_plain(name: str) -> bool:
    odd = any(char in _ODD or char in "\t\n\r" or "\ud800" <= char <= "\udfff" for char in name)
    return (
        not odd
        and next(flaws(name), None) is None
        and name == name.rstrip(". ")
        and unicodedata.is_normalized("NFC", name)
    )


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
        return actor.id if _is_author(actor, commit) else None
    students = (one for one in accounts(proposal.before, today(proposal)) if one.holder == "student")
    return next((student.id for student in students if _is_author(student, commit)), None)


def _is_author(account: Account, commit: Commit) -> bool:
    return _is(account, commit.author)


def _is(account: Account, stamp: Stamp) -> bool:
    return (stamp.name, stamp.address) == (account.id, account.address)


def borrowed(commit: Commit, proposal: Proposal) -> tuple[str, Stamp] | None:
    """What of a commit is in another's name than it may be, `author` or `committer`; None where nothing is.

    The committer is the author, the account that brings the commit, or GitHub, whose pages write themselves there.
    """
    if proposal.actor is None:
        return None
    if writer_of(commit, proposal) is None:
        return "author", commit.author
    names = (commit.committer.name, commit.committer.address)
    by_author = names == (commit.author.name, commit.author.address)
    fits = by_author or names == FORGE or _is(proposal.actor, commit.committer)
    return None if fits else ("committer", commit.committer)


def untimely(commit: Commit, proposal: Proposal) -> Iterator[tuple[str, str, Stamp]]:
    """Times of a commit that cannot be right: whose, why (`old`, `ahead`, `zone`), and the stamp."""
    for whose, stamp in (("author", commit.author), ("committer", commit.committer)):
        if not stamp.zone:
            continue  # unreadable, which is told as such
        if not _is_zone(stamp.zone):
            yield whose, "zone", stamp
        elif not any(_fits(stamp.seconds, clock) for clock in proposal.clocks):
            early = stamp.seconds < max(proposal.clocks).timestamp()
            yield whose, "old" if early else "ahead", stamp


def _fits(seconds: int, clock: datetime) -> bool:
    """Whether a commit of a moment may come in by a clock; compared as numbers, as a commit may name any year."""
    return (clock - OLDEST).timestamp() <= seconds <= (clock + AHEAD).timestamp()


def _is_zone(zone: str) -> bool:
    """Zones in use lie between -1200 and +1400, at whole quarters of an hour."""
    minutes = int(zone[1:3]) * 60 + int(zone[3:])
    limit = 14 * 60 if zone[0] == "+" else 12 * 60
    return minutes <= limit and int(zone[3:]) in {0, 15, 30, 45}


def shown_time(seconds: int) -> str:
    """A commit's time for people, UTC; one beyond the years that a calendar has as it is written."""
    try:
        return written(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def denials(proposal: Proposal) -> Iterator[tuple[Change, str, Denial]]:
    """Every file with each of its writers who may not do that to it."""
    by_id = {account.id: account for account in accounts(proposal.before, today(proposal))}
    for change in proposal.changes:
        scene = _scene(change.path, proposal)
        for writer in _writers(change.path, proposal):
            account = by_id.get(writer)
            denied = denial(account, change.operation, change.path, scene) if account else Denial("not-among")
            if denied is not None:
                yield change, writer, denied


def _writers(path: str, proposal: Proposal) -> list[str]:
    """Who wrote a file: the actor, or for an intake account the authors of the commits that touch it."""
    actor = proposal.actor
    if actor is None or actor.holder != "intake":
        return [actor.id if actor is not None else ""]
    found = {writer_of(commit, proposal) or "" for commit in proposal.commits_of.get(path, ())}
    return sorted(found) or [actor.id]


def _scene(path: str, proposal: Proposal) -> Scene:
    owner = student_of(path)
    before, after = proposal.students_before.get(owner), proposal.students_after.get(owner)
    pairs = ((before, proposal.before), (after, proposal.after))
    versions = [found for student, school in pairs if (found := _record(path, student, school)) is not None]
    signers = _signers(path, after, proposal.after)
    return Scene(proposal.before, today(proposal), before or after, tuple(versions), signers)


def _record(path: str, student: Student | None, school: School) -> Record | None:
    """The record that a file belongs to, in one state of the school."""
    found = record_home(path)
    if found is None:
        return None
    own = found.kind.path(**found.identity)
    holder: Student | School | None = student if found.kind.of_student else school
    return holder.record_at(own) if holder is not None else None


def _signers(path: str, student: Student | None, school: School) -> frozenset[str]:
    """Who signed what lies at a path: a decision or a waiver of a student, a delegation, an override."""
    own = path.removesuffix(".sig")
    signed = school.trust.signers if student is None else student.signers
    return signed.get(own, frozenset())
