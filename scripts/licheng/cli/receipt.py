"""`licheng receipt`."""

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
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--export",
    "roster",
    required=True,
    metavar="EXPORT",
    help="回答哪一筆匯出紀錄，例如 114/course-outputs-first / the record of the export that it answers",
)
@click.option(
    "--sent",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="匯出時寫出的資料夾；不寫就從紀錄的提交重做 / the folder that the export wrote; made again if not given",
)
@table_option()
@identity_option()
@click.option("--by", required=True, metavar="STAFF", help="匯入的人，例如 t004 / who takes it in")
@dry_run_option()
@today_option()
@language_option()
def receipt(
    file: Path,
    roster: str,
    folder: Path | None,
    table: Path,
    identity: Path | None,
    by: str,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """匯入國教署的收訖明細，逐人逐件和匯出的比對；有不同就以 1 結束。 / Compare the agency's receipt."""
    from licheng.app.registry import receipt as app
    from licheng.app.registry.identities import open_table
    from licheng.outputs.catalog import catalog
    from licheng.outputs.receiving import summary
    from licheng.sources.tree import WorkTree
    from licheng.storage.private import check_outside

    root, words = writable_root(dry_run), catalog(lang)
    check_outside(file)
    people = open_table(table, identity).table.people
    tree = WorkTree(root)
    wanted = app.AskedReceipt(file, roster, by, folder)
    prepared = app.prepared(root, tree, day_of(tree, today), wanted, people)
    record = app.recorded(prepared)
    carry_out(record.plan, root, dry_run)
    click.echo(summary(prepared.comparison, record.version, record.path, words), nl=False)
    sys.exit(ExitCode.ERRORS if prepared.comparison.differences else ExitCode.CLEAN)
