"""`licheng backup` and `licheng restore-drill`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from licheng.app.backup.drill import backup_at, restore
from licheng.app.backup.make import Asked, back_up, draft
from licheng.app.backup.sealing import Progress
from licheng.app.day import moment_of
from licheng.cli.options import (
    dry_run_option,
    language_option,
    now_option,
    progress_bar,
    recipients_of,
    recipients_options,
)
from licheng.core.dates import TAIPEI
from licheng.core.errors import ExitCode
from licheng.exchange import age
from licheng.outputs import backup as output
from licheng.outputs.catalog import catalog
from licheng.sources.tree import find_repository

_STEP = 1 << 20  # bytes


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--repo",
    default=".",
    type=click.Path(path_type=Path, file_okay=False),
    help="伺服器上的裸儲存庫 / the bare repository of the server",
)
@recipients_options()
@click.option(
    "--identities",
    type=click.Path(path_type=Path, dir_okay=False),
    help="已加密的身分對照表，照原樣放進去 / the sealed identity table, which is copied as it is",
)
@dry_run_option()
@now_option()
@language_option()
def backup(
    folder: Path,
    repo: Path,
    named: tuple[str, ...],
    listed: Path | None,
    identities: Path | None,
    dry_run: bool,
    now: str | None,
    lang: str,
) -> None:
    """把伺服器加密備份到資料夾，只寫新增的部分。 / Back the server up into a folder, sealed; only what is new."""
    recipients = age.recipients_of(recipients_of(named, listed))
    moment = moment_of(now)
    today = moment.astimezone(TAIPEI).date().isoformat() if now is not None else None
    asked = Asked(find_repository(repo), folder, identities, moment, today)
    planned = draft(asked)
    if dry_run:
        for line in planned.lines_written():
            click.echo(line)
        return
    with _bar("backup", planned.size) as progress:
        manifest = back_up(asked, recipients, progress)
    before = {part.path for part in planned.manifest.parts}
    new = [part.size for part in manifest.parts if part.path not in before]
    click.echo(output.backed_up(manifest, len(new), sum(new), len(manifest.parts), catalog(lang)), nl=False)


@click.command("restore-drill")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--identity",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="打得開的私鑰：age-keygen 的檔案或 SSH 私鑰 / a private key that opens it",
)
@dry_run_option()
@now_option()
@language_option()
def restore_drill(folder: Path, target: Path, identity: Path, dry_run: bool, now: str | None, lang: str) -> None:
    """把備份還原到新資料夾，逐一核對，並記下演練日期。 / Restore a backup into a new folder and compare everything."""
    keys = age.identities_in(identity)
    manifest = backup_at(folder)
    if dry_run:
        for part in manifest.parts:
            click.echo(f"+ {part.place} ({part.content_size} bytes)")
        return
    at = moment_of(now)
    with _bar("restore-drill", sum(part.content_size for part in manifest.parts)) as progress:
        drill = restore(folder, target, keys, at, progress)
    words, then = catalog(lang), manifest.answers
    click.echo(output.drilled(manifest, then, drill.now, drill.engine, str(target), words), nl=False)
    sys.exit(ExitCode.CLEAN if drill.same else ExitCode.ERRORS)


@contextmanager
def _bar(label: str, total: int) -> Iterator[Progress]:
    """A bar of bytes, moved once a megabyte."""
    done = shown = 0
    with progress_bar(label) as bar:

        def progress(more: int) -> None:
            nonlocal done, shown
            done += more
            if bar is not None and done - shown >= _STEP:
                bar(shown := done, max(total, done, 1))

        yield progress
