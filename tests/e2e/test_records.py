"""Records that say what is so: a check is of files that are there, selected work is certified, drafts are drafts."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from licheng.core.person import Person
from licheng.exchange.identities import IdentityTable
from licheng.sources import yaml
from tests.command import findings, licheng
from tests.people import Registry, id_number
from tests.trees import ROOT

STUDENT, OTHER = "s1150008", "s1150002"
HOME = f"content/students/115/{STUDENT}"
CHECK = f"{HOME}/verifications/115-1/basic-data.yaml"
NEW_CHECK = (
    *("new", "verification", "--student", STUDENT, "--term", "115-1", "--subject", "basic-data"),
    *("--set", "post=registrar", "--set", "by=t004"),
)
PERSON = Person(STUDENT, "0115008", "趙子丑", id_number(8), "2010-02-02", "10a", "8", {"115-1": "5c" * 31 + "01"})
STALE, CERTIFIED = "115-1/heat-island", "115-1/sign-redesign"  # of the one and of the other


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A copy of this repository's own school."""
    for name in ("content", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / "school" / name)
    return tmp_path / "school"


@pytest.fixture
def table(tmp_path: Path) -> tuple[str, ...]:
    """The options of an identity table that holds the student."""
    registry = Registry.at(tmp_path / "registry")
    registry.table.write_bytes(IdentityTable(registry.recipients, (PERSON,)).sealed())
    return registry.options


def codes(school: Path) -> set[str]:
    return {code for code, _, _ in findings(school, HOME)}


def test_a_check_lists_its_files_and_computes_what_sha256sum_computes(school: Path, table: tuple[str, ...]) -> None:
    (school / CHECK).unlink()
    done = licheng(school, *NEW_CHECK, *table)
    assert done.returncode == 0, done.stderr
    record = yaml.parse((school / CHECK).read_text(encoding="utf-8"))
    digest = hashlib.sha256((school / HOME / "student.yaml").read_bytes()).hexdigest()
    assert record["files"] == [{"name": "student.yaml", "sha256": digest}]
    by_hand = f"{{ sha256sum student.yaml; echo '{record['commitment']}  @commitment'; }} | sha256sum"
    summed = subprocess.run(["sh", "-c", by_hand], cwd=school / HOME, capture_output=True, text=True, check=True)
    assert record["digest"] == summed.stdout.split()[0]
    assert codes(school).isdisjoint({"CER019", "CER020", "REF017", "REF018", "REF024", "REF025"})


def test_what_openssl_computes_of_the_row_is_the_commitment(school: Path, table: tuple[str, ...]) -> None:
    """By hand as the page says: a list of texts, the nonce as the key."""
    (school / CHECK).unlink()
    assert licheng(school, *NEW_CHECK, *table).returncode == 0
    record = yaml.parse((school / CHECK).read_text(encoding="utf-8"))
    row = f'["licheng-basic-data/v1","{STUDENT}","115-1","0115008","趙子丑","{id_number(8)}","2010-02-02"]'
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{PERSON.nonces['115-1']}"]
    summed = subprocess.run(command, input=row.encode(), capture_output=True, check=True).stdout.decode()
    assert summed.split()[-1] == record["commitment"]


def test_basic_data_are_not_checked_without_the_table(school: Path) -> None:
    (school / CHECK).unlink()
    done = licheng(school, *NEW_CHECK)
    assert (done.returncode, done.stderr[:6]) == (2, "APP230")
    assert not (school / CHECK).exists()


@pytest.mark.parametrize(
    ("people", "code"),
    [((), "APP231"), ((PERSON._replace(nonces={"114-2": "0a" * 32}),), "APP232")],
    ids=["without the row", "without the nonce"],
)
def test_nor_without_the_row_or_the_nonce(school: Path, tmp_path: Path, people: tuple[Person, ...], code: str) -> None:
    registry = Registry.at(tmp_path / "registry")
    registry.table.write_bytes(IdentityTable(registry.recipients, people).sealed())
    (school / CHECK).unlink()
    done = licheng(school, *NEW_CHECK, *registry.options)
    assert (done.returncode, done.stderr[:6], STUDENT in done.stderr) == (2, code, True)
    assert not (school / CHECK).exists()


def test_a_table_for_what_needs_none_is_a_mistake(school: Path, table: tuple[str, ...]) -> None:
    courses = ["course-records" if word == "basic-data" else word for word in NEW_CHECK]
    done = licheng(school, *courses, *table)
    assert (done.returncode, done.stderr[:6]) == (2, "APP116")


def test_a_changed_record_is_checked_again_and_keeps_its_first_day(school: Path, table: tuple[str, ...]) -> None:
    first = yaml.parse((school / CHECK).read_text(encoding="utf-8"))["on"]
    assert licheng(school, *NEW_CHECK, *table).returncode == 0  # by the table of this test, which is not the demo's
    again = licheng(school, *NEW_CHECK, *table)
    assert again.returncode == 2  # nothing has changed: the check that is there counts
    student = school / HOME / "student.yaml"
    student.write_text(student.read_text(encoding="utf-8") + "# 更正\n", encoding="utf-8")
    assert "CER020" in codes(school)
    dry = licheng(school, *NEW_CHECK, *table, "--dry-run")
    assert f"~ {CHECK}" in dry.stdout
    assert "CER020" in codes(school)
    assert licheng(school, *NEW_CHECK, *table).returncode == 0
    record = yaml.parse((school / CHECK).read_text(encoding="utf-8"))
    assert (record["first_on"], record["on"]) == (first, "2026-11-23")
    assert "CER020" not in codes(school)


