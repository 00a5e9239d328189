"""A check that believes what was kept says what a check without says, whatever happened in between."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.app.demo import fixed_files
from licheng.app.shards import kept
from licheng.core.report import Report
from licheng.demo import plan
from licheng.demo.write import final_tree
from licheng.sources.tree import CommitTree, WorkTree

TODAY = date(2026, 11, 23)
FIRST = "content/students"


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "core.symlinks=true")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five students, some at fault, in a repository."""
    root = tmp_path_factory.mktemp("kept")
    files = {**fixed_files(), **final_tree(plan(9, 3, faults=True))}
    for path, data in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a school")
    return root


@pytest.fixture(autouse=True)
def _no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here no file is written within a tick of the clock after it was read, as a check takes longer."""
    monkeypatch.setattr(kept, "_TICK", -(10**12))


@pytest.fixture(autouse=True)
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a change leaves some groups whole."""
    monkeypatch.setattr(kept, "_TOGETHER", 2)


def shown(report: Report) -> str:
    """Everything, as two findings are equal whatever their values are."""
    return repr(report)


def a_file(root: Path, dice: random.Random, below: str = FIRST) -> Path:
    files = sorted(path for path in (root / below).rglob("*") if path.is_file() and not path.is_symlink())
    return dice.choice(files)


def another_byte(root: Path, dice: random.Random) -> None:
    """Of the same size, with the old time of change set again; text is none any more."""
    file = a_file(root, dice)
    data, before = bytearray(file.read_bytes()), file.stat()
    place = dice.randrange(len(data))
    data[place] = data[place] ^ 0x80
    file.write_bytes(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def more(root: Path, dice: random.Random) -> None:
    with a_file(root, dice).open("ab") as file:
        file.write(dice.choice([b"\n", "\n電話 0912-345-678\n".encode(), b"x: y\n"]))


def gone(root: Path, dice: random.Random) -> None:
    a_file(root, dice).unlink()


def copied(root: Path, dice: random.Random) -> None:
    """What is said twice: a rule across students may see it."""
    source, target = a_file(root, dice), a_file(root, dice)
    target.write_bytes(source.read_bytes())


def stray(root: Path, dice: random.Random) -> None:
    folder = dice.choice([root / FIRST, a_file(root, dice).parent, root / FIRST / "113"])
    (folder / dice.choice(["stray.txt", "Thumbs.db", "left.md"])).write_bytes(b"someone@example.org\n")


def link(root: Path, dice: random.Random) -> None:
    file = a_file(root, dice)
    file.unlink()
    file.symlink_to(a_file(root, dice))


def executable(root: Path, dice: random.Random) -> None:
    a_file(root, dice).chmod(0o755)


def swapped(root: Path, dice: random.Random) -> None:
    """Two students' folders, each with unchanged files."""
    one, two = dice.sample(sorted((root / FIRST).glob("*/s*")), 2)
    aside = root / "aside"
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


def student_gone(root: Path, dice: random.Random) -> None:
    folder = dice.choice(sorted((root / FIRST).glob("*/s*")))
    folder.rename(folder.with_name(f"s113990{dice.randrange(100, 900)}"))


def of_the_school(root: Path, dice: random.Random) -> None:
    """A rule, a calendar, a course, a key: on all of which students' verdicts rest."""
    tops = [top for top in ("calendar", "rulebook", "school", "trust") if (root / "content" / top).is_dir()]
    file = a_file(root, dice, f"content/{dice.choice(tops)}")
    text = file.read_text(encoding="utf-8", errors="replace")
    figure = dice.choice("0123456789")
    file.write_text(text.replace(figure, str((int(figure) + 1) % 10), dice.randint(1, 3)), encoding="utf-8")


def another_place(root: Path, dice: random.Random) -> None:
    """The same file, in a folder of another name."""
    folder = a_file(root, dice).parent
    folder.rename(folder.with_name(f"other-{dice.randrange(100)}"))


def attachment(root: Path, dice: random.Random) -> None:
    """A file beside records, in a folder that has held others for long."""
    (dice.choice(sorted((root / FIRST).rglob("item.md"))).parent / "report.pdf").write_bytes(b"%PDF-1.4\n")


def restored(root: Path, _dice: random.Random) -> None:
    git(root, "checkout", "-q", "--", "content")


EDITS: tuple[Callable[[Path, random.Random], None], ...] = (
    *(another_byte, more, gone, copied, stray, link, executable, swapped, student_gone, of_the_school, restored),
    *(another_place, attachment),
)
# On another day all is judged anew, whatever else is known of it.
ON_THE_SAME_DAY = attachment, another_byte


def test_after_any_edit_and_on_any_day_the_answer_is_that_of_a_check_without_a_cache(school: Path) -> None:
    dice, today, answers = random.Random(20261123), TODAY, set[str]()
    check(WorkTree(school), today, keep=True)
    for edit in (*ON_THE_SAME_DAY, *dice.sample(EDITS, len(EDITS))):
        edit(school, dice)
        today += timedelta(days=0 if edit in ON_THE_SAME_DAY else dice.choice([0, 0, 1, 60]))
        plain = shown(check(WorkTree(school), today))
        for _ in range(2):
            assert shown(check(WorkTree(school), today, keep=True)) == plain, edit.__name__
        answers.add(plain)
    assert len(answers) > len(EDITS) * 2 // 3
    git(school, "checkout", "-q", "-f", "HEAD")
    git(school, "clean", "-q", "-f", "-d")


def test_of_commits_too(school: Path) -> None:
    dice = random.Random(3)
    for edit in (another_byte, of_the_school, stray, gone, student_gone):
        edit(school, dice)
        git(school, "add", "-A")
        git(school, "commit", "-q", "-m", edit.__name__)
        with CommitTree(school, "HEAD") as tree, CommitTree(school, "HEAD") as same:
            assert shown(check(tree, TODAY, keep=True)) == shown(check(same, TODAY)), edit.__name__
