"""Attendance, positions, clubs, service, contests, consultations, explorations: in from workbooks, the same twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from licheng.core.layout import home
from licheng.demo.media import pdf
from licheng.sources.reading import read_record
from tests.command import licheng
from tests.importing.places import demo, number
from tests.people import Registry
from tests.trees import load
from tests.workbooks import Rows, as_csv, by_odfdo, by_openpyxl, by_xlsxwriter

ANNA, BEN, CHEN = "s1150001", "s1150002", "s1140001"
_OF_POSITION = ("學號", "單位名稱", "擔任職務", "幹部等級", "開始日期", "結束日期")

# By import: rows as a school has them, and what becomes of them, by path.
LISTS: dict[str, Rows] = {
    "attendance": (
        ("學號", "學年度", "學期", "日期", "假別", "節數", "全勤"),
        (number(ANNA), 115, 1, "115/9/11", "事假", 3, None),
        (number(ANNA), 115, 1, date(2026, 9, 14), "病", "２", "否"),
        (number(BEN), 115, "上", None, None, None, "V"),
    ),
    "positions": (
        _OF_POSITION,
        (number(ANNA), "高一甲", "班長", "班級幹部", "1150901", "1160120"),
        (number(ANNA), "高一甲", "班長", 2, "116/2/11", "1160630"),
        (number(BEN), "班聯會", "公關", "1 校級幹部", "115年9月1日", "116.6.30"),
    ),
    "clubs": (
        ("學號", "社團名稱", "開始日期", "結束日期", "擔任職務"),
        (number(ANNA), "天文社", "1150901", "1160630", None),
        (number(BEN), "天文社", "1150901", "1160630", "社長"),
    ),
    "service": (
        ("學號", "服務名稱", "服務單位", "開始日期", "結束日期", "時數", "校內外"),
        (number(ANNA), "海岸淨灘", "示範海岸協會", "1151001", "1151001", 3.5, "校外"),
        (number(ANNA), "圖書館志工", "圖書館", "1151001", "1151130", "12.0", "校內"),
    ),
    "contests": (
        ("學號", "競賽名稱", "項目", "內容", "成績", "日期", "團體或個人參與", "證明文件"),
        (number(ANNA), "115 學年度校內語文競賽", "作文", "記敘文一篇", "第三名", "1151017", "個人參與", "獎狀.pdf"),
        (number(BEN), "115-language", None, "朗讀", "優勝", date(2026, 10, 17), 1, "獎狀.pdf、photo.pdf"),
    ),
    "consultations": (
        ("學號", "諮詢日期", "諮詢時間", "諮詢地點", "諮詢方式", "諮詢內容", "諮詢意見"),
        (number(CHEN), "1151002", "下午2:05", "輔導室", "個別諮詢", "選課與學群\n加深加廣", "多看看"),
        (number(CHEN), "1151002", time(15, 30), "輔導室", 1, "升學", "再談"),
    ),
    "explorations": (
        ("學號", "學年度", "學期", "登錄日", "學群", "就業規劃"),
        (number(BEN), 115, 1, "1151002", "資訊學群、工程學群", "想寫程式"),
    ),
}
_TERM_ONE = "content/students/115/s1150001"
BECOMES: dict[str, dict[str, dict[str, Any]]] = {
    "attendance": {
        f"{_TERM_ONE}/attendance/115-1.yaml": {
            "absences": [
                {"on": "2026-09-11", "type": "personal", "periods": 3},
                {"on": "2026-09-14", "type": "sick", "periods": 2},
                {"on": "2026-09-22", "type": "sick", "periods": 3},  # these were there
                {"on": "2026-10-05", "type": "sick", "periods": 6},
                {"on": "2026-11-17", "type": "personal", "periods": 7},
            ]
        },
        "content/students/115/s1150002/attendance/115-1.yaml": {"absences": [], "none": True},
    },
    "positions": {
        f"{_TERM_ONE}/positions/115-1-1.yaml": {
            "organisation": "高一甲",
            "title": "班長",
            "level": 2,
            "starts": "2026-09-01",
            "ends": "2027-01-20",
        },
        f"{_TERM_ONE}/positions/115-2-1.yaml": {
            "organisation": "高一甲",
            "title": "班長",
            "level": 2,
            "starts": "2027-02-11",
            "ends": "2027-06-30",
        },
        "content/students/115/s1150002/positions/115-1-1.yaml": {
            "organisation": "班聯會",
            "title": "公關",
            "level": 1,
            "starts": "2026-09-01",
            "ends": "2027-06-30",
        },
    },
    "clubs": {
        f"{_TERM_ONE}/clubs/115-1-1.yaml": {"name": "天文社", "starts": "2026-09-01", "ends": "2027-06-30"},
        "content/students/115/s1150002/clubs/115-1-1.yaml": {
            "name": "天文社",
            "starts": "2026-09-01",
            "ends": "2027-06-30",
            "title": "社長",
        },
    },
    "service": {
        f"{_TERM_ONE}/service/115-1-1.yaml": {
            "name": "海岸淨灘",
            "organiser": "示範海岸協會",
            "starts": "2026-10-01",
            "ends": "2026-10-01",
            "hours": "3.5",
            "place": "outside",
        },
        f"{_TERM_ONE}/service/115-1-2.yaml": {
            "name": "圖書館志工",
            "organiser": "圖書館",
            "starts": "2026-10-01",
            "ends": "2026-11-30",
            "hours": 12,
            "place": "school",
        },
    },
    "contests": {
        f"{_TERM_ONE}/contests/115-1-1/item.md": {
            "contest": "115-language",
            "name": "作文",
            "content": "記敘文一篇",
            "result": "第三名",
            "on": "2026-10-17",
            "team": 1,
            "attachments": ["獎狀.pdf"],
        },
        "content/students/115/s1150002/contests/115-1-1/item.md": {
            "contest": "115-language",
            "name": "115 學年度校內語文競賽",
            "content": "朗讀",
            "result": "優勝",
            "on": "2026-10-17",
            "team": 1,
            "attachments": ["獎狀.pdf", "photo.pdf"],
        },
    },
    "consultations": {
        "content/students/114/s1140001/consultations/115-1-1.yaml": {
            "on": "2026-10-02",
            "time": "14:05",
            "place": "輔導室",
            "mode": 2,
            "content": "選課與學群\n加深加廣",
            "opinion": "多看看",
        },
        "content/students/114/s1140001/consultations/115-1-2.yaml": {
            "on": "2026-10-02",
            "time": "15:30",
            "place": "輔導室",
            "mode": 1,
            "content": "升學",
            "opinion": "再談",
        },
    },
    "explorations": {
        "content/students/115/s1150002/terms/115-1/exploration.yaml": {
            "recorded_on": "2026-10-02",
            "clusters": ["資訊學群", "工程學群"],
            "employment_plan": "想寫程式",
        }
    },
}
PROGRAMS: dict[str, tuple[Callable[[Rows], bytes], ...]] = {
    ".xlsx": (by_openpyxl, by_xlsxwriter),
    ".ods": (by_odfdo,),
    ".csv": (as_csv,),
}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Registry]:
    """The demo school, into which the lists come one after the other."""
    return demo(tmp_path_factory.mktemp("seven"))


def data_of(school: Path, path: str) -> dict[str, Any]:
    where = home(path)
    assert where is not None
    record, faults = read_record(path, where, (school / path).read_bytes())
    assert record is not None
    assert not faults
    data = {name: value for name, value in record.data.items() if name != "kind"}
    if "attachments" in data:  # each lies beside it, as long as it says
        sizes = [(school / record.folder / entry["name"]).stat().st_size for entry in data["attachments"]]
        assert sizes == [entry["size"] for entry in data["attachments"]]
        data["attachments"] = [entry.get("title", entry["name"]) for entry in data["attachments"]]
    return data


def records_of(school: Path) -> dict[str, bytes]:
    """All files of the school's content."""
    return load(school)


