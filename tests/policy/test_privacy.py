"""Identity in plain text is found however it is written, and nothing else is taken for it."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.policy import privacy

# Specimens with a right check digit, as printed in public explanations of the numbering; they belong to nobody.
IDS = [
    "A123456789",
    "a123456789",
    "Ａ１２３４５６７８９",
    "A-123456789",
    "A123 456 789",
    "身分證A123456789。",
    "(A123456789)",
]
NOT_IDS = ["A123456788", "A12345678", "A1234567890", "XA123456789", "115-1", "0" * 64, "a123456789f" * 6]


@pytest.mark.parametrize("text", IDS)
def test_national_id(text: str) -> None:
    traces = list(privacy.national_ids(privacy.fold(text)))
    assert len(traces) == 1
    assert traces[0].masked == "A12345****"


@pytest.mark.parametrize("text", NOT_IDS)
def test_not_a_national_id(text: str) -> None:
    assert list(privacy.national_ids(privacy.fold(text))) == []


def _with_check_digit(head: str) -> str:
    return next(f"{head}{digit}" for digit in range(10) if privacy.is_national_id(f"{head}{digit}"))


@given(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.sampled_from("1289ABCD"), st.integers(0, 9_999_999))
def test_each_number_has_exactly_one_check_digit(letter: str, second: str, serial: int) -> None:
    head = f"{letter}{second}{serial:07d}"
    assert sum(privacy.is_national_id(f"{head}{digit}") for digit in range(10)) == 1


def test_residence_numbers_old_and_new() -> None:
    for head in ("AC0123456", "A80012345", "F90012345"):
        assert list(privacy.national_ids(f"居留證 {_with_check_digit(head)}"))


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "0912-345-678",
        "０９１２３４５６７８",
        "+886 912 345 678",
        "(02)2345-6789",
        "02-23456789",
        "089-123456",
        "０８９－１２３４５６",
    ],
)
def test_phone(text: str) -> None:
    assert len(list(privacy.phones(privacy.fold(f"電話{text}，")))) == 1


@pytest.mark.parametrize(
    "text", ["2026-09-11", "1140912345678", "0.912345678", "115-1", "第 02 章 2345 字", "f0912345678a"]
)
def test_not_a_phone(text: str) -> None:
    assert list(privacy.phones(privacy.fold(text))) == []


def test_email() -> None:
    assert [t.masked for t in privacy.emails("寄到 someone@school.example 或 t012@licheng.invalid")] == [
        "****@school.example"
    ]
    assert list(privacy.emails(privacy.fold("ｓｏｍｅｏｎｅ＠school.example")))


PLAIN = r"[\w.%+-]{1,64}@([\w-]+(?:\.[\w-]+)+)"
SPACED = (
    r"[\w.%+\"-]{1,64}[ \n]{0,2}@[ \n]{0,2}([a-z0-9-]{1,63}(?: ?[.。] ?[a-z0-9-]{1,63}){0,4} ?[.。] ?"
    r"(?:com|net|org|edu|gov|idv|mil|tw|cn|hk|jp|kr|sg|us|uk|eu|de|io|me|co|app|dev|info|name|example|test)\b)"
)


def test_addresses_are_those_that_a_search_of_the_whole_text_finds() -> None:
    """They are read backwards from each sign; by a search from the beginning they are the same, and as many."""
    parts = ("a", "B.", "@", "@", "-", " ", "\n", "中", "é", '"', ".tw", "b.invalid", "。", "ſ", "x.com", "A" * 40)
    chance, several = random.Random(1), 0
    for _ in range(800):
        text = "".join(chance.choices(parts, k=chance.randrange(2, 30)))
        plain, spaced = re.finditer(PLAIN, text), re.finditer(SPACED, text, re.ASCII | re.IGNORECASE)
        expected, reached = [], 0
        for match in sorted((*plain, *spaced), key=lambda match: match.span(1)):
            if match.start(1) >= reached and not match[1].lower().endswith(".invalid"):
                reached = match.end(1)
                expected.append((match.start(), match.end(), f"****@{match[1]}"))
        assert list(privacy.emails(text)) == expected, text
        several += len(expected) > 1
    assert several > 10


@given(st.text(max_size=50))
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(privacy.fold(text)) == len(text)


def test_names_are_shown_by_their_first_character() -> None:
    assert [(t.offset, t.masked) for t in privacy.names("感謝王小明，王小明！", frozenset({"王小明"}))] == [
        (2, "王○○"),
        (6, "王○○"),
    ]
