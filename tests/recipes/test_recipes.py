"""The recipes of the handbook, performed in a copy of the repository: where they begin, every check is green."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trees import ROOT

LICHENG = ("-c", "from licheng.cli.main import run; run()")
RECIPES = ("-m", "tests.recipes")
# What the checks need of a checkout; built sites, caches and the environment stay behind.
_TOPS = ("content", "requirements", "schemas", "scripts", "site_theme", "tests", ".github", ".vscode")

# The modules that were not there before.
NEW = {
    "scripts/licheng/rules/text/wrong_slug.py",
    "scripts/licheng/app/head_count.py",
    "scripts/licheng/cli/head_count.py",
    "tests/app/test_head_count.py",
}

REFUSED = (
    ("rule", "QUO001", "anything", "--family", "text", "--kind", "club"),
    ("rule", "TXT901", "same-file", "--family", "text", "--kind", "club"),
    ("rule", "TXT901", "anything", "--family", "nowhere", "--kind", "club"),
    ("rule", "TXT901", "anything", "--family", "text", "--kind", "course-output"),
    ("kind", "club", "--path", "clubs/{slug}.yaml", "--row", "own-records"),
    ("kind", "vow", "--path", "vows/{slug}.yaml", "--row", "no-such-row"),
    ("command", "check"),
    ("command", "Check"),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which a rule, a kind and a command were begun."""
    folder = tmp_path_factory.mktemp("licheng")
    files = (path for path in ROOT.iterdir() if path.name in _TOPS or path.is_file())
    subprocess.run(["cp", "-a", *files, str(folder)], check=True)
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
        (*LICHENG, "docs", "--check"),
        (*LICHENG, "check"),
    ],
    ids=["ruff", "format", "docs", "check"],
)
def test_every_check_is_green(copy: Path, check: tuple[str, ...]) -> None:
    python(copy, *check)


@pytest.fixture(scope="module")
def modules(copy: Path) -> list[str]:
    """Those that the recipes wrote, or wrote into."""
    before = {os.path.relpath(path, ROOT): written for path, written in changed(ROOT).items()}
    after = {os.path.relpath(path, copy): written for path, written in changed(copy).items()}
    return sorted(path for path in after if path.endswith(".py") and after[path] != before.get(path))


def test_types_are_right(copy: Path, modules: list[str]) -> None:
    """Of what was written; nothing else can have another type, as the next test says."""
    told = python(copy, "-m", "mypy", "--cache-dir=/dev/null", "--follow-imports=silent", *modules)
    assert told == f"Success: no issues found in {len(modules)} source files\n"
    assert len(modules) == len({*modules, *NEW}) > len(NEW)


def test_other_modules_are_offered_what_they_were_offered(copy: Path, modules: list[str]) -> None:
    """A name's type is stated, and no statement is another: whoever is right about them stays right."""
    for path in {*modules} - NEW:
        assert _offered(copy / path) == _offered(ROOT / path), path


def _offered(module: Path) -> list[str]:
    """The statements of a module, without what it imports and without the values of names whose type is stated."""
    statements = ast.parse(module.read_text(encoding="utf-8")).body
    for statement in statements:
        if isinstance(statement, ast.AnnAssign):
            statement.value = None
    return [ast.dump(one) for one in statements if not isinstance(one, ast.ImportFrom)]


def test_their_tests_and_those_of_the_tables_are_green(copy: Path) -> None:
    """In one run of pytest; of the fixtures only those of the new rule."""
    tables = ("rules/test_registry", "sources/test_schemas", "site/test_reference", "app/test_head_count")
    files = [f"tests/{name}.py" for name in ("rules/test_fixtures", *tables)]
    chosen = ("-rp", "-k", "TXT900 or every_code or not test_fixtures")
    told = python(copy, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *files, "tests/core", *chosen)
    for passed in ("TXT900", "every_code", "tests/core/", *tables):
        assert re.search(f"^PASSED .*{passed}", told, re.MULTILINE), passed


def test_the_new_rule_is_told(copy: Path) -> None:
    expected = (copy / "tests/fixtures/TXT900/bad/slug/expected.txt").read_text(encoding="utf-8")
    assert "TXT900 改寫：事實與數值，例如 wrong。" in expected


def test_the_days_of_the_new_kind_are_judged(copy: Path) -> None:
    pledge = next((copy / "content/students").glob("*/*")) / "pledges/mine.yaml"
    pledge.parent.mkdir()
    pledge.write_text('kind: pledge/v1\non: "2027-09-11"\n', encoding="utf-8")
    assert "DAT002" in python(copy, *LICHENG, "check", pledge.relative_to(copy).as_posix(), code=1)
    shutil.rmtree(pledge.parent)


# In one process, as each would import the whole program anew; a recipe keeps nothing of the one before.
_EACH = """
from tests.recipes.__main__ import main
from tests.recipes.test_recipes import REFUSED, changed
from tests.trees import ROOT
before = changed(ROOT)
for arguments in REFUSED:
    try:
        main(arguments)
    except SystemExit as stop:
        print(*arguments, stop.code, changed(ROOT) == before)
"""


def test_what_cannot_be_begun_changes_nothing(copy: Path) -> None:
    told = python(copy, "-c", _EACH).splitlines()
    assert told[: len(REFUSED)] == [" ".join((*arguments, "2", "True")) for arguments in REFUSED], told


def changed(folder: Path) -> dict[str, int]:
    """When each file was last written."""
    places = (place for top in ("content", "schemas", "scripts", "tests") for place in os.walk(folder / top))
    files = (f"{place}/{name}" for place, _, names in places if "__pycache__" not in place for name in names)
    return {file: os.lstat(file).st_mtime_ns for file in files}
