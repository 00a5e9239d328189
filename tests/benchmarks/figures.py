"""What `make bench` measures: each line beside its peer or its limit of the same run; and the handbook's page of them.

A benchmark calls `line`, which prints. Where `LICHENG_FIGURES` names a file, each line is kept there too, and
`python -m tests.benchmarks.figures` writes the table of the page anew from it, with the machine and the day.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from licheng.core.dates import TAIPEI
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/developers/figures.md"
KEPT = "LICHENG_FIGURES"
_TABLE = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)
_HEAD = "| 量什麼 | 量到 | 比較對象或上限 | 比值 | 要求 |\n| --- | --- | --- | --- | --- |\n"


class Figure(NamedTuple):
    """One line.

    Attributes:
        name: what was measured.
        ours: with its unit.
        beside: the peer or the limit, with its unit.
        ratio: of the two, as `asked` means it.
        asked: `>= 25`, `<= 4`; empty where nothing is.
    """

    name: str
    ours: str
    beside: str
    ratio: float
    asked: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it is as asked."""
        sign, _, bound = self.asked.partition(" ")
        return not bound or (self.ratio >= float(bound) if sign == ">=" else self.ratio <= float(bound))


def line(name: str, ours: str, beside: str, ratio: float, asked: str = "") -> bool:
    """Print a figure and keep it; whether it is as asked."""
    figure = Figure(name, ours, beside, round(ratio, 2), asked)
    missed = "" if figure.is_met else "  MISSED"
    print(f"{name:<58}{ours:>14}{beside:>30}{figure.ratio:>9.2f}  {asked}{missed}", flush=True)  # noqa: T201 - its output
    if kept := os.environ.get(KEPT):
        with (ROOT / kept).open("a", encoding="utf-8") as file:  # whatever folder a benchmark has gone to
            file.write(json.dumps(figure) + "\n")
    return figure.is_met


class Runs(NamedTuple):
    """The same figure of one run or several.

    Attributes:
        middle: the one of the median ratio.
        ratios: of all, in the order of the runs.
    """

    middle: Figure
    ratios: list[float]


def by_name(figures: Iterable[Figure]) -> list[Runs]:
    """Whatever was measured, in the order in which it was measured first."""
    named: dict[str, list[Figure]] = {}
    for figure in figures:
        named.setdefault(figure.name, []).append(figure)
    return [Runs(_middle(same), [each.ratio for each in same]) for same in named.values()]


def _middle(same: list[Figure]) -> Figure:
    """The one of the median ratio; of two, the one that is further from what is asked."""
    ordered = sorted(same, key=lambda each: each.ratio)
    return ordered[(len(ordered) - same[0].asked.startswith(">=")) // 2]


def table(figures: Iterable[Runs]) -> str:
    """Markdown; what is not as asked says so. Digits of several ratios in a row could be somebody's number (PRI001)."""
    rows = (
        f"| {each.name} | {each.ours} | {each.beside} | {'；'.join(f'{ratio:.2f}' for ratio in ratios)} "
        f"| {each.asked.replace('>=', '≥').replace('<=', '≤') or '—'}{'' if each.is_met else '，**未達**'} |\n"
        for each, ratios in figures
    )
    return _HEAD + "".join(rows)


def machine() -> str:
    """What it was measured on, without any name of it."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*: (.*)", text)
    load = os.getloadavg()[0]
    return (
        f"{model[1] if model else platform.processor()}，{os.cpu_count()} 核心，{platform.system()}，"
        f"Python {platform.python_version()}；{datetime.now(TAIPEI).date().isoformat()}，結束時平均負載 {load:.1f}"
    )


def main() -> None:
    """Write the page's table anew."""
    lines = (ROOT / os.environ[KEPT]).read_text(encoding="utf-8").splitlines()
    figures = by_name(Figure(*json.loads(each)) for each in lines)
    written = f"機器：{machine()}。\n\n{table(figures)}"
    PAGE.write_text(_TABLE.sub(lambda _: written, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0 if all(each.middle.is_met for each in figures) else 1)


if __name__ == "__main__":
    main()
