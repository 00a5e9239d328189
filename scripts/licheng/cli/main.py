"""The console command `licheng`: its subcommands, and how its own trouble is told."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys

import click

from licheng import __version__
from licheng.cli.lazy import HELP, LazyGroup
from licheng.core.errors import ExitCode, LichengError, reason_of

# Command → its module.
COMMANDS: dict[str, str] = {
    "accounts": "accounts",
    "amend": "amend",
    "attach": "new",
    "audit": "audit",
    "backup": "backup",
    "certify": "certify",
    "chain": "chain",
    "check": "check",
    "claim": "claim",
    "delegate": "keys",
    "demo": "demo",
    "docs": "docs",
    "doctor": "doctor",
    "evaluate": "evaluate",
    "explain": "explain",
    "export": "export",
    "fleet": "fleet",
    "forget": "forget",
    "gate": "gate",
    "hook": "hook",
    "identities": "identities",
    "import": "importing",
    "init": "init",
    "keys": "keys",
    "lfs-transfer": "lfs_transfer",
    "new": "new",
    "not-held": "not_held",
    "override": "gate",
    "platform": "platform",
    "promote": "promote",
    "queue": "certify",
    "receipt": "receipt",
    "release": "release",
    "remind": "remind",
    "renew": "renew",
    "restore-drill": "backup",
    "rules": "rules",
    "seal": "seal",
    "simulate": "amend",
    "site": "site",
    "status": "status",
    "transfer": "transfer",
    "unseal": "unseal",
    "verify": "certify",
    "verify-receipt": "verify_receipt",
    "verify-records": "verify_records",
    "waive": "waive",
    "who-may": "gate",
}


# Nearly all that a command makes it keeps: to look for what it dropped at every 700 objects costs it a twentieth.
_OBJECTS = 50_000


@click.command(cls=LazyGroup.of(COMMANDS), context_settings={"help_option_names": [*HELP], "max_content_width": 110})
@click.version_option(__version__, prog_name="licheng")
def main() -> None:
    """學生學習歷程檔案：以 Git 檔案管理的一所學校。 / Student learning portfolios as files in Git."""


def run() -> None:
    """The entry point: the tool's own trouble becomes a message, a next step and its exit code."""
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)  # nor need Python look through all that is there before it ends
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show Chinese still shows the rest
    try:
        main.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:  # a group that is called alone answers with its help
        click.echo(error.format_message(), err=True)
        sys.exit(ExitCode.WRONG_USE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.UNDECIDED)
    except Exception as error:  # never a pass, nor a finding
        trouble = trouble_of(error)
        tell(trouble)
        sys.exit(trouble.exit_code)


def trouble_of(error: Exception) -> LichengError:
    """What it is to people; a wrong use with the command that was used wrongly, as far as it can be told."""
    if isinstance(error, LichengError):
        return error
    if isinstance(error, click.ClickException):
        context = error.ctx if isinstance(error, click.UsageError) else None
        typed = " ".join(["licheng", *(word for word in sys.argv[1:2] if word in COMMANDS)])
        command = context.command_path if context is not None else typed
        from licheng.cli.misuse import misuse

        return misuse(error, command)
    if isinstance(error, OSError):
        return LichengError("APP024", path=str(error.filename or ""), detail=reason_of(error))
    place, trace = "licheng", error.__traceback__
    while trace is not None:  # to the last of our own modules on the way, and its line
        name = trace.tb_frame.f_globals.get("__name__", "")
        place = f"{name}:{trace.tb_lineno}" if name.startswith("licheng") else place
        trace = trace.tb_next
    return LichengError("APP099", place=place, detail=f"{type(error).__name__}: {error}")


def tell(error: LichengError) -> None:
    """Print an error of the tool in both languages, zh-TW first."""
    from licheng.core.languages import LANGUAGES
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable

    for language in LANGUAGES:
        message, hint = catalog(language).error(error)
        click.echo(printable(f"{error.code} {message} {hint}"), err=True)
