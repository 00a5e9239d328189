"""The recipes of the handbook, performed in a copy of the repository: where they begin, every check is green."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trees import ROOT

LICHENG = ("-c", "from licheng.cli.main import run; run()")
RECIPES = ("-m", "tests.recipes")
# What the checks need of a checkout; built sites, caches and the environment stay behind.
_TOPS = ("content", "requirements", "schemas", "scripts", "site_theme", "tests", ".github", ".vscode", ".mypy_cache")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which a rule, a kind and a command were begun."""
    folder = tmp_path_factory.mktemp("recipes") / "licheng"
    for top in _TOPS:
        if (ROOT / top).is_dir():
            shutil.copytree(ROOT / top, folder / top)
    for file in filter(Path.is_file, ROOT.iterdir()):
        shutil.copy2(file, folder / file.name)
    python(folder, *RECIPES, "rule", "TXT900", "wrong-slug", "--family", "text", "--kind", "club")
    path = "students/{cohort}/{student}/pledges/{slug}.yaml"
    python(folder, *RECIPES, "kind", "pledge", "--path", path, "--row", "own-records")
    python(folder, *RECIPES, "command", "head-count")
    return folder


def python(folder: Path, *arguments: str, code: int = 0) -> str:
    """What the copy's own code says, run by this interpreter."""
    paths = os.pathsep.join((str(folder / "scripts"), str(folder)))
    # A report or a choice of tests that somebody asked of this run of pytest is none of a run within it.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env=inherited | {"PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "check",
    [
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        (*LICHENG, "docs", "--check"),
        (*LICHENG, "check"),
    ],
    ids=["ruff", "format", "mypy", "docs", "check"],
)
def test_every_check_is_green(copy: Path, check: tuple[str, ...]) -> None:
    python(copy, *check)


@pytest.mark.parametrize(
    "chosen",
    [
        ("tests/rules/test_fixtures.py", "-k", "TXT900 or every_code"),
        ("tests/rules/test_registry.py", "tests/core", "tests/sources/test_schemas.py", "tests/site/test_reference.py"),
        ("tests/app/test_head_count.py",),
    ],
    ids=["rule", "tables", "command"],
)
def test_their_tests_and_those_of_the_tables_are_green(copy: Path, chosen: tuple[str, ...]) -> None:
    python(copy, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *chosen)


def test_the_new_rule_is_told(copy: Path) -> None:
    expected = (copy / "tests/fixtures/TXT900/bad/slug/expected.txt").read_text(encoding="utf-8")
    assert "TXT900 改寫：事實與數值，例如 wrong。" in expected


def test_the_days_of_the_new_kind_are_judged(copy: Path) -> None:
    pledge = next((copy / "content/students").glob("*/*")) / "pledges/mine.yaml"
    pledge.parent.mkdir()
    pledge.write_text('kind: pledge/v1\non: "2027-09-11"\n', encoding="utf-8")
    assert "DAT002" in python(copy, *LICHENG, "check", pledge.relative_to(copy).as_posix(), code=1)
    shutil.rmtree(pledge.parent)


@pytest.mark.parametrize(
    "arguments",
    [
        ("rule", "QUO001", "anything", "--family", "text", "--kind", "club"),
        ("rule", "TXT901", "same-file", "--family", "text", "--kind", "club"),
        ("rule", "TXT901", "anything", "--family", "nowhere", "--kind", "club"),
        ("rule", "TXT901", "anything", "--family", "text", "--kind", "course-output"),
        ("kind", "club", "--path", "clubs/{slug}.yaml", "--row", "own-records"),
        ("kind", "vow", "--path", "vows/{slug}.yaml", "--row", "no-such-row"),
        ("command", "check"),
        ("command", "Check"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_begun_changes_nothing(copy: Path, arguments: tuple[str, ...]) -> None:
    before = _changed(copy)
    python(copy, *RECIPES, *arguments, code=2)
    assert _changed(copy) == before


def _changed(folder: Path) -> dict[Path, int]:
    """When each file was last written."""
    files = (path for top in ("content", "schemas", "scripts", "tests") for path in (folder / top).rglob("*"))
    return {path: path.stat().st_mtime_ns for path in files if path.is_file() and path.suffix != ".pyc"}
