"""The attack corpus against the gate, as commits of a real repository."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from licheng.app import check as checking
from licheng.app.codes import EVERY
from licheng.app.loading import load as loading
from licheng.app.loading.load import Loaded
from licheng.app.server import gate
from licheng.core.errors import ExitCode
from licheng.core.finding import Severity
from licheng.core.report import Report
from licheng.core.verdict import Verdict
from licheng.outputs.catalog import catalog
from licheng.outputs.gate import render
from licheng.sources.git import Objects, refuse_partial
from licheng.sources.tree import CommitTree
from tests.gate.corpus import ACCEPTED, REFUSED, Ask
from tests.gate.scene import Scene, make
from tests.rules.test_fixtures import assert_whole

_HEX = re.compile(r"\b[0-9a-f]{12,64}\b")
EXPECTED = Path(__file__).parent / "expected"

pytestmark = pytest.mark.usefixtures("schools_judged_once")


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = make(tmp_path_factory.mktemp("gate"))
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def asked_once_whether_it_is_whole() -> Iterator[None]:
    """A repository holds everything as long as its settings are the same, and its history is not cut off."""
    whole: set[tuple[Path, int, bool]] = set()

    def refused(objects: Objects) -> None:
        root = objects.root
        asked = (root, (root / "config").stat().st_mtime_ns, (root / "shallow").exists())
        if asked not in whole:
            refuse_partial(objects)
            whole.add(asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "refuse_partial", refused)
        yield


@pytest.fixture(scope="module", autouse=True)
def main_read_and_checked_once(scene: Scene) -> Iterator[None]:
    """The same main is the same school, and for changes of control, a third of all, its check has the same answer.

    All that is read of a whole commit is the commit, and the store beside it; a check, besides, what it is asked.
    """
    known: dict[tuple[object, ...], Report] = {}
    schools: dict[tuple[object, ...], Loaded] = {}
    check, load = checking.check, loading.load

    def store() -> frozenset[tuple[str, int]]:
        files = (f"{folder}/{name}" for folder, _, names in os.walk(scene.root / "lfs") for name in names)
        return frozenset((path, os.lstat(path).st_mtime_ns) for path in files)

    def loaded(tree: CommitTree, today: date, names: frozenset[str] = frozenset()) -> Loaded:
        if tree.commit != scene.base:
            return load(tree, today, names)
        asked = (today, names, store())
        if asked not in schools:
            schools[asked] = load(tree, today, names)
        return schools[asked]._replace(tree=tree)

    def once(tree: CommitTree, today: date, **how: Any) -> Report:
        if tree.commit != scene.base or any(how.get(name) for name in ("paths", "within", "verdicts")):
            return check(tree, today, **how)
        asked = (today, how.get("names"), store())
        if asked not in known:
            known[asked] = check(tree, today, **how)
        return known[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "check", once)
        patch.setattr(gate, "load", loaded)
        yield


# What a platform that somebody has taken over would bring, besides all that is of `corpus.statements`.
OF_THE_PLATFORM = {
    "a_certification_of_an_older_version": "two-faced platform",
    "a_certification_with_the_item_edited_beside_it": "two-faced platform",
    "a_classmates_work_through_the_intake_account": "two-faced platform",
    "a_deleted_certification": "two-faced platform",
    "a_forced_push": "two-faced platform",
    "a_forged_certification": "two-faced platform",
    "a_return_of_an_older_version": "two-faced platform",
    "a_signature_of_three_weeks_ago": "replay",
    "a_statement_of_three_weeks_ago": "replay",
    "a_statement_taken_out_and_used_again": "replay",
    "a_statement_used_again": "replay",
    "an_edited_certification": "two-faced platform",
    "main_turned_back": "two-faced platform",
    "the_intake_account_in_its_own_name": "two-faced platform",
}


def _marked(name: str) -> Any:
    """A case, which is an attempt on the platform if that is what it is."""
    of_statements = REFUSED[name].make.__module__.endswith(".statements")
    kind = OF_THE_PLATFORM.get(name, "signature of something else" if of_statements else "")
    return pytest.param(name, marks=pytest.mark.hostile(kind)) if kind else name


def verdict(scene: Scene, ask: Ask) -> Verdict:
    return scene.judge(ask.head, ask.actor, **ask.options)


def shown(found: Verdict) -> str:
    """The findings as they are told, without the lines that count, and without what follows from ids of commits."""
    lines = render(found, catalog("zh-TW")).splitlines()
    end = next(index for index, line in enumerate(lines) if line.startswith(("未能判斷", "共檢查")))
    return "".join(f"{_HEX.sub('…', line)}\n" for line in lines[:end])


def test_there_are_enough_of_both() -> None:
    assert len(REFUSED) >= 60
    assert len(ACCEPTED) >= 25


def test_every_code_of_the_gate_has_a_case() -> None:
    codes = {code.code for code in EVERY if code.code.startswith("GAT")}
    assert codes == {case.code for case in REFUSED.values() if case.code.startswith("GAT")}
    assert {path.stem for path in EXPECTED.glob("*.txt")} == set(REFUSED)


@pytest.mark.parametrize("name", [_marked(name) for name in REFUSED])
def test_refused(scene: Scene, name: str) -> None:
    case = REFUSED[name]
    found = verdict(scene, case.make(scene))
    assert found.exit_code is ExitCode.ERRORS
    assert case.code in {finding.code for finding in found.report.findings}
    assert shown(found) == (EXPECTED / f"{name}.txt").read_text(encoding="utf-8")
    assert_whole(found.report)


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(scene: Scene, name: str) -> None:
    found = verdict(scene, ACCEPTED[name](scene))
    assert [finding for finding in found.report.findings if finding.severity is Severity.ERROR] == []
    assert found.exit_code is ExitCode.CLEAN
    assert found.changes > 0
