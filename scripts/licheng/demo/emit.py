"""Writes the demo's records: a tiny YAML emitter that always writes the same bytes for the same values.

Block style, two spaces, keys in the order given. Text is plain where every YAML reader agrees that it is
text, a literal block where it is several lines, and double-quoted otherwise. The module knows nothing about
what a record means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
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


@lru_cache(maxsize=4096)  # a school says the same of many
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
    return "\n".join((*_mapping(fields, ""), ""))


def _mapping(fields: Mapping[str, Value], indent: str) -> list[str]:
    """The lines of a mapping; what is most frequent is asked first, as a school has hundreds of thousands of fields."""
    lines: list[str] = []
    for key, value in fields.items():
        head = f"{indent}{key}:"
        if isinstance(value, str) and "\n" in value and _LINES.fullmatch(value):
            lines += [f"{head} |", *(f"{indent}  {line}" for line in value.splitlines())]
        elif isinstance(value, (str, int, Decimal)) or not value:
            lines.append(f"{head} {_scalar(value)}")
        elif isinstance(value, Mapping):
            lines += [head, *_mapping(value, f"{indent}  ")]
        else:
            lines.append(head)
            for item in value:
                first, *rest = (
                    _mapping(item, f"{indent}    ") if isinstance(item, Mapping) and item else [_scalar(item)]
                )
                lines += [f"{indent}  - {first.lstrip()}", *rest]
    return lines


def _scalar(value: Value) -> str:
    if isinstance(value, str):
        return text_scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    return "{}" if isinstance(value, Mapping) else "[]"
