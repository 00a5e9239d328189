"""`licheng receipt`: what the agency says it received, against what was sent: every difference, and no other."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import load_workbook

from licheng.app.registry.receipt import AskedReceipt, PreparedReceipt, kept_name, prepared
from licheng.core.errors import UsageError
from licheng.exchange.identities import IdentityTable
from licheng.sources import yaml
from licheng.sources.tree import WorkTree
from tests.command import licheng
from tests.exchange.agency import Agency
from tests.exchange.test_export import PEOPLE
from tests.people import Registry
from tests.trees import ROOT, copied

TODAY = date(2026, 11, 23)
ROSTERS = {
    "marks": ("marks", "--year", "114", "--term", "2"),
    "course-outputs": ("course-outputs", "--year", "114", "--batch", "1"),
    "activities": ("activities", "--year", "114", "--batch", "1"),
}
EXPORTS = {"marks": "114/marks-2", "course-outputs": "114/course-outputs-first", "activities": "114/activities-first"}


class Desk(NamedTuple):
    """The demo school as a repository, the registrar's folder, and what was exported."""

    school: Path
    registry: Registry
    sent: Path

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.school, capture_output=True, check=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("-c", "user.name=t004", "-c", "user.email=t004@school.invalid", "commit", "-q", "-m", "A state")

    def workbook(self, roster: str) -> Path:
        [path] = (self.sent / roster).glob("*.xlsx")
        return path

    def items(self, roster: str) -> dict[tuple[str, int], tuple[str, str]]:
        """Student and item of each row of the workbook, by the self-check."""
        table = csv.DictReader(io.StringIO((self.sent / roster / "self-check.csv").read_text(encoding="utf-8")))
        return {(line["sheet"], int(line["row"])): (line["student"], line["item"]) for line in table if line["row"]}

    def given(self, data: bytes, name: str = "receipt.xlsx") -> Path:
        path = self.registry.folder / name
        path.write_bytes(data)
        return path

    def compare(self, data: bytes, roster: str, *, again: bool = False) -> PreparedReceipt:
        folder = None if again else self.sent / roster
        asked = AskedReceipt(self.given(data), EXPORTS[roster], "t004", folder)
        return prepared(self.school, WorkTree(self.school), TODAY, asked, PEOPLE)

    def receipt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return licheng(self.school, "receipt", *arguments, *self.registry.options, "--by", "t004")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("receipt")
    shutil.copytree(ROOT / "content", folder / "school" / "content")
    desk = Desk(folder / "school", Registry.at(folder / "registry"), folder / "sent")
    desk.registry.table.write_bytes(IdentityTable(desk.registry.recipients, PEOPLE).sealed())
    desk.git("init", "-q")
    desk.commit()
    for roster, arguments in ROSTERS.items():
        out = ("--out", str(desk.sent / roster), *desk.registry.options, "--by", "t004")
        done = licheng(desk.school, "export", *arguments, *out)
        assert done.returncode == 0, done.stderr
    desk.commit()
    desk.git("repack", "-adq")  # one file to copy instead of thousands
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    copied(founded.school, tmp_path / "school")
    return founded._replace(school=tmp_path / "school")


@pytest.mark.parametrize("seed", range(20))
def test_exactly_the_agencys_mistakes_are_found(founded: Desk, seed: int) -> None:
    roster = [*ROSTERS][seed % 3]
    agency = Agency.of(founded.workbook(roster), seed)
    agency.err(most=12)
    data = agency.workbook() if seed % 2 else agency.json(roster)
    comparison = founded.compare(data, roster).comparison
    items = founded.items(roster)
    planted = Counter(
        (mistake.fault, *(items[mistake.sent] if mistake.sent is not None else ("", "")), mistake.column)
        for mistake in agency.mistakes
    )
    found = Counter(
        (each.fault.value, *((each.student, each.item) if each.item else ("", "")), "".join(each.columns))
        for each in comparison.differences
    )
    assert found == planted
    assert comparison.received == len(agency.rows)
    untouched = len(items) - len({mistake.sent for mistake in agency.mistakes if mistake.sent is not None})
    assert (comparison.sent, comparison.same) == (len(items), untouched)


