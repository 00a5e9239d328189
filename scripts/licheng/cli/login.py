"""`licheng hook shell`, `announce` and `authorized-keys`: the door of a server."""

from __future__ import annotations

import os
import sys
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
    os.execvpe(command[0], command, os.environ | environment)  # noqa: S606 - git, or one of our own commands


@click.command()
@repository_option()
def announce(repository: Path) -> None:
    """收件帳號先報上檔案的雜湊值，不由人執行。 / Note digests of what an intake account holds; not for people."""
    from licheng.app.day import now_of
    from licheng.app.server.announcement import MOST_BYTES
    from licheng.app.server.announcement import announce as note
    from licheng.app.server.names import ACTOR, MAIN
    from licheng.outputs.receipt import block
    from licheng.policy.receipts import statement
    from licheng.sources.tree import CommitTree

    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    with CommitTree(repository, MAIN) as tree:
        now = now_of(tree, None)
    entry = note(repository, app.school_of(repository), os.environ.get(ACTOR, ""), data, now)
    click.echo(block(entry) if "signature" in entry else statement(entry).decode(), nl=False)
