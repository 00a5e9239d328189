"""`licheng audit`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import parse_day
from licheng.app.server.audit import audit as run
from licheng.app.server.received import ReceiptLog
from licheng.cli.options import language_option
from licheng.cli.paths import from_root
from licheng.outputs import audit as output
from licheng.outputs.catalog import catalog
from licheng.sources.tree import find_repository


@click.command()
@click.argument("asked", nargs=-1, required=True, metavar="STUDENT|PATH...")
@click.option("--repo", type=click.Path(path_type=Path, file_okay=False), help="儲存庫 / the repository")
@click.option(
    "--receipts", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="收件紀錄 / the receipt log"
)
@click.option("--since", metavar="DATE", help="從這一天起 / from this day on")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON / as JSON")
@language_option()
def audit(
    asked: tuple[str, ...], repo: Path | None, receipts: Path | None, since: str | None, as_json: bool, lang: str
) -> None:
    """誰在什麼時候登錄、修改、認證、提交了什麼（肆.三）。 / Who did what and when, with the evidence."""
    root = find_repository(repo or Path.cwd())
    beside = ReceiptLog.of(root)  # of a bare repository, on the server
    log = ReceiptLog(receipts) if receipts is not None else beside if beside.path.is_file() else None
    wanted = [from_root(root, Path(name)) if "/" in name and repo is None else name for name in asked]
    traced = run(root, wanted, log, parse_day(since) if since is not None else None)
    if as_json:
        click.echo(output.render_json(traced.deeds, traced.paths, traced.receipts), nl=False)
    else:
        click.echo(output.render(traced.deeds, traced.receipts, catalog(lang)), nl=False)
