"""What an item is, from its own `submitted` and from the decisions that hold; and that nothing hides a change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.core.layout import student_folder
from licheng.policy.certification import State, state
from licheng.sources.tree import Entry
from tests.certification import cases
from tests.certification.judged import TODAY, codes, is_certified, state_of
from tests.certified import KEYS_FROM, Certified, enrolment, folder, key
from tests.trees import MemoryTree

pytestmark = pytest.mark.usefixtures("schools_judged_once")
LATER = ("2026-11-21T04:00:00Z", "2026-11-22T04:00:00Z", "2026-11-23T01:00:00Z")


def whole(made: Certified, where: str | None = None) -> State:
    """The state of an item in a school where nothing is wrong."""
    assert codes(made.tree()) == []
    return state_of(made.tree(), where).state


# One after the other.


def test_a_draft() -> None:
    made = Certified.school()
    made.output(submitted="false")
    assert whole(made) is State.DRAFT


def test_submitted() -> None:
    made = Certified.school()
    made.output()
    assert whole(made) is State.SUBMITTED


def test_certified_by_its_teacher() -> None:
    made = Certified.one_item()
    assert whole(made) is State.CERTIFIED
    found = state_of(made.tree())
    assert found.event is not None
    assert (found.event.path, found.changed) == (made.decisions(folder())[0], ())


def test_certified_without_any_attachment() -> None:
    made = Certified.school()
    made.output(attachments=())
    made.decide(folder())
    assert codes(made.tree()) == ["ATT016"]  # an item without a file is a fault of its own
    assert state_of(made.tree()).state is State.CERTIFIED


def test_certified_by_an_advising_teacher() -> None:
    assert whole(cases.advising_teacher()) is State.CERTIFIED


def test_certified_by_a_substitute() -> None:
    assert whole(cases.in_the_last_second()) is State.CERTIFIED


def test_certified_by_a_substitute_whom_the_executive_secretary_appointed() -> None:
    made = Certified.school("t906")
    made.staff(left="2026-08-30")
    capacity = {"capacity": "substitute", "acting_for": "t904", "delegation_digest": made.delegate(by="t902")}
    made.output()
    made.decide(folder(), by="t906", certifier=capacity)
    assert whole(made) is State.CERTIFIED


def test_returned_then_resubmitted_then_certified() -> None:
    made = cases.returned()
    assert whole(made) is State.RETURNED
    made.output(text="已補上原始數據。")
    assert whole(made) is State.SUBMITTED
    assert state_of(made.tree()).changed == ("item.md",)
    made.decide(folder(), issued_at=LATER[0])
    assert whole(made) is State.CERTIFIED


def test_returned_and_certified_after_all_without_an_edit() -> None:
    made = cases.returned()
    made.decide(folder(), issued_at=LATER[0])
    assert whole(made) is State.CERTIFIED


def test_stale_and_certified_again_or_put_back() -> None:
    made = cases.edited()
    assert state_of(made.tree()).state is State.STALE
    again = cases.recertified()
    assert whole(again) is State.CERTIFIED
    made.output()
    assert whole(made) is State.CERTIFIED


def test_revoked_then_certified_again() -> None:
    made = Certified.one_item()
    made.decide(folder(), "revoked", issued_at=LATER[0])
    assert whole(made) is State.REVOKED
    made.decide(folder(), issued_at=LATER[1])
    assert whole(made) is State.CERTIFIED


def test_revoked_by_a_coordinator() -> None:
    assert whole(cases.revoked_by_coordinator()) is State.REVOKED


def test_revoked_then_handed_in_anew() -> None:
    made = Certified.one_item()
    made.decide(folder(), "revoked", issued_at=LATER[0])
    made.output(text="重做了一次實驗。")
    assert whole(made) is State.SUBMITTED


@pytest.mark.parametrize("decision", ["certified", "returned", "revoked"])
def test_withdrawn_by_the_student_whatever_was_decided(decision: str) -> None:
    made = Certified.one_item()
    if decision != "certified":
        made.decide(folder(), decision, issued_at=LATER[0])
    made.output(submitted="false")
    assert whole(made) is State.DRAFT
    made.output()
    assert whole(made) is State(decision)


def test_reaffirmed_by_a_coordinator_stays_certified() -> None:
    made = Certified.one_item()
    made.decide(folder(), "reaffirmed", by="t903", certifier={"capacity": "coordinator"}, issued_at=LATER[0])
    assert whole(made) is State.CERTIFIED
    made.output(text="擺角超過十度之後，週期開始變長。")
    assert state_of(made.tree()).state is State.STALE


# Keys that end.


def test_a_key_retired_later_keeps_its_listed_certifications() -> None:
    assert whole(cases.retired_later()) is State.CERTIFIED


def test_a_compromised_key_keeps_only_what_is_listed() -> None:
    made = Certified.one_item()
    made.output(cases.OPTICS)
    made.decide(cases.OPTICS)
    made.end("t904", LATER[1], [made.files[made.decisions(folder())[0]]], "compromised")
    assert codes(made.tree()) == ["CER010"]
    assert state_of(made.tree()).state is State.CERTIFIED
    assert state_of(made.tree(), cases.OPTICS).state is State.SUBMITTED


def test_a_new_key_certifies_after_the_old_one_has_ended() -> None:
    made = cases.retired_later()
    made.enrol("t904", key("t904", 2), valid_from=LATER[0])
    made.output(cases.OPTICS)
    made.decide(cases.OPTICS, signer=key("t904", 2), issued_at=LATER[1])
    assert whole(made) is State.CERTIFIED
    assert whole(made, cases.OPTICS) is State.CERTIFIED


def test_a_delegation_listed_by_a_key_that_ended_later_still_holds() -> None:
    made = cases.in_the_last_second()
    made.end("t904", LATER[0], [made.files["content/delegations/sick-leave.json"]])
    assert whole(made) is State.CERTIFIED


def test_an_enrolment_listed_by_a_witness_key_that_ended_later_still_holds() -> None:
    made = Certified.school("t905")
    made.enrol("t902", key("t902", 2), witness="t903")
    made.enrol("t904", witness="t902", witness_key=key("t902", 2))
    statement = enrolment(made.repository, "t904", key("t904").public.line, KEYS_FROM)
    made.end("t902", LATER[0], [statement], index=1)
    made.output()
    made.decide(folder())
    assert whole(made) is State.CERTIFIED


# Quota.


def full_term(decision: str) -> Certified:
    """Four submitted outputs where three are allowed; one is sent back."""
    made = Certified.school()
    for number in range(4):
        where = made.output(folder(slug=f"work-{number}"))
        made.decide(where, decision if number == 3 else "certified")
    return made


def test_the_quota_does_not_count_what_was_returned() -> None:
    made = full_term("returned")
    assert codes(made.tree()) == []
    made.output(folder(slug="work-3"), text="已補上原始數據。")
    assert codes(made.tree()) == ["QUO001"]


def test_the_quota_does_not_count_what_was_revoked() -> None:
    made = full_term("certified")
    assert codes(made.tree()) == ["QUO001"]
    made.decide(folder(slug="work-3"), "revoked", issued_at=LATER[0])
    assert codes(made.tree()) == []


def test_the_quota_counts_what_was_not_validly_returned() -> None:
    made = Certified.school("t904", "t905")
    for number in range(4):
        where = made.output(folder(slug=f"work-{number}"))
        made.decide(where, "returned", by="t905") if number == 3 else made.decide(where)
    assert codes(made.tree()) == ["CER011", "QUO001"]


# Nothing hides a change.


@cache
def signed_files() -> dict[str, bytes]:
    """An item, its attachment, its payload and the signature."""
    made = Certified.one_item()
    return {path: data for path, data in made.files.items() if "/s1139901/" in path}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_flipped_byte_is_noticed(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(signed_files())))
    old = signed_files()[path]
    at = data.draw(st.integers(0, len(old) - 1))
    flipped = bytes([old[at] ^ data.draw(st.integers(1, 255))])
    tree = Certified.one_item().tree().over({path: old[:at] + flipped + old[at + 1 :]})
    assert codes(tree), (path, at)
    assert not is_certified(tree), (path, at)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_missing_tail_is_noticed(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(signed_files())))
    old = signed_files()[path]
    tree = Certified.one_item().tree().over({path: old[: data.draw(st.integers(0, len(old) - 1))]})
    assert codes(tree), path
    assert not is_certified(tree), path


@pytest.mark.parametrize("path", sorted(signed_files()))
def test_any_missing_file_is_noticed(path: str) -> None:
    tree = Certified.one_item().tree().over({}, frozenset({path}))
    assert codes(tree)
    assert not is_certified(tree)


# The order of events that do not depend on each other.

ITEMS = tuple(folder(slug=slug) for slug in ("pendulum", "optics", "circuit"))
STEPS = ("returned", "certified", "revoked", "certified")


def grown(order: list[int]) -> Certified:
    """Three items, each decided upon in its own sequence; the items take turns in some order."""
    made = Certified.school()
    for where in ITEMS:
        made.output(where)
    for index in order:
        done = len(made.decisions(ITEMS[index]))
        issued = f"2026-11-2{done}T04:00:00Z"
        made.decide(ITEMS[index], STEPS[done], issued_at=issued)
    return made


ORDERS = st.permutations([0, 0, 1, 1, 1, 2, 2, 2, 2])


class ShuffledTree(MemoryTree):
    """The same files, each student's in another order."""

    def __init__(self, files: dict[str, bytes], order: random.Random) -> None:
        super().__init__(files)
        self.order = order

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        shards: dict[str | None, list[Entry]] = {}
        for entry in super().entries(prefix, without):
            shards.setdefault(student_folder(entry.path), []).append(entry)
        for shard in shards.values():
            self.order.shuffle(shard)
            yield from shard


def states(tree: MemoryTree) -> dict[str, State]:
    loaded = load(tree, TODAY)
    return {
        item.folder: state(item, student, loaded.school).state
        for student in loaded.students()
        for item in student.of("course-output")
    }


@settings(max_examples=25, deadline=None)
@given(ORDERS, st.randoms(use_true_random=False))
def test_independent_events_give_the_same_states_in_any_order(order: list[int], shuffle: random.Random) -> None:
    made = grown(order)
    assert made.files == grown([0, 0, 1, 1, 1, 2, 2, 2, 2]).files
    expected = {ITEMS[0]: State.CERTIFIED, ITEMS[1]: State.REVOKED, ITEMS[2]: State.CERTIFIED}
    tree = ShuffledTree(made.tree().files, shuffle)
    assert states(tree) == expected
    assert check(tree, TODAY) == check(made.tree(), TODAY)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_fork_stays_a_fork_in_any_order(shuffle: random.Random) -> None:
    tree = ShuffledTree(cases.two_first().tree().files, shuffle)
    assert codes(tree) == ["CER007"]
    assert states(tree)[folder()] is State.SUBMITTED
