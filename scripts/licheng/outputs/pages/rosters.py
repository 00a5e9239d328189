"""名冊欄位從哪裡來: each column of the agency's rosters, and the record, table or derivation that its value is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import code, lines, link, table
from licheng.outputs.pages.fields import branches, fields
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.schemas import text_of
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.rosters import DERIVED, IDENTITY, RosterSheet, Source


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`rosters.md`."""
    page = _Page(view, words)
    values = {
        "meta": BULK,
        "rosters": [
            {
                "anchor": f"roster-{roster['id']}",
                "name": words.label("rosters", roster["id"]),
                "sheets": [page.sheet(roster["id"], sheet) for sheet in roster["sheets"]],
            }
            for roster in page.rosters
        ],
        "derivations": page.derivations,
        "workbook": page.workbook,
        "receipts": page.receipts,
    }
    yield "rosters.md", "rosters.md", values


@dataclass(frozen=True)
class _Page:
    """The page in one language."""

    view: SiteView
    words: Words

    def _latest(self, section: str) -> Any:
        """Of the latest layer of the agency's rules that has it; nothing where none has."""
        sections = [layer.record.data[section] for layer in self.view.agency if section in layer.record.data]
        return sections[-1] if sections else ()

    @property
    def rosters(self) -> list[Mapping[str, Any]]:
        """Those that hold now."""
        return list(self._latest("rosters"))

    @property
    def workbook(self) -> Markup:
        """What all rosters have in common; nothing where the agency's rules do not say it."""
        form, say = self._latest("workbook"), partial(self.words.say, "rosters_page")
        if not form:
            return Markup()
        comma = str(self.words.data["text"]["comma"])
        rows = [
            (say("cover"), f"{form['cover']['name']}: {comma.join(form['cover']['columns'])}"),
            (say("identity_columns"), comma.join(form["identity"])),
            (say("dates"), self.words.label("roster_dates", form["dates"])),
            (say("truths"), f"{form['true_code']} / {form['false_code']}"),
            (say("first_level"), str(form["first_level"])),
            (say("source"), form["source"]),
        ]
        return table(say("workbook"), [say("part"), say("form")], rows)

    @property
    def receipts(self) -> Markup:
        """What comes back, and where it is not as it was sent; nothing where the agency's rules do not say it."""
        form, say = self._latest("receipts"), partial(self.words.say, "rosters_page")
        if not form:
            return Markup()
        comma = str(self.words.data["text"]["comma"])
        rows = [(entry["name"], self.words.labels("rosters", entry["rosters"])) for entry in form["forms"]]
        for sheet in form.get("sheets", ()):
            differing = [
                say(f"receipt_{name}", columns=comma.join(sheet[name])) for name in ("lacks", "added") if name in sheet
            ]
            rows.append((sheet["name"], lines(differing)))
        rows += [(entry["column"], say("receipt_digest", column=entry["of"])) for entry in form.get("digests", ())]
        return table(say("receipts"), [say("part"), say("form")], [*rows, (say("source"), form["source"])])

    @cached_property
    def titles(self) -> Mapping[tuple[str, str, str], str]:
        """What fields are called, by kind, branch (a category) and name; without a branch by the first that has it."""
        titles: dict[tuple[str, str, str], str] = {}
        for entry in self.view.schemas:
            for branch, part in (("", entry.schema), *branches(entry.schema)):
                for field in fields(part, self.words):
                    titles[entry.kind.name, branch, field.name] = text_of(field.schema, "title", self.words)
                    titles.setdefault((entry.kind.name, "", field.name), titles[entry.kind.name, branch, field.name])
        return titles

    def sheet(self, roster: str, sheet: Mapping[str, Any]) -> Mapping[str, Any]:
        """A sheet: which records give its rows, and its columns in the agency's order."""
        say = self.words.data["rosters_page"]
        own = self.view.homes.sheets.get(roster, {}).get(sheet["name"], RosterSheet("", {}, {}))
        (branch,) = own.chosen.get("category", ("",))
        rows = [
            (name, self.source(own.columns[name], branch) if name in own.columns else say["homeless"])
            for name in sheet["columns"]
        ]
        modes = [self.words.labels("modes", own.chosen["mode"])] if "mode" in own.chosen else []
        return {
            "name": sheet["name"],
            "rows": lines([self.kind(own.rows), *modes]) if own.rows else say["homeless"],
            "columns": table(
                f"{self.words.label('rosters', roster)} {sheet['name']}", [say["column"], say["home"]], rows
            ),
        }

    def kind(self, name: str) -> Markup:
        """A link to the page of a kind of record."""
        schema = next(entry.schema for entry in self.view.schemas if entry.kind.name == name)
        return link(text_of(schema, "title", self.words), f"schemas/{name}.md")

    def source(self, source: Source, branch: str = "") -> Markup:
        """Where a value comes from, in words."""
        say = self.words.data["rosters_page"]
        if source.of == DERIVED:
            return lines([self.words.label("derivations", source.name)])
        if source.of == IDENTITY:
            return lines([say["identity"], code(source.name)])
        own = self.titles.get((source.of, branch, source.name)) or self.titles[source.of, "", source.name]
        where = self.words.say("rosters_page", "field", kind=self.kind(source.of), field=own)
        return lines([where, code(source.name)])

    @property
    def derivations(self) -> Markup:
        """What is derived, and of what."""
        say = self.words.data["rosters_page"]
        rows = [
            (self.words.label("derivations", name), lines(map(self.source, reads)) if reads else say["of_path"])
            for name, reads in self.view.homes.derivations.items()
        ]
        return table(say["derivations"], [say["derivation"], say["reads"]], rows)
