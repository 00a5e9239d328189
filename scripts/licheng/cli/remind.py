"""`licheng remind`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app import remind as app
from licheng.app.day import day_of
from licheng.app.status import read_school
from licheng.cli.options import carry_out, dry_run_option, language_option, progress_bar, today_option
from licheng.core.errors import UsageError
from licheng.outputs import reminders as output
from licheng.outputs.naming import names_of
from licheng.outputs.words import words
from licheng.sources.tree import WorkTree, find_root
from licheng.storage.plan import tidy


@click.command()
@click.option("--format", "form", type=click.Choice(["markdown", "json", "email"]), default="markdown",
              show_default=True, help="格式 / format")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="寫進資料夾 / write into a folder")
@dry_run_option()
@today_option()
@language_option()
def remind(form: str, out: Path | None, dry_run: bool, today: str | None, lang: str) -> None:
    """兩週內到期與逾期的事，依單位與職務；不寫姓名，也不寄信。 / What is due or late, by post; nothing is sent."""
    tree = WorkTree(find_root(Path.cwd()))
    school = read_school(tree, day_of(tree, today))
    if form == "email" and out is None:
        raise UsageError("APP123")
    with progress_bar("remind") as bar:
        reminders = app.due_or_late(tree, school, bar)
    names, own = names_of(school, words(lang)), school.one("school")
    if form == "email":
        code = own.data["code"] if own is not None else "school"
        files = dict(output.emails(reminders, school.today, code, names))
    elif form == "json":
        files = {f"{school.today.isoformat()}-reminders.json": output.as_json(reminders, school.today).encode()}
    else:
        files = {f"{school.today.isoformat()}-reminders.md": output.markdown(reminders, school.today, names).encode()}
    if out is None:
        click.echo(b"".join(files.values()).decode(), nl=False)
        return
    if not dry_run:
        out.mkdir(parents=True, exist_ok=True)
    carry_out(app.plan(out, files), out, dry_run)
    if not dry_run:
        tidy(out)
