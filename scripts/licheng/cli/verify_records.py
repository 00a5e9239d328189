"""`licheng verify-records`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from licheng.app.day import day_of
from licheng.app.new import must_be_right
from licheng.app.registry.commitments import rows_of
from licheng.app.verification import IN_BULK, ChecksAsked, checks
from licheng.cli.options import (
    carry_out,
    dry_run_option,
    identity_option,
    language_option,
    table_option,
    term_given,
    today_option,
    writable_root,
)
from licheng.outputs.catalog import catalog
from licheng.sources.tree import WorkTree

_POSTS = {"basic-data": "registrar", "course-records": "curriculum-head"}


@click.command("verify-records")
@click.option("--subject", type=click.Choice(IN_BULK), default=IN_BULK[0], show_default=True, help="檢核項目 / subject")
@click.option("--by", required=True, metavar="STAFF", help="檢核的教職員代號 / who checked")
@click.option("--post", metavar="POST", help="職務，預設註冊組長或教學組長 / in which post")
@click.option("--term", metavar="TERM", help="學期，預設是現在的 / term, by default the current one")
@click.option("--class", "class_", default="", metavar="CLASS", help="只有一班 / one class")
@click.option("--cohort", type=click.IntRange(100, 199), default=None, help="只有一屆，例如 115 / one year of entry")
@table_option(required=False)
@identity_option()
@dry_run_option()
@today_option()
@language_option()
def verify_records(
    subject: str,
    by: str,
    post: str | None,
    term: str | None,
    class_: str,
    cohort: int | None,
    table: Path | None,
    identity: Path | None,
    dry_run: bool,
    today: str | None,
    lang: str,
) -> None:
    """每學期檢核：看過之後，一班、一屆或全校一次留下紀錄。 / Check a class, a cohort or the whole school at once."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    day = day_of(tree, today)
    chosen = str(term_given(term, day))
    asked = ChecksAsked(subject, chosen, post or _POSTS[subject], by, class_, cohort or 0)
    verifications = checks(tree, day, asked, rows_of(table, identity))
    # One of them stands for all: only the student's own files differ, and those were just read.
    for path in (*chain(verifications.plan.creates, verifications.plan.replaces),)[:1]:
        must_be_right(tree, verifications.plan, path, day)
    carry_out(verifications.plan, root, dry_run)
    written = len(verifications.plan.creates) + len(verifications.plan.replaces)
    click.echo(catalog(lang).word("verified_records", term=chosen, written=written, current=verifications.current))
