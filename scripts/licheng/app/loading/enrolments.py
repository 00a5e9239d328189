"""The records of enrolment alone, of everybody whom the repository knows: for what asks who is here."""

from __future__ import annotations

from collections.abc import Mapping

from licheng.core.errors import UsageError
from licheng.core.layout import STUDENTS, home
from licheng.core.record import Record
from licheng.sources.reading import read_record
from licheng.sources.tree import Tree


def enrolments(tree: Tree) -> Mapping[str, Record]:
    """By student.

    Raises:
        UsageError: APP270, one of them cannot be read.
    """
    folders = (f"{STUDENTS}/{cohort}" for cohort in tree.folders(STUDENTS))
    paths = (f"{folder}/{student}/student.yaml" for folder in folders for student in tree.folders(folder))
    records: dict[str, Record] = {}
    for path in paths:
        where, entry = home(path), next(tree.entries(path), None)
        record, faults = (None, []) if where is None or entry is None else read_record(path, where, tree.read(entry))
        if record is None or faults:
            raise UsageError("APP270", path=path)
        records[path.split("/")[3]] = record
    return records
