"""`licheng hook`: a plain server."""

from __future__ import annotations

import click

from licheng.cli.lazy import LazyGroup

# Command → its module: a login must not wait for what a push needs.
COMMANDS = {
    "announce": "login",
    "authorized-keys": "login",
    "install": "install",
    "landed": "push",
    "post-receive": "push",
    "pre-receive": "push",
    "shell": "login",
    "update": "push",
}


@click.command(cls=LazyGroup.of(COMMANDS))
def hook() -> None:
    """學校自己的伺服器：裸儲存庫的關卡。 / A plain server: the gate of a bare repository."""
