"""`licheng claim`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.day import day_of, now_of
from licheng.app.loading.load import load
from licheng.app.trust.claim import claim as run
from licheng.app.trust.signed_elsewhere import claim_list
from licheng.cli.options import carry_out, dry_run_option, now_option, writable_root
from licheng.cli.signer import Signer
from licheng.core.errors import UsageError
from licheng.exchange.claims import read_claims
from licheng.sources.tree import WorkTree
from licheng.storage.files import given


@click.command()
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--student", metavar="STUDENT", help="資料包是這位學生的 / the student whose package it is")
@click.option(
    "--signers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="那所學校公布的 allowed_signers / the other school's allowed_signers",
)
@click.option("--platform", required=True, metavar="ID", help="school.yaml 所列的平臺 / a platform of school.yaml")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="註冊組長的金鑰 / the registrar's key")
@dry_run_option()
@now_option()
def claim(
    export: Path, student: str | None, signers: Path | None, platform: str, key: Path, dry_run: bool, now: str | None
) -> None:
    """把他平臺認證過的成果記成「他平臺認證」，逐件簽署。 / Record what another platform certified, signed."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    loaded, signer = load(tree, day_of(tree, None)), Signer.of(key)
    if (student is None) is not (signers is None):
        raise UsageError("APP499")
    if student is None or signers is None:
        listed = read_claims(given(export), export)
    else:
        listed = claim_list(export, given(signers), platform, student, loaded)
    carry_out(run(loaded, listed, platform, signer.holder(loaded), now_of(tree, now), signer), root, dry_run)
