"""Builds of the real site for tests, by the command that people use; one a session, also with pytest-xdist."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pytest

from licheng.app.site.editions import Edition, editions
from licheng.outputs.pages.view import SiteView
from licheng.sources.tree import WorkTree
from tests.shared import once
from tests.trees import ROOT

EPOCH = "1795392000"  # 2026-11-23, Asia/Taipei
# What a school's repository and the engine beside it must hold for the site to be built.
PARTS = ("content", "mkdocs.yml", "mkdocs.en.yml", "schemas", "site_theme")


@cache
def this_site() -> dict[str, Edition]:
    """What the site of this repository shows by language, made for the first test that reads it."""
    return editions(WorkTree(ROOT), ROOT)


def without_codes(view: SiteView) -> SiteView:
    """What a site shows but for the pages of all codes save the first, of which a school has nothing to say."""
    return replace(view, codes=view.codes[:1])


# `mkdocs` that remembers nothing of earlier builds.
WHOLE = """
from licheng.app.shards import clean
from licheng.site import remembered
clean.steady_program = remembered.steady_program = lambda: None
from mkdocs.__main__ import cli
cli()
"""


def run_mkdocs(
    root: Path, target: Path, hash_seed: str = "0", by: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Build the site of a repository strictly, with some more environment and `by` a program; nothing is asserted."""
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": EPOCH,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONHASHSEED": hash_seed,
        **variables,
    }
    started = ("-c", by) if by else ("-m", "mkdocs")
    command = [sys.executable, *started, "build", "--strict", "--site-dir", str(target)]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def build(root: Path, target: Path, hash_seed: str = "0", by: str = "", **variables: str) -> None:
    """As `run_mkdocs`; the command's own words are the failure."""
    done = run_mkdocs(root, target, hash_seed, by=by, **variables)
    assert done.returncode == 0, done.stdout + done.stderr


def built_once(factory: pytest.TempPathFactory) -> Path:
    """The site of this repository, built once a session."""
    return once(factory, "licheng-site", partial(build, ROOT))


def offline_once(factory: pytest.TempPathFactory) -> Path:
    """Likewise the copy that opens from a disk."""
    return once(factory, "licheng-offline", partial(build, ROOT, OFFLINE="true"))


def copy_of_school(folder: Path) -> Path:
    """This repository's school and theme without its students, to be changed by a test."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("students"))
        else:
            shutil.copy2(source, target)
    (folder / "scripts/licheng").mkdir(parents=True)  # mkdocs.yml watches it
    return folder
