"""`licheng forget`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.cli.options import (
    carry_out,
    dry_run_option,
    identity_option,
    language_option,
    table_option,
    today_option,
    writable_root,
)
from licheng.core.errors import ExitCode
from licheng.core.person import REASONS


@click.command()
@click.argument("student", metavar="STUDENT")
@click.option("--by", required=True, metavar="STAFF", help="銷毀的人，例如 t004 / who destroys")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="目的消失、當事人請求、登錄錯誤 / why")
@click.option(
    "--keys",
    "folders",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="學生鑰匙的資料夾與它的每一份複本，可重複 / folder of students' keys, and each copy of it",
)
@table_option(required=False)
@identity_option()
@dry_run_option()
@today_option()
@language_option()
def forget(
    student: str,
    by: str,
    reason: str,
    folders: tuple[Path, ...],
    table: Path | None,
    identity: Path | None,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """銷毀封存過的學生的鑰匙與對照表那一列：封存檔再也打不開。 / Destroy a sealed student's key and row."""
    from licheng.app.registry import forget as app
    from licheng.app.registry.identities import open_table
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable
    from licheng.sources.tree import WorkTree

    root = writable_root(dry_run)
    tree = WorkTree(root)
    day = day_of(tree, today)
    asked = app.AskedForgetting(student, by, reason, folders)
    ready = app.prepared(tree, day, asked)
    opened = open_table(table, identity) if table is not None else None
    # Recorded first, the row last: a killed run is run again with the same words.
    carry_out(ready.plan, root, dry_run)
    rows, words = 0, catalog(lang)
    if not ready.is_seconded:
        click.echo(printable(words.word("forget_waits", student=student, change=ready.change, slug=ready.change[:8])))
        sys.exit(ExitCode.ERRORS)
    if not dry_run:
        app.destroy(ready.keys)
        rows = int(opened is not None and app.destroy_row(opened, asked, day))
    word = "forget_would" if dry_run else "forget_done"
    click.echo(printable(words.word(word, student=student, keys=len(ready.keys), rows=rows)))
