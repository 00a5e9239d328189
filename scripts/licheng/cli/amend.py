"""`licheng amend` and `licheng simulate`: a rulebook before it is adopted."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.amend import AmendmentRequest, assembly_path
from licheng.app.amend import amend as plan_amendment
from licheng.app.day import day_of, parse_day
from licheng.app.simulate import simulate as run
from licheng.cli.options import carry_out, dry_run_option, language_option, today_option, writable_root
from licheng.cli.paths import from_root
from licheng.outputs import simulation
from licheng.outputs.catalog import catalog
from licheng.sources.tree import WorkTree, find_root


@click.command()
@click.option("--in-force", required=True, metavar="DATE", help="施行日期 / the day from which it holds")
@click.option("--passed", required=True, metavar="DATE", help="校務會議通過日期 / the day on which it was passed")
@click.option(
    "--assembly",
    type=click.Path(path_type=Path),
    help="校務會議紀錄，預設 content/school/assembly/通過日期.md / the minutes of the assembly",
)
@click.option("--by", default="校務會議", show_default=True, help="通過的會議 / what the assembly is called")
@dry_run_option()
@today_option()
def amend(in_force: str, passed: str, assembly: Path | None, by: str, dry_run: bool, today: str | None) -> None:
    """從最新的補充規定準備修正的版本，缺校務會議紀錄時一併準備。 / Prepare an amendment of the rulebook."""
    root = writable_root(dry_run)
    tree = WorkTree(root)
    on = parse_day(passed)
    minutes = from_root(root, assembly) if assembly is not None else assembly_path(on)
    plan = plan_amendment(tree, day_of(tree, today), AmendmentRequest(parse_day(in_force), on, minutes, by))
    carry_out(plan, root, dry_run)


@click.command()
@click.option(
    "--rulebook",
    "file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="補充規定的檔案，檔名是施行日期 / its file, named after the day from which it holds",
)
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON / as JSON")
@today_option()
@language_option()
def simulate(file: Path, as_json: bool, today: str | None, lang: str) -> None:
    """採用這份補充規定時，現有紀錄的判斷會有哪些不同；什麼都不寫入。 / What a rulebook would change."""
    tree = WorkTree(find_root(Path.cwd()))
    simulated = run(tree, day_of(tree, today), file.name, file.read_bytes())
    render = simulation.render_json if as_json else simulation.render
    shown = render(simulated.rulebook, simulated.judged_on.isoformat(), simulated.gone, simulated.new, catalog(lang))
    click.echo(shown, nl=False)
    sys.exit(simulated.exit_code)
