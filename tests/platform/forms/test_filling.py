"""What people do in a form: they change, leave out, add and remove, and nothing else changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from licheng.app.new import faults_of
from licheng.core.layout import home, samples
from licheng.core.record import Record
from licheng.outputs.catalog import catalog
from licheng.platform.forms.filling import Filled, filled, posted_of
from licheng.platform.forms.judging import by_field, text_of
from licheng.platform.forms.model import FieldEntry, Option, form_of
from licheng.platform.forms.view import changed_rows, viewed
from licheng.sources import schemas
from licheng.sources.emit import document
from licheng.sources.reading import read_record
from tests.platform.forms.posting import posted_from, shown, texts
from tests.trees import base

TODAY = date(2026, 11, 23)


def example(kind: str, number: int = 0, **others: Any) -> Record:
    """The schema's own example, with some other values."""
    path = next(path for name, path in samples() if name == kind)
    where = home(path)
    assert where is not None
    data = {**schemas.load()[kind]["examples"][number], **others}
    text = document(where.kind, path, data, "\n我的反思。" if path.endswith(".md") else "")
    record, _ = read_record(path, where, text.encode())
    assert record is not None
    return record


def posted(record: Record, **changes: str | list[str]) -> dict[str, list[str]]:
    """A record's form, filled in otherwise in some fields."""
    fields = posted_of(form_of(record.kind, chosen=str(record.data.get("category", ""))), record.data, record.body)
    return {**fields, **{name: [text] if isinstance(text, str) else text for name, text in changes.items()}}


def says(record: Record, fields: dict[str, list[str]], chosen: str = "") -> Filled:
    """What a posted form says."""
    return filled(form_of(record.kind, chosen=chosen or str(record.data.get("category", ""))), fields, record, {})


def test_one_changed_field_changes_one_line() -> None:
    record = example("position")
    text = text_of(record, says(record, posted(record, title="總務股長")))
    before, after = record.text.splitlines(), text.splitlines()
    assert len(before) == len(after)
    assert [line for line in after if line not in before] == ["title: 總務股長"]


def test_comments_and_what_the_form_does_not_know_stay() -> None:
    record = example("position")
    odd = record._replace(
        text=record.text + "# 導師說明\nmine: {a: [1, '1']}\n", data={**record.data, "mine": {"a": [1, "1"]}}
    )
    text = text_of(odd._replace(body_start=len(odd.text)), says(odd, posted(odd, title="總務股長")))
    assert "# 導師說明\nmine: {a: [1, '1']}\n" in text
    assert "title: 總務股長" in text


def test_an_optional_field_left_empty_is_left_out() -> None:
    record = example("course-output")
    data = says(record, posted(record, group_work="", link="")).data
    assert data == {key: value for key, value in record.data.items() if key not in {"group_work", "link"}}


def test_a_text_that_looks_like_something_else_stays_a_text() -> None:
    record = example("position")
    for typed in (
        "true",
        "null",
        "0123",
        "12",
        "2026-01-02",
        "- x",
        "a: b",
        "# x",
        "'",
        '"',
        "？",
        "~",
        "*a",
        "!!int 3",
    ):
        filled_in = says(record, posted(record, title=typed))
        where = home(record.path)
        assert where is not None
        again, _ = read_record(record.path, where, text_of(record, filled_in).encode())
        assert again is not None
        assert again.data["title"] == typed


def test_numbers_stay_what_was_typed() -> None:
    record = example("community-service")
    for typed, value in (("2", 2), ("1.50", "1.50"), ("02", "02"), ("兩小時", "兩小時"), ("9" * 30, "9" * 30)):
        assert says(record, posted(record, hours=typed)).data["hours"] == value


def test_letters_with_their_marks_are_one_character_and_lines_end_in_one() -> None:
    record = example("position")
    assert says(record, posted(record, title="e\u0301")).data["title"] == "\u00e9"
    assert (
        says(example("consultation"), posted(example("consultation"), content="一\r\n二")).data["content"] == "一\n二"
    )


def test_a_row_is_added_filled_in_and_removed_without_a_script() -> None:
    record = example("attendance")
    form = form_of("attendance")
    fields = posted_from(shown(form, posted_of(form, record.data)))
    more = changed_rows({**fields, "_add": ["absences"]})
    again = posted_from(shown(form, more))
    assert says(record, again).data == record.data  # an empty row is none
    new = {"absences.2.on": ["2026-10-05"], "absences.2.type": ["sick"], "absences.2.periods": ["2"]}
    assert new.keys() < again.keys()
    three = says(record, {**again, **new}).data["absences"]
    assert three == [*record.data["absences"], {"on": "2026-10-05", "type": "sick", "periods": 2}]
    fewer = changed_rows({**again, **new, "_remove": ["absences.0"]})
    fewer = posted_from(shown(form, fewer))
    assert says(record, fewer).data["absences"] == three[1:]
    assert "absences.3._row" in changed_rows({**fewer, "_add": ["absences"]})


