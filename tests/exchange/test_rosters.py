"""Every column of the agency's rosters has a home: a record's field, the identity table, or a named derivation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from licheng.core.layout import BY_NAME, CARRIED
from licheng.core.person import FURTHER, Person
from licheng.exchange.rosters import homes
from licheng.outputs.words import words
from licheng.policy.rosters import DERIVED, IDENTITY, Source
from licheng.sources import schemas, yaml
from tests.trees import ROOT

HOMES = homes()
AGENCY = [
    yaml.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "content/rulebook/agency").glob("*.yaml"))
]
ROSTERS = [roster for layer in AGENCY for roster in layer.get("rosters", ())]

_TERM = "課程代碼 科目名稱 開課年級 修課學分 學期學業成績 成績及格 補考成績 補考及格 是否採計學分 質性文字描述"
_AGAIN = (
    "原修課學年度 原修課學期 實際修課學期 原修課課程代碼 原修課科目名稱 原修課開課年級 原修課修課學分 重修方式 成果簡述"
)
_OUTPUT = "實際修課學期 課程代碼 科目名稱 開課年級 修課學分 成果簡述"
# By hand from the tables of the central data (108-109 學年度): sheet and columns after the identifying ones.
EXPECTED = {
    "students": {
        "學生資料": "性別代碼 群別代碼 科班學程別代碼 部別代碼 班別 年級 班級名稱 座號 特殊身分別 原住民族別"
        " 原住民身分別"
        " 族語認證報考方言 報考年度 族語認證有效日期 實驗班名稱 入學方式 學籍狀態 學籍異動日期 出生日期",
        "學生借讀資料": "所屬學校代碼 借讀學校代碼 群別 借讀科班學程別 借讀代碼 申請開始日期 申請結束日期",
    },
    "positions": {"幹部經歷紀錄": "單位名稱 開始日期 結束日期 擔任職務 幹部等級"},
    "marks": {
        "學期成績": _TERM,
        "補修成績": "課程代碼 科目名稱 開課年級 修課學分 應修課學年度 應修課學期 補修成績 補修及格 補考成績 補考及格"
        " 是否採計學分 質性文字描述",
        "轉學轉科成績": "對應學年度 對應學期 課程代碼 科目名稱 對應年級 修課學分 身分別 抵免後成績 成績及格"
        " 是否採計學分"
        " 質性文字描述",
    },
    "retakes": {
        "重修成績": "原修課學年度 原修課學期 原修課課程代碼 原修課科目名稱 原修課開課年級 原修課修課學分"
        " 重修方式 重修成績"
        " 重修及格 質性文字描述",
        "重讀成績": "課程代碼 科目名稱 開課年級 修課學分 重讀成績 成績及格 補考成績 補考及格 重讀註記"
        " 是否採計學分 質性文字描述",
    },
    # 如上，修課節數 for 學分, 是否採計學時, 學年學業成績, 學年及格, 第一次/第二次補考成績及格
    "continuing-marks": {
        "學期成績": "課程代碼 科目名稱 開課年級 修課節數 學期學業成績 成績及格 學年學業成績 學年及格"
        " 是否採計學時 質性文字描述",
        "補考成績": "課程代碼 科目名稱 開課年級 修課節數 第一次補考成績 第一次補考及格 第二次補考成績 第二次補考及格"
        " 是否採計學時 質性文字描述",
        "轉學轉科成績": "對應學年度 對應學期 課程代碼 科目名稱 對應年級 修課節數 身分別 抵免後成績 成績及格"
        " 是否採計學時"
        " 質性文字描述",
    },
    "course-outputs": {
        "學期課程學習成果": _OUTPUT,
        "補修課程學習成果": "應修課學年度 應修課學期 實際修課學期 課程代碼 科目名稱 開課年級 修課學分 補修方式"
        " 成果簡述",
        "重修課程學習成果": _AGAIN,
        "重讀課程學習成果": _OUTPUT,
        "轉學轉科課程學習成果": "原修課學校代碼 原修課學年度 原修課學期 原修課課程代碼 原修課科目名稱 原修課開課年級"
        " 原修課修課學分 成果簡述",
        "借讀課程學習成果": "借讀學校代碼 借讀修課學年度 借讀修課學期 借讀校課程代碼 借讀校科目名稱 借讀校開課年級"
        " 借讀校修課學分 成果簡述",
    },
    "continuing-course-outputs": {
        "學期課程學習成果": _OUTPUT.replace("學分", "節數"),
        "轉學轉科課程學習成果": "原修課學校代碼 原修課學年度 原修課學期 原修課課程代碼 原修課科目名稱 原修課開課年級"
        " 原修課修課節數 成果簡述",
        "借讀課程學習成果": "借讀學校代碼 借讀修課學年度 借讀修課學期 借讀校課程代碼 借讀校科目名稱 借讀校開課年級"
        " 借讀校修課節數 成果簡述",
    },
    "activities": {
        "幹部經歷暨事蹟紀錄": "單位名稱 開始日期 結束日期 擔任職務 內容簡述 幹部等級",
        "競賽參與紀錄": "競賽名稱 項目 競賽等級代碼 獎項 結果公布日期 內容簡述 團體參與代碼",
        "檢定證照紀錄": "證照代碼 註1 分數 分項結果 取得證照日期 證照字號 檢定組別 內容簡述",
        "服務學習紀錄": "服務名稱 服務單位 開始日期 結束日期 時數 內容簡述",
        "彈性學習時間紀錄": "彈性學習時間類別(種類)代碼 內容(開設名稱) 開設單位 開設學年度 開設學期 每週節數"
        " 開設週數 內容簡述",
        "團體活動時間紀錄": "團體活動時間類別代碼 辦理單位 團體活動內容名稱 活動學年度 活動學期 節數 內容簡述",
        "職場學習紀錄": "職場學習類別代碼 職場學習單位 職場學習職稱 開始日期 結束日期 時數 內容簡述",
        "作品成果紀錄": "名稱 日期 內容簡述",
        "大學及技專校院先修課程紀錄": "計畫專案 開設單位 課程名稱 開始日期 結束日期 學分數 總時數 內容簡述",
        "其他多元表現紀錄": "名稱 主辦單位 開始日期 結束日期 時數 內容簡述",
    },
}
# The links to files, which the research copy of the central data leaves out, come last in each sheet.
LINKS = {
    "course-outputs": "課程學習成果文件檔案連結 課程學習成果影音檔案連結",
    "continuing-course-outputs": "課程學習成果文件檔案連結 課程學習成果影音檔案連結",
    "activities": "證明文件連結 影音檔案連結 外部影音連結",
}
SHEETS = [(roster, sheet) for roster, sheets in HOMES.sheets.items() for sheet in sheets]


def expected(roster: str, sheet: str) -> list[str]:
    return [*EXPECTED[roster][sheet].split(), *LINKS.get(roster, "").split()]


def test_the_agencys_rules_have_the_rosters_sheets_and_columns_of_the_central_data_in_order() -> None:
    told = {roster["id"]: {sheet["name"]: sheet["columns"] for sheet in roster["sheets"]} for roster in ROSTERS}
    assert told == {roster: {sheet: expected(roster, sheet) for sheet in sheets} for roster, sheets in EXPECTED.items()}


@pytest.mark.parametrize(("roster", "sheet"), SHEETS, ids=["-".join(names) for names in SHEETS])
def test_every_column_of_every_sheet_has_a_home(roster: str, sheet: str) -> None:
    assert list(HOMES.sheets[roster][sheet].columns) == expected(roster, sheet)


def test_every_roster_has_its_id_codes_and_period() -> None:
    assert set(HOMES.sheets) == set(EXPECTED)
    assert set(HOMES.sheets) == set(CARRIED)
    codes = {roster["id"]: (roster["code"], *roster["batch_codes"].values()) for roster in ROSTERS if "code" in roster}
    assert codes == {
        "positions": (24, 34, 74),
        "activities": (25, 35, 75),
        "course-outputs": (26, 36, 76),
        "continuing-course-outputs": (28, 38, 78),
    }
    per_year = {roster["id"] for roster in ROSTERS if roster["per"] == "school-year"}  # 封面 says 學期 0
    assert per_year == {"course-outputs", "continuing-course-outputs", "activities"}


def fields(kind: str) -> Iterator[tuple[str, str]]:
    """Every field of a kind's schema as (category or empty, name), nested ones as its page writes them."""
    schema = schemas.followed(kind, schemas.load()[kind])
    yield from (("", name) for name in _inside(schema))
    for branch in schema.get("allOf", ()):
        category = branch.get("if", {}).get("properties", {}).get("category", {}).get("const", "")
        yield from ((category, name) for name in _inside(branch.get("then", {})))


