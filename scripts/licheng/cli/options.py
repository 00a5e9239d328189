"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licheng.core.languages import LANGUAGES

if TYPE_CHECKING:
    from datetime import date

    from licheng.core.term import Term
    from licheng.storage.plan import Plan

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


def term_given(text: str | None, today: date) -> Term:
    """The term that `--term` names; without it that of the day.

    Raises:
        UsageError: APP017, it is no term.
    """
    from licheng.core.errors import UsageError
    from licheng.core.term import Term

    try:
        return Term.parse(text) if text is not None else Term.on(today)
    except ValueError as error:
        raise UsageError("APP017", name="--term", value=str(text), case="no-such-term") from error


def dry_run_option() -> Decorator:
    """`--dry-run`."""
    return click.option("--dry-run", is_flag=True, help="只顯示會寫入什麼，不寫入 / show what would be written")


def identities_option() -> Decorator:
    """`--identities`, to show who a student is in the terminal."""
    return click.option(
        "--identities",
        type=click.Path(path_type=Path, dir_okay=False),
        help="對照表或名冊 CSV（student、class、seat、name），只在終端機顯示 / table or list, for the terminal only",
    )


def table_option(*, required: bool = True) -> Decorator:
    """`--identities`, the identity table itself: a plain list will not do."""
    return click.option(
        "--identities",
        "table",
        required=required,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="TABLE",
        help="對照表，在儲存庫以外 / the identity table, outside the repository",
    )


def identity_option() -> Decorator:
    """`--identity`, the private key that opens an identity table; it is read from its file, never typed."""
    return click.option(
        "--identity",
        envvar="LICHENG_IDENTITY",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="KEYFILE",
        help="打開對照表的私鑰檔；也可用環境變數 LICHENG_IDENTITY / private key file that opens the identity table",
    )


def recipients_options() -> Decorator:
    """`--recipient` and `--recipients`."""

    def both(command: Callable[..., Any]) -> Callable[..., Any]:
        named = click.option(
            "--recipient", "named", multiple=True, metavar="KEY", help="收件公鑰 age1… 或 ssh-… / who can open it"
        )
        listed = click.option(
            "--recipients",
            "listed",
            type=click.Path(path_type=Path, dir_okay=False),
            help="收件公鑰的檔案，一行一把 / a file of them, one a line",
        )
        return named(listed(command))

    return both


def recipients_of(named: tuple[str, ...], listed: Path | None) -> tuple[str, ...]:
    """The lines that both of these options give."""
    from licheng.exchange import age

    return (*named, *(age.recipients_in(listed) if listed is not None else ()))


def now_option() -> Decorator:
    """`--now`."""
    return click.option(
        "--now", metavar="TIME", help="決定的時間，例如 2026-11-23T04:00:00Z / time of the decision (UTC)"
    )


def repository_option() -> Decorator:
    """`--repo`, of a command that the server runs."""
    return click.option(
        "--repo",
        "repository",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        help="裸儲存庫 / repository",
    )


def writable_root(dry_run: bool) -> Path:
    """The school around us, without what a killed run had half written; a dry run takes nothing back."""
    # Most commands write nothing, and a login must not wait for what others need.
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable
    from licheng.sources.tree import find_root
    from licheng.storage.plan import recover

    root = find_root(Path.cwd())
    taken = [] if dry_run else recover(root)
    if taken:
        for language in LANGUAGES:
            click.echo(printable(catalog(language).word("taken_back", count=len(taken), path=taken[0])), err=True)
    return root


def carry_out(plan: Plan, root: Path, dry_run: bool) -> None:
    """Apply a plan, unless only asked what it would do, and say what it writes."""
    if not dry_run:
        plan.apply(root)
    for line in plan.lines():
        click.echo(line)


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
