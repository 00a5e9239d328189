"""Any text in any field of any form: no crash; a right record or errors at fields; HTML that means nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licheng.app.new import faults_of
from licheng.core.layout import home
from licheng.core.record import Record
from licheng.core.report import LocatedFinding
from licheng.platform.forms.filling import Filled, filled, posted_of
from licheng.platform.forms.judging import by_field, text_of
from licheng.platform.forms.view import changed_rows
from licheng.sources import yaml
from licheng.sources.markdown import yaml_span
from licheng.sources.reading import read_record
from tests.platform.forms.posting import posted_from, shown
from tests.platform.forms.test_filling import TODAY
from tests.platform.forms.test_round_trip import WRITTEN, form_for, records_of
from tests.trees import base

_ODD = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><form action=//x>",
    "'\" onfocus=alert(1) x='",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;&amp;",
    "\n---\nkind: x\n",
    "---",
    "- a\n- b: [",
    "? x",
    "a: b # c",
    "*x &y !z",
    "%YAML 1.2",
    "\t",
    " ",
    "\r",
    "\x00",
    "\ufeff",
    "\u202e",
    "\u2028x",
    "\x85",
    "\ud800",
    "<<<<<<< HEAD\n=======\n>>>>>>> x\n",
    "true",
    "null",
    "0012",
    "1e9",
    "-0",
    "9" * 40,
    "2026-02-30",
    "一" * 3000,
    "e\u0301" * 5,
    "👩‍🔬",
    "：",
)
_TEXTS = st.one_of(st.sampled_from(_ODD), st.text(max_size=30), st.text(st.characters(), max_size=10))
_POSTED = st.lists(_TEXTS, min_size=1, max_size=2)


@cache
def some_names(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """A few of these, or others; each strategy is validated once, which takes longer than to draw from it."""
    return st.lists(st.sampled_from(names) | st.text(max_size=12), min_size=1, max_size=4)


@cache
def last_records(kind: str) -> st.SearchStrategy[Record]:
    """One of the last two of a kind."""
    return st.sampled_from(records_of(kind)[-2:])


def read(record: Record, text: str) -> tuple[Record | None, list[LocatedFinding]]:
    """A record's text as it is read, with what is wrong with it, where."""
    where = home(record.path)
    assert where is not None
    again, faults = read_record(record.path, where, text.encode("utf-8", "surrogatepass"))
    places = (LocatedFinding.of(fault, lambda place: yaml.locate(place, yaml_span)) for fault in faults)
    return again, list(places)


def judged_and_shown(record: Record, fields: Mapping[str, list[str]]) -> tuple[Filled, str]:
    """All that a page does with a posted form."""
    form = form_for(record)
    says = filled(form, fields, record, {})
    text = text_of(record, says)
    again, faults = read(record, text)
    assert again is not None or faults
    if again is not None:
        assert again.data == says.data
    placed = by_field(faults, record.path, text, says.names)
    assert sum(map(len, placed.values())) == len(faults)
    html = shown(form, fields, placed)
    for fault in faults:
        assert f"<code>{fault.code}</code>" in html
    posted_from(html)
    return says, text


@pytest.mark.parametrize("kind", [kind.name for kind in WRITTEN])
@settings(max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_text_in_any_field(kind: str, data: st.DataObject) -> None:
    record = data.draw(last_records(kind))
    fields = posted_of(form_for(record), record.data, record.body)
    lists = sorted({name.rpartition(".")[0] for name in fields if "." in name})
    grows: bool = data.draw(st.booleans())
    if lists and grows:
        fields = changed_rows({**fields, "_add": [data.draw(st.sampled_from(lists))]})
    names = data.draw(some_names(tuple(sorted(fields))))
    for name in names:
        fields[name] = data.draw(_POSTED)
    judged_and_shown(record, fields)


@pytest.mark.parametrize("text", _ODD, ids=range(len(_ODD)))
def test_every_odd_text_in_every_field_at_once(text: str) -> None:
    for kind in WRITTEN:
        record = records_of(kind.name)[-1]
        fields = posted_of(form_for(record), record.data, record.body)
        judged_and_shown(record, {name: [text] for name in fields})


@pytest.mark.parametrize("kind", ["course-output", "activity", "position", "statement", "attendance"])
def test_what_the_whole_check_says_of_odd_texts_stands_somewhere(kind: str) -> None:
    record = records_of(kind)[-1]
    for text in _ODD[::3]:
        form = form_for(record)
        fields = {name: [text] for name in posted_of(form, record.data, record.body)}
        says = filled(form, fields, record, {})
        written = text_of(record, says)
        found = faults_of(base(), {record.path: written.encode("utf-8", "surrogatepass")}, record.path, TODAY)
        html = shown(form, fields, by_field(found, record.path, written, says.names))
        posted_from(html)
        for finding in found:
            assert f"<code>{finding.code}</code>" in html
