"""The explaining validator: what is wrong with data, for a record that the fast verdict refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012


@cache
def _whole(pattern: str) -> re.Pattern[str]:
    """`$` is the very end of a value, not before a final line feed as in Python's `re`."""
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII)


def _whole_pattern(validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if validator.is_type(value, "string") and not _whole(pattern).search(value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


_definitions: dict[int, Any] = {}  # what a part of a schema refers to, by that part's identity


def _referred(validator: Any, _reference: str, value: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    """A reference is looked up once: the library would take the addresses of both files apart at each value."""
    yield from validator.descend(value, _definitions[id(schema)])


def _define(part: Any, own: Mapping[str, Any], common: Mapping[str, Any]) -> None:
    """Look up what a schema, and every part of it, refers to: a definition of its own or one of all schemas."""
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _define(inner, own, common)
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        file, _, name = part["$ref"].partition("#/$defs/")
        _definitions[id(part)] = (common if file else own)["$defs"][name]


_FORMATS = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and date.fromisoformat(value) is not None)


@_FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s]+", value) is not None


_Explaining = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator, {"pattern": _whole_pattern, "$ref": _referred}
)
_validators: dict[str, Any] = {}


def faults(schemas: Mapping[str, Any], kind: str, data: Any) -> Iterator[jsonschema.ValidationError]:
    """Every fault of data, one by one.

    Args:
        schemas: all of them by name; the same mapping at every call.
        kind: the name of the data's schema.
        data: as parsed.
    """
    if kind not in _validators:
        for schema in (schemas[kind], schemas["common"]):  # all that a schema refers to
            _define(schema, schema, schemas["common"])
        resources = [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas.values()]
        registry: Registry[Any] = Registry().with_resources(resources)
        _validators[kind] = _Explaining(schemas[kind], registry=registry, format_checker=_FORMATS)
    return _leaves(_validators[kind].iter_errors(data))


def _leaves(errors: Any) -> Iterator[jsonschema.ValidationError]:
    for error in errors:
        if error.context and error.validator in {"allOf", "then", "else", "$ref"}:
            yield from _leaves(error.context)
        else:
            yield error
