"""`licheng hook pre-receive`, `update`, `post-receive` and `landed`: what git runs around a push."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from licheng.app.day import now_of
from licheng.app.server import push as app
from licheng.app.server.names import MAIN
from licheng.cli.options import repository_option
from licheng.core.errors import ExitCode, UsageError
from licheng.sources.git import Objects
from licheng.sources.tree import CommitTree


def _now(objects: Objects) -> datetime:
    """The instant of a hook: of main's day in a demo school.

    Raises:
        UsageError: APP002, there is no main.
    """
    main = objects.resolve(f"{MAIN}^{{commit}}")
    if main is None:
        raise UsageError("APP002", revision=MAIN)
    return now_of(CommitTree(objects.root, main, objects=objects), None)


@click.command("pre-receive")
def pre_receive() -> None:
    """Git 收到推送時執行，不由人執行。 / Run by git for each push; not for people."""
    from licheng.outputs.catalog import catalog  # each hook of a push imports what it shows itself, if anything
    from licheng.outputs.gate import render_checked

    pushes = app.pushes(sys.stdin)
    with Objects(Path.cwd()) as objects:
        verdict = app.pre_receive(objects, pushes, dict(os.environ), _now(objects))
    click.echo(render_checked(verdict, catalog("zh-TW")), nl=False)
    sys.exit(verdict.exit_code)


@click.command()
@click.argument("ref")
@click.argument("old")
@click.argument("new")
def update(ref: str, old: str, new: str) -> None:
    """Git 移動 main 之前執行，不由人執行。 / Run by git just before main moves; not for people."""
    with Objects(Path.cwd()) as objects:
        app.update(objects, app.Push(old, new, ref), dict(os.environ), _now(objects))


@click.command("post-receive")
def post_receive() -> None:
    """推送落地後執行，不由人執行。 / Run by git after a push has landed; not for people."""
    from licheng.outputs.catalog import catalog
    from licheng.outputs.receipt import render

    repository = Path.cwd()
    with Objects(repository) as objects:
        now = _now(objects)
    words = catalog("zh-TW")
    for landing in app.post_receive(repository, app.pushes(sys.stdin), dict(os.environ), now):
        click.echo(render(landing.entry, landing.things, words), nl=False)


@click.command()
@click.argument("sha")
@repository_option()
def landed(sha: str, repository: Path) -> None:
    """重新檢查 main 並建置網站。 / Check main again and build the site."""
    errors = app.landed(repository, sha)
    click.echo(f"{sha} {errors if errors is not None else '-'}")
    sys.exit(ExitCode.ERRORS if errors else ExitCode.CLEAN)
