"""Where findings lie, and what one report has that another has not."""

from __future__ import annotations

import random
from collections import Counter

from licheng.core.finding import Finding, Severity, Value
from licheng.core.location import Location, Place
from licheng.core.report import FindingsPack, LocatedFinding, PackedFindings, Report, apart, same_fault, same_place
from licheng.outputs import shorten


def located(line: int, path: str = "a.yaml", identity: str = "", **values: Value) -> LocatedFinding:
    return LocatedFinding(Location(path, line), "XXX001", Severity.ERROR, values, identity=identity)


def where(place: Place | Location) -> Location:
    return place if isinstance(place, Location) else Location(place.path, len(place.pointer) + 1)


def test_a_located_finding_keeps_all_of_the_finding() -> None:
    related = (Place("b.yaml", pointer=("x",)), Location("c.yaml", 7))
    finding = Finding("XXX001", Severity.WARNING, Place("a.yaml"), {"n": 1}, related, "hidden")
    kept = LocatedFinding.of(finding, where)
    assert kept.location == Location("a.yaml", 1)
    assert kept.related == (Location("b.yaml", 2), Location("c.yaml", 7))
    assert (kept.code, kept.severity, kept.values, kept.identity) == ("XXX001", Severity.WARNING, {"n": 1}, "hidden")


def test_the_same_fault_on_another_line_is_known() -> None:
    assert apart([located(9)], [located(5)]) == ((), (located(9),))
    assert apart([located(9)], [located(5)], same_place) == ((located(9),), ())


def test_a_fault_is_known_as_often_as_it_was_there() -> None:
    fresh, known = apart([located(1), located(2), located(3)], [located(7), located(8)])
    assert (known, fresh) == ((located(1), located(2)), (located(3),))


def test_other_values_another_file_or_another_hidden_number_are_other_faults() -> None:
    for other in (located(1, n=2), located(1, "b.yaml", n=1), located(1, identity="other", n=1)):
        assert same_fault(other) != same_fault(located(1, n=1))
        assert apart([other], [located(1, n=1)]) == ((other,), ())


def some(dice: random.Random, folders: str) -> list[LocatedFinding]:
    places = [(dice.choice(folders), dice.randrange(3), dice.randrange(3), dice.choice("XYYYY")) for _ in range(12)]
    return [
        LocatedFinding(Location(f"{folder}/{file}", line), code, list(Severity)[file], {"n": line})
        for folder, file, line, code in places[: dice.randrange(12)]
    ]


def report(findings: list[LocatedFinding], packs: list[FindingsPack]) -> Report:
    return Report.of(findings, (), {}, checked=1, records=1, packs=packs)


def test_findings_in_packs_are_the_same_findings_in_the_same_order() -> None:
    """Whatever else lies between, in or on a pack's paths, and whether packs overlap."""
    dice, sizes = random.Random(7), set[int]()
    for _ in range(300):
        parts = [some(dice, folders) for folders in ("bc", dice.choice(["cd", "ef"]), "g")]
        loose = some(dice, dice.choice(["acf", "ah", "g"]))
        whole = report([*loose, *(finding for part in parts for finding in part)], [])
        packs = [FindingsPack.of(report(part, []).findings) for part in parts if part]
        packed = report(loose, packs)
        assert repr(packed.findings) == repr(whole.findings)
        assert [repr(finding) for finding in packed.findings] == [repr(finding) for finding in whole.findings]
        assert [packed.count(severity) for severity in Severity] == [whole.count(severity) for severity in Severity]
        for most in (1, 3):
            assert repr(shorten.findings(packed.findings, most)) == repr(shorten.findings(whole.findings, most))
        sizes.add(len(packed.findings))
        assert len(packed.findings) == len(whole.findings)
    assert len(sizes) > 10


def test_what_only_has_to_be_counted_is_not_loaded() -> None:
    def never() -> list[LocatedFinding]:
        raise AssertionError

    first = FindingsPack.of([located(1, "b"), located(2, "b"), located(3, "c")])
    packs = [first, FindingsPack("d", "e", Counter({("XXX001", Severity.ERROR): 4}), never)]
    packed = PackedFindings([located(1, "a"), located(1, "f")], packs)
    assert len(packed) == 9
    assert [finding.location.path for finding in packed.first(4)] == ["a", "b", "b", "c"]
