"""Every fixture tree: a good one has no finding, a bad one exactly the findings of its `expected.txt`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.app.codes import EVERY
from licheng.core.languages import LANGUAGES
from licheng.core.report import Report
from licheng.core.rule import Rule, Scope
from licheng.outputs.catalog import catalog
from licheng.outputs.text import render
from licheng.sources.shelf import Readings
from tests.trees import FIXTURES, case

pytestmark = pytest.mark.usefixtures("schools_judged_once")
TODAY = date(2026, 11, 23)
NAMES = frozenset({"王小明"})
READINGS = Readings(64 << 20)  # the regulation and the test school are the same in all cases
SETS = sorted(folder for folder in FIXTURES.iterdir() if folder.name not in {"base", "rulebooks"})
GOOD = [path for folder in SETS for path in sorted((folder / "good").iterdir())]
BAD = [path for folder in SETS for path in sorted((folder / "bad").iterdir())]


def case_id(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.name}"


def run(folder: Path) -> Report:
    return check(case(folder, READINGS), TODAY, names=NAMES)


def shown(report: Report) -> str:
    """The findings as `licheng check` prints them, without the line of numbers."""
    without_skips = Report.of(report.findings, (), {}, checked=0, records=0)
    return "".join(line + "\n" for line in render(without_skips, catalog("zh-TW")).splitlines()[:-1])


def test_every_code_has_a_good_and_a_bad_case() -> None:
    """The gate's own codes are about changes: their cases are in `tests/gate/corpus.py`."""
    codes = {code.code for code in EVERY if not (isinstance(code, Rule) and code.scope in {Scope.SHAPE, Scope.CHANGE})}
    assert {path.parent.parent.name for path in GOOD} == codes
    assert {path.parent.parent.name for path in BAD} == codes


@pytest.mark.parametrize("folder", GOOD, ids=case_id)
def test_good(folder: Path) -> None:
    report = run(folder)
    assert shown(report) == ""
    assert report.records > 0


@pytest.mark.parametrize("folder", BAD, ids=case_id)
def test_bad(folder: Path) -> None:
    report = run(folder)
    expected = (folder / "expected.txt").read_text(encoding="utf-8")
    assert expected.strip(), "an expectation is never empty"
    assert {finding.code for finding in report.findings} == {folder.parent.parent.name}
    assert shown(report) == expected
    assert_whole(report)


# What a value that is missing or of the wrong shape leaves behind in a sentence.
HOLES = re.compile(r"\S {2,}\S|\(\s|\s\)|\(\)|（\s|\s）|（）|\s[,;]|\s\.$|\s[。，；：]|\{\w+\}")


def assert_whole(report: Report) -> None:
    """Every sentence reads whole in both languages, with the values that it is really told with."""
    for words in map(catalog, LANGUAGES):
        for finding in report.findings:
            for sentence in (words.message(finding), words.hint(finding)):
                assert HOLES.search(sentence) is None, sentence
                assert sentence == sentence.strip(), sentence
