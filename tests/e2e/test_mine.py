"""`licheng certify --mine` at a real terminal with real keys: a work is seen, asked about, written, then the next."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from licheng.app.demo import write_demo
from tests.command import LICHENG, licheng

TEACHER, OTHER = "t011", "t013"
QUESTION, DONE = "q 停止：", "這次決定了"
_WAIT = 60  # seconds until a terminal that says nothing counts as stuck
_PATIENCE = 10  # of whoever interrupts


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo school, in which whoever waits for nobody here is only who they are."""
    folder = tmp_path_factory.mktemp("demo") / "school"
    write_demo(folder, 60, 1)
    waiting = {Path(item).parts[3] for staff in (TEACHER, OTHER) for item in queue(folder, staff)}
    for path in [*folder.glob("content/students/*/*/*"), *folder.glob("content/certifications/*/*")]:
        if path.name != "student.yaml" and waiting.isdisjoint(path.relative_to(folder).parts):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return folder


@pytest.fixture
def demo(written: Path, tmp_path: Path) -> Path:
    """A copy of a demo school in which three works wait for one teacher."""
    subprocess.run(["cp", "-a", "--no-preserve=xattr", str(written), str(tmp_path / "school")], check=True)
    return tmp_path / "school"


def key(school: Path, staff: str = TEACHER) -> str:
    return str(school / ".licheng" / "keys" / staff)


def queue(school: Path, staff: str = TEACHER) -> list[str]:
    lines = licheng(school, "queue", "--teacher", staff).stdout.splitlines()
    return [line.split("  ")[0] for line in lines[:-1]]


def signatures(school: Path) -> set[Path]:
    return {path for path in school.glob("content/certifications/**/*") if path.is_file()}


