"""`licheng import`: workbooks made by openpyxl into a school without students, all of it or nothing, once."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.command import findings
from tests.importing import workbooks
from tests.importing.school import DAY, TUTOR, Place, copied, filled, found

EMPTY = "新增 0 筆、變更 0 筆、相同 {same} 筆、檔案沒有 0 筆。\n"
KINDS = {"courses": 1, "students": 6, "course-records": 6, "marks": 6}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return found(tmp_path_factory.mktemp("begun"))


@pytest.fixture(scope="module")
def whole(begun: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return filled(copied(begun, tmp_path_factory.mktemp("whole")))


@pytest.fixture
def place(whole: Place, tmp_path: Path) -> Place:
    return copied(whole, tmp_path)


def marked(place: Place, **changes: object) -> None:
    """The first student's first mark, with some cells changed."""
    rows = [dict(zip(workbooks.MARKS, row, strict=True)) for row in workbooks.marks(workbooks.students(2))]
    rows[0] |= changes
    workbooks.save(place.top / "marks.xlsx", [workbooks.MARKS, *(list(row.values()) for row in rows)])


def test_an_empty_school_is_filled_and_clean(whole: Place) -> None:
    assert findings(whole.school, *DAY) == []
    assert len([*whole.school.glob("content/students/*/*/student.yaml")]) == 6
    assert whole.record("01130000", "student.yaml").read_text() == (
        "# yaml-language-server: $schema=../../../../schemas/student.schema.json\n"
        "kind: student/v1\nprogramme: general\nevents:\n"
        "  - on: 2024-08-01\n    event: entry\n    level: 10\n    class: 10a\n"
        "  - on: 2025-08-01\n    event: class-change\n    level: 11\n    class: 11a\n"
        "  - on: 2026-08-01\n    event: class-change\n    level: 12\n    class: 12a\n"
    )
    courses = whole.record("01150000", "terms/115-1/courses.yaml").read_text()
    assert "  - course: demo1151-chinese\n    section: 10a\n    mode: regular\n    credits: 4\n" in courses
    marks = whole.record("01150000", "terms/115-1/marks.yaml").read_text()
    assert "  - course: demo1151-chinese\n    mark: 40\n    passed: false\n    credited: true\n" in marks


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_time_nothing_is_different(whole: Place, kind: str) -> None:
    before = whole.files()
    again = whole.bring(kind)
    assert (again.returncode, again.stdout, again.stderr) == (0, EMPTY.format(same=KINDS[kind]), "")
    assert whole.files() == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_says_the_same_and_writes_nothing(begun: Place, tmp_path: Path, kind: str) -> None:
    place = copied(begun, tmp_path)
    for earlier in [*KINDS][: [*KINDS].index(kind)]:
        assert place.bring(earlier).returncode == 0
    before = place.files()
    preview = place.bring(kind, "--dry-run")
    assert preview.returncode == 0, preview.stderr
    assert place.files() == before
    assert place.bring(kind).stdout == preview.stdout


def test_nobody_is_told_of_in_the_repository(whole: Place) -> None:
    everything = b"".join(whole.files().values()) + "".join(whole.files()).encode()
    for person in whole.registry.people().values():
        for text in (person.number, person.name, person.id_number):
            assert text.encode() not in everything


def test_a_change_is_told_and_made_in_its_place(place: Place) -> None:
    path = place.record("01150000", "terms/115-1/marks.yaml")
    text = path.read_text().replace("    mark: 40\n", "    mark: 40  # 補考前\n", 1)
    path.write_text(f"{text}  # 還有兩科等老師\n")
    marked(place, 學期學業成績=88, 成績及格="及格")
    done = place.bring("marks")
    assert done.returncode == 0, done.stderr
    name = path.relative_to(place.school).as_posix()
    assert done.stdout == (
        f"~ {name} marks demo1151-chinese mark：40 → 88\n"
        f"~ {name} marks demo1151-chinese passed：false → true\n"
        "新增 0 筆、變更 1 筆、相同 5 筆、檔案沒有 0 筆。\n"
    )
    expected = text.replace("mark: 40  # 補", "mark: 88  # 補", 1).replace("passed: false", "passed: true", 1)
    assert path.read_text() == f"{expected}  # 還有兩科等老師\n"


def test_what_people_wrote_by_hand_stays(place: Place) -> None:
    path = place.record("01150000", "terms/115-1/marks.yaml")
    path.write_text(
        path.read_text().replace("    mark: 40\n", "    mark: 40\n    pass_mark: 40\n").replace("false", "true", 1)
    )
    before = path.read_text()
    rows = [row[:7] + row[8:] for row in (workbooks.MARKS, *workbooks.marks(workbooks.students(2)))]
    workbooks.save(place.top / "marks.xlsx", rows)  # without 成績及格: it follows from the mark and what passes
    assert place.bring("marks").stdout == EMPTY.format(same=6)
    assert path.read_text() == before


