"""`make bench`: `licheng check` beside check-jsonschema on the same records, in one run, as ratios.

28,800 records of 600 students, without attachments. check-jsonschema gets the same data as YAML files (the front
matter of Markdown records cut out) and the same schemas; licheng also applies every rule. Wall times are whole
processes; peak memory is the kernel's own count of each process. Pairs run in turn, and the ratio is taken pair by
pair, so that a slow moment of the machine touches both.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from licheng.app.demo import fixed_files
from licheng.core.layout import home
from licheng.demo import plan
from licheng.demo.write import write
from licheng.sources.markdown import yaml_span

BIN = Path(sys.executable).parent
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
STUDENTS = 600
PAIRS = 3
CHUNK = 5_000


@dataclass(frozen=True)
class Run:
    """Wall seconds and peak memory in MB of a whole process."""

    seconds: float
    megabytes: float


def run(folder: Path, *command: str | Path, expect: int = 0) -> Run:
    """Run a process and read the kernel's account of it."""
    started = time.perf_counter()
    pid = os.posix_spawn(
        command[0],
        [str(part) for part in command],
        os.environ | {"PWD": str(folder), "CI": "true"},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        ],
    )
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != expect:
        raise SystemExit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, usage.ru_maxrss / 1024)


def make_school(folder: Path, students: int) -> int:
    """Write a school without attachments; the number of its records."""
    commits = plan(students, 1, attachments=False)
    return write(folder, commits, fixed=fixed_files(), history=False).files


def plain_yaml(school: Path, target: Path) -> dict[str, list[str]]:
    """The same records as YAML files by kind, for a tool that reads no front matter."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for path in sorted(school.rglob("*")):
        where = home(path.relative_to(school).as_posix())
        if where is None or not path.is_file():
            continue
        copy = target / f"{path.relative_to(school).as_posix()}.yaml"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(yaml_span(path.read_text(encoding="utf-8"))[0], encoding="utf-8")
        by_kind[where.kind.name].append(str(copy))
    return by_kind


def peer(folder: Path, by_kind: dict[str, list[str]]) -> Run:
    """check-jsonschema over all kinds: the sum of its times, the largest of its peaks."""
    runs = [
        run(folder, BIN / "check-jsonschema", *_schema(kind), *chunk)
        for kind, files in by_kind.items()
        for chunk in _chunks(files)
    ]
    return Run(sum(one.seconds for one in runs), max(one.megabytes for one in runs))


def _schema(kind: str) -> tuple[str, ...]:
    file = SCHEMAS / f"{kind}.schema.json"
    return "--schemafile", str(file), "--base-uri", file.as_uri()


def _chunks(files: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(files), CHUNK):
        yield files[start : start + CHUNK]


def check(school: Path, *paths: str) -> Run:
    """`licheng check` with every rule."""
    os.chdir(school)
    return run(school, BIN / "licheng", "check", *paths)


def row(name: str, *values: object) -> None:
    """One line of the table."""
    print(f"{name:<44}" + "".join(f"{value!s:>16}" for value in values), flush=True)  # noqa: T201 - its output


def compare(folder: Path) -> None:
    """The whole school against the peer."""
    school = folder / "school"
    records = make_school(school, STUDENTS)
    by_kind = plain_yaml(school, folder / "yaml")
    ours, theirs = [], []
    check(school)  # warm the page cache for both
    for _ in range(PAIRS):
        ours.append(check(school))
        theirs.append(peer(folder, by_kind))
    seconds = statistics.median(one.seconds for one in ours)
    ratios = [b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True)]
    memory = max(one.megabytes for one in ours)
    row(f"{records} records, median of {PAIRS} pairs", "licheng", "check-jsonschema", "ratio")
    row("wall seconds", f"{seconds:.2f}", f"{statistics.median(b.seconds for b in theirs):.2f}",
        f"{statistics.median(ratios):.1f}")  # fmt: skip
    row("peak memory MB", f"{memory:.0f}", f"{max(b.megabytes for b in theirs):.0f}",
        f"{max(b.megabytes for b in theirs) / memory:.1f}")  # fmt: skip
    row("records a second", f"{records / seconds:.0f}")


def scaling(folder: Path) -> None:
    """One student in a small and in a large repository; memory of a small and of a large one."""
    small, large = folder / "small", folder / "school"
    count = make_school(small, 21)
    student = sorted(small.glob("content/students/113/*"))[0].relative_to(small).as_posix()
    pairs = [(check(small, student), check(large, student)) for _ in range(PAIRS + 2)]
    ratio = statistics.median(b.seconds / a.seconds for a, b in pairs)
    row("one student's check, seconds", f"{statistics.median(a.seconds for a, _ in pairs):.3f}",
        f"{statistics.median(b.seconds for _, b in pairs):.3f}", f"{ratio:.2f}")  # fmt: skip
    row("  in a repository of … records", count, sum(1 for path in large.rglob("*") if path.is_file()))
    quarter = folder / "quarter"
    make_school(quarter, STUDENTS // 4)
    less, more = check(quarter).megabytes, check(large).megabytes
    row(f"peak MB of {STUDENTS // 4} and of {STUDENTS} students", f"{less:.0f}", f"{more:.0f}", f"{more / less:.2f}")


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    try:
        compare(folder)
        scaling(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
