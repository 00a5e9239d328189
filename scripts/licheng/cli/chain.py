"""`licheng chain`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.cli.options import language_option, today_option
from licheng.cli.paths import from_root
from licheng.core.errors import ExitCode


@click.command()
@click.argument("item", type=click.Path(path_type=Path))
@click.option(
    "--receipts", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="收件紀錄 / the receipt log"
)
@today_option()
@language_option()
def chain(item: Path, receipts: Path | None, today: str | None, lang: str) -> None:
    """一件作品的每一步：送出、認證、匯出、提交、收訖、釋出、封存，雜湊值相不相同。 / The way of one work."""
    from licheng.app.registry.chain import chain as run
    from licheng.app.server.received import ReceiptLog
    from licheng.outputs.catalog import catalog
    from licheng.outputs.chain import render
    from licheng.sources.tree import CommitTree, find_root

    root = find_root(Path.cwd())
    log = ReceiptLog(receipts) if receipts is not None else None
    with CommitTree(root, "HEAD") as tree:
        shown = run(root, tree, day_of(tree, today), from_root(root, item), log)
    click.echo(render(shown, catalog(lang)), nl=False)
    sys.exit(ExitCode.CLEAN if shown.holds else ExitCode.ERRORS)
