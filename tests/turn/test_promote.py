"""`licheng promote`: everybody by one plan, once, and nothing where the plan and the records disagree."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.sources import yaml
from tests.command import licheng

EVENTS = {
    "s1140001": (
        "on: 2025-08-01, event: entry, level: 10, class: 10a",
        "on: 2026-08-01, event: class-change, level: 11, class: 11a",
    ),
    "s1140002": (
        "on: 2025-08-01, event: entry, level: 10, class: 10a",
        "on: 2026-08-01, event: class-change, level: 11, class: 11a",
    ),
    "s1150001": ("on: 2026-08-01, event: entry, level: 10, class: 10a",),
    "s1150002": ("on: 2026-08-01, event: entry, level: 10, class: 10a",),
    "s1150003": ("on: 2026-08-01, event: entry, level: 10, class: 10b", "on: 2027-03-01, event: suspension"),
    "s1150004": ("on: 2026-08-01, event: entry, level: 10, class: 10b", "on: 2027-02-01, event: transfer-out"),
    "s1120001": ("on: 2023-08-01, event: entry, level: 10, class: 10a", "on: 2024-01-31, event: transfer-out"),
    "s1160001": ("on: 2027-08-01, event: entry, level: 10, class: 10a",),
}
PLAN = """\
year: 116
on: 2027-08-01
classes:
  10a: {level: 11, class: 11b}
  10b: {level: 11, class: 11b}
  11a: {level: 12, class: 12a}
  12a: {graduation: 2027-06-04}
students:
  s1150002: {level: 10, class: 10a}
  s1140002: {transfer-out: 2027-07-20}
