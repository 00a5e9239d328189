"""A record changed in place: what people wrote stays; where that cannot be told, nothing is returned."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.sources import yaml
from licheng.sources.editing import edited
from licheng.sources.emit import _dumped, emit

TEXT = """\
# schema
kind: marks/v1
marks:  # 期末
  # 國文
  - course: chinese-1
    mark: 80  # 補登
    passed: true

  - {course: english-1, mark: 59, passed: false}
tags: [a, b]
names:
  - one
  - two
# the end
"""
Changes = Sequence[tuple[tuple[str | int, ...], Any]]


def applied(data: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """The data after the changes, made without any text."""
    after: Any = copy.deepcopy(dict(data))
    for pointer, value in changes:
        place = after
        for part in pointer[:-1]:
            place = place[part]
        if isinstance(place, list) and pointer[-1] == len(place):
            place.append(value)
        else:
            place[pointer[-1]] = value
    result: dict[str, Any] = after
    return result


def changed(text: str, *changes: tuple[tuple[str | int, ...], Any]) -> str | None:
    return edited(text, changes, applied(yaml.parse(text), changes))


def test_only_the_value_is_another() -> None:
    assert changed(TEXT, (("marks", 0, "mark"), 88)) == TEXT.replace("mark: 80  # 補登", "mark: 88  # 補登")
    assert changed(TEXT, (("marks", 1, "mark"), "60.5")) == TEXT.replace("mark: 59", "mark: 60.5")
    assert changed(TEXT, (("tags",), ["c", "a, b"])) == TEXT.replace("[a, b]", '[c, "a, b"]')
    assert changed(TEXT, (("names",), ["three"])) == TEXT.replace("  - one\n  - two\n", "  - three\n")


def test_what_is_new_comes_last_where_it_belongs() -> None:
    entry = {"course": "pe-1", "mark": 90, "passed": True}
    english = "  - {course: english-1, mark: 59, passed: false}"
    assert changed(TEXT, (("marks", 2), entry)) == TEXT.replace(
        english, f"{english}\n  - course: pe-1\n    mark: 90\n    passed: true"
    )
    assert changed(TEXT, (("marks", 0, "remark"), "好")) == TEXT.replace(
        "    passed: true", "    passed: true\n    remark: 好"
    )
    assert changed(TEXT, (("marks", 1, "remark"), "好")) == TEXT.replace("passed: false}", "passed: false, remark: 好}")
    assert changed(TEXT, (("kind",), "x"), (("more",), [{"a": 1}])) == TEXT.replace("marks/v1", "x").replace(
        "  - two\n", "  - two\nmore:\n  - a: 1\n"
    )


def test_the_first_entry_of_an_empty_list() -> None:
    text = "kind: marks/v1\nmarks: []  # none yet\n# courses without a mark\n"
    expected = "kind: marks/v1\nmarks:\n  - course: pe-1  # none yet\n# courses without a mark\n"
    assert changed(text, (("marks", 0), {"course": "pe-1"})) == expected


def test_the_body_of_markdown_stays() -> None:
    text = "---\nkind: x\non: 2026-11-02 # day\n---\nkind: x\n\n# 內容\n"
    meant = {"kind": "x", "on": "2026-11-03"}
    assert edited(text, [(("on",), "2026-11-03")], meant) == text.replace("-02 #", "-03 #")


@pytest.mark.parametrize(
    ("changes", "meant"),
    [
        ([(("marks", 0, "mark"), 88)], {}),  # not what was meant
        ([(("marks", 5, "mark"), 88)], None),  # no such entry
        ([(("marks", 0, "mark"), {"a": 1})], None),
    ],
)
def test_what_cannot_be_told_is_left(changes: Changes, meant: Any) -> None:
    assert edited(TEXT, changes, yaml.parse(TEXT) if meant is None else meant) is None


PLAIN = st.one_of(
    st.text(max_size=12), st.integers(), st.booleans(), st.sampled_from(["a, b", "- x", "a: b", "#", "{", "1"])
)


@given(value=PLAIN, place=st.sampled_from([(0, "mark"), (1, "mark"), (0, "remark"), (1, "remark")]))
def test_whatever_the_value_is_it_is_read_back_or_left(value: Any, place: tuple[int, str]) -> None:
    changes = [(("marks", *place), value)]
    meant = applied(yaml.parse(TEXT), changes)
    text = edited(TEXT, changes, meant)
    assert text is None or yaml.parse(text) == meant


ODD = [
    "- a",
    "a: b",
    "# x",
    " x",
    "x ",
    "?x",
    "1",
    "true",
    "null",
    "~",
    "a #b",
    "[x]",
    "'q'",
    "%x",
    "|",
    "---",
    ":",
    "文：",
    "0x1f",
]
VALUES = st.recursive(
    st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.none(), st.sampled_from(ODD)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.text(max_size=8), st.sampled_from(["a", "kind", "true", "x-1"])), inner, max_size=4
        ),
    ),
    max_leaves=20,
)


@given(VALUES)
def test_most_records_are_written_as_the_library_writes_them(value: Any) -> None:
    assert emit(value) == _dumped(value)


def test_several_entries_come_in_at_once_and_two_of_one_stretch_are_not_guessed() -> None:
    text = "a:\n  - {b: 1} # one\nc: 2\n"
    changes = [(("a", 1), {"b": 2}), (("c",), 3), (("a", 2), {"b": 3})]
    done = edited(text, changes, {"a": [{"b": 1}, {"b": 2}, {"b": 3}], "c": 3})
    assert done == "a:\n  - {b: 1} # one\n  - b: 2\n  - b: 3\nc: 3\n"
    assert edited("a: []\n", [(("a", 0), {"b": 1}), (("a", 1), {"b": 2})], {"a": [{"b": 1}, {"b": 2}]}) is None
