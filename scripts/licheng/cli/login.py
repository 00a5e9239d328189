"""`licheng hook shell` and `licheng hook authorized-keys`: the door of a server."""

from __future__ import annotations

import os
from pathlib import Path

import click

from licheng.app.server import login as app
from licheng.cli.options import dry_run_option, repository_option


@click.command("authorized-keys")
@repository_option()
@click.option("--out", type=click.Path(path_type=Path), help="寫入這個檔案；否則印出 / write there instead of printing")
@dry_run_option()
def authorized_keys(repository: Path, out: Path | None, dry_run: bool) -> None:
    """由帳號產生 authorized_keys：一把登入金鑰只能執行一個指令。 / Write authorized_keys from the accounts."""
    lines = "".join(f"{line}\n" for line in app.authorized_keys(repository.resolve()))
    if out is None or dry_run:
        click.echo(lines, nl=False)
    else:
        from licheng.storage.private import write_private

        write_private(out, lines.encode())
        click.echo(f"~ {out}")


@click.command()
@click.argument("fingerprint")
@repository_option()
def shell(fingerprint: str, repository: Path) -> None:
    """authorized_keys 執行的指令，不由人執行。 / What authorized_keys runs; not for people."""
    command, environment = app.shell(repository, fingerprint, os.environ.get("SSH_ORIGINAL_COMMAND", ""))
    os.execvpe(command[0], command, os.environ | environment)  # noqa: S606 - one of three programs of git
