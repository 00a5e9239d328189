"""`licheng docs`: files of the repository that follow from the code, written or checked for drift."""

from __future__ import annotations

import click

from licheng.app.generated import generated
from licheng.cli import reference
from licheng.cli.options import carry_out, dry_run_option, writable_root
from licheng.core.errors import ExitCode, LichengError
from licheng.sources.tree import WorkTree
from licheng.storage.plan import Plan


class DriftError(LichengError):
    """Generated files are not what the code says."""

    exit_code = ExitCode.ERRORS


@click.command()
@click.option("--check", "only_check", is_flag=True, help="只檢查是否一致 / only say whether they drifted")
@dry_run_option()
def docs(only_check: bool, dry_run: bool) -> None:
    """更新由程式產生的檔案（編輯器設定、指令的說明、學校自己的工作流程）。 / Write what is generated from the code."""
    root = writable_root(dry_run or only_check)
    wanted = generated(WorkTree(root))
    if (root / reference.PATH).parent.is_dir():  # the engine itself lies here, and with it its commands' reference
        parent = click.get_current_context().find_root().command
        assert isinstance(parent, click.Group)  # noqa: S101 - `licheng` is a group of commands
        wanted[reference.PATH] = reference.reference(parent).encode()
        wanted[reference.SUMMARIES] = reference.summaries(parent).encode()
    there = {path: (root / path).read_bytes() if (root / path).is_file() else None for path in wanted}
    drifted = {path: data for path, data in wanted.items() if there[path] != data}
    if only_check and drifted:
        raise DriftError("APP019", paths=", ".join(drifted))
    plan = Plan(
        creates={path: data for path, data in drifted.items() if there[path] is None},
        replaces={path: (before, data) for path, data in drifted.items() if (before := there[path]) is not None},
    )
    carry_out(plan, root, dry_run)
