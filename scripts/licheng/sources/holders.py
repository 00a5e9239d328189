"""Which students hold a file or share a commitment, found without a walk over everything that the school holds.

A cache and nothing else, like the verdicts on attachments: it lies in the repository's own git folder and may be
deleted at any time. It is keyed by a student's folder and its git tree id, which names its content, so it never goes
stale: a folder that changed has another id and is read again. It may name a student who holds the file no longer;
whoever asks looks at that student and sees.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, suppress

from licheng.core.errors import LichengError
from licheng.core.layout import STUDENTS, student_folder
from licheng.sources.git import open_git, run
from licheng.sources.tree import CommitTree

RECORDS = (".md", ".yaml")
_TABLES = """
create table if not exists read (tree text, folder text, primary key (tree, folder)) without rowid;
create table if not exists holder (blob text, folder text, primary key (blob, folder)) without rowid;
"""
# More than any school has students: beyond it the cache holds mostly what is gone, and is begun anew.
_MOST_READ = 50_000
_AT_ONCE = 200
_CHECKS = f":(glob){STUDENTS}/*/*/verifications/*/*.yaml"
_VALUE = re.compile(r"[0-9a-f]{64}")
_PATIENCE = 2.0  # seconds, while another push writes


def holders(tree: CommitTree, blobs: frozenset[str]) -> set[str]:
    """Folders of the students who hold one of these files in a commit, and perhaps of some who once did.

    Args:
        tree: the commit; where its cache cannot be written to, every student is read.
        blobs: git object ids of files that are no records.
    """
    if not blobs:
        return set()
    cohorts = [f"{STUDENTS}/{cohort}" for cohort in tree.folders(STUDENTS)]
    entries = ((node.id, f"{cohort}/{node.name}") for cohort in cohorts for node in tree.listing(cohort))
    students = frozenset((folder_id, path) for folder_id, path in entries if student_folder(f"{path}/") == path)
    with suppress(sqlite3.Error, OSError):  # read only, locked, or no database: a cache never decides what is judged
        if tree.cache is not None:
            tree.cache.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(tree.cache / "holders-1.sqlite", timeout=_PATIENCE)) as known:
                return _known(tree, students, blobs, known)
    return {folder for blob, folder in _held(tree, students) if blob in blobs}


def committing(tree: CommitTree, commitments: frozenset[str]) -> set[str]:
    """Folders of the students one of whose checks commits to one of these values in a commit.

    One search over all checks, which are small: three thousand values take no longer than one.

    Raises:
        LichengError: APP003, the search failed.
    """
    if not commitments:
        return set()
    process = open_git(tree.root, "grep", "--text", "-z", "-E", "-e", "^[\"' ]*commitment", tree.commit, "--", _CHECKS)
    out, _ = process.communicate()
    if process.returncode > 1:  # 1 is nothing found
        raise LichengError("APP003", command="git grep")
    lines = (line.decode("utf-8", "surrogateescape").partition("\0") for line in out.splitlines())
    matches = ((path.partition(":")[2], _VALUE.search(text)) for path, _, text in lines)
    folders = (student_folder(path) for path, value in matches if value is not None and value[0] in commitments)
    return {folder for folder in folders if folder is not None}


def _known(
    tree: CommitTree, students: frozenset[tuple[str, str]], blobs: frozenset[str], known: sqlite3.Connection
) -> set[str]:
    known.executescript(_TABLES)
    with known:
        read = set(known.execute("select tree, folder from read"))
        if len(read) > _MOST_READ:
            known.execute("delete from read")
            known.execute("delete from holder")
            read.clear()
        if new := students - read:
            known.executemany("insert or ignore into holder values (?, ?)", _held(tree, new))
            known.executemany("insert into read values (?, ?)", new)
    answers = (known.execute("select folder from holder where blob = ?", (blob,)) for blob in blobs)
    return {folder for rows in answers for (folder,) in rows}


def _held(tree: CommitTree, students: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Blob and folder of every file of these students that is no record."""
    waiting = sorted(folder for _, folder in students)
    for start in range(0, len(waiting), _AT_ONCE):
        folders = waiting[start : start + _AT_ONCE]
        listed = run(tree.root, "ls-tree", "-z", "--full-tree", "-r", tree.commit, "--", *folders).split(b"\0")
        for line in filter(None, listed):
            path = line.partition(b"\t")[2].decode("utf-8", "surrogateescape")
            folder = student_folder(path)
            if folder is not None and not path.endswith(RECORDS):
                yield line[12:52].decode(), folder
