"""`licheng certify`, `licheng queue` and `licheng verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.day import day_of, now_of
from licheng.app.loading.load import load
from licheng.app.trust.certify import DecisionRequest, Draft, decide, resubmission_closes
from licheng.app.trust.verify import all_verdicts, verdicts
from licheng.cli.options import (
    carry_out,
    dry_run_option,
    identities_option,
    identity_option,
    language_option,
    now_option,
    today_option,
    writable_root,
)
from licheng.cli.paths import from_root
from licheng.cli.signer import Signer
from licheng.core.certification import Decision
from licheng.core.errors import ExitCode, LichengError, UsageError
from licheng.exchange.identities import read_identities
from licheng.outputs import certification as output
from licheng.outputs.catalog import catalog
from licheng.policy.queue import waiting
from licheng.sources.tree import WorkTree, find_root


@click.command()
@click.argument("items", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    help="私鑰，或代理程式裡的公鑰 / key file, or public key of the agent",
)
@click.option("--return", "returned", metavar="CODE", help="退回，並寫理由代碼 / return, with the code of the reason")
@click.option("--revoke", "revoked", metavar="CODE", help="撤銷，並寫理由代碼 / revoke, with the code of the reason")
@click.option("--reaffirm", is_flag=True, help="協調者重申 / reaffirm as coordinator")
@click.option("--reason", "text", metavar="TEXT", help="給學生的說明 / words for the student")
@click.option("--as", "capacity", type=click.Choice(["substitute", "coordinator"]), help="身分 / capacity")
@click.option("--for", "principal", metavar="STAFF", help="代理哪一位教師 / for which teacher")
@identities_option()
@identity_option()
@dry_run_option()
@now_option()
@language_option()
def certify(
    items: tuple[Path, ...],
    key: Path,
    returned: str | None,
    revoked: str | None,
    reaffirm: bool,
    text: str | None,
    capacity: str | None,
    principal: str | None,
    identities: Path | None,
    identity: Path | None,
    dry_run: bool,
    now: str | None,
    lang: str,
) -> None:
    """認證、退回或撤銷；每件各簽一份。 / Certify, return or revoke, one signature an item."""
    root = writable_root(dry_run)
    tree, words = WorkTree(root), catalog(lang)
    loaded, moment, signer = load(tree, day_of(tree, None)), now_of(tree, now), Signer.of(key)
    if (capacity == "substitute") != (principal is not None):
        raise UsageError("APP051")
    certifier = signer.holder(loaded)
    choices = {
        Decision.RETURNED: returned is not None,
        Decision.REVOKED: revoked is not None,
        Decision.REAFFIRMED: reaffirm,
    }
    chosen = [decision for decision, given in choices.items() if given]
    if len(chosen) > 1:
        raise UsageError("APP017", name="--return, --revoke, --reaffirm", value=", ".join(chosen))
    request = DecisionRequest(
        certifier=certifier,
        fingerprint=signer.public.fingerprint,
        decision=chosen[0] if chosen else Decision.CERTIFIED,
        reason=(code, text or "") if (code := returned or revoked) is not None else None,
        acting_for=principal,
        coordinator=capacity == "coordinator",
        language=lang,
    )
    people = read_identities(identities, identity) if identities is not None else {}
    folders = [from_root(root, item) for item in items]

    def show(draft: Draft) -> None:
        click.echo(output.shown(draft.item, draft.files, request.decision, words, people), nl=False)

    plan = decide(loaded, folders, request, moment, signer, show)
    carry_out(plan, root, dry_run)
    if request.decision is Decision.RETURNED:
        click.echo(output.after_return(resubmission_closes(loaded, folders), words), nl=False)


@click.command()
@click.option("--teacher", metavar="STAFF", help="只看一位教師的 / one teacher's")
@identities_option()
@identity_option()
@today_option()
@language_option()
def queue(teacher: str | None, identities: Path | None, identity: Path | None, today: str | None, lang: str) -> None:
    """等待認證的成果，最早的在前。 / What waits for a decision, oldest first."""
    tree = WorkTree(find_root(Path.cwd()))
    loaded = load(tree, day_of(tree, today))
    if teacher is not None and teacher not in loaded.school.staff:
        raise UsageError("APP017", name="--teacher", value=teacher)
    people = read_identities(identities, identity) if identities is not None else {}
    open_items = (item for student in loaded.students() for item in waiting(student, loaded.school))
    mine = [item for item in open_items if teacher is None or teacher in item.teachers]
    in_order = sorted(mine, key=lambda item: item.order)
    click.echo(output.queue(in_order, loaded.school.today, catalog(lang), people), nl=False)


@click.command()
@click.argument("items", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="所有有決定的成果 / every item that has a decision")
@today_option()
@language_option()
def verify(items: tuple[Path, ...], everything: bool, today: str | None, lang: str) -> None:
    """逐項驗證認證：形式、簽署者、金鑰、身分、次序、內容。 / Verify decisions, property by property."""
    if everything == bool(items):
        raise UsageError("APP017", name="ITEM | --all", value=str(len(items)))
    root = find_root(Path.cwd())
    tree = WorkTree(root)
    loaded = load(tree, day_of(tree, today))
    if everything:
        judged = list(all_verdicts(loaded))
    else:
        judged = list(verdicts(loaded, [from_root(root, item) for item in items]))
    if not judged:
        raise LichengError("APP020")
    for verdict in judged:
        click.echo(output.verdict(verdict, catalog(lang)), nl=False)
    sys.exit(ExitCode.CLEAN if all(verdict.holds for verdict in judged) else ExitCode.ERRORS)
