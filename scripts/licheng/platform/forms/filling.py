"""Between a record and the fields of its form: what a person sees typed, and what the typed text means.

A posted form is a mapping of names to texts. Names are the keys on the way to a value, with the number of a row where
there is a list: `absences.3.on`. A row keeps its number while others are removed, so that what a row does not show of
its entry is kept with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from licheng.core.location import Pointer
from licheng.core.record import Record
from licheng.platform.forms.model import PAIRS, FieldEntry, FormField, RecordForm

Posted = Mapping[str, Sequence[str]]
BODY = "_body"
# A row is there although nothing stands in it.
ROW = "_row"
KEY, VALUE = "_key", "_value"
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
MOST_DEPTH = 20


class Branch:
    """What was posted below a name: texts of its own, and names further down."""

    def __init__(self) -> None:
        self.texts: Sequence[str] = ()
        self.below: dict[str, Branch] = {}

    @property
    def text(self) -> str:
        """The last text, as it is typed on any machine: NFC, lines that end in a line feed."""
        return typed(self.texts[-1]) if self.texts else ""

    def at(self, name: str) -> Branch:
        """What was posted below a name here."""
        return self.below.get(name, NOTHING)

    def rows(self) -> list[int]:
        """The numbers of the rows, in order."""
        return sorted(int(name) for name in self.below if _INDEX.fullmatch(name))


NOTHING: Final = Branch()


def branched(posted: Posted) -> Branch:
    """Names taken apart; those too deep for any record are nobody's."""
    top = Branch()
    for name, texts in posted.items():
        parts = name.split(".")
        if len(parts) > MOST_DEPTH:
            continue
        branch = top
        for part in parts:
            branch = branch.below.setdefault(part, Branch())
        branch.texts = texts
    return top


def typed(text: str) -> str:
    """A text as the rules count it: a letter with its marks is one character, a line ends in one."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def shown(value: object) -> str:
    """A plain value as it stands in a field; nothing for what no field can show."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""


# From a record to the fields.


def posted_of(form: RecordForm, data: Mapping[str, Any], body: str = "") -> dict[str, list[str]]:
    """The fields as a browser would post them if nothing were changed."""
    fields = dict[str, list[str]]()
    for field in form.fields:
        fields.update(_posted(field, field.key, data.get(field.key)))
    if form.body is not None:
        fields[BODY] = [body.strip("\n")]
    return fields


