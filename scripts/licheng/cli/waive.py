"""`licheng waive`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of, now_of, parse_day
from licheng.app.loading.load import load
from licheng.app.trust.waive import waive as run
from licheng.cli.options import carry_out, dry_run_option, now_option, writable_root
from licheng.cli.paths import from_root
from licheng.cli.signer import Signer
from licheng.sources.tree import WorkTree


@click.command()
@click.argument("item", type=click.Path(path_type=Path))
@click.option(
    "--stage", type=click.Choice(["submission", "certification", "selection"]), required=True, help="階段 / stage"
)
@click.option("--until", metavar="DATE", required=True, help="補辦的最後一日 / the last day")
@click.option("--reason", required=True, help="理由，不寫個資 / why, without personal data")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="執行秘書的金鑰 / the secretary's key")
@dry_run_option()
@now_option()
def waive(item: Path, stage: str, until: str, reason: str, key: Path, dry_run: bool, now: str | None) -> None:
    """執行秘書准許一件作品逾期送出、認證或勾選。 / Let one item be late; the executive secretary signs."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    loaded, signer = load(tree, day_of(tree, None)), Signer.of(key)
    plan = run(
        loaded,
        from_root(root, item),
        stage=stage,
        until=parse_day(until),
        reason=reason,
        by=signer.holder(loaded),
        now=now_of(tree, now),
        sign=signer,
    )
    carry_out(plan, root, dry_run)
