"""`make bench`: the gate's time for a change of one item, in a school of 1,000 and in one of 30,000 records.

Both schools are bare repositories of one run, judged in turn; the ratio is taken pair by pair, so that a slow moment
of the machine touches both. The change is a new draft with an attachment, by its student.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from licheng.demo.media import pdf
from tests.benchmarks.check import BIN, make_school, run
from tests.benchmarks.figures import line
from tests.gate.items import STUDENT, output
from tests.gate.scene import Scene

SMALL, LARGE = 21, 625
PAIRS = 7


def bare(folder: Path, students: int) -> tuple[Scene, int]:
    """A school as one commit of a bare repository, and the number of its records."""
    school, root = folder / "school", folder / "school.git"
    records = make_school(school, students)
    git = ["git", "-c", "user.name=t006", "-c", "user.email=t006@licheng.invalid", "-C", str(school)]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "The school"]):
        subprocess.run([*git, *command], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(school), str(root)], check=True)
    base = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return Scene(root, base.stdout.strip(), folder), records


def command(scene: Scene) -> list[str | Path]:
    """The gate's command for the change."""
    head = scene.commit(output("running", submitted=False, files={"report.pdf": pdf("mine")}), STUDENT)
    ids = ["--base", scene.base, "--head", head, "--actor", STUDENT, "--repo", str(scene.root)]
    return [BIN / "licheng", "gate", *ids, "--demo", "--now", "2026-11-23T04:00:00Z"]


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    try:
        for name in ("small", "large"):
            (folder / name).mkdir()
        (one, few), (two, many) = bare(folder / "small", SMALL), bare(folder / "large", LARGE)
        small, large = command(one), command(two)
        run(folder, *large)  # warm the page cache for both
        pairs = [(run(folder, *small).seconds, run(folder, *large).seconds) for _ in range(PAIRS)]
    finally:
        shutil.rmtree(folder)
    few_seconds, many_seconds = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(large / small for small, large in pairs)
    line(f"gate on one item of {many} records", f"{many_seconds:.2f} s", f"of {few}: {few_seconds:.2f} s", ratio)


if __name__ == "__main__":
    main()
