"""`licheng import`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licheng.app.day import day_of
from licheng.cli.options import (
    dry_run_option,
    identity_option,
    language_option,
    progress_bar,
    today_option,
    writable_root,
)
from licheng.core.errors import UsageError
from licheng.outputs.catalog import catalog
from licheng.policy.importing.registry import IMPORTS
from licheng.sources.tree import WorkTree

if TYPE_CHECKING:
    from licheng.core.person import Person
    from licheng.policy.importing.preview import GuessedMap


@click.command("import")
@click.argument("kind", type=click.Choice([*IMPORTS]), metavar="KIND")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE...")
@click.option(
    "--columns",
    "mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="欄位對照檔（YAML）；不寫就從標題猜 / the school's headings; guessed from the file if not given",
)
@click.option(
    "--guess", "is_guess", is_flag=True, help="只寫出第一份欄位對照 / write a first mapping from the headings"
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="--guess 寫到這個檔案 / where --guess writes it"
)
@click.option("--term", metavar="TERM", help="全部是這個學期，例如 115-1 / the term of all rows")
@click.option(
    "--identities",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TABLE",
    help="身分對照表：學號是誰 / the identity table, which tells whose a number is",
)
@identity_option()
@click.option(
    "--files",
    "proofs",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="證明文件在這個資料夾（contests）/ where the files lie that rows name",
)
@click.option(
    "--oidc-key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="KEYFILE",
    help="學校的單一登入金鑰，帶單一登入身分時才要 / the school's key, for single sign-on logins",
)
@click.option("--commit", "commits", is_flag=True, help="寫入後存成一個 Git 提交 / one git commit of what was written")
@dry_run_option()
@today_option()
@language_option()
def import_(
    kind: str,
    files: tuple[Path, ...],
    mapping: Path | None,
    is_guess: bool,
    output: Path | None,
    term: str | None,
    table: Path | None,
    identity: Path | None,
    proofs: Path | None,
    oidc_key: Path | None,
    commits: bool,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """從試算表（xlsx、xls、ods、CSV）匯入；有一格不對就都不寫。 / Bring in workbooks, all of it or nothing."""
    from licheng.app.registry import importing as app
    from licheng.app.registry import workbooks
    from licheng.app.registry.accounts import read_oidc_key
    from licheng.outputs import importing as shown
    from licheng.policy.importing.mapping import ColumnMap
    from licheng.storage.committing import check_ready, commit

    what, words = IMPORTS[kind], catalog(lang)
    columns = workbooks.read_mapping(mapping, what) if mapping is not None else ColumnMap()
    columns = workbooks.with_values(columns, {"term": term} if term is not None else {})
    if is_guess:
        _guess(workbooks.guess(what, files[0], columns), output, dry_run, lang)
        return
    tables = workbooks.tables(what, files, columns)
    people = _people(what.name, table, identity) if what.of_students else ()
    tree = WorkTree(writable_root(dry_run))
    with progress_bar("import") as bar:
        key = read_oidc_key(oidc_key) if oidc_key is not None else None
        result = app.imported(tree, day_of(tree, today), what, tables, people, bar, proofs, key)
    if isinstance(result, list):
        click.echo(shown.bad_cells(result, words), nl=False, err=True)
        raise UsageError("APP200", count=len(result))
    if result.preview.faults:
        click.echo(shown.faults(result.preview, words), nl=False, err=True)
        raise UsageError("APP209", count=len(result.preview.faults))
    paths = [*result.plan.creates, *result.plan.replaces] if not dry_run else []
    if paths and commits:
        check_ready(tree.root, result.plan.replaces)
    if paths:
        result.plan.apply(tree.root)
    click.echo(shown.preview(result.preview, words), nl=False)
    if paths and commits:
        click.echo(commit(tree.root, paths, shown.commit_message(what.name, result.preview, len(files))))


def _people(kind: str, table: Path | None, identity: Path | None) -> Sequence[Person]:
    """Who the students are.

    Raises:
        UsageError: APP210, no table was given; of `licheng.app.registry.identities.open_table`.
    """
    from licheng.app.registry.identities import open_table

    if table is None:
        raise UsageError("APP210", kind=kind)
    return open_table(table, identity).table.people


def _guess(guessed: GuessedMap, output: Path | None, dry_run: bool, lang: str) -> None:
    """Show a first mapping; write it where the caller says, else print it."""
    from licheng.outputs.importing import guess
    from licheng.storage.private import write_private

    click.echo(guess(guessed, catalog(lang)), nl=False, err=output is None)
    if output is None:
        click.echo(guessed.text, nl=False)
    elif not dry_run:
        write_private(output, guessed.text.encode(), replaces=False)
