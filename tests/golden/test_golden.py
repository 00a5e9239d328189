"""A miniature school and everything that is made of it, compared as trees and made twice.

`python -m tests.golden.test_golden` rewrites the expected tree; read the difference before you commit it.
"""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path

from licheng.app.check import check
from licheng.app.editor import files as editor_files
from licheng.app.site.view import view
from licheng.app.status import public_for, read_school, status, table
from licheng.core.languages import LANGUAGES
from licheng.outputs import github, json, text
from licheng.outputs import status as status_output
from licheng.outputs.catalog import catalog
from licheng.outputs.pages import pages
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.sources import resources
from tests.trees import FIXTURES, MemoryTree, base, load

EXPECTED = Path(__file__).parent / "expected"
TODAY = date(2026, 11, 23)
# A school of one student with a fault of each severity, and what stands beside it.
CASES = ("QUO001/bad", "WIN005/bad", "ATT006/bad")
# The pages of rules, schemas and commands do not depend on the school; one of each stands for them, one feed for all.
SAMPLES = (
    *("rules/index.md", "rules/QUO001.md", "schemas/index.md", "schemas/course-output.md"),
    *("commands/explain.md", "feeds/registry.ics"),
)
# What of the English edition stands for the rest.
ENGLISH = ("index.md", "calendar/115-1.md", "status.md", "rules/QUO001.md")


def miniature() -> MemoryTree:
    tree = base()
    for case in CASES:
        tree = tree.over(load(sorted((FIXTURES / case).iterdir())[0]))
    return tree


@cache
def first() -> dict[str, str]:
    """What is made the first time, which nobody changes."""
    return made()


def made() -> dict[str, str]:
    """Every output by the path under which it is kept."""
    tree = miniature()
    report = check(tree, TODAY)
    outputs = {f"check/{language}.txt": text.render(report, catalog(language)) for language in LANGUAGES}
    outputs |= {f"check/{language}.json": json.render(report, catalog(language)) for language in LANGUAGES}
    outputs["check/github.txt"] = github.render(report, catalog("zh-TW"))
    outputs |= _status(tree)
    outputs |= {f"editor/{path.rpartition('/')[2]}": content for path, content in editor_files().items()}
    render = renderer(resources.folder("site_theme") / "pages")
    seen = view(tree, FIXTURES.parents[1])
    kept = {
        path: page
        for path, page in pages(seen, render, words("zh-TW")).items()
        if path in SAMPLES or path.split("/")[0] not in {"rules", "schemas", "commands", "feeds"}
    }
    english = pages(seen, render, words("en"))
    kept |= {f"en/{path}": english[path] for path in ENGLISH}
    return outputs | {f"site/{path}": page for path, page in kept.items()}


def _status(tree: MemoryTree) -> dict[str, str]:
    school = read_school(tree, TODAY)
    exact = table(status(tree, school), school)
    public = public_for(exact, school)
    return {
        "status/private.json": status_output.render_json(exact, unreadable=0),
        "status/public.json": status_output.render_json(public, unreadable=0),
        "status/private.txt": status_output.render(exact, words("zh-TW"), unreadable=0),
    }


def kept() -> dict[str, str]:
    return {
        path.relative_to(EXPECTED).as_posix(): path.read_bytes().decode()
        for path in sorted(EXPECTED.rglob("*"))
        if path.is_file()
    }


def test_what_is_made_is_what_is_kept() -> None:
    outputs = first()
    assert sorted(outputs) == sorted(kept())
    for path, expected in kept().items():
        assert outputs[path] == expected, path


def test_the_second_time_is_the_same() -> None:
    assert made() == first()


def bless() -> None:
    """Rewrite the expected tree."""
    shutil.rmtree(EXPECTED, ignore_errors=True)
    for path, content in made().items():
        target = EXPECTED / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode())


if __name__ == "__main__":
    bless()
