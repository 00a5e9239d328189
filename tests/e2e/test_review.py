"""What a reviewer once got past the real command, or broke it with: each stays mended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from licheng.app.demo import write_demo
from licheng.demo.media import pdf
from licheng.sources.schemas import MOST
from tests.command import LICHENG, forked, licheng
from tests.e2e.test_write import school, states

ID = "s1130001"
STUDENT = f"content/students/113/{ID}"
RULEBOOK = "content/rulebook/2018-05-30.yaml"

__all__ = ["school"]

pytestmark = pytest.mark.usefixtures("schools_judged_once")


def report(school: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of `licheng check --format json`."""
    done = licheng(school, "check", "--format", "json", *arguments)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def errors(school: Path, *arguments: str) -> list[tuple[str, str, int]]:
    """Code, path and line of every error; the school's own reminders do not count."""
    found = report(school, *arguments)[1]["findings"]
    return [(one["code"], one["path"], one["line"]) for one in found if one["severity"] == "error"]


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def refused(done: subprocess.CompletedProcess[str], code: str, exit_code: int = 2) -> None:
    assert (done.stderr[:6], done.returncode, done.stdout) == (code, exit_code, ""), done.stderr
    assert "Traceback" not in done.stderr


def new_output(school: Path, *, slug: str = "zz-draft", student: str = ID) -> subprocess.CompletedProcess[str]:
    courses = (school / STUDENT / "terms/115-1/courses.yaml").read_text(encoding="utf-8")
    course = courses.partition("course: ")[2].split(",")[0].split("\n")[0].strip()
    where = ("--student", student, "--term", "115-1", "--slug", slug)
    return licheng(school, "new", "course-output", *where, "--set", f"course={course}")


# A check of some paths


def test_a_partial_check_is_not_clean_where_the_rulebook_is_broken(school: Path) -> None:
    add(school / RULEBOOK, "x:\n")
    code, answer = report(school, STUDENT)
    assert code == 1
    assert [(found["code"], found["path"]) for found in answer["findings"]] == [("SCH002", RULEBOOK)]
    assert {"QUO001", "QUO002"} <= {skip["code"] for skip in answer["skips"]}


def test_a_partial_check_is_not_clean_where_the_student_record_is_broken(school: Path) -> None:
    add(school / STUDENT / "student.yaml", "x: 1\n")
    code, answer = report(school, f"{STUDENT}/terms")
    assert code == 1
    assert [(found["code"], found["path"]) for found in answer["findings"]] == [("SCH002", f"{STUDENT}/student.yaml")]
    assert "ENR001" in {skip["code"] for skip in answer["skips"]}


@pytest.mark.parametrize("paths", [("content/rulebook", "content/nothing"), ("content/nothing", STUDENT)])
def test_a_mistyped_path_beside_a_right_one(unchanged: Path, paths: tuple[str, ...]) -> None:
    refused(licheng(unchanged, "check", *paths), "APP011")


def test_a_sibling_of_the_same_beginning_is_not_asked_for(school: Path) -> None:
    for slug in ("zz", "zz-long"):
        assert new_output(school, slug=slug).returncode == 0
    outputs = f"{STUDENT}/terms/115-1/outputs"
    add(school / outputs / "zz-long/item.md", "寄到 someone@school.example。\n")
    assert [(code, path) for code, path, _ in errors(school)] == [("PRI003", f"{outputs}/zz-long/item.md")]
    assert errors(school, f"{outputs}/zz") == []
    assert errors(school, f"{outputs}/zz-long") == errors(school)


def test_the_folder_itself_is_everything(school: Path) -> None:
    add(school / STUDENT / "student.yaml", "x: 1\n")
    code, answer = report(school)
    assert code == 1
    assert report(school, ".") == (code, answer)
    assert report(school, "content") == (code, answer)


# What a file may cost


def test_two_thousand_unknown_fields_are_told_once_and_for_all(school: Path) -> None:
    add(school / STUDENT / "student.yaml", "".join(f"surplus_{number}: 1\n" for number in range(2_000)))
    _bounded(school, "SCH002")


def test_a_thousand_bad_events(school: Path) -> None:
    add(school / STUDENT / "student.yaml", "  - {on: yesterday, event: nothing, surplus: 1}\n" * 1_000)
    _bounded(school, "SCH002", "SCH004", "SCH005")


def test_ten_thousand_fields_of_one_event(school: Path) -> None:
    fields = ", ".join(f"surplus_{number}: 1" for number in range(10_000))
    add(school / STUDENT / "student.yaml", f"  - {{on: 2026-11-01, event: suspension, {fields}}}\n")
    _bounded(school, "SCH002")


def _bounded(school: Path, *codes: str) -> None:
    found = errors(school)
    assert {path for _, path, _ in found} == {f"{STUDENT}/student.yaml"}
    assert 0 < len(found) <= MOST == 100
    assert {code for code, _, _ in found} <= set(codes)


