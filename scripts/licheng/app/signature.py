"""What a signed sheet says of itself: the digest of the selection that was printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licheng.core.layout import BY_NAME, STUDENTS
from licheng.policy.signatures import digest
from licheng.sources.reading import read_student
from licheng.sources.tree import Tree


def printed(tree: Tree, identity: Mapping[str, str]) -> dict[str, Any]:
    """The digest of the selection as it is now; nothing where there is no selection to sign for."""
    folder = f"{STUDENTS}/{identity['cohort']}/{identity['student']}"
    student, _ = read_student(tree, folder, tree.entries(folder))
    selection = student.record_at(BY_NAME["selection"].path(**identity))
    return {"digest": digest(selection)} if selection is not None else {}