def run(school: tuple[Path, Registry], kind: str, rows: Rows, *options: str) -> Any:
    path = school[1].folder / f"{kind}.xlsx"
    path.write_bytes(by_openpyxl(rows))
    given = (
        *school[1].options,
        "--lang",
        "zh-TW",
        *(("--files", str(proofs(school[1]))) if kind == "contests" else ()),
    )
    return licheng(school[0], "import", kind, str(path), *given, *options)


def proofs(registry: Registry) -> Path:
    """A folder of two certificates."""
    folder = registry.folder / "proofs"
    folder.mkdir(exist_ok=True)
    for name in ("獎狀.pdf", "photo.pdf"):
        (folder / name).write_bytes(pdf(name))
    return folder


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_comes_in_and_a_second_time_changes_nothing(school: tuple[Path, Registry], kind: str) -> None:
    before = records_of(school[0])
    done = run(school, kind, LISTS[kind])
    assert done.returncode == 0, done.stderr
    written = {path for path, data in records_of(school[0]).items() if before.get(path) != data}
    assert {path for path in written if not path.endswith(".pdf")} == set(BECOMES[kind])
    assert {path: data_of(school[0], path) for path in BECOMES[kind]} == BECOMES[kind]
    again = [(suffix, make(LISTS[kind])) for suffix, programs in PROGRAMS.items() for make in programs]
    for suffix, data in again:
        path = school[1].folder / f"again{suffix}"
        path.write_bytes(data)
        done = licheng(school[0], "import", kind, str(path), *school[1].options, "--lang", "zh-TW")
        assert done.returncode == 0, done.stderr
        assert f"新增 0 筆、變更 0 筆、相同 {len(BECOMES[kind])} 筆" in done.stdout


