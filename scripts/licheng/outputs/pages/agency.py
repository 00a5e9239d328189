"""What the agency sets, layer by layer: its limits with their dates, rosters and code lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

from markupsafe import Markup

from licheng.core.dates import day
from licheng.outputs.inert import code, lines, table
from licheng.outputs.pages.limits import SECTIONS, limits
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.codes import is_complete, last_use


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`agency.md`."""
    say = words.data["agency"]
    codes = []
    for name, entry in chain.from_iterable(layer.record.data.get("codes", {}).items() for layer in view.agency):
        rows = []
        for value in entry["values"]:
            until = last_use(value)
            ended = [words.say("agency", "ended", on=words.date(until))] if until is not None else []
            rows.append((code(value["code"]), lines([value["name"][words.short], *ended])))
        caption = words.say("agency", "codes_of", name=entry["name"][words.short])
        listed = {
            "name": entry["name"][words.short],
            "id": name,
            "anchor": codes_anchor(name),
            "values": table(caption, (say["code"], say["meaning"]), rows) if rows else "",
            "gaps": "" if is_complete(entry) else say["some_known" if rows else "none_known"],
            "source": entry["source"],
        }
        codes.append(listed)
    values = {
        **({"source": view.agency[-1].record.path} if view.agency else {}),
        "limits": limits(view, words),
        "summary": summary(view, words),
        "rosters": [_roster(entry, words) for layer in view.agency for entry in layer.record.data.get("rosters", ())],
        "codes": codes,
        "sources": [layer.record.path for layer in view.agency],
    }
    yield "agency.md", "agency.md", values


def summary(view: SiteView, words: Words) -> Markup:
    """The agency's limits: what, how much, from when, and where it is said."""
    heads = [words.data["agency"][name] for name in ("item", "value", "from", "source")]
    rows = []
    for layer in view.agency:
        data = layer.record.data
        announced = words.say("agency", "announced", on=words.date(day(data["announced"])))
        since = lines([applies(data["applies"], words), announced])
        for name, limit in _limits(data, words):
            section = data[name][0] if isinstance(data[name], list) else data[name]
            rows.append((words.data["agency"][name], limit, since, section["source"]))
    return table(words.data["agency"]["limits"], heads, rows)


def _limits(data: Mapping[str, Any], words: Words) -> Iterator[tuple[str, Markup]]:
    """The sections that hold limits, each in words."""
    say = partial(words.say, "agency")
    for name, section in SECTIONS.items():
        if name in data:
            yield name, section(data[name], words)
    if "window_floors" in data:
        floors = []
        for entry in data["window_floors"]:
            of = words.label("categories", entry["category"])
            floors.append(say("floor", of=of, days=entry["days_after_closing"]))
            floors += [
                say("floor_except", level=words.label("levels", out["level"]), half=out["term"])
                for out in entry.get("except", ())
            ]
        yield "window_floors", lines(floors)
    if "confirmation" in data:
        yield "confirmation", say("confirmation_days", days=data["confirmation"]["min_days"])


def applies(entry: Mapping[str, Any], words: Words) -> Markup:
    """From which term, or which cohort, a layer holds."""
    return words.say("agency", f"from_{entry['by']}", value=entry["from"])


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


def codes_anchor(name: str) -> str:
    """The address of a code list on its page."""
    return f"codes-{name.replace('_', '-')}"
