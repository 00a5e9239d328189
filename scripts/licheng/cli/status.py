"""`licheng status`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app import status as app
from licheng.app.day import day_of
from licheng.cli.options import language_option, progress_bar, today_option
from licheng.outputs import status as output
from licheng.outputs.pages.words import words
from licheng.sources.tree import WorkTree, find_root


@click.command()
@click.option("--term", metavar="TERM", help="只看一個學期，例如 115-1 / one term")
@click.option("--public", is_flag=True, help="可公開的數字：向下取整 / the counts that may be published")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON / as JSON")
@today_option()
@language_option()
def status(term: str | None, public: bool, as_json: bool, today: str | None, lang: str) -> None:
    """各學期、各年級的件數（校內使用，不公開）。 / Counts by term and year level; not for publication."""
    root = find_root(Path.cwd())
    tree = WorkTree(root)
    school = app.read_school(tree, day_of(tree, today))
    with progress_bar("status") as bar:
        found = app.status(tree, school, bar)
    table = app.table(found, school, term)
    if public:
        table = app.public_for(table, school)
    unreadable = 0 if public else found.unreadable
    if as_json:
        click.echo(output.render_json(table, unreadable=unreadable), nl=False)
    else:
        click.echo(output.render(table, words(lang), unreadable=unreadable), nl=False)
