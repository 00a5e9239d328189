"""`licheng evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.app.evaluate import evaluate as run
from licheng.cli.options import carry_out, dry_run_option, language_option, progress_bar, today_option, writable_root
from licheng.outputs.evaluation import render
from licheng.outputs.words import words
from licheng.sources.tree import WorkTree
from licheng.storage.private import check_private, write_private


@click.command()
@click.argument("year", type=click.IntRange(100, 199))
@click.option(
    "--private",
    type=click.Path(path_type=Path, dir_okay=False),
    help="把個人的名單寫到儲存庫以外的檔案，不印出來 / the list of people into a file outside the repository",
)
@dry_run_option()
@today_option()
@language_option()
def evaluate(year: int, private: Path | None, dry_run: bool, today: str | None, lang: str) -> None:
    """寫出一學年成效評核的數字與草稿；個人名單只給執行秘書看。 / Draft the evaluation of a school year."""
    root = writable_root(dry_run)
    if private is not None:
        check_private(private, root)
    tree = WorkTree(root)
    with progress_bar("evaluate") as bar:
        evaluated = run(tree, day_of(tree, today), year, bar)
    carry_out(evaluated.plan, root, dry_run)
    listed = render(evaluated.people, year, words(lang))
    if private is None:
        click.echo(listed, nl=False)
    elif not dry_run:
        write_private(private, listed.encode(), replaces=False)
