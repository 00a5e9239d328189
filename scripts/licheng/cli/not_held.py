"""`licheng not-held`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of, now_of, parse_day
from licheng.app.loading.load import load
from licheng.app.trust.not_held import not_held as run
from licheng.cli.options import carry_out, dry_run_option, now_option, writable_root
from licheng.cli.signer import Signer
from licheng.sources.tree import WorkTree


@click.command(name="not-held")
@click.argument("term")
@click.argument("demand", metavar="DEMAND")
@click.option("--what-happened", required=True, help="發生了什麼，不寫個資 / what happened, without personal data")
@click.option("--instead", required=True, help="改辦什麼，會公開 / what was done instead, which is shown in public")
@click.option("--instead-by", metavar="DATE", required=True, help="何時補上 / the day of that, or the last day for it")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="說明者的金鑰 / the signer's key")
@dry_run_option()
@now_option()
def not_held(
    term: str, demand: str, what_happened: str, instead: str, instead_by: str, key: Path, dry_run: bool, now: str | None
) -> None:
    """說明應辦而未辦的研習或會議，由承辦主管或召集人簽署。 / Explain a training or a meeting that was not held."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    loaded, signer = load(tree, day_of(tree, None)), Signer.of(key)
    plan = run(
        loaded,
        term,
        demand,
        what_happened=what_happened,
        instead=instead,
        instead_by=parse_day(instead_by),
        by=signer.holder(loaded),
        now=now_of(tree, now),
        sign=signer,
    )
    carry_out(plan, root, dry_run)
