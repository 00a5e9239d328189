"""`licheng site`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.app.site.editions import tree_of
from licheng.app.site.signing import required_signing_page
from licheng.app.status import read_school
from licheng.cli.options import dry_run_option
from licheng.outputs.signing_page import digests
from licheng.sources.tree import WorkTree, find_root
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


@site.command("signing")
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="空的或新的資料夾 / an empty or a new folder",
)
@dry_run_option()
def write_signing_page(folder: Path, dry_run: bool) -> None:
    """寫出通行密鑰的簽署頁，印出各檔與全部的 SHA-256。 / Write the signing page; print its SHA-256."""
    check_target(folder)
    tree = WorkTree(find_root(Path.cwd()))
    page = required_signing_page(read_school(tree, day_of(tree, None)))
    if not dry_run:
        write_folder(folder, page)
    for name, digest in digests(page).items():
        click.echo(f"{digest}  {name}")
