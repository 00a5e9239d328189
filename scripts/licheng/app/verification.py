"""What a check (檢核) says of itself: its files and the digest over them; and a check made again (伍.五)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licheng.core.layout import BY_NAME, STUDENTS
from licheng.policy.commitments import SUBJECT
from licheng.policy.verification import covered, digest_of
from licheng.sources.reading import read_student
from licheng.sources.tree import Tree


def computed(tree: Tree, identity: Mapping[str, str]) -> dict[str, Any]:
    """The fields that nobody has to compute, of the files as they are; the list is empty where nothing is there."""
    folder = f"{STUDENTS}/{identity['cohort']}/{identity['student']}"
    student, _ = read_student(tree, folder, tree.entries(folder))
    files = covered(identity["subject"], identity["term"], student)
    fields: dict[str, Any] = {
        "files": [{"name": name, "sha256": digest} for name, digest in files.items()],
        "digest": digest_of(files),
    }
    earlier = student.record_at(BY_NAME["verification"].path(**identity))
    return fields if earlier is None else {"first_on": earlier.data.get("first_on", earlier.data["on"]), **fields}


def replaced(tree: Tree, path: str, fields: Mapping[str, Any]) -> dict[str, bytes]:
    """The check that a new one takes the place of, by its path: one of other files than those of now."""
    digest = f"digest: {fields['digest']}\n".encode()
    texts = {entry.path: tree.read(entry) for entry in tree.entries(path) if entry.path == path}
    return {path: text for path, text in texts.items() if digest not in text}
