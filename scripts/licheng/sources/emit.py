"""YAML as our own reader reads it back: plain text stays unquoted unless it would be read as something else."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml

from licheng.core.layout import Form, Kind
from licheng.core.record import TO_FILL


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key; no aliases; only our reader's typed scalars are implicit."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012 - PyYAML's own class attribute

    def ignore_aliases(self, data: Any) -> bool:
        """Every value is written out."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists below their key are indented, as people write them."""
        super().increase_indent(flow, False)


# Several lines (an armored signature) stand as a literal block; what readers could dispute stands in quotes.
_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else "'" if text.startswith("?") else None
    ),
)
for _tag, _pattern, _first in (
    ("bool", "true|false", "tf"),
    ("int", "0|-?[1-9][0-9]*", "-0123456789"),
    ("null", "null|", ["n", ""]),
    ("merge", "<<", "<"),
):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


_PLAIN_KEY = re.compile(r"(?!(?:true|false|null)$)[a-z][a-z0-9_-]*", re.ASCII)


def emit(data: Any) -> str:
    """A YAML document, in the order of the data's keys.

    What most records are made of, plain keys and values on one line, is written here: an import writes thousands.
    """
    try:
        return "".join(f"{line}\n" for line in _lines(data)) if isinstance(data, dict) and data else _dumped(data)
    except _UnusualError:
        return _dumped(data)


class _UnusualError(ValueError):
    """Something that only the library knows how to write."""


def _lines(data: Any) -> Iterator[str]:
    """The lines of a mapping or of a list, neither of them empty."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str) or not _PLAIN_KEY.fullmatch(key):
                raise _UnusualError
            if value and isinstance(value, dict | list):
                yield f"{key}:"
                yield from (f"  {line}" for line in _lines(value))
            else:
                yield f"{key}: {_scalar(value)}"
        return
    for value in data:
        if isinstance(value, list):
            raise _UnusualError
        first, *others = _lines(value) if value and isinstance(value, dict) else [_scalar(value)]
        yield f"- {first}"
        yield from (f"  {line}" for line in others)


def _scalar(value: Any) -> str:
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    text = written(value)
    if "\n" in text or text.startswith("_"):
        raise _UnusualError
    return text


@lru_cache(maxsize=10_000, typed=True)
def written(value: Any) -> str:
    """A plain value as it stands behind a key, on one line or on several."""
    return _dumped({"_": value}).removeprefix("_: ").removesuffix("\n")


def _dumped(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, indent=2)


def document(kind: Kind, path: str, data: Mapping[str, Any], body: str = "") -> str:
    """A record's whole text: schema line, data, and below it in Markdown the body, in YAML comments."""
    schema = posixpath.relpath(f"schemas/{kind.name}.schema.json", posixpath.dirname(path))
    source = f"# yaml-language-server: $schema={schema}\n{emit(dict(data))}"
    return f"---\n{source}---\n{body or TO_FILL}\n" if kind.form is Form.MARKDOWN else source + body
