"""Small conditions that no other test would miss: each of these stands for a change of one line that once survived."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from licheng.app.check import check
from licheng.app.shards.scope import PathScope
from licheng.core.calendar import TermCalendar
from licheng.core.record import Record
from licheng.core.rulebook import AgencyRules
from licheng.core.term import Term
from licheng.policy.calendar import agency_windows_after
from licheng.policy.periods import judged_term
from tests.trees import FIXTURES, MemoryTree, base, case

TODAY = date(2026, 11, 23)
TERM = Term.parse("115-1")
NEWER = "content/rulebook/agency/2026-08-15.yaml"
ITEM = "content/students/113/s1139901/terms/115-1/outputs/pendulum/item.md"


def judged(tree: MemoryTree) -> list[tuple[str, str]]:
    return [(finding.code, finding.location.path) for finding in check(tree, TODAY).findings]


def layer(announced: str, applies: dict[str, object], limit: int) -> Record:
    data = {"applies": applies, "summary": {"max_characters": limit}}
    return Record(f"content/rulebook/agency/{announced}.yaml", "agency-rules", {"date": announced}, data, "", 0)


# The agency's layers, by term or by entry cohort


@pytest.mark.parametrize(("cohort", "limit"), [(111, 100), (112, 100), (113, 50), (114, 50)])
def test_a_layer_by_entry_cohort(cohort: int, limit: int) -> None:
    """It holds for those who entered from then on, whatever the term; for all others the layer before it."""
    of_all = layer("2018-08-01", {"by": "term", "from": "107-1"}, 100)
    of_cohort = layer("2024-08-01", {"by": "cohort", "from": 113}, 50)
    rules = AgencyRules.of([of_cohort, of_all])
    for term in ("114-1", "115-1", "115-2"):
        assert rules.section("summary", Term.parse(term), cohort) == {"max_characters": limit}


@pytest.mark.parametrize(("term", "limit"), [("114-1", 100), ("114-2", 100), ("115-1", 50), ("115-2", 50)])
def test_a_layer_by_term(term: str, limit: int) -> None:
    of_all = layer("2018-08-01", {"by": "term", "from": "107-1"}, 100)
    of_term = layer("2024-08-01", {"by": "term", "from": "115-1"}, 50)
    rules = AgencyRules.of([of_term, of_all])
    for cohort in (112, 113, 115):
        assert rules.section("summary", Term.parse(term), cohort) == {"max_characters": limit}


def test_no_layer_for_an_earlier_cohort() -> None:
    rules = AgencyRules.of([layer("2024-08-01", {"by": "cohort", "from": 113}, 50)])
    assert rules.section("summary", TERM, 112) is None
    assert rules.section("codes", TERM, 113) is None


@pytest.mark.parametrize(("cohort", "codes"), [(112, ["TXT001"]), (113, ["TXT001"]), (114, [])])
def test_a_record_is_judged_by_the_layer_of_its_cohort(cohort: int, codes: list[str]) -> None:
    """The student of the test school entered in 113."""
    stricter = f"""kind: agency-rules/v1