class Terminal:
    """A person at a terminal: waits for words, then types."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process, self._descriptor, self.seen = process, descriptor, ""
        self._read = b""

    def until(self, words: str) -> str:
        """What is shown until some words; they are taken off."""
        while words not in (text := self._read.decode("utf-8", "replace")):
            assert self._more(), f"{words} did not come: {text}"
        shown, _, rest = text.partition(words)
        self._read = rest.encode()
        self.seen += shown + words
        return shown

    def types(self, answer: str) -> None:
        os.write(self._descriptor, f"{answer}\n".encode())

    def interrupts(self) -> None:
        """Ctrl+C, and again where it came just before the program began to wait for words, which no program notices."""
        for _ in range(_WAIT // _PATIENCE):
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_PATIENCE)
                return

    def ends(self) -> int:
        while self._more():
            pass
        self.seen += self._read.decode("utf-8", "replace")
        return self.process.wait(_WAIT)

    def _more(self) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], _WAIT)
        try:
            data = os.read(self._descriptor, 65536) if ready else b""
        except OSError:  # the other end is closed
            data = b""
        self._read += data
        return bool(data)


@contextmanager
def terminal(school: Path, *arguments: str, **environment: str) -> Iterator[Terminal]:
    """The command at a pseudo-terminal of its own, without a desktop unless one is given."""
    ours, theirs = pty.openpty()
    settings = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    with subprocess.Popen(
        [str(LICHENG), "certify", "--mine", "--key", key(school), *arguments],
        cwd=school, stdin=theirs, stdout=theirs, stderr=theirs, env=settings | environment, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # as at a terminal, whoever runs the tests
    ) as process:  # fmt: skip
        os.close(theirs)
        try:
            yield Terminal(process, ours)
        finally:
            process.kill()
            os.close(ours)


def test_a_teacher_sees_each_work_and_decides(demo: Path) -> None:
    """Certified, returned and skipped; the queue then holds only the last, and what was signed verifies."""
    first, second, third = queue(demo)
    with terminal(demo) as desk:
        shown = desk.until(QUESTION)
        assert first in shown
        assert "我確認這件成果是學生本人所作" in shown
        files = [path for path in (demo / first).iterdir() if path.name != "item.md"]
        assert files
        assert all(f"{first}/{path.name}" in shown for path in files)
        assert re.search(r"sha256 [0-9a-f]{64}", shown)
        before = signatures(demo)
        desk.types("x")  # no answer
        desk.until(QUESTION)
        desk.types("")  # nor is this: nothing is signed by default
        desk.until(QUESTION)
        assert signatures(demo) == before
        desk.types("ｃ")  # as an input method writes it
        assert second in desk.until(QUESTION)
        assert len(signatures(demo) - before) == 2
        desk.types("r")
        desk.until("（1 到 4）：")
        desk.types("4")
        desk.until("給學生的說明：")
        desk.types("檔案打不開")
        assert third in desk.until(QUESTION)
        desk.types("s")
        assert desk.ends() == 0
        assert "決定了 2 件，等你的共 3 件" in desk.seen
    assert queue(demo) == [third]
    assert "檔案打不開" in licheng(demo, "verify", second).stdout
    assert all(licheng(demo, "verify", item).returncode == 0 for item in (first, second))


def test_whoever_interrupts_keeps_what_was_signed(demo: Path) -> None:
    first, second, third = queue(demo)
    with terminal(demo) as desk:
        desk.until(QUESTION)
        desk.types("c")
        assert second in desk.until(QUESTION)
        desk.interrupts()
        assert desk.ends() == 130
        assert "決定了 1 件，等你的共 3 件" in desk.seen
    assert queue(demo) == [second, third]
    assert licheng(demo, "verify", first).returncode == 0
    assert not (demo / ".licheng/writing/journal").exists()


def test_what_a_delegation_does_not_cover_is_skipped_and_told(demo: Path) -> None:
    """A substitute for one course of two: the other work is named with the reason, and the rest goes on."""
    foreign = next(item for item in queue(demo) if "/115-1/" in item and "chinese-5" in course_of(demo, item))
    times = ["--starts", "2026-11-01T00:00:00Z", "--ends", "2026-12-31T00:00:00Z"]
    who = ["--by", TEACHER, "--from", TEACHER, "--to", OTHER, "--course", "115-1/chinese-1", "--reason", "進修"]
    assert licheng(demo, "delegate", "leave", "--key", key(demo), *who, *times).returncode == 0
    before = queue(demo)
    with terminal(demo, "--as", "substitute", "--for", TEACHER, "--key", key(demo, OTHER)) as desk:
        for _ in range(2):
            desk.until(QUESTION)
            desk.types("c")
        desk.until(DONE)
        assert desk.ends() == 0
        assert "APP051" in desk.seen
    assert len(before) == 3
    assert queue(demo) == [foreign]


def course_of(school: Path, item: str) -> str:
    return (school / item / "item.md").read_text(encoding="utf-8")


def opened_by(log: Path) -> set[str]:
    return {Path(line).name for line in log.read_text(encoding="utf-8").splitlines()} if log.exists() else set()


def test_files_are_opened_before_the_question_but_never_a_program(demo: Path, tmp_path: Path) -> None:
    """On a desktop the system's viewer gets each file of a type that the agency takes, and nothing else."""
    first = queue(demo)[0]
    (demo / first / "run.desktop").write_text("[Desktop Entry]\nExec=true\n", encoding="utf-8")
    (demo / first / "page.pdf").write_bytes(b"#!/bin/sh\n")
    asked = tmp_path / "asked"
    viewer = tmp_path / "bin" / "xdg-open"
    viewer.parent.mkdir()
    viewer.write_text(f'#!/bin/sh\necho "$1" >> "{asked}"\n', encoding="utf-8")
    viewer.chmod(0o755)
    path = f"{viewer.parent}:{os.environ['PATH']}"
    with terminal(demo, DISPLAY=":9", PATH=path) as desk:
        desk.until(QUESTION)
        desk.types("q")
        assert desk.ends() == 0
    listed = set(re.findall(r"- name: (\S+)", course_of(demo, first)))
    deadline = time.monotonic() + _WAIT  # nobody waits for a viewer, so neither does the command
    while len(opened := opened_by(asked)) < len(listed) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert opened == listed
    asked.unlink()
    with terminal(demo, "--no-open", DISPLAY=":9", PATH=path) as desk:
        desk.until(QUESTION)
        desk.types("q")
        assert desk.ends() == 0
    assert not asked.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--mine"], "APP118"),
        (["--mine", "--return", "wrong-file"], "APP119"),
        (["--mine", "--as", "coordinator"], "APP119"),
        (["--no-open", "content/students/x"], "APP119"),
        ([], "APP025"),
    ],
)
def test_nobody_signs_unseen(demo: Path, arguments: list[str], code: str) -> None:
    before = signatures(demo)
    done = licheng(demo, "certify", "--key", key(demo), *arguments)
    assert (done.returncode, done.stderr[:6]) == (2, code)
    assert signatures(demo) == before


def test_a_dry_run_lists_what_waits(demo: Path) -> None:
    before = signatures(demo)
    done = licheng(demo, "certify", "--mine", "--key", key(demo), "--dry-run")
    assert done.returncode == 0
    assert done.stdout == licheng(demo, "queue", "--teacher", TEACHER).stdout
    assert signatures(demo) == before


def test_several_are_named_and_one_is_somebody_elses(demo: Path) -> None:
    """The foreign one is told by the exit code too; what is certified already is told and not signed again."""
    (own, *_), (foreign, *_) = queue(demo), queue(demo, OTHER)
    done = licheng(demo, "certify", foreign, own, own, "--key", key(demo))
    assert (done.returncode, done.stderr[:6]) == (1, "APP045")
    assert foreign in done.stderr
    assert own not in queue(demo)
    assert foreign in queue(demo, OTHER)
    before = signatures(demo)
    again = licheng(demo, "certify", own, "--key", key(demo))
    assert (again.returncode, again.stderr[:6]) == (0, "APP117")
    assert signatures(demo) == before
    alone = licheng(demo, "certify", foreign, own, "--key", key(demo))
    assert (alone.returncode, alone.stderr[:6]) == (2, "APP045")
    assert signatures(demo) == before
