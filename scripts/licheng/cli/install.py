"""`licheng hook install`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.server.install import install as plan_installation
from licheng.cli.options import dry_run_option


@click.command()
@click.argument("repository", type=click.Path(path_type=Path, file_okay=False))
@click.option("--site", type=click.Path(path_type=Path), help="每次收到後把網站建在這裡 / build the site here")
@click.option("--demo", is_flag=True, help="允許示範學校 / for a demo school")
@click.option("--new-key", is_flag=True, help="從此用新的金鑰簽收據 / sign receipts with a new key from now on")
@dry_run_option()
def install(repository: Path, site: Path | None, demo: bool, new_key: bool, dry_run: bool) -> None:
    """在裸儲存庫裝上關卡。 / Put the gate into a bare repository."""
    installation = plan_installation(repository, demo=demo, site=site, new_key=new_key)
    if not dry_run:
        installation.apply()
    for line in installation.lines():
        click.echo(line)
    for start, key in installation.log.key.listed():
        click.echo(f"# receipts from {start}: {key.fingerprint} {key.line}")
