"""The two schools as they are on a day: what was there by then, with the agency's rules, which hold for all schools.

They are modelled on facts of two schools' public regulations (nine categories, nineteen seats, basic data entered by
students; an upload quota of nine, days counted from 開學 and 休業式, notices, signed sheets); everything else, their
names and the one student in each are invented. `since.txt` says from which day on a file is there.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from tests.trees import ROOT, MemoryTree, load

SCHOOLS = Path(__file__).parent
DONGSHAN, YONGPING = "dongshan", "yongping"
LAST = date(2027, 8, 2)


@cache
def tree_on(school: str, day: date) -> MemoryTree:
    """A school's files on a day."""
    lines = (SCHOOLS / school / "since.txt").read_text(encoding="utf-8").splitlines()
    since = {path: date.fromisoformat(begins) for begins, path in (line.split(" ", 1) for line in lines)}
    files = load(ROOT, "content/rulebook/agency") | load(SCHOOLS / school)
    return MemoryTree({path: data for path, data in files.items() if since.get(path, date.min) <= day})
