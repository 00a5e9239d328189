"""The handbook's page on a school's first week, performed as it is written: every shell block, by whoever it names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from licheng.core.dates import TAIPEI
from licheng.core.term import Term
from tests.command import LICHENG
from tests.gate.server import wait_for_what_landed
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/operations/first-week.md"
DEAN, REGISTRAR, CURRICULUM, IT, INTAKE = "t001", "t002", "t005", "t006", "t900"
# Who acts in each section of the page, by its anchor; in `keys` each of the others does.
ACTORS = {"found": REGISTRAR, "server": REGISTRAR, "witness": REGISTRAR, "meeting": DEAN, "intake": REGISTRAR}
ACTORS |= {"accounts": IT, "second": DEAN, "again": IT, "courses": CURRICULUM, "look": REGISTRAR}
STAFF = """t003 principal - -
t004 student-affairs-dean student-affairs -
t005 curriculum-head curriculum -
t006 it-head it -
t007 discipline-head discipline -
t008 student-activities-head student-activities -
t009 guidance-head guidance -
t010 head-tutor - -
t011 class-tutor - 10a
t012 class-tutor - 10b
t013 class-tutor - 10c
t014 course-teacher academic-affairs -
t015 course-teacher academic-affairs -
t016 course-teacher academic-affairs -
t017 course-teacher academic-affairs -
"""


def blocks() -> Iterator[tuple[str, str]]:
    """The page's shell blocks in order, each with the anchor of its section."""
    anchor = ""
    for match in re.finditer(r"^## [^\n]*\{ #([\w-]+) \}$|^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S):
        anchor = match[1] or anchor
        if match[2]:
            yield anchor, match[2]


@dataclass
class Place:
    """People with homes of their own, and a server that they reach by their login keys."""

    root: Path
    now: datetime

    def home(self, who: str) -> Path:
        """Where somebody works; a key in `~/.ssh`, as `ssh-keygen` leaves it."""
        home = self.root / who
        if not home.exists():
            (home / ".ssh").mkdir(parents=True)
            key = home / ".ssh/id_ed25519"
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
        return home

    def run(self, who: str, block: str) -> str:
        """A block as the page has it, on today's dates and on this machine's server."""
        done = subprocess.run(
            ["sh", "-e"],
            input=self._dated(block).replace("/srv/licheng", str(self.root / "srv")),
            cwd=self.home(who),
            env=self._environment(who),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{who}: {block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _environment(self, who: str) -> dict[str, str]:
        """What sshd would run for somebody's key is run here."""
        home = self.home(who)
        ssh = home / ".ssh/ssh"
        if not ssh.exists():
            key = home / ".ssh/id_ed25519.pub"
            listed = subprocess.run(["ssh-keygen", "-lf", key], check=True, capture_output=True, text=True)
            ssh.write_text(
                '#!/bin/sh\nwhile [ "$#" -gt 1 ]; do shift; done\n'
                f'SSH_ORIGINAL_COMMAND="$1" exec {LICHENG} hook shell {listed.stdout.split()[1]}'
                f" --repo {self.root / 'srv/school.git'}\n"
            )
            ssh.chmod(0o755)
        own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        path = f"{LICHENG.parent}{os.pathsep}{os.environ['PATH']}"
        return os.environ | own | {"GIT_SSH": str(ssh), "GIT_SSH_VARIANT": "simple", "PATH": path}

    def _dated(self, block: str) -> str:
        """The page's example is of 115-1; what it does today is of today's term."""
        today = self.now.astimezone(TAIPEI).date()
        term = Term.on(today)
        closing = term.last_day - timedelta(days=11)
        days = {
            "2026-08-24": today,
            "2026-08-01": term.first_day,
            "2027-02-03": closing + timedelta(days=14),
            "2027-02-10": closing + timedelta(days=21),
        }
        for written, day in days.items():
            block = block.replace(written, day.isoformat())
        return block.replace("115-1", str(term)).replace("students/115/", f"students/{term.year}/")


def test_the_first_week_as_the_page_says(tmp_path: Path, wheel: Path) -> None:
    """From nothing to 90 students, through the real gate, with an error nowhere and a site at the end."""
    place = Place(tmp_path, datetime.now(UTC))
    _prepare(place, wheel)
    for anchor, block in blocks():
        if anchor == "keys":
            _prove(place, block)
            continue
        _hand_over(place, anchor, block)
        output = place.run(ACTORS[anchor], block)
        assert "licheng check" not in block or "0 個錯誤" in output
        if "git push" in block:
            wait_for_what_landed(tmp_path / "srv/school.git")
    school = place.home(REGISTRAR) / "school"
    assert len([*school.glob("content/students/*/*/student.yaml")]) == 90
    assert len([*school.glob("content/students/*/*/terms/*/courses.yaml")]) == 90
    signers = (school / "content/trust/allowed_signers").read_text()
    assert {line.split()[0] for line in signers.splitlines()} == {DEAN, REGISTRAR, *_people()}
    assert (school / "site/index.html").is_file()
    assert (tmp_path / "srv/site/index.html").is_file()
    assert (tmp_path / "srv/school.git/licheng/landing.log").read_text().splitlines()[-1].endswith(" 0")


def _prove(place: Place, block: str) -> None:
    """Each member of staff proves the own key, and hands the record over to the registrar."""
    for who in _people():
        place.run(who, block.replace("t003", who))
        handed_over = place.home(who) / f"school/content/trust/keys/{who}.yaml"
        (place.home(REGISTRAR) / f"交來的金鑰/{who}.yaml").write_bytes(handed_over.read_bytes())


def _hand_over(place: Place, anchor: str, block: str) -> None:
    """What goes from one person to another beside the server, as the page says."""
    if "clone -q --bare" in block:
        (place.root / "srv").mkdir()
        (place.root / "srv/school").symlink_to(place.home(REGISTRAR) / "school")
    if anchor in {"accounts", "courses"}:
        shutil.rmtree(place.home(ACTORS[anchor]) / "school")  # what this person had cloned to prove the key
    if anchor == "second":
        for name in ("關卡說的.txt", "新生的帳號.bundle"):
            shutil.copy(place.home(IT) / name, place.home(DEAN) / name)


def _people() -> list[str]:
    return [line.split()[0] for line in STAFF.splitlines()]


def _prepare(place: Place, wheel: Path) -> None:
    """What the page's first section asks for, and the dean's key on the registrar's computer."""
    registrar = place.home(REGISTRAR)
    for suffix in ("", ".pub"):
        key = place.home(DEAN) / f".ssh/id_ed25519{suffix}"
        copy = registrar / f".ssh/dean{suffix}"
        copy.write_bytes(key.read_bytes())
        copy.chmod(0o600)
    for folder in ("公鑰", "dist", "交來的金鑰"):
        (registrar / folder).mkdir()
    (registrar / "dist" / wheel.name).write_bytes(wheel.read_bytes())
    for who in (*_people(), INTAKE):
        key = place.home(who) / ".ssh/id_ed25519.pub"
        (registrar / f"公鑰/{who}.pub").write_bytes(key.read_bytes())
    (registrar / "教職員.txt").write_text(STAFF, encoding="utf-8")
    year = Term.on(place.now.astimezone(TAIPEI).date()).year
    lines = (f"s{year}{number:04} 10{'abc'[number % 3]}\n" for number in range(1, 91))
    (registrar / "新生.txt").write_text("".join(lines), encoding="utf-8")


def test_the_page_is_used_whole() -> None:
    """Every section with commands has somebody who performs it, and none is left out."""
    assert {anchor for anchor, _ in blocks()} == {*ACTORS, "keys"}
    assert "```shell" not in PAGE.read_text("utf-8")
