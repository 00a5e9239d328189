"""A change that somebody asks to be merged: what it does to which files, who made it, who brings it, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import Override


class Operation(StrEnum):
    """What happens to a file; a rename is a deletion and an addition."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the difference between base and head.

    Attributes:
        path: from the repository's root; undecodable bytes as surrogates.
        old_mode: git's, `000000` where the file is new.
        new_mode: git's, `000000` where the file is gone.
        old_blob: git object id of the old content; empty where there was none.
        blob: git object id of the new content; empty where it is gone.
        size: bytes of the new content, 0 where it is gone.
    """

    path: str
    operation: Operation
    old_mode: str
    new_mode: str
    old_blob: str = ""
    blob: str = ""
    size: int = 0


class HeldFiles(NamedTuple):
    """All files of a student, as a seal tells of them.

    Attributes:
        manifest: SHA-256 in hex of the manifest of a bag of them.
        files: how many.
        bytes: of all of them together; of a Git LFS pointer, those of the object that it names.
        is_of_commit: whether the commit that the seal names is one of this history, and had just these files.
    """

    manifest: str
    files: int
    bytes: int
    is_of_commit: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who made a commit, or put it where it is, and when, as written.

    Attributes:
        seconds: since 1970-01-01 UTC; any number up to 20 digits.
        zone: `+0800`; empty where the line could not be read.
    """

    name: str
    address: str
    seconds: int
    zone: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a commit that no ordinary tool of Git writes: what sort, and where or which."""

    sort: str
    detail: str


@dataclass(frozen=True)
class Commit:
    """A commit of the change, all of it.

    Attributes:
        carried: readable text within its signature.
        changes: what it does against its first parent.
    """

    sha: str
    parents: tuple[str, ...]
    author: Stamp
    committer: Stamp
    message: str = ""
    carried: str = ""
    oddities: tuple[Oddity, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def place(self) -> str:
        """A path that stands for it in findings: the first of what it touches."""
        return min(self.paths, default="content")

    @cached_property
    def paths(self) -> frozenset[str]:
        """Everything that it touches."""
        return frozenset(change.path for change in self.changes)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can bring changes, known by what no text in a commit can claim.

    Attributes:
        holder: staff, student, or intake, which brings in the work of students.
        login_keys: OpenSSH public keys, one line each.
    """

    id: str
    holder: str
    identities: frozenset[str]
    address: str
    login_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """Everything that the rules of the gate are asked about.

    Attributes:
        actor: who brings it; None where no account has that identity today.
        actor_text: the identity as given.
        pushed_by: who pushed last, where the forge says so and it is another; None otherwise.
        changes: in the order of their paths.
        commits: newest first.
        descends: head's first-parent history reaches base.
        before: the school at base, which decides who may do what.
        after: the school at head.
        main: the school at base itself, where `before` is an older one because base is broken.
        students_before: by id, of the students whom the change touches; only those that exist at base.
        students_after: likewise at head.
        received: by an item's folder or a record's path, when the server first saw just this content there, UTC.
        now: UTC.
        clocks: moments by any of which a commit's time may be right, UTC: now, and when the forge received it; in a
            demo school, whose clock stands still, the machine's as well.
        objects_missing: paths of Git LFS pointers whose object is not in the store.
        override: a coordinator's word that lets a mass change pass.
        overrides: what others than the actor signed for just this change, and is told to give.
        glass: why somebody asks to break the glass; empty normally.
        accepted: digests of everything signed that base holds.
        errors_before: of the whole school at base, where the change is of control.
        errors_after: likewise at head.
        digests: SHA-256 in hex of what the commits beside statements of changes hold and replace, by git object id.
        held: what base holds of the students whom the change seals, by the path of the seal.
        unread: `bytes` or `seconds`, of which its attachments take more to inspect than one change may.
    """

    base: str
    head: str
    actor: Account | None
    actor_text: str
    changes: tuple[Change, ...]
    commits: tuple[Commit, ...]
    descends: bool
    before: School
    after: School
    now: datetime
    clocks: tuple[datetime, ...] = ()
    pushed_by: str | None = None
    students_before: Mapping[str, Student] = field(default_factory=dict)
    students_after: Mapping[str, Student] = field(default_factory=dict)
    received: Mapping[str, datetime] = field(default_factory=dict)
    objects_missing: frozenset[str] = frozenset()
    override: Override | None = None
    main: School | None = None
    overrides: tuple[Override, ...] = ()
    glass: str = ""
    accepted: frozenset[str] = frozenset()
    errors_before: int = 0
    errors_after: int = 0
    digests: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, HeldFiles] = field(default_factory=dict)
    unread: str = ""

    @cached_property
    def paths(self) -> frozenset[str]:
        """Everything that is touched."""
        return frozenset(change.path for change in self.changes)

    @cached_property
    def commits_of(self) -> Mapping[str, tuple[Commit, ...]]:
        """By path, the commits that touch it."""
        by_path: dict[str, list[Commit]] = {}
        for commit in self.commits:
            for path in commit.paths:
                by_path.setdefault(path, []).append(commit)
        return {path: tuple(commits) for path, commits in by_path.items()}
