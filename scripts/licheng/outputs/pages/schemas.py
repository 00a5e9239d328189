"""A page for each kind of record and their index: path, fields, code lists, an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.core.layout import Form
from licheng.outputs.inert import code, fenced, inert, lines, link, table
from licheng.outputs.pages.agency import codes_anchor
from licheng.outputs.pages.fields import branches, fields, type_of
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.view import SchemaView, SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`schemas/index.md` and `schemas/<kind>.md`."""
    say = words.data["schemas"]
    heads = [say[name] for name in ("record", "path", "about")]
    groups = []
    for name, of_student in (("of_school", False), ("of_student", True)):
        rows = [
            (
                link(text_of(entry.schema, "title", words), f"{entry.kind.name}.md"),
                code(f"content/{entry.kind.template}"),
                text_of(entry.schema, "description", words),
            )
            for entry in view.schemas
            if entry.kind.of_student is of_student
        ]
        groups.append({"title": say[name], "anchor": name.replace("_", "-"), "table": table(say[name], heads, rows)})
    yield "schemas/index.md", "schema-index.md", {"count": len(view.schemas), "groups": groups}
    known = {name for layer in view.agency for name in layer.record.data.get("codes", {})}
    for entry in view.schemas:
        yield f"schemas/{entry.kind.name}.md", "schema.md", _page(entry, known, words)


def text_of(schema: Mapping[str, Any], name: str, words: Words) -> str:
    """A schema's title or description in the page's language."""
    own: str = schema.get(name, "") if words.short == "zh" else schema.get("x-en", {}).get(name, "")
    return own


def _page(entry: SchemaView, known: set[str], words: Words) -> Mapping[str, Any]:
    schema, kind = entry.schema, entry.kind
    example = f"---\n{entry.example}---\n" if kind.form is Form.MARKDOWN else entry.example
    return {
        "source": f"schemas/{kind.name}.schema.json",
        "meta": BULK,
        "kind": kind.name,
        "title": text_of(schema, "title", words),
        "about": text_of(schema, "description", words),
        "path": code(f"content/{kind.template}"),
        "form": words.label("formats", kind.form.value),
        "body": schema.get("x-body", {}).get(words.short),
        "files": kind.files,
        "fields": _table(schema, entry, known, words),
        "branches": [
            {
                "value": code(value),
                "title": text_of(branch, "title", words),
                "anchor": f"category-{value}",
                "table": _table(branch, entry, known, words, f"{value}/"),
            }
            for value, branch in branches(schema)
        ],
        "example": fenced(example, "yaml"),
    }


def _table(schema: Mapping[str, Any], entry: SchemaView, known: set[str], words: Words, prefix: str = "") -> Markup:
    """The fields of a schema or of a branch of it, whose coded fields bear its value before their names."""
    say = words.data["schemas"]
    rows = []
    for field in fields(schema, words):
        types = [type_of(field.schema, words)]
        codes = entry.coded.get(prefix + field.name)
        if codes in known:
            types.append(words.say("schemas", "code_list", list=link(codes, f"../agency.md#{codes_anchor(codes)}")))
        title, about = (inert(text_of(field.schema, name, words)) for name in ("title", "description"))
        named = Markup(f"<strong>{title}</strong> {about}")  # noqa: S704 - inert
        required = field.condition or say["yes" if field.required else "no"]
        rows.append((code(field.name), lines(types), required, named))
    caption = words.say("schemas", "fields_of", title=text_of(schema, "title", words))
    return table(caption, [say[name] for name in ("field", "type", "required", "about")], rows)
