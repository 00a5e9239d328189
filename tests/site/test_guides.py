"""Every `licheng …` line of the README and the hand-written pages is what the command takes; its drafts are valid.

Chinese words stand for what the reader fills in, words in capitals do so in English; only what is listed here may.
Text in quotation marks is text.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from licheng.cli.main import main
from licheng.core.person import Person
from licheng.exchange.identities import IdentityTable
from tests.people import Registry, id_number
from tests.trees import ROOT

pytestmark = pytest.mark.usefixtures("schools_judged_once")
HANDBOOK = ROOT / "content/handbook"
_ITEM = "content/students/114/s1140002/terms/115-1/outputs/textbook-images"
PLACEHOLDERS = {
    "學生代號": "s1140002",
    "高三學生代號": "s1120001",  # who has a statement
    "新生代號": "s1150099",
    "教師代號": "t012",
    "代理人代號": "t019",
    "註冊組代號": "t004",
    "教學組代號": "t005",
    "秘書代號": "t002",
    "項目": _ITEM,
    "作品檔": "report.pdf",
    "公鑰檔": "id_ed25519.pub",
    "指紋": "SHA256:0123456789abcdef0123456789abcdef0123456789a",
    "名冊": "names.csv",
    "班級": "11a",
    "學校資料夾": "folder",
    "/srv/school.git": str(ROOT),
    "校名": "school",
    "英文校名": "school",
    "六碼代碼": "000000",
    "教務主任": "dean",
    "註冊組長": "registrar",
    "私密金鑰": "key",
    "STUDENT": "s1140002",
    "APPLICANT": "s1120001",
    "TEACHER": "t012",
    "SUBSTITUTE": "t019",
    "ITEM": _ITEM,
    "FINGERPRINT": "SHA256:0123456789abcdef0123456789abcdef0123456789a",
}
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


def blocks(text: str) -> list[str]:
    """The shell blocks of a page, without their indentation, each command on one line."""
    found = re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [block.replace("\\\n", " ") for block in found]


def commands_of(page: Path) -> list[str]:
    """What comes after `licheng` on the page, without remarks; `a && b` are two commands."""
    lines = [line for block in blocks(page.read_text(encoding="utf-8")) for line in block.splitlines()]
    parts = [part.strip() for line in lines for part in re.split(r"&&|\s# ", line)]
    return [match[1] for part in parts if (match := re.match(r"(?:\S*/)?licheng (.+)", part))]


# Loops and variables of the shell: `tests/e2e/test_first_week.py` and `test_school_year.py` perform these pages whole.
PERFORMED = {HANDBOOK / "operations/first-week.md", HANDBOOK / "operations/school-year.md"}
COMMANDS = [
    pytest.param(command, id=f"{page.relative_to(ROOT).as_posix()}:{command[:40]}")
    for page in (ROOT / "README.md", *sorted(HANDBOOK.rglob("*.md")))
    if page not in PERFORMED
    for command in commands_of(page)
]


def filled(command: str) -> list[str]:
    """The arguments with something real in place of each placeholder; text in quotation marks stays."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    bare = _QUOTED.sub(keep, command)
    for word in sorted(PLACEHOLDERS, key=len, reverse=True):
        bare = re.sub(rf"\b{word}\b" if word.isupper() else word, PLACEHOLDERS[word], bare)
    unknown = re.search(r"[一-鿿]|\b(?!HEAD\b)[A-Z]{4,}\b", bare)
    assert unknown is None, f"a placeholder that PLACEHOLDERS lacks: {bare}"
    return shlex.split(re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], bare))


def test_the_guides_show_commands() -> None:
    assert len(COMMANDS) > 60


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_takes_it(command: str) -> None:
    found: click.Command = main
    arguments = filled(command)
    while isinstance(found, click.Group):
        name = arguments.pop(0)
        inner = found.get_command(click.Context(found), name)
        assert inner is not None, name
        found = inner
    found.make_context(command, arguments)  # raises what the command line would say


@pytest.mark.parametrize("command", [one for one in COMMANDS if str(one.values[0]).startswith("new ")])
def test_the_draft_is_valid(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Against the demo school and a registrar's table; nothing is written."""
    monkeypatch.chdir(ROOT)
    registry = Registry.at(tmp_path / "registry")
    row = Person("s1140002", "0114002", "趙子丑", id_number(2), "2009-02-02", nonces={"115-1": "5c" * 31 + "01"})
    registry.table.write_bytes(IdentityTable(registry.recipients, (row,)).sealed())
    arguments = [word.replace("~/registry", str(registry.folder)) for word in filled(command)]
    done = CliRunner().invoke(main, arguments if "--dry-run" in arguments else [*arguments, "--dry-run"])
    assert done.exit_code == 0, done.output + str(done.exception)
    assert done.output.startswith(("+ content/", "~ content/"))
