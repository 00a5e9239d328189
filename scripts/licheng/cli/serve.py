"""`licheng platform serve`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from licheng.core.errors import UsageError

# What the extra `platform` brings, by the names under which it is imported.
_EXTRA = ("starlette", "uvicorn", "itsdangerous", "python_multipart", "authlib", "fido2", "httpx")


def check_extra() -> None:
    """Refuse where the packages of the platform are not installed.

    Raises:
        UsageError: APP300, one is missing.
    """
    for package in _EXTRA:
        if find_spec(package) is None:
            raise UsageError("APP300", package=package)


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="平臺設定 platform.toml，在儲存庫以外 / the settings, outside the repository",
)
@click.option("--demo", is_flag=True, help="用這個資料夾裡的示範學校試用 / try it with the demo school around us")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="試用的埠 / port of a trial"
)
@click.option("--dry-run", is_flag=True, help="只檢查設定，不啟動 / check the settings and start nothing")
def serve(config: Path | None, demo: bool, port: int, dry_run: bool) -> None:
    """啟動網頁平臺；Ctrl+C 結束。 / Serve the web platform; Ctrl+C stops it."""
    check_extra()
    from licheng.platform import serving

    if config is None:
        if not demo:
            raise UsageError("APP301", case="no-config", path="", key="")
        serving.serve_demo(Path.cwd(), click.echo, port, dry_run=dry_run)
    else:
        serving.serve_configured(config, click.echo, demo=demo, dry_run=dry_run)
