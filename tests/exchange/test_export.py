"""`licheng export`: who is in a roster, why somebody is not, and the folder that a registrar gives to the agency."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from licheng.app.loading.load import Loaded, load
from licheng.app.registry.export import WantedRoster, prepared
from licheng.core.errors import UsageError
from licheng.core.person import Person
from licheng.core.school import School
from licheng.core.student import Student
from licheng.exchange.identities import IdentityTable
from licheng.exchange.rosters import homes
from licheng.outputs.catalog import catalog
from licheng.policy.exporting.asked import asked
from licheng.policy.exporting.outcomes import Exclusion, outcomes
from licheng.sources import schemas, yaml
from licheng.sources.emit import emit
from licheng.sources.reading import record_of
from licheng.sources.shelf import Readings
from tests.command import licheng
from tests.people import Registry, id_number
from tests.trees import FIXTURES, ROOT, MemoryTree, case, copied, files_below
from tests.trees import load as files_of

TODAY = date(2026, 11, 23)
ALL = frozenset({10, 11, 12})
STUDENTS = "content/students"
AGENCY = "content/rulebook/agency/2018-08-01.yaml"


@cache
def demo() -> MemoryTree:
    """The demo school in memory; what other schools have of it is read once for all of them."""
    return MemoryTree(files_of(ROOT), readings=Readings())


@cache
def loaded() -> Loaded:
    return load(demo(), TODAY, handbook=False)


@cache
def student(folder: str) -> Student:
    [whose] = loaded().students(folder)
    return whose


def selecting(whose: Student, year: int, outputs: list[str], activities: list[str], batch: str = "regular") -> Student:
    """A student who selected these, and nothing else."""
    path = f"{whose.folder}/selection/{year}/{batch}.yaml"
    data = {"kind": "selection/v1", "on": "2026-11-20", "outputs": outputs, "activities": activities}
    return replace(whose, records={**whose.records, "selection": (record_of(path, emit(data)),)})


def verdicts(
    whose: Student,
    roster: str,
    year: int = 115,
    half: int | None = None,
    school: School | None = None,
    levels: frozenset[int] = ALL,
    **more: Any,
) -> list[str]:
    """Why each candidate is left out, in order; empty texts are exported."""
    school = school or loaded().school
    form = asked(school, roster, year, half, None, levels)
    every = outcomes(form, whose, school, homes(), **{"is_known": True, **more})
    return [outcome.exclusion.value if outcome.exclusion is not None else "" for outcome in every]


def changed(folder: str, files: Mapping[str, str | None]) -> Student:
    """The demo's student after some files of theirs were written anew, or taken away."""
    gone = frozenset(path for path, text in files.items() if text is None)
    tree = demo().over({path: text.encode() for path, text in files.items() if text is not None}, gone)
    [whose] = load(tree, TODAY, handbook=False).students(folder)
    return whose


def text(path: str) -> str:
    return demo().files[path].decode()


# Every state of an output that the demo has, at the student who has it.
@pytest.mark.parametrize(
    ("folder", "output", "reason"),
    [
        ("115/s1150008", "115-1/heat-island", "stale"),
        ("115/s1150006", "115-1/heart-rate", "returned"),
        ("113/s1130004", "115-1/menu-in-english", "revoked"),
        ("113/s1130003", "115-1/media-bias", "uncertified"),
        ("113/s1130001", "115-1/free-throw", "draft"),
        ("113/s1130001", "115-1/not-there", "missing"),
        ("113/s1130001", "114-1/water-and-moon", "other-year"),
    ],
)
def test_an_output_that_may_not_go_is_left_out_for_what_it_is(folder: str, output: str, reason: str) -> None:
    assert verdicts(selecting(student(folder), 115, [output], []), "course-outputs") == [reason]


WATER, FOLDER = "114-1/water-and-moon", "113/s1130001"
ITEM = f"{STUDENTS}/{FOLDER}/terms/114-1/outputs/water-and-moon"
DECISIONS = f"content/certifications/{FOLDER}/terms/114-1/outputs/water-and-moon"
ACTIVITIES = [
    "career-talk", "coding-contest", "debate-camp", "exchange-visit", "fair-training",
    "library-intern", "print-contest", "reading-essay", "song-demo", "zine",
]  # fmt: skip