def test_nothing_is_checked_that_is_not_there(school: Path) -> None:
    arguments = [*NEW_CHECK[:-5], "statement", *NEW_CHECK[-4:]]
    done = licheng(school, *arguments)
    assert (done.returncode, "REF017" in done.stderr) == (2, True), done.stderr
    assert not (school / HOME / "verifications/115-1/statement.yaml").exists()


def test_a_digest_given_by_hand_is_refused(school: Path, table: tuple[str, ...]) -> None:
    (school / CHECK).unlink()
    done = licheng(school, *NEW_CHECK, *table, "--set", f"digest='{'0' * 64}'")
    assert (done.returncode, "CER019" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    "kind",
    [
        ("selection", "--year", "115", "--batch", "regular"),
        ("release-consent", "--slug", "test", "--set", "committee=測試大學"),
    ],
)
def test_what_has_changed_since_it_was_certified_is_neither_selected_nor_released(
    school: Path, kind: tuple[str, ...]
) -> None:
    name, *where = kind
    before = licheng(school, "new", name, "--student", STUDENT, *where, "--set", f"outputs=[{STALE}]")
    assert (before.returncode, "REF019" in before.stderr) == (2, True), before.stderr
    after = licheng(school, "new", name, "--student", OTHER, *where, "--set", f"outputs=[{CERTIFIED}]")
    assert after.returncode == 0, after.stderr


@pytest.mark.parametrize(("student", "item", "usable"), [(STUDENT, STALE, False), (OTHER, CERTIFIED, True)])
def test_the_confirmation_sheet_and_the_rule_agree(school: Path, student: str, item: str, usable: bool) -> None:
    selection = f"content/students/115/{student}/selection/115/regular.yaml"
    (school / selection).parent.mkdir(parents=True)
    text = f"kind: selection/v1\non: 2026-11-23\noutputs: [{item}]\nactivities: []\n"
    (school / selection).write_text(text, encoding="utf-8")
    asked = ("status", "--student", student, "--term", "115-1")
    [portfolio] = json.loads(licheng(school, *asked, "--json").stdout)["portfolios"]
    [output] = [output for output in portfolio["outputs"] if f"115-1/{output['slug']}" == item]
    assert (output["selected"], output["usable"]) == (True, usable)
    assert ("已勾選，但沒有有效的認證" in licheng(school, *asked).stdout) is not usable
    refused = [path for code, path, _ in findings(school, f"content/students/115/{student}") if code == "REF019"]
    assert refused == ([] if usable else [selection])


def test_a_draft_of_the_school_is_scaffolded_and_is_an_error_until_it_is_written(school: Path) -> None:
    done = licheng(
        *(school, "new", "consultation", "--student", STUDENT, "--slug", "draft"),
        *("--set", "time='12:30'", "--set", "mode=1"),
    )
    assert done.returncode == 0, done.stderr
    draft = school / HOME / "consultations/draft.yaml"
    assert "待填" in draft.read_text(encoding="utf-8")
    assert "TXT003" in codes(school)
    draft.write_text(draft.read_text(encoding="utf-8").replace("待填", "已寫"), encoding="utf-8")
    assert "TXT003" not in codes(school)


def test_the_courses_of_a_class_are_there_already(school: Path) -> None:
    """What the timetable says of the class is not typed again; what a student did not choose is taken out."""
    path = school / "content/students/113/s1130003/terms/115-1/courses.yaml"
    before = yaml.parse(path.read_text(encoding="utf-8"))["courses"]
    path.unlink()
    new = ("new", "course-records", "--student", "s1130003", "--term", "115-1")
    assert licheng(school, *new).returncode == 0
    drafted = yaml.parse(path.read_text(encoding="utf-8"))["courses"]
    assert all(course in drafted for course in before)
    assert {course["section"] for course in drafted if course not in before} == {"joint-12"}  # electives not chosen
    path.unlink()
    given = "[{course: chinese-5, section: 12a, mode: regular, credits: 4}]"
    assert licheng(school, *new, "--set", f"courses={given}").returncode == 0
    assert len(yaml.parse(path.read_text(encoding="utf-8"))["courses"]) == 1


def test_minutes_that_are_written_come_along(school: Path, tmp_path: Path) -> None:
    """A text that is there already is no draft; one that cannot be read, or belongs nowhere, writes nothing."""
    text, odd = tmp_path / "minutes.txt", tmp_path / "odd.txt"
    text.write_text("委員出席過半，議決如下。\n", encoding="utf-8-sig")
    odd.write_bytes("會議".encode("big5"))
    meeting = ("new", "meeting", "--date", "2026-11-20", "--body-file")
    for arguments, code in (
        ((*meeting, str(odd)), "APP024"),
        ((*meeting, str(tmp_path / "none.txt")), "APP024"),
        (("new", "position", "--student", STUDENT, "--slug", "x", "--body-file", str(text)), "APP116"),
    ):
        done = licheng(school, *arguments)
        assert (done.returncode, done.stderr[:6]) == (2, code), done.stderr
    path = school / "content/working-group/115-1/2026-11-20.md"
    assert not path.exists()
    assert licheng(school, *meeting, str(text)).returncode == 0
    assert path.read_text(encoding="utf-8").endswith("---\n\n委員出席過半，議決如下。\n")
    assert "TXT003" not in codes(school)
