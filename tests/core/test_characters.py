"""The characters that need no closer look are none that a closer look would find."""

from __future__ import annotations

from licheng.core.characters import HIDDEN, MARKS, PLAIN, PRIVATE, UNASSIGNED, flaws


def test_no_plain_character_is_looked_at_for_a_reason() -> None:
    plain = [chr(code) for code in range(0x110000) if PLAIN.fullmatch(chr(code)) is not None]
    assert {"\n", "a", "é", "—", "「", "歷", "，"} <= set(plain)
    assert not [char for char in plain for refused in (HIDDEN, UNASSIGNED, PRIVATE, MARKS) if char in refused]


def test_a_plain_text_with_one_other_character_is_looked_at() -> None:
    assert [(flaw.offset, flaw.sort) for flaw in flaws("歷程\u200b")] == [(2, "hidden")]
    assert list(flaws("歷程")) == []
