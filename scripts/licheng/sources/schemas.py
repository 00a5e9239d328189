"""Records against their JSON Schemas: a fast verdict, and an explanation only for what failed it.

`jsonschema-rs` gives the verdict, `jsonschema` explains (`explaining`); a test holds the two against each other.
Formats are asserted, patterns match the whole value, nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from licheng.core.errors import LichengError
from licheng.core.finding import Code, Finding
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


@cache
def load() -> dict[str, dict[str, Any]]:
    """All schemas by name (`course-output`, `common`, …)."""
    found = sorted(path.name for path in resources.folder("schemas").glob(f"*{_SUFFIX}"))
    return {name.removesuffix(_SUFFIX): schema(name.removesuffix(_SUFFIX)) for name in found}


@cache
def schema(name: str) -> dict[str, Any]:
    """One schema."""
    path = resources.folder("schemas") / f"{name}{_SUFFIX}"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


@cache
def _fast(kind: str) -> Callable[[Any], bool]:
    common = schema("common")
    registry = jsonschema_rs.Registry([(common["$id"], common)])
    return jsonschema_rs.Draft202012Validator(schema(kind), validate_formats=True, registry=registry).is_valid


def is_valid(kind: str, data: Any) -> bool:
    """The fast verdict."""
    return _fast(kind)(data)


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
        raise LichengError("APP099", detail=f"{record.path}: the two validators disagree")
    yield from islice((found for error in _one_a_place(errors) for found in _findings(record, error)), MOST)


# Of several faults of one value the first in this order is told: a date that is no text has no format either.
_ORDER = ("type", "enum", "const", "pattern", "format")


def _one_a_place(errors: Iterable[Any]) -> Iterator[Any]:
    """Every structural fault once, and of the faults of one value the most telling."""
    best: dict[tuple[str | int, ...], Any] = {}
    structural: set[tuple[Any, ...]] = set()
    for error in errors:
        pointer = tuple(error.absolute_path)
        if error.validator in _STRUCTURE:
            fault = (pointer, *error.absolute_schema_path)
            if fault not in structural:  # one comes for each missing field, and each is told of all of them
                yield error
            structural.add(fault)
        elif pointer not in best or _rank(error) < _rank(best[pointer]):
            best[pointer] = error
    yield from best.values()


def _rank(error: Any) -> int:
    return _ORDER.index(error.validator) if error.validator in _ORDER else len(_ORDER)


def _findings(record: Record, error: Any) -> Iterator[Finding]:
    place = record.at(*error.absolute_path)
    field, value, wanted = _name(tuple(error.absolute_path)), _short(error.instance), error.validator_value
    match error.validator:
        case "required":
            yield from (MISSING_FIELD.at(place, field=name) for name in wanted if name not in error.instance)
        case "additionalProperties" | "unevaluatedProperties":
            for name in _unknown(error):
                yield UNKNOWN_FIELD.at(record.at_key(*error.absolute_path, name), field=_short(name))
        case "type":
            yield WRONG_TYPE.at(place, field=field, expected=_choices(wanted), found=value)
        case "enum" | "const" | "anyOf" | "oneOf":
            allowed = _alternatives(wanted) if error.validator in {"anyOf", "oneOf"} else _choices(wanted)
            yield VALUE_NOT_ALLOWED.at(place, field=field, found=value, allowed=allowed)
        case "pattern" | "format":
            yield MALFORMED_TEXT.at(place, field=field, found=value, example=_example(error))
        case keyword if keyword in _RANGES:
            yield OUT_OF_RANGE.at(place, field=field, limit=keyword, bound=str(wanted), found=value)
        case keyword:
            raise LichengError("APP099", detail=f"{record.path}: {keyword}: {error.message[:200]}")


def _choices(wanted: Any) -> tuple[str, ...]:
    return tuple(map(str, wanted)) if isinstance(wanted, list) else (str(wanted),)


def _alternatives(wanted: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Each by the fields that it wants, else by the name of its form."""
    return tuple(" + ".join(one.get("required", ())) or one.get("$ref", "-").rpartition("/")[2] for one in wanted)


def _example(error: Any) -> str:
    """A right value, from the schema that the value failed; else what it wants."""
    examples = error.schema.get("examples", ())
    return str(examples[0]) if examples else str(error.validator_value)


def _unknown(error: Any) -> list[str]:
    """The names of fields that no schema knows."""
    known = set(error.schema.get("properties", {})) if isinstance(error.schema, dict) else set()
    if error.validator == "additionalProperties":
        return [name for name in error.instance if name not in known]
    # jsonschema names the unevaluated fields in its message only, each in quotes.
    return [name for name in islice(error.instance, MOST * 2) if repr(name) in error.message]


def _name(pointer: tuple[str | int, ...]) -> str:
    return ".".join(_short(str(part)) for part in pointer) or "(whole record)"


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
    return {**_target(holder, part.get("$ref")), **own}


def _target(holder: str, reference: str | None) -> dict[str, Any]:
    if reference is None:
        return {}
    file, _, definition = reference.partition("#/$defs/")
    holder = file.removesuffix(_SUFFIX) or (holder if definition in load()[holder].get("$defs", {}) else "common")
    found: dict[str, Any] = followed(holder, load()[holder]["$defs"][definition])
    return found
