"""A student: the shard. Every rule about a portfolio needs this and the school, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from licheng.core.certification import Event
from licheng.core.inspection import Flaw
from licheng.core.layout import WITH_FILES
from licheng.core.record import Record, Text
from licheng.core.trust import Claim, Key, StatedChange, Waiver, people_of


class FileFact(NamedTuple):
    """What is known of an attachment without keeping its bytes.

    Attributes:
        path: from the repository's root.
        size: bytes of the real file, also where a Git LFS pointer stands for it.
        sha256: hex digest of the real file; None where it is too large to read.
        head: its first bytes; None where it is too large to read, or only the pointer is here.
        pointer: the tree holds a Git LFS pointer.
        flaws: what the inspection of the bytes found; None where they were not inspected.
        program: an id of the program that wrote it (labels `program`), where it has flaws and is by a known one.
    """

    path: str
    size: int
    sha256: str | None
    head: bytes | None
    pointer: bool = False
    flaws: tuple[Flaw, ...] | None = None
    program: str = ""

    @property
    def folder(self) -> str:
        """The item's folder."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The file name."""
        return self.path.rpartition("/")[2]


class FileUse(NamedTuple):
    """One attachment of one submitted item: all that is kept of a student for the comparison across students.

    Attributes:
        digest: the file's SHA-256, 32 bytes.
        path: the item's record.
        attachment: its number in the record, from 0.
        student: the student's id.
        group_work: what the item declares, if anything.
    """

    digest: bytes
    path: str
    attachment: int
    student: str
    group_work: str | None


class Commitment(NamedTuple):
    """What a check of basic data commits to, for the comparison across students: no two are the same.

    Attributes:
        value: 32 bytes.
        path: the check's.
    """

    value: bytes
    path: str


Compared = FileUse | Commitment


@dataclass(frozen=True, eq=False)
class Student:
    """One student's records.

    Attributes:
        folder: `content/students/113/s1139907`.
        records: by kind, each in the order of paths.
        files: attachments by path.
        broken: paths of records that could not be read or are not of their schema, by kind.
        texts: all that can be read as text, broken records too.
        events: the signed decisions on the student's items.
        waivers: what the executive secretary allows after its window.
        claims: what another platform certified before the school began here, by the registrar's word.
        keys: the student's own, which sign hand-ins and consent and nothing else.
        stated: what the student signed of own hand-ins.
    """

    folder: str
    records: Mapping[str, tuple[Record, ...]]
    files: Mapping[str, FileFact] = field(default_factory=dict)
    broken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: tuple[Text, ...] = ()
    events: tuple[Event, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    claims: tuple[Claim, ...] = ()
    keys: tuple[Key, ...] = ()
    stated: tuple[StatedChange, ...] = ()

    @property
    def id(self) -> str:
        """`s1139907`."""
        return self.folder.rpartition("/")[2]

    @cached_property
    def cohort(self) -> int:
        """The school year of entry, by the path."""
        return int(self.folder.split("/")[2])

    def of(self, *kinds: str) -> Iterator[Record]:
        """All records of these kinds, kind by kind."""
        for kind in kinds:
            yield from self.records.get(kind, ())

    @cached_property
    def by_path(self) -> Mapping[str, Record]:
        """Every record by its path."""
        return {record.path: record for records in self.records.values() for record in records}

    def record_at(self, path: str) -> Record | None:
        """The record at a path, if one that can be read lies there."""
        return self.by_path.get(path)

    def one(self, kind: str) -> Record | None:
        """The record of a kind that a student has once."""
        return next(self.of(kind), None)

    @cached_property
    def signers(self) -> Mapping[str, frozenset[str]]:
        """Who signed the decision, the waiver or the claim at a path."""
        decided = [(event.path, event.payload.certifier) for event in self.events if event.payload]
        waived = [(waiver.path, waiver.by.staff) for waiver in self.waivers]
        claimed = [(claim.path, claim.by.staff) for claim in self.claims]
        return people_of((*decided, *waived, *claimed))

    @cached_property
    def outputs(self) -> Mapping[str, Record]:
        """Course outputs by their folders."""
        return {item.folder: item for item in self.of("course-output")}

    @cached_property
    def _files(self) -> Mapping[str, tuple[FileFact, ...]]:
        by_folder: dict[str, list[FileFact]] = {}
        for file in self.files.values():
            by_folder.setdefault(file.folder, []).append(file)
        return {folder: tuple(files) for folder, files in by_folder.items()}

    def files_in(self, folder: str) -> tuple[FileFact, ...]:
        """Attachments in an item's folder."""
        return self._files.get(folder, ())

    @property
    def items(self) -> Iterator[Record]:
        """All records that may have attachments."""
        return self.of(*WITH_FILES)
