"""Files as real programs make them: none that is fine is refused, none that is not passes; cleaning does just that."""

from __future__ import annotations

import pytest

from licheng.core.inspection import ACTIVE, UNREADABLE
from licheng.sources.cleaning import clean
from tests.inspection.cases import Case, Judged, cases, judged, shown, strays

CASES = list(cases())


def test_there_are_enough_and_each_is_named_once() -> None:
    assert len(CASES) >= 400
    assert len({case.path for case in CASES}) == len(CASES)
    assert strays() == []
    for name in {case.format for case in CASES}:
        some = [case for case in CASES if case.format == name]
        assert any(case.flaws for case in some), f"{name}: none that must be refused"
        assert any(not case.flaws for case in some), f"{name}: none that must pass"


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def pair(request: pytest.FixtureRequest) -> tuple[Case, Judged]:
    case: Case = request.param
    return case, judged(case)


def test_as_it_is(pair: tuple[Case, Judged]) -> None:
    case, found = pair
    assert found.flaws == case.flaws, case.made_with


def test_cleaned(pair: tuple[Case, Judged]) -> None:
    """What is left is what only acts, which stays without `--clean=all`, or what nobody can read."""
    case, found = pair
    assert found.cleaned.taken == case.cleaned, case.made_with
    assert found.cleaned.left == case.flaws - case.cleaned
    assert {flaw.split()[0] for flaw in found.cleaned.left} <= {ACTIVE, UNREADABLE}


def test_cleaned_of_everything(pair: tuple[Case, Judged]) -> None:
    case, found = pair
    assert found.everything.taken == case.everything, case.made_with
    assert found.everything.left == case.flaws - case.everything
    assert {flaw.split()[0] for flaw in found.everything.left} <= {UNREADABLE}


def test_cleaning_what_is_clean_changes_no_byte(pair: tuple[Case, Judged]) -> None:
    """Where there is nothing to take out, the copy is the file itself, which the next test cleans again."""
    case, found = pair
    for everything, first in ((False, found.cleaned), (True, found.everything)):
        if first.taken:
            assert clean(first.data, case.kind, everything) == (first.data, frozenset())
        else:
            assert first.data == case.path.read_bytes()


def test_the_same_file_is_cleaned_to_the_same_bytes(pair: tuple[Case, Judged]) -> None:
    case, found = pair
    for everything, first in ((False, found.cleaned), (True, found.everything)):
        copy, taken = clean(case.path.read_bytes(), case.kind, everything)
        assert (copy, shown(taken)) == (first.data, first.taken)
