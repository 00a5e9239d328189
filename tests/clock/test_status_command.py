"""`licheng status` for the school's own staff: a unit, a tutor's class, a student's sheet, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import licheng
from tests.trees import ROOT


def status(*arguments: str) -> str:
    done = licheng(ROOT, "status", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_of_a_term() -> None:
    text = status("--term", "115-1")
    for heading in ("開放中與兩週內的期限", "分工（伍.五）", "研習與會議", "等待認證"):
        assert heading in text
    assert "校內使用，不得公開。" in text


def test_json_keeps_the_old_fields_and_adds_new_ones() -> None:
    found = json.loads(status("--term", "115-1", "--json"))
    assert {"version", "minimum_cell", "unreadable", "rows"} <= set(found)
    assert {"windows", "trainings", "meetings", "duties", "backlog"} <= set(found)
    assert found["minimum_cell"] == 1
    ages = found["backlog"]["ages"]
    assert found["backlog"]["total"] == sum(age["count"] for age in ages) > 0
    states = {row["state"] for row in found["rows"] if row["subject"] == "course-output"}
    assert states == {"draft", "submitted", "certified", "claimed", "returned", "stale", "revoked"}


def test_a_unit_sees_only_what_it_answers_for() -> None:
    found = json.loads(status("--unit", "registry", "--json"))
    assert {one["duty"] for one in found["duties"]} == {
        *("basic-data", "marks", "agency-upload"),
        *("receipt-confirmation", "receipt-answer"),
    }
    assert all({"unit": "registry"} in one["owners"] for one in found["windows"])
    assert "backlog" not in found


def test_a_class_adds_up_to_its_level() -> None:
    of_class = json.loads(status("--class", "11a", "--term", "115-1", "--json"))["portfolios"]
    rows = json.loads(status("--term", "115-1", "--json"))["rows"]
    assert {one["level"] for one in of_class} == {11}
    states = [output["state"] for one in of_class for output in one["outputs"]]
    for row in rows:
        if row["subject"] == "course-output" and row["period"] == "115-1":
            assert states.count(row["state"]) == row["levels"]["11"], row["state"]


def test_the_class_table_has_a_line_a_student() -> None:
    text = status("--class", "11a", "--term", "115-1")
    count = len(json.loads(status("--class", "11a", "--term", "115-1", "--json"))["portfolios"])
    assert text.count("s1") == count > 1
    for head in ("待認證", "已認證", "退回", "已勾選", "學校尚缺的紀錄"):
        assert head in text


def test_what_the_school_lacks_is_told_to_the_tutor_when_it_is_late() -> None:
    """Marks of 115-1 are due on 2027-02-26: not missed in November, missed in March."""
    before = json.loads(status("--class", "12a", "--json"))["portfolios"]
    after = json.loads(status("--class", "12a", "--term", "115-1", "--today", "2027-03-01", "--json"))["portfolios"]
    assert all(one["missing"] == [] for one in before)
    assert all("marks" in one["missing"] for one in after)


def test_a_sheet_is_markdown_and_names_come_from_the_list_alone(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("student,class,seat,name\ns1130001,12a,7,王小明\n", encoding="utf-8")
    without, named = status("--student", "s1130001"), status("--student", "s1130001", "--identities", str(people))
    assert without.startswith("# 學習歷程檔案確認單\n")
    assert "學生簽名" in without
    assert "王小明" not in without
    assert named.replace("s1130001 12a 7 王小明", "s1130001") == without
    assert "王小明" not in status("--student", "s1130001", "--json")


def test_sheets_of_a_class_are_one_a_student() -> None:
    count = len(json.loads(status("--class", "12a", "--json"))["portfolios"])
    assert status("--class", "12a", "--sheets").count("# 學習歷程檔案確認單") == count


def test_the_sheet_of_a_full_portfolio_tells_its_quotas() -> None:
    """s1130001 handed in ten activities in school year 114 and ticked some of its outputs."""
    text = status("--student", "s1130001", "--term", "114-2")
    assert "多元表現（送出）：10／10（114 學年度）" in text
    assert "| 是 |" in text


VISIT = "借讀：學校代碼 demo02，2026-09-01 至 2027-01-20"
ORIGINAL = "原（應）修 114 學年度第 1 學期"
TRANSFERRED = f"轉學轉科、{ORIGINAL}、學校代碼 demo01"


@pytest.mark.parametrize(
    ("student", "term", "lines"),
    [
        ("s1130005", "114-1", ["體育：免修"]),
        ("s1130006", "114-2", ["公民與社會：缺考、補考及格"]),
        ("s1130007", "115-1", [VISIT, "海洋生物：借讀、學校代碼 demo02"]),
        ("s1140002", "114-2", [f"歷史：{TRANSFERRED}", f"地理：{TRANSFERRED}"]),
        ("s1140002", "115-1", [f"在地探究：補修、{ORIGINAL}", "在學（轉入），2026-02-11 起"]),
        ("s1140004", "115-1", [f"數學：重修、{ORIGINAL}"]),
        ("s1130001", "115-1", ["在學（入學），2024-08-01 起"]),
    ],
)
def test_a_sheet_tells_courses_that_are_not_plainly_taken_and_marked(student: str, term: str, lines: list[str]) -> None:
    """重修、補修、轉學轉科、借讀、免修、缺考 of the demo school: in words for people, by ids for machines."""
    text = status("--student", student, "--term", term)
    told = text.partition("## 學籍")[2].partition("## 課程學習成果")[0]
    assert {line for line in told.splitlines() if line.startswith("- ")} >= {f"- {line}" for line in lines}
    (own,) = json.loads(status("--student", student, "--term", term, "--json"))["portfolios"]
    special = sum("起" not in line and not line.startswith("借讀：") for line in lines)
    assert len(own["specials"]) == special
    assert len(own["visits"]) == (student == "s1130007")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--class", "99z"), "APP120"),
        (("--student", "s1139999"), "APP120"),
        (("--class", "11a", "--public"), "APP121"),
        (("--unit", "registry", "--public"), "APP121"),
        (("--class", "11a", "--student", "s1130001"), "APP121"),
        (("--sheets",), "APP121"),
        (("--public", "--identities", "nobody.csv"), "APP121"),
        (("--student", "s1130001", "--identities", "nobody.csv"), "APP006"),
        (("--unit", "nobody"), "APP017"),
        (("--term", "99-1"), "APP017"),
    ],
)
def test_refusals(arguments: tuple[str, ...], code: str) -> None:
    done = licheng(ROOT, "status", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert code in done.stderr
