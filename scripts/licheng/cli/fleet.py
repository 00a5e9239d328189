"""`licheng fleet`: many schools at once, an optional part."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from licheng.cli.options import Decorator, dry_run_option, language_option, progress_bar, today_option
from licheng.core.errors import UsageError

# What the extra `fleet` brings, by the names under which it is imported.
_EXTRA = ("distributed", "pyarrow")


def check_extra() -> None:
    """Refuse where the packages of the fleet are not installed.

    Raises:
        UsageError: APP475, one is missing.
    """
    for package in _EXTRA:
        try:
            absent = find_spec(package) is None
        except ValueError:  # it is in the way of being imported, or kept from it
            absent = True
        if absent:
            raise UsageError("APP475", package=package)


@click.group()
def fleet() -> None:
    """一個縣市的許多學校，一次看完。 / Many schools at once, on this machine or a Dask cluster."""


def _options() -> Decorator:
    def every(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            language_option(),
            today_option(),
            dry_run_option(),
            click.option(
                "--timeout",
                "seconds",
                type=click.IntRange(min=1),
                default=900,
                show_default=True,
                help="一校最多幾秒 / seconds that a school may take",
            ),
            click.option(
                "--workers",
                type=click.IntRange(min=1),
                metavar="N",
                help="本機用幾個處理程序，預設全部核心 / processes of this machine; all cores by default",
            ),
            click.option("--scheduler", metavar="URL", help="Dask 叢集，例如 tls://10.0.0.5:8786 / a Dask cluster"),
            click.option(
                "--out",
                "folder",
                required=True,
                type=click.Path(path_type=Path),
                help="新的資料夾：Parquet 與縣市頁 / a new folder for Parquet and the county's page",
            ),
            click.argument("listed", metavar="FLEET.yaml", type=click.Path(path_type=Path, dir_okay=False)),
        ):
            command = option(command)
        return command

    return every


@fleet.command()
@_options()
def check(**given: Any) -> None:
    """檢查每一校，只留件數。 / Check every school and keep counts only."""
    _run("check", 0, **given)


@fleet.command()
@_options()
def status(**given: Any) -> None:
    """每一校的件數。 / The counts of every school."""
    _run("status", 0, **given)


@fleet.command()
@_options()
@click.argument("year", type=click.IntRange(100, 199))
def evaluate(year: int, **given: Any) -> None:
    """每一校一學年的成效評核。 / The evaluation of a school year in every school."""
    _run("evaluate", year, **given)


def _run(
    work: str,
    year: int,
    *,
    listed: Path,
    folder: Path,
    scheduler: str | None,
    workers: int | None,
    seconds: int,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    check_extra()
    from licheng.app.day import parse_day
    from licheng.app.fleet import cluster, tables
    from licheng.app.fleet.judging import FleetTask
    from licheng.app.fleet.model import exit_codes, read_fleet
    from licheng.app.fleet.sheets import sheets_of
    from licheng.app.shards.workers import cores
    from licheng.outputs import fleet as output
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable
    from licheng.outputs.words import words
    from licheng.storage.folders import check_target, new_folder

    known = read_fleet(listed)
    check_target(folder)
    if today is not None:
        parse_day(today)
    if dry_run:
        click.echo(
            "".join(f"+ {folder}/{name}\n" for name in ("counts.parquet", "county.md", "schools.parquet")), nl=False
        )
        return
    tasks = [FleetTask(work, school, today, year) for school in known.schools]
    count = min(workers or cores(), len(tasks))
    with cluster.connected(scheduler, count) as client, progress_bar("fleet") as bar:
        results = cluster.judge_fleet(client, tasks, seconds, bar)
    messages = catalog(lang)
    sheets = sheets_of(known, results, messages)
    with new_folder(folder) as target:
        target.mkdir(mode=0o700)  # its counts are exact
        tables.write_tables(target, known, results)
        page = output.render(known.name, work, sheets, words(lang), messages)
        (target / "county.md").write_text(page, encoding="utf-8", newline="\n")
    for line in output.lines(sheets, messages):
        click.echo(printable(line))
    sys.exit(exit_codes(results))
