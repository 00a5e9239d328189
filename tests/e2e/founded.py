"""A school founded by the handbook's page on the first week, performed once for the tests that go on from there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.handbook_page import Block, Place, blocks
from tests.gate.server import wait_for_what_landed
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/operations/first-week.md"
DEAN, REGISTRAR, IT, INTAKE = "t001", "t002", "t006", "t900"
STAFF = """t003 principal - -
t004 student-affairs-dean student-affairs -
t005 curriculum-head curriculum -
t006 it-head it -
t007 discipline-head discipline -
t008 student-activities-head student-activities -
t009 guidance-head guidance -
t010 head-tutor - -
t011 class-tutor - 10a
t012 class-tutor - 11a
t013 class-tutor - 12a
t014 course-teacher academic-affairs -
t015 course-teacher academic-affairs -
t016 course-teacher academic-affairs -
t017 course-counsellor academic-affairs -
"""
PEOPLE = [line.split()[0] for line in STAFF.splitlines()]
COHORTS = ((113, 12), (114, 11), (115, 10))
EACH = 30


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Iterator[Place]:
    """The first week, from nothing to 90 students, through the real gate, with an error nowhere.

    By the program as it is installed until the first of fifteen has proved a key, and the hooks of the first push too;
    the rest is forked (`tests.forked`), and so is whatever goes on from there.
    """
    place = Place(tmp_path_factory.mktemp("founded"))
    _prepare(place, wheel)
    with ExitStack() as forked:
        for block in blocks(PAGE):
            _hand_over(place, block)
            if block.anchor == "keys":
                first, *others = (replace(block, who=who, text=block.text.replace("t003", who)) for who in PEOPLE)
                _prove(place, first)
                forked.enter_context(place.forking())
                for other in others:
                    _prove(place, other)
                continue
            place.run(block)
            if block.anchor == "witness":
                place.fork_hooks()
        before = place.programs
        forked.enter_context(place.forking())  # by what has read the ninety students and fifteen keys
        place.fork_hooks(before)
        yield place


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
    for who in (*PEOPLE, INTAKE):
        key = place.home(who) / ".ssh/id_ed25519.pub"
        (registrar / f"公鑰/{who}.pub").write_bytes(key.read_bytes())
    (registrar / "教職員.txt").write_text(STAFF, encoding="utf-8")
    lines = (f"s{year}9{n:03} {level} {level}a\n" for year, level in COHORTS for n in range(1, EACH + 1))
    (registrar / "學生.txt").write_text("".join(lines), encoding="utf-8")


def _prove(place: Place, block: Block) -> None:
    """A member of staff proves the own key, and hands the record over to the registrar."""
    place.run(block)
    shutil.copy(place.home(block.who) / f"{block.who}.yaml", place.home(REGISTRAR) / "交來的金鑰")


def _hand_over(place: Place, block: Block) -> None:
    """What goes from one person to another beside the server, as the page says."""
    if "clone -q --bare" in block.text:
        (place.root / "srv").mkdir()
        (place.root / "srv/school").symlink_to(place.home(REGISTRAR) / "school")
    site = str(place.root / "srv/site")
    if block.anchor == "witness":  # the first push; the site is built after the last
        assert place.build("") == site
    if block.anchor == "courses":
        wait_for_what_landed(place.repository)  # which would build it too
        place.build(site)
    if block.anchor == "second":
        for name in ("關卡說的.txt", "學生的帳號.bundle"):
            shutil.copy(place.home(IT) / name, place.home(DEAN))
    if block.anchor == "look":  # of the same school, which the server has built by then: a page is rendered once
        assert place.landed()
        kept = place.home(REGISTRAR) / "school/.git/licheng"
        for edition in (place.repository / "licheng").glob("site-*.sqlite"):
            shutil.copy(edition, kept)
