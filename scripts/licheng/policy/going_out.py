"""What went out in a school year, counted for its evaluation: receipts, consents, releases, seals (肆.二, 肆.四, 伍).

Receipts are of the school year of their roster; what has a day only, of the school year in which the day lies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_last_day, year_on
from licheng.policy.disclosure import in_steps, rounded
from licheng.policy.receiving.confirming import ReceiptAnswer
from licheng.policy.receiving.progress import of_student
from licheng.policy.receiving.versions import named, receipts
from licheng.policy.sealing import SEAL, Retention, retention

# In the order of the record.
GOING_OUT = (
    "receipts",  # versions that came
    "notices",
    "asked",  # students, once for each receipt
    "confirmed",
    "deemed",
    "consents",
    "revoked",
    "releases",
    "seals_due",  # students whose day had come, sealed or not
    "sealed",
)


def of_one(student: Student, school: School, year: int) -> Counter[str]:
    """What a student adds to the counts of a school year by today."""
    counts, consents, own = Counter[str](), [*student.of("release-consent")], student.one("student")
    for member in of_student(student, school).asked:
        if member.receipt.year == year:
            counts["asked"] += 1
            counts["confirmed"] += member.state is ReceiptAnswer.CONFIRMED
            counts["deemed"] += member.state is ReceiptAnswer.DEEMED
    counts["consents"] += _number("on", consents, school, year)
    counts["revoked"] += _number("revoked_on", consents, school, year)
    counts["releases"] += _number("on", student.of("release"), school, year)
    kept = retention(own, school) if own is not None else None
    if kept is not None and kept.due is not None:
        counts["seals_due"] += kept.state is Retention.DUE and kept.due <= year_last_day(year)
    return counts


def of_school(school: School, year: int) -> Counter[str]:
    """What the school's own records add; whoever was sealed has no other record any more."""
    sealed = _number("on", school.of(SEAL), school, year)
    notices = (notice for notice in school.of("receipt-notice") if named(notice).year == year)
    return Counter(
        receipts=sum(which.year == year for which in receipts(school)),
        notices=sum(day(notice.data["on"]) <= school.today for notice in notices),
        seals_due=sealed,
        sealed=sealed,
    )


def publishable(counts: Mapping[str, int], cell: int) -> dict[str, int | None]:
    """What of the counts may be public: of what the school itself did exact, of students rounded.

    How many confirmed is a share: the number the site says in its status, as of another day.
    """
    settled, asked = counts["confirmed"] + counts["deemed"], counts["asked"]
    return {
        "receipts": counts["receipts"],
        "notices": counts["notices"],
        "confirmed_percent": in_steps(settled, asked) if asked >= cell else None,
        **{name: rounded(counts[name], cell) for name in GOING_OUT[GOING_OUT.index("consents") :]},
    }


def _number(field: str, records: Iterable[Record], school: School, year: int) -> int:
    """Of how many records a day lies in the school year, and not after today."""
    days = (day(record.data[field]) for record in records if field in record.data)
    return sum(year_on(on) == year and on <= school.today for on in days)
