"""What a command does not need it does not import, and what the catalogs are asked for one by one is what they say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import click
import pytest
import yaml

from licheng.cli import reference
from licheng.cli.lazy import SUMMARIES, LazyGroup
from licheng.cli.main import main
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import FOLDER, catalog
from tests.trees import ROOT

# Slow to import, or of other commands.
LIBRARIES = {"PIL", "cryptography", "git", "icalendar", "jinja2", "jsonschema", "lxml", "mkdocs", "nh3", "pikepdf"}
OURS = {"licheng.rules", "licheng.demo", "licheng.site", "licheng.outputs.pages", "licheng.app.check"}
HELP = """
from licheng.cli.main import main
main.main(["--help"], standalone_mode=False)
"""
CHECK = """
from licheng.cli.main import main
main.main(["check", {student!r}], standalone_mode=False)
"""
# Modules of the package: half of what there was to import when every rule came along, with some room to grow.
MOST_OF_CHECK, MOST_OF_LOGIN = 225, 50
LOGIN = """
from pathlib import Path
import licheng.cli.main, licheng.cli.login
from licheng.app.server.login import shell
command, _ = shell(Path({root!r}), {fingerprint!r}, "git-upload-pack " + {root!r})
assert command == ["git-upload-pack", {root!r}], command
"""


def imported(code: str) -> set[str]:
    """The modules that a fresh interpreter has after some code, packages of other modules by their first name too."""
    told = "\nimport json, sys; print('\\n' + json.dumps(sorted(sys.modules)))"
    code = f"try:\n{indent(code, ' ')}\nexcept SystemExit as stop:\n assert not stop.code, stop.code\n{told}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    names: list[str] = json.loads(done.stdout.splitlines()[-1])
    return {*names, *(name.partition(".")[0] for name in names)}


def ours(modules: set[str]) -> list[str]:
    """Those of the package."""
    return [name for name in modules if name.split(".")[0] == "licheng"]


def test_help_imports_no_command_and_no_library() -> None:
    modules = imported(HELP)
    assert "licheng.cli.main" in modules
    assert not modules & (LIBRARIES | OURS | {"yaml", "jsonschema_rs", "multiprocessing", "licheng.sources"})
    commands = {f"licheng.cli.{path.stem}" for path in (ROOT / "scripts/licheng/cli").glob("*.py")}
    assert modules & commands == {"licheng.cli.main", "licheng.cli.lazy"}


def test_a_login_imports_neither_rules_nor_what_signatures_and_pages_need(tmp_path: Path) -> None:
    work, root = tmp_path / "work", str(tmp_path / "school.git")
    shutil.copytree(ROOT / "content/school", work / "content/school")
    git = ["git", "-c", "user.name=t006", "-c", "user.email=t006@licheng.invalid", "-C", str(work)]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "The school"]):
        subprocess.run([*git, *command], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(work), root], check=True)
    accounts = (work / "content/school/accounts.yaml").read_text(encoding="utf-8")
    [fingerprint, *_] = re.findall(r"ssh:(SHA256:\S+)", accounts)
    modules = imported(LOGIN.format(root=root, fingerprint=fingerprint))
    assert "licheng.sources.reading" in modules
    refused = {
        "multiprocessing",
        "licheng.app.loading",
        "licheng.app.server.gate",
        "licheng.signing",
        "licheng.storage",
    }
    assert not modules & (LIBRARIES | OURS | refused)
    assert len(ours(modules)) <= MOST_OF_LOGIN


def test_the_hooks_that_judge_nothing_do_not_import_what_judges() -> None:
    modules = imported("import licheng.cli.push")
    assert "licheng.app.server.push" in modules
    assert not modules & (LIBRARIES - {"cryptography"} | OURS | {"licheng.app.loading", "licheng.app.server.gate"})


def test_a_check_of_one_student_imports_what_judges_students() -> None:
    checked = CHECK.format(student="content/students/113/s1130001")
    imported(checked)  # looks into the attachments, where nobody has yet
    modules = imported(checked)
    refused = {
        *("multiprocessing", "jsonschema", "PIL", "pikepdf", "mkdocs", "csv", "_strptime", "html.parser"),
        *("licheng.rules.gate", "licheng.rules.training", "licheng.rules.working_group", "licheng.rules.evaluation"),
        *("licheng.core.change", "licheng.core.verdict", "licheng.core.diagnosis", "licheng.policy.duties"),
        *("licheng.sources.handbook", "licheng.sources.confined", "licheng.app.server", "licheng.storage"),
    }
    assert {"licheng.rules.quotas", "licheng.rules.rulebook", "licheng.signing.sshsig"} <= modules
    assert not modules & refused
    assert len(ours(modules)) <= MOST_OF_CHECK


def whole_names(group: click.Group, above: str = "") -> dict[str, click.Group]:
    """Every lazy group below, by what is typed for it."""
    names = {above.strip(): group}
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, LazyGroup):
            names |= whole_names(command, f"{above} {name}")
    return names


@pytest.mark.parametrize("name", whole_names(main))
@pytest.mark.parametrize("width", [40, 80, 110])
def test_the_listing_is_what_click_makes_of_the_commands_themselves(name: str, width: int) -> None:
    group = whole_names(main)[name]
    root = click.Context(main, info_name="licheng")
    context = click.Context(group, parent=root, info_name=name) if name else root
    light, heavy = click.HelpFormatter(width=width), click.HelpFormatter(width=width)
    group.format_commands(context, light)
    click.Group.format_commands(group, context, heavy)
    assert light.getvalue() == heavy.getvalue()
    assert len(light.getvalue().splitlines()) > len(group.list_commands(context)) > 0


def test_the_summaries_are_written_anew() -> None:
    assert SUMMARIES.read_text(encoding="utf-8") == reference.summaries(main)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_taken_apart_is_the_catalog(language: str) -> None:
    data = plain(catalog(language).data)
    codes = {code: entry for path in (FOLDER / language / "codes").iterdir() for code, entry in whole(path).items()}
    assert data.pop("codes") == codes
    assert data == {path.stem: whole(path) for path in (FOLDER / language).glob("*.yaml")}
    assert len(codes) > 100


def whole(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_stands_in_the_file_of_its_family(language: str) -> None:
    for path in (FOLDER / language / "codes").iterdir():
        assert {code[:3] for code in whole(path)} == {path.stem}
    assert "../APP001" not in catalog(language).data["codes"]


def plain(value: Any) -> Any:
    return {key: plain(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value
