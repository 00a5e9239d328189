"""A page for each kind of record and their index: path, fields in both languages, code lists, an example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.core.layout import Form
from licheng.outputs.inert import code, fenced, inert, lines, link, table
from licheng.outputs.pages.agency import codes_anchor
from licheng.outputs.pages.fields import Field, branches, fields, type_of
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.view import SchemaView, SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`schemas/index.md` and `schemas/<kind>.md`."""
    yield (
        "schemas/index.md",
        "schema-index.md",
        {"count": len(view.schemas), "groups": list(_groups(view, words))},
    )
    known = {name for layer in view.agency for name in layer.record.data.get("codes", {})}
    for one in view.schemas:
        yield f"schemas/{one.kind.name}.md", "schema.md", _page(one, known, words)


def _groups(view: SiteView, words: Words) -> Iterator[Mapping[str, Any]]:
    heads = [words.data["schemas"][name] for name in ("record", "path", "about")]
    for name, of_student in (("of_school", False), ("of_student", True)):
        rows = [
            (
                link(text_of(one.schema, "title", words), f"{one.kind.name}.md"),
                code(f"content/{one.kind.template}"),
                text_of(one.schema, "description", words),
            )
            for one in view.schemas
            if one.kind.of_student is of_student
        ]
        title = words.data["schemas"][name]
        yield {"title": title, "anchor": name.replace("_", "-"), "table": table(title, heads, rows)}


def text_of(schema: Mapping[str, Any], name: str, words: Words) -> str:
    """A schema's title or description in the page's language."""
    own: str = schema.get(name, "") if words.short == "zh" else schema.get("x-en", {}).get(name, "")
    return own


def twin_of(schema: Mapping[str, Any], name: str, words: Words) -> Markup:
    """The same in the other language, small, below."""
    own = schema.get("x-en", {}).get(name, "") if words.short == "zh" else schema.get(name, "")
    language = "en" if words.short == "zh" else "zh-TW"
    return Markup(f'<small class="lc-twin" lang="{language}">{inert(own)}</small>') if own else Markup("")  # noqa: S704


def _page(one: SchemaView, known: set[str], words: Words) -> Mapping[str, Any]:
    title = text_of(one.schema, "title", words)
    body = one.schema.get("x-body", {})
    chosen = list(branches(one.schema))
    return {
        "source": f"schemas/{one.kind.name}.schema.json",
        "meta": BULK,
        "kind": one.kind.name,
        "title": title,
        "twin": twin_of(one.schema, "title", words),
        "about": text_of(one.schema, "description", words),
        "about_twin": twin_of(one.schema, "description", words),
        "path": code(f"content/{one.kind.template}"),
        "form": words.label("forms", one.kind.form.value),
        "body": body.get(words.short),
        "files": one.kind.files,
        "fields": _table(fields(one.schema, words), one, known, words, words.say("schemas", "fields_of", title=title)),
        "branches": [_branch(value, branch, one, known, words) for value, branch in chosen],
        "example": _example(one),
    }


def _branch(value: str, branch: Mapping[str, Any], one: SchemaView, known: set[str], words: Words) -> Mapping[str, Any]:
    title = text_of(branch, "title", words)
    caption = words.say("schemas", "fields_of", title=title)
    return {
        "value": code(value),
        "title": title,
        "anchor": f"category-{value}",
        "table": _table(fields(branch, words), one, known, words, caption, f"{value}/"),
    }


def _table(
    found: Iterable[Field], one: SchemaView, known: set[str], words: Words, caption: Markup, prefix: str = ""
) -> Markup:
    heads = [words.data["schemas"][name] for name in ("field", "type", "required", "about")]
    rows = [
        (
            code(field.name),
            lines([type_of(field.schema, words), *_code_list(one.coded.get(prefix + field.name), known, words)]),
            _required(field, words),
            lines([_words_of(field, words), twin_of(field.schema, "description", words)]),
        )
        for field in found
    ]
    return table(caption, heads, rows)


def _words_of(field: Field, words: Words) -> Markup:
    title = inert(text_of(field.schema, "title", words))
    about = inert(text_of(field.schema, "description", words))
    return Markup(f"<strong>{title}</strong> {about}")  # noqa: S704 - inert


def _required(field: Field, words: Words) -> Markup:
    required: Markup = words.data["schemas"]["yes" if field.required else "no"]
    return field.condition or required


def _code_list(name: str | None, known: set[str], words: Words) -> list[Markup]:
    if name is None or name not in known:
        return []
    return [words.say("schemas", "code_list", list=link(name, f"../agency.md#{codes_anchor(name)}"))]


def _example(one: SchemaView) -> Markup:
    if one.kind.form is Form.MARKDOWN:
        return fenced(f"---\n{one.example}---\n", "yaml")
    return fenced(one.example, "yaml")
