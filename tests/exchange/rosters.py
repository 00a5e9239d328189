"""One student of the test school with something for every sheet, and each sheet's row, by hand from the formats.

The rows are written from what is known of the central data (108-109 學年度): heading and cell, in order.
"""

from __future__ import annotations

from collections.abc import Mapping

from licheng.core.person import Person
from tests.people import id_number
from tests.trees import MemoryTree, base

STUDENT = "s1139901"
FOLDER = f"content/students/113/{STUDENT}"
ID = id_number(1)
PERSON = Person(
    STUDENT,
    "0113001",
    "趙子丑",
    ID,
    "2008-01-02",
    "普二甲",
    "07",
    {"115-1": "b" * 64, "114-2": "a" * 64},
    gender_code="1",
    special_status="1,04",
    indigenous_group="03",
    indigenous_status="1",
    indigenous_dialect="12",
    indigenous_exam_year="114",
    indigenous_valid_until="2027-07-31",
    entry_mode="02",
)
SUMMARY = "以單擺量測重力加速度，並討論誤差來源。"
_FILE = "{name: %s, size: 5, sha256: %s, type: %s, role: work}"
_PDF, _MP4 = "5d" * 32, "6e" * 32
FILES = (f"files/{_PDF[:32]}.pdf", f"files/{_MP4[:32]}.mp4")
_ATTACHED = (
    "attachments:\n"
    f"  - {_FILE % ('report.pdf', _PDF, 'application/pdf')}\n"
    f"  - {_FILE % ('second.pdf', '7f' * 32, 'application/pdf')}\n"
    f"  - {_FILE % ('film.mp4', _MP4, 'video/mp4')}\n"
)

_OFFERED = """kind: course-offerings/v1
courses:
  - {id: %s, code: %s, subject: %s, level: %s, credits: %s, type: elective, sections: [{id: a, teachers: [t904]}]}
"""
_COURSES = """kind: course-records/v1
courses:
  - {course: physics, section: a, mode: regular, credits: 2}
  - {course: make, section: a, mode: make-up, credits: 3, original_term: 113-1, retake_mode: 1}
  - {course: again, section: a, mode: retake, credits: 4, original_term: 113-2, original_course: before, retake_mode: 1}
  - {course: repeated, section: a, mode: repeat, credits: 1}
  - {course: moved, section: a, mode: transfer, credits: 2, original_term: 113-1, transfer_status: 5,
    original: {school: '000199', code: OLD-CODE, subject: 舊科目, level: 10, credits: 3}}
  - {course: away, section: a, mode: visiting, credits: 2,
    original: {school: '000299', code: AWAY-CODE, subject: 借讀科目, level: 11, credits: 1}}
"""
_MARKS = """kind: marks/v1
marks:
  - {course: physics, mark: 58, passed: false, resit_mark: 60, resit_passed: true, credited: true, remark: 認真}
  - {course: make, original_term: 113-1, mark: 70, passed: true, credited: true}
  - {course: again, original_term: 113-2, mark: '72.5', passed: true, credited: true}
  - {course: repeated, mark: 81, passed: true, credited: false, repeat_note: 2}
  - {course: moved, original_term: 113-1, mark: 90, transferred_mark: 88, passed: true, credited: true}
  - {course: away, mark: 77, passed: true, credited: true}
"""
_TAKEN = {
    "physics": ("D-PHY", "物理", 11, 2),
    "make": ("D-MAKE", "補修科目", 10, 3),
    "again": ("D-AGAIN", "重修專班", 11, 4),
    "repeated": ("D-REP", "重讀科目", 11, 1),
    "moved": ("D-MOVED", "對應科目", 11, 2),
    "away": ("D-AWAY", "本校借讀", 11, 2),
}

