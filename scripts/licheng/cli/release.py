"""`licheng release`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.cli.options import carry_out, dry_run_option, language_option, today_option, writable_root


@click.command()
@click.argument("student", metavar="STUDENT")
@click.option("--to", "committee", metavar="COMMITTEE", help="招生委員會，和同意書寫的一樣 / as the consent names it")
@click.option("--own-copy", is_flag=True, help="學生自己留存的一份，不必同意 / the student's own copy")
@click.option(
    "--item",
    "items",
    multiple=True,
    metavar="ITEM",
    help="只要這一件，例如 114-1/pendulum、statement，可重複 / only this one, repeatable",
)
@click.option(
    "--out", "folder", required=True, type=click.Path(path_type=Path), help="新的資料夾，儲存庫以外 / a new folder"
)
@click.option("--by", metavar="STAFF", help="釋出的人，例如 t004；釋出時必填 / who releases")
@click.option(
    "--at", "revision", default="HEAD", metavar="COMMIT", help="從這個提交 / of this commit, to make it again"
)
@click.option(
    "--pdf/--no-pdf", "with_pdf", default=True, help="旁邊加一份目錄的 PDF，預設要 / the index as PDF beside it"
)
@dry_run_option()
@today_option()
@language_option()
def release(
    student: str,
    committee: str | None,
    own_copy: bool,
    items: tuple[str, ...],
    folder: Path,
    by: str | None,
    revision: str,
    with_pdf: bool,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """依本人同意把作品釋出成資料包：作品、認證、金鑰、可離線看的頁面與驗證程式（肆.二）。 / Release works."""
    from licheng.app.registry import release as app
    from licheng.core.errors import UsageError
    from licheng.outputs.catalog import catalog
    from licheng.outputs.escape import printable
    from licheng.sources.tree import CommitTree, WorkTree
    from licheng.storage.folders import check_target
    from licheng.storage.plan import Plan
    from licheng.storage.private import check_outside

    if (committee is None) is not own_copy or (committee is None) is not (by is None):
        raise UsageError("APP441")
    root = writable_root(dry_run)
    check_outside(folder)
    check_target(folder)
    if with_pdf:
        app.check_pdfs(folder, root)
    with CommitTree(root, revision) as tree, CommitTree(root, "HEAD") as head:
        day = day_of(tree, today)
        prepared = app.prepared(tree, day, app.AskedRelease(student, committee, by, items), tree.commit)
        if tree.commit != head.commit:
            app.must_go_again(prepared, tree, head)
        manifest = app.handed_over(prepared, tree, folder, with_pdf=with_pdf, dry_run=dry_run)
    record = app.recorded(prepared, manifest, WorkTree(root)) if committee is not None else None
    carry_out(record.plan if record is not None else Plan(), root, dry_run)
    figures = {"count": len(prepared.items), "digest": manifest, "student": student}
    if record is None:
        click.echo(printable(catalog(lang).word("release_own", **figures)))
    else:
        click.echo(printable(catalog(lang).word("release_total", committee=committee, record=record.path, **figures)))
