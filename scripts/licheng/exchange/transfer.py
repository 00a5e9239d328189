"""The exchange file (交換檔) between schools: its JSON to and from the values of outputs, activities and positions.

Pure: no file is read here. The columns are those that a complete public platform writes; where its meaning is known
only from its code, that is said: 認證狀態 is inferred (1 passed, 0 failed, 2 not yet decided).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from licheng.core.term import Term
from licheng.policy.certification import State

NO_TERM, NO_FILE = "0000", hashlib.md5(b"", usedforsecurity=False).hexdigest()
OUTPUTS, ACTIVITIES, BASIC, POSITIONS = "課程學習成果紀錄", "多元表現", "基本資料", "擔任學校幹部經歷紀錄"
ID, BORN, NAME = "國民身分證統一編號(或居留證統一證號)", "學生出生年月日", "學生中文姓名"
SCHOOL, UNIT, YEAR, HALF = "就讀學校代碼", "就讀單位代碼", "學年度", "學期"
SUMMARY, LINK, PASSED = "內容簡述", "外部影音連結", "認證狀態"
OUTPUT_FILES = (("課程學習成果文件檔案連結", "文件檔案MD5"), ("課程學習成果影音檔案連結", "影音檔案MD5"))
PROOF_FILES = (("證明文件連結", "證明文件MD5"), ("影音檔案連結", "影音檔案MD5"))
WORK_FILES = (("作品成果連結", "作品成果MD5"), ("影音檔案連結", "影音檔案MD5"))

# What a certification is to the other school; a claim was passed there, an open case is not decided.
STATUS = {State.CERTIFIED: 1, State.CLAIMED: 1, State.RETURNED: 0, State.REVOKED: 0}
UNDECIDED = 2

# By category the list that its rows stand in, and its own fields with their columns.
LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "position": (
        "幹部經歷暨事蹟紀錄",
        {"organisation": "單位名稱", "title": "擔任職務名稱", "level": "幹部等級代碼"}
        | {"starts": "開始日期", "ends": "結束日期"},
    ),
    "contest": (
        "競賽參與紀錄",
        {"name": "競賽名稱", "event": "競賽項目組別", "level": "競賽等級代碼", "award": "競賽獎項"}
        | {"announced_on": "結果公布日期", "team": "團體或個人參與代碼"},
    ),
    "certificate": (
        "檢定證照紀錄",
        {"certificate_code": "檢定證照代碼", "score": "檢定證照結果分數", "section_results": "分項結果"}
        | {"obtained_on": "取得檢定證照日期", "number": "檢定證照字號", "group": "檢定證照組別"},
    ),
    "service-learning": (
        "服務學習紀錄",
        {"name": "服務名稱", "organiser": "服務單位名稱", "starts": "開始日期", "ends": "結束日期"}
        | {"hours": "服務學習時數"},
    ),
    "flexible-learning": (
        "彈性學習時間紀錄",
        {"type": "彈性學習時間類別(種類)代碼", "name": "內容(開設名稱)", "organiser": "開設單位"}
        | {"periods_per_week": "每週節數", "weeks": "開設週數"},
    ),
    "group-activity": (
        "團體活動時間紀錄",
        {"type": "團體活動時間類別代碼", "organiser": "辦理單位", "name": "團體活動內容名稱", "periods": "節數"},
    ),
    "workplace-learning": (
        "職場學習紀錄",
        {"type": "職場學習類別代碼", "organisation": "職場學習單位", "title": "職場學習職稱"}
        | {"starts": "開始日期", "ends": "結束日期", "hours": "時數"},
    ),
    "work": ("作品成果紀錄", {"name": "名稱", "on": "作品日期"}),
    "advanced-course": (
        "大學及技專校院先修課程紀錄",
        {"scheme": "計畫專案", "organiser": "開設單位", "name": "課程名稱", "starts": "開始日期"}
        | {"ends": "結束日期", "credits": "學分數", "hours": "總時數"},
    ),
    "other": (
        "其他多元表現",
        {"name": "名稱", "organiser": "主辦單位", "starts": "開始日期", "ends": "結束日期", "hours": "時數"},
    ),
}
_POSITION = LISTS["position"][1]
_DAYS = {"starts", "ends", "on", "announced_on", "obtained_on"}
_COUNTED = {"level", "team", "type", "weeks"}
_DECIMAL = {"hours", "score", "periods", "periods_per_week", "credits"}
# What has a term of its own beside its school year.
_OF_TERM = {"flexible-learning", "group-activity"}
# The ways in which a course was taken, each a column of its own, and the column of its earlier term.
MODES = {"retake": ("是否為重修時", "重修學年度及學期"), "make-up": ("是否為補修時", "補修學年度及學期")}
MODES |= {
    "repeat": ("是否為重讀時", "重讀學年度及學期"),
    "visiting": ("是否為借讀生時", ""),
    "transfer": ("是否為轉學轉科前", ""),
}

# What no column of the format holds: entries of the labels `not_exchanged`.
NOT_EXCHANGED = (
    "reflection",
    "more-files",
    "titles",
    "group-work",
    "remark",
    "decisions",
    "names-of-folders",
    "drafts",
)


class Document(NamedTuple):
    """A file of an item: its name there, and its bytes."""

    name: str
    data: bytes


class ExchangedItem(NamedTuple):
    """An output, an activity or a position, without its place.

    Attributes:
        kind: course-output, activity or position.
        period: the term, or for an activity the school year with the term in which it ended.
        fields: as the record has them, but for attachments.
        files: the document and the audio or video, at most one each.
        passed: 認證狀態 of an output.
        course: code and name of an output's course, its credits, its year level, the way in which it was taken.
        row: `課程學習成果紀錄[3]`: where it stands in the file, for errors.
    """

    kind: str
    period: Term
    fields: Mapping[str, Any]
    files: tuple[Document | None, Document | None] = (None, None)
    passed: int = UNDECIDED
    course: Mapping[str, Any] = {}
    row: str = ""


class BadRowError(ValueError):
    """A row is not of the format: where it is, the column, and its value."""

    def __init__(self, row: str, column: str, value: object) -> None:
        super().__init__(row, column, value)
        self.row, self.column, self.value = row, column, value


class Identity(NamedTuple):
    """By what the file knows a student; never written into a repository."""

    id_number: str
    born: str
    name: str


def written(term: Term | None) -> str:
    """`1141`; `0000` is none."""
    return f"{term.year}{term.half}" if term is not None else NO_TERM


def rows_of(
    student: Identity, school: str, items: Sequence[ExchangedItem], link: Callable[[Document | None], str]
) -> dict[str, Any]:
    """A student as the file's JSON has one.

    Args:
        student: who.
        school: the ministry's code.
        items: what goes out.
        link: the name under which the package keeps a file; empty for none.
    """
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in LISTS.values()}
    outputs, positions = [], []
    for item in items:
        common = {SCHOOL: school, UNIT: "", YEAR: item.period.year, HALF: item.period.half, ID: student.id_number}
        common[BORN] = student.born
        if item.kind == "position":
            own = {column: item.fields[field] for field, column in _POSITION.items()}
            positions.append(common | own | {"建立日期": "", "提交紀錄": NO_TERM})
        elif item.kind == "activity":
            name, columns = LISTS[item.fields["category"]]
            own = {column: item.fields.get(field, "") for field, column in columns.items()}
            files = WORK_FILES if item.fields["category"] == "work" else PROOF_FILES
            lists[name].append(common | own | _said(item, SUMMARY, files, link))
        else:
            outputs.append(_output_row(item, school, link))
    basic = {NAME: student.name, ID: student.id_number, BORN: student.born, POSITIONS: positions}
    return {BASIC: basic, OUTPUTS: outputs, ACTIVITIES: lists}


def _said(
    item: ExchangedItem, summary: str, files: Sequence[tuple[str, str]], link: Callable[[Document | None], str]
) -> dict[str, Any]:
    cells: dict[str, Any] = {summary: item.fields["summary"], LINK: item.fields.get("link", "")}
    for (column, digest), file in zip(files, item.files, strict=True):
        md5 = hashlib.md5(file.data, usedforsecurity=False).hexdigest() if file is not None else NO_FILE
        cells |= {column: link(file), digest: md5}
    return cells | {"本紀錄上傳學年度及學期": written(item.period), "建立日期": "", "提交紀錄(學年度及學期)": NO_TERM}


def _output_row(item: ExchangedItem, school: str, link: Callable[[Document | None], str]) -> dict[str, Any]:
    course, mode = item.course, item.course["mode"]
    row = {"修課學校代碼": school, "修課單位代碼": "", "應修課學年度": item.period.year, "應修課學期": item.period.half}
    row |= {"課程代碼": course["code"], "科目名稱": course["subject"], "學分數": course["credits"]}
    row |= {"開課年級": course["level"], "開課學期": item.period.half}
    for name, (column, earlier) in MODES.items():
        row[column] = name == mode
        if earlier:
            row[earlier] = written(item.period) if name == mode else NO_TERM
    row |= _said(item, "課程學習成果簡述", OUTPUT_FILES, link) | {PASSED: item.passed}
    return row


def items_of(
    entry: Mapping[str, Any], files: Callable[[str, str, str, str], Document | None]
) -> Iterator[ExchangedItem]:
    """The items of a student of the file's JSON.

    Args:
        entry: one entry of the JSON's list.
        files: the file of a folder (課程學習成果 or 多元表現) by its link and its MD5, and the row for errors.

    Raises:
        BadRowError: a row is not of the format.
    """
    basic, activities = _mapping(entry, BASIC, BASIC), _mapping(entry, ACTIVITIES, ACTIVITIES)
    for where, row in _rows(basic, POSITIONS):
        fields = dict(_fields(row, _POSITION, where))
        yield ExchangedItem("position", _term(row, YEAR, HALF, where), fields, row=where)
    for where, row in _rows(entry, OUTPUTS):
        course = {"code": _text(row, "課程代碼", where), "subject": _text(row, "科目名稱", where)}
        fields = _read(row, "課程學習成果簡述", where)
        both = _documents(row, OUTPUT_FILES, "課程學習成果", where, files)
        passed = row.get(PASSED)
        if passed not in {0, 1, UNDECIDED} or isinstance(passed, bool):
            raise BadRowError(where, PASSED, passed)
        term = _term(row, "應修課學年度", "應修課學期", where)
        yield ExchangedItem("course-output", term, fields, both, passed, course, where)
    for category, (name, columns) in LISTS.items():
        for where, row in _rows(activities, name):
            term = _term(row, YEAR, HALF, where)
            fields = {"category": category, **dict(_fields(row, columns, where))}
            fields |= {"term": str(term)} if category in _OF_TERM else {}
            documents = WORK_FILES if category == "work" else PROOF_FILES
            both = _documents(row, documents, ACTIVITIES, where, files)
            yield ExchangedItem("activity", term, {**fields, **_read(row, SUMMARY, where)}, both, row=where)


def identity_of(entry: Mapping[str, Any], where: str) -> Identity:
    """Who an entry is about.

    Raises:
        BadRowError: it does not say.
    """
    basic = _mapping(entry, BASIC, where)
    return Identity(_text(basic, ID, where), _day(_text(basic, BORN, where), BORN, where), _text(basic, NAME, where))


def _documents(
    row: Mapping[str, Any],
    columns: Sequence[tuple[str, str]],
    folder: str,
    where: str,
    files: Callable[[str, str, str, str], Document | None],
) -> tuple[Document | None, Document | None]:
    links = [(str(row.get(column) or ""), str(row.get(digest) or NO_FILE)) for column, digest in columns]
    document, media = (files(folder, link, digest, where) for link, digest in links)
    return document, media


def _rows(holder: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rows = holder.get(name, [])
    if not isinstance(rows, list):
        raise BadRowError(name, name, type(rows).__name__)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise BadRowError(f"{name}[{number}]", name, type(row).__name__)
        yield f"{name}[{number}]", row


def _mapping(holder: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise BadRowError(where, name, type(value).__name__)
    return value


def _text(row: Mapping[str, Any], column: str, where: str) -> str:
    value = row.get(column)
    if not isinstance(value, str) or not value.strip():
        raise BadRowError(where, column, value)
    return value.strip()


def _read(row: Mapping[str, Any], summary: str, where: str) -> dict[str, Any]:
    fields = {"summary": _text(row, summary, where)}
    return fields | ({"link": _text(row, LINK, where)} if row.get(LINK) else {})


def _term(row: Mapping[str, Any], year: str, half: str, where: str) -> Term:
    try:
        return Term.parse(f"{row.get(year)}-{row.get(half)}")
    except ValueError as error:
        raise BadRowError(where, year, f"{row.get(year)}-{row.get(half)}") from error


def _fields(row: Mapping[str, Any], columns: Mapping[str, str], where: str) -> Iterator[tuple[str, Any]]:
    """A row's own fields; what is empty is left out, as a record leaves it out."""
    for field, column in columns.items():
        value = row.get(column)
        if value is None or value == "":
            continue
        if field in _DAYS:
            yield field, _day(value, column, where)
        elif field in _COUNTED:
            yield field, _number(value, column, where, whole=True)
        elif field in _DECIMAL:
            yield field, _number(value, column, where, whole=False)
        else:
            yield field, _text(row, column, where)


def _number(value: object, column: str, where: str, *, whole: bool) -> int | str:
    """A number as records write one: whole ones as numbers, others as they are written."""
    text = str(value).strip() if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[0-9]{1,6}(?:\.0+)?", text, re.ASCII):
        return int(text.partition(".")[0])
    if whole or not re.fullmatch(r"-?[0-9]{1,6}\.[0-9]{1,4}", text, re.ASCII):
        raise BadRowError(where, column, value)
    return text


def _day(value: object, column: str, where: str) -> str:
    """ISO, with slashes, or as 民國 in seven digits (1140901)."""
    text = str(value).strip().replace("/", "-")[:10]
    roc = re.fullmatch(r"([01][0-9]{2})([0-9]{2})([0-9]{2})", text, re.ASCII)
    parts = (int(roc[1]) + 1911, int(roc[2]), int(roc[3])) if roc else None
    try:
        return (date(*parts) if parts else date.fromisoformat(text)).isoformat()
    except ValueError as error:
        raise BadRowError(where, column, value) from error
