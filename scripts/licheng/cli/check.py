"""`licheng check`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from licheng.app.check import check as run_check
from licheng.app.day import day_of
from licheng.cli.options import identity_option, is_terminal, language_option, progress_bar, today_option
from licheng.cli.paths import from_root
from licheng.core.errors import LichengError
from licheng.outputs import text
from licheng.outputs.catalog import catalog
from licheng.sources.tree import CommitTree, Tree, WorkTree, find_repository, find_root


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--commit", metavar="REV", help="檢查這個提交，而不是工作目錄 / check a commit instead of the work tree")
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default="text", show_default=True)
@click.option(
    "--identities",
    type=click.Path(path_type=Path, dir_okay=False),
    help="不得出現的姓名：對照表，或清單（一行一名或 CSV）/ names that must not stand in plain text",
)
@identity_option()
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="用幾個處理程序；預設大校用全部核心 / processes; by default all cores for a large school",
)
@click.option("--no-cache", is_flag=True, help="每位學生都重新檢查 / judge every student anew")
@today_option()
@language_option()
def check(
    paths: tuple[Path, ...],
    commit: str | None,
    form: str,
    identities: Path | None,
    identity: Path | None,
    jobs: int | None,
    no_cache: bool,
    today: str | None,
    lang: str,
) -> None:
    """檢查 content/：格式、參照、件數、期程、附件、個資。 / Check the school's records."""
    start = paths[0] if paths and paths[0].is_absolute() else Path.cwd()
    root = find_root(start) if commit is None else find_repository(start)
    names = frozenset[str]()
    if identities is not None:
        from licheng.exchange.identities import read_names  # few have such a list

        names = read_names(identities, identity)
    words = catalog(lang)
    with ExitStack() as stack:
        tree: Tree = WorkTree(root) if commit is None else stack.enter_context(CommitTree(root, commit))
        bar = stack.enter_context(progress_bar("check"))
        report = run_check(
            tree,
            day_of(tree, today),
            paths=[from_root(root, path) for path in paths],
            names=names,
            jobs=jobs,
            progress=bar,
            keep=not no_cache,
        )
    if report.checked == 0:
        raise LichengError("APP020")
    if form == "json":
        from licheng.outputs import json  # people read the text

        shown = json.render(report, words)
    elif form == "github":
        from licheng.outputs import github

        shown = github.render(report, words)
    else:
        shown = text.render(report, words, colour=is_terminal(sys.stdout))
    click.echo(shown, nl=False)
    sys.exit(report.exit_code)
