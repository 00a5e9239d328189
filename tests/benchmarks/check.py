"""`make bench`: `licheng check` beside check-jsonschema on the same records, in one run, as ratios.

28,800 records of 600 students, without attachments. check-jsonschema gets the same data as YAML files (the front
matter of Markdown records cut out) and the same schemas; licheng also applies every rule. Wall times are whole
processes; peak memory is the kernel's own count of each process. Pairs run in turn, and the ratio is taken pair by
pair, so that a slow moment of the machine touches both.

Bare cost is what no check can do without on the same bytes: libyaml's events of every record, SHA-256 of every file,
and Ed25519 of every signature. A warm check follows another one of the same school after one item has changed, in
schools of three sizes: of the work tree, and of a commit.

What certifications cost is the difference between two checks of one school, with and without them, scaled to the
10,800 of a school of 1,800 students; with one process and with two.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from licheng.app.demo import RULEBOOK, fixed_files
from licheng.core import layout
from licheng.demo import plan
from licheng.demo.write import write
from licheng.sources.markdown import yaml_span

BIN = Path(sys.executable).parent
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
STUDENTS = 600
PAIRS = 3
CERTIFICATIONS = 10_800
CHUNK = 5_000
# Students of schools of about 1,000, 30,000 and 150,000 records.
SIZES = (21, 625, 3_125)
_BARE = """
import hashlib, sys, yaml
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from licheng.sources.markdown import yaml_span
key = Ed25519PrivateKey.generate()
signature, public = key.sign(b"x" * 100), key.public_key()
for path in Path("content").rglob("*"):
    if path.is_file():
        data = path.read_bytes()
        hashlib.sha256(data).digest()
        if path.suffix in {".sig", ".lsig"}:
            public.verify(signature, b"x" * 100)
        elif path.suffix in {".md", ".yaml"}:
            for _ in yaml.parse(yaml_span(data.decode())[0], Loader=yaml.CSafeLoader):
                pass
"""


@dataclass(frozen=True)
class Run:
    """Wall seconds, seconds of all cores together, and peak memory in MB of the largest process."""

    seconds: float
    cpu: float
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
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def make_school(folder: Path, students: int, *, certified: bool = False) -> int:
    """Write a school without attachments; the number of its files."""
    fixed = fixed_files()
    commits = plan(students, 1, attachments=False, rulebook=fixed[RULEBOOK] if certified else b"")
    return write(folder, commits, fixed=fixed, history=False).files


def plain_yaml(school: Path, target: Path) -> dict[str, list[str]]:
    """The same records as YAML files by kind, for a tool that reads no front matter."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for path in sorted(school.rglob("*")):
        where = layout.home(path.relative_to(school).as_posix())
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
    return Run(sum(one.seconds for one in runs), sum(one.cpu for one in runs), max(one.megabytes for one in runs))


def _schema(kind: str) -> tuple[str, ...]:
    file = SCHEMAS / f"{kind}.schema.json"
    return "--schemafile", str(file), "--base-uri", file.as_uri()


def _chunks(files: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(files), CHUNK):
        yield files[start : start + CHUNK]


def check(school: Path, *arguments: str) -> Run:
    """`licheng check` with every rule; works without their attachments are errors (ATT016)."""
    os.chdir(school)
    return run(school, BIN / "licheng", "check", *arguments, expect=1)


def row(name: str, *values: object) -> None:
    """One line of the table."""
    print(f"{name:<44}" + "".join(f"{value!s:>16}" for value in values), flush=True)  # noqa: T201 - its output


