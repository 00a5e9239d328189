"""`licheng identities`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.app.registry import forgetting
from licheng.app.registry import identities as app
from licheng.app.registry.commitments import holdings
from licheng.cli.options import (
    dry_run_option,
    identity_option,
    language_option,
    recipients_of,
    recipients_options,
    table_option,
    term_given,
    today_option,
)
from licheng.core.errors import ExitCode, UsageError
from licheng.core.person import REASONS
from licheng.core.term import Term
from licheng.outputs import identities as output
from licheng.outputs.catalog import catalog
from licheng.outputs.escape import printable
from licheng.policy.commitments import Held
from licheng.sources.tree import WorkTree, find_root
from licheng.storage.private import write_private


@click.group()
def identities() -> None:
    """身分對照表：學號、代號、姓名、身分證號；加密，只在註冊組的電腦。 / The sealed table of who the students are."""


@identities.command()
@table_option()
@recipients_options()
@dry_run_option()
@language_option()
def new(table: Path, named: tuple[str, ...], listed: Path | None, dry_run: bool, lang: str) -> None:
    """建立空的對照表，至少兩把公鑰才打得開。 / An empty table, sealed for two recipients at least."""
    sealed = app.new_table(table, recipients_of(named, listed))
    if not dry_run:
        write_private(table, sealed, replaces=False)
    click.echo(printable(catalog(lang).word("identities_new", path=str(table), size=len(sealed))))


@identities.command("import")
@click.argument("roster", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@table_option()
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
@table_option()
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
@table_option()
@identity_option()
@click.option("--term", metavar="TERM", help="看哪一學期的檢核，預設是現在的 / of which term")
@today_option()
@language_option()
def check(table: Path, identity: Path | None, term: str | None, today: str | None, lang: str) -> None:
    """對照表與儲存庫的學生、與基本資料的檢核是否相符；只印代號。 / The table against students and checks."""
    tree, words, file = WorkTree(find_root(Path.cwd())), catalog(lang), app.open_table(table, identity)
    day = day_of(tree, today)
    mismatch, chosen = app.against(file, tree), term_given(term, day)
    students = holdings(tree, file.table.people, day, chosen)
    click.echo(output.against(mismatch, len(file.table.people), words), nl=False)
    click.echo(output.holdings(students, str(chosen), words), nl=False)
    sys.exit(ExitCode.ERRORS if mismatch.is_wrong or students[Held.STALE] else ExitCode.CLEAN)


@identities.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@table_option()
@identity_option()
@dry_run_option()
@language_option()
def backup(folder: Path, table: Path, identity: Path | None, dry_run: bool, lang: str) -> None:
    """打開確認之後，把加密的檔案複製一份，附雜湊值並讀回核對。 / Copy the sealed file with its digest, verified."""
    copy = app.backed_up(app.open_table(table, identity), folder, dry_run=dry_run)
    word = "identities_backed_up" if copy.is_new else "identities_backed_up_before"
    click.echo(printable(catalog(lang).word(word, path=str(copy.path), digest=copy.digest)))


@identities.command()
@click.argument("student")
@table_option()
@identity_option()
@click.option("--reason", required=True, type=click.Choice(REASONS), help="目的消失、當事人請求、登錄錯誤 / why")
@click.option(
    "--also",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="找找看這個資料夾的備份還有沒有，可重複 / a folder of backups to look into",
)
@dry_run_option()
@today_option()
@language_option()
def forget(
    student: str,
    table: Path,
    identity: Path | None,
    reason: str,
    folders: tuple[Path, ...],
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """銷毀一位學生的那一列與隨機值；代號不再使用。 / Destroy a student's row and nonces (個資法 §11)."""
    tree, words, file = WorkTree(find_root(Path.cwd())), catalog(lang), app.open_table(table, identity)
    day, [person] = day_of(tree, today), app.people_of(file, student)
    left = [*forgetting.copies(file, person.student, folders, identity)]  # a folder that is not there stops it here
    if not dry_run:
        if forgetting.is_enrolled(tree, person.student, day):
            # Whoever destroys the row of a student of the school types the pseudonym once more, on a terminal.
            if not (sys.stdin.isatty() and sys.stdout.isatty()):
                raise UsageError("APP235", student=person.student)
            question = words.word("identities_forget_ask", student=person.student)
            if click.prompt(question, default="", show_default=False, prompt_suffix=" ") != person.student:
                raise UsageError("APP236", student=person.student)
        forgetting.destroy(file, forgetting.without(file, person, day, reason))
    click.echo(output.forgetting(person.student, left, words, done=not dry_run), nl=False)


@identities.command()
@table_option()
@identity_option()
@recipients_options()
@dry_run_option()
@language_option()
def recipients(
    table: Path, identity: Path | None, named: tuple[str, ...], listed: Path | None, dry_run: bool, lang: str
) -> None:
    """換收件公鑰：資料與隨機值照舊，前一份也換。 / Seal the table for other keys, rows and nonces as they are."""
    file = app.open_table(table, identity)
    after, changed = forgetting.resealed(file, recipients_of(named, listed))
    after.sealed()  # what will not do is refused in a dry run too
    if not dry_run:
        forgetting.destroy(file, after)
    click.echo(output.recipients(changed, len(after.people), catalog(lang)), nl=False)
