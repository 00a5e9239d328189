"""`licheng promote`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of, parse_day
from licheng.app.registry import promote as app
from licheng.cli.options import dry_run_option, language_option, today_option, writable_root
from licheng.outputs import promotion as output
from licheng.outputs.catalog import catalog
from licheng.sources.tree import WorkTree
from licheng.storage.private import check_private, write_private


@click.command()
@click.argument("year", type=click.IntRange(100, 199), metavar="YEAR")
@click.option(
    "--write-plan",
    "draft",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="只寫出第一份計畫，讓人修改 / write a first plan to edit, and nothing else",
)
@click.option(
    "--plan",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="改好的計畫；不給就只看第一份會怎麼做 / the edited plan; without it nothing is written",
)
@click.option(
    "--graduation", metavar="DATE", help="還在最高年級的人的畢業日 / when those in the last year level graduate"
)
@dry_run_option()
@today_option()
@language_option()
def promote(
    year: int,
    draft: Path | None,
    file: Path | None,
    graduation: str | None,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """新學年的升級、留級、編班、畢業、轉出，一次寫好。 / The turn of a school year, all of it at once."""
    root, words = writable_root(dry_run), catalog(lang)
    tree = WorkTree(root)
    app.check_year(year, day_of(tree, today))
    day = parse_day(graduation) if graduation is not None else None
    plan = app.read_plan(file, year) if file is not None else app.draft(tree, year, day)
    if draft is not None:
        check_private(draft, root)  # it says who stays down
        if not dry_run:
            write_private(draft, plan.text.encode(), replaces=False)
        click.echo(plan.text if dry_run else words.word("promote_drafted", path=str(draft)), nl=not dry_run)
        return
    result = app.promoted(tree, plan)
    if file is not None and not dry_run:
        result.plan.apply(root)
    click.echo(output.promotion(result.promotion, words), nl=False)
    if file is None:
        click.echo(words.word("promote_only_shown", year=year))
