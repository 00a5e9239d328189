"""`licheng platform`: the web platform, an optional part."""

from __future__ import annotations

import click

from licheng.cli.lazy import LazyGroup

# Command → its module.
COMMANDS = {"invite": "invite", "serve": "serve", "uninvite": "invite"}


@click.command(cls=LazyGroup.of(COMMANDS))
def platform() -> None:
    """網頁平臺：學生登錄、教師認證。 / The web platform, where students hand in and teachers certify."""
