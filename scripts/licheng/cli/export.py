"""`licheng export`."""

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


@click.command()
@click.argument("roster", metavar="ROSTER")
@click.option("--year", required=True, type=click.IntRange(100, 199), help="學年度，例如 115 / school year")
@click.option("--term", "half", type=click.IntRange(1, 2), help="第幾學期，依學期的名冊才寫 / of a roster per term")
@click.option("--batch", metavar="BATCH", help="高三的梯次：1、2，或 first、second / of year level 12")
@click.option(
    "--level",
    "levels",
    type=click.IntRange(10, 12),
    multiple=True,
    help="只要這個年級，可重複；不寫就照行事曆 / only this year level; by the calendar if not given",
)
@click.option(
    "--out", "folder", required=True, type=click.Path(path_type=Path), help="新的資料夾，儲存庫以外 / a new folder"
)
@table_option()
@identity_option()
@click.option("--by", required=True, metavar="STAFF", help="匯出的人，例如 t004 / who makes it")
@click.option(
    "--at", "revision", default="HEAD", metavar="COMMIT", help="從這個提交 / of this commit, to make it again"
)
@dry_run_option()
@today_option()
@language_option()
def export(
    roster: str,
    year: int,
    half: int | None,
    batch: str | None,
    levels: tuple[int, ...],
    folder: Path,
    table: Path,
    identity: Path | None,
    by: str,
    revision: str,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """匯出一份名冊：活頁簿、檔案、自我檢查與雜湊值；有沒匯出的就以 1 結束。 / Make a roster for the agency."""
    from licheng.app.registry import export as app
    from licheng.app.registry.identities import open_table
    from licheng.outputs.catalog import catalog
    from licheng.outputs.exporting import summary
    from licheng.sources.tree import CommitTree, WorkTree
    from licheng.storage.folders import check_target
    from licheng.storage.private import check_outside

    root, words = writable_root(dry_run), catalog(lang)
    check_outside(folder)
    check_target(folder)
    people = open_table(table, identity).table.people
    with CommitTree(root, revision) as tree:
        day = day_of(tree, today)
        wanted = app.WantedRoster(roster, year, half, batch, frozenset(levels))
        prepared = app.prepared(tree, day, wanted, by, people)
        manifest = app.written(prepared, tree, None if dry_run else folder)
        record = app.recorded(prepared, manifest, tree.commit, WorkTree(root))
    carry_out(record.plan, root, dry_run)
    click.echo(summary(prepared.filled, prepared.name, record.path, words), nl=False)
    sys.exit(ExitCode.ERRORS if prepared.filled.left_out else ExitCode.CLEAN)
