"""`licheng certify`, `licheng queue` and `licheng verify`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from licheng.app.day import day_of, now_of
from licheng.app.loading.load import Loaded, load
from licheng.app.trust.certify import (
    FOREIGN,
    DecisionRequest,
    Draft,
    Sign,
    decide,
    queued,
    resubmission_closes,
)
from licheng.app.trust.verify import all_verdicts, statements, verdicts
from licheng.cli.desk import CertificationDesk
from licheng.cli.main import tell
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
from licheng.core.layout import BY_NAME, CHANGES
from licheng.exchange.identities import read_identities
from licheng.outputs import certification as output
from licheng.outputs.catalog import Catalog, catalog
from licheng.sources.tree import WorkTree, find_root

_HAND_INS = f"/{BY_NAME['hand-in'].folder}"


@click.command()
@click.argument("items", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    help="私鑰，或代理程式裡的公鑰 / key file, or public key of the agent",
)
@click.option("--mine", is_flag=True, help="逐件看過等我認證的，再決定 / decide one by one on what waits for me")
@click.option("--no-open", is_flag=True, help="--mine 時不開啟檔案，只顯示位置 / with --mine, open no file")
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
    mine: bool,
    no_open: bool,
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
    coordinator = capacity == "coordinator"
    _refuse_mixed(mine, {"ITEM": items, "--return": returned, "--revoke": revoked, "--reaffirm": reaffirm,
                         "--reason": text, "--as coordinator": coordinator}, no_open, dry_run)  # fmt: skip
    root = writable_root(dry_run)
    tree, words = WorkTree(root), catalog(lang)
    loaded, signer = load(tree, day_of(tree, None)), Signer.of(key)
    if (capacity == "substitute") != (principal is not None):
        raise UsageError("APP051")
    request = DecisionRequest(
        certifier=signer.holder(loaded),
        fingerprint=signer.public.fingerprint,
        decision=_decision(returned, revoked, reaffirm),
        reason=(code, text or "") if (code := returned or revoked) is not None else None,
        acting_for=principal,
        coordinator=coordinator,
        language=lang,
    )
    people = read_identities(identities, identity) if identities is not None else {}
    if not mine:
        _certify_these(loaded, root, items, request, now_of(tree, now), signer, words, people, dry_run)
        return
    waiting = queued(loaded, principal or request.certifier)
    if dry_run:
        click.echo(output.queue(waiting, loaded.school.today, words, people), nl=False)
        return
    clock = partial(now_of, tree, now)
    CertificationDesk(loaded, root, request, clock, signer, words, people, opens=not no_open).work_through(waiting)


def _refuse_mixed(mine: bool, others: Mapping[str, object], no_open: bool, dry_run: bool) -> None:
    """Items are named, or they are those that wait; and those are asked about one by one, of a person.

    Raises:
        UsageError: APP025, no item; APP118, nobody could be asked; APP119, an option that does not go with the other.
    """
    given = [name for name, value in others.items() if value]
    if mine and given:
        raise UsageError("APP119", name=tuple(given))
    if not mine and no_open:
        raise UsageError("APP119", name="--no-open", case="only-mine")
    if not mine and "ITEM" not in given:
        raise UsageError("APP025", command="licheng certify", case="missing", name="ITEM | --mine")
    if mine and not dry_run and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("APP118")


def _decision(returned: str | None, revoked: str | None, reaffirm: bool) -> Decision:
    choices = {
        Decision.RETURNED: returned is not None,
        Decision.REVOKED: revoked is not None,
        Decision.REAFFIRMED: reaffirm,
    }
    chosen = [decision for decision, given in choices.items() if given]
    if len(chosen) > 1:
        raise UsageError("APP017", name="--return, --revoke, --reaffirm", value=", ".join(chosen))
    return chosen[0] if chosen else Decision.CERTIFIED


def _certify_these(
    loaded: Loaded,
    root: Path,
    items: Sequence[Path],
    request: DecisionRequest,
    now: datetime,
    sign: Sign,
    words: Catalog,
    people: Mapping[str, str],
    dry_run: bool,
) -> None:
    """One decision on all that are named; what is left out is told, and by the exit code where it is not theirs."""
    folders = [*dict.fromkeys(from_root(root, item) for item in items)]

    def show(draft: Draft) -> None:
        click.echo(output.shown(draft.item, draft.files, request.decision, words, people), nl=False)

    decided = decide(loaded, folders, request, now, sign, show)
    carry_out(decided.plan, root, dry_run)
    for error in decided.left_out:
        tell(error)
    if request.decision is Decision.RETURNED:
        click.echo(output.after_return(resubmission_closes(loaded, decided.items), words), nl=False)
    if any(error.code == FOREIGN for error in decided.left_out):
        sys.exit(ExitCode.ERRORS)


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
    click.echo(output.queue(queued(loaded, teacher), loaded.school.today, catalog(lang), people), nl=False)


@click.command()
@click.argument("items", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="所有的決定與聲明 / every decision and statement")
@today_option()
@language_option()
def verify(items: tuple[Path, ...], everything: bool, today: str | None, lang: str) -> None:
    """逐項驗證認證與變更的聲明：形式、簽署者、金鑰、身分、次序、內容。 / Verify decisions and statements of changes."""
    if everything == bool(items):
        raise UsageError("APP017", name="ITEM | --all", value=str(len(items)))
    root = find_root(Path.cwd())
    tree = WorkTree(root)
    loaded = load(tree, day_of(tree, today))
    asked = [from_root(root, item) for item in items]
    stating = [path for path in asked if path.startswith(CHANGES) or _HAND_INS in path]
    decided = [path for path in asked if path not in stating]
    judged = list(all_verdicts(loaded) if everything else verdicts(loaded, decided))
    stated = list(statements(loaded, *stating)) if everything or stating else []
    if not judged and not stated:
        raise LichengError("APP020")
    for verdict in judged:
        click.echo(output.verdict(verdict, catalog(lang)), nl=False)
    for change, fault in stated:
        click.echo(output.statement(change, fault, catalog(lang)), nl=False)
    holds = all(verdict.holds for verdict in judged) and all(fault is None for _, fault in stated)
    sys.exit(ExitCode.CLEAN if holds else ExitCode.ERRORS)