def water(**more: Any) -> list[str]:
    return verdicts(selecting(more.pop("whose", student(FOLDER)), 114, [WATER], []), "course-outputs", 114, **more)


def test_a_certified_output_that_was_selected_goes() -> None:
    assert water() == [""]


def test_a_word_more_after_the_certification_is_stale() -> None:
    assert water(whose=changed(FOLDER, {f"{ITEM}/item.md": text(f"{ITEM}/item.md") + "又改了。\n"})) == ["stale"]


def test_a_decision_that_does_not_hold_leaves_it_undecided() -> None:
    path = f"{DECISIONS}/0001-certified.json"
    assert water(whose=changed(FOLDER, {path: text(path).replace('"sequence"', '"sequenze"')})) == ["undecided"]


def test_without_its_decision_it_is_not_certified() -> None:
    assert water(whose=changed(FOLDER, {DECISIONS: None})) == ["uncertified"]


@pytest.mark.parametrize(("day", "reason"), [(21, "unsettled"), (22, "")])
def test_what_a_passkey_certified_waits_until_its_hours_have_gone(day: int, reason: str) -> None:
    """Signed at noon of the 20th in Taipei, it takes effect with the first day that begins after 24 hours."""
    here = load(case(FIXTURES / "CER009/good/by-passkey"), date(2026, 11, day), handbook=False)
    [whose] = here.students()
    assert verdicts(selecting(whose, 115, ["115-1/pendulum"], []), "course-outputs", school=here.school) == [reason]


def test_a_student_of_another_year_level_is_left_out() -> None:
    assert water(levels=frozenset({10, 12})) == ["other-level"]


def test_without_a_row_of_the_identity_table_nothing_goes() -> None:
    assert water(is_known=False) == ["no-identity"]


def test_a_mark_of_a_course_that_the_student_did_not_take_is_told_once_and_does_not_go() -> None:
    records = {kind: records for kind, records in student(FOLDER).records.items() if kind != "course-records"}
    whose = replace(student(FOLDER), records=records)
    assert {*verdicts(student(FOLDER), "marks", 114, half=1)} == {""}
    assert {*verdicts(whose, "marks", 114, half=1)} == {"no-course"}
    assert verdicts(whose, "retakes", 114, half=1) == []


def test_other_bytes_than_the_record_lists_are_not_sent() -> None:
    path = f"{STUDENTS}/{FOLDER}/years/114/activities/zine/evidence.pdf"
    whose = changed(FOLDER, {path: "other bytes"})
    assert verdicts(selecting(whose, 114, [], ["114/zine", "114/song-demo"]), "activities", 114) == ["other-files", ""]


def test_what_is_beyond_the_quota_of_the_school_year_is_left_out_and_nothing_else() -> None:
    every = [f"114/{slug}" for slug in ACTIVITIES]
    assert verdicts(selecting(student(FOLDER), 114, [], every), "activities", 114) == [""] * 10
    eleventh = f"{STUDENTS}/{FOLDER}/years/114/activities/zz-eleventh/item.md"
    written = text(f"{STUDENTS}/{FOLDER}/years/114/activities/zine/item.md")
    whose = changed(FOLDER, {eleventh: written[: written.index("attachments:")] + "attachments: []\n---\n反思。\n"})
    assert verdicts(selecting(whose, 114, [], ["114/zz-eleventh", "114/zine"]), "activities", 114) == [
        *("over-submitted", "")
    ]


def test_what_is_selected_beyond_the_agencys_number_is_left_out() -> None:
    every = ["114/not-there", *(f"114/{slug}" for slug in ACTIVITIES)]
    assert verdicts(selecting(student(FOLDER), 114, [], every), "activities", 114) == [
        *("missing", *[""] * 9, "over-selected")
    ]