# By category: fields of the record, the sheet, and its cells between the identity columns and the links.
ACTIVITIES: Mapping[str, tuple[str, str, str]] = {
    "position": (
        "organisation: 學生會\ntitle: 活動組長\nlevel: 1\nstarts: 2025-09-01\nends: 2026-01-20",
        "幹部經歷暨事蹟紀錄",
        "單位名稱=學生會|開始日期=2025/09/01|結束日期=2026/01/20|擔任職務=活動組長|內容簡述=$|幹部等級=1",
    ),
    "contest": (
        "name: 全國科展\nevent: 高級中等學校組\nlevel: 3\naward: 第二名\nannounced_on: 2026-03-05\nteam: 2",
        "競賽參與紀錄",
        (
            "競賽名稱=全國科展|項目=高級中等學校組|競賽等級代碼=3|獎項=第二名|結果公布日期=2026/03/05|內容簡述=$"
            "|團體參與代碼=2"
        ),
    ),
    "certificate": (
        (
            "certificate_code: '0012'\nremark: 中高級\nscore: '95.5'\nsection_results: 聽力 B2、閱讀 B1\n"
            "obtained_on: 2025-12-31\nnumber: '00012345678901234567890'\ngroup: 中級"
        ),
        "檢定證照紀錄",
        (
            "證照代碼=0012|註1=中高級|分數=95.5|分項結果=聽力 B2、閱讀 B1|取得證照日期=2025/12/31"
            "|證照字號=00012345678901234567890|檢定組別=中級|內容簡述=$"
        ),
    ),
    "service-learning": (
        "name: 偏鄉課輔\norganiser: 課輔社\nstarts: 2025-09-01\nends: 2025-12-01\nhours: '7.5'",
        "服務學習紀錄",
        "服務名稱=偏鄉課輔|服務單位=課輔社|開始日期=2025/09/01|結束日期=2025/12/01|時數=7.5|內容簡述=$",
    ),
    "flexible-learning": (
        "type: 3\nname: 微積分先修\norganiser: 教務處\nterm: 114-2\nperiods_per_week: 2\nweeks: 18",
        "彈性學習時間紀錄",
        (
            "彈性學習時間類別(種類)代碼=3|內容(開設名稱)=微積分先修|開設單位=教務處|開設學年度=114|開設學期=2|每週節數=2"
            "|開設週數=18|內容簡述=$"
        ),
    ),
    "group-activity": (
        "type: 2\norganiser: 學務處\nname: 社團成果展\nterm: 114-1\nperiods: 5",
        "團體活動時間紀錄",
        "團體活動時間類別代碼=2|辦理單位=學務處|團體活動內容名稱=社團成果展|活動學年度=114|活動學期=1|節數=5|內容簡述=$",
    ),
    "workplace-learning": (
        "type: 1\norganisation: 圖書館\ntitle: 助理\nstarts: 2026-01-25\nends: 2026-02-05\nhours: 23",
        "職場學習紀錄",
        (
            "職場學習類別代碼=1|職場學習單位=圖書館|職場學習職稱=助理|開始日期=2026/01/25|結束日期=2026/02/05|時數=23"
            "|內容簡述=$"
        ),
    ),
    "work": ("name: 小誌\non: 2025-10-13", "作品成果紀錄", "名稱=小誌|日期=2025/10/13|內容簡述=$"),
    "advanced-course": (
        (
            "scheme: 預修計畫\norganiser: 示範大學\nname: 心理學導論\nstarts: 2025-09-22\nends: 2025-10-02\n"
            "credits: 2\nhours: '13.125'"
        ),
        "大學及技專校院先修課程紀錄",
        (
            "計畫專案=預修計畫|開設單位=示範大學|課程名稱=心理學導論|開始日期=1140922|結束日期=1141002|學分數=2"
            "|總時數=13.125|內容簡述=$"
        ),
    ),
    "other": (
        "name: 思辨營\norganiser: 推廣社團\nstarts: 2026-03-20\nends: 2026-04-13\nhours: 19",
        "其他多元表現紀錄",
        "名稱=思辨營|主辦單位=推廣社團|開始日期=2026/03/20|結束日期=2026/04/13|時數=19|內容簡述=$",
    ),
}
_WHO = f"身分證號={ID}|出生日期=2008/01/02|"
_OUTPUT_LINKS = f"|課程學習成果文件檔案連結={FILES[0]}|課程學習成果影音檔案連結={FILES[1]}"
_LINKS = f"|證明文件連結={FILES[0]}|影音檔案連結={FILES[1]}|外部影音連結=https://video.example/x"
_OWN = "課程代碼=%s|科目名稱=%s|開課年級=%s|修課學分=%s|"
_BEFORE = "原修課課程代碼=D-BEFORE|原修課科目名稱=從前的科目|原修課開課年級=1|原修課修課學分=2|"

