"""The words of pages and tables in one language: fixed text of our own, so it is markup, unlike text of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import yaml
from markupsafe import Markup

from licheng.core.rulebook import Rulebook
from licheng.outputs.catalog import FOLDER, Catalog, catalog
from licheng.outputs.inert import inert
from licheng.policy.calendar import LEVELS
from licheng.policy.status import Measure


@dataclass(frozen=True)
class Words:
    """One language.

    Attributes:
        language: `zh-TW` or `en`; the key of schemas' and records' bilingual labels follows from it.
        data: the sections of the words file, every leaf `Markup`.
        codes: the message catalog of the same language.
    """

    language: str
    data: Mapping[str, Any]
    codes: Catalog

    @property
    def short(self) -> str:
        """The key of bilingual labels: `zh` or `en`."""
        return self.language.partition("-")[0]

    def say(self, section: str, name: str, /, **values: object) -> Markup:
        """A word or sentence, filled with values that stay inert."""
        text: Markup = self.data[section][name]
        return Markup(str(text).format_map({key: inert(value) for key, value in values.items()}))  # noqa: S704

    def short_date(self, day: date) -> Markup:
        """A day in one line: ISO with its weekday."""
        weekday = str(self.data["text"]["weekdays"]).split()[day.weekday()]
        shown = self.say("text", "date", iso=day.isoformat(), weekday=weekday)
        return Markup(f'<time class="lc-date" datetime="{day.isoformat()}">{shown}</time>')  # noqa: S704

    def date(self, day: date) -> Markup:
        """A day by both calendars: ISO with its weekday, and the Republic's year."""
        roc = self.say("text", "roc", year=day.year - 1911, month=day.month, day=day.day)
        return Markup(str(self.short_date(day)).replace("</time>", f"<small>{roc}</small></time>"))  # noqa: S704

    def period(self, period: str) -> Markup:
        """A term (`115-1`) or a school year (`115`) in words."""
        year, _, half = period.partition("-")
        return self.say("text", "term", year=year, half=half) if half else self.say("text", "year", year=year)

    def measure(self, measure: Measure) -> Markup:
        """What a status counts, in words."""
        states = {"course-output": "output_states", "receipt": "receipt_states"}.get(measure.subject, "states")
        subject, state = self.label("subjects", measure.subject), self.label(states, measure.state)
        return self.say("text", "measure", subject=subject, state=state) if state else subject

    def of_school(self, books: Iterable[Rulebook]) -> Words:
        """The same words with the school's own names of its ids over them; the latest rulebook has its way."""
        own: dict[str, dict[str, Markup]] = {}
        for book in books:
            for section, names in book.names.items():
                own.setdefault(section, {}).update({word: inert(name[self.short]) for word, name in names.items()})
        return replace(self, data={**self.data, **{name: {**self.data[name], **own[name]} for name in own}})

    def doing(self, category: str, stage: str) -> Markup:
        """What a window is for: a category of the portfolio and what is done with it, or only the latter."""
        if not category:
            return self.label("stages", stage)
        return self.say(
            "calendar", "what", category=self.label("categories", category), stage=self.label("stages", stage)
        )

    def whom(self, levels: Iterable[int], batch: str | None) -> Markup:
        """Whom a window is for: year levels, and the batch where there are several."""
        known = sorted(levels)
        who = self.data["calendar"]["all_levels"] if known == list(LEVELS) else self.labels("levels", known)
        return self.say("calendar", "who", levels=who, batch=self.label("batches", batch)) if batch else who

    def label(self, section: str, name: object) -> Markup:
        """The name of an id; an id that has none is shown as it is."""
        label: Markup | None = self.data[section].get(str(name))
        return label if label is not None else inert(name)

    def labels(self, section: str, names: Any) -> Markup:
        """Several, joined as a list of this language."""
        joined = str(self.data["text"]["comma"]).join(str(self.label(section, name)) for name in names)
        return Markup(joined)  # noqa: S704 - labels are markup


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(inner) for key, inner in value.items()}
    return Markup(value)  # noqa: S704 - our own file


@cache
def words(language: str) -> Words:
    """The words of `zh-TW` or `en`."""
    source = (FOLDER / "pages" / f"{language}.yaml").read_text(encoding="utf-8")
    data = yaml.load(source, Loader=yaml.CBaseLoader)  # noqa: S506 - our own file, text only
    return Words(language, _marked(data), catalog(language))