"""


@pytest.fixture
def school(small: Path) -> Path:
    """The test school, whose one student is in 12a, and others."""
    for student, events in EVENTS.items():
        folder = small / "content" / "students" / student[1:4] / student
        folder.mkdir(parents=True)
        lines = "".join(f"  - {{{event}}}\n" for event in events)
        (folder / "student.yaml").write_text(
            f"# 註冊組的備註\nkind: student/v1\nprogramme: general\nevents:\n{lines}", encoding="utf-8"
        )
    return small


def records(school: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in school.glob("content/students/*/*/student.yaml")}


def last(school: Path, student: str) -> dict[str, object]:
    """The last event of a student."""
    [path] = school.glob(f"content/students/*/{student}/student.yaml")
    event: dict[str, object] = yaml.parse(path.read_text(encoding="utf-8"))["events"][-1]
    return event


def plan(school: Path, text: str = PLAN) -> tuple[str, ...]:
    path = school.parent / f"{school.name}-plan.yaml"
    path.write_text(text, encoding="utf-8")
    return ("promote", "116", "--plan", str(path), "--today", "2027-08-25")


def test_everybody_goes_by_the_plan_once(school: Path) -> None:
    before = records(school)
    preview = licheng(school, *plan(school), "--dry-run")
    assert preview.stdout.splitlines() == [
        "10a → 10a：留級或換班 1 人",
        "10a → 11b：升級 1 人",
        "11a：轉出 1 人",
        "11a → 12a：升級 1 人",
        "12a：畢業 1 人",
        "留級、換班或轉出：s1140002、s1150002",
        "休學中，復學時再編班：s1150003",
        "寫入 5 人、已經寫好 0 人、休學中 1 人。",
    ]
    assert records(school) == before
    assert licheng(school, *plan(school)).returncode == 0
    change = {"on": "2027-08-01", "event": "class-change"}
    assert last(school, "s1150001") == {**change, "level": 11, "class": "11b"}
    assert last(school, "s1150002") == {**change, "level": 10, "class": "10a"}
    assert last(school, "s1140001") == {**change, "level": 12, "class": "12a"}
    assert last(school, "s1140002") == {"on": "2027-07-20", "event": "transfer-out"}
    assert last(school, "s1139901") == {"on": "2027-06-04", "event": "graduation"}
    after = records(school)
    untouched = {"s1150003", "s1150004", "s1120001", "s1160001"}
    assert {who for who, data in after.items() if data == before[who]} == untouched
    assert all("# 註冊組的備註".encode() in data for who, data in after.items() if who != "s1139901")
    again = licheng(school, *plan(school))
    assert again.stdout.endswith("寫入 0 人、已經寫好 5 人、休學中 1 人。\n")
    assert records(school) == after


def test_a_first_plan_is_written_to_be_edited(school: Path) -> None:
    path = school.parent / f"{school.name}-first.yaml"
    asked = licheng(school, "promote", "116", "--write-plan", str(path), "--today", "2027-08-25")
    assert (asked.returncode, asked.stderr.split()[0], path.exists()) == (2, "APP242", False)
    command = ("promote", "116", "--graduation", "2027-06-04", "--today", "2027-08-25")
    assert licheng(school, *command, "--write-plan", str(path)).returncode == 0
    data = yaml.parse(path.read_text(encoding="utf-8"))
    assert data["classes"] == {
        "10a": {"level": 11, "class": "11a"},
        "11a": {"level": 12, "class": "12a"},
        "12a": {"graduation": "2027-06-04"},
    }, "10b has nobody at school any more"
    assert licheng(school, *command, "--write-plan", str(path)).stderr.startswith("APP009")
    # Who is on leave was in a class that the first plan has not: the registrar says.
    refused = licheng(school, "promote", "116", "--plan", str(path), "--today", "2027-08-25")
    assert (refused.returncode, "10b 的 s1150003" in refused.stderr) == (2, True)


def wrong() -> Iterator[tuple[str, str, str, int, str]]:
    """Name, what is replaced in the plan, by what, the line that is told, and a part of the message."""
    yield "two levels at once", "10a: {level: 11, class: 11b}", "10a: {level: 12, class: 12a}", 4, "從 10 年級不能到 12"
    yield "down", "11a: {level: 12, class: 12a}", "11a: {level: 10, class: 10a}", 6, "從 11 年級不能到 10"
    yield (
        "a whole class stays",
        "10a: {level: 11, class: 11b}",
        "10a: {level: 10, class: 10a}",
        4,
        "留級的人寫在 students",
    )
    yield "a class is lacking", "  11a: {level: 12, class: 12a}\n", "", 3, "沒有說 11a 的 s1140001"
    yield "a class of nobody", "10b:", "10c:", 3, "沒有說 10b"
    yield "a student of nobody", "s1150002:", "s1159999:", 9, "沒有 s1159999"
    yield "two classes for one", "  12a: {g", "  10a: {level: 11, class: 11a}\n  12a: {g", 7, "YAML"
    yield "two fates", "{transfer-out: 2027-07-20}", "{transfer-out: 2027-07-20, level: 12, class: 12a}", 10, "s1140002"
    yield "a day that is none", "2027-06-04", "2027-06-31", 7, "不是日期"
    yield "a day of another year", "2027-06-04", "2025-06-04", 7, "不在剛結束的學年"
    yield "a level as text", "level: 12, class: 12a", 'level: "12", class: 12a', 6, "10、11 或 12"
    yield "a level that is true", "level: 12, class: 12a", "level: true, class: 12a", 6, "10、11 或 12"
    yield "a class with a slash", "class: 12a", "class: ../12a", 6, "小寫英數字"
    yield "an unknown key", "year: 116", "yaer: 116", 1, "不認得 yaer"
    yield "another year", "year: 116", "year: 115", 2, "on 要是 115"
    yield "classes as a list", "classes:\n", "classes: []\nstudents2:\n", 4, "不認得 students2"
    yield "no mapping", PLAN, "- 116\n", 1, "名稱: 內容"
    yield "no YAML", "{graduation: 2027-06-04}", "{graduation: [", 7, "YAML"


@pytest.mark.parametrize(
    ("old", "new", "line", "told"), [case[1:] for case in wrong()], ids=[case[0] for case in wrong()]
)
def test_a_plan_that_is_wrong_changes_nothing(school: Path, old: str, new: str, line: int, told: str) -> None:
    before = records(school)
    assert old in PLAN
    done = licheng(school, *plan(school, PLAN.replace(old, new, 1)))
    assert done.returncode == 2
    assert done.stderr.startswith("APP241")
    assert told in done.stderr
    assert f"第 {line} 行" in done.stderr or "沒有說" in done.stderr
    assert records(school) == before


def test_a_record_that_says_otherwise_is_not_overruled(school: Path) -> None:
    folder = school / "content/students/115/s1150001/student.yaml"
    text = folder.read_text(encoding="utf-8") + "  - {on: 2027-08-01, event: class-change, level: 11, class: 11a}\n"
    folder.write_text(text, encoding="utf-8")
    done = licheng(school, *plan(school))
    assert (done.returncode, "已經編在 11a" in done.stderr) == (2, True)
    assert last(school, "s1140001")["class"] == "11a", "nobody else is moved either"


@pytest.mark.parametrize(("year", "today", "code"), [("105", "2016-09-01", "APP240"), ("118", "2027-08-25", "APP244")])
def test_a_year_that_nobody_turns_into_is_refused(school: Path, year: str, today: str, code: str) -> None:
    done = licheng(school, "promote", year, "--today", today)
    assert (done.returncode, done.stderr.split()[0]) == (2, code)


def test_a_plan_stays_outside_the_repository_and_nothing_is_written_without_one(school: Path) -> None:
    before = records(school)
    command = ("promote", "116", "--graduation", "2027-06-04", "--today", "2027-08-25")
    inside = licheng(school, *command, "--write-plan", str(school / "plan.yaml"))
    assert (inside.returncode, inside.stderr.split()[0]) == (2, "APP103")
    shown = licheng(school, *command)
    assert (shown.returncode, records(school)) == (2, before), "10b has somebody on leave"
    shutil.rmtree(school / "content/students/115/s1150003")
    shown = licheng(school, *command)
    assert (shown.returncode, "什麼都沒有寫入" in shown.stdout) == (0, True)
    assert licheng(school, *command).stdout == shown.stdout


def test_an_event_after_the_turn_of_the_year_is_not_overtaken(school: Path) -> None:
    path = school / "content/students/115/s1150001/student.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  - {on: 2027-08-20, event: suspension}\n", encoding="utf-8")
    done = licheng(school, *plan(school))
    assert (done.returncode, "更晚的學籍事件" in done.stderr) == (2, True)


def test_who_has_left_is_not_moved_by_name(school: Path) -> None:
    path = school / "content/students/114/s1140002/student.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  - {on: 2027-06-04, event: transfer-out}\n", encoding="utf-8")
    done = licheng(school, *plan(school))
    assert (done.returncode, "已經離校" in done.stderr) == (2, True)


OFFERINGS = """\
kind: course-offerings/v1
courses:
  - id: chinese-5
    code: DEMO114-CHINESE
    subject: 國語文
    level: 12
    credits: 4
    type: required
    sections:
      - id: a
        classes: [12a]
        teachers:
          - {staff: t904, from: 2025-09-01, to: 2025-10-01}
          - {staff: t905, from: 2025-10-02}
      - id: b
        classes: [12a]
        teachers: [t904, t999]
