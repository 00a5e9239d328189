"""`make bench`: `licheng check` beside check-jsonschema on the same records, in one run, as ratios.

28,800 records of 600 students, without attachments. check-jsonschema gets the same data as YAML files (the front
matter of Markdown records cut out) and the same schemas; licheng also applies every rule. Wall times are whole
processes; peak memory is the kernel's own count of each process. Pairs run in turn, and the ratio is taken pair by
pair, so that a slow moment of the machine touches both.

Bare cost is what no check can do without on the same bytes: libyaml's events of every record, SHA-256 of every file,
and Ed25519 of every signature. A warm check follows another one of the same school after one item has changed, in
schools of three sizes: of a commit, of the one student in the work tree, and of the whole work tree, on the clock.

What a certification costs is the difference between two checks of one school, with and without them; beside it,
`ssh-keygen` verifying the signature alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from licheng.app.demo import RULEBOOK, fixed_files
from licheng.core import layout
from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.demo import plan
from licheng.demo.write import write
from licheng.sources.markdown import yaml_span
from tests.benchmarks.figures import line

BIN = Path(sys.executable).parent
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
STUDENTS = 600
PAIRS = 3
MOST_MEGABYTES, MOST_SECONDS = 200, 0.3
VERIFIED = 50
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
    """Write a school without attachments; the number of its files.

    In a process of its own: Linux counts the memory of whoever starts a process as a peak of that process as well.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(_write_school, folder, students, certified).result()


def _write_school(folder: Path, students: int, certified: bool) -> int:
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
    """One line of a table."""
    print(f"{name:<44}" + "".join(f"{value!s:>16}" for value in values), flush=True)  # noqa: T201 - its output


def compare(folder: Path, students: int, pairs: int) -> None:
    """The whole school against the peer and the bare cost."""
    school = folder / "school"
    records = make_school(school, students)
    by_kind = plain_yaml(school, folder / "yaml")
    ours, alone, theirs, bare = [], [], [], []
    check(school, "--no-cache")  # warm the page cache for both
    for _ in range(pairs):
        ours.append(check(school, "--no-cache"))
        alone.append(check(school, "--no-cache", "--jobs", "1"))
        bare.append(run(school, sys.executable, "-c", _BARE))
        theirs.append(peer(folder, by_kind))
    name, cpu = f"cold check of {records} records", statistics.median(one.cpu for one in alone)
    line(f"{name}, all cores, on the clock", _seconds(one.seconds for one in ours),
         f"check-jsonschema {_seconds(one.seconds for one in theirs)}",
         _ratio([one.seconds for one in theirs], [one.seconds for one in ours]), ">= 25")  # fmt: skip
    line(f"{name}, one process, processor", f"{cpu:.2f} s",
         f"check-jsonschema {_seconds(one.cpu for one in theirs)}",
         _ratio([one.cpu for one in theirs], [one.cpu for one in alone]))  # fmt: skip
    line(f"{name}, bare cost, processor", f"{cpu:.2f} s", f"bare cost {_seconds(one.cpu for one in bare)}",
         _ratio([one.cpu for one in alone], [one.cpu for one in bare]), "<= 4")  # fmt: skip
    _memory(name, *ours, *alone)


def _seconds(values: Iterable[float]) -> str:
    return f"{statistics.median(values):.2f} s"