def _posted(field: FormField, name: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    match field.entry:
        case FieldEntry.GROUP:
            inside = {field.alone: value} if field.alone and not isinstance(value, Mapping) else _mapping(value)
            named = {inner.key for inner in field.fields}
            free = {key: each for key, each in inside.items() if key not in named}
            for inner in field.fields:
                part = free if inner.entry is FieldEntry.PAIRS else inside.get(inner.key)
                yield from _posted(inner, f"{name}.{inner.key}", part)
        case FieldEntry.ROWS:
            [item] = field.fields
            for index, each in enumerate(value if isinstance(value, list) else ()):
                yield f"{name}.{index}.{ROW}", ["1"]
                yield from _posted(item, f"{name}.{index}", each)
        case FieldEntry.PAIRS:
            [item] = field.fields
            for index, (key, each) in enumerate(_mapping(value).items()):
                yield f"{name}.{index}.{KEY}", [key]
                yield from _posted(item, f"{name}.{index}.{VALUE}", each)
        case FieldEntry.CHOICES | FieldEntry.TICK:
            ticked = value if isinstance(value, list) else [value] if value is True else []
            yield name, [shown(each) for each in ticked]
        case _:
            yield name, [shown(value)]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


# From the fields to a record.


@dataclass(frozen=True)
class Filled:
    """What a posted form says.

    Attributes:
        data: of the record.
        body: its Markdown text; None where it stays as it was.
        names: the field of each place in the data, also of what is missing there.
    """

    data: dict[str, Any]
    body: str | None
    names: Mapping[Pointer, str]


_ABSENT: Final = object()


def filled(form: RecordForm, posted: Posted, base: Record | None, given: Mapping[str, Any]) -> Filled:
    """The record's data by a posted form.

    What is posted as it was shown stays as it was, whatever it was (`"01"` in quotes, an unknown code); what the form
    does not show is kept.

    Args:
        form: with the fields that were shown.
        posted: by the browser, or by anybody.
        base: the record as it was; None where there was none.
        given: what the page says beside the form (whether it is handed in, attachments).
    """
    top, reading = branched(posted), _Reading({})
    before: Mapping[str, Any] = base.data if base is not None else {}
    own = {"kind": f"{form.kind.name}/v1", **given}
    chosen = form.chooser and shown(before.get(form.chooser)) != top.at(form.chooser).text
    left = {key: value for key, value in before.items() if not (chosen and key in form.elsewhere)}
    data = reading.mapping(form.fields, top, left, "", ())
    order = dict.fromkeys((*left, "kind", *(field.key for field in form.fields), *own))
    everything = {**data, **own}
    body = None
    if form.body is not None and BODY in top.below:
        text = top.at(BODY).text
        body = None if base is not None and base.body.strip("\n") == text else text
    reading.names[(BODY,)] = BODY
    return Filled({key: everything[key] for key in order if key in everything}, body, reading.names)


@dataclass(frozen=True)
class _Reading:
    """The names of places, filled while the fields are read."""

    names: dict[Pointer, str]

    def mapping(
        self, fields: Sequence[FormField], branch: Branch, base: Mapping[str, Any], name: str, pointer: Pointer
    ) -> dict[str, Any]:
        """The data of several fields, in the order that they had, new ones in the schema's order."""
        known = {field.key: field for field in fields}
        result = {}
        for key in dict.fromkeys((*base, *known)):
            if key not in known:
                if PAIRS not in known:
                    result[key] = base[key]
                continue
            field, place = known[key], f"{name}{key}"
            if field.entry is FieldEntry.PAIRS:
                [item] = field.fields
                free = [value for each, value in base.items() if each not in known]
                for index in branch.at(key).rows():
                    row, old = branch.at(key).at(str(index)), free[index] if index < len(free) else _ABSENT
                    own = row.at(KEY).text
                    value = self.value(item, row.at(VALUE), old, f"{place}.{index}.{VALUE}", (*pointer, own))
                    if own or value is not _ABSENT:
                        result[own] = "" if value is _ABSENT else value
                continue
            value = self.value(field, branch.at(key), base.get(key, _ABSENT), place, (*pointer, key))
            if value is not _ABSENT:
                result[key] = value
        return result

    def value(self, field: FormField, branch: Branch, base: Any, name: str, pointer: Pointer) -> Any:
        """What one field says; `_ABSENT` where it says nothing."""
        self.names[pointer] = name
        match field.entry:
            case FieldEntry.GROUP:
                return self._group(field, branch, base, name, pointer)
            case FieldEntry.ROWS:
                return self._rows(field, branch, base, name, pointer)
            case FieldEntry.CHOICES:
                return _choices(field, branch, base)
            case FieldEntry.TICK:
                if (base is True) == bool(branch.texts):
                    return base
                return True if branch.texts else _ABSENT
            case _:
                if base is not _ABSENT and shown(base) == branch.text:
                    return base
                return _meant(field, branch.text) if branch.text else _ABSENT

    def _group(self, field: FormField, branch: Branch, base: Any, name: str, pointer: Pointer) -> Any:
        is_alone = bool(field.alone) and isinstance(base, str)
        before = {field.alone: base} if is_alone else base if isinstance(base, Mapping) else {}
        data = self.mapping(field.fields, branch, before, f"{name}.", pointer)
        if field.alone and set(data) == {field.alone} and not isinstance(base, Mapping):
            return data[field.alone]
        if isinstance(base, Mapping) or not _is_hollow(data):
            return data if data or not base or field.required else _ABSENT
        if base is not _ABSENT and not isinstance(base, Mapping) and not is_alone:
            return base  # what no field shows
        return {} if field.required else _ABSENT

    def _rows(self, field: FormField, branch: Branch, base: Any, name: str, pointer: Pointer) -> Any:
        [item] = field.fields
        before = base if isinstance(base, list) else []
        rows = list[Any]()
        for index in branch.rows():
            old = before[index] if index < len(before) else _ABSENT
            value = self.value(item, branch.at(str(index)), old, f"{name}.{index}", (*pointer, len(rows)))
            if value is _ABSENT or (old is _ABSENT and value in ({}, "")):
                if old is _ABSENT:
                    continue  # a row that was added and left empty
                value = {} if item.entry is FieldEntry.GROUP else ""
            rows.append(value)
        if rows or (isinstance(base, list) and not base):
            return rows
        if base is not _ABSENT and not isinstance(base, list):
            return base
        return [] if field.required else _ABSENT


def _is_hollow(data: Any) -> bool:
    """Whether nothing is said: lists and groups that are needed in a group stand there empty."""
    return isinstance(data, dict | list) and all(map(_is_hollow, data.values() if isinstance(data, dict) else data))


def _choices(field: FormField, branch: Branch, base: Any) -> Any:
    texts = [typed(text) for text in branch.texts]
    before = [shown(each) for each in base] if isinstance(base, list) else []
    if sorted(texts) == sorted(before) and (base is not _ABSENT or not field.required):
        return base
    values = {shown(each): each for each in base} if isinstance(base, list) else {}
    # In the order that they had, new ones in the order of the options.
    order = [*before, *(shown(option.value) for option in field.options)]
    known = [text for text in dict.fromkeys(order) if text in texts]
    others = [text for text in dict.fromkeys(texts) if text not in known]
    chosen = [values.get(text, _meant(field, text)) for text in (*known, *others)]
    return chosen if chosen or field.required else _ABSENT


def _meant(field: FormField, text: str) -> Any:
    """A typed text as the record has it: an option's own value, a whole number, else the text."""
    for option in field.options:
        if shown(option.value) == text:
            return option.value
    return int(text) if field.whole and _INTEGER.fullmatch(text) else text
