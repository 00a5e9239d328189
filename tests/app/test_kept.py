"""What is kept of students: that it is believed, when it is not, and that nothing that happens to the file matters."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from licheng.app.check import check
from licheng.app.server.push import landed
from licheng.app.shards import judge, kept, results
from licheng.core.finding import Finding, Severity
from licheng.core.layout import Home
from licheng.core.location import Location
from licheng.core.record import Record
from licheng.core.report import LocatedFinding, Report
from licheng.core.rule import Rules
from licheng.core.school import School
from licheng.core.student import Commitment, FileUse, Student
from licheng.rules.engine import Outcomes, judge_student
from licheng.sources import reading, shelf
from licheng.sources.git import run as git
from licheng.sources.kept import KeptRows, KnownResult
from licheng.sources.lfs import LfsStore
from licheng.sources.tree import CommitTree, Listing, WorkTree, state_of
from tests.trees import base

TODAY = date(2026, 11, 23)
STUDENT = "content/students/113/s1139901"


@pytest.fixture
def school(tmp_path: Path) -> Path:
    for path, data in base().files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    for command in ("init -q -b main", "add -A", "-c user.name=t -c user.email=t@example.invalid commit -q -m school"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file was written long ago."""
    monkeypatch.setattr(kept, "_TICK", -(10**12))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The students that were judged, counted where the judging is done."""
    folders: list[str] = []

    def counted(student: Student, school: School, rules: Rules) -> Outcomes:
        folders.append(student.folder)
        return judge_student(student, school, rules)

    monkeypatch.setattr("licheng.app.shards.judge.judge_student", counted)
    return folders


def file_of(school: Path) -> Path:
    return school / ".git/licheng/students-1.sqlite"


def asked(school: Path, today: date = TODAY) -> Report:
    return check(WorkTree(school), today, keep=True)


@pytest.mark.usefixtures("old")
def test_a_student_is_judged_once_and_again_when_a_file_or_the_day_changes(school: Path, judged: list[str]) -> None:
    first = asked(school)
    assert len(judged) == 1
    assert repr(asked(school)) == repr(first)
    assert len(judged) == 1
    asked(school, TODAY + timedelta(days=1))
    assert len(judged) == 2
    asked(school)
    with (school / judged[0] / "student.yaml").open("a") as file:
        file.write("# more\n")
    asked(school)
    assert len(judged) == 4
    (school / "content/school/duties.yaml").touch()  # the school is known by its bytes
    asked(school)
    assert len(judged) == 4
    with (school / "content/school/duties.yaml").open("a") as file:
        file.write("\n")
    asked(school)
    assert len(judged) == 5


@pytest.mark.usefixtures("old")
def test_without_being_told_to_nothing_is_kept_or_believed(school: Path, judged: list[str]) -> None:
    check(WorkTree(school), TODAY)
    assert not file_of(school).exists()
    asked(school)
    check(WorkTree(school), TODAY)
    check(WorkTree(school), TODAY, keep=True, paths=["content/students"])
    check(WorkTree(school), TODAY, keep=True, names=frozenset({"某某某"}))
    assert len(judged) == 5


def test_what_has_just_been_written_is_not_kept_but_a_commit_is(school: Path, judged: list[str]) -> None:
    asked(school)
    asked(school)
    assert len(judged) == 2
    for _ in range(2):
        with CommitTree(school, "HEAD") as tree:
            check(tree, TODAY, keep=True)
    assert len(judged) == 3


@pytest.mark.usefixtures("old")
def test_nobody_else_may_read_the_file_and_no_other_file_is_believed(school: Path, judged: list[str]) -> None:
    asked(school)
    assert stat.S_IMODE(file_of(school).stat().st_mode) == 0o600
    file_of(school).chmod(0o644)
    asked(school)
    assert len(judged) == 2
    moved = file_of(school).rename(school / "elsewhere")
    moved.chmod(0o600)
    file_of(school).symlink_to(moved)
    asked(school)
    assert len(judged) == 3


def damaged(file: Path) -> None:
    with closing(sqlite3.connect(file)) as rows, rows:
        rows.execute("update row set value = replace(value, '1', '2')")


def of_another_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as rows, rows:
        rows.execute("drop table row")
        rows.execute("create table row (other text)")


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def no_database(file: Path) -> None:
    file.write_bytes(b"nothing" * 1000)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("spoil", [damaged, of_another_program, cut_off, no_database, empty, a_folder])
def test_a_spoilt_file_changes_no_answer(school: Path, spoil: Callable[[Path], None], judged: list[str]) -> None:
    first = asked(school)
    spoil(file_of(school))
    assert repr(asked(school)) == repr(first)
    assert len(judged) == 2
    asked(school)
    asked(school)
    assert len(judged) <= 4 if spoil in (of_another_program, a_folder) else len(judged) <= 3


@pytest.mark.usefixtures("old")
def test_a_locked_file_changes_no_answer(school: Path, monkeypatch: pytest.MonkeyPatch, judged: list[str]) -> None:
    monkeypatch.setattr("licheng.sources.kept._PATIENCE", 0.0)
    first = asked(school)
    with closing(sqlite3.connect(file_of(school), isolation_level=None)) as holder:
        holder.execute("begin exclusive")
        assert repr(asked(school)) == repr(first)
    assert len(judged) == 2
    asked(school)
    assert len(judged) == 2


@pytest.mark.usefixtures("old")
def test_where_nothing_can_be_written_the_answer_is_the_same(school: Path) -> None:
    (school / ".git/licheng").write_text("a file where the folder would be")
    assert repr(asked(school)) == repr(check(WorkTree(school), TODAY))


def test_a_school_without_git_is_checked_and_nothing_is_kept(tmp_path: Path) -> None:
    for path, data in base().files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert repr(asked(tmp_path)) == repr(check(WorkTree(tmp_path), TODAY))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content"]


@pytest.mark.usefixtures("old")
def test_a_finding_that_hides_what_it_is_about_is_not_kept(school: Path, judged: list[str]) -> None:
    (school / STUDENT / "left.md").write_text("電話 0912-345-678\n", encoding="utf-8")
    assert any(finding.identity for finding in asked(school).findings)
    asked(school)
    assert len(judged) == 2
    assert not KeptRows(file_of(school)).below("WorkTree:")
    assert b"345678" not in file_of(school).read_bytes()


def test_what_a_student_rests_on_outside_is_looked_at_again(tmp_path: Path) -> None:
    store, oid = LfsStore(tmp_path), "ab" * 32
    absent = kept._needs(store, (oid,))
    store.path(oid).parent.mkdir(parents=True)
    store.path(oid).write_bytes(b"one")
    present = kept._needs(store, (oid,))
    store.path(oid).unlink()
    assert [*json.loads(absent)] == [oid]
    assert absent != present
    assert absent == kept._needs(store, (oid,))


def test_what_students_are_compared_by_comes_back_as_it_was() -> None:
    judged = judge.Judged(checked=2, records=1, students=1)
    judged.compared = [
        Commitment(b"\1" * 32, "a"),
        FileUse(b"\2" * 32, "b", 3, "s", None),
        FileUse(b"", "c", 0, "s", "g"),
    ]
    judged.skip("DUP001", "reason", "path")
    judged.findings = [
        LocatedFinding(Location("a\udc80", 1, 2), "X", Severity.ERROR, {"a": ("b", "c"), "d": {"zh": "e"}})
    ]
    assert repr(results.decoded(results.encoded(judged))) == repr(judged)


WRITER = """
import sys
from pathlib import Path
from licheng.sources import reading, shelf
from licheng.sources.kept import KnownResult, KeptRows
rows = KeptRows(Path(sys.argv[1]))
for turn in range(int(sys.argv[3])):
    rows.keep({f"{sys.argv[2]}{n}": KnownResult(b"k", "{}", str(turn) * 1000) for n in range(200)}, ())
