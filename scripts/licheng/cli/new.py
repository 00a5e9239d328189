"""`licheng new` and `licheng attach`: the commands that write drafts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from licheng.app.attach import Care, Copy
from licheng.app.attach import attach as plan_attach
from licheng.app.day import day_of
from licheng.app.new import find_kind, scaffold
from licheng.cli.options import (
    Decorator,
    carry_out,
    dry_run_option,
    identity_option,
    language_option,
    table_option,
    today_option,
    writable_root,
)
from licheng.core.errors import UsageError, reason_of
from licheng.core.layout import PARTS
from licheng.core.term import Term
from licheng.outputs import offerings
from licheng.outputs.catalog import catalog
from licheng.outputs.escape import printable
from licheng.policy.offerings import to_confirm
from licheng.sources.tree import WorkTree
from licheng.sources.yaml import parse


def _care_options() -> Decorator:
    """`--clean` and `--as-is`."""

    def both(command: Callable[..., Any]) -> Callable[..., Any]:
        clean = click.option(
            "--clean",
            type=click.Choice([Care.USUAL.value, Care.ALL.value]),
            help="usual 拿掉人名、地點與看不到的資料（預設），all 再加程式、動作、夾帶的檔案 / what to take out",
        )
        as_is = click.option("--as-is", is_flag=True, help="原樣附上，有問題就不收 / attach it as it is, or refuse it")
        return clean(as_is(command))

    return both


@click.command()
@click.argument("kind")
@click.option("--student", metavar="ID", help="學生代號，例如 s1139907 / student")
@click.option("--term", metavar="TERM", help="學期，例如 115-1 / term")
@click.option("--year", metavar="YEAR", help="學年度，例如 115 / school year")
@click.option("--date", metavar="DATE", help="日期，例如 2026-09-11 / date of the record")
@click.option("--slug", metavar="NAME", help="資料夾或檔名，小寫英數與連字號 / name in the path")
@click.option("--subject", type=click.Choice(PARTS["subject"].split("|")), help="檢核項目")
@click.option("--batch", metavar="BATCH", help="梯次，例如 regular、first / batch")
@click.option("--set", "fields", metavar="FIELD=VALUE", multiple=True, help="欄位的值，可重複 / a field's value")
@click.option("--attach", "files", metavar="FILE", multiple=True, type=click.Path(path_type=Path), help="附件 / a file")
@click.option("--body-file", metavar="FILE", type=click.Path(path_type=Path), help="內文的檔案 / the text of a record")
@table_option(required=False)
@identity_option()
@_care_options()
@dry_run_option()
@today_option()
@language_option()
def new(
    kind: str,
    fields: tuple[str, ...],
    files: tuple[Path, ...],
    body_file: Path | None,
    as_is: bool,
    clean: str | None,
    lang: str,
    dry_run: bool,
    today: str | None,
    table: Path | None,
    identity: Path | None,
    **parts: str | None,
) -> None:
    """在正確的路徑建立一筆草稿。 / Scaffold a valid draft at its path."""
    root = writable_root(dry_run)
    given = {name: value for name, value in parts.items() if value is not None}
    values: dict[str, str] = {}
    for text in fields:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError("APP017", name="--set", value=text)
        values[name] = value
    if table is not None and (kind, given.get("subject")) != ("verification", "basic-data"):
        raise UsageError("APP116", name="--identities", kind=kind, used="--subject basic-data")
    tree, rows = WorkTree(root), None
    if table is not None:
        from licheng.app.registry.commitments import rows_of  # few have one

        rows = rows_of(table, identity)
    care, body = _care(clean, as_is=as_is), _body(body_file) if body_file is not None else ""
    plan, attached = scaffold(find_kind(kind), tree, day_of(tree, today), given, values, files, care, body, rows)
    carry_out(plan, root, dry_run)
    _tell(attached, lang)
    if kind == "course-offerings":
        from licheng.app.status import read_school  # once a term

        # What of last year's offerings a person must confirm.
        [(path, data)] = plan.creates.items()
        if courses := parse(data.decode())["courses"]:
            school, term = read_school(tree, day_of(tree, today)), Term.parse(Path(path).stem)
            click.echo(offerings.copied(to_confirm(school, term, courses), catalog(lang)), nl=False)


def _body(path: Path) -> str:
    """The text of a file.

    Raises:
        UsageError: APP024, it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError("APP024", path=str(path), detail=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise UsageError("APP024", path=str(path), case="not-utf8") from error


@click.command()
@click.argument("item", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "name", metavar="NAME", help="複製後的檔名（只有一個檔案時）/ name of the copy")
@_care_options()
@dry_run_option()
@today_option()
@language_option()
def attach(
    item: Path,
    files: tuple[Path, ...],
    name: str | None,
    as_is: bool,
    clean: str | None,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """把檔案清乾淨、放進項目，並填好大小、雜湊與類型；原檔不動。 / Copy files into an item, cleaned, and list them."""
    if name is not None and len(files) > 1:
        raise UsageError("APP017", name="--as", value=name)
    root = writable_root(dry_run)
    inside = item if item.is_absolute() else Path.cwd() / item
    if not inside.resolve().is_relative_to(root):
        raise UsageError("APP004", path=str(item))
    path = inside.resolve().relative_to(root).as_posix()
    plan, attached = plan_attach(root, path, files, day_of(WorkTree(root), today), name, _care(clean, as_is=as_is))
    carry_out(plan, root, dry_run)
    _tell(attached, lang)


def _care(clean: str | None, *, as_is: bool) -> Care:
    if as_is and clean is not None:
        raise UsageError("APP068")
    return Care.AS_IS if as_is else Care(clean or Care.USUAL)


def _tell(attached: list[Copy], lang: str) -> None:
    """What a copy does not have of its original, in words."""
    words = catalog(lang)
    for copy in attached:
        values = {"copy": copy.name, "original": printable(copy.file.name)}
        if copy.title:
            click.echo(words.word("attach_title", **values))
        if copy.untitled:
            click.echo(words.word("attach_untitled", **values))
        if copy.taken:
            inside = words.word("separator").join(words.label("inside", reason) for reason in copy.taken)
            click.echo(words.word("attach_cleaned", **values, inside=inside))
