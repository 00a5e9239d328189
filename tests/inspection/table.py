"""How the inspection and the cleaning do on the collection: `python -m tests.inspection.table`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable

from tests.inspection.cases import Case, Judged, cases, judged, strays

ROW = "{:8}{:>7}{:>9}{:>9}{:>15}{:>8}{:>8}{:>14}{:>12}\n"
HEAD = ("format", "files", "sound", "flawed", "false refusals", "misses", "other", "slowest (ms)", "most MB")


def main() -> None:
    """Judge every file once and print what came of it."""
    by_format: dict[str, list[tuple[Case, Judged]]] = defaultdict(list)
    for case in cases():
        by_format[case.format].append((case, judged(case)))
    sys.stdout.write("As they are\n" + ROW.format(*HEAD))
    for name, pairs in by_format.items():
        sys.stdout.write(ROW.format(*_row(name, pairs)))
    every = [pair for pairs in by_format.values() for pair in pairs]
    if not every:
        sys.exit("no file was found")
    sys.stdout.write(ROW.format(*_row("all", every)))
    slowest = max(every, key=lambda pair: pair[1].seconds)
    sys.stdout.write(f"slowest: {slowest[0].name}, {slowest[1].seconds * 1000:.0f} ms of processor\n")
    sys.stdout.write(
        f"largest memory: {max(found.memory for _, found in every) >> 20} MB (the inspecting process, by itself)\n"
    )
    _cleaning(every)
    _differences(every)


def _row(name: str, pairs: list[tuple[Case, Judged]]) -> tuple[object, ...]:
    false = [case for case, found in pairs if not case.flaws and found.flaws]
    misses = [case for case, found in pairs if case.flaws and not found.flaws]
    other = [case for case, found in pairs if case.flaws and found.flaws and case.flaws != found.flaws]
    sound = sum(not case.flaws for case, _ in pairs)
    slowest = max(found.seconds for _, found in pairs) * 1000
    memory = max(found.memory for _, found in pairs) >> 20
    counts = (len(pairs), sound, len(pairs) - sound, len(false), len(misses), len(other))
    return (name, *counts, f"{slowest:.0f}", memory)


def _cleaning(pairs: list[tuple[Case, Judged]]) -> None:
    sys.stdout.write("\nCleaned                          usual     all\n")
    usual = [(case, found.flaws, found.cleaned, case.cleaned) for case, found in pairs]
    everything = [(case, found.flaws, found.everything, case.everything) for case, found in pairs]
    lines: dict[str, Callable[..., bool]] = {
        "files with flaws": lambda case, flaws, copy, want: bool(flaws),
        "clean afterwards": lambda case, flaws, copy, want: bool(flaws) and not copy.left,
        "something left": lambda case, flaws, copy, want: bool(copy.left),
        "taken out as expected": lambda case, flaws, copy, want: copy.taken == want,
        "taken out otherwise": lambda case, flaws, copy, want: copy.taken != want,
        "changed, nothing taken out": lambda case, flaws, copy, want: (
            not copy.taken and copy.data != case.path.read_bytes()
        ),
    }
    for text, test in lines.items():
        sys.stdout.write(f"{text:30}{sum(test(*one) for one in usual):8}{sum(test(*one) for one in everything):8}\n")


def _differences(pairs: list[tuple[Case, Judged]]) -> None:
    for case, found in pairs:
        wanted = (case.flaws, case.cleaned, case.everything)
        got = (found.flaws, found.cleaned.taken, found.everything.taken)
        for what, want, have in zip(("flaws", "cleaned", "everything"), wanted, got, strict=True):
            if want != have:
                sys.stdout.write(f"!! {case.name} {what}: expected {sorted(want)}, found {sorted(have)}\n")
    sys.stdout.writelines(f"!! in no manifest: {path}\n" for path in strays())


if __name__ == "__main__":
    main()
