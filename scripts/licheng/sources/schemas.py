"""Records against their JSON Schemas: a fast verdict, and an explanation only for what failed it.

`jsonschema-rs` gives the verdict, `jsonschema` explains (`explaining`); a test holds the two against each other.
Formats are asserted, patterns match the whole value, nothing is fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from licheng.core.errors import LichengError
from licheng.core.finding import Code, Finding
from licheng.core.layout import DATE
from licheng.core.record import Record
from licheng.policy import privacy
from licheng.sources import resources

if TYPE_CHECKING:
    from jsonschema import ValidationError

MISSING_FIELD = Code("SCH001", "missing-field")
UNKNOWN_FIELD = Code("SCH002", "unknown-field")
WRONG_TYPE = Code("SCH003", "wrong-type")
VALUE_NOT_ALLOWED = Code("SCH004", "value-not-allowed")
MALFORMED_TEXT = Code("SCH005", "malformed-text")
OUT_OF_RANGE = Code("SCH006", "out-of-range")
WRONG_KIND = Code("SCH007", "wrong-kind")
CODES = (
    MISSING_FIELD,
    UNKNOWN_FIELD,
    WRONG_TYPE,
    VALUE_NOT_ALLOWED,
    MALFORMED_TEXT,
    OUT_OF_RANGE,
    WRONG_KIND,
)

_RANGES = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
    }
    | {"uniqueItems", "minProperties", "maxProperties"}
)
_STRUCTURE = frozenset({"required", "additionalProperties", "unevaluatedProperties"})
# Findings told of one record; more would only hide the first.
MOST = 100
_SUFFIX = ".schema.json"
_DATE = re.compile(DATE)


@cache
def load() -> dict[str, dict[str, Any]]:
    """All schemas by name (`course-output`, `common`, …)."""
    files = sorted(path.name for path in resources.folder("schemas").glob(f"*{_SUFFIX}"))
    return {name.removesuffix(_SUFFIX): schema(name.removesuffix(_SUFFIX)) for name in files}


@cache
def schema(name: str) -> dict[str, Any]:
    """One schema."""
    path = resources.folder("schemas") / f"{name}{_SUFFIX}"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    # Patterns that look around are refused: what is left takes time in proportion to the text.
    linear = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft202012Validator(
        schema(kind), validate_formats=True, registry=_common(), pattern_options=linear
    )


def is_valid(kind: str, data: Any) -> bool:
    """The fast verdict."""
    return _validator(kind).is_valid(data)


class MissingField(NamedTuple):
    """A required field that is not there.

    Attributes:
        pointer: where it should be.
        name: of the field.
        part: what is said of it where it is required; None where nothing is.
    """

    pointer: tuple[str | int, ...]
    name: str
    part: Any


def missing(kind: str, data: Any) -> Iterator[MissingField]:
    """The fields that data of a kind lack, as the fast validator finds them."""
    for error in _validator(kind).iter_errors(data):
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            name, holder = error.kind.property, kind
            part: Any = schema(kind)
            for step in error.evaluation_path[:-1]:  # the last is `required`
                part = part[step]
                if step == "$ref":
                    file, _, definition = part.partition("#/$defs/")
                    holder = file.removesuffix(_SUFFIX) or holder
                    part = schema(holder)["$defs"][definition]
            yield MissingField(tuple(error.instance_path), name, part.get("properties", {}).get(name))


@cache
def _common() -> jsonschema_rs.Registry:
    """What the schemas of all kinds refer to."""
    common = schema("common")
    return jsonschema_rs.Registry([(common["$id"], common)])


def explain(kind: str, data: Any, most: int | None = None) -> list[ValidationError]:
    """What is wrong with data of a kind, by the explaining validator, at most so much; empty if it is valid."""
    from licheng.sources import explaining  # slow to import, and only a record at fault needs it

    return list(islice(explaining.faults(load(), kind, data), most))


def check(record: Record) -> Iterator[Finding]:
    """All that a record does against the schema of its kind."""
    expected = f"{record.kind}/v1"
    stated = record.data.get("kind")
    if isinstance(stated, str) and stated != expected:
        yield WRONG_KIND.at(record.at("kind"), expected=expected, found=stated)
        return
    if is_valid(record.kind, record.data):
        return
    errors = explain(record.kind, record.data, MOST * 10)
    if not errors:
        raise LichengError("APP099", place=record.path, detail="the two validators disagree")
    structural: dict[tuple[Any, ...], Any] = {}  # every fault once
    best: dict[tuple[str | int, ...], Any] = {}  # of the faults of one value the most telling
    for error in errors:
        pointer = tuple(error.absolute_path)
        if error.validator in _STRUCTURE:  # one comes for each missing field, and each is told of all of them
            structural.setdefault((pointer, *error.absolute_schema_path), error)
        elif pointer not in best or _rank(error) < _rank(best[pointer]):
            best[pointer] = error
    telling = (*structural.values(), *best.values())
    yield from islice((finding for error in telling for finding in _findings(record, error)), MOST)


# Of several faults of one value the first in this order is told: a date that is no text has no format either.
_ORDER = ("type", "enum", "const", "pattern", "format")


def _rank(error: Any) -> int:
    return _ORDER.index(error.validator) if error.validator in _ORDER else len(_ORDER)


def _findings(record: Record, error: Any) -> Iterator[Finding]:
    pointer = tuple(error.absolute_path)
    place, field = record.at(*pointer), ".".join(_short(str(part)) for part in pointer) or "(whole record)"
    value, wanted = _short(error.instance), error.validator_value
    match error.validator:
        case "required" | "dependentRequired":  # the second by the field that needs others
            owners = {} if isinstance(wanted, list) else wanted
            needed = (
                wanted if not owners else [name for owner in owners.keys() & error.instance for name in owners[owner]]
            )
            yield from (MISSING_FIELD.at(place, field=name) for name in needed if name not in error.instance)
        case "additionalProperties" | "unevaluatedProperties":
            known = error.schema.get("properties", {})
            unknown = [name for name in error.instance if name not in known]
            if error.validator == "unevaluatedProperties":  # jsonschema names them in its message only, each in quotes
                unknown = [name for name in islice(error.instance, MOST * 2) if repr(name) in error.message]
            yield from (UNKNOWN_FIELD.at(record.at_key(*pointer, name), field=_short(name)) for name in unknown)
        case "type":
            yield WRONG_TYPE.at(place, field=field, expected=_choices(wanted), found=value)
        case "enum" | "const" | "anyOf" | "oneOf":
            forms = wanted if error.validator in {"anyOf", "oneOf"} else ()  # each by its fields, else by its name
            names = (" + ".join(form.get("required", ())) or form.get("$ref", "-").rpartition("/")[2] for form in forms)
            yield VALUE_NOT_ALLOWED.at(place, field=field, found=value, allowed=tuple(names) or _choices(wanted))
        case "pattern" | "format":  # a right value, from the schema that the value failed; else what it wants
            example = str((error.schema.get("examples") or [wanted])[0])
            # A date may be well written, and in no calendar.
            well_written = error.validator == "format" and _DATE.fullmatch(str(error.instance)) is not None
            case = {"case": "no-such-day"} if well_written else {}
            values = {"field": field, "found": value, "example": example, **case}
            yield Finding(MALFORMED_TEXT.code, MALFORMED_TEXT.severity, place, values)
        case keyword if keyword in _RANGES:
            yield OUT_OF_RANGE.at(place, field=field, limit=keyword, bound=str(wanted), found=value)
        case keyword:
            raise LichengError("APP099", place=record.path, detail=f"{keyword}: {error.message[:200]}")


def _choices(wanted: Any) -> tuple[str, ...]:
    return tuple(map(str, wanted)) if isinstance(wanted, list) else (str(wanted),)


def _short(value: Any) -> str:
    """A value as it may be shown: cut, and not at all where it holds what names a person."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if privacy.names_somebody(text):
        return "****"
    return text if len(text) <= 60 else text[:57] + "…"


def followed(holder: str, part: Any) -> Any:
    """A schema, or any part of one, with all its references followed; own words go before those referred to.

    Args:
        holder: the name of the schema in whose `$defs` a reference without a file is looked up.
        part: of a schema, or all of it.
    """
    if isinstance(part, list):
        return [followed(holder, entry) for entry in part]
    if not isinstance(part, dict):
        return part
    own = {
        key: value if key == "examples" else followed(holder, value)
        for key, value in part.items()
        if key not in {"$ref", "$defs"}
    }
    if part.get("$ref") is None:
        return own
    file, _, definition = part["$ref"].partition("#/$defs/")
    target = file.removesuffix(_SUFFIX) or (holder if definition in load()[holder].get("$defs", {}) else "common")
    return {**followed(target, load()[target]["$defs"][definition]), **own}
