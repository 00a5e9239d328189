"""A kind's schema as the fields of a form: what each is called, what may stand in it, how a person enters it.

A form says nothing about what is right: required fields and limits are shown, and judged as `licheng check` judges
them. Labels, hints, limits and codes come from the schemas and the agency's lists; nothing is said here a second time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from licheng.core.layout import BY_NAME, EACH, Form, Kind
from licheng.policy.codes import Lists
from licheng.sources import schemas

Bilingual = Mapping[str, str]
_NOTHING: Bilingual = {"zh": "", "en": ""}


class FieldEntry(StrEnum):
    """How a field is entered."""

    LINE = "line"
    LINES = "lines"
    DATE = "date"
    DIGEST = "digest"  # of a file that is not kept
    NUMBER = "number"  # whole, or with decimals: it stays what was typed
    TICK = "tick"  # there, or left out
    CHOICE = "choice"  # one of some, or left out
    CHOICES = "choices"  # any of some
    GROUP = "group"
    ROWS = "rows"  # a list: rows are added and removed
    PAIRS = "pairs"  # a mapping whose keys are free


@dataclass(frozen=True)
class Option:
    """What may be chosen.

    Attributes:
        value: as the record has it.
        label: what it is called, in both languages.
    """

    value: str | int | bool
    label: Bilingual


def bilingual(name: Any) -> Bilingual:
    """A name in both languages, also of what has only one, or only an id."""
    return name if isinstance(name, Mapping) else {"zh": str(name), "en": str(name)}


@dataclass(frozen=True)
class FormField:
    """One field.

    Attributes:
        key: in the record; empty for the rows of a list.
        limit: the most characters, counted as the rules count them, or of what is ticked the most; 0 for no limit.
        options: of a choice, or of an agency's list.
        searched: the options are many: they are offered while one types.
        whole: a whole number is entered as one.
        fields: those of a group; the one that is repeated in rows and pairs.
        alone: of a group, the field that alone is written without the group (a teacher without an interval).
    """

    key: str
    entry: FieldEntry
    title: Bilingual
    hint: Bilingual
    required: bool = False
    limit: int = 0
    options: tuple[Option, ...] = ()
    searched: bool = False
    whole: bool = False
    fields: tuple[FormField, ...] = ()
    alone: str = ""


@dataclass(frozen=True)
class RecordForm:
    """A form of one kind of record.

    Attributes:
        kind: of the record.
        title: of the kind, or of the branch of it that was chosen.
        fields: in the schema's order.
        body: what is said about the Markdown text; None where the kind has none.
        chooser: the field that chooses among branches (an activity's category); empty where there are none.
        elsewhere: fields that only other branches have.
    """

    kind: Kind
    title: Bilingual
    hint: Bilingual
    fields: tuple[FormField, ...]
    body: Bilingual | None = None
    chooser: str = ""
    elsewhere: frozenset[str] = frozenset()


# What the program writes itself, or a page has its own way for.
BY_MACHINE = frozenset({"kind", "sheet"})
_MANY = 20  # options that a select still shows well
# The digest of a file that somebody else keeps; other digests are the program's to compute.
_DIGEST = "sha256"
_LIST = re.compile(r"(?:代碼表：|[Cc]ode list: )[a-z_]+[。.；;]?", re.ASCII)
_LETTER = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)


def form_of(
    kind: str,
    codes: Lists | None = None,
    chosen: str = "",
    without: Collection[str] = BY_MACHINE,
    limits: Mapping[str, int] | None = None,
    offered: Mapping[tuple[str, ...], tuple[Option, ...]] | None = None,
) -> RecordForm:
    """The form of a kind.

    Args:
        kind: its name.
        codes: the agency's lists; fields of codes without one are typed.
        chosen: of a kind with branches, the one whose fields are asked for; empty for none of them yet.
        without: fields that the form does not have.
        limits: by key, most characters (簡述) or most that are ticked (勾選), where others than the schema set them.
        offered: what may be chosen for a field of text (a student's courses), by the keys; of a list also nothing.
    """
    schema = _schema(kind)
    branches = {str(value): then for _, value, then in _branches(schema)}
    chooser = next((name for name, _, _ in _branches(schema)), "")
    branch = branches.get(chosen, {})
    properties = {**schema["properties"], **branch.get("properties", {})}
    needed = {*schema.get("required", ()), *branch.get("required", ())}
    others = {name for then in branches.values() for name in then["properties"]} - properties.keys()
    coded = {
        field.pointer: tuple(Option(code["code"], code["name"]) for code in codes[field.codes]["values"])
        for field in BY_NAME[kind].codes
        if codes is not None and field.codes in codes and field.category in {"", chosen}
    }
    making = _Making({**coded, **(offered or {})}, limits or {})
    fields = (
        making.field(name, part, (name,), required=name in needed)
        for name, part in properties.items()
        if name not in without
    )
    body = schema.get("x-body") if BY_NAME[kind].form is Form.MARKDOWN else None
    return RecordForm(
        BY_NAME[kind],
        _words(branch or schema, "title"),
        _words(branch or schema, "description"),
        tuple(fields),
        body,
        chooser,
        frozenset(others),
    )


@cache
def _schema(kind: str) -> dict[str, Any]:
    followed: dict[str, Any] = schemas.followed(kind, schemas.load()[kind])
    return followed


def _branches(schema: Mapping[str, Any]) -> Iterator[tuple[str, object, Mapping[str, Any]]]:
    """The field that chooses, its value, and what the schema adds for it."""
    for part in schema.get("allOf", ()):
        if "title" in part.get("then", {}):
            [(name, wanted)] = part["if"]["properties"].items()
            yield name, wanted["const"], part["then"]


def _words(schema: Mapping[str, Any], part: str) -> Bilingual:
    return {"zh": schema.get(part, ""), "en": schema.get("x-en", {}).get(part, schema.get(part, ""))}


@dataclass(frozen=True)
class _Making:
    """What fields are made with: what is offered by pointer, limits by key."""

    offered: Mapping[tuple[str, ...], tuple[Option, ...]]
    limits: Mapping[str, int]

    def field(self, key: str, schema: Mapping[str, Any], pointer: tuple[str, ...], *, required: bool) -> FormField:
        """The field of a part of a schema; `pointer` has the keys to it, as `layout.CodeField` has them."""
        entered: dict[str, Any] = {"entry": FieldEntry.LINE} | self._entered(key, schema, pointer)
        hint = schema.get("x-form-hint") or _words(schema, "description")
        if "options" in entered:  # what the list is called is no help to who sees what is in it
            hint = {short: _LIST.sub("", text).strip() for short, text in hint.items()}
        return FormField(
            key=key,
            title=_words(schema, "title"),
            hint=hint,
            required=required,
            **entered,
        )

    def _entered(self, key: str, schema: Mapping[str, Any], pointer: tuple[str, ...]) -> dict[str, Any]:
        types = {schema["type"]} if isinstance(schema.get("type"), str) else set(schema.get("type", ()))
        whole = bool(types & {"integer", "number"})
        if options := self.offered.get(pointer):
            searched = len(options) > _MANY
            entry = FieldEntry.LINE if searched else FieldEntry.CHOICE
            return {"entry": entry, "options": options, "searched": searched, "whole": whole}
        if schema.get("const") is True:
            return {"entry": FieldEntry.TICK}
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            return {"entry": FieldEntry.CHOICE, "options": tuple(_option(schema, value) for value in values)}
        if types == {"boolean"}:
            return {"entry": FieldEntry.CHOICE, "options": (Option(True, _NOTHING), Option(False, _NOTHING))}
        if whole:  # a code may be letters as well
            is_number = "string" not in types or "number" in types
            return {"entry": FieldEntry.NUMBER if is_number else FieldEntry.LINE, "whole": True}
        if types == {"array"}:
            return self._list(schema, pointer)
        if types == {"object"} or "anyOf" in schema:
            return self._object(schema, pointer)
        return self._text(key, schema)

    def _text(self, key: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        if schema.get("format") == "date":
            return {"entry": FieldEntry.DATE}
        if key == _DIGEST:
            return {"entry": FieldEntry.DIGEST}
        is_long = re.search(schema.get("pattern", ""), "a\nb") is not None
        limit = self.limits.get(key, int(schema.get("maxLength", 0)))
        return {"entry": FieldEntry.LINES if is_long else FieldEntry.LINE, "limit": limit}

    def _list(self, schema: Mapping[str, Any], pointer: tuple[str, ...]) -> dict[str, Any]:
        each, most = (*pointer, EACH), int(schema.get("maxItems", 0))
        item, options = self.field("", schema["items"], each, required=True), self.offered.get(each)
        ticked = options is not None or (bool(item.options) and schema.get("uniqueItems", False))
        if ticked and len(item.options) <= max(_MANY, most):
            limit = self.limits.get(pointer[-1], 0)
            return {"entry": FieldEntry.CHOICES, "options": item.options, "whole": item.whole, "limit": limit}
        return {"entry": FieldEntry.ROWS, "fields": (item,), "limit": most}

    def _object(self, schema: Mapping[str, Any], pointer: tuple[str, ...]) -> dict[str, Any]:
        alone = ""
        if "anyOf" in schema:  # a plain value, or an object that says more about it
            _, schema = schema["anyOf"]
            [alone] = schema["required"]
        needed = schema.get("required", ())
        fields = tuple(
            self.field(name, part, (*pointer, name), required=name in needed)
            for name, part in schema.get("properties", {}).items()
        )
        free = schema.get("additionalProperties")
        if isinstance(free, Mapping):
            value = self.field("", free, (*pointer, EACH), required=True)
            fields = (*fields, FormField(PAIRS, FieldEntry.PAIRS, value.title, value.hint, fields=(value,)))
        return {"entry": FieldEntry.GROUP, "fields": fields, "alone": alone}


PAIRS = "_pairs"  # no key of a schema begins so


def _option(schema: Mapping[str, Any], value: str | int | bool) -> Option:
    """A value with its name: of a kind its schema's title, else what the field's description says, or itself."""
    name, label = str(value), dict[str, str]()
    if name in BY_NAME and "course-output" in schema.get("enum", ()):
        return Option(value, _words(schemas.load()[name], "title"))
    for short, description in _words(schema, "description").items():
        between, after = (" ", "、；，。（）") if short == "zh" else (": ", ";,.()")
        named = re.search(rf"(?:^|[^a-z0-9-]){re.escape(name)}{between}([^{after}]+)", description)
        title = named[1].strip() if named is not None else ""
        is_code = short == "zh" and _LETTER.fullmatch(title.partition(" ")[0]) is not None
        label[short] = name if not title or is_code else title
    return Option(value, label)
