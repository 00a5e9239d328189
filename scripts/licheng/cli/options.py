"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from licheng.outputs.catalog import LANGUAGES

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def language_option() -> Decorator:
    """`--lang`."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default=LANGUAGES[0],
        show_default=True,
        help="語言 / language",
    )


def today_option() -> Decorator:
    """`--today`."""
    return click.option("--today", metavar="DATE", help="以這一天為準，例如 2026-11-23 / judge as of this day")


def dry_run_option() -> Decorator:
    """`--dry-run`."""
    return click.option("--dry-run", is_flag=True, help="只顯示會寫入什麼，不寫入 / show what would be written")


def is_terminal(stream: Any) -> bool:
    """Whether a person reads a stream, and colours and bars are welcome."""
    return bool(stream.isatty()) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, only on a terminal; None elsewhere."""
    if not is_terminal(sys.stderr) or os.environ.get("CI"):
        yield None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
