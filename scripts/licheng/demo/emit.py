"""Writes the demo's records: a tiny YAML emitter that always writes the same bytes for the same values.

Block style, two spaces, keys in the order given. Text is plain where every YAML reader agrees that it is
text, a literal block where it is several lines, and double-quoted otherwise. The module knows nothing about
what a record means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = "str | int | bool | Decimal | Sequence[Value] | Mapping[str, Value]"
Fields: TypeAlias = dict[str, Value]

# What some YAML reader, of 1.1 or of 1.2, takes for something other than text.
_NOT_TEXT = re.compile(
    r"|~|null|true|false|yes|no|on|off|y|n"
    r"|[-+]?[0-9][0-9_,]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|[-+]?\.[0-9]+(e[-+]?[0-9]+)?|0x[0-9a-f_]+|0o[0-7]+|0b[01_]+"
    r"|[-+]?\.inf|\.nan|[0-9]+(:[0-9]{1,2})+(\.[0-9]*)?|=|<<",
    re.IGNORECASE,
)
_NOT_PLAIN = re.compile(r"^[-?:,\[\]{}#&*!|>'\"%@`\s]|[\x00-\x1f\x7f]|: |:$| #|\s$")

# Whole lines of printable ASCII, such as a signature: a literal block gives them back as they are.
_LINES = re.compile(r"(?:[!-~][ -~]*\n){2,}")


def text_scalar(text: str) -> str:
    """Return text as a YAML scalar on one line."""
    if _NOT_TEXT.fullmatch(text) or _NOT_PLAIN.search(text):
        return json.dumps(text, ensure_ascii=False)
    return text


def yaml_record(path: str, fields: Mapping[str, Value]) -> bytes:
    """Return the bytes of a YAML record, with the line that tells editors its schema.

    Args:
        path: The record's path from the top of the repository; its depth gives the relative path.
        fields: The fields in order; `kind` (``student/v1``) comes first.
    """
    kind = str(fields["kind"]).partition("/")[0]
    schema = "../" * path.count("/") + f"schemas/{kind}.schema.json"
    return f"# yaml-language-server: $schema={schema}\n{_document(fields)}".encode()


def markdown_record(fields: Mapping[str, Value], body: str) -> bytes:
    """Return the bytes of a Markdown record: the fields as front matter, then the body."""
    return f"---\n{_document(fields)}---\n\n{body.strip()}\n".encode()


def _document(fields: Mapping[str, Value]) -> str:
    return "".join(f"{line}\n" for line in _mapping(fields, ""))


def _mapping(fields: Mapping[str, Value], indent: str) -> Iterator[str]:
    deeper = f"{indent}  "
    for key, value in fields.items():
        head = f"{indent}{key}:"
        if isinstance(value, Mapping) and value:
            yield head
            yield from _mapping(value, deeper)
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield head
            for item in value:
                inner = _mapping(item, f"{deeper}  ") if isinstance(item, Mapping) and item else [_scalar(item)]
                first, *rest = inner
                yield f"{deeper}- {first.lstrip()}"
                yield from rest
        elif isinstance(value, str) and _LINES.fullmatch(value):
            yield f"{head} |"
            yield from (f"{deeper}{line}" for line in value.splitlines())
        else:
            yield f"{head} {_scalar(value)}"


def _scalar(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text_scalar(value)
    if isinstance(value, int | Decimal):
        return str(value)
    return "{}" if isinstance(value, Mapping) else "[]"
