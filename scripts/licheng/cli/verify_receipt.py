"""`licheng verify-receipt`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click

from licheng.app.server.received import ReceiptLog
from licheng.app.server.verify_receipt import ReceiptVerdict, read, verify
from licheng.cli.options import language_option
from licheng.core.errors import ExitCode, UsageError
from licheng.outputs.catalog import catalog
from licheng.outputs.escape import printable
from licheng.signing.ssh_keygen import read_public_key
from licheng.sources.tree import find_repository


@click.command("verify-receipt")
@click.argument("kept", type=click.File("rb"), metavar="FILE")
@click.option(
    "--repo", type=click.Path(path_type=Path, file_okay=False), help="伺服器的儲存庫 / the server's repository"
)
@click.option(
    "--receipts", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="收件紀錄 / the receipt log"
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="自己留的伺服器公鑰（.pub） / the server's public key as you kept it",
)
@language_option()
def verify_receipt(kept: BinaryIO, repo: Path | None, receipts: Path | None, key_file: Path | None, lang: str) -> None:
    """拿一張留下來的收據，看收件紀錄有沒有被整份改寫。 / Hold a kept receipt against the receipt log."""
    log = ReceiptLog(receipts) if receipts is not None else ReceiptLog.of(find_repository(repo or Path.cwd()))
    if not log.path.is_file():
        raise UsageError("APP024", path=str(log.path), detail="receipts.jsonl")
    receipt, words = read(kept.read()), catalog(lang)
    keys = [read_public_key(key_file)] if key_file is not None else [key for _, key in log.key.listed()]
    answer = verify(receipt, log, keys)
    facts = {"sequence": receipt.facts["sequence"], "at": receipt.facts["utc"], "actor": receipt.facts["actor"]}
    known = ", ".join(key.fingerprint for key in keys) or "-"
    word = f"receipt_{answer.value.replace('-', '_')}"
    click.echo(printable(words.word(word, **facts, path=str(log.path), keys=known)))
    sys.exit(ExitCode.CLEAN if answer is ReceiptVerdict.GENUINE else ExitCode.ERRORS)
