"""`licheng new` and `licheng attach`: the commands that write drafts."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.attach import attach as plan_attach
from licheng.app.day import day_of
from licheng.app.scaffold import find_kind, scaffold
from licheng.cli.options import carry_out, dry_run_option, today_option, writable_root
from licheng.core.errors import UsageError
from licheng.sources.tree import WorkTree


@click.command()
@click.argument("kind")
@click.option("--student", metavar="ID", help="學生代號，例如 s1139907 / student")
@click.option("--term", metavar="TERM", help="學期，例如 115-1 / term")
@click.option("--year", metavar="YEAR", help="學年度，例如 115 / school year")
@click.option("--date", metavar="DATE", help="日期，例如 2026-09-11 / date of the record")
@click.option("--slug", metavar="NAME", help="資料夾或檔名，小寫英數與連字號 / name in the path")
@click.option("--subject", type=click.Choice(["basic-data", "course-records", "statement"]), help="檢核項目")
@click.option("--batch", type=click.Choice(["regular", "first", "second"]), help="梯次")
@click.option("--set", "fields", metavar="FIELD=VALUE", multiple=True, help="欄位的值，可重複 / a field's value")
@click.option("--attach", "files", metavar="FILE", multiple=True, type=click.Path(path_type=Path), help="附件 / a file")
@dry_run_option()
@today_option()
def new(
    kind: str,
    fields: tuple[str, ...],
    files: tuple[Path, ...],
    dry_run: bool,
    today: str | None,
    **identity: str | None,
) -> None:
    """在正確的路徑建立一筆草稿。 / Scaffold a valid draft at its path."""
    root = writable_root(dry_run)
    given = {name: value for name, value in identity.items() if value is not None}
    values = dict(map(_field, fields))
    tree = WorkTree(root)
    plan = scaffold(find_kind(kind), tree, day_of(tree, today), given, values, files)
    carry_out(plan, root, dry_run)


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError("APP017", name="--set", value=text)
    return name, value


@click.command()
@click.argument("item", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "name", metavar="NAME", help="複製後的檔名（只有一個檔案時）/ name of the copy")
@dry_run_option()
@today_option()
def attach(item: Path, files: tuple[Path, ...], name: str | None, dry_run: bool, today: str | None) -> None:
    """把檔案放進項目，並填好大小、雜湊與類型。 / Copy files into an item and list them."""
    if name is not None and len(files) > 1:
        raise UsageError("APP017", name="--as", value=name)
    root = writable_root(dry_run)
    inside = item if item.is_absolute() else Path.cwd() / item
    if not inside.resolve().is_relative_to(root):
        raise UsageError("APP004", path=str(item))
    path = inside.resolve().relative_to(root).as_posix()
    carry_out(plan_attach(root, path, files, day_of(WorkTree(root), today), name), root, dry_run)
