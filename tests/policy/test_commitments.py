"""Commitments to basic data: what they are of, that they say nothing without the nonce, and what is none."""

from __future__ import annotations

import hmac
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.core.person import FURTHER, Person
from licheng.core.record import Record
from licheng.demo import identities as demo
from licheng.policy.commitments import Held, commitment, encoded, held, is_degenerate
from tests.people import id_number

NONCE = bytes(range(0xE0, 0x100)).hex()
PERSON = Person(
    "s1150123", "0115001", "趙子丑", id_number(1), "2010-02-02", "10a", "1", {"115-1": NONCE, "115-2": "0b" * 32}
)


def check(committed: str | None, subject: str = "basic-data") -> Record:
    identity = {"student": PERSON.student, "cohort": "115", "term": "115-1", "subject": subject}
    data = {"files": [{"name": "student.yaml", "sha256": "12" * 32}], "digest": "34" * 32}
    return Record(
        "x.yaml", "verification", identity, {**data, **({"commitment": committed} if committed else {})}, "", 0
    )


def committed(person: Person = PERSON, term: str = "115-1") -> str:
    made = commitment(person, term)
    assert made is not None
    return made


def test_what_is_committed_to_is_one_list_of_texts() -> None:
    assert encoded(PERSON, "115-1").decode() == (
        f'["licheng-basic-data/v1","s1150123","115-1","0115001","趙子丑","{id_number(1)}","2010-02-02"]'
    )
    assert committed() == hmac.new(bytes.fromhex(NONCE), encoded(PERSON, "115-1"), "sha256").hexdigest()


@given(st.lists(st.text(max_size=6), min_size=6, max_size=6), st.lists(st.text(max_size=6), min_size=6, max_size=6))
def test_no_two_rows_are_encoded_alike(one: list[str], other: list[str]) -> None:
    """Wherever a field ends and another begins."""
    texts = [encoded(Person(row[0], row[1], row[2], row[3], row[4]), row[5]) for row in (one, other)]
    assert (texts[0] == texts[1]) is (one == other)


@pytest.mark.parametrize("column", ["student", "number", "name", "id_number", "born"])
def test_one_byte_more_and_the_check_is_stale(column: str) -> None:
    record = check(committed())
    assert held(PERSON, record, "115-1") is Held.CURRENT
    changed = Person(**{**PERSON._asdict(), column: getattr(PERSON, column) + "1"})
    assert held(changed, record, "115-1") is Held.STALE


def test_class_and_seat_are_given_out_anew_without_a_new_check() -> None:
    assert held(PERSON._replace(class_name="11b", seat="30"), check(committed()), "115-1") is Held.CURRENT


def test_of_another_student_or_term_or_with_a_bit_flipped_it_is_stale() -> None:
    right = committed()
    twin = PERSON._replace(student="s1150124")
    assert committed(twin) != right
    assert held(twin, check(right), "115-1") is Held.STALE
    # Under the very same nonce another term's is another.
    again = PERSON._replace(nonces={"115-1": NONCE, "115-2": NONCE})
    assert held(again, check(right), "115-2") is Held.STALE
    for bit in range(256):
        flipped = f"{int(right, 16) ^ 1 << bit:064x}"
        assert held(PERSON, check(flipped), "115-1") is Held.STALE


def test_without_a_check_or_without_the_nonce_nobody_says_that_it_holds() -> None:
    record = check(committed())
    assert held(PERSON, None, "115-1") is Held.UNCHECKED
    assert held(PERSON, check(None), "115-1") is Held.UNCHECKED
    assert held(None, record, "115-1") is Held.UNKNOWN
    assert held(PERSON._replace(nonces={}), record, "115-1") is Held.UNKNOWN


def test_every_row_of_a_small_space_tried_without_the_nonce_confirms_none() -> None:
    """Whoever knows the class list tries each row, with every key that is not the nonce; with it one fits."""
    names, days = (
        ("趙子丑", "錢子丑", "孫子丑"),
        [f"2010-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 29)],
    )
    numbers = [f"0115{serial:03}" for serial in range(1, 6)]
    space = [
        PERSON._replace(name=name, born=born, number=number) for name, born, number in product(names, days, numbers)
    ]
    assert PERSON in space
    public = committed()
    keys = (b"\0" * 32, b"\xff" * 32, b"licheng-basic-data/v1", PERSON.student.encode(), bytes.fromhex(public))
    guesses = {hmac.new(key, encoded(row, "115-1"), "sha256").hexdigest() for row in space for key in keys}
    assert len(guesses) == len(space) * len(keys)
    assert public not in guesses
    assert [row for row in space if committed(row) == public] == [PERSON]


@pytest.mark.parametrize(
    "made_up",
    ["0" * 64, "f" * 64, "01" * 32, "0123456789abcdef" * 4, "12" * 32, "34" * 32, "0012345" * 9 + "6", NONCE[:32] * 2],
)
def test_what_nobody_computed(made_up: str) -> None:
    assert is_degenerate(check(made_up))
    assert held(PERSON, check(made_up), "115-1") is Held.STALE


@given(st.binary(min_size=32, max_size=32), st.text(max_size=9))
def test_what_was_computed_is_never_taken_for_made_up(nonce: bytes, name: str) -> None:
    person = PERSON._replace(name=name, nonces={"115-1": nonce.hex()})
    assert not is_degenerate(check(committed(person)))


def test_the_demo_computes_the_same_in_its_own_way() -> None:
    student, term = "s1140003", "115-1"
    person = Person(student, *demo.row(1, student), nonces={term: demo.nonce(1, student, term).hex()})
    assert commitment(person, term) == demo.commitment(1, student, term)
    assert len({demo.commitment(seed, f"s114000{each}", term) for seed in (1, 2) for each in range(1, 10)}) == 18


def further(column: str) -> Person:
    return Person(**{**PERSON._asdict(), column: "1"})


@pytest.mark.parametrize("column", FURTHER)
def test_a_further_field_of_the_row_is_committed_to(column: str) -> None:
    assert commitment(further(column), "115-1") != commitment(PERSON, "115-1")
    others = [commitment(further(each), "115-1") for each in FURTHER]
    assert len({*others}) == len(FURTHER), "the name is part of what is committed to"
