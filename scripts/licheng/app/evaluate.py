"""`licheng evaluate`: the figures of a school year into the evaluation's draft, and a private list for the secretary.

The figures stand in one block of the front matter, which is written anew; every other byte is the secretary's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from licheng.app.loading.load import Progress, load
from licheng.app.shards.chunks import each
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, home
from licheng.core.record import TO_FILL
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.evaluation import Share, YearTally, held, of_uploads, percentile
from licheng.policy.going_out import GOING_OUT, of_school
from licheng.sources.emit import document, emit
from licheng.sources.reading import read_record
from licheng.sources.tree import Tree
from licheng.storage.plan import Plan

_FIGURES = re.compile(r"^figures:.*\n(?: .*\n)*", re.MULTILINE)
_BODY = f"\n# {{year}} 學年度成效評核\n\n{TO_FILL}\n"


@dataclass(frozen=True)
class Evaluated:
    """What would be written, and what only the secretary sees: shares on time by person and duty."""

    plan: Plan
    people: Mapping[str, Mapping[str, Share]]


def evaluate(
    tree: Tree, today: date, year: int, progress: Progress | None = None, jobs: int | None = None
) -> Evaluated:
    """The evaluation of a school year as of a day.

    Args:
        tree: the school's files.
        today: the school's day.
        year: which school year.
        progress: called with students done and their number.
        jobs: processes, as `licheng.app.shards.chunks.over`.

    Raises:
        UsageError: APP100, the term in which the regulation evaluates has not begun; APP101, the evaluation is
            released and is not written anew; APP013, the record is broken.
    """
    loaded = load(tree, today)
    school = loaded.school
    book = evaluated_by(school, year)
    tally = of_uploads(school, year)
    for part in each(partial(YearTally.of, year=year), tree, school, jobs=jobs, progress=progress):
        tally.add(part)
    block, kind = figures(tally, school, year), BY_NAME["evaluation"]
    path = kind.path(year=str(year))
    before = next((tree.read(entry) for entry in tree.entries(path)), None)
    if before is not None:
        return Evaluated(Plan(replaces={path: (before, renewed(path, before, block).encode())}), tally.people())
    by = book.record.data["evaluation"]["by"]
    data = {"kind": "evaluation/v1", "on": today.isoformat(), "by": by, "summary": TO_FILL, "figures": block}
    text = document(kind, path, data, _BODY.format(year=year))
    return Evaluated(Plan(creates={path: text.encode()}), tally.people())


def evaluated_by(school: School, year: int) -> Rulebook:
    """The rulebook by which a school year is evaluated, as of the school's day.

    Raises:
        UsageError: APP102, none is in force; APP100, the term in which it evaluates has not begun.
    """
    book = school.rulebooks.for_year(year)
    if book is None:
        raise UsageError("APP102", year=year)
    term = Term(year, book.record.data["evaluation"]["term"])
    calendar = school.calendars.get(term)
    first = calendar.starts if calendar is not None else term.first_day
    if school.today < first:
        raise UsageError("APP100", year=year, first=first.isoformat())
    return book


def figures(tally: YearTally, school: School, year: int) -> dict[str, Any]:
    """The block of the record: numbers only, nobody's name."""
    times = {"median_days": percentile(tally.waits, 50), "p90_days": percentile(tally.waits, 90)}
    duties, out = tally.duties().items(), tally.going_out + of_school(school, year)
    return {
        "as_of": school.today.isoformat(),
        "duties": [{"duty": duty, "due": share.due, "on_time": share.on_time} for duty, share in duties],
        "certification": {
            "decided": tally.decided,
            "returned": tally.returned,
            **{name: days for name, days in times.items() if days is not None},
        },
        **{name: {"wanted": wanted, "held": done} for name, (wanted, done) in held(school, year).items()},
        "going_out": {name: out[name] for name in GOING_OUT},
    }


def renewed(path: str, before: bytes, block: Mapping[str, Any]) -> str:
    """A record with other figures: every byte outside their block stays.

    Raises:
        UsageError: APP013, the record is broken; APP101, it is released.
    """
    where = home(path)
    record = read_record(path, where, before)[0] if where is not None else None
    if record is None:
        raise UsageError("APP013", path=path)
    if "released" in record.data:
        raise UsageError("APP101", path=path, released=record.data["released"])
    text = emit({"figures": dict(block)})
    front = record.text[: record.body_start]
    if _FIGURES.search(front):
        return _FIGURES.sub(lambda _: text, front, count=1) + record.body
    end = front.rstrip("\n").rindex("\n") + 1  # before the closing ---
    return front[:end] + text + front[end:] + record.body
