"""Thousands of findings alike are told as the first of them and a count."""

from __future__ import annotations

import json

from licheng.core.finding import Severity
from licheng.core.location import Location
from licheng.core.report import LocatedFinding, Report
from licheng.outputs import github, text
from licheng.outputs import json as report_json
from licheng.outputs.capped import MOST_SHOWN
from licheng.outputs.catalog import catalog


def test_two_thousand_findings_alike_are_shown_up_to_a_limit_with_a_count() -> None:
    many = [LocatedFinding(Location(f"content/{n:05}"), "FIL001", Severity.ERROR, {}) for n in range(2000)]
    report = Report.of(many, (), {}, checked=2000, records=0)
    words = catalog("zh-TW")
    more = f"…另有 {2000 - MOST_SHOWN} 項 FIL001 的發現。"
    for shown in (text.render(report, words), github.render(report, words)):
        assert shown.count("content/0") == MOST_SHOWN
        assert more in shown
    document = json.loads(report_json.render(report, words))
    assert (len(document["findings"]), document["truncated"]) == (MOST_SHOWN, 2000 - MOST_SHOWN)
    assert document["summary"]["error"] == 2000
