"""A page of the handbook, performed as it is written: every shell block, by whom and on the day that the page says.

People have homes of their own and a server that they reach by their login keys. The day is that of the machine: each
program that a block starts reads a clock that is ahead by as much as the page's day is, so nothing in a block is
changed for the test but the server's folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from tempfile import TemporaryDirectory

from licheng.core.dates import TAIPEI
from tests.command import LICHENG
from tests.forked import forking
from tests.gate.server import call_programs, wait_for_what_landed

_PARTS = re.compile(
    r"^## [^\n]*\{ #(?P<anchor>[\w-]+) \}$"
    r"|^[^\n]*（`(?P<who>t\d{3})`），(?P<day>\d{4}-\d\d-\d\d)：$"
    r"|^```sh\n(?P<text>.*?)^```$(?:\n\n```text\n(?P<shown>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
# What Python reads at its start; what is forked has a moment of its own. Children that are given no environment ask no
# clock either.
_CLOCK = """
import datetime, os
_real = datetime.datetime

class _Any(type):
    def __instancecheck__(cls, value):
        return isinstance(value, _real)

class _Ahead(_real, metaclass=_Any):
    @classmethod
    def now(cls, tz=None):
        return _real.now(tz) + datetime.timedelta(seconds=int(os.environ["CLOCK_AHEAD"]))

datetime.datetime = _Ahead
"""
_DATE = '#!/bin/sh\nexec /bin/date -d "@$(($(/bin/date +%s) + CLOCK_AHEAD))" "$@"\n'


@dataclass(frozen=True)
class Block:
    """A shell block of a page.

    Attributes:
        anchor: of its section.
        who: who performs it, as the line before it says.
        day: when, Asia/Taipei.
        text: what is given to the shell.
        shown: lines that the page says are seen then; `…` stands for whatever differs from time to time.
    """

    anchor: str
    who: str
    day: date
    text: str
    shown: tuple[str, ...]


def blocks(page: Path) -> Iterator[Block]:
    """The shell blocks of a page in order; who and when hold until the page says otherwise."""
    anchor, who, day = "", "", date.min
    for match in _PARTS.finditer(page.read_text(encoding="utf-8")):
        anchor = match["anchor"] or anchor
        if match["who"]:
            who, day = match["who"], date.fromisoformat(match["day"])
        if match["text"]:
            shown = tuple(line for line in (match["shown"] or "").splitlines() if line.strip())
            yield Block(anchor, who, day, match["text"], shown)


def missing_of(block: Block, output: str) -> list[str]:
    """The lines that the page shows and nobody sees; how wide a table's columns are does not matter."""
    seen = re.sub(" +", " ", output)
    parts = {line: re.split(" *… *", re.sub(" +", " ", line.strip())) for line in block.shown}
    return [line for line, texts in parts.items() if re.search(".*".join(map(re.escape, texts)), seen) is None]


@dataclass
class Place:
    """Homes of people, and a server.

    Attributes:
        root: where everything lies.
        programs: the folder of the `licheng` that people start.
    """

    root: Path
    programs: Path = LICHENG.parent

    def __post_init__(self) -> None:
        tools = self.root / "clock"
        tools.mkdir(exist_ok=True)
        (tools / "sitecustomize.py").write_text(textwrap.dedent(_CLOCK))
        (tools / "date").write_text(_DATE)
        (tools / "date").chmod(0o755)

    @property
    def repository(self) -> Path:
        """What the server holds."""
        return self.root / "srv/school.git"

    def build(self, site: str) -> str:
        """Where the server builds its site from now on, nowhere if empty, as a build takes seconds; where it did."""
        setting = ["git", "-C", str(self.repository), "config", "licheng.site"]
        before = subprocess.run(setting, check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run([*setting, site], check=True)
        return before

    @contextmanager
    def forking(self) -> Iterator[None]:
        """Within, each `licheng` that people start is forked (`tests.forked`), and has read what the server holds."""
        known = [self.repository] if self.repository.exists() else []
        clock = self._clock(datetime.now(TAIPEI))
        with TemporaryDirectory() as folder, forking(Path(folder), *known, **clock) as programs:
            self.programs = programs
            yield

    def fork_hooks(self, before: Path = LICHENG.parent) -> None:
        """From now on those that the server's hooks start are forked too, instead of the programs of a folder."""
        call_programs(self.repository, before, self.programs)

    def landed(self) -> dict[str, int]:
        """What was found wrong on main after each push, by commit, once the last push has been looked at.

        Nothing of its own where the next push came before it could be looked at: main is seen with that one.
        """
        log, command = self.repository / "licheng/landing.log", ["git", "rev-parse", "main"]
        main = subprocess.run(command, cwd=self.repository, check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(10):  # a busy machine takes minutes to build a site
            wait_for_what_landed(self.repository)
            if main in log.read_text():
                break
        told = (line.split() for line in log.read_text().splitlines())
        return {commit: 0 if errors == "-" else int(errors) for commit, errors, *_ in told}

    def home(self, who: str) -> Path:
        """Where somebody works; a key in `~/.ssh`, as `ssh-keygen` leaves it."""
        home = self.root / who
        if not home.exists():
            (home / ".ssh").mkdir(parents=True)
            key = home / ".ssh/id_ed25519"
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
        return home

    def run(self, block: Block) -> str:
        """What a block prints, errors too; it succeeds, and shows what the page says."""
        done = subprocess.run(
            ["sh", "-e"],
            input=block.text.replace("/srv/licheng", str(self.root / "srv")),
            cwd=self.home(block.who),
            env=self._environment(block),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        told = f"{block.anchor}, {block.who}: {block.text}\n{done.stdout}"
        assert done.returncode == 0, told
        assert missing_of(block, done.stdout) == [], told
        assert "licheng check\n" not in block.text or "0 個錯誤" in done.stdout, told
        return done.stdout

    def _environment(self, block: Block) -> dict[str, str]:
        """Somebody's own on the block's day at ten in the morning: what sshd would run for the key is run here."""
        home = self.home(block.who)
        ssh = home / ".ssh/ssh"
        if not ssh.exists():
            key = home / ".ssh/id_ed25519.pub"
            listed = subprocess.run(["ssh-keygen", "-lf", key], check=True, capture_output=True, text=True)
            ssh.write_text(
                '#!/bin/sh\nwhile [ "$#" -gt 1 ]; do shift; done\n'
                f'SSH_ORIGINAL_COMMAND="$1" exec licheng hook shell {listed.stdout.split()[1]}'
                f" --repo {self.repository}\n"
            )
            ssh.chmod(0o755)
        own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        tools = (str(self.root / "clock"), str(self.programs), str(LICHENG.parent))
        path = os.pathsep.join((*tools, os.environ["PATH"]))
        morning = datetime.combine(block.day, time_of_day(10), TAIPEI)
        # `make` fixes the moment of its builds, which is none of this school's.
        outside = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
        return outside | own | self._clock(morning) | {"GIT_SSH": str(ssh), "GIT_SSH_VARIANT": "simple", "PATH": path}

    def _clock(self, begin: datetime) -> dict[str, str]:
        """What programs read: Python and `date` a clock that goes, git the moment at which a block begins."""
        moment = int(begin.timestamp())
        stamp = f"{moment} +0800"
        ahead = str(moment - int(time.time()))
        paths = os.pathsep.join(filter(None, (str(self.root / "clock"), os.environ.get("PYTHONPATH"))))
        return {
            "CLOCK_AHEAD": ahead,
            "PYTHONPATH": paths,
            "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_DATE": stamp,
        }
