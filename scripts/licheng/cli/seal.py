"""`licheng seal`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.cli.options import carry_out, dry_run_option, identity_option, language_option, today_option, writable_root


@click.command()
@click.argument("student", metavar="STUDENT", required=False)
@click.option("--due", is_flag=True, help="只列出到期的學生 / only list who is due")
@click.option("--by", metavar="STAFF", help="封存的人，例如 t004 / who seals")
@click.option(
    "--archive", multiple=True, metavar="KEY", help="檔案室的公鑰 age1… 或 ssh-…，至少兩把 / the archive's public keys"
)
@identity_option()
@click.option(
    "--keys",
    type=click.Path(path_type=Path, file_okay=False),
    help="學生鑰匙的資料夾，儲存庫以外 / folder of students' keys",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="封存檔的資料夾，儲存庫以外 / for sealed files",
)
@dry_run_option()
@today_option()
@language_option()
def seal(
    student: str | None,
    due: bool,
    by: str | None,
    archive: tuple[str, ...],
    identity: Path | None,
    keys: Path | None,
    out: Path | None,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """申請入學滿五年的學生：加密封存全部檔案，驗證之後才從儲存庫移除（肆.四）。 / Seal who is due."""
    from licheng.app.registry import seal as app
    from licheng.core.errors import UsageError
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable
    from licheng.outputs.sealing import listed
    from licheng.sources.tree import CommitTree, WorkTree
    from licheng.storage.private import check_outside

    if due is (student is not None):
        raise UsageError("APP465")
    root, words = writable_root(dry_run or due), catalog(lang)
    with CommitTree(root, "HEAD") as tree:
        day = day_of(tree, today)
        if student is None:
            for line in listed(app.due(tree, day), words):
                click.echo(printable(line))
            return
        if by is None or identity is None or keys is None or out is None:
            raise UsageError("APP465")
        asked = app.AskedSeal(student, by, archive, identity, keys, out)
        check_outside(asked.key)
        check_outside(asked.target)
        work = WorkTree(root)
        if (earlier := app.seal_of(work, student, day)) is not None:
            click.echo(printable(words.word("seal_before", student=student, record=earlier.path)))
            return
        prepared = app.prepared(tree, day, asked)
        app.must_be_as_committed(prepared, work)
        if dry_run:
            count, size = len(prepared.held), sum(each.size for each in prepared.held)
            click.echo(printable(words.word("seal_would", student=student, path=str(out), files=count, bytes=size)))
            return
        sealed = app.written(prepared, tree)
        plan = app.planned(prepared, sealed)
        carry_out(plan, root, dry_run)
    lasting = {"path": str(asked.target), "size": sealed.size, "digest": sealed.sha256}
    click.echo(printable(words.word("seal_done", student=student, files=len(prepared.held), **lasting)))
