"""`make bench`: 3,000 students with twelve courses and marks each from workbooks, beside a check of them.

The school is founded without students; the workbooks are openpyxl's. Each import is a process of its own, from the
workbook to the records on the disk, and its ratio is to `licheng check` of the whole result, in one run: an import that
reads, compares, writes and checks everything takes a few checks, however slow the machine.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tests.benchmarks.check import BIN, run
from tests.benchmarks.figures import line
from tests.importing import workbooks
from tests.importing.school import DAY, found

EACH, CLASSES = 100, "abcdefghij"  # in each of three cohorts
SUBJECTS = [
    (f"{name}{part}", f"{code}{part}", points) for name, code, points in workbooks.SUBJECTS for part in range(1, 4)
]


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    try:
        place = found(folder, EACH, CLASSES, SUBJECTS)
        os.chdir(place.school)
        imports = {}
        for kind in ("courses", "students", "course-records", "marks"):
            opens = () if kind == "courses" else place.identities
            command = (BIN / "licheng", "import", kind, place.top / f"{kind}.xlsx", *opens, *DAY)
            imports[kind] = run(place.school, *command)
        whole = run(place.school, BIN / "licheng", "check", *DAY)
    finally:
        shutil.rmtree(folder)
    for kind, done in imports.items():
        line(f"import of {kind}, {3 * EACH * len(CLASSES)} students", f"{done.seconds:.1f} s",
             f"licheng check {whole.seconds:.1f} s", done.seconds / whole.seconds)  # fmt: skip
    memory = max(done.megabytes for done in imports.values())
    line("import, peak memory", f"{memory:.0f} MB", f"licheng check {whole.megabytes:.0f} MB", memory / whole.megabytes)


if __name__ == "__main__":
    main()
