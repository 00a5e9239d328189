"""`licheng doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from licheng.app.day import moment_of
from licheng.app.doctor import CallerFacts, examine
from licheng.cli.options import is_terminal, language_option, now_option
from licheng.cli.serve import check_extra
from licheng.core.diagnosis import exit_code
from licheng.core.errors import UsageError
from licheng.outputs import doctor as output
from licheng.outputs.catalog import catalog


@click.command()
@click.option(
    "--repo",
    default=".",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="工作目錄或伺服器上的儲存庫 / a work tree, or the repository on a server",
)
@click.option(
    "--visibility",
    type=click.Choice(["private", "internal", "public"]),
    help="託管平台上的能見度，程式讀不到 / on its forge, which cannot be read here",
)
@click.option(
    "--authorized-keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="伺服器的 SSH 登入清單；預設是擁有者的 / whom SSH lets in; by default the owner's file",
)
@click.option(
    "--receipt-key",
    metavar="SHA256:...",
    help="自己記下的收據金鑰指紋 / fingerprint of the key that signs receipts, as you wrote it down",
)
@click.option(
    "--platform",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="platform.toml",
    help="改看網頁平臺與它連的主機 / look at the web platform and what it reaches instead",
)
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON / print JSON")
@now_option()
@language_option()
def doctor(
    repo: Path,
    visibility: str | None,
    authorized_keys: Path | None,
    receipt_key: str | None,
    config: Path | None,
    as_json: bool,
    now: str | None,
    lang: str,
) -> None:
    """檢查版本、金鑰、設定與誰能複製，並說怎麼修。 / What is wrong with the set-up, and the command that mends it."""
    facts = CallerFacts(visibility, authorized_keys, now, receipt_key)
    if config is None:
        lines = examine(repo.resolve(), facts)
    else:  # of a platform nothing can be told but the time
        of_repository = {
            "--visibility": visibility,
            "--authorized-keys": authorized_keys,
            "--receipt-key": receipt_key,
        }
        if given := [name for name, value in of_repository.items() if value is not None]:
            raise UsageError("APP389", options=", ".join(given))
        check_extra()
        from licheng.platform import doctor as platform_doctor

        lines = platform_doctor.examine(config, moment_of(now))
    words = catalog(lang)
    click.echo(
        output.to_json(lines, words) if as_json else output.text(lines, words, colour=is_terminal(sys.stdout)), nl=False
    )
    sys.exit(exit_code(lines))
