"""Duties (伍.五): each row of the table in each term, who answers for it, and by when.

The state shown follows from the days alone: how well an office does is for the school's own staff (`licheng status`),
since most rows are the work of one person's post.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import chip, lines, table
from licheng.outputs.naming import plain
from licheng.outputs.pages.view import CHIPS, SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase
from licheng.policy.deadlines import DeadlineKind, Owner


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`duties.md`."""
    names = view.names(words)
    say = words.data["duties"]
    columns = [say[name] for name in ("item", "responsible", "due", "counted_from", "expects")]
    heads = [say[name] for name in ("roster", "responsible", "agency_due")]
    terms = []
    for term in sorted({row.duty.term for row in view.duties}, reverse=True):
        uploads = []
        for upload in view.deadlines:
            if upload.kind is DeadlineKind.UPLOAD and upload.term == term:
                roster, levels = words.label("rosters", upload.subject), names.levels(upload.levels, upload.batch)
                what = lines([roster, levels, _phase(view.phase(upload), words)])
                uploads.append((what, names.owners(upload.owners), words.date(upload.closes)))
        rows: list[Sequence[object]] = []
        for row in (row for row in view.duties if row.duty.term == term):
            duty, agency = row.duty, row.duty.agency
            item = lines([names.duty(duty.row["id"]), names.levels(duty.levels), _phase(row.phase, words)])
            due = words.date(duty.due) if duty.due is not None else say["undated"]
            counted_from = words.data["text"]["none"]
            if agency is not None:
                counted_from = lines([words.label("rosters", agency.roster), words.date(agency.closes)])
            expects = words.label("expects", duty.row["expects"])
            rows.append((item, names.owners(row.owners), due, counted_from, expects))
        name = words.period(str(term))
        caption = words.say("duties", "uploads_of", term=name)
        values = {
            "name": name,
            "over": view.over(term),
            "anchor": f"t-{term}",
            "rows": table(words.say("duties", "caption", term=name), columns, rows),
            "uploads": table(caption, heads, uploads) if uploads else None,
        }
        terms.append(values)
    yield "duties.md", "duties.md", {"as_of": words.date(view.today), "terms": terms, "sight": _sight(view, words)}


def _sight(view: SiteView, words: Words) -> Markup | None:
    """Who sees which of a student's records on the platform; None where the school has no such table."""
    say, names = words.data["sight"], view.names(words)
    own = {each.kind.name: each.schema for each in view.schemas}
    titles = {kind: str((own[kind] if words.short == "zh" else own[kind]["x-en"])["title"]) for kind in own}

    def named(who: Mapping[str, str]) -> str:
        [(sort, name)] = who.items()
        return plain(words.label("sight_relations", name)) if sort == "as" else names.owner(Owner(sort, name))

    rows = [(lines(titles[kind] for kind in sorted(row.records)), lines(map(named, row.by))) for row in view.sight]
    return table(say["caption"], [say["records"], say["by"]], rows) if rows else None


def _phase(phase: Phase, words: Words) -> Markup:
    return chip(words.label("duty_phases", phase), CHIPS[phase])
