"""What the agency sets, layer by layer: its limits with their dates, rosters and code lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.core.dates import day
from licheng.core.rulebook import AgencyLayer
from licheng.outputs.inert import code, lines, table
from licheng.outputs.pages.limits import characters, files, limits, quotas
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`agency.md`."""
    values = {
        **({"source": view.agency[-1].record.path} if view.agency else {}),
        "limits": limits(view, words),
        "summary": summary(view, words),
        "rosters": [_roster(entry, words) for layer in view.agency for entry in layer.record.data.get("rosters", ())],
        "codes": [
            _codes(name, entry, words)
            for layer in view.agency
            for name, entry in layer.record.data.get("codes", {}).items()
        ],
        "sources": [layer.record.path for layer in view.agency],
    }
    yield "agency.md", "agency.md", values


def summary(view: SiteView, words: Words) -> Markup:
    """The agency's limits: what, how much, from when, and where it is said."""
    heads = [words.data["agency"][name] for name in ("item", "value", "from", "source")]
    rows = [row for layer in view.agency for row in _limits(layer, words)]
    return table(words.data["agency"]["limits"], heads, rows)


def _limits(layer: AgencyLayer, words: Words) -> Iterator[tuple[object, ...]]:
    data = layer.record.data
    since = lines(
        [applies(data["applies"], words), words.say("agency", "announced", on=words.date(day(data["announced"])))]
    )
    for name, say in (("files", files), ("summary", characters), ("quotas", quotas), ("window_floors", _floors),
                      ("confirmation", _confirmation)):  # fmt: skip
        if name in data:
            source = data[name][0]["source"] if isinstance(data[name], list) else data[name]["source"]
            yield words.data["agency"][name], say(data[name], words), since, source


def applies(entry: Mapping[str, Any], words: Words) -> Markup:
    """From which term, or which cohort, a layer holds."""
    return words.say("agency", f"from_{entry['by']}", value=entry["from"])


def _floors(section: list[Mapping[str, Any]], words: Words) -> Markup:
    return lines(part for entry in section for part in _floor(entry, words))


def _floor(entry: Mapping[str, Any], words: Words) -> Iterator[Markup]:
    of = words.label("categories", entry["category"])
    yield words.say("agency", "floor", of=of, days=entry["days_after_closing"])
    for out in entry.get("except", ()):
        yield words.say("agency", "floor_except", level=words.label("levels", out["level"]), half=out["term"])


def _confirmation(section: Mapping[str, Any], words: Words) -> Markup:
    return words.say("agency", "confirmation_days", days=section["min_days"])


def _roster(entry: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    name = words.label("rosters", entry["id"])
    heads = (words.data["agency"]["sheet"], words.data["agency"]["columns"])
    comma = str(words.data["text"]["comma"])
    rows = [(sheet["name"], comma.join(sheet["columns"])) for sheet in entry["sheets"]]
    return {
        "name": name,
        "anchor": f"roster-{entry['id']}",
        "per": words.label("per", entry["per"]),
        "code": entry.get("code", words.data["agency"]["unknown"]),
        "sheets": table(words.say("agency", "sheets_of", roster=name), heads, rows),
        "source": entry["source"],
    }


def _codes(name: str, entry: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    title = entry["name"][words.short]
    heads = (words.data["agency"]["code"], words.data["agency"]["meaning"])
    rows = [(code(value["code"]), value["name"][words.short]) for value in entry["values"]]
    caption = words.say("agency", "codes_of", name=title)
    return {
        "name": title,
        "id": name,
        "anchor": codes_anchor(name),
        "values": table(caption, heads, rows),
        "source": entry["source"],
    }


def codes_anchor(name: str) -> str:
    """The address of a code list on its page."""
    return f"codes-{name.replace('_', '-')}"