def _ratio(above: list[float], below: list[float]) -> float:
    """The median of the pairs."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def _memory(name: str, *runs: Run) -> None:
    peak = max(one.megabytes for one in runs)
    line(f"{name}, peak memory", f"{peak:.0f} MB", f"limit {MOST_MEGABYTES} MB", peak / MOST_MEGABYTES, "<= 1")


def scaling(folder: Path, times: int) -> None:
    """One student in a small and in a large repository."""
    small, large = folder / "small", folder / "school"
    make_school(small, SIZES[0])
    student = sorted(small.glob("content/students/113/*"))[0].relative_to(small).as_posix()
    pairs = [(check(small, student), check(large, student)) for _ in range(times + 2)]
    line("one student, in the large school", _seconds(b.seconds for _, b in pairs),
         f"of {SIZES[0]} students {_seconds(a.seconds for a, _ in pairs)}",
         _ratio([b.seconds for _, b in pairs], [a.seconds for a, _ in pairs]))  # fmt: skip


def warm(folder: Path, sizes: Sequence[int], times: int) -> None:
    """A check after one item has changed, of the work tree and of the commit, and the first check before it."""
    for students in sizes:
        school = folder / f"warm-{students}"
        count = make_school(school, students)
        _git(school, "init", "--quiet")
        _memory(f"cold check of {count} records", check(school, "--no-cache"))
        _commit(school)
        time.sleep(3)  # nothing is kept of what has just been written
        check(school)
        check(school, "--commit", "HEAD")
        item = min(school.glob("content/students/*/*/terms/*/outputs/*/item.md"))
        student = item.relative_to(school).parents[4].as_posix()
        trees, commits, named = [], [], []
        for _ in range(times):
            item.write_text(item.read_text(encoding="utf-8") + "一行\n", encoding="utf-8")
            trees.append(check(school))
            named.append(check(school, student))
            _commit(school)
            commits.append(check(school, "--commit", "HEAD"))
        for what, runs in (("commit", commits), ("the student named", named), ("work tree", trees)):
            least = min(one.seconds for one in runs)
            line(f"one change of {count} records, {what}", f"{least:.2f} s", f"limit {MOST_SECONDS} s",
                 least / MOST_SECONDS, "<= 1")  # fmt: skip
        _memory(f"one change of {count} records", *trees, *commits)
        os.chdir(folder)  # from where the next school's process begins
        shutil.rmtree(school)


def _git(school: Path, *arguments: str) -> None:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "gc.auto=0")
    subprocess.run(["git", *who, *arguments], cwd=school, check=True)


def _commit(school: Path) -> None:
    _git(school, "add", "--all")
    _git(school, "commit", "--quiet", "--message", "bench")


def certifications(folder: Path, students: int, times: int) -> None:
    """One school with and without its certifications, in turn."""
    signed, plain = folder / "signed", folder / "plain"
    make_school(signed, students, certified=True)
    shutil.copytree(signed, plain)
    shutil.rmtree(plain / layout.CERTIFICATIONS)
    count = sum(1 for _ in (signed / layout.CERTIFICATIONS).rglob("*.json"))
    rounds = [[check(school, "--no-cache", "--jobs", "1").cpu for school in (signed, plain)] for _ in range(times)]
    theirs = _ssh_keygen(sorted((signed / layout.CERTIFICATIONS).rglob("*.json")))
    ours = statistics.median(with_them - without for with_them, without in rounds) / count * 1000
    line(f"a certification, of {count}", f"{ours:.2f} ms", f"ssh-keygen {theirs:.2f} ms", theirs / ours)


def _ssh_keygen(payloads: list[Path]) -> float:
    """Milliseconds of the processor that `ssh-keygen` takes to verify one signature, without any of our rules."""
    chosen = [path for path in payloads if path.with_name(f"{path.name}.sig").is_file()][:VERIFIED]
    command = ("ssh-keygen", "-Y", "check-novalidate", "-n", CERTIFICATION_NAMESPACE, "-s")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for path in chosen:
        with path.open("rb") as payload:
            signature = path.with_name(f"{path.name}.sig")
            subprocess.run([*command, signature], stdin=payload, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(chosen) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="`licheng check` beside its peers; smaller for a busy machine.")
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="students of the schools of one change")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    try:
        compare(folder, asked.students, asked.pairs)
        scaling(folder, asked.pairs)
        certifications(folder, asked.students, asked.pairs)
        warm(folder, asked.sizes, max(asked.pairs, PAIRS))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
