"""`licheng init`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app import init as app
from licheng.app.day import now_of
from licheng.cli.options import dry_run_option, now_option
from licheng.cli.signer import Signer
from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError
from licheng.core.languages import LANGUAGES
from licheng.core.term import Term
from licheng.outputs.catalog import catalog
from licheng.signing.ssh_keygen import read_public_key
from licheng.sources.tree import WorkTree
from licheng.storage.plan import Plan


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="校名 / the school's name")
@click.option("--name-en", metavar="TEXT", help="英文校名 / its English name")
@click.option("--code", required=True, help="教育部六碼學校代碼 / the ministry's code")
@click.option(
    "--coordinators",
    nargs=2,
    required=True,
    type=click.Path(path_type=Path),
    help="教務主任與註冊組長的公鑰，兩個人 / public keys of two people: dean of academic affairs, registrar",
)
@click.option("--engine", required=True, help="licheng 的 wheel、原始碼封存檔，或 git+https://…@提交")
@click.option(
    "--key",
    "private_keys",
    multiple=True,
    type=click.Path(path_type=Path),
    help="在這裡就簽的協調者金鑰，可重複 / a coordinator's private key that signs now",
)
@click.option("--since", metavar="TERM", help="已有學生時，要帶進來的最早學期 / the first earlier term, as 113-1")
@dry_run_option()
@now_option()
def init(
    folder: Path,
    name: str,
    name_en: str | None,
    code: str,
    coordinators: tuple[Path, Path],
    engine: str,
    private_keys: tuple[Path, ...],
    since: str | None,
    dry_run: bool,
    now: str | None,
) -> None:
    """建立一所自己的學校。 / Found a school of your own."""
    moment = now_of(WorkTree(folder), now)
    keys = (read_public_key(coordinators[0]), read_public_key(coordinators[1]))
    try:
        first = Term.parse(since) if since is not None else None
    except ValueError as error:
        raise UsageError("APP017", name="--since", value=str(since)) from error
    founding = app.Founding(
        code=code,
        name=name,
        name_en=name_en or name,
        coordinators=keys,
        moment=moment,
        today=moment.astimezone(TAIPEI).date(),
        since=first,
    )
    signers = [(signer.public, signer) for signer in map(Signer.of, private_keys)]
    files = app.compose(folder, founding, engine, signers)
    if not dry_run:
        app.write(folder, files)
    for line in Plan(creates=dict(sorted(files.items()))).lines():
        click.echo(line)
    waiting = app.unproved(files)
    for language in LANGUAGES:
        for staff in waiting:
            click.echo(catalog(language).word("init_prove", folder=folder, staff=staff))
        click.echo(catalog(language).word("init_next", folder=folder))
