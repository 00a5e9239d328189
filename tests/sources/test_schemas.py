"""The schemas: whole, in two languages, closed; two validators that never disagree."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licheng.core.layout import KINDS
from licheng.core.record import Record
from licheng.sources import schemas
from licheng.sources.emit import emit

LOADED = schemas.load()
EXAMPLES = [(kind, index, example) for kind in LOADED for index, example in enumerate(LOADED[kind].get("examples", ()))
            if kind != "common"]  # fmt: skip


def test_there_is_one_schema_a_kind() -> None:
    assert set(LOADED) == {kind.name for kind in KINDS} | {"common"}


@pytest.mark.parametrize("kind", sorted(LOADED))
def test_schema_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(LOADED[kind])


def _nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            if key not in {"examples", "const", "enum"}:
                yield from _nodes(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from _nodes(value, f"{path}/{index}")


@pytest.mark.parametrize("kind", sorted(LOADED))
def test_every_field_is_described_in_both_languages(kind: str) -> None:
    for path, node in _nodes(LOADED[kind]):
        properties = node.get("properties", {}) if not re.search(r"/(?:if|properties)$", path) else {}
        for name, field in properties.items():
            if field is True or "/if/" in f"{path}/":
                continue
            words = schemas.followed(kind, field) if "$ref" in field else field
            if set(field) <= {"const", "enum", "not", "minItems", "maxItems"}:
                continue  # a branch narrows a field that is described above
            assert words.get("title"), (path, name)
            assert re.search(r"[\u4e00-\u9fff]", words.get("description", "")), (path, name)
            assert words.get("x-en", {}).get("title"), (path, name)
            assert words["x-en"].get("description"), (path, name)


@pytest.mark.parametrize("kind", sorted(LOADED))
def test_patterns_match_whole_values_and_references_stay_here(kind: str) -> None:
    for path, node in _nodes(LOADED[kind]):
        if isinstance(node.get("pattern"), str):
            assert re.fullmatch(r"\^.*\$", node["pattern"]), path
        if isinstance(node.get("$ref"), str):
            assert re.fullmatch(r"(?:common\.schema\.json)?#/\$defs/\w+", node["$ref"]), path


@pytest.mark.parametrize(("kind", "index", "example"), EXAMPLES, ids=[f"{k}-{i}" for k, i, _ in EXAMPLES])
def test_examples_are_valid(kind: str, index: int, example: Any) -> None:
    assert schemas.is_valid(kind, example)
    assert schemas.explain(kind, example) == []
    stated = next(example[name] for name in ("kind", "predicateType", "_type") if name in example)
    assert stated == f"{kind}/v1"


def test_every_kind_has_an_example() -> None:
    assert {kind for kind, _, _ in EXAMPLES} == {kind.name for kind in KINDS}
    activities = {example["category"] for kind, _, example in EXAMPLES if kind == "activity"}
    assert len(activities) == 10


ODD = [
    None, True, -1, 0, 10**9, "", "NO", "待填", "2026-13-01", "2026-02-30", "2026-01-15\n", "s1139901\n", "115-3",
    "a" * 3000, [], {}, ["x"], {"zh": "甲"}, 1.5, "1.5", "https://x.example", "javascript:alert(1)", "2026-1-5", "Ａ",
]  # fmt: skip


def _pointers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _pointers(inner, (*path, key))


def _changed(example: Any, pointer: tuple[Any, ...], action: str, value: Any) -> Any:
    changed = copy.deepcopy(example)
    target = changed
    for part in pointer[:-1]:
        target = target[part]
    if not pointer:
        return value if action == "replace" else {**changed, "surplus": value}
    if action == "replace":
        target[pointer[-1]] = value
    elif action == "remove":
        del target[pointer[-1]]
    elif isinstance(target[pointer[-1]], dict):
        target[pointer[-1]]["surplus"] = value
    return changed


# Made once, as Hypothesis looks through all values of every new strategy.
_NUMBERS, _ACTIONS = st.sampled_from(range(len(EXAMPLES))), st.sampled_from(["replace", "remove", "add"])
_PLACES = [st.sampled_from(list(_pointers(example))) for _, _, example in EXAMPLES]
_VALUES = st.sampled_from(ODD)


@settings(max_examples=1_500, deadline=None)
@given(st.data())
def test_both_validators_give_the_same_verdict(data: st.DataObject) -> None:
    number = data.draw(_NUMBERS)
    kind, _, example = EXAMPLES[number]
    pointer = data.draw(_PLACES[number])
    changed = _changed(example, pointer, data.draw(_ACTIONS), data.draw(_VALUES))
    if isinstance(changed, dict):
        faults = schemas.explain(kind, changed)
        assert schemas.is_valid(kind, changed) == (faults == []), changed
        assert _told(schemas.missing(kind, changed)) == _told(chain.from_iterable(map(_missing, faults))), changed


def _missing(fault: Any) -> Iterator[schemas.MissingField]:
    """What one fault says, as what we ask the fast validator for."""
    for name in fault.validator_value if fault.validator == "required" else ():
        if name not in fault.instance:
            part = fault.schema.get("properties", {}).get(name)
            yield schemas.MissingField(tuple(fault.absolute_path), name, part)


def _told(fields: Iterable[schemas.MissingField]) -> set[str]:
    """Each once: two conditions may ask for the same."""
    return {*map(repr, fields)}


def test_a_value_of_none_of_several_forms_is_told_what_the_forms_are() -> None:
    duties = copy.deepcopy(LOADED["duties"]["examples"][0])
    del duties["authority"][0]["records"]
    (told,) = schemas.check(Record("content/school/duties.yaml", "duties", {}, duties, emit(duties), 0))
    assert (told.code, told.values["allowed"]) == ("SCH004", ("records", "paths"))
    (told,) = schemas._findings(
        Record("x", "course-offerings", {}, {}, "", 0),
        jsonschema.exceptions.ValidationError(
            "", validator="anyOf", validator_value=LOADED["common"]["$defs"]["assignedTeacher"]["anyOf"], instance=5
        ),
    )
    assert told.values["allowed"] == ("staffId", "staff")
