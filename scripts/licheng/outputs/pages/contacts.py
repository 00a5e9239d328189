"""Whom to ask: the contacts that the school publishes of its offices, and which office belongs to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.outputs.inert import table
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`contacts.md`."""
    say = words.data["contacts"]
    rows = [(label[words.short], value) for label, value in view.contacts]
    # Each item once, in the order of the table.
    duties: dict[str, dict[str, None]] = {}
    for shown in view.duties:
        item = view.duty_items[shown.duty.row["id"]][words.short]
        for owner in shown.owners:
            if owner.kind == "unit":
                unit = view.units[owner.id][words.short] if owner.id in view.units else owner.id
                duties.setdefault(unit, {})[item] = None
    units = [(unit, str(words.data["text"]["comma"]).join(items)) for unit, items in duties.items()]
    values = {
        "source": "content/school/school.yaml",
        "contacts": table(say["title"], [say["about"], say["value"]], rows) if rows else None,
        "units": table(say["units"], [say["unit"], say["duties"]], units) if units else None,
    }
    yield "contacts.md", "contacts.md", values