def _inside(schema: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        yield prefix + name
        yield from _inside(field, f"{prefix}{name}.")
        yield from _inside(field.get("items", {}), f"{prefix}{name}[].")


FIELDS = {kind: set(fields(kind)) for kind in BY_NAME}


def unresolved(source: Source, category: str = "") -> str | None:
    """Why a source leads nowhere; None where it leads somewhere."""
    if source.of == DERIVED:
        return None if source.name in HOMES.derivations else "no such derivation"
    if source.of == IDENTITY:
        return None if source.name in Person._fields else "no such column"
    known = FIELDS.get(source.of, set())
    return None if known & {("", source.name), (category, source.name)} else "no such field"


@pytest.mark.parametrize(("roster", "sheet"), SHEETS, ids=["-".join(names) for names in SHEETS])
def test_every_home_is_there(roster: str, sheet: str) -> None:
    own = HOMES.sheets[roster][sheet]
    (category,) = own.chosen.get("category", ("",))
    assert {name: why for name, source in own.columns.items() if (why := unresolved(source, category))} == {}


def test_what_derivations_read_is_there_and_none_is_left_over() -> None:
    categories = ("", *schemas.load()["activity"]["properties"]["category"]["enum"])
    for name, reads in HOMES.derivations.items():
        for source in reads:
            assert any(unresolved(source, category) is None for category in categories), (name, source)
    used = {
        source.name
        for sheets in HOMES.sheets.values()
        for sheet in sheets.values()
        for source in sheet.columns.values()
        if source.of == DERIVED
    }
    assert used == set(HOMES.derivations)


def test_a_home_that_is_not_there_is_told() -> None:
    assert unresolved(Source("marks", "marks[].grade")) == "no such field"
    assert unresolved(Source("activity", "award"), "work") == "no such field"
    assert unresolved(Source("activity", "award"), "contest") is None
    assert unresolved(Source(IDENTITY, "blood_type")) == "no such column"
    assert unresolved(Source(DERIVED, "guess")) == "no such derivation"


def test_the_roster_of_students_uses_all_that_the_table_has_further() -> None:
    used = {source.name for source in HOMES.sheets["students"]["學生資料"].columns.values() if source.of == IDENTITY}
    assert used >= set(FURTHER)


def test_sensitive_columns_are_in_no_record() -> None:
    sensitive = ("性別代碼", "特殊身分別", "原住民族別", "原住民身分別", "入學方式", "出生日期")
    columns = HOMES.sheets["students"]["學生資料"].columns
    assert {columns[name].of for name in sensitive} == {IDENTITY}


@pytest.mark.parametrize("roster", ["activities", "course-outputs", "continuing-course-outputs"])
def test_every_item_goes_into_one_sheet(roster: str) -> None:
    """Each mode of a course, each category of an activity."""
    by = "category" if roster == "activities" else "mode"
    chosen = Counter(value for sheet in HOMES.sheets[roster].values() for value in sheet.chosen[by])
    loaded = schemas.load()
    known = (
        loaded["activity"]["properties"]["category"]["enum"]
        if by == "category"
        else loaded["course-records"]["properties"]["courses"]["items"]["properties"]["mode"]["enum"]
    )
    assert chosen == dict.fromkeys(known, 1)


def test_every_mark_goes_into_one_sheet_of_its_two_rosters() -> None:
    sheets = [*HOMES.sheets["marks"].values(), *HOMES.sheets["retakes"].values()]
    modes = Counter(mode for sheet in sheets for mode in sheet.chosen["mode"])
    enum = schemas.load()["course-records"]["properties"]["courses"]["items"]["properties"]["mode"]["enum"]
    assert modes == dict.fromkeys(enum, 1)


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_every_derivation_is_told_in_words(language: str) -> None:
    assert set(words(language).data["derivations"]) == set(HOMES.derivations)


# The lists of codes, by hand; an empty one where no code is known.
CODES: dict[str, set[int | str]] = {
    "position_levels": {1, 2, 3, 4, 5, 9},
    "contest_levels": {1, 2, 3, 4},
    "team": {1, 2},
    "certificate_types": {1, 2, 3, 4},
    "flexible_types": {1, 2, 3, 4, 5},
    "group_activity_types": {1, 2, 3, 4, 5, 6},
    "workplace_types": {1, 2, 3, 4},
    "consultation_modes": {1, 2},
    "certification_states": {0, 1, 2},
    "retake_modes": {0, 1},
    "class_types": {"1", "2", "3", "4", "6", "7", "8", "9", "01", "04", "n", "y"},
    "divisions": {1, 2, 3, 4, 5, 6, 7},
    "special_status": {0, 1, 4, 10, 11, 24, 26, 27},
    "return_reasons": {"01", "02", "03", "04"},
    "certificate_codes": set(),
    "clusters_of_programmes": set(),
    "transfer_status": set(),
    "repeat_notes": set(),
    "visiting_modes": set(),
    "enrolment_states": set(),
}
INCOMPLETE = {
    *("retake_modes", "class_types", "divisions", "special_status", "return_reasons", "certificate_codes"),
    *("clusters_of_programmes", "transfer_status", "repeat_notes", "visiting_modes", "enrolment_states"),
}


def test_every_code_list_has_its_codes_and_says_whether_they_are_all() -> None:
    (lists,) = (layer["codes"] for layer in AGENCY if "codes" in layer)
    told = {name: {entry["code"] for entry in codes["values"]} for name, codes in lists.items() if name != "clusters"}
    assert told == CODES
    assert {name for name, codes in lists.items() if codes.get("complete") is False} == INCOMPLETE
    assert all(codes["source"] for codes in lists.values())
