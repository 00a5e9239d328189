"""`licheng renew`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.cli.options import dry_run_option, language_option, now_option, repository_option


@click.command()
@repository_option()
@click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path, file_okay=False), help="新的裸儲存庫 / the new one"
)
@click.option("--by", required=True, metavar="STAFF", help="換新的人，例如 t006 / who renews")
@now_option()
@dry_run_option()
@language_option()
def renew(repository: Path, target: Path, by: str, now: str | None, dry_run: bool, lang: str) -> None:
    """在伺服器上換新儲存庫：不帶過去的版本，收件紀錄接續下去（肆.四）。 / Begin a server's repository anew."""
    from licheng.app.day import now_of
    from licheng.app.registry.seal import school_of
    from licheng.app.server import renew as app
    from licheng.core.dates import TAIPEI
    from licheng.core.errors import UsageError
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable
    from licheng.sources.tree import CommitTree
    from licheng.storage.folders import check_target

    repository = repository.resolve()
    check_target(target)
    renewal = app.planned(repository)
    with CommitTree(repository, renewal.tip) as tree:
        moment = now_of(tree, now)
        if by not in school_of(tree, moment.astimezone(TAIPEI).date()).staff:
            raise UsageError("APP429", staff=by)
    words, figures = (
        catalog(lang),
        {"objects": len(renewal.objects), "left": renewal.left, "sequence": renewal.sequence},
    )
    if dry_run:
        click.echo(printable(words.word("renew_would", tip=renewal.tip, path=str(target), **figures)))
        return
    first = app.renewed(renewal, target, by, moment)
    click.echo(printable(words.word("renew_done", tip=renewal.tip, first=first, path=str(target), **figures)))
