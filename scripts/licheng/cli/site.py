"""`licheng site`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.site.editions import tree_of
from licheng.cli.options import dry_run_option
from licheng.sources.tree import find_root
from licheng.storage.folders import check_target, write_folder


@click.group()
def site() -> None:
    """網站的頁面。 / The site's pages."""


@site.command("write")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@dry_run_option()
def write_pages(folder: Path, dry_run: bool) -> None:
    """把產生的頁面寫進一個空資料夾，任何網站產生器都能用。 / Write the generated pages into an empty folder."""
    check_target(folder)
    pages = tree_of(find_root(Path.cwd()))
    if not dry_run:
        write_folder(folder, pages)
    for path, text in pages.items():
        click.echo(f"+ {folder / path} ({len(text.encode())} bytes)")
