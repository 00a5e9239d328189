"""Pages of the handbook in which nothing was found, kept from one check to the next: rendering them takes a second."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from licheng.app.shards.kept import steady_program
from licheng.sources.handbook import CleanPages
from licheng.sources.kept import KeptRows, KnownResult
from licheng.sources.tree import Tree

_FILE, _PLACE = "handbook-1.sqlite", "clean"


@contextmanager
def clean_pages(tree: Tree) -> Iterator[CleanPages]:
    """Those of a repository, by this very program; what is found clean meanwhile is kept."""
    engine = steady_program()
    if tree.cache is None or engine is None:
        yield CleanPages()
        return
    rows = KeptRows(tree.cache / _FILE)
    row = rows.below(_PLACE).get(_PLACE)
    pages = CleanPages(frozenset(json.loads(row.value) if row is not None and row.key == engine else ()))
    yield pages
    if pages.now != pages.before:
        rows.keep({_PLACE: KnownResult(engine, "", json.dumps(sorted(pages.now)))}, ())
