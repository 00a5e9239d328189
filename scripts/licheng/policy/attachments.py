"""Attachments: what the agency allows for a record's term, and what a file's first bytes say that it is."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from licheng.core.rulebook import AgencyRules
from licheng.core.term import Term


class FileType(NamedTuple):
    """One allowed type of file: media type, extensions, the byte strings that it may begin with, the largest size."""

    media_type: str
    extensions: tuple[str, ...]
    signatures: tuple[tuple[int, bytes], ...]
    max_bytes: int

    def matches(self, head: bytes) -> bool:
        """Whether the first bytes of a file are those of this type."""
        return any(head[offset : offset + len(magic)] == magic for offset, magic in self.signatures)


@lru_cache(maxsize=1_000)
def allowed_types(agency: AgencyRules, term: Term, cohort: int) -> tuple[FileType, ...]:
    """What the agency takes for a term and cohort; empty where no layer says anything."""
    section = agency.section("files", term, cohort)
    groups = (section["document"], section["media"]) if section is not None else ()
    return tuple(
        FileType(
            entry["media_type"],
            tuple(entry["extensions"]),
            tuple((int(magic["offset"]), bytes.fromhex(magic["hex"])) for magic in entry["signatures"]),
            group["max_bytes"],
        )
        for group in groups
        for entry in group["types"]
    )


def largest(agency: AgencyRules) -> int:
    """Bytes of the largest file that the agency takes in any term; 0 where no layer says anything."""
    sections = [layer.record.data["files"] for layer in agency.layers if "files" in layer.record.data]
    return max((section[group]["max_bytes"] for section in sections for group in ("document", "media")), default=0)


def type_of_name(types: tuple[FileType, ...], name: str) -> FileType | None:
    """The allowed type that a file's extension names."""
    stem, _, extension = name.rpartition(".")
    return next((kind for kind in types if stem and extension.lower() in kind.extensions), None)


def recognised(types: tuple[FileType, ...], name: str, head: bytes | None) -> FileType | None:
    """The allowed type that a file is by its extension and by its first bytes as well; None where they are not here."""
    kind = type_of_name(types, name)
    return kind if kind is not None and head is not None and kind.matches(head) else None


def type_of_head(types: tuple[FileType, ...], head: bytes) -> FileType | None:
    """The allowed type that a file's first bytes show."""
    return next((kind for kind in types if kind.matches(head)), None)
