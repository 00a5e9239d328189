"""`licheng demo`."""

from __future__ import annotations

from pathlib import Path

import click

from licheng.app.demo import FAULT_LIST, write_demo
from licheng.cli.options import dry_run_option, progress_bar


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--students", type=click.IntRange(4, 20_000), default=30, show_default=True, help="學生人數")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="亂數種子：同一種子，同一所學校 / same seed, same school"
)
@click.option("--faults", is_flag=True, help=f"埋入已知的錯誤，清單在 {FAULT_LIST} / plant a known list of faults")
@click.option("--lfs", is_flag=True, help="附件存成 Git LFS 指標 / keep attachments as Git LFS pointers")
@dry_run_option()
def demo(folder: Path, students: int, seed: int, faults: bool, lfs: bool, dry_run: bool) -> None:
    """產生一所虛構的示範學校（Git 儲存庫）。 / Write an invented school as a Git repository."""
    if dry_run:
        click.echo(f"+ {folder}/ ({students} students, seed {seed})")
        return
    with progress_bar("demo") as bar:
        written, planted = write_demo(folder, students, seed, faults=faults, lfs=lfs, progress=bar)
    click.echo(f"{folder}: {written.files} files, {written.commit}")
    for fault in planted:
        click.echo(f"{fault.path}:{fault.line}: {fault.code} {fault.note}")