# Roster → sheet → the one row of it, after 身分證號 and 出生日期.
EXPECTED: Mapping[str, Mapping[str, str]] = {
    "course-outputs": {
        "學期課程學習成果": "實際修課學期=2|" + _OWN % ("D-PHY", "物理", 2, 2) + "成果簡述=$" + _OUTPUT_LINKS,
        "補修課程學習成果": "應修課學年度=113|應修課學期=1|實際修課學期=2|"
        + _OWN % ("D-MAKE", "補修科目", 1, 3) + "補修方式=1|成果簡述=$" + _OUTPUT_LINKS,
        "重修課程學習成果": "原修課學年度=113|原修課學期=2|實際修課學期=2|" + _BEFORE + "重修方式=1|成果簡述=$"
        + _OUTPUT_LINKS,
        "重讀課程學習成果": "實際修課學期=2|" + _OWN % ("D-REP", "重讀科目", 2, 1) + "成果簡述=$" + _OUTPUT_LINKS,
        "轉學轉科課程學習成果": "原修課學校代碼=000199|原修課學年度=113|原修課學期=1|原修課課程代碼=OLD-CODE"
        "|原修課科目名稱=舊科目|原修課開課年級=1|原修課修課學分=3|成果簡述=$" + _OUTPUT_LINKS,
        "借讀課程學習成果": "借讀學校代碼=000299|借讀修課學年度=114|借讀修課學期=2|借讀校課程代碼=AWAY-CODE"
        "|借讀校科目名稱=借讀科目|借讀校開課年級=2|借讀校修課學分=1|成果簡述=$" + _OUTPUT_LINKS,
    },
    "activities": {sheet: f"{row}{_LINKS}" for _, sheet, row in ACTIVITIES.values()},
    "positions": {
        "幹部經歷紀錄": "單位名稱=二年甲班|開始日期=2026/02/11|結束日期=2026/06/30|擔任職務=班長|幹部等級=2"
    },
    "marks": {
        "補修成績": _OWN % ("D-MAKE", "補修科目", 1, 3)
        + "應修課學年度=113|應修課學期=1|補修成績=70|補修及格=1|補考成績=|補考及格=|是否採計學分=1|質性文字描述=",
        "轉學轉科成績": "對應學年度=113|對應學期=1|課程代碼=D-MOVED|科目名稱=對應科目|對應年級=2|修課學分=2|身分別=5"
        "|抵免後成績=88|成績及格=1|是否採計學分=1|質性文字描述=",
    },
    "retakes": {
        "重修成績": "原修課學年度=113|原修課學期=2|" + _BEFORE + "重修方式=1|重修成績=72.5|重修及格=1|質性文字描述=",
        "重讀成績": _OWN % ("D-REP", "重讀科目", 2, 1)
        + "重讀成績=81|成績及格=1|補考成績=|補考及格=|重讀註記=2|是否採計學分=0|質性文字描述=",
    },
}  # fmt: skip
# Sheets of two rows, or without the usual identity columns.
OTHERS = {
    "學期成績": [
        _WHO + _OWN % ("D-PHY", "物理", 2, 2)
        + "學期學業成績=58|成績及格=0|補考成績=60|補考及格=1|是否採計學分=1|質性文字描述=認真",
        _WHO + _OWN % ("D-AWAY", "本校借讀", 2, 2)
        + "學期學業成績=77|成績及格=1|補考成績=|補考及格=|是否採計學分=1|質性文字描述=",
    ],
    # 出生日期 is a column of its own there, the last.
    "學生資料": [
        (f"身分證號={ID}|性別代碼=1|群別代碼=|科班學程別代碼=X101|部別代碼=2|班別=9|年級=2|班級名稱=普二甲|座號=07"
        "|特殊身分別=1,04|原住民族別=03|原住民身分別=1|族語認證報考方言=12|報考年度=114|族語認證有效日期=2027/07/31"
        "|實驗班名稱=科學班|入學方式=02|學籍狀態=|學籍異動日期=2024/08/01|出生日期=2008/01/02")
    ],
    "學生借讀資料": [
        _WHO + "所屬學校代碼=demo00|借讀學校代碼=000299|群別=21|借讀科班學程別=X777|借讀代碼=3"
        "|申請開始日期=2026/02/11|申請結束日期=2026/06/30"
    ],
}  # fmt: skip


