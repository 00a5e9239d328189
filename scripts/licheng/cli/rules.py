"""`licheng rules`."""

from __future__ import annotations

import click

from licheng.app.codes import EVERY
from licheng.cli.options import language_option
from licheng.outputs import codes
from licheng.outputs.catalog import catalog


@click.command()
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rules(lang: str, form: str) -> None:
    """列出所有代碼、嚴重程度與理由。 / List every code, its severity and why."""
    words = catalog(lang)
    click.echo(codes.listing_json(EVERY, words) if form == "json" else codes.listing(EVERY, words), nl=False)
