"""Whatever reads history survives commits of impossible times that are already in it."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from licheng.app.site.editions import last_changes
from licheng.app.site.view import drop_impossible_epoch
from licheng.cli.main import main
from licheng.core.moments import known_moment, nearest_moment
from licheng.sources.git import Objects
from licheng.sources.history import commit_before, history, last_commit
from licheng.sources.past import past
from licheng.sources.span import Span
from tests.clock.test_public import ZONE, commit, git
from tests.trees import base

PAGE = "content/handbook/later.md"
SOUND = datetime(2026, 10, 1, 8, tzinfo=ZONE)
WHO = "t901 <t901@licheng.invalid>"
ODD = {
    "beyond all years": f"author {WHO} 9223372036854775807 +0000\ncommitter {WHO} 9223372036854775807 +0000",
    "the year 292277026596": f"author {WHO} 1 +0000\ncommitter {WHO} 9223372036854775000 +0000",
    "more than 64 bits": f"author {WHO} 1 +0000\ncommitter {WHO} 99999999999999999999 +0000",
    "the year 10000": f"author {WHO} 253402300800 +0000\ncommitter {WHO} 253402300800 +0000",
    "the last second of Python": f"author {WHO} 253402300799 +1400\ncommitter {WHO} 253402300799 +1400",
    "before 1970": f"author {WHO} -62135596801 +0000\ncommitter {WHO} -62135596801 +0000",
    "zone of nowhere": f"author {WHO} 1790812800 +9999\ncommitter {WHO} 1790812800 +9999",
    "zone of many digits": f"author {WHO} 1790812800 +99999999\ncommitter {WHO} 1790812800 -99999999",
    "no date": f"author {WHO}\ncommitter {WHO}",
    "no address": "author t901\ncommitter t901",
    "letters": f"author {WHO} abc +0800\ncommitter {WHO} abc +0800",
    "a date with a point": f"author {WHO} 1.5 +0800\ncommitter {WHO} 1e9 +0800",
    "nobody": "author  <> 9223372036854775807 +0000\ncommitter  <> 9223372036854775807 +0000",
}


def forged(folder: Path, lines: str) -> str:
    """A commit on top of a sound one that changes a page, with these lines in its head; main stands at it."""
    git(folder, "init", "-q", "-b", "main")
    commit(folder, base().files, datetime(2026, 9, 1, 8, tzinfo=ZONE))
    commit(folder, {PAGE: b"# A\n"}, SOUND)
    (folder / PAGE).write_bytes(b"# B\n")
    git(folder, "add", "-A")
    parent = _out(folder, "rev-parse", "HEAD")
    raw = f"tree {_out(folder, 'write-tree')}\nparent {parent}\n{lines}\n\nx\n"
    sha = _out(folder, "hash-object", "-w", "-t", "commit", "--literally", "--stdin", given=raw)
    git(folder, "update-ref", "refs/heads/main", sha)
    return sha


def _out(folder: Path, *arguments: str, given: str = "") -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize("lines", ODD.values(), ids=ODD)
def test_every_reader_of_history_goes_on(tmp_path: Path, lines: str) -> None:
    head = forged(tmp_path, lines)
    assert last_changes(tmp_path)[PAGE] in {date(2026, 10, 1), date(1970, 1, 1)}
    assert history(tmp_path, date(2026, 11, 23)).days[PAGE] in {date(2026, 10, 1), date(1970, 1, 1)}
    stamp = last_commit(tmp_path)
    assert stamp is not None
    assert stamp.year < 2200
    assert commit_before(tmp_path, date(2026, 11, 23)) is not None
    deeds = list(past(tmp_path, head, ["content"]))
    assert len(deeds) == 3
    assert all(1970 <= deed.made.year <= 2199 for deed in deeds)
    with Objects(tmp_path) as objects:
        [read] = Span(objects, _out(tmp_path, "rev-parse", "HEAD~1"), head).commits(9, 9)
    assert read.sha == head


@pytest.mark.parametrize("lines", [ODD["beyond all years"], ODD["before 1970"], ODD["no date"]])
def test_status_and_audit_of_such_a_school_are_told(
    tmp_path: Path, lines: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged(tmp_path, lines)
    monkeypatch.chdir(tmp_path)
    for command in (["status"], ["audit", PAGE]):
        result = CliRunner().invoke(main, command)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "APP099" not in result.output


def test_a_build_that_is_told_an_impossible_time_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    for told in ("9223372036854775807", "-5", "abc", "253402300800"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
        assert drop_impossible_epoch() == told
        assert "SOURCE_DATE_EPOCH" not in os.environ
    for told in ("0", "1795392000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
        assert drop_impossible_epoch() is None
        assert os.environ["SOURCE_DATE_EPOCH"] == told


def test_moments() -> None:
    assert known_moment("1790812800") == datetime(2026, 10, 1, tzinfo=UTC)
    for seconds in ("", "x", "-1", "0", "9223372036854775807", "9" * 400, "１７９０８１２８００"):
        assert known_moment(seconds) is None
    assert nearest_moment("9" * 400).year == 2199
    assert nearest_moment("-9").year == 1970
