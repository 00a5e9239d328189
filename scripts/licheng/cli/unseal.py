"""`licheng unseal`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.cli.options import carry_out, dry_run_option, identity_option, language_option, today_option, writable_root

_REASONS = ("request", "authority", "drill")


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--student", required=True, metavar="STUDENT", help="代號，例如 s1139901 / the id")
@click.option("--by", required=True, metavar="STAFF", help="啟封的人，例如 t004 / who opens it")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(_REASONS),
    help="當事人請求、依法令、演練 / on request, by law, or a drill",
)
@identity_option()
@click.option(
    "--keys",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="學生鑰匙的資料夾 / folder of students' keys",
)
@click.option(
    "--out", "folder", required=True, type=click.Path(path_type=Path), help="新的資料夾，儲存庫以外 / a new folder"
)
@dry_run_option()
@today_option()
@language_option()
def unseal(
    path: Path,
    student: str,
    by: str,
    reason: str,
    identity: Path | None,
    keys: Path,
    folder: Path,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """打開一份封存檔，逐位元組還原到儲存庫以外，並留下紀錄（肆.四）。 / Open a sealed file again."""
    from licheng.app.registry import unseal as app
    from licheng.core.errors import UsageError
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable
    from licheng.sources.tree import WorkTree
    from licheng.storage.folders import check_target
    from licheng.storage.private import check_outside

    if identity is None:
        raise UsageError("APP172", case="sealed", path=str(path))
    root = writable_root(dry_run)
    check_outside(folder)
    check_target(folder)
    tree = WorkTree(root)
    day = day_of(tree, today)
    asked = app.AskedUnsealing(path, student, by, reason, identity, keys / f"{student}.key")
    record = app.sealed(tree, day, asked)
    # Recorded first: what was opened is always on record, and a killed run is run again.
    carry_out(app.recorded(record, asked, day, tree), root, dry_run)
    if not dry_run:
        app.written(record, asked, folder)
        click.echo(printable(catalog(lang).word("unseal_done", student=student, path=str(folder))))