@pytest.mark.parametrize("roster", [*ROSTERS])
def test_made_again_of_its_commit_and_read_from_its_folder_what_was_sent_is_the_same(
    founded: Desk, roster: str
) -> None:
    agency = Agency.of(founded.workbook(roster), 7)
    agency.err(most=5)
    data = agency.workbook()
    assert founded.compare(data, roster, again=True).comparison == founded.compare(data, roster).comparison


def test_the_record_holds_version_digest_and_differences_and_nobody(desk: Desk) -> None:
    agency, roster = Agency.of(desk.workbook("activities"), 3), "activities"
    agency.err(most=8)
    assert agency.mistakes
    file = desk.given(agency.workbook())
    done = desk.receipt(str(file), "--export", EXPORTS[roster])
    assert (done.returncode, done.stderr) == (1, "")
    path = desk.school / "content/receipts/114/activities-first/0001.yaml"
    text = path.read_text(encoding="utf-8")
    record = yaml.parse(text)
    assert record["file"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert Counter(each["fault"] for each in record["differences"]) == Counter(each.fault for each in agency.mistakes)
    items = desk.items(roster)
    assert {who for entry in record["classes"] for who in entry["students"]} == {who for who, _ in items.values()}
    for person in PEOPLE:
        for said in (person.id_number, person.name, person.number):
            assert said not in text
            assert said not in done.stdout
    # The same file again is the same version; another file is another one, and the first stays as it is.
    assert desk.receipt(str(file), "--export", EXPORTS[roster]).returncode == 1
    right = desk.given(Agency.of(desk.workbook(roster), 3).workbook(), "again.xlsx")
    done = desk.receipt(str(right), "--export", EXPORTS[roster])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("第 2 版收訖明細：")
    assert sorted(other.name for other in path.parent.iterdir()) == ["0001.yaml", "0002.yaml"]
    assert path.read_text(encoding="utf-8") == text
    check = licheng(desk.school, "check")
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("課程學習成果收訖明細.xlsx", "課程學習成果收訖明細.xlsx"),
        (f"{PEOPLE[0].name}的收訖明細.xlsx", "receipt.xlsx"),
        (f"明細-{PEOPLE[0].id_number.lower()}.XLSX", "receipt.xlsx"),
        (f"{PEOPLE[0].number}.json", "receipt.json"),
        ("回電0912-345-678.xlsx", "receipt.xlsx"),
        ("明細\u202e.xlsx", "receipt.xlsx"),
        ("a\\b.xlsx", "receipt.xlsx"),
        ("明細.xlsx\udc80", "receipt.xlsx"),
    ],
)
def test_the_name_of_the_file_names_nobody(name: str, kept: str) -> None:
    assert kept_name(name, PEOPLE) == kept


def test_the_record_has_the_name_that_may_be_kept(desk: Desk) -> None:
    agency = Agency.of(desk.workbook("activities"), 3)
    file = desk.given(agency.workbook(), f"{PEOPLE[0].id_number}.xlsx")
    assert desk.receipt(str(file), "--export", EXPORTS["activities"]).returncode == 0
    text = (desk.school / "content/receipts/114/activities-first/0001.yaml").read_text(encoding="utf-8")
    assert PEOPLE[0].id_number not in text
    assert yaml.parse(text)["file"]["name"] == "receipt.xlsx"


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    file = desk.given(Agency.of(desk.workbook("marks"), 1).json("marks"))
    done = desk.receipt(str(file), "--export", EXPORTS["marks"], "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert "content/receipts/114/marks-2/0001.yaml" in done.stdout
    assert [path.name for path in (desk.school / "content/receipts").rglob("marks*")] == []


def test_the_md5_of_a_file_is_compared_where_the_agency_tells_it(founded: Desk) -> None:
    agency = Agency.of(founded.workbook("course-outputs"), 0)
    listed = (founded.sent / "course-outputs/MD5SUMS").read_text().splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in listed)}
    told = json.loads(agency.json("course-outputs"))
    rows = [row for student in told["課程學習成果"] for row in student.get("學期課程學習成果", ())]
    for row in rows:
        row["文件檔案MD5"] = sums.get(row["課程學習成果文件檔案連結"], "d41d8cd98f00b204e9800998ecf8427e").upper()
    assert founded.compare(json.dumps(told).encode(), "course-outputs").comparison.differences == ()
    rows[0]["文件檔案MD5"] = "0" * 32
    [difference] = founded.compare(json.dumps(told).encode(), "course-outputs").comparison.differences
    assert (difference.fault, difference.columns) == ("file", ("課程學習成果文件檔案連結",))


