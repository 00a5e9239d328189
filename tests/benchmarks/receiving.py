"""A year's receipts of 600 students, each roster received with random mistakes: `python -m tests.benchmarks.receiving`.

The agency is other code (`tests/exchange/agency.py`). Twenty seeds: exactly its mistakes are found and no other; after
them it gives back what was sent, and nothing is found. An export's time is beside that of a check of the school, and
what comparing a receipt takes beside that of an export.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheng.app.loading.load import load
from licheng.app.registry.receipt import AskedReceipt, prepared
from licheng.core.person import Person
from licheng.exchange.identities import IdentityTable
from licheng.sources.tree import WorkTree
from tests.benchmarks.check import BIN, row, run
from tests.benchmarks.figures import line
from tests.exchange.agency import Agency
from tests.people import Registry, id_number

TODAY, YEAR = date(2026, 11, 23), "114"
ROSTERS = [
    *(("marks", "--term", half) for half in "12"),
    *(("positions", "--term", half) for half in "12"),
    *(
        (roster, *batch)
        for roster in ("course-outputs", "activities")
        for batch in ((), ("--batch", "1"), ("--batch", "2"))
    ),
]


class Received(NamedTuple):
    """A roster that was exported: its record's id, and its folder."""

    roster: str
    export: str
    folder: Path

    @property
    def workbook(self) -> Path:
        [path] = self.folder.glob("*.xlsx")
        return path

    @property
    def items(self) -> dict[tuple[str, int], tuple[str, str]]:
        table = csv.DictReader(io.StringIO((self.folder / "self-check.csv").read_text(encoding="utf-8")))
        return {(line["sheet"], int(line["row"])): (line["student"], line["item"]) for line in table if line["row"]}


def main() -> None:
    """Measure, print, and fail where anything was found that was not planted, or not found that was."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=600)
    parser.add_argument("--seeds", type=int, default=20)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    try:
        wrong = _measure(folder, asked.students, asked.seeds)
    finally:
        shutil.rmtree(folder)
    sys.exit(1 if wrong else 0)


def _measure(folder: Path, students: int, seeds: int) -> int:
    school = folder / "school"
    subprocess.run([BIN / "licheng", "demo", school, "--students", str(students)], check=True, capture_output=True)
    ids = sorted(load(WorkTree(school), TODAY, handbook=False).school.students)
    people = [
        Person(student, f"0{number:05}", "趙子丑", id_number(number), "2008-01-02", nonces={"115-1": f"{number:064x}"})
        for number, student in enumerate(ids, start=1)
    ]
    registry = Registry.at(folder / "registry")
    registry.table.write_bytes(IdentityTable(registry.recipients, tuple(people)).sealed())
    begun = time.perf_counter()
    exported = list(_exported(school, folder, registry))
    exporting = time.perf_counter() - begun
    found = planted = rows = wrong = 0
    begun = time.perf_counter()
    for seed in range(seeds):
        for received in exported:
            agency, items = Agency.of(received.workbook, seed), received.items
            agency.err(most=max(1, len(items) // 20))
            right: Counter[tuple[str, ...]] = Counter(
                (each.fault, *(items[each.sent] if each.sent is not None else ("", "")), each.column)
                for each in agency.mistakes
            )
            data = agency.workbook() if seed % 2 else agency.json(received.roster)
            told = _told(school, folder, received, data, people)
            planted, found, rows = planted + right.total(), found + told.total(), rows + len(items)
            wrong += ((right - told) + (told - right)).total()
    comparing = time.perf_counter() - begun
    again = sum(
        _told(school, folder, each, Agency.of(each.workbook, 0).workbook(), people).total() for each in exported
    )
    row(f"{students} students, {len(exported)} rosters of a year, {seeds} seeds", "planted", "found", "other")
    row("  differences", str(planted), str(found), str(wrong))
    row("  after the correction", "0", str(again), str(again))
    whole = run(school, BIN / "licheng", "check", "--no-cache").seconds
    export, receipt = exporting / len(exported), comparing / seeds / len(exported)
    line(f"export of a roster, {students} students", f"{export:.2f} s", f"licheng check {whole:.2f} s", export / whole)
    line(f"a receipt of {rows // seeds // len(exported)} rows compared", f"{receipt:.2f} s",
         f"export {export:.2f} s", receipt / export)  # fmt: skip
    return wrong + again


def _exported(school: Path, folder: Path, registry: Registry) -> Iterator[Received]:
    for roster, *more in ROSTERS:
        out = folder / "-".join((roster, *more)).replace("--", "")
        command = (BIN / "licheng", "export", roster, "--year", YEAR, *more, "--out", out, "--by", "t004")
        done = subprocess.run([*command, *registry.options], cwd=school, capture_output=True, text=True, check=False)
        if done.returncode in {0, 1}:
            export = done.stdout.rstrip().rpartition("content/exports/")[2].removesuffix(".yaml")
            yield Received(roster, export, out)
        else:
            sys.stderr.write(f"{roster} {' '.join(more)}: {done.stderr}")


def _told(
    school: Path, folder: Path, received: Received, data: bytes, people: list[Person]
) -> Counter[tuple[str, ...]]:
    file = folder / "receipt"
    file.write_bytes(data)
    asked = AskedReceipt(file, received.export, "t004", received.folder)
    differences = prepared(school, WorkTree(school), TODAY, asked, people).comparison.differences
    return Counter(
        (each.fault.value, *((each.student, each.item) if each.item else ("", "")), "".join(each.columns))
        for each in differences
    )


if __name__ == "__main__":
    main()
