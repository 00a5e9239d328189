"""A page for each command and their index, from what the commands say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import code, fenced, inert, lines, link, table
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`commands/index.md` and `commands/<name>.md`."""
    w = words.data["commands"]
    rows = [
        (link(f"licheng {command.name}", f"{file(command.name)}.md"), command.about[words.short])
        for command in view.commands
    ]
    listed = table(w["caption"], (w["command"], w["about"]), rows)
    yield "commands/index.md", "command-index.md", {"count": len(view.commands), "table": listed}
    for command in view.commands:
        options = []
        for entry in command.parameters:
            if not entry["option"]:
                continue
            value = f" {entry['value']}" if entry["value"] and not entry["choices"] else ""
            about = [inert(entry["about"][words.short])] if entry["about"][words.short] else []
            if entry["choices"]:
                choices = str(words.data["text"]["comma"]).join(map(str, map(code, entry["choices"])))
                about.append(words.say("commands", "choices", values=Markup(choices)))  # noqa: S704
            if entry["default"]:
                about.append(words.say("commands", "default", value=code(entry["default"])))
            about += (w[name] for name in ("required", "repeat") if entry[name])
            options.append((code(f"{entry['name']}{value}"), lines(about)))
        caption = words.say("commands", "options_of", name=command.name)
        values = {
            "meta": {"search": {"boost": 0.05}},
            "name": command.name,
            "about": command.about[words.short],
            "usage": fenced(command.usage, "text"),
            "options": table(caption, (w["option"], w["meaning"]), options) if options else None,
            "example": fenced(command.example, "sh") if command.example else None,
        }
        yield f"commands/{file(command.name)}.md", "command.md", values


def file(name: str) -> str:
    """`keys-add` of `keys add`."""
    return name.replace(" ", "-")