def test_a_category_without_a_sheet_in_the_agencys_form_of_the_year_is_left_out() -> None:
    layer = yaml.parse(text(AGENCY))
    rosters = [
        {**roster, "sheets": [sheet for sheet in roster["sheets"] if sheet["name"] != "作品成果紀錄"]}
        for roster in layer["rosters"]
    ]
    school = load(demo().over({AGENCY: emit({**layer, "rosters": rosters}).encode()}), TODAY, handbook=False).school
    whose = selecting(student(FOLDER), 114, [], ["114/zine", "114/career-talk"])
    assert verdicts(whose, "activities", 114, school=school) == ["no-sheet", ""]


def test_a_student_of_the_continuing_division_is_in_its_rosters_and_in_no_other() -> None:
    day = text("content/school/school.yaml")
    evening = day.replace("    code: X101\n", "    code: X101\n    class_type: '01'\n")
    school = load(demo().over({"content/school/school.yaml": evening.encode()}), TODAY, handbook=False).school
    whose = selecting(student(FOLDER), 114, [WATER], [])
    rosters = ("course-outputs", "continuing-course-outputs")
    assert [len(verdicts(whose, roster, 114)) for roster in rosters] == [1, 0]
    assert [len(verdicts(whose, roster, 114, school=school)) for roster in rosters] == [0, 1]


def test_whom_a_roster_is_for_the_calendar_says_and_without_one_the_last_level_goes_in_batches() -> None:
    written = "  - roster: course-outputs\n    levels:\n      - 10\n      - 11\n    batch: regular\n"
    path = "content/calendar/114-2.yaml"
    assert written in text(path)
    fewer = demo().over({path: text(path).replace(written, written.replace("      - 11\n", "")).encode()})

    def levels(school: School, roster: str, year: int, half: int | None, batch: str | None) -> list[int]:
        return sorted(asked(school, roster, year, half, batch, frozenset()).levels)

    school = loaded().school
    assert levels(school, "course-outputs", 114, None, None) == [10, 11]
    assert levels(load(fewer, TODAY, handbook=False).school, "course-outputs", 114, None, None) == [10]
    assert levels(school, "marks", 114, 2, None) == [10, 11, 12]
    assert levels(school, "positions", 114, 1, "1") == [12]
    # Of 116 there is no calendar.
    batches = [levels(school, "activities", 116, None, batch) for batch in (None, "1", "2")]
    assert [*batches, levels(school, "students", 116, 1, None)] == [[10, 11], [12], [12], [10, 11, 12]]


def test_an_agency_that_does_not_say_its_form_or_has_a_new_column_is_refused() -> None:
    layer = yaml.parse(text(AGENCY))
    formless = {name: section for name, section in layer.items() if name != "workbook"}
    renamed = text(AGENCY).replace("columns: [單位名稱, 開始日期", "columns: [社團名稱, 開始日期")
    for written, code in ((emit(formless), "APP423"), (renamed, "APP424")):
        with pytest.raises(UsageError) as refused:
            prepared(demo().over({AGENCY: written.encode()}), TODAY, WantedRoster("positions", 114, 1), "t004", PEOPLE)
        assert refused.value.code == code


def test_levels_with_different_forms_do_not_share_a_workbook() -> None:
    """A layer that goes by the school year of entry, of which the older year levels know nothing."""
    layer = {**yaml.parse(text(AGENCY)), "announced": "2025-05-01", "applies": {"by": "cohort", "from": 114}}
    layer["workbook"] = {**layer["workbook"], "dates": "minguo"}
    tree = demo().over({"content/rulebook/agency/2025-05-01.yaml": emit(layer).encode()})
    with pytest.raises(UsageError) as refused:
        prepared(tree, TODAY, WantedRoster("marks", 114, 1), "t004", PEOPLE)
    assert (refused.value.code, refused.value.values["case"]) == ("APP420", "two-forms")
    tens, elevens = (
        prepared(tree, TODAY, WantedRoster("marks", 114, 1, levels=frozenset({level})), "t004", PEOPLE).filled
        for level in (10, 11)
    )
    assert (tens.sheets["學期成績"][1][1], elevens.sheets["學期成績"][1][1]) == ("0970102", "2008/01/02")


