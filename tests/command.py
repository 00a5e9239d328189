"""The console command, as a person runs it: as a process of its own, or within this one, which costs far less."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from licheng.cli import main

LICHENG = Path(sys.executable).with_name("licheng")
_NOT_INHERITED = frozenset({"NO_COLOR", "CI"})


def process(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder; nothing is asserted."""
    settings = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    return subprocess.run(
        [str(LICHENG), *arguments], cwd=folder, capture_output=True, text=True, env=settings | environment, check=False
    )


def licheng(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same within this process, from its entry point to its exit code; nothing is asserted.

    What it answers is what `process` does (`tests/e2e/test_command.py`). Signals, pipes, terminals, standard input and
    several at once need `process`.
    """
    assert threading.current_thread() is threading.main_thread(), "a process has one current folder"
    command = [str(LICHENG), *arguments]
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, _environment(environment):
        patch.chdir(folder)
        patch.setattr(sys, "argv", command)
        patch.setattr(sys, "stdout", stdout)
        patch.setattr(sys, "stderr", stderr)
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # click names a program by it
        code = exit_code()
    return subprocess.CompletedProcess(command, code, _written(stdout), _written(stderr))


def forked(folder: Path, *arguments: str, **environment: str) -> Callable[[], subprocess.CompletedProcess[str]]:
    """The same as a process of its own, which need not import everything anew; begun at once, for several at once.

    Returns:
        what waits for its end and says what it answered.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        status, tempfile.tempdir = 1, None  # as the environment says
        try:
            done = licheng(folder, *arguments, **environment)
            with open(theirs, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor has no path
                json.dump([done.args, done.returncode, done.stdout, done.stderr], stream)
            status = 0
        finally:
            os._exit(status)
    os.close(theirs)

    def ended() -> subprocess.CompletedProcess[str]:
        with open(ours, encoding="utf-8") as stream:  # noqa: PTH123 - as above
            answer = stream.read()
        assert os.waitpid(child, 0)[1] == 0, "it broke off"
        return subprocess.CompletedProcess(*json.loads(answer))

    return ended


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    """As a child would have it; whatever the command does to it ends with the command."""
    before = dict(os.environ)
    try:
        for name in _NOT_INHERITED:
            os.environ.pop(name, None)
        os.environ.update(given)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def exit_code() -> int:
    """What a command of this process, with its own arguments, ends with."""
    try:
        main.run()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def _written(stream: io.TextIOWrapper) -> str:
    """What a stream holds, with the ends of lines that `subprocess` gives them."""
    stream.seek(0)
    return stream.read()


def findings(folder: Path, *arguments: str, notices: bool = False) -> list[tuple[str, str, int]]:
    """Code, path and line of the errors and warnings of `licheng check`, and of notices, which are states, if asked."""
    done = licheng(folder, "check", "--format", "json", *arguments)
    assert done.returncode in {0, 1}, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    kept = [found for found in report["findings"] if notices or found["severity"] != "notice"]
    return [(found["code"], found["path"], found["line"]) for found in kept]