"""


def writer(file: Path, name: str, turns: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(file), name, str(turns)])


def test_two_processes_write_at_once_and_no_row_is_torn(tmp_path: Path) -> None:
    file = tmp_path / "rows.sqlite"
    with writer(file, "a", 20) as one, writer(file, "b", 20) as two:
        assert [one.wait(), two.wait()] == [0, 0]
    rows = KeptRows(file).below("")
    assert len(rows) == 400
    assert {row.value for row in rows.values()} == {"19" * 1000}


def test_a_process_killed_while_writing_leaves_whole_rows(tmp_path: Path) -> None:
    file = tmp_path / "rows.sqlite"
    with writer(file, "a", 10**6) as process:
        while not file.exists() or not KeptRows(file).below(""):
            assert process.poll() is None
        process.kill()
    rows = KeptRows(file)
    assert len({row.value for row in rows.below("").values()}) == 1
    rows.keep({"b": KnownResult(b"k", "{}", "v")}, ["a0"])
    assert set(rows.below("b")) == {"b"}
    assert "a0" not in rows.below("")


def test_a_folder_is_known_by_all_that_a_check_can_see_of_it(tmp_path: Path) -> None:
    seen = set()

    def look() -> None:
        digest = state_of(tmp_path / "top").digest
        assert digest not in seen
        seen.add(digest)

    look()
    file = tmp_path / "top/inner/file"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a")
    look()
    file.chmod(0o700)
    look()
    file.rename(file.with_name("other"))
    look()
    file.symlink_to("other")
    look()
    (file.parent / ".DS_Store").write_bytes(b"")
    with pytest.raises(AssertionError):
        look()


@pytest.mark.usefixtures("old")
def test_what_follows_a_push_judges_whom_it_changed_and_its_alarm_stays(school: Path, judged: list[str]) -> None:
    (school / ".git/licheng").mkdir(exist_ok=True)

    def after_a_push() -> int | None:
        return landed(school / ".git", git(school, "rev-parse", "HEAD").decode().strip())

    assert [after_a_push(), after_a_push()] == [0, 0]
    assert judged == [STUDENT]
    (school / STUDENT / "student.yaml").write_bytes(b"kind: student/v1\n")
    git(school, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qam", "spoilt")
    alarms = [after_a_push(), after_a_push()]
    assert alarms[0]
    assert alarms == [alarms[0]] * 2
    assert judged == [STUDENT] * 2


def test_a_listing_is_true_until_a_folder_below_changes(tmp_path: Path) -> None:
    top, inner = str(tmp_path / "top"), tmp_path / "top/inner"
    inner.mkdir(parents=True)
    (inner / "file").write_bytes(b"a")
    listing = Listing.of(top)
    assert (sorted(listing.folders), listing.files) == (["", "/inner"], ["/inner/file"])
    (inner / "file").write_bytes(b"ab")
    assert listing.is_true(top)
    for change in (
        lambda: (inner / "more").write_bytes(b""),
        lambda: (inner / "more").rename(inner / "other"),
        lambda: (inner / "other").unlink(),
        lambda: (inner / "folder").mkdir(),
        lambda: (inner / "folder").rename(inner / "moved"),
        lambda: inner.rename(tmp_path / "top/elsewhere"),
    ):
        listing = Listing.of(top)
        time.sleep(0.02)  # a tick of the clock, by which a listing is late (`changed_at`)
        change()
        assert not listing.is_true(top)


@pytest.mark.usefixtures("old")
def test_a_second_check_parses_no_record_of_the_school_and_lists_no_student(
    school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = list[str]()

    def counted(path: str, where: Home, decoded: str) -> tuple[Record | None, list[Finding]]:
        parsed.append(path)
        return reading_parse(path, where, decoded)

    reading_parse = reading.parse
    monkeypatch.setattr(reading, "parse", counted)
    asked(school)
    assert "content/school/accounts.yaml" in parsed
    assert len(parsed) == len(set(parsed))
    parsed.clear()
    with (school / STUDENT / "student.yaml").open("a") as file:
        file.write("# more\n")
    with (school / "content/school/staff.yaml").open("a") as file:
        file.write("# more\n")
    tree = WorkTree(school)
    check(tree, TODAY, keep=True)
    assert not tree.listed
    assert {path for path in parsed if not path.startswith(STUDENT)} == {"content/school/staff.yaml"}


@pytest.mark.usefixtures("old")
def test_a_check_of_one_student_parses_no_large_record_that_was_parsed_before(
    school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = set[str]()

    def counted(path: str, where: Home, decoded: str) -> tuple[Record | None, list[Finding]]:
        parsed.add(path)
        return reading_parse(path, where, decoded)

    def of_the_school(keep: bool) -> set[str]:
        parsed.clear()
        told.append(check(WorkTree(school), TODAY, paths=[STUDENT], keep=keep))
        return {path for path in parsed if not path.startswith(STUDENT)}

    told = list[Report]()
    reading_parse = reading.parse
    accounts, staff = ("content/school/accounts.yaml", "content/school/staff.yaml")
    monkeypatch.setattr(shelf, "LARGE", (school / accounts).stat().st_size)
    monkeypatch.setattr(reading, "parse", counted)
    every = of_the_school(keep=False)
    assert of_the_school(keep=True) == every  # nothing was kept yet, and this keeps nothing
    asked(school)
    known = every - of_the_school(keep=True)
    assert accounts in known
    assert all((school / path).stat().st_size >= shelf.LARGE for path in known)
    for path in (accounts, staff):
        with (school / path).open("a") as file:
            file.write("# more\n")
    assert accounts in of_the_school(keep=True)
    assert len({repr(report) for report in told}) == 1


def test_a_commit_that_is_known_takes_one_git_process(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = list[str]()

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            started.append(" ".join(command[5:7]))
            super().__init__(command, **options)

    for _ in range(2):
        started.clear()
        with monkeypatch.context() as patched:
            patched.setattr("licheng.sources.git.subprocess.Popen", Counted)
            with CommitTree(school, "HEAD") as tree:
                check(tree, TODAY, keep=True)
    assert started == ["cat-file --batch-command"]


def test_several_results_together_come_back_as_their_sum() -> None:
    judged = judge.Judged(checked=2, records=1, students=1, ran=Counter({"X": 2}))
    judged.compared = [Commitment(b"\1" * 32, "a")]
    for path in (f"{STUDENT}/b", "content/school/staff.yaml", f"{STUDENT}/a", f"{STUDENT}/a"):
        judged.findings.append(LocatedFinding(Location(path), "X", Severity.ERROR, {"a": ("b", "c")}))
    again = results.apart(results.together(judged))
    assert [finding.location.path for finding in again.findings] == ["content/school/staff.yaml"]
    assert [(pack.first, pack.last) for pack in again.packs] == [(f"{STUDENT}/a", f"{STUDENT}/b")]
    assert repr(again.report()) == repr(judged.report())
    assert again.compared == judged.compared
