"""What a browser makes of a form: its fields as they would be posted, and whether the page holds anything else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from html import unescape

import jinja2

from licheng.core.report import LocatedFinding
from licheng.outputs.catalog import catalog
from licheng.platform.forms.filling import Posted
from licheng.platform.forms.model import RecordForm
from licheng.platform.forms.view import FormView, texts_of, viewed
from tests.trees import ROOT

_VOID = frozenset({"input"})


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_TAGS = _names("div p ul li h2 a code span fieldset legend label input select textarea button datalist form")
_ATTRIBUTES = _names(
    """
    id class name value type href role tabindex for autocomplete checked selected list inputmode rows lang
    method action enctype aria-describedby aria-required aria-invalid aria-hidden data-limit data-count-of data-count
    data-ticked-of data-digest-of data-computed
    data-draft data-account data-seen data-progress data-typed data-saved data-waiting data-another
    """
)
# As templates write a page, in which `<`, `>` and `"` of a text are always escaped: text, and then a run of options, a
# tag or its end. Whatever else stands there is a fault, so that all that a browser could read as a tag is read here, or
# refused.
_TEXT = '[^<>"]'
_TOKENS = re.compile(
    rf"""({_TEXT}*+)(?:
      ((?:<option\ value="{_TEXT}*+"(?:\ selected)?>{_TEXT}*+</option>\s*)+)
    | <([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="{_TEXT}*+")?)*+)>
    | </([a-z][a-z0-9]*)>
    | ([<>"].{{0,40}})
    | \Z)""",
    re.VERBOSE,
)
_SELECTED = re.compile(r'"([^"]*)" selected>')
_VALUES = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


@lru_cache(maxsize=20_000)
def _values(tag: str, attributes: str) -> Mapping[str, str]:
    """The attributes of a tag, each of which is known and stands there once; most tags stand on many pages."""
    assert tag in _TAGS, tag
    attrs = _VALUES.findall(attributes)
    values = {name: unescape(value) for name, value in attrs}
    assert len(values) == len(attrs), attrs
    assert values.keys() <= _ATTRIBUTES, attrs
    return values


@cache
def _environment() -> jinja2.Environment:
    folder = ROOT / "scripts/licheng/platform/templates"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def texts(language: str) -> Mapping[str, str]:
    """The words of forms."""
    return texts_of(catalog(language))


def page(view: FormView, language: str = "zh-TW") -> str:
    """A form as HTML."""
    return _template().render(form=view, t=texts(language), language=language)


@cache
def _template() -> jinja2.Template:
    source = (
        '{% import "forms/fields.html" as forms %}'
        '<form method="post" lang="{{ language }}">{{ forms.summary(form, t) }}{{ forms.fields(form, t) }}</form>'
    )
    return _environment().from_string(source)


def shown(
    form: RecordForm,
    posted: Posted,
    findings: Mapping[str, Sequence[LocatedFinding]] | None = None,
    language: str = "zh-TW",
) -> str:
    """A form with what stands in it, as HTML."""
    return page(viewed(form, posted, findings or {}, catalog(language), texts(language)), language)


class _Reader:
    """Reads strictly: a tag that is not closed, or that no form has, is a fault."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.fields: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.referred: set[str] = set()
        self.select: str | None = None
        self.text: list[str] | None = None
        self.name = ""

    def feed(self, html: str) -> None:
        """A page, token by token; what is none is a fault."""
        for text, options, start, attributes, end, fault in _TOKENS.findall(html):
            if text and self.text is not None:
                self.text.append(unescape(text))
            if start:
                self.begin(start, attributes)
            elif end:
                self.end(end)
            elif options:
                self.choose(options)
            elif fault:
                raise AssertionError(fault)

    def begin(self, tag: str, attributes: str) -> None:
        values = _values(tag, attributes)
        if tag not in _VOID:
            self.open.append(tag)
        self.refer(tag, values)
        if tag == "input":
            self.enter(values)
        elif tag == "select":
            assert values["id"] in self.labelled
            self.select, self.fields[values["name"]] = values["name"], [""]
        elif tag == "textarea":
            assert values["id"] in self.labelled
            self.name, self.text = values["name"], []

    def choose(self, options: str) -> None:
        """Of a list the option that is selected."""
        if self.select is not None and (selected := _SELECTED.findall(options)):
            self.fields[self.select] = [unescape(selected[-1])]

    def refer(self, tag: str, values: Mapping[str, str]) -> None:
        """What names what."""
        if "id" in values:
            self.ids.append(values["id"])
        if "aria-describedby" in values:
            self.referred.update(values["aria-describedby"].split())
        if tag == "a":
            assert values["href"].startswith("#")
            self.referred.add(values["href"].removeprefix("#"))
        if tag == "label" and "for" in values:
            self.labelled.add(values["for"])

    def enter(self, values: Mapping[str, str]) -> None:
        """A field of one line, a box to tick, or one that nobody sees."""
        kind = values["type"]
        assert kind in {"text", "date", "hidden", "checkbox", "file"}
        assert kind in {"hidden", "file"} or values.get("autocomplete") == "off"
        if kind in {"text", "date", "file"}:
            assert values["id"] in self.labelled
        if kind != "file" and (kind != "checkbox" or "checked" in values):
            # A browser puts no line ends into a field of one line.
            text = values["value"].replace("\n", "").replace("\r", "")
            self.fields.setdefault(values["name"], []).append(text)

    def end(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag
        if tag == "select":
            self.select = None
        if tag == "textarea":
            assert self.text is not None
            # The first line end in it is not part of it; lines are posted with both.
            self.fields[self.name] = ["".join(self.text).removeprefix("\n").replace("\n", "\r\n")]
            self.text = None


def posted_from(html: str) -> dict[str, list[str]]:
    """The fields that a browser would post; the page is well-formed, inert, and every control has its label."""
    reader = _Reader()
    reader.feed(html)
    assert not reader.open
    assert len(set(reader.ids)) == len(reader.ids)
    assert reader.referred <= set(reader.ids)
    return reader.fields
