"""Begin a rule, a kind of record or a command where every check is green: `python -m tests.recipes rule …`.

What is written says what to replace (改寫, "Rewrite"). The handbook's recipes (`content/handbook/developers/`) go on
from here; `tests/recipes/test_recipes.py` performs all three in a copy of the repository.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import click

from licheng.cli.main import COMMANDS
from licheng.core.layout import BY_NAME, Form, samples
from licheng.rules.registry import ALL
from licheng.sources import schemas
from licheng.sources.emit import emit
from tests.trees import ROOT

TEMPLATES = Path(__file__).parent / "templates"
PACKAGE = ROOT / "scripts" / "licheng"
CATALOGS = {language: PACKAGE / "messages" / language for language in ("zh-TW", "en")}
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass
class Draft:
    """Files as they will be: nothing is written before everything has found its place."""

    words: dict[str, str]
    files: dict[Path, str] = field(default_factory=dict)

    def new(self, path: Path, template: str) -> None:
        """A file of a template, where none is."""
        if path.exists():
            raise click.UsageError(f"{path.relative_to(ROOT)} is there already")
        self.files[path] = self.filled(template)

    def filled(self, template: str) -> str:
        """A template with the words in it."""
        return Template((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(self.words)

    def edit(self, path: Path, pattern: str, replacement: Callable[[str], str]) -> None:
        """Replace the first place that matches."""
        text = self.text(path)
        place = re.compile(pattern, re.MULTILINE).search(text)
        if place is None:
            raise click.UsageError(f"{path.relative_to(ROOT)} has no place for it: {pattern}")
        self.files[path] = text[: place.start()] + replacement(place[0]) + text[place.end() :]

    def sort_in(self, path: Path, key: str, end: str, name: str, text: str) -> None:
        """Put a text in front of the first key that comes after a name, or of the line that ends the list."""
        keys = re.findall(key, self.text(path), re.MULTILINE)
        later = next((other for other in keys if other > name), None)
        place = key.replace(key[key.index("(") : key.index(")") + 1], re.escape(later)) if later else end
        self.edit(path, place, lambda line: text + line)

    def text(self, path: Path) -> str:
        """As it will be so far."""
        return self.files.get(path) or (path.read_text(encoding="utf-8") if path.exists() else "")

    def write(self) -> None:
        """All of it; then imports in order, code formatted, and what follows from the code."""
        for path, text in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            click.echo(path.relative_to(ROOT))
        _called("-m", "ruff", "check", "--quiet", "--select", "I", "--fix", "scripts", "tests")
        _called("-m", "ruff", "format", "--quiet", "scripts", "tests")
        _called("-c", "from licheng.cli.main import run; run()", "docs")


def _called(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True)


@click.group()
def main() -> None:
    """Write the first state of a rule, a kind or a command into this repository."""


@main.command()
@click.argument("code")
@click.argument("name")
@click.option("--family", required=True, help="the folder below scripts/licheng/rules/")
@click.option("--kind", required=True, help="a kind in YAML with a slug, which the rule judges at first")
def rule(code: str, name: str, family: str, kind: str) -> None:
    """A rule of records, its words, a good and a bad fixture."""
    if not re.fullmatch(r"[A-Z]{3}[0-9]{3}", code) or any(code == this.code or name == this.name for this in ALL):
        raise click.UsageError(f"{code} {name} is no new code and name: codes once published stay for ever")
    if kind not in BY_NAME or BY_NAME[kind].form is not Form.YAML or "slug" not in BY_NAME[kind].parameters:
        raise click.UsageError(f"{kind} is no kind in YAML with a slug")
    if not _NAME.fullmatch(name) or not (PACKAGE / "rules" / family).is_dir():
        raise click.UsageError(f"{name} is no name in lower case, or {family} is no family")
    function = name.replace("-", "_")
    draft = Draft({"code": code, "name": name, "function": function, "kind": kind})
    draft.new(PACKAGE / "rules" / family / f"{function}.py", "rule.py")
    line = f"from licheng.rules.{family}.{function} import {function}\n"
    listing = "of_students" if BY_NAME[kind].of_student else "of_school"
    draft.edit(PACKAGE / "rules" / f"{listing}.py", r"^from licheng\.rules", lambda first: line + first)
    for language, catalog in CATALOGS.items():
        words = draft.filled(f"rule.{language}.yaml")
        draft.sort_in(catalog / "codes" / f"{code[:3]}.yaml", r"^([A-Z]{3}\d{3}):$", r"\Z", code, words)
    path, example = dict(samples())[kind], emit(schemas.load()[kind]["examples"][0])
    for side, slug in (("good", "right"), ("bad", "wrong")):
        draft.files[ROOT / "tests/fixtures" / code / side / "slug" / path.replace("example", slug)] = example
    draft.write()
    _called("-m", "tests.bless", code)


@main.command()
@click.argument("name")
@click.option("--path", required=True, help="below content/: students/{cohort}/{student}/pledges/{slug}.yaml")
@click.option("--row", required=True, help="the row of the authority table whose people write it")
def kind(name: str, path: str, row: str) -> None:
    """A kind of record in YAML: its line in the table of kinds, its schema, its owner, its words."""
    if name in BY_NAME or not _NAME.fullmatch(name) or not path.endswith(".yaml"):
        raise click.UsageError(f"{name} is no new name in lower case, or {path} is not the path of a YAML file")

    def titled(title: str) -> Callable[[str], str]:
        return lambda head: f'{head}  "{name}": "{title}"\n'

    draft = Draft({"name": name})
    draft.new(ROOT / "schemas" / f"{name}.schema.json", "kind.schema.json")
    line = f'    Kind("{name}", "{path}", dates=(DateField(("on",), within=False),)),\n'
    draft.edit(PACKAGE / "core/layout.py", r"^\)\n\nBY_NAME", lambda end: line + end)
    last = list(BY_NAME)[-1]
    draft.edit(ROOT / "schemas/common.schema.json", rf'^        "{last}"$', lambda end: f'{end},\n        "{name}"')
    records = rf"^  - id: {re.escape(row)}\n    records: \[[^\]]*"
    draft.edit(ROOT / "content/school/duties.yaml", records, lambda listed: f"{listed}, {name}")
    for language, title in (("zh-TW", "改寫"), ("en", "rewrite")):
        draft.edit(CATALOGS[language] / "labels.yaml", r"^over:\n", titled(title))
    draft.write()


@main.command()
@click.argument("name")
def command(name: str) -> None:
    """A command that reads the school and says something of it: its use case, its edge, its test."""
    if name in COMMANDS or not _NAME.fullmatch(name):
        raise click.UsageError(f"{name} is no new name in lower case")
    function = name.replace("-", "_")
    draft = Draft({"name": name, "function": function})
    draft.new(PACKAGE / "app" / f"{function}.py", "command.app.py")
    draft.new(PACKAGE / "cli" / f"{function}.py", "command.cli.py")
    draft.new(ROOT / "tests/app" / f"test_{function}.py", "command.test.py")
    line = f'    "{name}": "{function}",\n'
    draft.sort_in(PACKAGE / "cli/main.py", r'^    "([a-z-]+)": "\w+",$', r"^}$", name, line)
    example = f'    "{name}": "licheng {name}",\n'
    draft.edit(PACKAGE / "cli/reference.py", r"^EXAMPLES: .* = {\n", lambda head: head + example)
    for catalog in CATALOGS.values():
        draft.edit(catalog / "words.yaml", r"\A", lambda _: f'{function}_students: "{{count}}"\n')
    draft.write()


if __name__ == "__main__":
    main()
