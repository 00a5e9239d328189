"""What the attachment rules share: an item's listed files that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.core.record import Record
from licheng.core.student import FileFact, Student


def present(record: Record, owner: Student) -> Iterator[tuple[int, Mapping[str, Any], FileFact]]:
    """Index and entry of each listed attachment that exists, with what is known of the file."""
    for index, entry in enumerate(record.data["attachments"]):
        file = owner.files.get(f"{record.folder}/{entry['name']}")
        if file is not None:
            yield index, entry, file