def test_the_findings_of_one_rule_are_bounded_and_said_to_be(school: Path) -> None:
    add(school / "content/school/staff.yaml", "  - {id: t999, posts: [{post: registrar, from: 2024-08-01}]}\n" * 301)
    code, answer = report(school)
    assert code == 1
    assert Counter(found["code"] for found in answer["findings"])["REF014"] == MOST == 100
    assert answer["more"] == []
    assert answer["summary"]["error"] >= 100
    assert ("REF014", "too-many-findings") in {(skip["code"], skip["reason"]) for skip in answer["skips"]}


@pytest.mark.parametrize("first", ['x: "\\\\ "', 'x: "\\x41"', "x: 1"])
def test_deep_nesting_is_refused_whatever_stands_before_it(school: Path, first: str) -> None:
    path = school / STUDENT / "positions/zz-deep.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{first}\ny: {'[' * 200_000}\n", encoding="utf-8")
    assert errors(school) == [("YML006", path.relative_to(school).as_posix(), 2)]


# What `new` and `attach` write, and where


def test_nothing_is_written_through_a_linked_folder(school: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.rmtree(school / STUDENT / "positions", ignore_errors=True)
    (school / STUDENT / "positions").symlink_to(elsewhere)
    done = licheng(school, "new", "position", "--student", ID, "--slug", "zz")
    refused(done, "APP021")
    assert list(elsewhere.iterdir()) == []


def test_nothing_is_written_through_a_linked_item(school: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert new_output(school).returncode == 0
    item = school / STUDENT / "terms/115-1/outputs/zz-draft"
    shutil.move(item, elsewhere / "zz-draft")
    item.symlink_to(elsewhere / "zz-draft")
    (school / "report.pdf").write_bytes(pdf("報告"))
    before = states(elsewhere)
    done = licheng(school, "attach", f"{STUDENT}/terms/115-1/outputs/zz-draft", "report.pdf")
    assert done.returncode == 2
    assert done.stderr[:6] in {"APP004", "APP021"}
    assert states(elsewhere) == before


def test_three_who_attach_at_once(school: Path) -> None:
    """Whoever is told of success is in the list; whoever is refused has only to try again."""
    assert new_output(school).returncode == 0
    item = school / STUDENT / "terms/115-1/outputs/zz-draft/item.md"
    names = ["one.pdf", "two.pdf", "three.pdf"]
    for name in names:
        (school / name).write_bytes(pdf(name))

    running = {name: forked(school, "attach", str(item.parent), name) for name in names}
    done = {name: ended() for name, ended in running.items()}
    assert {run.returncode for run in done.values()} <= {0, 2}
    assert 0 in {run.returncode for run in done.values()}
    written = item.read_text(encoding="utf-8")
    for name, run in done.items():
        if run.returncode == 0:
            assert f"name: {name}\n" in written
        else:
            refused(run, "APP022")
            again = licheng(school, "attach", str(item.parent), name)
            assert again.returncode == 0, again.stderr
    assert all(item.read_text(encoding="utf-8").count(f"name: {name}\n") == 1 for name in names)
    assert errors(school) == []
    assert sorted(path.name for path in item.parent.iterdir()) == sorted([*names, "item.md"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("course-output", "--student", "s1139999", "--term", "115-1", "--slug", "zz", "--set", "course=chinese"),
        ("position", "--student", "s1139999", "--slug", "zz"),
        ("course-output", "--student", ID, "--term", "199-1", "--slug", "zz", "--set", "course=chinese"),
        ("course-output", "--student", ID, "--term", "115-1", "--slug", "zz", "--set", "course=zzz"),
    ],
)
def test_new_refuses_what_does_not_exist(unchanged: Path, arguments: tuple[str, ...]) -> None:
    before = states(unchanged)
    refused(licheng(unchanged, "new", *arguments), "APP023")
    assert states(unchanged) == before
    assert not (unchanged / "content/students/113/s1139999").exists()


# What is missing


def test_identity_in_plain_text_where_ciphertext_belongs(school: Path) -> None:
    path = school / STUDENT / "basic.yaml.age"
    for text, codes in (("", ["FIL009"]), ("gender_code: 1\n", ["FIL009"]), ("id: A123456789\n", ["FIL009", "PRI001"])):
        path.write_text(text, encoding="utf-8")
        assert [code for code, found, _ in errors(school) if found == f"{STUDENT}/basic.yaml.age"] == codes
    path.write_text("age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\n", encoding="utf-8")
    assert errors(school) == [("FIL012", f"{STUDENT}/basic.yaml.age", 1)]


def test_a_school_without_its_duties(school: Path) -> None:
    (school / "content/school/duties.yaml").unlink()
    assert errors(school) == [("RBK007", "content/school/duties.yaml", 1)]


def test_a_school_without_the_agency(school: Path) -> None:
    shutil.rmtree(school / "content/rulebook/agency")
    code, answer = report(school)
    assert code == 1
    assert {"RBK006", "RBK007"} == {found["code"] for found in answer["findings"] if found["severity"] == "error"}
    skipped = {skip["code"] for skip in answer["skips"] if skip["reason"] == "no-agency-rules"}
    assert {"ATT005", "ATT006", "ATT007", "ATT008", "COD001", "QUO003", "TXT001"} <= skipped


@pytest.mark.parametrize("gone", ["content/rulebook", "content/rulebook/agency"])
def test_a_partial_check_is_not_clean_where_nothing_of_it_could_be_judged(school: Path, gone: str) -> None:
    shutil.rmtree(school / gone)
    code, answer = report(school, STUDENT)
    assert code != 0
    assert {"QUO003", "TXT001"} <= {skip["code"] for skip in answer["skips"]}


def test_a_list_of_no_names(school: Path) -> None:
    for text in ("", "\n\n", "name\n", "student,姓名\n"):
        (school / "names.csv").write_text(text, encoding="utf-8")
        refused(licheng(school, "check", "--identities", "names.csv"), "APP006")


# Commits


def test_a_bare_clone_of_a_demo_is_judged_like_its_work_tree(tmp_path: Path) -> None:
    write_demo(tmp_path / "school", 8, 3, faults=True, attachments=False)
    clone = ["git", "clone", "-q", "--bare", str(tmp_path / "school"), str(tmp_path / "bare.git")]
    subprocess.run(clone, check=True, capture_output=True)
    _, here = report(tmp_path / "school")
    _, there = report(tmp_path / "bare.git", "--commit", "HEAD")
    assert here["findings"]
    assert there == here
    assert report(tmp_path / "school", "--commit", "HEAD")[1] == here


@pytest.mark.parametrize("revision", ["HEAD@{99999 days ago}", "HEAD:content", "no-such", "--all"])
def test_a_revision_that_is_no_commit(school: Path, revision: str) -> None:
    subprocess.run(["git", "init", "-q", str(school)], check=True)
    refused(licheng(school, "check", f"--commit={revision}"), "APP002")


# The command's own trouble


@pytest.mark.parametrize("day", ["0001-01-01", "1911-12-31", "2026-02-30", "20261123", "2026-W48-1"])
def test_a_day_that_no_school_year_has(unchanged: Path, day: str) -> None:
    refused(licheng(unchanged, "check", "--today", day), "APP005")


def test_a_demo_where_nothing_can_be_written(tmp_path: Path) -> None:
    refused(licheng(tmp_path, "demo", "/dev/null/x", "--students", "4"), "APP024", 3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_answer_that_cannot_be_written(small: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [str(LICHENG), "check"], cwd=small, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 3
    assert done.stderr.startswith("APP024")
    assert "Traceback" not in done.stderr


# A Python that was started with some encoding, and each command forked from it, which has it still.
_EACH = """
import json, os, sys
from licheng.cli import check, main
for number, words in enumerate(json.loads(sys.argv[1])):
    if os.fork() == 0:
        for stream in (1, 2):
            os.dup2(os.open(f"{sys.argv[2]}/{number}-{stream}", os.O_WRONLY | os.O_CREAT), stream)
        sys.argv = ["licheng", "check", *words]
        sys.exit(main.run())
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp950"])
def test_a_terminal_that_cannot_show_everything(
    small: Path, encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def run(*commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
        answers = tmp_path_factory.mktemp("answers")
        settings = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        program = [sys.executable, "-c", _EACH, json.dumps(commands), str(answers)]
        done = subprocess.run(program, cwd=small, capture_output=True, env=settings, check=True)
        shown = "utf-8" if encoding == "ascii" else encoding  # click takes ASCII for a terminal that is not set up
        codes = map(int, done.stdout.split())
        told = ([(answers / f"{number}-{stream}").read_bytes() for stream in (1, 2)] for number in range(len(commands)))
        return [(code, out.decode(shown), err.decode(shown)) for code, (out, err) in zip(codes, told, strict=True)]

    path = small / "content/students/113/s1139901/positions/zz-\U0001f600.yaml"
    path.parent.mkdir(exist_ok=True)
    forms = [("--format", form) for form in ("text", "github", "json")]
    clean = run(*forms)
    path.write_text("\u9f98\U0001f600", encoding="utf-8")
    *faulty, (returncode, shown, told) = run(*forms, ("--today", "never"))
    for code, answers in enumerate((clean, faulty)):
        assert [answer[::2] for answer in answers] == [(code, "")] * len(forms)
        assert all(answer[1] for answer in answers)
    assert (returncode, shown, told[:6]) == (2, "", "APP005")
    assert "Traceback" not in told


@pytest.mark.parametrize("code", ["APP009", "app024", "APP099"])
def test_the_codes_of_the_tool_are_explained_too(unchanged: Path, code: str) -> None:
    done = licheng(unchanged, "explain", code)
    assert (done.returncode, done.stderr) == (0, "")
    assert code.upper() in done.stdout
    assert code.upper() in licheng(unchanged, "explain", code, "--lang", "en").stdout


def test_a_reader_who_stops_after_one_line(small: Path) -> None:
    (small / "content/handbook").mkdir()
    for number in range(3_000):
        (small / f"content/handbook/surplus-{number:04}-{'x' * 60}.txt").write_text("x", encoding="utf-8")
    with subprocess.Popen(
        [str(LICHENG), "check"], cwd=small, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "HBK001" in process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode != 0
    assert told == ""