@pytest.mark.parametrize(
    "path",
    [f"{STUDENTS}/{FOLDER}/terms/114-1/marks.yaml", "content/school/courses/114-1.yaml"],
    ids=["marks", "courses"],
)
def test_a_record_that_cannot_be_read_is_not_silently_lacking(path: str) -> None:
    tree = demo().over({path: text(path).replace("course", "curse").encode()})
    with pytest.raises(UsageError) as refused:
        prepared(tree, TODAY, WantedRoster("marks", 114, 1), "t004", PEOPLE)
    assert (refused.value.code, refused.value.values["path"]) == ("APP430", path)


def test_an_item_that_cannot_be_read_is_left_out_as_one_that_is_not_there() -> None:
    path = f"{STUDENTS}/{FOLDER}/years/114/activities/zine/item.md"
    tree = demo().over({path: text(path).replace("category: work", "category: verk").encode()})
    filled = prepared(tree, TODAY, WantedRoster("activities", 114), "t004", PEOPLE).filled
    assert filled.left_out == {Exclusion.MISSING: 1}


REFS = st.sampled_from([WATER, "114-2/work-songs", "115-1/free-throw", "114-1/not-there", "113-1/a", "114-2/b"])


@given(
    outputs=st.lists(REFS, unique=True),
    activities=st.lists(st.sampled_from([*(f"114/{slug}" for slug in ACTIVITIES), "114/x", "115/y"]), unique=True),
    is_known=st.booleans(),
)
def test_exported_and_left_out_are_together_what_was_selected(
    outputs: list[str], activities: list[str], is_known: bool
) -> None:
    whose = selecting(student(FOLDER), 114, outputs, activities)
    for roster, selected in (("course-outputs", outputs), ("activities", activities)):
        told = verdicts(whose, roster, 114, is_known=is_known)
        assert len(told) == len(selected)
        assert is_known or "" not in told


def test_every_reason_has_words_and_a_place_in_the_record() -> None:
    listed = schemas.load()["roster-export"]["properties"]["left_out"]["items"]["properties"]["reason"]["enum"]
    assert listed == [reason.value for reason in Exclusion]
    for language in ("zh-TW", "en"):
        assert set(catalog(language).data["labels"]["exclusion"]) == {*listed}


def _selected(year: int, batch: str, field: str) -> int:
    """What the demo's students selected, counted in the files alone."""
    ends = f"/selection/{year}/{batch}.yaml"
    return sum(len(yaml.parse(data.decode())[field]) for path, data in demo().files.items() if path.endswith(ends))


PEOPLE = [
    Person(
        path.rpartition("/")[2],
        f"0{number:05}",
        f"趙子{number}",
        id_number(number),
        "2008-01-02",
        nonces={"115-1": f"{number:064x}"},
    )
    for number, path in enumerate(
        sorted({path.rpartition("/student.yaml")[0] for path in demo().files if path.endswith("/student.yaml")}),
        start=1,
    )
]


@pytest.mark.parametrize(
    ("wanted", "batch", "field"),
    [
        (WantedRoster("course-outputs", 114), "regular", "outputs"),
        (WantedRoster("course-outputs", 114, batch="1"), "first", "outputs"),
        (WantedRoster("course-outputs", 114, batch="2"), "second", "outputs"),
        (WantedRoster("activities", 114), "regular", "activities"),
        (WantedRoster("activities", 114, batch="1"), "first", "activities"),
        (WantedRoster("activities", 114, batch="2"), "second", "activities"),
    ],
    ids=str,
)
def test_the_self_check_of_the_demo_adds_up(wanted: WantedRoster, batch: str, field: str) -> None:
    filled = prepared(demo(), TODAY, wanted, "t004", PEOPLE[:-3]).filled
    assert filled.rows + sum(filled.left_out.values()) == len(filled.lines) == _selected(114, batch, field)
    assert filled.rows == sum(len(rows) - 1 for name, rows in filled.sheets.items() if name != "封面")
    assert set(filled.left_out) <= {Exclusion.NO_IDENTITY}
    for line in filled.lines:
        assert (line.row == 0) is (line.exclusion is not None)


