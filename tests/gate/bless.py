"""Rewrite the expected texts of refused changes and show the difference: `python -m tests.gate.bless [NAME…]`."""

from __future__ import annotations

import difflib
import sys
import tempfile
from pathlib import Path

from tests.gate.corpus import REFUSED
from tests.gate.scene import make
from tests.gate.test_corpus import EXPECTED, shown, verdict


def main(names: list[str]) -> None:
    """Judge each case, and keep what the gate says."""
    EXPECTED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        scene = make(Path(folder))
        for name in names or REFUSED:
            case = REFUSED[name]
            try:
                found = verdict(scene, case.make(scene))
            except Exception as error:
                sys.stdout.write(f"!! {name}: {error}\n")
                continue
            codes = {finding.code for finding in found.report.findings}
            if case.code not in codes:
                sys.stdout.write(f"!! {name}: {case.code} is not among {sorted(codes)}\n")
            _bless(EXPECTED / f"{name}.txt", shown(found))
    for stray in {path.stem for path in EXPECTED.glob("*.txt")} - set(REFUSED):
        (EXPECTED / f"{stray}.txt").unlink()


def _bless(path: Path, text: str) -> None:
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    if old != text:
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), str(path)))
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
