"""Attachments: size, digest and first bytes of a file, or of the Git LFS object that its pointer names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from licheng.core.student import FileFact
from licheng.sources.tree import Entry, Tree

HEAD_BYTES = 32
# Far above what the agency takes; nothing larger is read into memory.
MAX_BYTES = 64 << 20
_POINTER_MAX = 200
_TEMPLATE = "version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n")


class Pointer(NamedTuple):
    """What a Git LFS pointer says: the object's SHA-256 as hex, its size in bytes."""

    oid: str
    size: int


def pointer(data: bytes) -> Pointer | None:
    """The pointer that a file is, exactly as git-lfs writes it; None where it is an ordinary file."""
    match = _POINTER.fullmatch(data) if len(data) <= _POINTER_MAX else None
    return Pointer(match[1].decode(), int(match[2])) if match is not None else None


def pointer_to(oid: str, size: int) -> bytes:
    """The pointer to an object, as git-lfs writes it."""
    return _TEMPLATE.format(oid=oid, size=size).encode()


def forms(tree: Tree, fact: FileFact, most: int) -> Iterator[str]:
    """Git object ids of the other form in which the same file can lie in a tree: pointer or plain.

    Args:
        tree: has the store.
        fact: the file.
        most: bytes that a plain file may have at most.
    """
    if fact.sha256 is not None and not fact.pointer:
        yield object_id(pointer_to(fact.sha256, fact.size))
    elif fact.sha256 is not None and fact.head is not None and fact.size <= most and tree.lfs_store is not None:
        yield object_id(tree.lfs_store.path(fact.sha256).read_bytes())


def object_id(data: bytes) -> str:
    """As git names a blob."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def fact(tree: Tree, entry: Entry) -> FileFact:
    """What is known of an attachment; a pointer whose object is not here has no head."""
    if entry.size > MAX_BYTES:
        return FileFact(entry.path, entry.size, None, None)
    data = tree.read(entry)
    named = pointer(data)
    if named is None:
        return FileFact(entry.path, len(data), hashlib.sha256(data).hexdigest(), data[:HEAD_BYTES])
    head = tree.lfs_store.head(named.oid, HEAD_BYTES) if tree.lfs_store is not None else None
    return FileFact(entry.path, named.size, named.oid, head, pointer=True)


def content(tree: Tree, entry: Entry) -> bytes | None:
    """A file's bytes, or those of the Git LFS object that its pointer names; None where that is not here."""
    data = tree.read(entry)
    named = pointer(data)
    if named is None:
        return data
    return tree.lfs_store.head(named.oid, named.size + 1) if tree.lfs_store is not None else None


class Sum(NamedTuple):
    """A file by its content: of a Git LFS pointer, of the object that it names; size in bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str
    is_pointer: bool


def sums(tree: Tree, *below: str) -> Iterator[Sum]:
    """Every file below some folders; no object has to be here for it."""
    for folder in below:
        for entry in tree.entries(folder):
            data = tree.read(entry)
            named = pointer(data)
            if named is None:
                yield Sum(entry.path, len(data), hashlib.sha256(data).hexdigest(), False)
            else:
                yield Sum(entry.path, named.size, named.oid, True)
