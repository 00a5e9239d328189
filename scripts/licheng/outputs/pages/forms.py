"""Blank forms to be printed and filled in by hand: their fields are those of the records, in the records' words.

Nothing of a person is on them: they are blank, and who fills one in hands it in on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import inert, link, table
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words

_FORMS = ("confirmation", "waiver", "objection")
# What the program writes itself: no blank for it.
_BY_MACHINE = frozenset({"kind", "signed_at", "signature"})
_ROWS = 3  # where no rulebook says how many there can be


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`forms/index.md` and a page for each form."""
    say = words.data["forms"]
    forms = [(link(say[name]["title"], f"{name}.md"), say[name]["lead"]) for name in _FORMS]
    yield "forms/index.md", "form-index.md", {"meta": {"search": {"boost": 0.3}}, "forms": forms}
    waiver = [say["student"], *_titles("waiver", view, words)]
    decided = [words.data["sheet"][name] for name in ("item", "state", "decided")]
    objection = [say["student"], _titles("course-output", view, words)[0], *decided, say["why"], say["wish"]]
    # The sheet that `licheng status --sheet` fills in for a class (`outputs/portfolio.py`), with the same heads.
    sheet, quotas = words.data["sheet"], view.rulebook.record.data["quotas"] if view.rulebook is not None else ()
    tables = []
    for category, of, heads in (
        ("outputs", "course-output", ("course", "item", "state", "decided", "selected")),
        ("activities", "activity", ("item", "state", "selected")),
    ):
        limit = next((int(entry["limit"]) for entry in quotas if entry["of"] == of), _ROWS)
        rows = [[Markup("&nbsp;")] * len(heads)] * limit
        tables.append(table(sheet[category], [sheet[head] for head in heads], rows))
    who = _blanks(sheet["title"], [say[name] for name in ("student", "class", "term")], words)
    parts = {
        "confirmation": [who, *tables, sheet["voluntary"], sheet["sign"]],
        "waiver": [_blanks(say["waiver"]["title"], waiver, words), say["waiver"]["sign"]],
        "objection": [_blanks(say["objection"]["title"], objection, words), say["objection"]["sign"]],
    }
    for name, blanks in parts.items():
        values = {"meta": BULK, "school": view.name.get(words.short, ""), "form": say[name], "parts": blanks}
        yield f"forms/{name}.md", "form.md", values


def _titles(kind: str, view: SiteView, words: Words) -> list[str]:
    """What a record's fields are called, in the order of its schema."""
    [shown] = [shown for shown in view.schemas if shown.kind.name == kind]
    fields = shown.schema["properties"].items()
    own = "title" if words.short == "zh" else "x-en"
    return [
        field["title"] if own == "title" else field["x-en"]["title"]
        for name, field in fields
        if name not in _BY_MACHINE
    ]


def _blanks(caption: object, names: Iterable[object], words: Words) -> Markup:
    heads = [words.data["forms"]["field"], words.data["forms"]["blank"]]
    return table(caption, heads, [(inert(name), Markup("&nbsp;")) for name in names])
