"""`licheng init` with a wheel: a school that checks clean and builds, whose trust two people hold."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import licheng
from tests.founding import Run

NAME = "臺東縣立示例'高級\"中學: #1"  # no character of a name may break a file


def arguments(folder: Path, keys: tuple[Path, Path], engine: object, *more: str) -> list[str]:
    named = ["--name", NAME, "--name-en", "Example", "--code", "140000", "--engine", str(engine)]
    return ["init", str(folder), *named, "--coordinators", *(f"{key}.pub" for key in keys), *more]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory, from_wheel: Run, wheel: Path, keys: tuple[Path, Path]) -> Path:
    """A school that was founded, and whose site was built, from the wheel alone."""
    folder = tmp_path_factory.mktemp("founded")
    school = folder / "school"
    signing = ("--key", str(keys[0]), "--key", str(keys[1]))
    done = from_wheel(folder, *arguments(school, keys, wheel, *signing))
    assert done.returncode == 0, done.stderr
    built = from_wheel(school, "build", "--strict", module="mkdocs")
    assert built.returncode == 0, built.stderr
    return school


def test_a_school_of_its_own(from_wheel: Run, wheel: Path, founded: Path) -> None:
    """From the wheel alone: founded, clean, without drift, and its site builds with the engine's own look."""
    checked = from_wheel(founded, "check", "--format", "json")
    assert checked.returncode == 0, checked.stdout
    # What is left is what only people can do: fill the seats, meet, plan trainings.
    left = {finding["code"][:3] for finding in json.loads(checked.stdout)["findings"]}
    assert left <= {"MTG", "TRN"}
    assert from_wheel(founded, "docs", "--check").returncode == 0
    assert "lc-" in (founded / "site/assets/licheng.css").read_text(encoding="utf-8")
    assert "140000" not in (founded / "site/index.html").read_text(encoding="utf-8")
    _pinned_by_hash(founded, wheel)
    _a_workflow_of_a_real_school(founded)


def test_the_engines_pages_come_with_it_and_the_schools_own_wins(
    tmp_path: Path, installed: Path, founded: Path
) -> None:
    """Guides, start, FAQ, privacy, verify and operations: without a copy, overridable, updated by an upgrade."""
    school, engine = tmp_path / "school", tmp_path / "engine"
    assert not (founded / "content/handbook/guides").exists()
    operations = ("operations", "operations/first-week", "operations/school-year")
    for page in ("guides/teacher", *operations, "start", "faq", "privacy", "verify", "signing"):
        assert (founded / "site" / page / "index.html").is_file(), page
    assert not (founded / "site/developers").exists()
    assert (installed / "licheng/outputs/signing_page/static/index.html").is_file()

    shutil.copytree(founded, school)
    shutil.copytree(installed, engine)
    (school / "content/handbook/guides").mkdir()
    (school / "content/handbook/guides/student.md").write_text("# 本校學生指南\n", encoding="utf-8")
    guide = engine / "licheng/data/content/handbook/guides/teacher.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "\n新版引擎才有的一句。\n", encoding="utf-8")
    (guide.parent / "librarian.md").write_text("# 新的一頁\n", encoding="utf-8")
    site = _built(school, engine)
    assert "本校學生指南" in (site / "guides/student/index.html").read_text(encoding="utf-8")
    assert "新版引擎才有的一句" in (site / "guides/teacher/index.html").read_text(encoding="utf-8")
    assert (site / "guides/librarian/index.html").is_file()  # a page that the school's nav does not know


