"""`licheng hook`: a plain server."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from licheng.app import hook as app
from licheng.app.day import now_of
from licheng.cli.options import dry_run_option
from licheng.core.errors import ExitCode
from licheng.outputs import gate as output
from licheng.outputs import receipt as output_receipt
from licheng.outputs.catalog import catalog
from licheng.sources.tree import CommitTree
from licheng.storage.private import write_private

_REPOSITORY = click.option(
    "--repo",
    "repository",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="裸儲存庫 / repository",
)


@click.group()
def hook() -> None:
    """學校自己的伺服器：裸儲存庫的關卡。 / A plain server: the gate of a bare repository."""


@hook.command()
@click.argument("repository", type=click.Path(path_type=Path, file_okay=False))
@click.option("--site", type=click.Path(path_type=Path), help="每次收到後把網站建在這裡 / build the site here")
@click.option("--demo", is_flag=True, help="允許示範學校 / for a demo school")
@click.option("--new-key", is_flag=True, help="從此用新的金鑰簽收據 / sign receipts with a new key from now on")
@dry_run_option()
def install(repository: Path, site: Path | None, demo: bool, new_key: bool, dry_run: bool) -> None:
    """在裸儲存庫裝上關卡。 / Put the gate into a bare repository."""
    made = app.install(repository, demo=demo, site=site, new_key=new_key)
    if not dry_run:
        made.apply()
    for line in made.lines():
        click.echo(line)
    for start, key in made.log.key.listed():
        click.echo(f"# receipts from {start}: {key.fingerprint} {key.line}")


@hook.command("authorized-keys")
@_REPOSITORY
@click.option("--out", type=click.Path(path_type=Path), help="寫入這個檔案；否則印出 / write there instead of printing")
@dry_run_option()
def authorized_keys(repository: Path, out: Path | None, dry_run: bool) -> None:
    """由帳號產生 authorized_keys：一把登入金鑰只能執行一個指令。 / Write authorized_keys from the accounts."""
    lines = "".join(f"{line}\n" for line in app.authorized_keys(repository.resolve()))
    if out is None or dry_run:
        click.echo(lines, nl=False)
    else:
        write_private(out, lines.encode())
        click.echo(f"~ {out}")


@hook.command()
@click.argument("fingerprint")
@_REPOSITORY
def shell(fingerprint: str, repository: Path) -> None:
    """authorized_keys 執行的指令，不由人執行。 / What authorized_keys runs; not for people."""
    command, told = app.shell(repository, fingerprint, os.environ.get("SSH_ORIGINAL_COMMAND", ""))
    os.execvpe(command[0], command, os.environ | told)  # noqa: S606 - one of three programs of git


@hook.command("pre-receive")
def pre_receive() -> None:
    """Git 收到推送時執行，不由人執行。 / Run by git for each push; not for people."""
    repository = Path.cwd()
    found = app.pushes(sys.stdin)
    with CommitTree(repository, app.MAIN) as tree:
        now = now_of(tree, None)
    verdict = app.pre_receive(repository, found, dict(os.environ), now)
    words = catalog("zh-TW")
    click.echo(output.render_checked(verdict, words), nl=False)
    sys.exit(verdict.exit_code)


@hook.command()
@click.argument("ref")
@click.argument("old")
@click.argument("new")
def update(ref: str, old: str, new: str) -> None:
    """Git 移動 main 之前執行，不由人執行。 / Run by git just before main moves; not for people."""
    repository = Path.cwd()
    with CommitTree(repository, app.MAIN) as tree:
        now = now_of(tree, None)
    app.update(repository, app.Push(old, new, ref), dict(os.environ), now)


@hook.command("post-receive")
def post_receive() -> None:
    """推送落地後執行，不由人執行。 / Run by git after a push has landed; not for people."""
    repository = Path.cwd()
    with CommitTree(repository, app.MAIN) as tree:
        now = now_of(tree, None)
    words = catalog("zh-TW")
    for landing in app.post_receive(repository, app.pushes(sys.stdin), dict(os.environ), now):
        click.echo(output_receipt.render(landing.entry, landing.things, words), nl=False)


@hook.command()
@click.argument("sha")
@_REPOSITORY
def landed(sha: str, repository: Path) -> None:
    """重新檢查 main 並建置網站。 / Check main again and build the site."""
    errors = app.landed(repository, sha)
    click.echo(f"{sha} {errors}")
    sys.exit(ExitCode.ERRORS if errors else ExitCode.CLEAN)