def compare(folder: Path) -> None:
    """The whole school against the peer."""
    school = folder / "school"
    records = make_school(school, STUDENTS)
    by_kind = plain_yaml(school, folder / "yaml")
    ours, alone, theirs, bare = [], [], [], []
    check(school, "--no-cache")  # warm the page cache for both
    for _ in range(PAIRS):
        ours.append(check(school, "--no-cache"))
        alone.append(check(school, "--no-cache", "--jobs", "1"))
        bare.append(run(school, sys.executable, "-c", _BARE))
        theirs.append(peer(folder, by_kind))
    seconds = statistics.median(one.seconds for one in ours)
    ratios = [b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True)]
    memory = max(one.megabytes for one in ours)
    row(f"{records} records, median of {PAIRS} pairs", "licheng", "check-jsonschema", "ratio")
    row("wall seconds", f"{seconds:.2f}", f"{statistics.median(b.seconds for b in theirs):.2f}",
        f"{statistics.median(ratios):.1f}")  # fmt: skip
    row("peak memory MB", f"{memory:.0f}", f"{max(b.megabytes for b in theirs):.0f}",
        f"{max(b.megabytes for b in theirs) / memory:.1f}")  # fmt: skip
    row("cpu seconds of one process", f"{statistics.median(one.cpu for one in alone):.2f}",
        f"{statistics.median(b.cpu for b in theirs):.2f}",
        f"{statistics.median(b.cpu / a.cpu for a, b in zip(alone, theirs, strict=True)):.1f}")  # fmt: skip
    row("cpu seconds beside the bare cost", f"{statistics.median(one.cpu for one in alone):.2f}",
        f"{statistics.median(one.cpu for one in bare):.2f}",
        f"{statistics.median(a.cpu / b.cpu for a, b in zip(alone, bare, strict=True)):.1f}")  # fmt: skip
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
    less, more = check(quarter, "--no-cache").megabytes, check(large, "--no-cache").megabytes
    row(f"peak MB of {STUDENTS // 4} and of {STUDENTS} students", f"{less:.0f}", f"{more:.0f}", f"{more / less:.2f}")


def warm(folder: Path) -> None:
    """A check after one item has changed, of the work tree and of the commit, beside the first one."""
    row("one item changed, in a school of", "first", "work tree", "a commit")
    for students in SIZES:
        school = folder / f"warm-{students}"
        count = make_school(school, students)
        _git(school, "init", "--quiet")
        first = check(school, "--no-cache")
        _commit(school)
        time.sleep(3)  # nothing is kept of what has just been written
        check(school)
        check(school, "--commit", "HEAD")
        item = min(school.glob("content/students/*/*/terms/*/outputs/*/item.md"))
        trees, commits = [], []
        for _ in range(PAIRS):
            item.write_text(item.read_text(encoding="utf-8") + "一行\n", encoding="utf-8")
            trees.append(check(school))
            _commit(school)
            commits.append(check(school, "--commit", "HEAD"))
        medians = (statistics.median(one.seconds for one in runs) for runs in (trees, commits))
        row(f"  {count} records, seconds", f"{first.seconds:.2f}", *(f"{seconds:.2f}" for seconds in medians))
        peaks = (max(one.megabytes for one in runs) for runs in (trees, commits))
        row("  peak memory MB", f"{first.megabytes:.0f}", *(f"{peak:.0f}" for peak in peaks))


def _git(school: Path, *arguments: str) -> None:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid")
    subprocess.run(["git", *who, *arguments], cwd=school, check=True)


def _commit(school: Path) -> None:
    _git(school, "add", "--all")
    _git(school, "commit", "--quiet", "--message", "bench")


def certifications(folder: Path) -> None:
    """One school with and without its certifications, with one process and with two, in turn."""
    signed, plain = folder / "signed", folder / "plain"
    make_school(signed, STUDENTS, certified=True)
    shutil.copytree(signed, plain)
    shutil.rmtree(plain / layout.CERTIFICATIONS)
    count = sum(1 for _ in (signed / layout.CERTIFICATIONS).rglob("*.json"))
    rounds = [
        {
            (school, jobs): check(school, "--no-cache", "--jobs", jobs)
            for jobs in ("1", "2")
            for school in (signed, plain)
        }
        for _ in range(PAIRS + 2)
    ]
    row(f"{CERTIFICATIONS} certifications (of {count})", "1 process", "2 processes", "ratio")
    scale = CERTIFICATIONS / count
    for name in ("seconds", "cpu"):
        extra = {
            jobs: [scale * (getattr(one[signed, jobs], name) - getattr(one[plain, jobs], name)) for one in rounds]
            for jobs in ("1", "2")
        }
        one, two = (statistics.median(extra[jobs]) for jobs in ("1", "2"))
        row(f"  {name} that they add", f"{one:.2f}", f"{two:.2f}", f"{one / two:.2f}")
    times = [(one[signed, "1"].seconds, one[signed, "2"].seconds) for one in rounds]
    one, two = (statistics.median(column) for column in zip(*times, strict=True))
    row("  seconds of the whole check", f"{one:.2f}", f"{two:.2f}", f"{statistics.median(a / b for a, b in times):.2f}")


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    try:
        compare(folder)
        scaling(folder)
        warm(folder)
        certifications(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