announced: 2026-08-15
notice: 測試用文號
applies: {{by: cohort, from: {cohort}}}
summary: {{max_characters: 50, source: 測試資料}}
"""
    item = (
        f"---\nkind: course-output/v1\ncourse: physics\nsummary: {'學' * 51}\nsubmitted: false\nattachments: []\n---\n"
    )
    tree = base().over({NEWER: stricter.encode(), ITEM: item.encode()})
    assert judged(tree) == [(code, ITEM) for code in codes]


# Batches of year level 12


def calendar(window_batch: str | None, agency_batch: str | None) -> TermCalendar:
    common = {"levels": [12], "opens": "2027-03-01", "closes": "2027-05-01"}
    window = {"id": "x", "category": "course-output", "stage": "submission", **common}
    agency = {"roster": "course-outputs", **common}
    data = {
        "starts": "2027-02-01",
        "ends": "2027-07-31",
        "opening": "2027-02-20",
        "closing": "2027-06-30",
        "windows": [window | ({"batch": window_batch} if window_batch else {})],
        "agency": [agency | ({"batch": agency_batch} if agency_batch else {})],
    }
    return TermCalendar.of(Record("content/calendar/115-2.yaml", "term-calendar", {"term": "115-2"}, data, "", 0), None)


@pytest.mark.parametrize(
    ("window", "agency", "concerned"),
    [
        ("first", "first", True),
        ("first", "second", False),
        ("second", "first", False),
        ("first", None, True),
        (None, "first", True),
        (None, None, True),
    ],
)
def test_a_batch_goes_into_the_agencys_window_of_that_batch(
    window: str | None, agency: str | None, concerned: bool
) -> None:
    found = calendar(window, agency)
    assert bool(list(agency_windows_after(found.windows[0], found))) is concerned


def test_the_second_batch_has_the_second_batchs_deadline() -> None:
    """The agency's first batch closes long before the school's second; it is no deadline of the second."""
    tree = case(FIXTURES / "WIN003/good/another-batch")
    path = "content/calendar/114-2.yaml"
    entry = (
        "  - {{roster: course-outputs, levels: [12], batch: {}, opens: 2026-03-01, closes: 2026-03-20, notice: 測試}}\n"
    )
    for batch, codes in (("first", set()), ("second", {"WIN003"})):
        text = tree.files[path].decode() + entry.format(batch)
        assert {code for code, _ in judged(tree.over({path: text.encode()}))} == codes


# What a check of some paths covers


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        ("content/rulebook", True),
        ("content/rulebook/2018-05-30.yaml", True),
        ("content/rulebook-old/x.yaml", False),
        ("content/rulebook.yaml", False),
        ("content/rule", False),
        ("content", False),
    ],
)
def test_a_path_covers_itself_and_what_is_below(path: str, covered: bool) -> None:
    assert PathScope.of(["content/rulebook/"]).covers(path) is covered
    assert PathScope.of([]).covers(path)
    assert PathScope.of(["content/rulebook", "content"]).covers(path)


def test_of_two_students_whose_numbers_begin_alike_one_is_asked_for() -> None:
    scope = PathScope.of(["content/students/113/s113990/x", "content/students/113/s1139901/terms/115-1"])
    assert scope.covers("content/students/113/s1139901/terms/115-1/courses.yaml")
    assert not scope.covers("content/students/113/s1139901/terms/115-10")
    assert not scope.covers("content/students/113/s1139901/terms/115-2/courses.yaml")


def test_students_below_a_cohort_are_not_read_twice() -> None:
    assert PathScope.of(["content/students/11", "content/students/113"]).students() == ("11", "113")
    assert PathScope.of(["content/students/113", "content/students/113/s1139901/terms"]).students() == ("113",)


# Which term judges a record

OWN_DAY = {
    "consultation": {"on": "2026-03-02"},
    "other": {"recorded_on": "2026-03-02"},
    "position": {"starts": "2026-03-02", "ends": "2026-11-01"},
    "release-consent": {"on": "2026-03-02", "revoked_on": "2026-11-01"},
}


@pytest.mark.parametrize("kind", OWN_DAY)
def test_an_undated_path_goes_by_the_records_own_day(kind: str) -> None:
    record = Record("content/students/113/s1139901/a.yaml", kind, {}, OWN_DAY[kind], "", 0)
    assert judged_term(record, TODAY) == Term.parse("114-2")


def test_the_path_goes_before_the_day_and_today_comes_last() -> None:
    dated = {"on": "2026-03-02"}
    assert judged_term(Record("", "marks", {"term": "113-2"}, dated, "", 0), TODAY) == Term.parse("113-2")
    assert judged_term(Record("", "activity", {"year": "113"}, dated, "", 0), TODAY) == Term.parse("113-1")
    assert judged_term(Record("", "statement", {}, {}, "", 0), TODAY) == TERM
    assert judged_term(Record("", "statement", {}, {}, "", 0), TODAY + timedelta(days=80)) == Term.parse("115-2")


def test_a_position_of_an_earlier_term_is_judged_by_that_terms_codes() -> None:
    """A code that the agency gave up in 115-1 was right for a position that began in 114-2."""
    codes = """kind: agency-rules/v1
announced: 2026-08-15
notice: 測試用文號
applies: {by: term, from: 115-1}
codes:
  contest_levels:
    name: {zh: 競賽等級, en: Contest levels}
    values:
      - {code: 1, name: {zh: 校級, en: School}}
    source: 測試資料
  position_levels:
    name: {zh: 幹部等級, en: Position levels}
    values:
      - {code: 9, name: {zh: 新制, en: New}}
    source: 測試資料
"""
    path = "content/students/113/s1139901/positions/clerk.yaml"
    for starts, codes_found in (("2026-03-02", []), ("2026-09-01", ["COD001"])):
        text = (
            "kind: position/v1\norganisation: 高三甲班\ntitle: 學藝股長\nlevel: 2\n"
            f"starts: {starts}\nends: 2026-11-13\n"
        )
        assert judged(base().over({NEWER: codes.encode(), path: text.encode()})) == [
            (code, path) for code in codes_found
        ]
