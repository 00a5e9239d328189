"""A value of the rulebook cites an article that the rulebook does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from licheng.core.finding import Finding
from licheng.core.location import Pointer
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

# What the school decides beside the regulation says so.
OWN_DECISION = "校內"


@rule("RBK003", "unknown-article", kinds=("rulebook",))
def unknown_article(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """Every number and list names the article that it comes from."""
    known = {article["id"] for article in record.data["articles"]} | {OWN_DECISION}
    for cited, pointer in _cited(record.data, ()):
        if cited not in known:
            yield this.finding(record.at(*pointer), article=cited)


def _cited(data: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "article" and isinstance(value, str):
                yield value, (*pointer, key)
            else:
                yield from _cited(value, (*pointer, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _cited(value, (*pointer, index))
