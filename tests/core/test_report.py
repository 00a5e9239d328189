"""Where findings lie, and what one report has that another has not."""

from __future__ import annotations

from licheng.core.finding import Finding, Severity, Value
from licheng.core.location import Location, Place
from licheng.core.report import LocatedFinding, apart, same_fault, same_place


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
