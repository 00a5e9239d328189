"""`licheng transfer out` and `licheng transfer in`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of, now_of
from licheng.app.loading.load import load
from licheng.app.registry import transfer as app
from licheng.app.registry.identities import open_table
from licheng.cli.options import (
    carry_out,
    dry_run_option,
    identity_option,
    language_option,
    now_option,
    today_option,
    writable_root,
)
from licheng.core.errors import UsageError
from licheng.exchange import age
from licheng.exchange.identities import is_sealed
from licheng.exchange.packages import opened
from licheng.outputs.catalog import catalog
from licheng.outputs.escape import printable
from licheng.sources.tree import WorkTree, find_root
from licheng.storage.files import given
from licheng.storage.private import check_outside, write_private

_TABLE = click.option(
    "--identities",
    "table",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TABLE",
    help="對照表，在儲存庫以外 / the identity table, outside the repository",
)


@click.group()
def transfer() -> None:
    """交換檔：把學生的紀錄帶到另一個平臺，或從另一個平臺帶進來。 / Records to and from another platform."""


@transfer.command("out")
@click.argument("students", nargs=-1, required=True, metavar="STUDENT...")
@_TABLE
@identity_option()
@click.option(
    "--output",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="放進哪個資料夾，儲存庫以外 / the folder, outside the repository",
)
@click.option("--recipients", type=click.Path(path_type=Path), help="加密給這些公鑰（.zip.age） / seal it for these")
@dry_run_option()
@now_option()
@language_option()
def out(
    students: tuple[str, ...],
    table: Path,
    identity: Path | None,
    folder: Path,
    recipients: Path | None,
    dry_run: bool,
    now: str | None,
    lang: str,
) -> None:
    """寫出交換檔：幹部經歷、送出的成果與多元表現。 / Write an exchange file of what students handed in."""
    root = find_root(Path.cwd())
    tree, words = WorkTree(root), catalog(lang)
    people = open_table(table, identity).table.people
    package = app.outgoing(load(tree, day_of(tree, None)), root, students, people, now_of(tree, now))
    target = folder / f"{package.name}.zip"
    data = package.data
    if recipients is not None:
        target = folder / f"{package.name}.zip.age"
        data = age.encrypted(data, age.recipients_of(age.recipients_in(recipients)))
    check_outside(target)
    if not dry_run:
        write_private(target, data, replaces=False)
    click.echo(printable(words.word("transfer_out", path=str(target), size=len(data), students=len(set(students)))))
    for kind, number in sorted(package.items.items()):
        click.echo(printable(words.word("transfer_items", what=words.label("exchanged", kind), count=number)))
    for what, number in sorted(package.lost.items()):
        if number:
            left = words.label("not_exchanged", what)
            click.echo(printable(words.word("transfer_left", what=left, count=number)))
    if recipients is None:
        click.echo(printable(words.word("transfer_password")))


@transfer.command("in")
@click.argument("package", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@_TABLE
@identity_option()
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="密碼在檔案的第一行，不打在指令裡 / a file whose first line is the password",
)
@click.option(
    "--claims",
    type=click.Path(path_type=Path, dir_okay=False),
    help="認證狀態 1 視為通過（推定），清單寫到這裡給 licheng claim / 1 is passed, inferred; list goes here",
)
@dry_run_option()
@today_option()
@language_option()
def bring(
    package: Path,
    table: Path,
    identity: Path | None,
    password_file: Path | None,
    claims: Path | None,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """讀交換檔，把成果、多元表現與幹部經歷寫成紀錄。 / Read an exchange file into records, all or nothing."""
    root = writable_root(dry_run)
    tree, words = WorkTree(root), catalog(lang)
    data, day = given(package), day_of(tree, today)
    if is_sealed(data):
        if identity is None:
            raise UsageError("APP172", path=str(package))
        data = age.decrypted(data, age.identities_in(identity), str(package))
    password = given(password_file).splitlines()[0] if password_file is not None else None
    people = open_table(table, identity).table.people
    read = opened(data, password)
    brought = app.incoming(load(tree, day), root, read, people, day, claims=claims is not None)
    if claims is not None and brought.claimed:
        check_outside(claims)
        if not dry_run:
            write_private(claims, app.claim_list(brought, data).text().encode(), replaces=False)
    carry_out(brought.plan, root, dry_run)
    for kind, number in sorted(brought.added.items()):
        click.echo(printable(words.word("transfer_items", what=words.label("exchanged", kind), count=number)))
    click.echo(printable(words.word("transfer_same", count=brought.same)))
    if claims is not None:
        click.echo(printable(words.word("transfer_claims", count=len(brought.claimed), path=str(claims))))
