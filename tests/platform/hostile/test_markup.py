"""Markup in every field and file name, as everybody sees it who may: it is text on each page, and never an element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from httpx import Response

from licheng.core.layout import Form, home
from licheng.core.record import Record
from licheng.platform.forms.filling import filled, posted_of
from licheng.platform.forms.judging import text_of
from licheng.sources.reading import read_record as read
from tests.platform.forms.test_round_trip import WRITTEN, content, form_for
from tests.platform.hostile.town import DOING, FIELDS, KEEPER, PHOTO, SHOWING, STUDENT, TEACHER, TUTOR, WORK, Town
from tests.platform.main_branch import committed_all, copied
from tests.platform.test_pages import Platform

HANDED_IN_WORK = "terms/114-2/outputs/work-songs"
# An element and attributes that no page of ours has, in every way that text becomes one.
TEXTS = {
    "an element": "<xq9z onxq9z=alert(1)>",
    "an end of an attribute": "\"><xq9z onxq9z='alert(1)'>",
    "an attribute": '" onxq9z="alert(1)" x="',
    "an attribute in single quotes": "' onxq9z='alert(1)' x='",
    "an end of the text of a field": "</textarea></title></script></style><xq9z>",
    "an end of a comment": "--!><xq9z>",
    "a template": "{{ 9 ** 14 }}{% raw %}<xq9z>{{ session }}",
    "entities": "&lt;xq9z&gt;&#60;xq9z&#62;",
    "letters that become smaller ones": "\uff1cxq9z\uff1e<\u0078q9z/onxq9z=1>",
}
MARK = "\"'><xq9z onxq9z=alert(1)>{{ 9 ** 14 }}"


class _Reader(HTMLParser):
    """Reads as a browser: what it finds that no page of ours has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.text += values.values()
        self.faults += [f"<{tag}>"] if "xq9z" in tag else []
        self.faults += [
            name for name in values if name.startswith("on") or "xq9z" in name or name in {"style", "srcdoc"}
        ]
        leads = [values[name] for name in ("href", "src", "action", "formaction") if name in values]
        self.faults += [
            f"{tag} {where}" for where in leads if not where.startswith(("/", "#")) or where.startswith("//")
        ]
        if tag in {"script", "iframe"} and not values.get("src", "").startswith(("/static/", "/files/")):
            self.faults.append(tag)

    def handle_comment(self, data: str) -> None:
        self.faults.append(data)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read_page(answer: Response) -> _Reader:
    reader = _Reader()
    if answer.headers.get("content-type", "").startswith("text/html"):
        reader.feed(answer.text)
        reader.close()
        assert str(9**14) not in answer.text  # which no drawn token holds by chance
    return reader


def marked(record: Record) -> bytes:
    """A record with markup in each field in which it can be read at all, and in the titles of its files."""
    form = form_for(record)
    posted = posted_of(form, record.data, record.body)
    entries = [{**entry, "title": MARK} for entry in record.data.get("attachments", ())]
    given = {"attachments": entries} if entries else {}

    def written(fields: dict[str, list[str]]) -> bytes:
        return text_of(record, filled(form, fields, record, given)).encode()

    where = home(record.path)
    assert where is not None
    tried_rows = set[str]()
    for name in posted:
        row = re.sub(r"\.[0-9]+\b", "", name)
        if row in tried_rows:  # of the rows of a list the first
            continue
        tried_rows.add(row)
        for text in (MARK, "<xq9z>"):
            tried = {**posted, name: [text]}
            if not read(record.path, where, written(tried))[1]:
                posted = tried
                break
    return written(posted)


def records() -> Iterator[Record]:
    """One of a student's records of each kind that a form writes, and one more of what has pages."""
    seen: dict[str, int] = {}
    for path in sorted(content(), key=lambda path: (STUDENT not in path, path)):
        where = home(path)
        if where is None or where.kind not in WRITTEN or where.identity.get("student") != STUDENT:
            continue
        most = 3 if where.kind.form is Form.MARKDOWN else 1
        seen[where.kind.name] = seen.get(where.kind.name, 0) + 1
        if seen[where.kind.name] <= most or WORK in path:
            record, _ = read(path, where, content()[path])
            assert record is not None
            yield record


