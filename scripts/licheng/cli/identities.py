"""`licheng identities`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.app.registry import identities as app
from licheng.cli.options import Decorator, dry_run_option, identity_option, language_option, today_option
from licheng.core.errors import ExitCode, UsageError
from licheng.core.term import Term
from licheng.exchange import age
from licheng.outputs import identities as output
from licheng.outputs.catalog import catalog
from licheng.outputs.escape import printable
from licheng.sources.tree import WorkTree, find_root
from licheng.storage.private import write_private


def _table_option() -> Decorator:
    return click.option(
        "--identities",
        "table",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="TABLE",
        help="對照表，在儲存庫以外 / the identity table, outside the repository",
    )


@click.group()
def identities() -> None:
    """身分對照表：學號、代號、姓名、身分證號；加密，只在註冊組的電腦。 / The sealed table of who the students are."""


@identities.command()
@_table_option()
@click.option("--recipient", "named", multiple=True, metavar="KEY", help="收件公鑰 age1… 或 ssh-… / who can open it")
@click.option(
    "--recipients",
    "listed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="收件公鑰的檔案，一行一把 / a file of them, one a line",
)
@dry_run_option()
@language_option()
def new(table: Path, named: tuple[str, ...], listed: Path | None, dry_run: bool, lang: str) -> None:
    """建立空的對照表，至少兩把公鑰才打得開。 / An empty table, sealed for two recipients at least."""
    sealed = app.new_table(table, (*named, *(age.recipients_in(listed) if listed is not None else ())))
    if not dry_run:
        write_private(table, sealed, replaces=False)
    click.echo(printable(catalog(lang).word("identities_new", path=str(table), size=len(sealed))))


@identities.command("import")
@click.argument("roster", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@_table_option()
@identity_option()
@click.option("--cohort", type=click.IntRange(100, 199), help="名單沒有入學學年度時用這個 / of whom the list says none")
@dry_run_option()
@today_option()
@language_option()
def import_(
    roster: Path,
    table: Path,
    identity: Path | None,
    cohort: int | None,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """從名單（試算表或 CSV）新增或更新學生，抽出代號；有一格不對就都不寫。 / Take a list of students in, or nothing."""
    tree, words = WorkTree(find_root(Path.cwd())), catalog(lang)
    day, file = day_of(tree, today), app.open_table(table, identity)
    merged = app.merged(file, roster, tree, cohort, day)
    if isinstance(merged, list):
        click.echo(output.bad_cells(merged, words), nl=False, err=True)
        raise UsageError("APP175", path=str(roster), count=len(merged))
    if not dry_run and (merged.added or merged.changed or merged.nonces):
        app.save(file, merged.table.values())
    click.echo(output.preview(merged, str(Term.on(day)), words), nl=False)


@identities.command()
@click.argument("student", required=False)
@_table_option()
@identity_option()
@click.option("--full", is_flag=True, help="不遮蔽 / unmasked")
@language_option()
def show(student: str | None, table: Path, identity: Path | None, full: bool, lang: str) -> None:
    """在終端機看一位（代號或學號）或全部，遮去後四碼。 / Rows in the terminal only, masked."""
    if not sys.stdout.isatty():
        raise UsageError("APP176")
    people = app.people_of(app.open_table(table, identity), student)
    click.echo(output.rows(people, catalog(lang), full=full), nl=False)


@identities.command()
@_table_option()
@identity_option()
@language_option()
def check(table: Path, identity: Path | None, lang: str) -> None:
    """對照表與儲存庫的學生是否相符；只印代號。 / The table against the repository, by pseudonyms alone."""
    tree, file = WorkTree(find_root(Path.cwd())), app.open_table(table, identity)
    mismatch = app.against(file, tree)
    click.echo(output.against(mismatch, len(file.table.people), catalog(lang)), nl=False)
    sys.exit(ExitCode.ERRORS if mismatch.is_wrong else ExitCode.CLEAN)


@identities.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@_table_option()
@identity_option()
@dry_run_option()
@language_option()
def backup(folder: Path, table: Path, identity: Path | None, dry_run: bool, lang: str) -> None:
    """打開確認之後，把加密的檔案複製一份，附雜湊值並讀回核對。 / Copy the sealed file with its digest, verified."""
    copy = app.backed_up(app.open_table(table, identity), folder, dry_run=dry_run)
    word = "identities_backed_up" if copy.is_new else "identities_backed_up_before"
    click.echo(printable(catalog(lang).word(word, path=str(copy.path), digest=copy.digest)))
