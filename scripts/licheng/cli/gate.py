"""`licheng gate`, `licheng who-may` and `licheng override`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from licheng.app.day import day_of, now_of
from licheng.app.loading.load import load
from licheng.app.server.gate import Request
from licheng.app.server.gate import gate as judge
from licheng.app.server.received import ReceiptLog
from licheng.app.server.who_may import rights_of, who_sees
from licheng.app.server.who_may import who_may as answer
from licheng.app.trust.override import granted_by
from licheng.app.trust.override import override as run_override
from licheng.cli.options import (
    carry_out,
    dry_run_option,
    identity_option,
    is_terminal,
    language_option,
    now_option,
    today_option,
    writable_root,
)
from licheng.cli.paths import from_root
from licheng.cli.signer import Signer
from licheng.core.errors import UsageError
from licheng.exchange.identities import read_names
from licheng.outputs import gate as output
from licheng.outputs.catalog import catalog
from licheng.policy.rights import Right
from licheng.sources.tree import CommitTree, WorkTree, find_repository, find_root


@click.command()
@click.option("--base", metavar="SHA", required=True, help="main 的完整提交代號 / full id of main")
@click.option("--head", metavar="SHA", required=True, help="要合併的完整提交代號 / full id of what is to merge")
@click.option("--actor", metavar="ID", required=True, help="github:編號、ssh:SHA256:指紋或帳號代號 / who brings it")
@click.option("--pushed-by", metavar="ID", help="最後推送的人 / who pushed last")
@click.option("--received", metavar="TIME", help="收到的時間，例如 2026-11-23T04:00:00Z / when it was received")
@click.option("--receipts", type=click.Path(path_type=Path, dir_okay=False), help="收件紀錄 / the receipt log")
@click.option("--repo", type=click.Path(path_type=Path, file_okay=False), help="儲存庫 / the repository")
@click.option("--demo", is_flag=True, help="允許示範學校 / judge a demo school")
@click.option("--identities", type=click.Path(path_type=Path), help="不能出現的姓名：清單或對照表 / names")
@identity_option()
@click.option("--break-glass", "glass", metavar="REASON", help="協調者緊急放行並留下紀錄 / pass, logged")
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default="text", show_default=True)
@click.option("--summary", type=click.Path(path_type=Path), help="另寫一份 Markdown 摘要 / a summary in Markdown")
@now_option()
@language_option()
def gate(
    base: str,
    head: str,
    actor: str,
    pushed_by: str | None,
    received: str | None,
    receipts: Path | None,
    repo: Path | None,
    demo: bool,
    identities: Path | None,
    identity: Path | None,
    glass: str | None,
    form: str,
    summary: Path | None,
    now: str | None,
    lang: str,
) -> None:
    """判斷一個變更能不能合併，只讀 git 物件。 / Whether a change may merge, from git objects alone."""
    root = find_repository(repo or Path.cwd())
    with CommitTree(root, base) as tree:
        moment = now_of(tree, now)
        first = now_of(tree, received) if received is not None else None
    log = ReceiptLog(receipts) if receipts is not None else None
    names = read_names(identities, identity) if identities is not None else frozenset[str]()
    clock = datetime.now(UTC) if now is None else None
    verdict = judge(Request(root, base, head, actor, moment, pushed_by, first, log, demo, glass, clock, names))
    words = catalog(lang)
    if summary is not None:
        with summary.open("a", encoding="utf-8") as file:
            file.write(output.render_summary(verdict, words))
    if form == "json":
        shown = output.render_json(verdict, words)
    elif form == "github":
        shown = output.render_github(verdict, words)
    else:
        shown = output.render(verdict, words, colour=is_terminal(sys.stdout))
    click.echo(shown, nl=False)
    sys.exit(verdict.exit_code)


@click.command("who-may")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--of", "people", multiple=True, metavar="ID", help="這個人可以做什麼 / everything that somebody may do")
@today_option()
@language_option()
def who_may(paths: tuple[Path, ...], people: tuple[str, ...], today: str | None, lang: str) -> None:
    """誰可以改這個檔案，依據分工表的哪一列；或某人可以做什麼。 / Who may change a path; or what somebody may do."""
    if not paths and not people:
        raise UsageError("APP017", name="PATHS, --of", value="-")
    root = find_root(Path.cwd())
    tree = WorkTree(root)
    loaded, words = load(tree, day_of(tree, today)), catalog(lang)
    for person in people:
        for line in output.rights_of(person, rights_of(loaded, person), words):
            click.echo(line)
    for path in paths:
        name = from_root(root, path)
        seeing = who_sees(loaded, name)
        lines = output.seen(seeing, words) if seeing is not None else []
        for line in (*output.answered(answer(loaded, name), words), *lines):
            click.echo(line)


@click.command()
@click.argument("change")
@click.option("--grant", "grants", multiple=True, metavar="RIGHT", help="關卡列出的權利 / a right, as the gate says it")
@click.option("--head", metavar="SHA", help="權利很多時：變更的提交代號 / the commit, where the rights are many")
@click.option("--slug", required=True, help="檔名，小寫英數與連字號 / the file's name")
@click.option("--reason", required=True, help="為什麼 / why")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="協調者的金鑰 / a coordinator's key")
@dry_run_option()
@now_option()
@language_option()
def override(
    change: str,
    grants: tuple[str, ...],
    head: str | None,
    slug: str,
    reason: str,
    key: Path,
    dry_run: bool,
    now: str | None,
    lang: str,
) -> None:
    """第二個人簽署同意一次變更：大量變更，或讓人多出權利的變更。 / Let one change pass; a second person signs."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    loaded, signer, moment = load(tree, day_of(tree, None)), Signer.of(key), now_of(tree, now)
    granted: set[Right] = set()
    for text in grants:
        right = Right.of(text)
        if right.what not in catalog("en").data["labels"]["right"]:
            raise UsageError("APP161", grant=text)
        granted.add(right)
    if head is not None:
        granted |= granted_by(root, head, change, moment)
    for line in output.granted(granted, catalog(lang)):
        click.echo(line)
    plan = run_override(
        loaded,
        slug,
        change=change,
        reason=reason,
        by=signer.holder(loaded),
        now=moment,
        sign=signer,
        grants=granted,
    )
    carry_out(plan, root, dry_run)
