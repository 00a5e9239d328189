"""A JSON Schema as rows that people read: each field with its type in words, whether it is needed, and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import code, lines
from licheng.outputs.words import Words

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One field; nested ones are written `list[].field` or `object.field`."""

    name: str
    schema: Schema
    required: bool
    condition: Markup | None


def fields(schema: Schema, words: Words, prefix: str = "") -> Iterator[Field]:
    """The fields of an object's schema, each followed by those inside it."""
    needed = frozenset(schema.get("required", ()))
    comma = str(words.data["text"]["comma"])
    conditions = dict[str, Markup]()
    for part in (schema, *schema.get("allOf", ())):
        if "if" in part and "title" not in part.get("then", {}):
            when = []
            for name, inner in part["if"].get("properties", {}).items():
                values = inner["enum"] if "enum" in inner else [inner["const"]]
                either = Markup(comma.join(str(code(value)) for value in values))  # noqa: S704 - code is inert
                when.append(words.say("schemas", "is", name=code(name), values=either))
            present = part["if"].get("required", ())
            when = when or [words.say("schemas", "present", name=code(name)) for name in present]
            needed_if = words.say("schemas", "needed_if", when=Markup(comma.join(map(str, when))))  # noqa: S704 - markup
            conditions |= dict.fromkeys(part.get("then", {}).get("required", ()), needed_if)
    for name, inner in schema.get("properties", {}).items():
        if not isinstance(inner, Mapping):
            continue
        yield Field(prefix + name, inner, name in needed, conditions.get(name))
        yield from _inside(inner, words, prefix + name)


def _inside(schema: Schema, words: Words, name: str) -> Iterator[Field]:
    if isinstance(schema.get("items"), Mapping):
        yield from _inside_object(schema["items"], words, f"{name}[]")
    else:
        yield from _inside_object(schema, words, name)


def _inside_object(schema: Schema, words: Words, name: str) -> Iterator[Field]:
    yield from fields(schema, words, f"{name}.")
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield from _inside(schema["additionalProperties"], words, f"{name}.*")


def branches(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The parts of a schema that a value of one field chooses, each with that value (activity: category)."""
    for part in schema.get("allOf", ()):
        then = part.get("then", {})
        if "title" in then:
            [(_, chosen)] = part["if"]["properties"].items()
            yield str(chosen["const"]), then


def type_of(schema: Schema, words: Words) -> Markup:
    """The type in words: allowed values first, then kind and limits."""
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        return lines(map(code, schema["enum"]))
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items", {})
        inner = words.label("types", "object") if "properties" in items or not items else type_of(items, words)
        limits = [
            words.say("schemas", name, value=schema[name]) for name in ("minItems", "maxItems") if schema.get(name)
        ]
        return lines([words.say("schemas", "list_of"), inner, *limits])
    is_date = schema.get("format") == "date"
    name = "date" if is_date else "+".join(kind) if isinstance(kind, list) else str(kind or "object")
    parts = [words.label("types", name)]
    if "minimum" in schema and "maximum" in schema:
        parts.append(words.say("schemas", "range", low=schema["minimum"], high=schema["maximum"]))
    elif "minimum" in schema:
        parts.append(words.say("schemas", "minimum", value=schema["minimum"]))
    if schema.get("maxLength") and not is_date:
        parts.append(words.say("schemas", "maxLength", value=schema["maxLength"]))
    return lines(parts)