"""


def test_course_offerings_begin_from_those_of_a_year_before(small: Path) -> None:
    courses = small / "content/school/courses"
    (courses / "115-1.yaml").unlink(missing_ok=True)
    (courses / "114-1.yaml").write_text(
        OFFERINGS,
        encoding="utf-8",
    )
    staff = small / "content/school/staff.yaml"
    text = (
        staff.read_text(encoding="utf-8")
        + "  - id: t999\n    posts:\n      - {post: registrar, from: 2024-08-01, to: 2026-07-31}\n"
    )
    staff.write_text(text, encoding="utf-8")
    done = licheng(small, "new", "course-offerings", "--term", "115-1", "--today", "2026-08-20")
    assert done.returncode == 0, done.stderr
    assert "照 114-1 抄了 1 門課" in done.stdout
    assert "DEMO114-CHINESE" in done.stdout
    assert "chinese-5/b：t999" in done.stdout
    [course] = yaml.parse((courses / "115-1.yaml").read_text(encoding="utf-8"))["courses"]
    assert [section["teachers"] for section in course["sections"]] == [["t905"], ["t904", "t999"]]


def test_a_class_is_called_as_the_school_calls_it(small: Path) -> None:
    path = small / "content/school/school.yaml"
    named = "classes:\n" + "".join(
        f"  - {{id: {each}, name: {{zh: 普{each}, en: '{each.upper()}'}}}}\n" for each in ("10a", "11a", "11b", "12a")
    )
    path.write_text(path.read_text(encoding="utf-8").replace("\nunits:\n", f"\n{named}units:\n"), encoding="utf-8")
    assert licheng(small, "check", "--today", "2026-11-23").returncode == 0
    for asked in ("普12a", "12a", "12A"):
        shown = licheng(small, "status", "--class", asked, "--term", "115-1", "--today", "2026-11-23")
        assert "普12a班：1 位學生" in shown.stdout, shown.stderr
    sheet = licheng(small, "status", "--student", "s1139901", "--term", "115-1", "--today", "2026-11-23")
    assert "普12a" in sheet.stdout