def _built(school: Path, engine: Path) -> Path:
    environment = os.environ | {"PYTHONPATH": str(engine), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    done = subprocess.run(command, cwd=school, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return school / "site"


def _pinned_by_hash(school: Path, wheel: Path) -> None:
    path, digest = (school / "requirements/engine.txt").read_text().split()
    assert (school / path).read_bytes() == wheel.read_bytes()
    assert digest == f"--hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    assert "--hash" in (school / "requirements/runtime.lock").read_text()


def _a_workflow_of_a_real_school(school: Path) -> None:
    gate = (school / ".github/workflows/gate.yml").read_text(encoding="utf-8")
    assert "licheng gate" in gate
    assert "--demo" not in gate
    makefile = (school / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{target}:" in makefile for target in ("install", "build", "check", "test"))


def test_both_coordinators_prove_their_keys_one_after_the_other(
    tmp_path: Path, wheel: Path, keys: tuple[Path, Path]
) -> None:
    """The two people need not meet: what the second has not signed counts for nothing until it is."""
    school = tmp_path / "school"
    done = licheng(tmp_path, *arguments(school, keys, wheel, "--key", str(keys[0])))
    assert (done.returncode, "keys add t002" in done.stdout, "keys add t001" in done.stdout) == (0, True, False)
    signers = school / "content/trust/allowed_signers"
    assert [line.split()[0] for line in signers.read_text().splitlines()] == ["t001"]
    assert licheng(school, "keys", "add", "t002", "--key", str(keys[1])).returncode == 0
    assert [line.split()[0] for line in signers.read_text().splitlines()] == ["t001", "t002"]
    assert licheng(school, "check").returncode == 0
    listed = licheng(school, "keys", "list").stdout.splitlines()
    assert [line.split()[-1] for line in listed] == ["ok", "ok"]


def test_a_git_address_is_pinned_by_its_commit(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    pin = f"git+https://forge.invalid/licheng@{'a' * 40}"
    assert licheng(tmp_path, *arguments(tmp_path / "school", keys, pin)).returncode == 0
    assert (tmp_path / "school/requirements/engine.txt").read_text() == f"licheng @ {pin}\n"


def test_a_dry_run_writes_nothing_and_says_the_same(tmp_path: Path, wheel: Path, keys: tuple[Path, Path]) -> None:
    command = arguments(tmp_path / "school", keys, wheel)
    dry = licheng(tmp_path, *command, "--dry-run")
    assert (dry.returncode, list(tmp_path.iterdir())) == (0, [])
    wet = licheng(tmp_path, *command)
    lines = [[line for line in done.stdout.splitlines() if line.startswith("+")] for done in (dry, wet)]
    assert lines[0] == lines[1] != []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("--code", "14"), "APP017"),
        (("--name", ""), "APP017"),
        (("--engine", "git+https://forge.invalid/licheng@main"), "APP071"),
        (("--engine", "licheng-0.1.0-py3-none-any.whl"), "APP071"),
        (("--coordinators", "SAME", "SAME"), "APP070"),
        (("--key", "STRANGER"), "APP034"),
    ],
    ids=["code", "name", "branch", "no file", "one person", "a stranger's key"],
)
def test_what_is_refused_leaves_nothing(
    tmp_path: Path, wheel: Path, keys: tuple[Path, Path], change: tuple[str, ...], code: str
) -> None:
    stranger = tmp_path / "stranger"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(stranger)]
    subprocess.run(command, check=True, capture_output=True)
    words = {"SAME": f"{keys[0]}.pub", "STRANGER": str(stranger)}
    given = [words.get(word, word) for word in change]
    done = licheng(tmp_path, *arguments(tmp_path / "school", keys, wheel), *given)
    assert (done.returncode, done.stderr[:6], (tmp_path / "school").exists()) == (2, code, False), done.stderr


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, wheel: Path, keys: tuple[Path, Path]) -> None:
    (tmp_path / "school").mkdir()
    (tmp_path / "school/mine").write_text("mine")
    done = licheng(tmp_path, *arguments(tmp_path / "school", keys, wheel))
    assert (done.returncode, done.stderr[:6]) == (2, "APP016")
    assert [path.name for path in (tmp_path / "school").iterdir()] == ["mine"]
