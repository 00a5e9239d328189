"""The fixture folders are what `python -m tests.certified` writes, byte for byte."""

from __future__ import annotations

import re
from pathlib import Path

from licheng.app.codes import EVERY
from tests.certification.cases import CASES
from tests.certified import Certified, write
from tests.trees import FIXTURES, load

# CER019 to CER021 are of checks (檢核), which nobody signs; KEY006 is of commits.
FAMILIES = re.compile(r"(?:CER(?!019|02[01])|DLG|KEY(?!006)|TRU|WAI)[0-9]{3}")


def test_the_fixtures_are_what_is_written() -> None:
    for name, make in CASES.items():
        assert load(FIXTURES / name) == make().files, f"{name}: run python -m tests.certified"


def test_no_fixture_of_these_codes_is_made_elsewhere() -> None:
    folders = {path for path in FIXTURES.glob("*/*/*") if FAMILIES.fullmatch(path.parent.parent.name)}
    made = {name for name in CASES if FAMILIES.fullmatch(name.split("/")[0])}
    assert {path.relative_to(FIXTURES).as_posix() for path in folders} == made


def test_every_code_has_a_good_and_a_bad_case() -> None:
    wanted = {code.code for code in EVERY if FAMILIES.fullmatch(code.code)}
    for sort in ("good", "bad"):
        assert {name.split("/")[0] for name in CASES if name.split("/")[1] == sort} >= wanted


def test_writing_takes_what_is_old_away_and_keeps_the_expectation(tmp_path: Path) -> None:
    target = tmp_path / "CER001" / "bad" / "example"
    write(tmp_path, {"CER001/bad/example": Certified({"content/old.md": b"old"})})
    (target / "expected.txt").write_text("expected", encoding="utf-8")
    write(tmp_path, {"CER001/bad/example": Certified({"content/new.md": b"new"})})
    assert {path.name: path.read_bytes() for path in target.rglob("*.*")} == {
        "expected.txt": b"expected",
        "new.md": b"new",
    }


def test_the_same_calls_give_the_same_bytes() -> None:
    assert Certified.one_item().files == Certified.one_item().files
