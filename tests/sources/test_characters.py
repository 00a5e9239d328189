"""Characters are refused by what Unicode says of them, and ordinary writing of many sorts passes."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable

import pytest

from licheng.core import characters
from licheng.core.characters import HIDDEN, MARKS, PRIVATE, UNASSIGNED, flaws
from licheng.sources.text import decode
from tests.scaling import MOST, growth

# By sort: one of every block that hides something.
HIDING = {
    "hidden": [
        *("\0", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9f", "\xad", "\u034f", "\u0600", "\u061c", "\u06dd"),
        *("\u070f", "\u08e2", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180e", "\u180f", "\u200b", "\u200c"),
        *("\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2060", "\u2061", "\u2064", "\u2066", "\u2069"),
        *("\u206a", "\u206f", "\u2800", "\u3164", "\ufe00", "\ufe03", "\ufe0d", "\ufeff", "\uffa0", "\ufff9", "\ufffb"),
        *("\ufffc", "\U000110bd", "\U000110cd", "\U00013430", "\U0001343f", "\U00013441", "\U00016fe4", "\U0001bca0"),
        *("\U0001d159", "\U0001d173", "\U0001d17a", "\U000e0001", "\U000e0020", "\U000e007f", "\U000e0100"),
        *("\u200d", "\ufe0f", "\U000e01ef"),
    ],
    "private": ["\ue000", "\uf8ff", "\U000f0000", "\U0010fffd"],
    "unassigned": ["\u0378", "\u2065", "\ufff0", "\U0001fc00", "\U000e0000", "\U000e01f0", "\U000efff0"],
    "noncharacter": ["\ufdd0", "\ufdef", "\uffff", "\ufffe", "\U0001fffe", "\U0010ffff"],
}

WRITTEN = """
學習歷程檔案「成果」！？…—～・ | ㄅㄆㄇㄈ ㄓㄨˋ ㄧㄣ ㄕˊ ㄈㄨˇ ㄏㄠˋ˙ㄇㄚ
ㆠㆣㆫㆬㆭ ㆴㆵㆻㆷ | 〇一二三，百分之五十％ | ①②③ ⅠⅡⅢ ㈠㈡ ㎡ ㎏ ℃ №
tâi-gí ha̍k-hāu | o͘ ó͘ ò͘ ô͘ ō͘ o̍͘ | Pe̍h-ōe-jī a̍ i̍ u̍ e̍ n̍g m̍
hag-gaˊ fabˋ ngiongˇ | 客家語拼音 ii ˊ ˇ ˋ + | Pangcah 'Amis ʉ ɨ ṟ
Tsou cou'o, Bunun ḍ ṣ | Rukai é ɨ ʉ | Seediq sjiq ŋ | Kanakanavu ʉ̂ ʉ́ | Saisiyat ʼ oeh
café naïve Ångström Đặng Việt | ß ñ ø æ þ ð | Привет мир | Ελληνικά
עִבְרִית | العربية | हिन्दी | ภาษาไทย ที่นี่ | 한국어 ㄱㄴㄷ | 日本語のテスト、ﾊﾝｶｸ
ʃ θ ŋ ə ˈfəʊn tʰ ã̃ | ∑ ∫ √ ∞ ≤ ≥ ≠ ≈ ± × ÷ ∂ ∇ ∈ ⊂ | x² + y³ = z₁, aⁿ
𝑥 𝒚 ℝ ℕ 𝔸 𝛼 | α β γ Δ Ω π | x̄ ŷ p̂ v⃗ ȧ | → ← ⇒ ⇌ ↑ ↓ | H₂O, CO₂, Fe³⁺
♪ ♫ ♭ ♯ ♮ 𝄞 𝄢 𝅗𝅥 | 🀀 🂡 ♠ ♥ ♦ ♣ ♔ | ■ □ ▲ ◆ ★ ☆ ○ ● ◎ | 😀 👍 🎉 🔬 🩷 🫨
❤️ ☀️ ✔️ ☎️ | 👨‍👩‍👧 👩‍🔬 🧑🏽‍🎓 🏳️‍🌈 ❤️‍🔥 | 👍🏽 🇹🇼 🇯🇵 | 1️⃣ #️⃣ *️⃣
☺︎ ✈︎ | 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 | 葛󠄀城 辻󠄁 飴󠄀 | 㐀 𠮷 𪚥 𫝀 𮧵 𰻞 𲎯 | 吳 呉 户 戸 戶 靑 青
— – ‘ ’ “ ” „ «» | © ® ™ § ¶ † ‡ | € £ ¥ ₩ ₿ | ︰ ﹏ ﹁ ﹂ | � | ｦ ﾟ | ́a
"""
ORDINARY = [
    *("a\tb\n", "no\u00a0break, em\u2003space, 全\u3000形"),
    *(text for line in WRITTEN.strip().split("\n") for text in line.split(" | ")),
]


@pytest.mark.parametrize("sort", HIDING)
def test_what_nobody_sees_is_refused_where_it_stands(sort: str) -> None:
    for character in HIDING[sort]:
        found = list(flaws(f"a{character} b"))
        assert [(flaw.offset, flaw.sort) for flaw in found] == [(1, sort)], hex(ord(character))


def test_there_are_enough_ordinary_texts() -> None:
    assert len(ORDINARY) >= 40


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_writing(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert decode("p", composed.encode()) == (composed, [])


@pytest.mark.parametrize(
    "text",
    [
        "葛\U000e0100\U000e0101",  # two selectors on one ideograph
        "❤\ufe0f\ufe0f",
        "a\ufe0fb",
        "a\U000e0100",
        "\ufe0f",
        "甲\u200d乙",
        "👩\u200d",
        "👩\u200d\u200d🔬",
        "\u200d👩",
        "1\u200d2",
        "🏴\U000e0067\U000e0062\U000e007f",
        "🏴\U000e0075\U000e0073\U000e0063\U000e0061\U000e007f",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f\U000e0041",
        "👍\U000e0100",
    ],
)
def test_what_belongs_to_a_picture_stands_nowhere_else(text: str) -> None:
    assert [flaw.sort for flaw in flaws(text)] != []


def test_marks_are_stacked_up_to_a_bound() -> None:
    assert list(flaws("o" + "\u0301" * 4)) == []
    [flaw] = flaws("甲o" + "\u0301" * 5 + "乙" + "e\u0301")
    assert (flaw.offset, flaw.sort, flaw.count) == (2, "stacked", 5)
    [flaw] = flaws("Z" + "\u0335\u0489\u20dd" * 40)
    assert flaw.count == 120


@pytest.mark.slow
def test_the_table_is_what_the_interpreter_knows() -> None:
    """Categories of assigned characters never change; what this Python does not know yet is assigned later or never."""
    changed = list[int]()  # by Unicode itself, from a mark without width to one with
    blank = {0x2800, 0xFFFC, 0x1D159, 0x13441, 0x13442, 0x16FE4}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        if category in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in "\t\n\r":
            assert character in HIDDEN, hex(code)
        elif category == "Co":
            assert character in PRIVATE, hex(code)
        elif category != "Cn":
            assert character not in PRIVATE, hex(code)
            # Of those assigned since, what takes part in normalisation waits for every Python that licheng runs on.
            if unicodedata.ucd_3_2_0.category(character) != "Cn":
                assert character not in UNASSIGNED, hex(code)
        if category in {"Mn", "Me"} and character not in MARKS and character not in UNASSIGNED:
            changed.append(code)
        if character in HIDDEN and category not in {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"}:
            assert code in blank or category in {"Mn", "Lo"}, hex(code)
    assert len(changed) < 10, [hex(code) for code in changed]


@pytest.mark.slow
def test_every_accepted_character_is_normalised_alike_by_every_python() -> None:
    """NFC of what this Python does not know must not depend on its version: such characters do not take part in it."""
    accepted = [
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) == "Cn" and chr(code) not in UNASSIGNED and chr(code) not in PRIVATE
    ]
    assert "\U0001fa77" not in UNASSIGNED  # 🩷 came with Unicode 15, which Python 3.11 does not know yet
    assert not any(chr(code) in MARKS for code in accepted)


LONG = ("\u0301", "a\u0301", "\u200d", "👩\u200d🔬", "\U000e0067", "🏴\U000e0067", "\ufe0f", "\ue000", "字")


@pytest.mark.parametrize("part", LONG)
@pytest.mark.slow
def test_twice_the_text_takes_twice_as_long(part: str) -> None:
    def work(length: int) -> Callable[[], object]:
        text = part * (length // len(part))
        return lambda: list(flaws(text))

    assert growth(work, start=1_000) <= MOST


def test_names_of_characters() -> None:
    assert characters.name_of("\u200b") == "ZERO WIDTH SPACE"
    assert characters.name_of("\x1b") == "CONTROL"
