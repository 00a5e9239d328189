"""What the regulation's own words say in numbers, to be held against its values (參 to 柒).

An article says 三件, 十項, 二週, 9人: in Chinese numerals or in digits, of half or full width.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from licheng.core.location import Place
from licheng.core.rulebook import Rulebook

_NUMERAL = "[0-9０-９零〇一二兩三四五六七八九十]+"
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "兩": 2}
_WEEK = 7

# By what a quota is of: how its row of the table begins, or its clause where the article is no table.
_NAMES = {"course-output": "課程學習成果", "activity": "多元表現"}
_AT_MOST = rf"每學[期年]至多\s*({_NUMERAL})\s*[件項]"
_LEAD = rf"上傳期限之?\s*({_NUMERAL})\s*(週|周|星期|日|天)[前內]"
_ONCE = rf"({_NUMERAL})\s*次"


class Contradiction(NamedTuple):
    """A value that is not the number in the words of the article that it cites."""

    place: Place
    article: str
    value: int
    words: tuple[int, ...]


def number(text: str) -> int | None:
    """`三`, `十`, `二十四`, `9` or `９` as a number below 100; None for what is no numeral."""
    if text.isdecimal():
        return int(text)
    tens, ten, units = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text)
    many, few = _DIGITS.get(tens or "一"), _DIGITS.get(units or "零")
    return many * 10 + few if many is not None and few is not None else None


def contradictions(book: Rulebook) -> Iterator[Contradiction]:
    """Every value whose article says another number, in the order of the file; an article without one says nothing."""
    texts = {entry["id"]: entry["text"] for entry in book.record.data["articles"]}
    for place, article, value, numbers in _claims(book, texts):
        words = tuple(numbers)
        if words and value not in words:
            yield Contradiction(place, article, value, words)


def _claims(book: Rulebook, texts: Mapping[str, str]) -> Iterator[tuple[Place, str, int, list[int]]]:
    record, data = book.record, book.record.data
    for index, entry in enumerate(data["records"]):
        for value in _numbers(_AT_MOST, entry.get("limit", "")):
            numbers = _at_most(entry["category"], texts.get(entry["article"], ""), book)
            yield record.at("records", index, "limit"), entry["article"], value, numbers
    kinds = Counter(quota.of for quota in book.quotas if quota.stage == "submitted")
    for index, entry in enumerate(data["quotas"]):
        if entry["stage"] == "submitted" and kinds[entry["of"]] == 1:  # more of one kind is RBK008's
            numbers = _at_most(entry["of"], texts.get(entry["article"], ""), book)
            yield record.at("quotas", index, "limit"), entry["article"], entry["limit"], numbers
    lead = data["lead_days"]
    spans = re.findall(_LEAD, texts.get(lead["article"], ""))
    days = [(number(text) or 0) * (1 if unit in "日天" else _WEEK) for text, unit in spans]
    yield record.at("lead_days", "value"), lead["article"], lead["value"], days
    seats = sum(seat["count"] for seat in data["seats"])
    for name, pattern in _SINGLE.items():
        entry = data.get(name)
        if entry is not None and not (name == "seats_total" and seats != entry["value"]):  # which is RBK001's
            numbers = _numbers(pattern, texts.get(entry["article"], ""))
            yield record.at(name, "value"), entry["article"], entry["value"], numbers
    for index, training in enumerate(data["trainings"]):
        numbers = _numbers(_ONCE, texts.get(training["article"], ""))
        yield record.at("trainings", index, "count"), training["article"], training["count"], numbers


_SINGLE = {
    "seats_total": rf"共\s*({_NUMERAL})\s*人",
    "meetings_per_term": rf"召開\s*({_NUMERAL})\s*次",
    "retention_years": rf"起\s*({_NUMERAL})\s*年",
}


def _at_most(of: str, text: str, book: Rulebook) -> list[int]:
    """How many of a category, or of a kind of record, an article lets be handed in; in the school's words."""
    row_of = book.categories.get(book.category_of(of))
    name = row_of.name["zh"] if row_of is not None and row_of.name is not None else _NAMES.get(of)
    if name is None:
        return []
    row = next((line for line in text.splitlines() if line.startswith(f"| {name}")), None)
    return _numbers(_AT_MOST, row) if row is not None else _numbers(f"{name}[^。；;]*?{_AT_MOST}", text)


def _numbers(pattern: str, text: str) -> list[int]:
    return [value for numeral in re.findall(pattern, text) if (value := number(numeral)) is not None]