def test_every_mark_of_a_term_is_in_one_of_the_two_rosters() -> None:
    written = sum(
        len(yaml.parse(data.decode())["marks"])
        for path, data in demo().files.items()
        if path.endswith("/terms/114-2/marks.yaml")
    )
    marks = prepared(demo(), TODAY, WantedRoster("marks", 114, 2), "t004", PEOPLE).filled
    with pytest.raises(UsageError) as refused:
        prepared(demo(), TODAY, WantedRoster("retakes", 114, 2), "t004", PEOPLE)
    assert refused.value.code == "APP428"
    assert marks.rows == len(marks.lines) == written > 100


class Desk(NamedTuple):
    """The demo school as a repository, and the registrar's folder with the identity table."""

    school: Path
    registry: Registry

    def export(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return licheng(self.school, "export", *arguments, *self.registry.options, "--by", "t004")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.school, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("-c", "user.name=t004", "-c", "user.email=t004@school.invalid", "commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One such desk, which tests copy or only read."""
    folder = tmp_path_factory.mktemp("export")
    shutil.copytree(ROOT / "content", folder / "school" / "content")
    desk = Desk(folder / "school", Registry.at(folder / "registry"))
    desk.registry.table.write_bytes(IdentityTable(desk.registry.recipients, PEOPLE).sealed())
    desk.git("init", "-q")
    desk.commit("The demo school")
    desk.git("repack", "-adq")  # one file to copy instead of thousands
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    copied(founded.school, tmp_path / "school")
    return founded._replace(school=tmp_path / "school")


def contents(folder: Path) -> dict[str, bytes]:
    return files_below(folder)


def test_the_folder_holds_workbook_files_self_check_and_checksums_that_stock_tools_accept(
    desk: Desk, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = desk.export("course-outputs", "--year", "114", "--batch", "1", "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(
        "114_0_學生課程學習成果名冊_第一梯次.xlsx：匯出 6 筆、沒有匯出 0 筆，共 6 筆；檔案 7 個。"
        "紀錄：content/exports/114/course-outputs-first.yaml\n"
    )
    for tool, sums in (("sha256sum", "SHA256SUMS"), ("md5sum", "MD5SUMS")):
        subprocess.run([tool, "--check", "--strict", "--quiet", sums], cwd=out, check=True)
    written = contents(out)
    named = {line.split("  ", 1)[1] for line in written["SHA256SUMS"].decode().splitlines()}
    assert named == written.keys() - {"SHA256SUMS"}
    assert out.stat().st_mode & 0o777 == 0o700
    # Every file lies under what the cell says, and is the very file of the item.
    rows = [*csv.DictReader(io.StringIO(written["self-check.csv"].decode()))]
    assert len(rows) == 6
    links = [link for row in rows for link in (row["document"], row["media"]) if link]
    assert {*links} == {name for name in named if name.startswith("files/")}
    for row in rows:
        folder = desk.school / STUDENTS / row["student"][1:4] / row["student"] / row["item"]
        assert written[row["document"]] in {path.read_bytes() for path in folder.iterdir()}
    # The registrar's reader: the second of the sheets, its first row.
    book = CalamineWorkbook.from_path(str(out / "114_0_學生課程學習成果名冊_第一梯次.xlsx"))
    sheet = book.get_sheet_by_name("學期課程學習成果").to_python()
    assert len(sheet) == 7
    assert sheet[1][:2] == [PEOPLE[0].id_number, "2008/01/02"]


def test_the_record_says_what_when_and_digests_and_nothing_of_an_identity(desk: Desk, tmp_path: Path) -> None:
    out, head = tmp_path / "out", desk.git("rev-parse", "HEAD")
    desk.export("positions", "--year", "114", "--term", "1", "--out", str(out))
    record = yaml.parse((desk.school / "content/exports/114/positions-1.yaml").read_text(encoding="utf-8"))
    workbook = out / "114_1_校內幹部經歷名冊.xlsx"
    sums = {
        name: subprocess.run(["sha256sum", out / name], capture_output=True, text=True, check=True).stdout.split()[0]
        for name in (workbook.name, "SHA256SUMS")
    }
    assert record == {
        "kind": "roster-export/v1",
        "roster": "positions",
        "term": "114-1",
        "levels": [10, 11],
        "exported_on": "2026-11-23",
        "by": "t004",
        "commit": head,
        "file": {"name": workbook.name, "size": workbook.stat().st_size, "sha256": sums[workbook.name]},
        "manifest": sums["SHA256SUMS"],
        "rows": 2,
        "left_out": [],
    }
    assert licheng(desk.school, "check", "content/exports").returncode == 0
    written = "".join(desk.git("status", "--porcelain", "-uall").split())
    assert written == "??content/exports/114/positions-1.yaml"
    told = (desk.school / "content/exports/114/positions-1.yaml").read_text(encoding="utf-8")
    for person in PEOPLE:
        assert not any(part in told for part in (person.student, person.number, person.name, person.id_number))


def test_made_again_it_is_the_same_byte_for_byte_and_recorded_once(desk: Desk, tmp_path: Path) -> None:
    what = ("activities", "--year", "114")
    first = desk.export(*what, "--out", str(tmp_path / "first"))
    made_of = desk.git("rev-parse", "HEAD")
    desk.commit("The registrar exported activities")
    # Later work is in the school, and the table was sealed anew for the next term.
    item = desk.school / STUDENTS / FOLDER / "years/114/activities/zine/item.md"
    item.write_text(item.read_text(encoding="utf-8").replace("summary: ", "summary: 又改過"), encoding="utf-8")
    desk.commit("A student wrote on")
    people = [person._replace(nonces={**person.nonces, "115-2": "f" * 64}) for person in PEOPLE]
    before = desk.registry.table.read_bytes()
    desk.registry.table.write_bytes(IdentityTable(desk.registry.recipients, people).sealed())
    try:
        again = desk.export(*what, "--out", str(tmp_path / "again"), "--at", made_of)
        other = desk.export(*what, "--out", str(tmp_path / "other"))
    finally:
        desk.registry.table.write_bytes(before)
    assert (first.returncode, again.returncode, other.returncode) == (0, 0, 0)
    assert contents(tmp_path / "again") == contents(tmp_path / "first") != contents(tmp_path / "other")
    assert "+ content" not in again.stdout
    assert again.stdout.endswith("紀錄：content/exports/114/activities.yaml\n")
    assert other.stdout.startswith("+ content/exports/114/activities-2.yaml")


def test_left_out_is_listed_by_its_reason_and_ends_in_one(desk: Desk, tmp_path: Path) -> None:
    table = desk.registry.folder / "fewer.age"
    table.write_bytes(IdentityTable(desk.registry.recipients, PEOPLE[1:]).sealed())
    options = ("--identities", str(table), "--identity", str(desk.registry.keys[0]), "--by", "t004")
    arguments = ("course-outputs", "--year", "114", "--batch", "first", "--out", str(tmp_path / "out"))
    done = licheng(desk.school, "export", *arguments, *options)
    assert done.returncode == 1
    assert "沒有匯出：s1120001/terms/114-1/outputs/empty-shots（身分對照表沒有這一位）\n" in done.stdout
    assert "匯出 5 筆、沒有匯出 1 筆，共 6 筆" in done.stdout
    record = yaml.parse((desk.school / "content/exports/114/course-outputs-first.yaml").read_text(encoding="utf-8"))
    assert (record["rows"], record["left_out"]) == (5, [{"reason": "no-identity", "count": 1}])
    [row] = [
        row
        for row in csv.DictReader(io.StringIO((tmp_path / "out/self-check.csv").read_text(encoding="utf-8")))
        if row["left_out"]
    ]
    assert (row["student"], row["row"], row["left_out"], row["document"]) == ("s1120001", "", "no-identity", "")


def test_a_roster_whose_code_is_not_known_says_that_another_system_makes_it(founded: Desk, tmp_path: Path) -> None:
    told = {
        roster: founded.export(
            roster, "--year", "114", "--term", "1", "--out", str(tmp_path / "out"), "--dry-run"
        ).stdout
        for roster in ("marks", "positions")
    }
    assert "以校務系統匯出的為準" in told["marks"]
    assert "工作表「封面」整欄沒有值：名冊別" in told["marks"]
    assert "校務系統" not in told["positions"]


def test_a_dry_run_says_the_same_and_writes_nothing(founded: Desk, tmp_path: Path) -> None:
    before = contents(founded.school / "content")
    done = founded.export("activities", "--year", "114", "--out", str(tmp_path / "out"), "--dry-run")
    assert done.returncode == 0
    assert done.stdout.startswith("+ content/exports/114/activities.yaml")
    assert contents(founded.school / "content") == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("APP420", ("courses", "--year", "114")),
        ("APP420", ("marks", "--year", "101", "--term", "1")),
        ("APP421", ("marks", "--year", "114")),
        ("APP421", ("activities", "--year", "114", "--term", "1")),
        ("APP422", ("activities", "--year", "114", "--batch", "3")),
        ("APP428", ("activities", "--year", "112")),
        ("APP002", ("activities", "--year", "114", "--at", "nowhere")),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_there(
    founded: Desk, tmp_path: Path, code: str, arguments: tuple[str, ...]
) -> None:
    before = contents(founded.school / "content")
    done = founded.export(*arguments, "--out", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(code)
    assert contents(founded.school / "content") == before
    assert [*tmp_path.iterdir()] == []


def test_nobody_unknown_exports_and_never_into_a_repository_or_over_something(founded: Desk, tmp_path: Path) -> None:
    arguments = ("activities", "--year", "114", *founded.registry.options)
    unknown = licheng(founded.school, "export", *arguments, "--by", "t999", "--out", str(tmp_path / "out"))
    inside = founded.export("activities", "--year", "114", "--out", str(founded.school / "content/out"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full/kept").write_text("kept", encoding="utf-8")
    full = founded.export("activities", "--year", "114", "--out", str(tmp_path / "full"))
    assert [done.stderr.split()[0] for done in (unknown, inside, full)] == ["APP429", "APP171", "APP016"]
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "kept"]


@pytest.mark.parametrize(("bytes_", "case"), [(b"", "absent"), (b"other bytes", "other")])
def test_a_file_that_is_not_here_or_another_stops_it_and_leaves_nothing(
    desk: Desk, tmp_path: Path, bytes_: bytes, case: str
) -> None:
    """An attachment as a Git LFS pointer, whose object was not fetched or is damaged."""
    path = desk.school / STUDENTS / FOLDER / "years/114/activities/zine/evidence.pdf"
    data = path.read_bytes()
    oid = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout.split()[0]
    path.write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n", encoding="utf-8"
    )
    desk.commit("Attachments are in the store")
    store = desk.school / ".git/lfs/objects" / oid[:2] / oid[2:4] / oid
    if bytes_:
        store.parent.mkdir(parents=True)
        store.write_bytes(bytes_)
    done = desk.export("activities", "--year", "114", "--out", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("APP427")
    assert ("git lfs pull" in done.stderr) is (case == "absent")
    assert not (tmp_path / "out").exists()
    assert [path.name for path in (desk.school / "content/exports").rglob("activities*")] == []
    store.parent.mkdir(parents=True, exist_ok=True)
    store.write_bytes(data)
    assert desk.export("activities", "--year", "114", "--out", str(tmp_path / "out")).returncode == 0


def test_what_is_only_on_the_disk_is_not_exported(desk: Desk, tmp_path: Path) -> None:
    shutil.rmtree(desk.school / STUDENTS / "113")
    done = desk.export("activities", "--year", "114", "--out", str(tmp_path / "out"))
    assert "匯出 49 筆" in done.stdout


def test_a_small_workbook_cannot_be_guessed_from_its_digest() -> None:
    """Two tables that differ in nothing but what was drawn at random give two digests, of the same texts."""
    wanted = WantedRoster("positions", 114, 1)
    one, other = (
        prepared(demo(), TODAY, wanted, "t004", [person._replace(nonces={"115-1": nonce * 64}) for person in PEOPLE])
        for nonce in "ab"
    )
    assert one.filled.sheets == other.filled.sheets
    assert one.data != other.data
