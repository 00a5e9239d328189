"""A group that is called alone answers with its help: the first thing that anybody types is `licheng`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from licheng.cli.main import main
from tests.command import licheng, process


@pytest.mark.parametrize(
    "group", ["", "accounts", "fleet", "hook", "identities", "keys", "platform", "site", "transfer"]
)
def test_a_group_alone_shows_its_help(tmp_path: Path, group: str) -> None:
    asked = licheng(tmp_path, *group.split(), "--help")
    alone = licheng(tmp_path, *group.split())
    assert (asked.returncode, asked.stderr) == (0, "")
    assert (alone.returncode, alone.stdout, alone.stderr) == (2, "", asked.stdout)


def test_the_groups_above_are_all() -> None:
    context = click.Context(main, info_name="licheng")
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    groups = {name for name, command in commands.items() if isinstance(command, click.Group)}
    assert groups == {"accounts", "fleet", "hook", "identities", "keys", "platform", "site", "transfer"}


def test_the_real_command_alone(tmp_path: Path) -> None:
    alone = process(tmp_path)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr.startswith("Usage: licheng [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.parametrize(
    "group", ["", "accounts", "fleet", "hook", "identities", "keys", "platform", "site", "transfer"]
)
def test_as_a_module_of_one_interpreter(tmp_path: Path, group: str) -> None:
    command = [sys.executable, "-m", "licheng", *group.split(), "--help"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    console = licheng(tmp_path, *group.split(), "--help").stdout
    assert shown.stdout.split()[4:] == console.split()[2:]  # but for the name, what it wraps and what it says are one
    assert shown.stdout.startswith(f"Usage: python -m licheng {group}".rstrip())
