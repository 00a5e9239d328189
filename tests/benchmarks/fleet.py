"""`python -m tests.benchmarks.fleet`: the same eight schools on one worker and on two, in one run, as a ratio."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from licheng.app.fleet import cluster
from licheng.app.fleet.judging import FleetTask
from licheng.app.fleet.model import FleetSchool
from tests.benchmarks.figures import line
from tests.trees import ROOT, copied

SCHOOLS = 8
SECONDS = 600
ASKED = 1.8


def spent(tasks: list[FleetTask], workers: int) -> float:
    """Seconds for all of them, without the start of the cluster."""
    with cluster.connected(None, workers) as client:
        client.wait_for_workers(workers)
        begun = time.perf_counter()
        results = cluster.judge_fleet(client, tasks, SECONDS)
        assert not any(result.trouble for result in results)
        return time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="licheng-bench-") as folder:
        school = Path(folder) / "school"
        school.mkdir()
        copied(ROOT / "content", school / "content")
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@licheng.invalid", "-C", str(school)]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "The school"]):
            subprocess.run([*git, *command], check=True)
        tasks = [
            FleetTask("check", FleetSchool(f"{number}", "示範", str(school), "HEAD"), None, 0)
            for number in range(SCHOOLS)
        ]
        one, two = spent(tasks, 1), spent(tasks, 2)
    line(
        f"{SCHOOLS} schools on two workers",
        f"{two:.1f} s",
        f"one {one:.1f} s",
        one / two,
        f">= {ASKED}",
    )


if __name__ == "__main__":
    main()