def test_what_the_file_lacks_is_told_and_stays(tmp_path: Path) -> None:
    place = demo(tmp_path)
    assert run(place, "positions", LISTS["positions"]).returncode == 0
    longer = [_OF_POSITION, (number(ANNA), "高一甲", "副班長", "班級幹部", "1150901", "1160120")]
    done = run(place, "positions", longer)
    assert done.returncode == 0, done.stderr
    assert f"{_TERM_ONE}/positions/115-1-1.yaml：檔案沒有" in done.stdout
    assert "115-2-1.yaml" not in done.stdout  # of a term that the file says nothing of
    assert data_of(place[0], f"{_TERM_ONE}/positions/115-1-2.yaml")["title"] == "副班長"
    assert data_of(place[0], f"{_TERM_ONE}/positions/115-1-1.yaml")["title"] == "班長"


def test_a_later_list_changes_what_is_known_again(tmp_path: Path) -> None:
    place = demo(tmp_path)
    assert run(place, "clubs", LISTS["clubs"]).returncode == 0
    rows = [LISTS["clubs"][0], (number(ANNA), "天文社", "1150901", "1160120", "器材長")]
    done = run(place, "clubs", rows, "--dry-run")
    assert "ends：2027-06-30 → 2027-01-20" in done.stdout
    assert "title" not in data_of(place[0], f"{_TERM_ONE}/clubs/115-1-1.yaml")
    assert run(place, "clubs", rows).returncode == 0
    assert data_of(place[0], f"{_TERM_ONE}/clubs/115-1-1.yaml") == {
        "name": "天文社",
        "starts": "2026-09-01",
        "ends": "2027-01-20",
        "title": "器材長",
    }


def test_a_name_that_stands_in_the_way_is_passed_over(tmp_path: Path) -> None:
    place = demo(tmp_path)
    taken = place[0] / _TERM_ONE / "clubs/115-1-1.yaml"
    taken.parent.mkdir(exist_ok=True)
    taken.write_text("kind: club/v1\nname: 合唱團\nstarts: 2026-09-01\nends: 2027-06-30\n", encoding="utf-8")
    assert run(place, "clubs", LISTS["clubs"]).returncode == 0
    assert data_of(place[0], f"{_TERM_ONE}/clubs/115-1-1.yaml")["name"] == "合唱團"
    assert data_of(place[0], f"{_TERM_ONE}/clubs/115-1-2.yaml")["name"] == "天文社"


def test_a_result_that_is_there_keeps_its_proofs_and_its_words(tmp_path: Path) -> None:
    place = demo(tmp_path)
    assert run(place, "contests", LISTS["contests"]).returncode == 0
    item = place[0] / _TERM_ONE / "contests/115-1-1/item.md"
    item.write_text(item.read_text(encoding="utf-8").rstrip("\n") + "\n\n頒獎時在場。\n", encoding="utf-8")
    rows = [LISTS["contests"][0][:-1], (*LISTS["contests"][1][:4], "第二名", *LISTS["contests"][1][5:-1])]
    done = licheng(place[0], "import", "contests", str(_csv(place[1], rows)), *place[1].options, "--lang", "zh-TW")
    assert done.returncode == 0, done.stderr
    assert "result：第三名 → 第二名" in done.stdout
    assert "頒獎時在場。" in item.read_text(encoding="utf-8")
    after = data_of(place[0], item.relative_to(place[0]).as_posix())
    assert after == {**BECOMES["contests"][f"{_TERM_ONE}/contests/115-1-1/item.md"], "result": "第二名"}


def _csv(registry: Registry, rows: Rows) -> Path:
    path = registry.folder / "list.csv"
    path.write_bytes(as_csv(rows))
    return path
