"""The agency closes early: no calendar is left without a set of days that passes (肆.一, 伍.末)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from licheng.app.check import check
from licheng.core.finding import Severity
from tests.trees import FIXTURES, case

pytestmark = pytest.mark.usefixtures("schools_judged_once")
PATH = "content/calendar/115-1.yaml"
FLOOR = date(2027, 2, 3)
SETTLED = ', floor_resolution: {meeting: "115-1/2026-09-04", number: 1}'


def codes(agency: date, closes: date, *, settled: bool) -> list[str]:
    """The errors of windows where the agency closes on a day and all of the school's windows on another."""
    tree = case(FIXTURES / "WIN011" / "bad" / "a-week-after-the-floor")
    text = tree.files[PATH].decode().replace("closes: 2027-02-10, resolution", "closes: 2027-02-03, resolution")
    text = text.replace("closes: 2027-02-03", f"closes: {closes}")
    text = text.replace("opens: 2027-02-01, closes: 2027-02-10", f"opens: 2027-01-01, closes: {agency}")
    text = text.replace("測試用文號", f"測試用文號{SETTLED if settled else ''}")
    found = check(tree.over({PATH: text.encode()}), date(2026, 11, 23)).findings
    return sorted(finding.code for finding in found if finding.severity is Severity.ERROR)


@pytest.mark.parametrize("days", range(-12, 17))
def test_some_set_of_days_passes_however_early_the_agency_closes(days: int) -> None:
    agency = FLOOR + timedelta(days=days)
    assert codes(agency, FLOOR, settled=True) == []
    # Without a resolution it is one finding, whatever day the windows close on, and none once two weeks are left.
    for closes in (FLOOR - timedelta(days=1), FLOOR, FLOOR + timedelta(days=1)):
        assert ("WIN011" in codes(agency, closes, settled=False)) is (days < 14)
    assert codes(agency, FLOOR, settled=False) == (["WIN011"] if days < 14 else [])


def test_the_floor_that_won_is_kept() -> None:
    assert codes(FLOOR + timedelta(days=7), FLOOR - timedelta(days=1), settled=True) == ["WIN001"]


def test_what_the_agency_no_longer_takes_is_too_late_even_where_the_floor_won() -> None:
    agency = FLOOR + timedelta(days=7)
    assert codes(agency, agency, settled=True) == []
    assert codes(agency, agency + timedelta(days=1), settled=True) == ["WIN003", "WIN003"]
    assert codes(FLOOR - timedelta(days=5), FLOOR + timedelta(days=1), settled=True) == ["WIN003", "WIN003"]
