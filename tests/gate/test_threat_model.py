"""The threat model names a test for every line, and every code of the gate."""

from __future__ import annotations

import re

from licheng.app.codes import EVERY
from tests.gate.corpus import ACCEPTED, REFUSED
from tests.trees import ROOT

PAGE = (ROOT / "content/handbook/developers/threat-model.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?!---|誰 )(.+) \|$", re.M)


def test_every_line_names_a_test_that_exists() -> None:
    here = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    tests = set(re.findall(r"^def (test_\w+)", here, re.M))
    rows = [row.split(" | ") for row in ROW.findall(PAGE)]
    assert len(rows) > 40
    for row in rows:
        assert len(row) == 4, row
        assert row[3].strip("`") in REFUSED.keys() | ACCEPTED.keys() | tests, row


def test_a_line_that_names_a_code_names_a_case_of_it() -> None:
    for who, _, stop, test in (row.split(" | ") for row in ROW.findall(PAGE)):
        codes = re.findall(r"GAT\d{3}", stop)
        case = REFUSED.get(test.strip("`"))
        if codes and case is not None:
            assert case.code in codes, (who, test)


def test_every_code_of_the_gate_is_there() -> None:
    codes = {code.code for code in EVERY if code.code.startswith("GAT")}
    assert codes == set(re.findall(r"GAT\d{3}", PAGE))
