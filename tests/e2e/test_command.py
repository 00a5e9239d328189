"""A command within the tests' own process answers as the real one does, and leaves nothing behind in it."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from licheng.demo.media import pdf
from tests.command import findings, licheng, process
from tests.trees import ROOT, around

STUDENT = "s1130001"
PAGE = "content/handbook/zz.md"
# Each is refused, only reads, or would write.
COMMANDS = {
    "nothing asked": (),
    "its version": ("--version",),
    "the help of a group": ("keys", "--help"),
    "the help of a command": ("check", "-h"),
    "no such command": ("chek",),
    "no such option": ("keys", "list", "--bogus"),
    "findings": ("check",),
    "findings as JSON, in English": ("check", "--format", "json", "--lang", "en"),
    "a path where nothing is": ("check", "content/nothing"),
    "no repository": ("check", "--commit", "HEAD"),
    "what would be written": ("new", "position", "--student", STUDENT, "--slug", "zz", "--dry-run"),
    "a name that is refused": ("new", "position", "--student", STUDENT, "--slug", "../zz"),
    "a rule": ("explain", "quo001"),
    "no such rule": ("explain", "XYZ999"),
    "decisions": ("verify", "--all"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school with something to find in it, and a handbook of few pages, as every process below renders all anew."""
    folder = tmp_path_factory.mktemp("faulty")
    elsewhere = around(STUDENT, "developers", "operations", "en")
    shutil.copytree(ROOT / "content", folder / "content", ignore=elsewhere)
    (folder / PAGE).write_text("# 頁\n\n<script>x</script>\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_it_answers_as_the_real_command_does(faulty: Path, name: str) -> None:
    here, real = licheng(faulty, *COMMANDS[name]), process(faulty, *COMMANDS[name])
    assert (here.args, here.returncode, here.stdout, here.stderr) == (
        real.args,
        real.returncode,
        real.stdout,
        real.stderr,
    )
    assert here.stdout or here.stderr


def test_what_it_writes_is_what_the_real_command_writes(tmp_path: Path) -> None:
    written = []
    for run in (licheng, process):
        school = tmp_path / run.__name__
        shutil.copytree(ROOT / "content", school / "content", ignore=around(STUDENT, "handbook"))
        (school / "report.pdf").write_bytes(pdf("report"))
        where = ("--student", STUDENT, "--slug", "zz", "--set", "category=certificate", "--attach", "report.pdf")
        assert run(school, "new", "external-record", *where).returncode == 0
        written.append({path.relative_to(school): path.read_bytes() for path in school.rglob("*") if path.is_file()})
    assert written[0] == written[1]


def test_it_leaves_this_process_as_it_was(unchanged: Path, tmp_path: Path) -> None:
    def state() -> tuple[object, ...]:
        return Path.cwd(), dict(os.environ), [*sys.argv], sys.stdout, sys.stderr, sys.modules["__main__"]

    before = state()
    for folder, arguments in ((unchanged, ("check",)), (tmp_path, ("check",)), (tmp_path, ("--bogus",))):
        licheng(folder, *arguments, LICHENG_TEST="1")
        assert state() == before


def test_a_command_knows_its_help_however_it_was_used_before() -> None:
    """Found: click keeps what the first context calls the help, and the list of all commands asked without `-h`."""
    program = """
import os
from licheng.cli.main import main
from licheng.cli.reference import reference
reference(main)
for command in (["check", "-h"], ["keys", "list", "-h"], ["hook", "install", "-h"]):
    if not os.fork():
        main(command)
    assert os.wait()[1] == 0
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.count("Usage:")) == (0, "", 3)


def test_nothing_that_it_remembers_hides_a_change(faulty: Path) -> None:
    """In one folder, in one process, file by file: a page, a record, an attachment, back and forth."""
    own = f"content/students/113/{STUDENT}"
    attachment = next((faulty / own).rglob("*.pdf"))
    first = findings(faulty)
    assert ("HBK004", PAGE) in [(found[0], found[1]) for found in first]
    for file, other, code in (
        (faulty / PAGE, b"# fine\n", None),
        (faulty / own / "student.yaml", b"kind: student/v1\nx: 1\n", "SCH002"),
        (attachment, attachment.read_bytes()[:-1] + b"?", "ATT003"),
    ):
        data = file.read_bytes()
        file.write_bytes(other)
        second = findings(faulty)
        assert second != first
        assert code in {found[0] for found in second} if code else second == []
        assert second == findings(faulty)
        file.write_bytes(data)
        assert findings(faulty) == first


def test_what_a_command_dropped_goes_with_it_and_not_with_the_process(unchanged: Path) -> None:
    """At the end of a process nothing is looked for; a process that goes on still finds what is dropped."""
    before = gc.get_freeze_count()
    assert licheng(unchanged, "--version").returncode == 0
    assert gc.get_freeze_count() == before