def test_what_a_removed_row_did_not_show_goes_and_that_of_the_others_stays() -> None:
    record = example("attendance", absences=[{"on": "2026-09-01", "x": 1}, {"on": "2026-09-02", "x": 2}])
    fields = changed_rows({**posted(record), "_remove": ["absences.0"]})
    assert says(record, fields).data["absences"] == [{"on": "2026-09-02", "x": 2}]


def test_another_category_takes_its_own_fields_and_what_was_typed_is_posted_on() -> None:
    record = example("activity")
    assert record.data["category"] != "certificate"
    form = form_of("activity", chosen="certificate")
    fields = posted_from(shown(form, posted(record, category="certificate")))
    own = {field.key for field in form.fields}
    assert set(says(record, fields, "certificate").data) <= own | {"kind"}
    lost = [key for key in record.data if key not in own and key != "kind"]
    assert lost
    for key in lost:
        assert fields[key] == [str(record.data[key])]


def test_codes_of_the_agency_are_chosen_and_many_are_searched() -> None:
    few = {"position_levels": {"values": [{"code": 1, "name": {"zh": "校級", "en": "School"}}]}}
    [level] = [field for field in form_of("position", few).fields if field.key == "level"]
    assert (level.entry, level.searched) == (FieldEntry.CHOICE, False)
    many = [{"code": number, "name": {"zh": f"第{number}種", "en": f"Sort {number}"}} for number in range(60)]
    form = form_of("position", {"position_levels": {"values": many}})
    record = example("position")
    html = shown(form, posted(record, level="59"))
    assert html.count("<option") == 60
    assert filled(form, posted_from(html), record, {}).data["level"] == 59


def test_a_student_chooses_among_the_courses_taken() -> None:
    offered: dict[tuple[str, ...], tuple[Option, ...]] = {
        ("course",): (Option("physics", {"zh": "物理", "en": "Physics"}),)
    }
    html = shown(form_of("course-output", offered=offered), posted(example("course-output", 1)))
    assert '<option value="chinese" selected>' in html  # what is there stays to be seen
    assert "物理 (physics)" in html


def problems(record: Record, fields: dict[str, list[str]], chosen: str = "") -> dict[str, list[str]]:
    """The codes at each field, as the check of the whole school gives them."""
    filled_in = says(record, fields, chosen)
    text = text_of(record, filled_in)
    found = faults_of(base(), {record.path: text.encode("utf-8", "surrogatepass")}, record.path, TODAY)
    named = by_field(found, record.path, text, filled_in.names)
    return {name: [finding.code for finding in some] for name, some in named.items()}


@pytest.mark.parametrize(
    ("kind", "changes", "name", "code"),
    [
        ("position", {"title": ""}, "title", "SCH001"),
        ("position", {"title": " "}, "title", "TXT002"),
        ("position", {"starts": "2026-02-30"}, "starts", "SCH005"),
        ("position", {"starts": "去年"}, "starts", "SCH005"),
        ("position", {"level": "高"}, "level", "SCH003"),
        ("position", {"title": "長" * 201}, "title", "SCH006"),
        ("position", {"title": "a\u200bb"}, "title", "FIL003"),
        ("position", {"title": "聯絡 0912345678"}, "title", "PRI002"),
        ("consultation", {"content": "第一行\n身分證 A123456789"}, "content", "PRI001"),
        ("attendance", {"absences.1.periods": "11"}, "absences.1.periods", "SCH006"),
        ("attendance", {"absences.1.on": ""}, "absences.1.on", "SCH001"),
        ("attendance", {"none": "true"}, "absences", "SCH006"),
        ("course-output", {"_body": "寫信給 a.b@gmail.com"}, "_body", "PRI003"),
        ("course-output", {"summary": "字" * 300}, "summary", "TXT001"),
        ("course-output", {"link": "http://x"}, "link", "SCH005"),
        ("course-output", {"course": "no-such"}, "course", "REF002"),
    ],
)
def test_what_the_check_finds_stands_at_its_field(kind: str, changes: dict[str, str], name: str, code: str) -> None:
    record = example(kind)
    assert code in problems(record, posted(record, **changes)).get(name, []), problems(
        record, posted(record, **changes)
    )


def test_an_error_is_told_in_the_words_of_the_check_beside_its_field_and_at_the_top() -> None:
    record = example("position")
    fields = posted(record, title="")
    filled_in = says(record, fields)
    text = text_of(record, filled_in)
    found = faults_of(base(), {record.path: text.encode()}, record.path, TODAY)
    [missing] = [finding for finding in found if finding.code == "SCH001"]
    for language in ("zh-TW", "en"):
        form, words = form_of("position"), catalog(language)
        view = viewed(form, fields, by_field(found, record.path, text, filled_in.names), words, texts(language))
        [(control, problem)] = [each for each in view.problems if each[1].code == "SCH001"]
        assert (control.name, problem.fact, problem.hint) == ("title", words.message(missing), words.hint(missing))
        html = shown(form, fields, by_field(found, record.path, text, filled_in.names), language)
        assert '<a href="#f-title">' in html
        assert 'aria-describedby="h-title e-title"' in html
