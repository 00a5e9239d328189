"""`tests.forked`: what is forked answers as what is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import LICHENG, process
from tests.forked import forking, write_client


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with forking(tmp_path_factory.mktemp("f"), LICHENG_ACTOR="t999") as folder:
        yield folder


@pytest.fixture(scope="module")
def plain(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What asks the same where no compiler compiles."""
    folder = tmp_path_factory.mktemp("plain")
    write_client(folder, programs / "s", shutil.which("false"))
    assert (folder / "licheng").read_text().startswith("#!")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--today", "2026-11-23"),
        ("check", "--today", "no day"),
        ("check", "--help"),
        ("nothing",),
        ("hook", "shell", "SHA256:x", "--repo", "."),
    ],
)
def test_it_answers_as_a_process_that_is_started(
    programs: Path, plain: Path, small: Path, command: tuple[str, ...]
) -> None:
    started = process(small, *command)
    asking: list[list[str | Path]] = [[folder / "licheng"] for folder in (programs, plain)]
    asking += [[folder / "python", "-m", "licheng"] for folder in (programs, plain)]
    for called in asking:
        forked = subprocess.run([*called, *command], cwd=small, capture_output=True, text=True, check=False)
        told = (forked.returncode, forked.stdout, forked.stderr)
        assert told == (started.returncode, started.stdout, started.stderr)


@pytest.mark.parametrize(("actor", "code"), [({}, "APP097"), ({"LICHENG_ACTOR": "t001"}, "APP002")])
def test_it_has_the_input_and_the_environment_of_who_starts_it(
    programs: Path, plain: Path, small: Path, actor: dict[str, str], code: str
) -> None:
    """A hook, whose push is read from its standard input and whose actor from the environment."""
    identity = ("-c", "user.name=t001", "-c", "user.email=t001@licheng.invalid", "-c", "init.defaultBranch=main")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "The school")):
        subprocess.run(["git", *identity, *words], cwd=small, check=True)
    for folder in (LICHENG.parent, programs, plain):
        done = subprocess.run(
            [folder / "licheng", "hook", "pre-receive"],
            cwd=small,
            input=f"{'1' * 40} {'2' * 40} refs/heads/main\n",
            env=os.environ | actor,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr[:6]) == (2, code), done.stderr


def test_python_is_python(programs: Path, plain: Path) -> None:
    for folder in (programs, plain):
        command = [str(folder / "python"), "-c", "import sys; print(sys.executable)"]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == sys.executable
