"""A page for each command and their index, from what the commands say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import code, fenced, inert, lines, link, table
from licheng.outputs.naming import Label
from licheng.outputs.pages.view import CommandView, SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`commands/index.md` and `commands/<name>.md`."""
    w = words.data["commands"]
    rows = [(link(f"licheng {one.name}", f"{file(one.name)}.md"), one.about[words.short]) for one in view.commands]
    listed = table(w["caption"], (w["command"], w["about"]), rows)
    yield "commands/index.md", "command-index.md", {"count": len(view.commands), "table": listed}
    for one in view.commands:
        yield f"commands/{file(one.name)}.md", "command.md", _page(one, words)


def file(name: str) -> str:
    """`keys-add` of `keys add`."""
    return name.replace(" ", "-")


def _page(one: CommandView, words: Words) -> Mapping[str, Any]:
    options = [_row(entry, words) for entry in one.parameters if entry["option"]]
    w = words.data["commands"]
    caption = words.say("commands", "options_of", name=one.name)
    return {
        "meta": {"search": {"boost": 0.05}},
        "name": one.name,
        "about": one.about[words.short],
        "about_twin": twin(one.about, words),
        "usage": fenced(one.usage, "text"),
        "options": table(caption, (w["option"], w["meaning"]), options) if options else None,
        "example": fenced(one.example, "sh") if one.example else None,
    }


def twin(about: Label, words: Words) -> Markup:
    """The same in the other language, small, below."""
    other, language = ("en", "en") if words.short == "zh" else ("zh", "zh-TW")
    if not about[other] or about["zh"] == about["en"]:
        return Markup("")
    return Markup(f'<small class="lc-twin" lang="{language}">{inert(about[other])}</small>')  # noqa: S704 - inert


def _row(entry: Mapping[str, Any], words: Words) -> tuple[object, object]:
    name = f"{entry['name']} {entry['value']}" if entry["value"] and not entry["choices"] else entry["name"]
    return code(name), lines(_told(entry, words))


def _told(entry: Mapping[str, Any], words: Words) -> Iterator[Markup]:
    w = words.data["commands"]
    if entry["about"][words.short]:
        yield inert(entry["about"][words.short])
    if entry["choices"]:
        comma = str(words.data["text"]["comma"])
        yield words.say("commands", "choices", values=Markup(comma.join(map(str, map(code, entry["choices"])))))  # noqa: S704
    if entry["default"]:
        yield words.say("commands", "default", value=code(entry["default"]))
    yield from (w[name] for name in ("required", "repeat") if entry[name])
    if found := twin(entry["about"], words):
        yield found
