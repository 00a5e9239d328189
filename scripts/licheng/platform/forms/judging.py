"""From the fields to a record's text, and from what `licheng check` finds in it to the fields.

Nothing is judged here: the text is written, read and checked as any file of the school is, and every finding is
brought to the field that holds what it is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import yaml

from licheng.core.layout import BY_NAME, Form
from licheng.core.location import Location, Pointer
from licheng.core.record import Record
from licheng.core.report import LocatedFinding
from licheng.platform.forms.filling import BODY, Filled
from licheng.sources.editing import edited
from licheng.sources.emit import document
from licheng.sources.markdown import split, yaml_span

_Change = tuple[Pointer, Any]


def text_of(record: Record, filled: Filled) -> str:
    """The text of a record as a form says it.

    What did not change keeps its characters, comments too, where it can be told where a value goes.

    Args:
        record: as it was; one without text is new.
        filled: what the form says.
    """
    kind = BY_NAME[record.kind]
    written = f"\n{(filled.body or '').strip()}" if filled.body is not None else record.body.removesuffix("\n")
    if not record.text:
        return document(kind, record.path, filled.data, written if kind.form is Form.MARKDOWN else "")
    front = record.text[: record.body_start]
    if not _same(filled.data, record.data):
        changes = _changes(record.data, filled.data, ())
        changed = edited(front, changes, filled.data) if changes is not None else None
        if changed is None:
            whole = document(kind, record.path, filled.data, written)
            if kind.form is not Form.MARKDOWN:
                return whole
            parts = split(whole)
            assert parts is not None  # noqa: S101 - written here
            changed = whole[: parts[1]]
        front = changed
    body = record.body if filled.body is None else f"{written}\n"
    return front + body


def _same(ours: Any, theirs: Any) -> bool:
    """Equal, and of the same types: 1 is not true."""
    return json.dumps(ours) == json.dumps(theirs)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], pointer: Pointer) -> list[_Change] | None:
    """What was put in, or in the place of something; None where something was taken out."""
    if before.keys() - after.keys():
        return None
    changes = list[_Change]()
    for key, value in after.items():
        if key in before and _same(before[key], value):
            continue
        if isinstance(value, Mapping) and isinstance(before.get(key), Mapping):
            inner = _changes(before[key], value, (*pointer, key))
            if inner is None:
                return None
            changes += inner
        else:
            changes.append(((*pointer, key), value))
    return changes


def by_field(
    findings: Iterable[LocatedFinding], path: str, text: str, names: Mapping[Pointer, str]
) -> dict[str, list[LocatedFinding]]:
    """Findings by the name of the field that holds what they are about; by an empty name what no field shows."""
    placed: dict[str, list[LocatedFinding]] = {}
    node: Any = None  # of what is no YAML
    source, lines_before = yaml_span(text)
    with suppress(yaml.YAMLError):
        node = yaml.compose(source, Loader=yaml.CSafeLoader)
    for finding in findings:
        name, line = "", finding.location.line - lines_before
        if finding.location.path == path and split(text) is not None and line > source.count("\n"):
            name = BODY
        elif finding.location.path == path:
            missing = str(finding.values.get("field", ""))
            pointer = _pointer_at(node, Location("", line, finding.location.column))
            above = [pointer[:depth] for depth in range(len(pointer), -1, -1)]
            dotted = tuple(int(part) if part.isdigit() else part for part in missing.split("."))
            # What is missing stands in the field that it is missing from; else the own field, or what is around it.
            candidates: tuple[Pointer, ...] = (dotted, *((*place, missing) for place in above), *above)
            name = next((names[place] for place in candidates if place in names), "")
        placed.setdefault(name, []).append(finding)
    return placed


def _pointer_at(node: Any, place: Location) -> Pointer:
    """The keys to the innermost value that stands at a place; it ends one further, so that an empty value has one."""
    pointer: Pointer = ()
    at = (place.line - 1, place.column - 1)
    while True:
        pairs: list[tuple[str | int, Any, Any]] = []
        if isinstance(node, yaml.MappingNode):
            pairs = [(key.value, key, value) for key, value in node.value]
        if isinstance(node, yaml.SequenceNode):
            pairs = [(index, value, value) for index, value in enumerate(node.value)]
        for key, first, value in pairs:
            begins, ends = first.start_mark, value.end_mark
            if (begins.line, begins.column) <= at < (ends.line, ends.column + 1):
                pointer, node = (*pointer, key), value
                break
        else:
            return pointer
