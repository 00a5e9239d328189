"""Days of the agency that cannot both be kept, settled by a resolution or not, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.clashes import Clash, clashes


def clashing(this: Rule, school: School, *, settled: bool) -> Iterator[Finding]:
    """A finding for each of the agency's windows that clashes, where it stands; year levels together."""
    for calendar in school.calendars.values():
        by_place: dict[Place, list[Clash]] = {}
        for clash in clashes(calendar, school):
            if clash.settled is settled:
                by_place.setdefault(clash.agency.place, []).append(clash)
        book = school.rulebooks.for_term(calendar.term)
        for place, together in by_place.items():
            latest = max(together, key=lambda clash: clash.floor.closes)
            yield this.finding(
                place,
                category=book.name("categories", latest.window.category) if book is not None else "",
                levels=tuple(str(clash.level) for clash in together),
                notice=latest.agency.notice,
                agency=latest.agency.closes.isoformat(),
                deadline=latest.deadline.isoformat(),
                floor=latest.floor.closes.isoformat(),
                resolution="#".join(map(str, latest.agency.floor_resolution or ())),
                related=tuple(dict.fromkeys(clash.window.closing_place for clash in together)),
            )
