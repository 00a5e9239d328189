"""A YAML record changed in place: comments, blank lines and what people wrote stay as they are.

Each change is made where the parsed nodes say the value stands. What was made is read back: if it is not exactly what
was meant, nothing is returned, and the caller writes the whole record anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import yaml

from licheng.sources.emit import emit, written
from licheng.sources.markdown import split
from licheng.sources.yaml import OutsideSubsetError, parse

Pointer = Sequence[str | int]


def edited(text: str, changes: Iterable[tuple[Pointer, Any]], meant: Any) -> str | None:
    """A record's text after some changes.

    Args:
        text: of the record, with its body if it has one.
        changes: where, from the top, and the value; new keys and list entries come last where they belong.
        meant: the data that the text then says.

    Returns:
        the text; None where it cannot be told where a value goes.
    """
    front = split(text)
    source = front[0] if front is not None else text
    root, position, pieces = yaml.compose(source, Loader=yaml.CSafeLoader), 0, list[str]()
    splices = [_splice(source, root, pointer, value) for pointer, value in changes]
    # Those that begin at one place, such as new entries of a list, stay in their order.
    for splice in sorted(splices, key=lambda splice: splice.start if splice is not None else -1):
        if splice is None or splice.start < position:
            return None
        pieces += [source[position : splice.start], splice.text]
        position = splice.end
    changed = "".join([*pieces, source[position:]])
    try:
        if parse(changed) != meant:
            return None
    except OutsideSubsetError:
        return None
    return changed if front is None else text.replace(source, changed, 1)


class _Splice(NamedTuple):
    """What comes in the place of a stretch of the source."""

    start: int
    end: int
    text: str


def _splice(source: str, node: Any, pointer: Pointer, value: Any) -> _Splice | None:
    """Where a change goes: another value in the place of one; a list of plain values in the form of the old one."""
    above = None
    for depth, part in enumerate(pointer):
        child = None
        if isinstance(node, yaml.MappingNode):
            child = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
        if child is None:
            is_last = depth == len(pointer) - 1
            return _added(source, above, node, part, value) if is_last else None
        above, node = node, child
    start, end = node.start_mark.index, _end(node)
    if isinstance(node, yaml.ScalarNode):
        is_plain = node.style not in {"|", ">"} and not isinstance(value, (list, dict))
        return _Splice(start, end, _flow(value)) if is_plain else None
    if not isinstance(value, list) or "#" in source[start:end] or not isinstance(node, yaml.SequenceNode):
        return None
    if node.flow_style:
        return _Splice(start, end, _flow(value))
    lines = [f"- {_flow(each)}" for each in value]
    return _Splice(start, end, ("\n" + " " * node.start_mark.column).join(lines))


def _added(source: str, above: Any, node: Any, part: str | int, value: Any) -> _Splice | None:
    """A new key of a mapping, or a new entry of a list, after the last one there."""
    entry = {part: value} if isinstance(part, str) else [value]
    if not node.value:  # an empty list stands as `[]` behind its key
        if not isinstance(above, yaml.MappingNode) or above.flow_style or not isinstance(node, yaml.SequenceNode):
            return None
        start = len(source[: node.start_mark.index].rstrip(" "))
        return _Splice(start, node.end_mark.index, f"\n{_block(entry, above.start_mark.column + 2)}")
    end = _end(node)
    if node.flow_style:
        last = _end(node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1])
        return _Splice(last, last, f", {_flow(entry)[1:-1]}")
    line = source.find("\n", end)
    cut = len(source) if line < 0 else line
    return _Splice(cut, cut, f"\n{_block(entry, node.start_mark.column)}")


def _end(node: Any) -> int:
    """Where a node's text ends: a block ends with its last value, whatever comments come before the next."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        end: int = node.end_mark.index
        return end
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)


def _block(value: Any, column: int) -> str:
    """A value in the house's form, from a column on, without the last line's end."""
    return "\n".join(" " * column + line for line in emit(value).splitlines())


def _flow(value: Any) -> str:
    """A value on one line, as it stands within brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    plain = written(value).rstrip("\n")
    # Within brackets more signs have a meaning than outside them.
    return '"' + plain + '"' if any(sign in plain for sign in ",[]{}") and plain[0] not in "'\"" else plain
