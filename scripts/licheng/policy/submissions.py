"""Submissions to the agency: which of them count, and whether their day was witnessed (肆.三, 伍.末).

A wrong one is corrected by a later record, never edited: a correction names the one before it, so that records of one
submission make a chain, of which only the last link counts. The day is the registrar's own word; the server bears
witness of it by when it received the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from licheng.core.calendar import AgencyWindow
from licheng.core.dates import day
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.school import School
from licheng.policy.batches import REGULAR
from licheng.policy.deadlines import windows_of_submission

# A weekend and the day after: a record is written where the registrar sits, and sent when she is back.
PROMPT = timedelta(days=3)


def in_force(school: School) -> Iterator[Record]:
    """The submissions that count by the school's day: those that no correction made by then replaces."""
    recorded = [record for record in school.of("agency-submission") if day(record.data["submitted_on"]) <= school.today]
    corrected = {(record.year, record.data["corrects"]) for record in recorded if "corrects" in record.data}
    yield from (record for record in recorded if (record.year, record.slug) not in corrected)


def last_submissions(school: School) -> dict[Place, Record]:
    """By the place of an agency's last day, the latest submission that counts and fits that window."""
    latest: dict[Place, Record] = {}
    for record in sorted(in_force(school), key=lambda record: (record.data["submitted_on"], record.path)):
        latest |= {window.closing_place: record for window in windows_of_submission(record, school)}
    return latest


def last_exports(school: School) -> dict[Place, date]:
    """By the place of an agency's last day, the latest day on which its roster was made."""
    latest: dict[Place, date] = {}
    for record in school.of("roster-export"):
        on = day(record.data["exported_on"])
        for batch in (record.data["batch"],) if "batch" in record.data else (None, REGULAR):
            in_batch = record._replace(data={**record.data, "batch": batch})
            for window in windows_of_submission(in_batch, school):
                latest[window.closing_place] = max(on, latest.get(window.closing_place, on))
    return latest


def is_of_same(record: Record, other: Record) -> bool:
    """Whether two records are about one submission: of the same roster, batch and term."""
    return all(record.data.get(name) == other.data.get(name) for name in ("roster", "batch", "term"))


def corrected_by(record: Record, school: School) -> list[Record]:
    """The earlier records that a record corrects, the nearest first; in a circle, up to where it closes."""
    known = {(other.year, other.slug): other for other in school.of("agency-submission")}
    chain: list[Record] = []
    earlier = known.get((record.year, record.data.get("corrects", "")))
    while earlier is not None and earlier not in chain:
        chain.append(earlier)
        earlier = known.get((earlier.year, earlier.data.get("corrects", "")))
    return chain


def is_claimed(record: Record) -> bool:
    """Whether the day is the registry's own word: received too late, and no acknowledgement of the agency is named."""
    return "claimed" in record.data and "acknowledgement" not in record.data


def last_window(record: Record, school: School) -> AgencyWindow | None:
    """The agency's window, of those that a submission fits, that closes last."""
    return max(windows_of_submission(record, school), key=lambda window: window.closes, default=None)


def is_witnessed(record: Record, received: date, before: School, after: School) -> bool:
    """Whether the time of receipt bears witness of a submission's day, or a record that it corrects has its witness.

    Args:
        record: the submission.
        received: when the server first received it, Asia/Taipei.
        before: the school at base, whose calendar says until when the agency takes it: no change extends it for itself.
        after: the school with the record, and the earlier ones.
    """
    on, window = day(record.data["submitted_on"]), last_window(record, before)
    crosses = window is not None and on <= window.closes < received
    same = (earlier for earlier in corrected_by(record, after) if earlier.data["submitted_on"] == str(on))
    return (received - on <= PROMPT and not crosses) or any(not is_claimed(earlier) for earlier in same)
