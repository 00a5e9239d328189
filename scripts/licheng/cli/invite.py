"""`licheng platform invite` and `uninvite`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.cli.options import dry_run_option, language_option, now_option
from licheng.cli.serve import check_extra

_DAYS = 14


_config_option = click.option(
    "--config",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="平臺設定 platform.toml，在儲存庫以外 / the settings, outside the repository",
)


@click.command()
@click.argument("accounts", nargs=-1, metavar="[ID]...")
@_config_option
@click.option("--class", "school_class", metavar="CLASS", help="整班學生 / all students of a class")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="要印的 HTML 檔，在儲存庫以外 / the file to print, outside the repository",
)
@click.option("--days", type=int, default=_DAYS, show_default=True, help="幾天內有效 / good for so many days")
@dry_run_option()
@now_option()
@language_option()
def invite(
    config: Path,
    accounts: tuple[str, ...],
    school_class: str | None,
    target: Path,
    days: int,
    dry_run: bool,
    now: str | None,
    lang: str,
) -> None:
    """發一次性的登入碼，印成一班一張、一人一條。 / One-time codes to sign in with, on a sheet to cut."""
    check_extra()
    from licheng.app.day import moment_of
    from licheng.outputs.catalog import catalog
    from licheng.platform.login.inviting import invite as run
    from licheng.platform.settings import check_start, read_settings

    settings = read_settings(config)
    check_start(settings)
    words = catalog(lang)
    planned = run(settings, moment_of(now), accounts, school_class, days, target)
    if not dry_run:
        planned.carry_out(words)
    for line in planned.lines(words, written=not dry_run):
        click.echo(line)


@click.command()
@click.argument("accounts", nargs=-1, required=True, metavar="ID...")
@_config_option
@click.option("--passkeys", is_flag=True, help="也刪掉通行密鑰，並登出 / remove their passkeys too, and sign them out")
@dry_run_option()
@now_option()
@language_option()
def uninvite(
    config: Path, accounts: tuple[str, ...], passkeys: bool, dry_run: bool, now: str | None, lang: str
) -> None:
    """作廢還沒用的登入碼；手機遺失時也刪掉通行密鑰。 / Take back codes, and passkeys of a lost phone."""
    check_extra()
    from licheng.app.day import moment_of
    from licheng.outputs.catalog import catalog
    from licheng.platform.login.inviting import uninvite as run
    from licheng.platform.settings import check_start, read_settings

    settings = read_settings(config)
    check_start(settings)
    planned = run(settings, accounts, passkeys=passkeys)
    if not dry_run:
        planned.carry_out(moment_of(now))
    for line in planned.lines(catalog(lang)):
        click.echo(line)
