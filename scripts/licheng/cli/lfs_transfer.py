"""`licheng lfs-transfer`: what the server runs where a Git LFS client asks for `git-lfs-transfer`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.server.lfs_transfer import serve


@click.command("lfs-transfer")
@click.argument("repository", type=click.Path(path_type=Path))
@click.argument("operation")
def lfs_transfer(repository: Path, operation: str) -> None:
    """伺服器端的 Git LFS（經 SSH）：upload 或 download。 / Serve Git LFS over SSH; run by the server, not by people."""
    sys.exit(serve(sys.stdin.buffer, sys.stdout.buffer, repository, operation))
