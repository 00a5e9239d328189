"""The console command `licheng`: its subcommands, and how its own trouble is told."""

from __future__ import annotations

import os
import sys

import click

from licheng import __version__
from licheng.cli import check, demo, docs, explain, new, rules, site, status
from licheng.core.errors import ExitCode, LichengError
from licheng.outputs.catalog import LANGUAGES, catalog
from licheng.outputs.escape import printable


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="licheng")
def main() -> None:
    """學生學習歷程檔案：以 Git 檔案管理的一所學校。 / Student learning portfolios as files in Git."""


for command in (
    check.check,
    explain.explain,
    rules.rules,
    new.new,
    new.attach,
    demo.demo,
    status.status,
    docs.docs,
    site.site,
):
    main.add_command(command)


def run() -> None:
    """The entry point: the tool's own trouble becomes a message, a next step and its exit code."""
    try:
        main.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.WRONG_USE)
    except LichengError as error:
        tell(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.UNDECIDED)


def tell(error: LichengError) -> None:
    """Print an error of the tool in both languages, zh-TW first."""
    for language in LANGUAGES:
        message, hint = catalog(language).error(error)
        click.echo(printable(f"{error.code} {message} {hint}"), err=True)
