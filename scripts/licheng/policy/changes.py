"""Statements of changes: what one of the staff signed of a commit that an intake account brings (肆.三), or a student.

Who pushes is known by the login. An intake account pushes for many, so of a commit in a staff member's name it has to
show that person's word: every file that the commit touches, with what it held and holds, signed by a key of that
person for nothing else. A statement is of one commit. It lies in that commit and nowhere else, and its place is its
own digest, so it cannot be used again. What is signed as a whole and by its author needs no other word.

A student may sign what she hands in, by a passkey of her own; nobody has to, but a statement that is there must be
right. Her passkeys come to main only with the statement of who witnesses them (decision 0019).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from licheng.core.change import Commit, Operation, Proposal
from licheng.core.dates import TAIPEI
from licheng.core.layout import CHANGES, STUDENTS, home, payload_of
from licheng.core.student import Student
from licheng.core.trust import StatedChange, StatedPath
from licheng.policy import keys
from licheng.policy.accounts import accounts
from licheng.policy.permission import student_of
from licheng.policy.statements import fault, is_of_now

_REGULAR = frozenset({"100644", "000000"})
_STATEMENTS = frozenset({"change", "hand-in"})
_STATING = (f"{CHANGES}/", f"{STUDENTS}/")


class Unstated(StrEnum):
    """Why a staff member's commit is not that person's word (labels `unstated`)."""

    NOTHING = "nothing"  # no statement, and something in it that its author has not signed
    SEVERAL = "several"  # more than one
    SCATTERED = "scattered"  # the statement is written by more than one commit
    MERGE = "merge"
    OTHERS = "others"  # of somebody else's change
    VOID = "void"  # it does not hold, or no longer
    OTHERWISE = "otherwise"  # of other files, or of other contents


def author_of(change: StatedChange, proposal: Proposal) -> Student | None:
    """The student who should have signed a statement, as main knows them; None of one of the staff."""
    return proposal.students_before.get(student_of(change.path))


def in_staffs_name(proposal: Proposal) -> Iterator[tuple[Commit, str]]:
    """The commits that an intake account brings in the name of one of the staff, and in whose."""
    if proposal.actor is None or proposal.actor.holder != "intake":
        return
    on = proposal.now.astimezone(TAIPEI).date()
    opened = {(account.id, account.address): account for account in accounts(proposal.before, on)}
    for commit in proposal.commits:
        author = opened.get((commit.author.name, commit.author.address))
        if author is not None and author.holder == "staff":
            yield commit, author.id


def unstated(proposal: Proposal) -> Iterator[tuple[Commit, str, Unstated, tuple[str, ...]]]:
    """Commits that are not their author's word: of whom, why, and the files that a statement is not right about.

    Of those that an intake account brings in a staff member's name, all, and whoever brings them all that enter a
    student's passkey, which is so witnessed; of others those with a statement, which is never of something else than
    what it lies beside.
    """
    named = {commit.sha: account for commit, account in in_staffs_name(proposal)}
    signers = wholly_signed(proposal) if named else {}
    for commit in proposal.commits:
        if commit.sha in named or statements_in(commit) or enters_keys(commit):
            author = named.get(commit.sha, commit.author.name)
            why, files = _lack(commit, author, proposal, signers)
            if why is not None:
                yield commit, author, why, files


def statements_in(commit: Commit) -> set[str]:
    """The statements of which a commit touches the payload or the signature.

    A student's that goes is of no change: a seal takes it away with all else, and nothing else may (GAT004).
    """
    gone = {each.path for each in commit.changes if each.operation is Operation.DELETE}
    touched = {path for path in commit.paths if path not in gone or path.startswith(f"{CHANGES}/")}
    paths = (path.removesuffix(".sig") for path in touched if path.startswith(_STATING))
    return {path for path in paths if (where := home(path)) is not None and where.kind.name in _STATEMENTS}


def enters_keys(commit: Commit) -> bool:
    """Whether a commit writes the passkeys of a student."""
    written = (each.path for each in commit.changes if each.operation is not Operation.DELETE)
    return any((where := home(path)) is not None and where.kind.name == "student-keys" for path in written)


def _lack(
    commit: Commit, author: str, proposal: Proposal, signers: Mapping[str, str]
) -> tuple[Unstated | None, tuple[str, ...]]:
    """What keeps a commit from being its author's word, and the files that a statement is not right about."""
    beside = statements_in(commit)
    if enters_keys(commit) and not any(path.startswith(f"{CHANGES}/") for path in beside):
        return Unstated.NOTHING, ()
    if not beside:
        # Nothing has to be stated where it only adds what its author has signed from the first byte to the last.
        signed = (signers.get(payload_of(path)) == author and _alone(path, commit, proposal) for path in commit.paths)
        return (None if commit.paths and all(signed) else Unstated.NOTHING), ()
    if len(beside) > 1:
        return Unstated.SEVERAL, ()
    [path] = beside
    if len(commit.parents) != 1:
        return Unstated.MERGE, ()
    if not all(_alone(own, commit, proposal) for own in (path, f"{path}.sig")):
        return Unstated.SCATTERED, ()
    change = next((change for change in proposal.after.trust.changes if change.path == path), None)
    if change is None or change.account != author:
        return Unstated.OTHERS, ()
    school, student = proposal.before, author_of(change, proposal)
    if fault(change, school, student) is not None or not is_of_now(change, school, proposal.now, student):
        return Unstated.VOID, ()
    files = differing(commit, change, proposal.digests)
    return (Unstated.OTHERWISE, files) if files else (None, ())


def differing(commit: Commit, change: StatedChange, digests: Mapping[str, str]) -> tuple[str, ...]:
    """The files of which a commit and its statement do not say the same.

    Args:
        commit: against its only parent.
        change: the statement.
        digests: SHA-256 in hex by git object id; what is not there, as it is too large, is never stated.
    """
    own = {change.path, f"{change.path}.sig"}
    done = set[StatedPath]()
    for each in commit.changes:
        if each.path not in own:
            before, after = (digests.get(blob, "?") if blob else None for blob in (each.old_blob, each.blob))
            # Of a link or a folder of another repository nothing can be stated.
            is_plain = {each.old_mode, each.new_mode} <= _REGULAR
            done.add(StatedPath(each.path, before, after if is_plain else "?"))
    return tuple(sorted({path for path, _, _ in done ^ set(change.entries)}))


def _alone(path: str, commit: Commit, proposal: Proposal) -> bool:
    """Whether a commit touches a file and no other does, so that what it holds there is what is judged."""
    return [each.sha for each in proposal.commits_of.get(path, ())] == [commit.sha]


def wholly_signed(proposal: Proposal) -> Mapping[str, str]:
    """By path, who rightly signed the certification or the delegation that lies there after the change.

    Of a record in YAML only what it says is signed, not its comments; so nobody brings it in another's name.
    """
    school, signers = proposal.before, dict[str, str]()
    for student in proposal.students_after.values():
        for event in student.events:
            if event.payload is not None:
                by, at = event.payload.certifier, event.payload.issued_at
                mine = (key for key in school.trust.keys_of(by) if key.made(event.signature))
                if any(keys.counts(key, event.digest, at, school) for key in mine):
                    signers[event.path] = by
    for delegation in proposal.after.trust.delegations:
        mine = (key for key in school.trust.keys_of(delegation.by) if key.made(delegation.signature))
        if any(keys.counts(key, delegation.digest, delegation.issued_at, school) for key in mine):
            signers[delegation.path] = delegation.by
    return signers