def expected(roster: str, sheet: str) -> list[list[tuple[str, str]]]:
    """The rows of a sheet as heading and cell."""
    rows = OTHERS.get(sheet) or [_WHO + EXPECTED[roster][sheet]]
    pairs = [[cell.partition("=")[::2] for cell in row.split("|")] for row in rows]
    return [[(heading, SUMMARY if text == "$" else text) for heading, text in row] for row in pairs]


def _item(kind: str, fields: str) -> str:
    link = "link: https://video.example/x\n" if kind == "activity" else ""
    return f"---\nkind: {kind}/v1\n{fields}\nsummary: {SUMMARY}\nsubmitted: true\n{link}{_ATTACHED}---\n反思。\n"


def tree() -> MemoryTree:
    """The test school, its student with an output of every mode, an activity of every category, and marks."""
    offered = _OFFERED.splitlines(keepends=True)
    courses = "".join(offered[2] % (course, *told) for course, told in _TAKEN.items())
    before = offered[2] % ("before", "D-BEFORE", "從前的科目", 10, 2)
    school = base().files["content/school/school.yaml"].decode()
    special = "special_classes:\n  - {year: 114, class: 11a, class_type: '9', division: 2, experiment: 科學班}\n"
    files = {
        "content/school/courses/114-2.yaml": "".join(offered[:2]) + courses,
        "content/school/courses/113-2.yaml": "".join(offered[:2]) + before,
        "content/school/school.yaml": f"{school}\n{special}",
        f"{FOLDER}/terms/114-2/courses.yaml": _COURSES,
        f"{FOLDER}/terms/114-2/marks.yaml": _MARKS,
        f"{FOLDER}/positions/leader.yaml": "kind: position/v1\norganisation: 二年甲班\ntitle: 班長\nlevel: 2\n"
        "starts: 2026-02-11\nends: 2026-06-30\n",
        f"{FOLDER}/student.yaml": base().files[f"{FOLDER}/student.yaml"].decode()
        + "visits:\n  - {school: '000299', starts: 2026-02-11, ends: 2026-06-30, cluster: '21',"
        " programme_code: X777, mode: 3}\n",
        f"{FOLDER}/selection/114/regular.yaml": "kind: selection/v1\non: 2026-07-27\noutputs: ["
        + ", ".join(f"114-2/{course}" for course in _TAKEN)
        + "]\nactivities: [" + ", ".join(f"114/{category}" for category in ACTIVITIES) + "]\n",
        **{
            f"{FOLDER}/terms/114-2/outputs/{course}/item.md": _item("course-output", f"course: {course}")
            for course in _TAKEN
        },
        **{
            f"{FOLDER}/years/114/activities/{category}/item.md": _item("activity", f"category: {category}\n{fields}")
            for category, (fields, _, _) in ACTIVITIES.items()
        },
    }  # fmt: skip
    return base().over({path: text.encode() for path, text in files.items()})
