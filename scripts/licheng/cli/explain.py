"""`licheng explain CODE`."""

from __future__ import annotations

import click

from licheng.app.codes import BY_CODE
from licheng.cli.options import language_option
from licheng.core.errors import UsageError
from licheng.outputs import codes
from licheng.outputs.catalog import catalog


@click.command()
@click.argument("code")
@language_option()
def explain(code: str, lang: str) -> None:
    """說明一個代碼：為什麼、怎麼修。 / Explain a code: why, and how to fix it."""
    known, words = BY_CODE.get(code.upper()), catalog(lang)
    if known is not None:
        click.echo(codes.explain(known, words), nl=False)
    elif code.upper() in words.data["errors"]:
        click.echo(codes.explain_error(code.upper(), words), nl=False)
    else:
        raise UsageError("APP007", code=code)