def test_what_the_file_lacks_is_told_and_stays(place: Place) -> None:
    rows = workbooks.marks(workbooks.students(2))
    workbooks.save(place.top / "marks.xlsx", [workbooks.MARKS, *rows[1:-4]])
    before = place.files()
    done = place.bring("marks")
    assert done.returncode == 0, done.stderr
    first, last = (place.record(number, "terms/115-1/marks.yaml") for number in ("01150000", "01130001"))
    assert done.stdout == (
        f"- {first.relative_to(place.school).as_posix()}：marks demo1151-chinese：檔案沒有；紀錄保留\n"
        f"- {last.relative_to(place.school).as_posix()}：檔案沒有；紀錄保留\n"
        "新增 0 筆、變更 0 筆、相同 5 筆、檔案沒有 2 筆。\n"
    )
    assert place.files() == before


BAD: dict[str, tuple[dict[str, object], str]] = {
    "a mark of 101": ({"學期學業成績": 101}, "G2「學期學業成績」（101）：要是 0 到 100 的數字"),
    "no mark": ({"學期學業成績": None}, "G2「學期學業成績」（-）：空白；這一格一定要有"),
    "nobody's number": ({"學號": "01159999"}, "C2「學號」（99999999）：對照表裡沒有這個學生"),
    "a row that slipped": ({"姓名": "王小明"}, "D2「姓名」（文文文）：姓名和對照表裡這個學號的姓名不同；"),
    "no such course": ({"課程代碼": "DEMO1151-MAGIC"}, "E2「課程代碼」（DEMO1151-MAGIC）：115-1 學期沒有開這門課"),
    "another's course": (
        {"課程代碼": "DEMO1153-PE"},
        "E2「課程代碼」（DEMO1153-PE）：這位學生 115-1 學期沒有修這門課；",
    ),
    "no such term": ({"學期": 3}, "B2「學期」（3）：要是學期：1、2、上、下"),
    "another term than is said": ({"學期": 2}, "B2「學期」（2）：和另外說的學期 115-1 不同"),
    "a row twice": ({"課程代碼": "DEMO1151-ENGLISH", "學期學業成績": 53}, "和第 2 列重複"),
    "two marks": ({"課程代碼": "DEMO1151-ENGLISH"}, "G3「學期學業成績」（53）：和第 2 列說的不同"),
    "an ID number in the wrong column": ({"課程代碼": "A123456789"}, "E2「課程代碼」（A999999999）："),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_cell_and_nothing_is_written(place: Place, name: str) -> None:
    cells, told = BAD[name]
    before = place.files()
    marked(place, **{"成績及格": "不及格", **cells})
    done = place.bring("marks", *(("--term", "115-1") if name == "another term than is said" else ()))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.startswith("marks.xlsx 工作表「工作表1」")
    assert "APP200 有 1 格不對" in done.stderr
    assert place.files() == before
    assert "A123456789" not in done.stderr


def test_what_a_rule_would_find_is_refused_with_its_row(place: Place) -> None:
    before = place.files()
    marked(place, 學期學業成績=90, 成績及格="不及格")
    done = place.bring("marks")
    assert (done.returncode, done.stdout) == (2, "")
    assert "DAT006" in done.stderr
    assert "（marks.xlsx 第 2、3、4、5 列）\nAPP209 " in done.stderr
    assert place.files() == before


def test_a_list_of_today_changes_nothing_of_who_has_moved_up(place: Place) -> None:
    rows = [row[:10] for row in workbooks.students(2)]
    workbooks.save(place.top / "students.xlsx", [workbooks.ENROLMENT[:10], *rows])
    assert place.bring("students").stdout == EMPTY.format(same=6)
    rows[-1] = (*rows[-1][:4], "12b", *rows[-1][5:])
    workbooks.save(place.top / "students.xlsx", [workbooks.ENROLMENT[:10], *rows])
    moved = place.bring("students")
    assert (moved.returncode, moved.stdout) == (2, "")
    assert "E7「班級」（12b）：這位學生現在的班級是 12a；" in moved.stderr


def test_somebody_in_the_second_year_did_not_enter_there(begun: Place, tmp_path: Path) -> None:
    place = copied(begun, tmp_path)
    rows = [row[:10] for row in workbooks.students(2)]
    workbooks.save(place.top / "students.xlsx", [workbooks.ENROLMENT[:10], *rows])
    done = place.bring("students")
    assert (done.returncode, done.stdout) == (2, "")
    assert "H4「年級」（2）：入學那天應該是 1 年級；" in done.stderr
    assert not (place.school / "content/students").exists()


def test_an_entry_is_corrected_while_there_is_nothing_else(place: Place) -> None:
    workbooks.save(place.top / "courses.xlsx", [workbooks.OFFERINGS, *workbooks.courses(TUTOR, "ab")])
    assert place.bring("courses").returncode == 0
    rows = [(*row[:4], "10b", *row[5:10]) for row in workbooks.students(2) if row[6] == "115"]
    workbooks.save(place.top / "students.xlsx", [workbooks.ENROLMENT[:10], *rows])
    done = place.bring("students")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("events 2026-08-01/entry class：10a → 10b\n") == 2


def test_a_change_of_class_is_an_event_of_its_own(place: Place) -> None:
    heading = ("學號", "異動", "異動日期", "年級", "班級")
    workbooks.save(place.top / "students.xlsx", [heading, ("01140000", "轉班", "115年11月2日", "高二", "11b")])
    done = place.bring("students")
    assert done.returncode == 0, done.stderr
    path = place.record("01140000", "student.yaml")
    assert "→ on: 2026-11-02, event: class-change, level: 11, class: 11b\n" in done.stdout
    assert path.read_text().endswith("  - on: 2026-11-02\n    event: class-change\n    level: 11\n    class: 11b\n")
    assert place.bring("students").stdout.startswith("- ")  # the other student of the cohort is not in the file


def test_tutors_come_into_the_posts_of_the_staff(place: Place) -> None:
    rows = [("班級", "導師", "起聘日"), ("12a", "王老師", "115.8.1")]
    workbooks.save(place.top / "classes.xlsx", rows)
    refused = place.bring("classes")
    assert "B2「導師」（王老師）：教職員名單沒有這個代號；" in refused.stderr
    columns = place.top / "classes.yaml"
    columns.write_text(
        "import: classes\ncolumns: {class: 班級, tutor: 導師, from: 起聘日}\nwords: {tutor: {王老師: t904}}\n"
    )
    done = place.bring("classes", "--columns", str(columns))
    assert done.returncode == 0, done.stderr
    staff = (place.school / "content/school/staff.yaml").read_text()
    assert (
        "      - {post: course-teacher, from: 2024-08-01}\n"
        "      - post: class-tutor\n        class: 12a\n        from: 2026-08-01\n"
        f"  - id: {TUTOR}\n"
    ) in staff
    assert "posts class-tutor/12a/2024-08-01：檔案沒有；紀錄保留\n" in done.stdout


def test_further_rows_of_a_section_name_further_teachers(begun: Place, tmp_path: Path) -> None:
    place = copied(begun, tmp_path)
    row = workbooks.courses(TUTOR)[0]
    workbooks.save(place.top / "courses.xlsx", [workbooks.OFFERINGS, row, (*row[:8], "t904、t901")])
    assert place.bring("courses").returncode == 0
    text = (place.school / "content/school/courses/115-1.yaml").read_text()
    assert text.endswith(f"        teachers:\n          - {TUTOR}\n          - t904\n          - t901\n")


def test_a_course_keeps_the_id_that_the_term_gives_its_code(begun: Place, tmp_path: Path) -> None:
    place = copied(begun, tmp_path)
    assert place.bring("courses").returncode == 0
    offerings = place.school / "content/school/courses/115-1.yaml"
    offerings.write_text(offerings.read_text().replace("  - id: demo1151-chinese\n", "  - id: chinese\n"))
    again = place.bring("courses")
    assert (again.returncode, again.stdout) == (0, EMPTY.format(same=1)), again.stderr


def test_a_first_mapping_is_guessed_shown_and_used(place: Place) -> None:
    heading = ("序", "學號", "學生姓名", "科目名稱", "總分*", "及格(是/否)", "備註")
    rows: list[tuple[object, ...]] = [("示範高中成績表", None), heading]
    for index, row in enumerate(workbooks.marks(workbooks.students(2))):
        rows.append((index + 1, row[2], row[3], row[5], row[6], "V" if row[7] == "及格" else "X", None))
    workbooks.save(place.top / "marks.xlsx", rows, sheet="成績")
    mapping = place.top / "marks.yaml"
    guessed = place.bring("marks", "--guess", "--term", "115-1", "--output", str(mapping))
    assert guessed.returncode == 0, guessed.stderr
    assert (
        "學號 ← B 欄「學號」（99999999、99999999、99999999）\n姓名 ← C 欄「學生姓名」（文文文、文文文、文文文）\n"
        in guessed.stdout
    )
    assert "找不到：成績、是否採計學分\n沒有用到的標題：序、總分*、備註\n" in guessed.stdout
    refused = place.bring("marks", "--columns", str(mapping))
    assert "APP204" in refused.stderr
    text = mapping.read_text().replace("values:\n", "  mark: 總分*\nvalues:\n  credited: true\n")
    mapping.write_text(text)
    assert place.bring("marks", "--columns", str(mapping)).stdout == EMPTY.format(same=6)
    again = place.bring("marks", "--guess", "--output", str(mapping))
    assert again.stderr.startswith("APP009"), "what a person has changed is not overwritten"
    assert mapping.read_text() == text


MAPPINGS = {
    "import: courses": "APP201 欄位對照檔 {path} 不是 marks 的",
    "import: marks\ncolumns: {grade: 成績}": "APP201 欄位對照檔 {path} 第 2 行沒有 grade 這一欄",
    "import: marks\nheading: 0": "APP201 欄位對照檔 {path} 第 2 行的 heading 要是列號",
    "import: marks\nsheets: A": "APP201 欄位對照檔 {path} 第 2 行的 sheets 不認得",
    "import: marks\nsheet: A": "APP202",
    "import: marks\ncolumns: [": "APP201 欄位對照檔 {path} 第 ",
    "import: marks\ncolumns: {mark: 總成績}": "APP203",
    "- a": "APP201",
    "import: marks\nwords: {passed: 是}": "APP201",
}


@pytest.mark.parametrize("text", MAPPINGS)
def test_a_wrong_mapping_is_told_with_its_line(whole: Place, tmp_path: Path, text: str) -> None:
    path = tmp_path / "marks.yaml"
    path.write_text(text + "\n")
    done = whole.bring("marks", "--columns", str(path))
    assert done.returncode == 2
    assert done.stderr.startswith(MAPPINGS[text].format(path=path))


def test_without_the_table_nobody_is_told(whole: Place) -> None:
    done = whole.run("import", "marks", str(whole.top / "marks.xlsx"))
    assert (done.returncode, done.stderr[:6]) == (2, "APP210")


def git(place: Place, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(place.school), *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def test_an_import_is_one_commit_of_its_own_files(begun: Place, tmp_path: Path) -> None:
    place = copied(begun, tmp_path)
    refused = place.bring("courses", "--commit")
    assert (refused.returncode, refused.stderr[:6]) == (2, "APP207")
    assert not (place.school / "content/school/courses").exists()
    for command in (("init", "-q"), ("config", "user.name", "t903"), ("config", "user.email", "t903@licheng.invalid")):
        git(place, *command)
    git(place, "add", "content")
    git(place, "commit", "-qm", "The school")
    (place.school / "staged.txt").write_text("mine")
    git(place, "add", "staged.txt")
    for kind in KINDS:
        done = place.bring(kind, "--commit")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == git(place, "rev-parse", "HEAD").strip()
    subjects = git(place, "log", "--format=%an %s", "--reverse").splitlines()
    assert subjects == [
        "t903 The school",
        *(f"t903 Import {kind}: {count} new, 0 changed" for kind, count in KINDS.items()),
    ]
    assert git(place, "status", "--porcelain").splitlines() == ["A  staged.txt"]
    head = git(place, "rev-parse", "HEAD")
    assert place.bring("marks", "--commit").stdout == EMPTY.format(same=6)
    assert git(place, "rev-parse", "HEAD") == head
    path = place.record("01150000", "terms/115-1/marks.yaml")
    path.write_text(path.read_text() + "# mine\n")
    marked(place, 學期學業成績=50, 成績及格="不及格")
    assert "APP207" in place.bring("marks", "--commit").stderr
    assert path.read_text().endswith("# mine\n")


def test_the_gate_judges_each_commit_as_ever(begun: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, now = copied(begun, tmp_path), "2026-11-23T04:00:00Z"
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, now)
    for command in (("init", "-q"), ("config", "user.name", "t903"), ("config", "user.email", "t903@licheng.invalid")):
        git(place, *command)
    git(place, "add", "content")
    git(place, "commit", "-qm", "The school")
    judged = {}
    for kind in KINDS:
        before = git(place, "rev-parse", "HEAD").strip()
        after = place.bring(kind, "--commit").stdout.splitlines()[-1]
        ids = ("--base", before, "--head", after, "--actor", "t903", "--repo", str(place.school), "--now", now)
        judged[kind] = set(re.findall(r"錯誤 ([A-Z]{3}\d{3}) ", place.run("gate", *ids).stdout))
    # Offerings and courses taken are the curriculum section's, and to give teachers rights takes a second person.
    assert judged == {"courses": {"GAT003", "GAT021"}, "students": set(), "course-records": {"GAT003"}, "marks": set()}
