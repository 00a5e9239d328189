"""The regulation article by article, each with its data beside it, the codes that cite it, and the agency's dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.core.rulebook import Rulebook
from licheng.outputs.inert import inert, lines, link, table
from licheng.outputs.pages import agency
from licheng.outputs.pages.prose import prose
from licheng.outputs.pages.typesetting import Typesetting, typesetting
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words

ParameterRow = tuple[object, object]
Say = Callable[[Mapping[str, Any], SiteView, Words], ParameterRow]
LAST = "末"  # a paragraph after the items, which has no number
OWN = "校內"  # what the school decided beside the regulation
_NUMERALS = {
    "壹": "1",
    "貳": "2",
    "參": "3",
    "肆": "4",
    "伍": "5",
    "陸": "6",
    "柒": "7",
    "捌": "8",
    "玖": "9",
    "拾": "10",
}
_ITEMS = {
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
    "末": "last",
}


def anchor(article: str) -> str:
    """`a-4-1` of 肆.一: an address that survives being typed."""
    parts = (_NUMERALS.get(part) or _ITEMS.get(part) or part.encode().hex() for part in article.split("."))
    return "a-" + "-".join(parts)


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`regulation.md`; without a rulebook in force it says so."""
    book = view.rulebook
    values: dict[str, Any] = {"book": None}
    if book is not None:
        data = book.record.data
        reasons = {shown.code.code: words.codes.entry(shown.code.code) for shown in view.codes}
        values = {
            # Items have no headings of their own, which would count more; this is where a word of the law is at home.
            "meta": {"search": {"boost": 2}},
            "book": data,
            "source": book.record.path,
            "passed_on": words.date(book.in_force_from),
            "articles": [
                _article(entry, before, book, view, words, reasons)
                for before, entry in zip((None, *data["articles"]), data["articles"], strict=False)
            ],
            "own": _table(parameters(data, OWN, view, words), words.say("regulation", "own"), words),
            "agency": agency.summary(view, words),
            "amended": len(view.rulebooks) > 1,
        }
    yield "regulation.md", "regulation.md", values


def _article(
    entry: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    book: Rulebook,
    view: SiteView,
    words: Words,
    reasons: Mapping[str, Mapping[str, Any]],
) -> Mapping[str, Any]:
    name = entry["id"]
    chapter = name.partition(".")[0]
    opens = before is None or before["id"].partition(".")[0] != chapter
    setting = typesetting(book.record.data["title"])
    caption = words.say("regulation", "data_of", article=name)
    # The codes whose reason cites the article, and not one of its items.
    cites = re.compile(re.escape(name) + r"(?!\.?[一二三四五六七八九末])")
    mark = _mark(name, setting)
    # Where a link to an item leads, and how its number hangs; a chapter's heading has its own address.
    hangs = (".lc-item .lc-item--second" if name in setting.marks else ".lc-item") if mark else ""
    attributes = f"#{anchor(name)} {hangs}".strip() if "." in name or name in setting.untitled else ""
    return {
        "id": name,
        # A chapter has a heading where it begins, with an entry of its own or not; the words after "：" are ours.
        "chapter": {"mark": f"{chapter}、", "anchor": anchor(chapter), "title": entry["title"].partition("：")[0]}
        if opens and name not in setting.untitled
        else None,
        "text": prose(
            entry["text"],
            words.say("regulation", "table_of", article=name),
            mark,
            attributes,
            setting.groups,
        ),
        "data": _table(parameters(book.record.data, name, view, words), caption, words),
        "codes": [
            link(f"{code} {about['title']}", f"rules/{code}.md")
            for code, about in reasons.items()
            if cites.search(about["why"])
        ],
    }


def _mark(name: str, setting: Typesetting) -> str:
    """The article's number before its text, as the original writes it."""
    chapter, _, item = name.partition(".")
    if name in setting.marks:
        return setting.marks[name]
    if item in _ITEMS and item != LAST:
        return f"{item}、"
    return f"{chapter}、" if name in setting.untitled else ""


def _table(rows: Iterable[ParameterRow], caption: Markup, words: Words) -> Markup | None:
    values = list(rows)
    heads = (words.data["regulation"]["item"], words.data["regulation"]["value"])
    return table(caption, heads, values) if values else None


def parameters(data: Mapping[str, Any], article: str, view: SiteView, words: Words) -> Iterator[ParameterRow]:
    """Every value of the rulebook that names an article, in words."""
    for name, section in data.items():
        say = _SAY.get(name)
        for entry in section if isinstance(section, list) else [section]:
            if say is not None and entry["article"] == article:
                yield say(entry, view, words)


