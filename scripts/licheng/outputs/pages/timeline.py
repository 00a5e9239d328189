"""A term as a drawing: where each bar lies, in percent of the width, so that one drawing fits phone and desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

BAR_TOP, ROW, HEAD, FOOT = 20, 42, 44, 14


@dataclass(frozen=True)
class TimelineEntry:
    """What is to be drawn: words, kind (a stage, or `agency`), first and last day."""

    label: str
    kind: str
    opens: date
    closes: date


@dataclass(frozen=True)
class Mark:
    """A day that stands out: 開學, 休業式, today."""

    label: str
    kind: str
    on: date


@dataclass(frozen=True)
class Bar:
    """A bar with its words above it; words of bars in the right half end where the bar ends."""

    label: str
    kind: str
    left: str
    width: str
    top: int
    text_top: int
    anchor: str
    text_left: str


@dataclass(frozen=True)
class Tick:
    """A vertical line with a word at its top."""

    label: str
    kind: str
    left: str
    text_top: int
    anchor: str


@dataclass(frozen=True)
class Timeline:
    """A finished drawing."""

    height: int
    bars: tuple[Bar, ...]
    months: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    head: int = HEAD


def timeline(spans: Iterable[TimelineEntry], marks: Iterable[Mark], month: str) -> Timeline:
    """Lay spans out in rows by their first day, on whole months; `month` is what follows a month's number."""
    ordered = sorted(spans, key=lambda span: (span.opens, span.closes, span.label))
    shown = list(marks)
    days = [day for span in ordered for day in (span.opens, span.closes)] + [mark.on for mark in shown]
    first = min(days).replace(day=1)
    last = _month_after(max(days))
    scale = _Scale(first, (last - first).days)
    months, day = [], first
    while day < last:
        months.append(Tick(f"{day.month}{month}", "month", _percent(scale.at(day)), 12, "start"))
        day = _month_after(day)
    ticks = [
        Tick(mark.label, mark.kind, _percent(left := scale.at(mark.on)), 30, "end" if left > 80 else "start")
        for mark in shown
        if first <= mark.on < last
    ]
    bars = []
    for row, span in enumerate(ordered):
        left, right = scale.at(span.opens), scale.at(span.closes + timedelta(days=1))
        anchor, text_left = ("end", right) if left > 45 else ("start", left)
        top = HEAD + ROW * row + BAR_TOP
        bars.append(Bar(span.label, span.kind, _percent(left), _percent(right - left), top, top - 6, anchor,
                        _percent(text_left)))  # fmt: skip
    return Timeline(HEAD + ROW * len(ordered) + FOOT, tuple(bars), tuple(months), tuple(ticks))


@dataclass(frozen=True)
class _Scale:
    first: date
    days: int

    def at(self, day: date) -> float:
        return 100 * (day - self.first).days / self.days


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
