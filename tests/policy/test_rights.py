"""The rights that a school gives: a function of its files alone, which only grows with what is written there."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licheng.app.status import read_school
from licheng.core.layout import samples
from licheng.core.rulebook import DELEGATION_DAYS, PASSKEY_HOURS
from licheng.core.school import School
from licheng.policy.accounts import accounts
from licheng.policy.permission import Scene, is_among, kind_of, rows, rows_of
from licheng.policy.rights import Right, canonical, gains, of_key, rights
from licheng.policy.second_person import grouped, rewritten_past
from tests.trees import ROOT, MemoryTree
from tests.trees import load as files

TODAY = date(2026, 11, 23)
POSTS = ("academic-dean", "registrar", "head-it", "class-tutor", "course-teacher")
UNITS = ("registry", "it", "guidance", "discipline")


@cache
def demo() -> School:
    return read_school(MemoryTree(files(ROOT)), TODAY)


def changed(kind: str, data: Any) -> School:
    """The demo school with other data in the one record of a kind."""
    school = demo()
    [record] = school.records[kind]
    return replace(school, records={**school.records, kind: (record._replace(data=data),)})


@cache
def rights_on(day: date) -> frozenset[Right]:
    """Of the demo school."""
    return rights(demo(), day)


def data_of(kind: str) -> Any:
    [record] = demo().records[kind]
    return deepcopy(record.data)


def with_post(staff: str, post: dict[str, Any]) -> School:
    data = data_of("staff")
    next(person for person in data["staff"] if person["id"] == staff)["posts"].append(post)
    return changed("staff", data)


def test_a_school_gains_nothing_over_itself() -> None:
    assert gains(demo(), demo(), TODAY) == frozenset()
    again = read_school(MemoryTree(files(ROOT)), TODAY)
    assert gains(demo(), again, TODAY) == frozenset()
    assert rights(again, TODAY) == rights(demo(), TODAY)


def test_there_is_something_of_every_sort() -> None:
    assert {right.what for right in rights(demo(), TODAY)} == {
        *("add", "change", "delete", "log-in", "be", "see", "certify", "waive", "claim", "second", "sign", "run"),
    }  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_more_rows_never_take_a_right_away(data: st.DataObject) -> None:
    duties = data_of("duties")
    row = {
        "id": "more",
        "records": [data.draw(st.sampled_from(sorted({kind for kind, _ in samples()})))],
        "may": data.draw(st.lists(st.sampled_from(["add", "change", "delete"]), min_size=1, unique=True)),
        "by": data.draw(
            st.lists(
                st.one_of(
                    st.builds(lambda unit: {"unit": unit}, st.sampled_from(UNITS)),
                    st.builds(lambda post: {"post": post}, st.sampled_from(POSTS)),
                    st.builds(lambda relation: {"as": relation}, st.sampled_from(["owner", "tutor", "organiser"])),
                ),
                min_size=1,
                max_size=3,
            )
        ),
    }
    duties["authority"].insert(data.draw(st.integers(0, len(duties["authority"]))), row)
    assert rights(demo(), TODAY) <= rights(changed("duties", duties), TODAY)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_order_of_rows_people_and_posts_is_irrelevant(data: st.DataObject) -> None:
    kind, name = data.draw(st.sampled_from([("duties", "authority"), ("staff", "staff"), ("accounts", "accounts")]))
    entries = data_of(kind)
    entries[name] = data.draw(st.permutations(entries[name]))
    for entry in entries[name]:
        for posts in (entry["posts"],) if "posts" in entry else ():
            posts.reverse()
    other = changed(kind, entries)
    assert rights(other, TODAY) == rights(demo(), TODAY)
    assert gains(demo(), other, TODAY) == gains(other, demo(), TODAY) == frozenset()
    assert not list(rewritten_past(demo(), other, TODAY))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(post=st.sampled_from(POSTS), staff=st.integers(1, 24), ahead=st.integers(0, 400), days=st.integers(0, 60))
def test_a_post_gives_and_its_absence_takes(post: str, staff: int, ahead: int, days: int) -> None:
    """Whenever it begins, however short it is; and going back is never a gain."""
    starts = TODAY + timedelta(days=ahead)
    entry = {"post": post, "class": "10a", "from": f"{starts}", "to": f"{starts + timedelta(days=days)}"}
    more = with_post(f"t{staff:03}", entry)
    assert not list(rewritten_past(demo(), more, TODAY))
    assert gains(more, demo(), TODAY) == frozenset()
    # What somebody has already by another post is gained on the day after that one ends.
    while_it_lasts = [starts + timedelta(days=day) for day in range(days + 1)]
    given = {right for on in while_it_lasts for right in rights(more, on) - rights_on(on)}
    assert given >= gains(demo(), more, TODAY)
    assert rights_on(starts) <= rights(more, starts)


def test_a_rulebook_that_lets_others_certify_is_a_gain_from_its_day() -> None:
    """A school whose course teachers alone certify; the amendment names the advising teachers too."""
    [book] = demo().records["rulebook"]
    narrow = book._replace(data={**book.data, "certifiers": {**book.data["certifiers"], "posts": ["course-teacher"]}})
    wide = book._replace(identity={"date": "2027-08-01"}, path="content/rulebook/2027-08-01.yaml")
    before = replace(demo(), records={**demo().records, "rulebook": (narrow,)})
    after = replace(demo(), records={**demo().records, "rulebook": (narrow, wide)})
    assert gains(before, after, TODAY) == {Right("every-advising-teacher", "certify")}
    assert gains(before, demo(), TODAY) > {Right("every-advising-teacher", "certify")}
    assert gains(demo(), after, TODAY) == frozenset()


def test_what_begins_only_later_is_a_gain_today() -> None:
    later = with_post("t004", {"post": "academic-dean", "from": "2027-08-01"})
    assert Right("t004", "change", "duties") in gains(demo(), later, TODAY)
    assert rights(later, TODAY) == rights(demo(), TODAY)


@pytest.mark.parametrize(
    ("starts", "ends", "touches"),
    [
        ("2026-11-23", None, False),
        ("2026-11-22", None, True),
        ("2022-08-01", None, True),
        ("2022-08-01", "2022-08-01", True),
        ("2026-11-23", "2026-11-23", False),
        ("2027-01-01", None, False),
    ],
)
def test_days_before_today_are_the_past(starts: str, ends: str | None, touches: bool) -> None:
    post = {"post": "academic-dean", "from": starts} | ({"to": ends} if ends is not None else {})
    assert bool(list(rewritten_past(demo(), with_post("t004", post), TODAY))) is touches
    assert bool(list(rewritten_past(with_post("t004", post), demo(), TODAY))) is touches


def test_a_post_in_two_pieces_is_the_same_post() -> None:
    data = data_of("staff")
    [old] = [post for person in data["staff"] if person["id"] == "t004" for post in person["posts"]]
    person = next(person for person in data["staff"] if person["id"] == "t004")
    person["posts"] = [{**old, "to": "2026-08-31"}, {**old, "from": "2026-09-01"}]
    assert not list(rewritten_past(demo(), changed("staff", data), TODAY))
    assert gains(demo(), changed("staff", data), TODAY) == frozenset()


@pytest.mark.parametrize("account", sorted(one.id for one in accounts(demo(), TODAY) if one.holder == "staff"))
def test_the_set_says_what_the_gate_asks_of_a_single_file(account: str) -> None:
    """One truth: whom a row names without looking into the file is who has the right in the set, and nobody else."""
    school, held = demo(), rights(demo(), TODAY)
    [one] = [found for found in accounts(school, TODAY) if found.id == account]
    for kind, path in samples():
        for row in rows_of(path, school):
            plain = replace(row, by=tuple(who for who in row.by if "as" not in who))
            asked = is_among(plain, one, path, Scene(school, TODAY, None))
            for operation in row.may:
                patterns = {f"/{pattern}" for pattern in row.paths}
                overs = {kind, *patterns} if kind_of(path) in row.records else patterns
                assert asked == any(Right(account, operation, over) in held for over in overs), (path, row.id)
    assert rows(school)


@pytest.mark.parametrize(
    "one",
    ["github:12345", "ssh:SHA256:jNG4JuBHBV1d4I7RC5dRpR851731uuHCzGDH2e3Z8H0"],
)
def test_a_login_has_one_spelling(one: str) -> None:
    assert canonical(one) == one
    assert canonical("github:00012345") == "github:12345"
    assert canonical("ssh:SHA256:jNG4JuBHBV1d4I7RC5dRpR851731uuHCzGDH2e3Z8H1") == canonical(
        "ssh:SHA256:jNG4JuBHBV1d4I7RC5dRpR851731uuHCzGDH2e3Z8H0="
    )


def test_a_key_is_known_whatever_its_comment() -> None:
    [entry] = [entry for entry in data_of("accounts")["accounts"] if entry["id"] == "t002"]
    [line] = entry["login_keys"]
    assert of_key(line) == of_key(f"{line} somebody@invalid") == entry["identities"][0]
    assert of_key("ssh-ed25519") is None


def test_a_pattern_of_paths_is_never_taken_for_a_kind_nor_for_a_relation() -> None:
    """A harmless row today must not hide a gain tomorrow."""
    duties = data_of("duties")
    harmless = {"id": "harmless", "may": ["add", "change"], "by": [{"unit": "it"}]}
    duties["authority"].append({**harmless, "paths": ["marks", "content/students/"]})
    before = changed("duties", duties)
    for row in ({"records": ["marks"]}, {"paths": ["content/students/?*"]}, {"paths": ["content/students/:*"]}):
        wider = deepcopy(duties)
        wider["authority"].append({**harmless, "id": "wider", **row})
        assert {right.who for right in gains(before, changed("duties", wider), TODAY)} >= {"t006"}


def test_a_contest_moves_with_its_unit_and_a_new_one_gives_nothing() -> None:
    contests = demo().records["contest"]
    assert contests
    first = contests[0]
    moved = first._replace(data={**first.data, "unit": "guidance"})
    after = replace(demo(), records={**demo().records, "contest": (moved, *contests[1:])})
    assert {right.what for right in gains(demo(), after, TODAY)} == {"run"}
    without = replace(demo(), records={**demo().records, "contest": contests[1:]})
    assert gains(without, demo(), TODAY) == frozenset()


def test_a_rulebook_without_the_value_has_the_one_that_the_schema_documents() -> None:
    schema = json.loads((ROOT / "schemas/rulebook.schema.json").read_text(encoding="utf-8"))
    [book] = demo().rulebooks.versions
    for name, value in (("delegation_days", DELEGATION_DAYS), ("passkey_hours", PASSKEY_HOURS)):
        assert schema["properties"][name]["properties"]["value"]["default"] == value
        assert getattr(book, name) == value


def test_people_who_gain_the_same_stand_together() -> None:
    given_rights = {
        Right(f"s{n}", what, over) for n in range(3) for what, over in (("be", "student"), ("log-in", f"{n}"))
    }
    assert list(grouped(frozenset(given_rights))) == [
        (("s0", "s1", "s2"), "be", "", ("student",)),
        (("s0", "s1", "s2"), "log-in", "", ("0", "1", "2")),
    ]


def test_a_right_is_read_as_it_is_written() -> None:
    for right in rights(demo(), TODAY):
        assert Right.of(str(right)) == right