def name_of(entry: Mapping[str, Any], view: SiteView, words: Words) -> str:
    """The name of a unit or a post."""
    kind, known = ("unit", view.units) if "unit" in entry else ("post", view.posts)
    label = known.get(entry[kind])
    return label[words.short] if label is not None else str(entry[kind])


def _names(entries: Iterable[Mapping[str, Any]], view: SiteView, words: Words) -> str:
    joined = str(words.data["text"]["comma"]).join(name_of(entry, view, words) for entry in entries)
    return joined or str(words.data["text"]["none"])


def _number(name: str, value: str = "value") -> Say:
    """A section that holds a number: what is said of it, and the field that holds it."""
    return lambda entry, _, words: (
        words.data["regulation"][name],
        words.say("regulation", f"{name}_value", value=entry[value]),
    )


def _practice(name: str, view: SiteView, words: Words) -> list[Markup]:
    """Where a value says more than the article does: that this is the school's practice."""
    return [inert(view.practice[name][words.short])] if name in view.practice else []


def _counted(edge: str, day: Mapping[str, Any], words: Words) -> Markup:
    """A day that is counted from one of the calendar: so many days before or after 休業式, or that very day."""
    say = words.data["counted"]
    side = say["on" if day["days"] == 0 else "after" if day["days"] > 0 else "before"]
    values = {"anchor": say[day["from"]], "edge": say[edge], "days": abs(day["days"])}
    return Markup(str(side).format_map(values))  # noqa: S704 - our own words and a number


# The sections of a rulebook whose entries name an article, each as item and value.
_SAY: Mapping[str, Say] = {
    "records": lambda entry, view, words: (
        words.label("categories", entry["category"]),
        lines(
            [
                words.say("regulation", "recorded_by", recorder=words.label("recorders", entry["recorder"])),
                *(entry[field] for field in ("when", "limit") if field in entry),
                *_practice(entry["category"], view, words),
            ]
        ),
    ),
    "quotas": lambda entry, _, words: (
        words.say(
            "regulation",
            "quota",
            of=words.label("categories", entry["of"]),
            stage=words.label("quota_stages", entry["stage"]),
        ),
        lines(
            [
                words.say(
                    "regulation",
                    "limit",
                    per=words.label("per", entry["per"]),
                    limit=entry["limit"],
                    unit=words.label("count_units", entry["of"]),
                ),
                *(
                    [words.say("regulation", "exempt", folders=words.labels("folders", entry["exempt"]))]
                    if entry.get("exempt")
                    else []
                ),
            ]
        ),
    ),
    "certifiers": lambda entry, view, words: (
        words.data["regulation"]["certifiers"],
        _names([{"post": post} for post in entry["posts"]], view, words),
    ),
    "lead_days": _number("lead_days"),
    "seats": lambda entry, view, words: (
        words.label("roles", entry["role"]),
        words.say("regulation", "seat", post=name_of(entry, view, words), count=entry["count"]),
    ),
    "seats_total": _number("seats_total"),
    "meetings_per_term": _number("meetings_per_term"),
    "quorum": _number("quorum"),
    "trainings": lambda entry, view, words: (
        words.label("audiences", entry["audience"]),
        lines(
            [
                words.say(
                    "regulation",
                    "training",
                    per=words.label("per", entry["per"]),
                    count=entry["count"],
                    organiser=name_of({"unit": entry["organiser"]}, view, words),
                    topics=words.labels("topics", entry["topics"]),
                ),
                *_practice(entry["audience"], view, words),
            ]
        ),
    ),
    "evaluation": lambda entry, view, words: (
        words.data["regulation"]["evaluation"],
        words.say(
            "regulation",
            "evaluated",
            half=entry["term"],
            by=name_of({"post": entry["by"]}, view, words),
            duty=words.data["regulation"]["required" if entry["required"] else "optional"],
        ),
    ),
    "retention_years": _number("retention_years"),
    "duties": lambda entry, view, words: (
        entry["item"],
        lines(
            [
                *(
                    words.say("regulation", role, who=_names(entry[role], view, words))
                    for role in ("recorder", "responsible", "checker")
                ),
                *_practice(entry["id"], view, words),
            ]
        ),
    ),
    "windows": lambda entry, _, words: (
        words.doing(entry.get("category", ""), entry["stage"]),
        lines(
            [
                *(_counted(edge, entry[edge], words) for edge in ("opens", "closes") if edge in entry),
                *(
                    [words.say("regulation", "after_closing", days=entry["days_after_closing"])]
                    if "days_after_closing" in entry
                    else []
                ),
            ]
        ),
    ),
    "disclosure": _number("cell", "minimum_cell"),
}
