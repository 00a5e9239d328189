"""`licheng check --jobs`: the same report from any number of processes, and what becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from select import select

import pytest

from licheng.app.demo import write_demo
from tests.benchmarks.check import make_school
from tests.command import LICHENG, licheng, process


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo school with planted faults, as a repository, in which somebody has left what Python could import."""
    folder = tmp_path_factory.mktemp("school")
    write_demo(folder, 30, 1, faults=True, attachments=False)
    for name in ("pickle", "yaml"):  # of Python's own, and of what the rules import
        (folder / f"{name}.py").write_text("raise SystemExit('a program of the school')\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("arguments", [(), ("--format", "json"), ("--commit", "HEAD"), ("content/students/113",)])
def test_the_report_is_the_same_from_any_number_of_processes(faulty: Path, arguments: tuple[str, ...]) -> None:
    alone = licheng(faulty, "check", *arguments, "--jobs", "1")
    three = process(faulty, "check", *arguments, "--jobs", "3")
    assert alone.returncode == 1
    assert len(alone.stdout) > 1000
    assert (three.returncode, three.stdout, three.stderr) == (alone.returncode, alone.stdout, alone.stderr)


def workers_of(process: int) -> list[int]:
    """The ids of the running processes that a check started for its work."""
    children = map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def wait_for_the_end_of(processes: list[int]) -> None:
    """Whoever they are children of by now."""
    for number in processes:
        with suppress(ProcessLookupError):
            ended = os.pidfd_open(number)
            assert select([ended], [], [], 30)[0], f"{number} runs"
            os.close(ended)


def until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school whose check takes long enough to be stopped in the middle, also where the machine is busy."""
    folder = tmp_path_factory.mktemp("large")
    make_school(folder, 150)
    return folder


@pytest.fixture
def check(large: Path) -> subprocess.Popen[bytes]:
    """A check that has just started two processes."""
    process = subprocess.Popen(
        [LICHENG, "check", "--jobs", "2"],
        cwd=large,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # as in a terminal, whoever runs the tests
    )
    until(lambda: len(workers_of(process.pid)) == 2)
    return process


def test_a_check_whose_process_is_killed_could_not_decide(check: subprocess.Popen[bytes]) -> None:
    first, second = workers_of(check.pid)
    os.kill(first, signal.SIGKILL)
    stdout, stderr = check.communicate()
    assert (check.returncode, stdout) == (3, b"")
    assert b"APP038" in stderr
    assert b"-9" in stderr
    wait_for_the_end_of([second])


@pytest.mark.parametrize(
    ("end", "send", "status"),
    [(signal.SIGINT, os.killpg, 130), (signal.SIGTERM, os.kill, -15), (signal.SIGKILL, os.kill, -9)],
)
def test_a_check_that_is_stopped_leaves_no_process(
    check: subprocess.Popen[bytes], end: signal.Signals, send: Callable[[int, int], None], status: int
) -> None:
    """Ctrl+C goes to all of them, as from a terminal; other signals to the first alone."""
    started = workers_of(check.pid)
    send(check.pid, end)
    stdout, stderr = check.communicate()
    assert (check.returncode, stdout) == (status, b"")
    assert end != signal.SIGINT or not stderr.strip()
    wait_for_the_end_of(started)
