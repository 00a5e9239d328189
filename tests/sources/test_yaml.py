"""The strict reader: what it refuses and where, and that what it accepts means the same to any YAML reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import unwrap
from itertools import product
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from licheng.core.location import Location, Place
from licheng.sources import yaml
from licheng.sources.emit import emit
from licheng.sources.markdown import split, yaml_span
from tests.scaling import MOST, growth

REFUSED = {
    "duplicate key": ("a: 1\nb: 2\na: 3\n", "YML002", 3, 1),
    "duplicate key deep down": ("a:\n  - x: 1\n    x: 2\n", "YML002", 3, 5),
    "duplicate key by quotes": ("a: 1\n'a': 2\n", "YML002", 2, 1),
    "anchor": ("a: &one 1\n", "YML003", 1, 4),
    "anchor on a list": ("a: &one [1]\n", "YML003", 1, 4),
    "anchor on a key": ("&one a: 1\n", "YML003", 1, 1),
    "alias as a key": ("a: 1\n*one : 2\n", "YML003", 2, 1),
    "tag": ("a: !!python/object/apply:os.system [ls]\n", "YML004", 1, 4),
    "tag on text": ("a: !!str 1\n", "YML004", 1, 4),
    "two documents": ("a: 1\n---\nb: 2\n", "YML005", 2, 1),
    "merge key": ("<<: {a: 1}\n", "YML008", 1, 1),
    "tab": ("a:\n\tb: 1\n", "YML001", 2, 1),
    "open quote": ('a: "b\n', "YML001", 1, 4),
    "key that is a list": ("[a]: 1\n", "YML001", 1, 1),
}


@pytest.mark.parametrize(("text", "code", "line", "column"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(yaml.OutsideSubsetError) as caught:
        yaml.parse(text)
    assert (caught.value.code.code, caught.value.line, caught.value.column) == (code, line, column)


def test_alias_bomb_is_refused_at_its_first_anchor() -> None:
    with pytest.raises(yaml.OutsideSubsetError) as caught:
        yaml.parse("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    assert (caught.value.code.code, caught.value.line) == ("YML003", 1)


@pytest.mark.parametrize(("depth", "refused"), [(20, False), (21, True), (5_000, True)])
def test_depth(depth: int, refused: bool) -> None:
    text = "[" * depth + "]" * depth
    if refused:
        with pytest.raises(yaml.OutsideSubsetError) as caught:
            yaml.parse(text)
        assert caught.value.code.code == "YML006"
    else:
        assert yaml.parse(text) is not None


def test_scalars_stay_what_the_author_wrote() -> None:
    source = "a: NO, b: 01234567, c: 1.10, d: 2026-01-15, e: true, f: -3, g: '3', h: 1_000, i: 0x1f, j: .nan, "
    assert yaml.parse(f"{{{source}k: 12:30, l: ~, m: True}}") == {
        "a": "NO", "b": "01234567", "c": "1.10", "d": "2026-01-15", "e": True, "f": -3, "g": "3",
        "h": "1_000", "i": "0x1f", "j": ".nan", "k": "12:30", "l": "~", "m": "True",
    }  # fmt: skip


def test_numbers_are_ascii_and_bounded() -> None:
    assert yaml.parse("a: １２\nb: ٣\nc: 1234567890123456789\n") == {"a": "１２", "b": "٣", "c": "1234567890123456789"}


def test_empty_values() -> None:
    assert yaml.parse("a:\nb: null\nc: ''\n") == {"a": None, "b": None, "c": ""}
    assert yaml.parse("") is None


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Cs", "Zl", "Zp"]), max_size=30)
SCALARS = st.booleans() | st.integers(-(10**17), 10**17) | TEXT | st.sampled_from(["NO", "null", "1.5", "2026-01-15"])
# An empty key is written behind a question mark; signs of full width in a key are refused, as a slip of typing.
KEYS = TEXT.filter(lambda key: key and "：" not in key and not key.startswith("\u3000"))
NESTED = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
DATA = st.dictionaries(KEYS, NESTED, max_size=6)


@given(DATA)
def test_what_we_emit_we_read_back(data: dict[str, Any]) -> None:
    assert yaml.parse(emit(data)) == data


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\U0010ffff", "\ufeff", "\x00", "\x7f", "\u2028", "\x85"])
def test_what_no_record_may_hold_is_refused_as_it_is_emitted(character: str) -> None:
    """Noncharacters and what nobody sees: no reader may take them for something else."""
    with pytest.raises(yaml.OutsideSubsetError):
        yaml.parse(emit({"a": f"x{character}y"}))


@given(DATA)
def test_the_same_structure_as_the_ordinary_loader(data: dict[str, Any]) -> None:
    text = emit(data)
    assert _as_text(yaml.parse(text)) == pyyaml.load(text, Loader=pyyaml.BaseLoader)  # noqa: S506 - text only


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        yaml.parse(text)
    except yaml.OutsideSubsetError as refused:
        assert refused.line >= 1  # noqa: PT017 - both outcomes are right


MARKDOWN = "---\nkind: x/v1\nitems:\n  - name: a\n    size: 1\n  - name: 乙\n    size: NO\n---\nbody\n"


@pytest.mark.parametrize(
    ("place", "line", "column"),
    [
        (Place("p", MARKDOWN, ("items", 1, "size")), 7, 11),
        (Place("p", MARKDOWN, ("items", 1, "size"), on_key=True), 7, 5),
        (Place("p", MARKDOWN, ("items", 1, "missing")), 6, 5),
        (Place("p", MARKDOWN, ("items", 9, "size")), 4, 3),
        (Place("p", MARKDOWN, ()), 2, 1),
        (Place("p", MARKDOWN, offset=MARKDOWN.index("body") + 2), 9, 3),
    ],
)
def test_locate(place: Place, line: int, column: int) -> None:
    assert yaml.locate(place, yaml_span) == Location("p", line, column)


def test_front_matter() -> None:
    parts = split(MARKDOWN)
    assert parts is not None
    assert (parts[0].splitlines()[0], MARKDOWN[parts[1] :]) == ("kind: x/v1", "body\n")
    assert split("kind: x\n") is None
    assert split("---\nkind: x\n") is None
    assert split("---\nkind: x\n---") == ("kind: x\n", 15)


DISPUTED = {
    "question mark in brackets": ("a: [?x]\n", 1, 5),
    "question mark in braces": ("a: {?b: c}\n", 1, 5),
    "a key behind a question mark": ("? a\n: b\n", 1, 1),
    "a question mark in a flow": ("a: [? b : c]\n", 1, 5),
    "the last of several": ("a: {b: 1, ?c}\n", 1, 11),
    "text that begins with one": ("a:\n  - b\n  - ?c\n", 3, 5),
    "deep down": ("a:\n- - ?b\n", 2, 5),
    "question mark within a value in brackets": ("a: [b, https://school.example/?q=1]\n", 1, 8),
    "directive": ("%YAML 1.1\n---\na: 1\n", 1, 1),
    "directive of tags": ("%TAG ! tag:x,2026:\n---\na: 1\n", 1, 1),
    "end of a document": ("a: 1\n...\n", 2, 1),
    "tab behind a colon": ("a:\tb\n", 1, 3),
    "tab behind a value": ("a: b\t\n", 1, 5),
    "tab before a comment": ("a: b\t# c\n", 1, 5),
    "colon in a flow": ("a: {b:c}\n", 1, 5),
    "colon without space": ('a: {"b":c}\n', 1, 8),
    "pair in brackets": ("a: [b: c]\n", 1, 5),
    "pair in brackets, later": ("a: [x, b: c]\n", 1, 8),
    "pair in brackets, behind a list": ("a: [[x], b: c]\n", 1, 10),
    "pair in brackets, behind braces that are clear": ("x: [{a: b}\n , c: d]\n", 2, 4),
    "colon in braces, behind braces that are clear": ("x: {y: {a: 'b'}\n , c:d}\n", 2, 4),
    "comment at a quote": ('a: "b"#c\n', 1, 4),
    "comment at a bracket": ("a: [b]#c\n", 1, 6),
    "next line": ("a: b\n# \x85\n", 2, 3),
}


@pytest.mark.parametrize(("text", "line", "column"), DISPUTED.values(), ids=DISPUTED)
def test_what_yaml_readers_dispute(text: str, line: int, column: int) -> None:
    with pytest.raises(yaml.OutsideSubsetError) as caught:
        yaml.parse(text)
    assert (caught.value.code.code, caught.value.line, caught.value.column) == ("YML010", line, column)


@pytest.mark.parametrize(
    "text",
    [
        "a: why?\nb: is it so ? yes\n",
        'a: "?b"\nb: [\'?c\', "d?"]\n',
        "a: |\n  ?b\n  %c\n  \td\n",
        "a: >-\n  x: [?y]\n",
        "# ?\ta [b: c]\na: b # ?\tc\n",
        "a: [https://school.example/q=1, 12:30, -1, b]\n",
        "a: {b: 1, c: [2, 3], d: {e: f}}\n",
        "- {a: 1, b: {c: d e, f: 'g, h'}}\n- {a: {b: c}, d: e}\n",
        "a: {b: 1,\n    c: 2}\n",
        "\"a\": b\n'c': d\n",
        'a: "b\tc"\n',
        "a: b#c\nd: '#e'\n",
        "a: []\nb: {}\nc:\n- d: e\n  f: g\n",
        "---\na: b\n",
    ],
)
def test_what_they_agree_on(text: str) -> None:
    """Ours, PyYAML's own reader (1.1) and ruamel.yaml's (1.2) see the same."""
    ours = _as_text(yaml.parse(text))
    assert ours == _as_text(pyyaml.load(text, Loader=pyyaml.BaseLoader))  # noqa: S506 - text only
    assert ours == _ruamel(text)


def _ruamel(text: str) -> Any:
    return _as_text(YAML(typ="base", pure=True).load(text))


CLEAR = (
    "x: {zh: 校長, en: 'Principal, convenor'}\ny: [{unit: it}, {as: tutor}]\n"
    "z:\n- {a: b, c: d}\n- {code: 1, name: {zh: 甲, en: A b}}\n"
)
SIGNS = "[]{}:,'\" ?#-a\n\t%"
SLIPS = st.lists(
    st.tuples(st.integers(0, len(CLEAR) - 1), st.sampled_from(SIGNS), st.booleans()), min_size=2, max_size=4
)


def _agree(text: str) -> None:
    """The glance and the look at every token come to the same."""
    with pytest.MonkeyPatch.context() as patched:
        glance = _verdict(text)
        patched.setattr(yaml, "_DISPUTABLE", re.compile(""))
        assert glance == _verdict(text), text


def test_any_one_slip_is_judged_at_a_glance_as_token_by_token() -> None:
    assert isinstance(_verdict(CLEAR), dict)
    for place, sign, replaces in product(range(len(CLEAR)), SIGNS, (False, True)):
        _agree(CLEAR[:place] + sign + CLEAR[place + replaces :])


@given(SLIPS)
@settings(max_examples=300)
def test_what_is_clear_at_a_glance_is_clear_token_by_token(slips: list[tuple[int, str, bool]]) -> None:
    text = CLEAR
    for place, sign, replaces in slips:
        text = text[:place] + sign + text[place + replaces :]
    _agree(text)


def _verdict(text: str) -> object:
    try:
        return unwrap(yaml.parse)(text)  # tests remember what was read before
    except yaml.OutsideSubsetError as refused:
        return refused.code, refused.line, refused.column


PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "b",
            "?",
            ":",
            ": ",
            " ",
            "\n",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            ",",
            "#",
            " #",
            '"',
            "'",
            "\t",
            "%",
            "|",
            "1",
        ]
    ),
    max_size=14,
)


@settings(max_examples=3_000)
@given(PIECES.map("".join))
@pytest.mark.slow
def test_what_is_accepted_means_the_same_to_other_readers(text: str) -> None:
    try:
        ours = yaml.parse(text)
    except yaml.OutsideSubsetError:
        return
    if not isinstance(ours, dict):
        return  # no record
    try:
        theirs = pyyaml.load(text, Loader=pyyaml.BaseLoader)  # noqa: S506 - text only
        others = _ruamel(text)
    except (pyyaml.YAMLError, YAMLError):
        return  # refused there: nobody reads other data
    assert _texts(ours) == _texts(theirs) == _texts(others), text


def _texts(value: Any) -> Any:
    """Empty values are empty text to some readers and nothing to others."""
    if isinstance(value, dict):
        return {_texts(key): _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return "" if value is None else str(value).lower()


@pytest.mark.parametrize("part", ["[", "{", "[a", "[a\n", "]", '"', "\n", "a", "[]", "字", "a: {a: {a: b, a: {a: b}, "])
@pytest.mark.slow
def test_disputes_are_looked_for_in_linear_time(part: str) -> None:
    def work(length: int) -> Callable[[], object]:
        text = part * (length // len(part))
        return lambda: yaml._DISPUTABLE.search(yaml._CLEAR_BRACES.sub("", text))

    assert growth(work, start=10_000) <= MOST
