"""`licheng accounts`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.day import day_of, parse_day
from licheng.app.registry import accounts as app
from licheng.cli.options import carry_out, dry_run_option, language_option, today_option, writable_root
from licheng.core.errors import ExitCode
from licheng.outputs import accounts as output
from licheng.outputs.catalog import catalog
from licheng.sources.tree import WorkTree, find_root
from licheng.storage.private import write_private

_HOLDERS = {"students": frozenset({"student"}), "staff": frozenset({"staff"}), "all": frozenset({"student", "staff"})}


@click.group()
def accounts() -> None:
    """帳號：開設、停用、核對；登入身分用 licheng import 帶進來。 / Accounts: opened, ended, checked."""


@accounts.command()
@today_option()
@language_option()
def check(today: str | None, lang: str) -> None:
    """誰還沒有帳號、誰的帳號該停用。 / Who has no account, and whose must end."""
    tree = WorkTree(find_root(Path.cwd()))
    state = app.review(tree, day_of(tree, today))
    click.echo(output.review(state, catalog(lang)), nl=False)
    sys.exit(ExitCode.ERRORS if state.leaving else ExitCode.CLEAN)


@accounts.command("open")
@click.argument("holders", type=click.Choice([*_HOLDERS]), metavar="[students|staff|all]")
@click.option("--from", "starts", metavar="DATE", help="啟用日，預設今天 / their first day; today if not given")
@dry_run_option()
@today_option()
@language_option()
def open_(holders: str, starts: str | None, dry_run: bool, today: str | None, lang: str) -> None:
    """替在校而沒有帳號的人開帳號，還沒有登入身分。 / An account for everybody here who has none."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    day = day_of(tree, today)
    planned = app.open_missing(tree, day, _HOLDERS[holders], parse_day(starts) if starts is not None else day)
    carry_out(planned.plan, root, dry_run)
    click.echo(output.opened(planned.who, catalog(lang)), nl=False)


@accounts.command()
@dry_run_option()
@today_option()
@language_option()
def end(dry_run: bool, today: str | None, lang: str) -> None:
    """停用已離校的人的帳號；紀錄留著。 / End the accounts of those who have left; the entries stay."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    planned = app.end_of_leavers(tree, day_of(tree, today))
    carry_out(planned.plan, root, dry_run)
    click.echo(output.ended(planned.who, catalog(lang)), nl=False)


@accounts.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@dry_run_option()
@language_option()
def key(file: Path, dry_run: bool, lang: str) -> None:
    """單一登入（OIDC）主體用的學校金鑰，放在儲存庫以外。 / The school's key for single sign-on subjects."""
    text = app.new_oidc_key(file)
    if not dry_run:
        write_private(file, text, replaces=False)
    click.echo(catalog(lang).word("accounts_key", path=str(file)))