def _refused(desk: Desk, data: bytes, roster: str = "marks") -> UsageError:
    with pytest.raises(UsageError) as refused:
        desk.compare(data, roster)
    return refused.value


@pytest.mark.parametrize(
    ("change", "code", "values"),
    [
        (lambda sheet: sheet.delete_cols(3), "APP446", {"case": "missing", "columns": ("課程代碼",)}),
        (lambda sheet: sheet.cell(1, 40, "新欄"), "APP446", {"case": "unknown", "columns": ("新欄",)}),
        (lambda sheet: sheet.cell(1, 40, "課程代碼"), "APP446", {"case": "twice"}),
        (
            lambda sheet: setattr(sheet["A5"], "value", None),
            "APP447",
            {"case": "empty", "row": 5, "column": "身分證號"},
        ),
        (lambda sheet: sheet.cell(6, 2, "昨天"), "APP447", {"case": "unreadable", "row": 6, "column": "出生日期"}),
        (lambda sheet: sheet.cell(7, 3, "=1+1"), "APP447", {"case": "formula", "row": 7, "column": "課程代碼"}),
        (lambda sheet: sheet.cell(8, 41, "旁邊"), "APP447", {"case": "outside", "row": 8, "column": "41"}),
        (lambda sheet: setattr(sheet, "title", "別的表"), "APP445", {"case": "sheet", "sheet": "別的表"}),
    ],
)
def test_what_is_wrong_with_a_workbook_is_told_by_sheet_row_and_column(
    founded: Desk, change: Callable[[Any], object], code: str, values: dict[str, object]
) -> None:
    book = load_workbook(io.BytesIO(Agency.of(founded.workbook("marks"), 0).workbook()))
    change(book["學期成績"])
    data = io.BytesIO()
    book.save(data)
    error = _refused(founded, data.getvalue())
    assert (error.code, {name: error.values[name] for name in values}) == (code, values)


@pytest.mark.parametrize(
    ("data", "code", "case"),
    [
        (b"", "APP445", "other-file"),
        (b"%PDF-1.7", "APP445", "other-file"),
        (b"{", "APP445", "json"),
        (b"[" * 100_000, "APP445", "json"),
        (b"[]", "APP445", "no-list"),
        (b'{"a": 1, "a": 2}', "APP445", "json"),
        ('{"多元表現": []}'.encode(), "APP445", "no-list"),
        ('{"修課紀錄": [3]}'.encode(), "APP445", "json"),
        ('{"修課紀錄": [{"身分證號": "A1", "出生日期": null, "學期成績": 3}]}'.encode(), "APP445", "json"),
        ('{"修課紀錄": [{"身分證號": "A1", "出生日期": null, "別的": [{}]}]}'.encode(), "APP445", "sheet"),
        ('{"名冊資訊": {"學年度": 113}, "修課紀錄": []}'.encode(), "APP448", None),
    ],
)
def test_what_is_no_receipt_of_the_roster_is_refused(founded: Desk, data: bytes, code: str, case: str | None) -> None:
    error = _refused(founded, data)
    assert (error.code, error.values.get("case")) == (code, case)


def test_a_receipt_of_another_export_or_of_what_was_not_sent_is_refused(founded: Desk, tmp_path: Path) -> None:
    data = Agency.of(founded.workbook("marks"), 0).json("marks")
    file = founded.given(data)
    for asked, code in (
        (AskedReceipt(file, "114/none", "t004"), "APP450"),
        (AskedReceipt(file, EXPORTS["marks"], "t999"), "APP429"),
        (AskedReceipt(file, EXPORTS["marks"], "t004", founded.sent / "activities"), "APP024"),
    ):
        with pytest.raises(UsageError) as refused:
            prepared(founded.school, WorkTree(founded.school), TODAY, asked, PEOPLE)
        assert refused.value.code == code
    shutil.copytree(founded.sent / "marks", tmp_path / "marks")
    (tmp_path / "marks/MD5SUMS").write_text("")
    for folder, people in ((tmp_path / "marks", PEOPLE), (None, PEOPLE[4:])):
        asked = AskedReceipt(file, EXPORTS["marks"], "t004", folder)
        with pytest.raises(UsageError) as refused:
            prepared(founded.school, WorkTree(founded.school), TODAY, asked, people)
        assert refused.value.code == "APP451"
