"""A record opened in its form and posted unchanged is the same record, character by character."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

import pytest

from licheng.core.layout import KINDS, Form, home, samples
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.term import year_on
from licheng.platform.forms.filling import Filled, Posted, filled, posted_of
from licheng.platform.forms.filling import shown as shown_value
from licheng.platform.forms.judging import text_of
from licheng.platform.forms.model import RecordForm, form_of
from licheng.policy.codes import Lists
from licheng.policy.periods import judged_term
from licheng.sources import schemas
from licheng.sources.emit import document
from licheng.sources.reading import read_record, read_school
from tests.platform.forms.posting import posted_from, shown
from tests.trees import ROOT, MemoryTree, load

TODAY = date(2026, 11, 23)
WRITTEN = tuple(kind for kind in KINDS if kind.form is not Form.SIGNED)


@cache
def content() -> dict[str, bytes]:
    """The repository's own school."""
    return load(ROOT)


@cache
def school() -> School:
    """As it is read."""
    return read_school(MemoryTree(content()), TODAY, students=frozenset())[0]


def codes_of(record: Record) -> Lists | None:
    """The agency's lists for a record."""
    cohort = int(record.identity.get("cohort", year_on(TODAY)))
    section: Lists | None = school().agency.section("codes", judged_term(record, TODAY), cohort)
    return section


_FORMS: dict[tuple[str, str], RecordForm] = {}


def form_for(record: Record) -> RecordForm:
    """The form of a record with all of its fields."""
    key = (record.path, record.text)
    if key not in _FORMS:
        _FORMS[key] = form_of(record.kind, codes_of(record), shown_value(record.data.get("category")))
    return _FORMS[key]


_POSTED: dict[tuple[str, str, str], Posted] = {}


def opened(record: Record, language: str = "zh-TW") -> tuple[RecordForm, Posted]:
    """A record's form, and what a browser posts of it unchanged."""
    form, key = form_for(record), (record.path, record.text, language)
    if key not in _POSTED:
        _POSTED[key] = posted_from(shown(form, posted_of(form, record.data, record.body), language=language))
    return form, _POSTED[key]


def back(record: Record, form: RecordForm, posted: Posted) -> tuple[Filled, str]:
    """What a posted form says, and the record's text by it."""
    says = filled(form, posted, record, {})
    return says, text_of(record, says)


@cache
def records_of(kind: str) -> tuple[Record, ...]:
    """All of a kind in the school, and its schema's examples where they lie."""
    records = []
    paths = [path for path in content() if (at := home(path)) is not None and at.kind.name == kind]
    for path in paths:
        where = home(path)
        assert where is not None
        record, faults = read_record(path, where, content()[path])
        assert record is not None
        assert not faults
        records.append(record)
    path = next(path for name, path in samples() if name == kind)
    where = home(path)
    assert where is not None
    for example in schemas.load()[kind]["examples"]:
        text = document(where.kind, path, example, "\n例" if where.kind.form is Form.MARKDOWN else "")
        record, faults = read_record(path, where, text.encode())
        assert record is not None
        assert not faults
        records.append(record)
    return tuple(records)


@pytest.mark.parametrize("kind", [kind.name for kind in WRITTEN])
def test_every_record_posted_unchanged_is_the_same_text(kind: str) -> None:
    records = records_of(kind)
    assert records
    for record in records:
        form, posted = opened(record)
        says, text = back(record, form, posted)
        assert json.dumps(says.data) == json.dumps(record.data)
        assert text == record.text, record.path


@pytest.mark.parametrize("kind", [kind.name for kind in WRITTEN])
def test_every_record_written_anew_from_its_form_has_the_same_values(kind: str) -> None:
    for record in records_of(kind):
        form, posted = opened(record, "en")
        new = record._replace(data={}, text="", body_start=0)
        says = filled(form, posted, None, {})
        where = home(record.path)
        assert where is not None
        again, _ = read_record(record.path, where, text_of(new, says).encode())
        assert again is not None
        assert told(again.data) == told(record.data), record.path


def told(data: Any) -> Any:
    """Values as they are typed: what was ticked has no order, and 1 in quotes is typed as 1 without them."""
    if isinstance(data, dict):
        return {key: told(value) for key, value in data.items()}
    if not isinstance(data, list):
        return shown_value(data)
    return [told(value) for value in data] if any(isinstance(value, dict) for value in data) else sorted(map(str, data))


def test_all_values_of_the_examples_stand_in_their_forms() -> None:
    """A field that the form did not know would survive the round trip unseen."""
    for kind in WRITTEN:
        for record in records_of(kind.name):
            _, posted = opened(record)
            standing = {text for texts in posted.values() for text in texts}
            standing |= {text.replace("\r\n", "\n") for text in standing}
            for value in plain(record.data):
                assert value in standing or value == f"{kind.name}/v1" or value == "", (record.path, value)


def plain(data: Any) -> list[str]:
    """Every plain value, as a field shows it."""
    if isinstance(data, dict):
        return [text for value in data.values() for text in plain(value)]
    return [text for value in data for text in plain(value)] if isinstance(data, list) else [shown_value(data)]