@pytest.fixture(scope="module")
def marked_school(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Over a main on which every text is hostile, though the gate would have let none of it pass."""
    folder = tmp_path_factory.mktemp("marked")
    repository = copied(demo_repository, folder / "school.git")
    files = {record.path: marked(record) for record in records()}
    files[f"content/students/113/{STUDENT}/{HANDED_IN_WORK}/{MARK}.png"] = PHOTO
    committed_all(repository, files)
    shown = Platform(repository, folder / "state")
    with shown.client:
        yield shown


VIEWS = {
    "the student's own page": ("/me", STUDENT),
    "the student's list": (f"/students/{STUDENT}", STUDENT),
    "the registry's list": (f"/students/{STUDENT}", "t004"),
    "a work to its student": (f"/students/{STUDENT}/{WORK}", STUDENT),
    "a work to its teacher": (f"/students/{STUDENT}/{HANDED_IN_WORK}", "t020"),
    "a work to the tutor": (f"/students/{STUDENT}/{HANDED_IN_WORK}", TUTOR),
    "the steps of a work": (f"/chain/{STUDENT}/{WORK}", STUDENT),
    "the form of a work": (f"/me/edit/{WORK}/item.md", STUDENT),
    "an activity": (f"/students/{STUDENT}/years/114/activities/career-talk", TUTOR),
    "the form of an activity": ("/me/edit/years/114/activities/career-talk/item.md", STUDENT),
    "another's record of a certificate": (f"/students/{STUDENT}/external/114-1-computer-certificate", TUTOR),
    "the class table": ("/class/12a", TUTOR),
    "the sheets": ("/class/12a/sheets", TUTOR),
    "the queue": ("/queue", "t020"),
    "what a teacher has signed": ("/signed", "t020"),
    "the log": ("/log", STUDENT),
    "the positions": (f"/records/position?student={STUDENT}", KEEPER),
    "the form of a position": (f"/records/edit/students/113/{STUDENT}/positions/114-1-vice-leader.yaml", KEEPER),
    "the form of absences": (f"/records/edit/students/113/{STUDENT}/attendance/114-1.yaml", "t007"),
    "the form of marks": (f"/records/edit/students/113/{STUDENT}/terms/114-1/marks.yaml", "t004"),
}


@pytest.mark.hostile("markup")
@pytest.mark.parametrize(("path", "account"), VIEWS.values(), ids=VIEWS)
def test_what_stands_in_records_is_text_to_whoever_may_see_it(marked_school: Platform, path: str, account: str) -> None:
    for language in ("zh-TW", "en"):
        answer = marked_school.get(path, account, **({"lang": language} if "?" not in path else {}))
        assert answer.status_code == 200, answer.text
        assert read_page(answer).faults == []


def test_it_is_shown_at_all(marked_school: Platform) -> None:
    """Otherwise nothing was tried above."""
    shown = {path: "xq9z" in marked_school.get(path, account).text for path, account in VIEWS.values()}
    for path in (
        "/me",
        f"/students/{STUDENT}/{WORK}",
        f"/me/edit/{WORK}/item.md",
        f"/records/position?student={STUDENT}",
    ):
        assert shown[path], path
    assert sum(shown.values()) >= 10, shown


@pytest.mark.hostile("markup")
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_stands_in_an_address_is_text_on_its_page(town: Town, text: str) -> None:
    names = ("lang", "category", "check", "item", "student", "class", "error", "state", "code", text)
    for path in SHOWING:
        for place in (next(town.filled(path)), f"{next(town.filled(path))}{text}"):
            account = TEACHER if path.startswith(("/certify", "/records", "/queue")) else STUDENT
            answer = town.ask("GET", place.replace("#", "%23"), account, params=dict.fromkeys(names, text))
            assert answer.status_code < 500, place
            assert read_page(answer).faults == [], place


@pytest.mark.hostile("markup")
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_posted_comes_back_as_text(town: Town, text: str) -> None:
    """Also as the name of a file, of a field, of a row and of a button."""
    names = (*FIELDS, "title", "organisation", "summary", "_body", "_upload", "item", "student", "date", "subject")
    data = dict.fromkeys(names, text) | {text: text, f"rows.0.{text}": text, "_add": text}
    for method, path in DOING:
        if path.startswith(("/logout", "/login")):
            continue
        for account in (STUDENT, KEEPER):
            file = {"_file": (f"{text}.png", b"x"), "file": (f"{text}.xlsx", b"x")}
            for place in town.filled(path):
                answer = town.ask(method, place, account, data=data, files=file)
                assert answer.status_code < 500, (method, place)
                assert read_page(answer).faults == [], (method, place)


@pytest.mark.hostile("markup")
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_draft_is_text_when_it_is_opened_again(town: Town, text: str) -> None:
    for below in (
        "years/115/activities/zzqmarked/item.md",
        "terms/115-1/outputs/zzqmarked/item.md",
        "statement/item.md",
    ):
        names = ("name", "summary", "content", "result", "_body", "title", "role", "organiser", "_base", "_detach")
        data = FIELDS | dict.fromkeys(names, text) | {"category": "work", "_do": "save", "_number": "", "_tab": ""}
        assert town.ask("POST", f"/me/edit/{below}", STUDENT, data=data).status_code == 303
        for query in ("", "?check=submit"):
            answer = town.ask("GET", f"/me/edit/{below}{query}", STUDENT)
            assert answer.status_code in {200, 422}
            assert "xq9z" in answer.text
            assert read_page(answer).faults == []
        town.ask("POST", f"/me/edit/{below}", STUDENT, data={"_do": "discard"})
