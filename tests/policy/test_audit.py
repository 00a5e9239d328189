"""Who did what and when, of values alone: a login or a signature that holds establishes who it was; all else claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from licheng.app.loading.load import Loaded, load
from licheng.core.certification import SignatureFact
from licheng.core.change import Change, Operation
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.audit import (
    Deed,
    Landing,
    Past,
    around,
    bind,
    decided,
    is_below,
    landings,
    recorded,
    submitted,
    tried,
)
from tests.trees import ROOT, MemoryTree
from tests.trees import load as files

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
FOLDER = "content/students/113/s1139901"
ITEM = f"{FOLDER}/terms/115-1/outputs/running/item.md"
BAD = SignatureFact("SHA256:x", "bad-signature")


@cache
def demo() -> Loaded:
    return load(MemoryTree(files(ROOT)), TODAY)


@cache
def student(name: str) -> Student:
    return next(student for student in demo().students() if student.id == name)


def line(sequence: int, event: str, base: str, head: str, **fields: Any) -> dict[str, Any]:
    at = f"2026-11-23T04:{sequence:02}:00Z"
    return {"sequence": sequence, "event": event, "at": at, "actor": "t001", "base": base, "head": head, **fields}


def landing(sequence: int, base: str, head: str, glass: str = "") -> Landing:
    return Landing(sequence, NOON + timedelta(minutes=sequence), "t001", base, head, glass)


def change(path: str, blob: str, operation: Operation = Operation.ADD) -> Change:
    return Change(path, operation, "000000", "100644", "", blob)


def test_a_landing_is_told_by_the_line_of_its_receiving() -> None:
    entries = [
        line(1, "received", "a", "b", outcome="accepted", glass="the printer burns"),
        line(2, "landed", "a", "b"),
        line(3, "received", "b", "c", outcome="refused"),
        line(4, "received", "b", "d", outcome="accepted"),
        line(5, "overtaken", "b", "d"),
    ]
    assert landings(entries, {"a": (), "b": ("a",)}) == [landing(1, "a", "b", "the printer burns")]


def test_what_is_on_main_has_landed_though_the_line_that_says_so_is_missing() -> None:
    entries = [
        line(1, "received", "b", "c", outcome="accepted"),
        line(2, "received", "c", "lost", outcome="accepted"),
        line(3, "landed", "a", "b"),
    ]
    assert landings(entries, {"a": (), "b": ("a",), "c": ("b",)}) == [landing(3, "a", "b"), landing(1, "b", "c")]
    assert landings([], {"a": ()}) == []


@pytest.mark.parametrize(
    ("landed", "brought"),
    [
        ([], {}),
        ([("a", "b")], {"b": 0, "s": 0}),
        ([("a", "s"), ("s", "b")], {"s": 0, "b": 1}),
        ([("a", "b"), ("a", "b")], {"b": 0, "s": 0}),
        ([("", "a")], {"a": 0}),
        ([("b", "elsewhere")], {}),
        ([("c", "d"), ("a", "b")], {"d": 0}),
    ],
)
def test_a_commit_came_with_the_first_push_that_reaches_it(
    landed: list[tuple[str, str]], brought: dict[str, int]
) -> None:
    known = {"a": (), "s": ("a",), "b": ("a", "s"), "c": ("b",), "d": ("c",)}
    pushes = [landing(number, base, head) for number, (base, head) in enumerate(landed)]
    assert bind(known, pushes) == {sha: pushes[number] for sha, number in brought.items()}


def test_a_commit_is_of_whoever_pushed_it_and_else_only_a_claim() -> None:
    past = Past("b", 1, NOON - timedelta(days=9), "t009 <t009@licheng.invalid>", (change(ITEM, "1"),))
    [claimed] = recorded([past], {})
    assert claimed == Deed(past.made, "add", ITEM, claims=past.author, commit="b")
    assert (claimed.who, claimed.proof, claimed.receipt) == ("", "none", 0)
    [proved] = recorded([past], {"b": landing(7, "a", "b", "why")})
    assert proved == Deed(NOON + timedelta(minutes=7), "add", ITEM, "t001", past.author, "receipt", "b", 7, "why")


def test_a_merge_tells_only_what_no_other_commit_did() -> None:
    commits = [
        Past("m", 2, NOON, "t001", (change(ITEM, "1"), change(ITEM, "2", Operation.CHANGE), change("other", "1"))),
        Past("b", 1, NOON, "t001", (change(ITEM, "1"),)),
        Past("root", 0, NOON, "t001", (change("other", "0"),)),
    ]
    assert [(deed.commit, deed.what, deed.path) for deed in recorded(iter(commits), {})] == [
        ("m", "change", ITEM),
        ("m", "add", "other"),
        ("b", "add", ITEM),
        ("root", "add", "other"),
    ]


def test_refused_pushes_are_told_where_they_touched_what_is_asked_about() -> None:
    things = {f"{FOLDER}/b.yaml": "0" * 64, f"{FOLDER}/a.yaml": "0" * 64, f"{FOLDER}0/c.yaml": "0" * 64}
    entries = [
        line(1, "received", "a", "b", outcome="refused", things=things, codes=["QUO001", "WIN001"]),
        line(2, "received", "a", "b", outcome="undecided", things={FOLDER: "0" * 64}),
        line(3, "received", "a", "b", outcome="accepted", things=things),
        line(4, "received", "a", "b", outcome="overtaken", things=things),
        line(5, "landed", "a", "b"),
    ]
    assert [(deed.receipt, deed.path, deed.detail) for deed in tried(entries, iter([FOLDER]))] == [
        (1, f"{FOLDER}/a.yaml", "QUO001 WIN001"),
        (1, f"{FOLDER}/b.yaml", "QUO001 WIN001"),
        (2, FOLDER, ""),
    ]
    [deed, _] = tried(entries, [f"{FOLDER}/a.yaml", f"{FOLDER}0/c.yaml"])
    assert (deed.at, deed.what, deed.who, deed.proof) == (NOON + timedelta(minutes=1), "refused", "t001", "receipt")
    assert list(tried(entries, [])) == []


@pytest.mark.parametrize(
    ("path", "top", "below"),
    [
        ("content/a", "content/a", True),
        ("content/a/b", "content/a", True),
        ("content/ab", "content/a", False),
        ("content", "content/a", False),
        ("x/content/a", "content/a", False),
    ],
)
def test_below_is_by_whole_folders(path: str, top: str, below: bool) -> None:
    assert is_below(path, top) is below


def test_decisions_are_their_signers_and_one_that_does_not_verify_is_a_claim() -> None:
    own, school = student("s1120004"), demo().school
    first, *others = own.events
    assert first.payload is not None
    certifier, at = first.payload.certifier, first.payload.issued_at
    whole = {deed.path: deed for deed in decided(own, school)}
    assert len(whole) == len(own.events)
    assert whole[first.path] == Deed(at, "certified", first.path, certifier, proof="signature")
    damaged = replace(own, events=(replace(first, signature=BAD), *others))
    again = {deed.path: deed for deed in decided(damaged, school)}
    assert again[first.path] == Deed(at, "certified", first.path, claims=certifier, detail="CER003")
    assert all(again[event.path] == whole[event.path] for event in others)
    unread = replace(own, events=(replace(first, payload=None, fault="no-json"), *others))
    assert {deed.path for deed in decided(unread, school)} == {event.path for event in others}


def test_all_that_is_wrong_with_a_decision_is_told_each_code_once_in_order() -> None:
    own, school = student("s1120004"), demo().school
    elsewhere = replace(school, trust=replace(school.trust, repository="0" * 64, keys=()))
    assert {deed.detail for deed in decided(own, elsewhere)} == {"CER004 CER009"}


def test_a_waiver_is_the_secretarys_and_else_a_claim() -> None:
    own, school = student("s1120004"), demo().school
    [waiver] = own.waivers
    assert list(around(own, school)) == [Deed(waiver.signed_at, "waived", waiver.path, "t002", proof="signature")]
    for other, fault in (
        (waiver._replace(fault="time"), "time"),
        (waiver._replace(by=waiver.by._replace(staff="t019")), "not-secretary"),
        (waiver._replace(by=waiver.by._replace(signature=BAD)), "signature"),
    ):
        [deed] = around(replace(own, waivers=(other,)), school)
        assert deed == Deed(waiver.signed_at, "waived", waiver.path, claims=other.by.staff, detail=fault)


def with_delegation(**fields: Any) -> School:
    school = demo().school
    [delegation] = school.trust.delegations
    return replace(school, trust=replace(school.trust, delegations=(delegation._replace(**fields),)))


def test_a_delegation_is_told_of_whoever_has_a_decision_by_it() -> None:
    school = demo().school
    [delegation] = school.trust.delegations
    signed = Deed(delegation.issued_at, "delegated", delegation.path, "t019", proof="signature")
    assert list(around(student("s1130004"), school)) == [signed]
    assert list(around(student("s1120002"), school)) == []
    claim = Deed(delegation.issued_at, "delegated", delegation.path, claims="t019")
    for fields, fault in (
        ({"signature": None}, "missing"),
        ({"signature": BAD}, "bad-signature"),
        ({"signature": BAD, "fault": "time"}, "time"),
    ):
        assert list(around(student("s1130004"), with_delegation(**fields))) == [replace(claim, detail=fault)]
    assert list(around(student("s1130004"), with_delegation(digest="0" * 64))) == []


def test_the_end_of_a_key_is_told_of_whoever_has_a_decision_by_it() -> None:
    school = demo().school
    [key] = [key for key in school.trust.keys if key.ending is not None]
    assert key.ending is not None
    [deed] = around(student("s1120001"), school)
    assert deed == Deed(key.ending.at, "key-ended", key.path, "t004", proof="signature")
    ending = key.ending._replace(by=key.ending.by._replace(signature=BAD))
    keys = tuple(replace(other, ending=ending) if other is key else other for other in school.trust.keys)
    [deed] = around(student("s1120001"), replace(school, trust=replace(school.trust, keys=keys)))
    assert (deed.who, deed.claims, deed.detail) == ("", "t004", "bad-signature")


def submission(on: str, *levels: int, year: str = "114", **more: str) -> Record:
    data = more | {"roster": "marks", "levels": list(levels), "submitted_on": on, "by": "t004", "rows": 21}
    path = f"content/submissions/{year}/{on}.yaml"
    return Record(path, "agency-submission", {"year": year}, data, "", 0)


def test_a_roster_is_told_of_whoever_was_of_one_of_its_levels_in_its_period() -> None:
    events = [
        {"on": "2025-08-01", "event": "entry", "level": 10, "class": "10a"},
        {"on": "2026-08-01", "event": "class-change", "level": 11, "class": "11a"},
    ]
    own = Student(FOLDER, {"student": (Record(f"{FOLDER}/student.yaml", "student", {}, {"events": events}, "", 0),)})
    rosters = (
        submission("2025-07-31", 10),  # not here yet
        submission("2026-07-31", 10, 12),
        submission("2026-08-01", 11),  # of the school year that is over
        submission("2026-09-14", 10),
        submission("2026-09-15", 10, term="114-1"),
        submission("2026-08-02", 10, year="115"),
        submission("2026-08-03", 11, year="115"),
    )
    others: dict[str, tuple[Record, ...]] = dict.fromkeys(("roster-export", "receipt", "receipt-notice"), ())
    school = replace(demo().school, records={**demo().school.records, **others, "agency-submission": rosters})
    deeds = list(submitted(own, school))
    assert [deed.path for deed in deeds] == [rosters[at].path for at in (1, 3, 4, 6)]
    assert deeds[0] == Deed(
        datetime(2026, 7, 30, 16, tzinfo=UTC),  # the beginning of the day in Taipei
        "submitted",
        rosters[1].path,
        claims="t004",
        proof="record",
        detail="marks 21",
    )
    assert list(submitted(Student(FOLDER, {}), school)) == []


def test_a_roster_that_was_made_is_told_as_one_that_was_submitted() -> None:
    own = student("s1130001")
    made = submission("2026-05-01", 11)
    made = made._replace(kind="roster-export", data={**made.data, "exported_on": "2026-05-01"})
    school = replace(demo().school, records={"roster-export": (made,)})
    [deed] = submitted(own, school)
    assert (deed.what, deed.proof, deed.detail) == ("exported", "export", "marks 21")
