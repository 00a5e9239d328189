"""Attachments: size, digest and first bytes of a file, or of the Git LFS object that its pointer names."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from licheng.core.student import FileFact
from licheng.sources.tree import Entry, Tree

HEAD_BYTES = 32
# Far above what the agency takes; nothing larger is read into memory.
MAX_BYTES = 64 << 20
_POINTER_MAX = 200
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n")


def fact(tree: Tree, entry: Entry) -> FileFact:
    """What is known of an attachment; a pointer whose object is not here has no head."""
    if entry.size > MAX_BYTES:
        return FileFact(entry.path, entry.size, None, None)
    data = tree.read(entry)
    pointer = _POINTER.fullmatch(data) if len(data) <= _POINTER_MAX else None
    if pointer is None:
        return FileFact(entry.path, len(data), hashlib.sha256(data).hexdigest(), data[:HEAD_BYTES])
    oid, size = pointer[1].decode(), int(pointer[2])
    return FileFact(entry.path, size, oid, _object_head(tree.lfs_store, oid), pointer=True)


def _object_head(store: Path | None, oid: str) -> bytes | None:
    if store is None:
        return None
    path = store / oid[:2] / oid[2:4] / oid
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)
