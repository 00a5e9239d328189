"""What every command answers in the demo school: its exit code and each word.

`python -m tests.golden.test_commands` writes the answers anew; read the difference before you commit it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from licheng.app.demo import write_demo
from licheng.cli.lazy import SUMMARIES
from licheng.demo.media import png
from licheng.signing.public_key import PublicKey, parse_public_key
from tests.command import licheng

EXPECTED = Path(__file__).parent / "commands"
TODAY = ("--today", "2026-11-23")
NOW = ("--now", "2026-11-23T04:00:00Z")
STUDENT = "content/students/113/s1130003"
ITEM = f"{STUDENT}/terms/115-1/outputs/media-bias"
COURSE = ("--set", "course=civics-5")
HEADS = ("--base", "{before}", "--head", "{head}", "--actor", "ssh:SHA256:bm9ib2R5", "--demo")
DEAN, REGISTRAR = ("--key", ".licheng/keys/t002"), ("--key", ".licheng/keys/t004")
# As they are typed in the school; whatever would write says what. `{head}` is the school's last commit.
COMMANDS: dict[str, tuple[str, ...]] = {
    "accounts check": ("accounts", "check", *TODAY),
    "amend": ("amend", "--in-force", "2027-02-01", "--passed", "2026-11-20", "--dry-run", *TODAY),
    "attach": ("attach", ITEM, "photo.png", "--dry-run"),
    "audit": ("audit", "s1130003"),
    "certify": ("certify", ITEM, "--key", ".licheng/keys/t015", "--dry-run", *NOW),
    "certify by another": ("certify", ITEM, "--key", ".licheng/keys/t014", "--dry-run", *NOW),
    "check": ("check", *TODAY),
    "check of one student": ("check", STUDENT, *TODAY),
    "check later": ("check", "--today", "2031-11-23"),
    "delegate": (
        *("delegate", "cover", "--key", ".licheng/keys/t015", "--by", "t015", "--from", "t015", "--to", "t014"),
        *("--course", "115-1/civics-5", "--starts", "2026-11-23T06:00:00Z", "--ends", "2026-12-31T15:59:59Z"),
        *("--reason", "病假", "--dry-run", *NOW),
    ),
    "demo": ("demo", "another", "--dry-run"),
    "docs": ("docs", "--dry-run"),
    "evaluate": ("evaluate", "115", "--dry-run", "--today", "2027-06-30"),
    "evaluate what is published": ("evaluate", "114", "--dry-run", *TODAY),
    "explain": ("explain", "QUO001"),
    "gate": ("gate", *HEADS, *NOW),
    "hook authorized-keys": ("hook", "authorized-keys", "--repo", ".git"),
    "init": (
        *("init", "new-school", "--name", "示範高中", "--code", "999999", "--dry-run", *NOW),
        *("--coordinators", ".licheng/keys/t002.pub", ".licheng/keys/t004.pub"),
        *("--engine", "git+https://example.invalid/licheng@" + "a" * 40),
    ),
    "keys add": (
        *("keys", "add", "t014", "--key", ".licheng/keys/t014.pub", "--dry-run"),
        *("--witness", "t002", "--witness-key", ".licheng/keys/t002", *NOW),
    ),
    "keys allowed-signers": ("keys", "allowed-signers", "--dry-run"),
    "keys appoint": (
        *("keys", "appoint", "t015", "--from", "2026-11-24T00:00:00Z", "--by", "t002", "t004"),
        *("--key", ".licheng/keys/t002", ".licheng/keys/t004", "--dry-run", *NOW),
    ),
    "keys list": ("keys", "list"),
    "keys reaffirm": ("keys", "reaffirm", "t015", "{t015}", ITEM, *DEAN, "--as", "t002", "--dry-run"),
    "keys retire": ("keys", "retire", "t015", "{t015}", *DEAN, "--as", "t002", "--dry-run", *NOW),
    "keys revoke": (
        *("keys", "revoke", "t015", "{t015}", *DEAN, "--as", "t002", "--since", "2026-11-01T00:00:00Z"),
        *("--dry-run", *NOW),
    ),
    "keys signers": ("keys", "signers", "--student", "s1130003"),
    "keys witness": ("keys", "witness", "t015", "{t015}", *REGISTRAR, "--as", "t004", "--dry-run"),
    "new": (
        "new",
        "course-output",
        "--student",
        "s1130003",
        "--term",
        "115-1",
        "--slug",
        "zz",
        *COURSE,
        "--dry-run",
        *TODAY,
    ),
    "new with a proof": (
        *("new", "external-record", "--student", "s1130003", "--slug", "award", "--set", "category=certificate"),
        *("--attach", "photo.png", "--dry-run", *TODAY),
    ),
    "not-held": (
        *("not-held", "114-2", "teachers", "--what-happened", "颱風停課。", "--instead", "次學期補辦。"),
        *("--instead-by", "2026-12-30", *DEAN, "--dry-run", *NOW),
    ),
    "override": (*("override", "0" * 64, "--slug", "mass", "--reason", "整批更正", *DEAN, "--dry-run", *NOW),),
    "promote": ("promote", "116", "--graduation", "2027-06-04", *TODAY),
    "queue": ("queue", *TODAY),
    "remind": ("remind", *TODAY),
    "rules": ("rules",),
    "simulate": ("simulate", "--rulebook", "content/rulebook/2018-05-30.yaml", *TODAY),
    "site write": ("site", "write", "pages", "--dry-run"),
    "status": ("status", *TODAY),
    "status as JSON": ("status", "--json", *TODAY),
    "verify": ("verify", ITEM),
    "verify all": ("verify", "--all"),
    "waive": (
        *("waive", ITEM, "--stage", "certification", "--until", "2027-03-01", "--reason", "公假"),
        *(*DEAN, "--dry-run", *NOW),
    ),
    "who-may": ("who-may", "content/school/school.yaml"),
}
# What answers to git, to the machine or to keys that are made for it, and where it is tried.
ELSEWHERE = {
    "backup": "tests/backup/test_backup.py",
    "doctor": "the machine's versions: tests/doctor",
    "hook announce": "tests/gate/test_announcement.py",
    "hook install": "the way of the engine on this machine: tests/gate/test_server.py",
    "hook landed": "tests/gate/test_server.py",
    "hook post-receive": "tests/gate/test_server.py",
    "hook pre-receive": "tests/gate/test_server.py",
    "hook shell": "tests/gate/test_server.py",
    "hook update": "tests/gate/test_server.py",
    "chain": "tests/exchange/test_chain.py",
    "claim": "tests/certification/test_claims.py",
    "export": "tests/exchange/test_export.py",
    "import": "tests/importing/test_import.py",
    "receipt": "tests/exchange/test_receipt.py",
    "release": "tests/exchange/test_release.py",
    "forget": "tests/exchange/test_seal.py",
    "renew": "tests/gate/test_renew.py",
    "seal": "tests/exchange/test_seal.py",
    "unseal": "tests/exchange/test_seal.py",
    "transfer in": "tests/exchange/test_transfer.py",
    "transfer out": "tests/exchange/test_transfer.py",
    "accounts end": "tests/accounts/test_accounts.py",
    "accounts key": "tests/accounts/test_accounts.py",
    "accounts open": "tests/accounts/test_accounts.py",
    "fleet check": "tests/fleet/test_fleet.py",
    "fleet evaluate": "tests/fleet/test_fleet.py",
    "fleet status": "tests/fleet/test_fleet.py",
    "identities backup": "tests/e2e/test_identities.py",
    "identities check": "tests/e2e/test_identities.py",
    "identities forget": "tests/e2e/test_identities.py",
    "identities import": "tests/e2e/test_identities.py",
    "identities new": "tests/e2e/test_identities.py",
    "identities recipients": "tests/e2e/test_identities.py",
    "identities show": "tests/e2e/test_identities.py",
    "lfs-transfer": "tests/e2e/test_lfs.py",
    "keys enrol": "tests/certification/test_passkeys.py",
    "site signing": "tests/site/test_signing_page.py",
    "platform invite": "tests/platform/login/test_inviting.py",
    "platform uninvite": "tests/platform/login/test_inviting.py",
    "platform serve": "tests/platform/test_serving.py",
    "restore-drill": "tests/backup/test_drill.py",
    "verify-receipt": "tests/gate/test_receipts.py",
    "verify-records": "tests/e2e/test_identities.py",
}
GROUPS = {"accounts", "fleet", "hook", "identities", "keys", "platform", "site", "transfer"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo school with its history and keys, which no command here changes."""
    return school(tmp_path_factory.mktemp("commands"))


def school(folder: Path) -> Path:
    """The same demo school every time, and a file to attach."""
    write_demo(folder / "school", 30, 1)
    (folder / "school" / "photo.png").write_bytes(png("photo"))
    return folder / "school"


def answer(folder: Path, name: str) -> str:
    """Exit code and words, without what belongs to this machine."""
    log = subprocess.run(["git", "log", "--format=%H", "-2"], cwd=folder, capture_output=True, text=True, check=True)
    head, before = log.stdout.split()
    public = parse_public_key(" ".join((folder / ".licheng/keys/t015.pub").read_text().split()[:2]))
    assert isinstance(public, PublicKey)
    named = {"head": head, "before": before, "t015": public.fingerprint}
    done = licheng(folder, *(word.format_map(named) if "{" in word else word for word in COMMANDS[name]))
    text = f"{done.returncode}\n{done.stdout}{done.stderr}".replace(str(folder.parent), "…").replace(
        sys.executable, "python"
    )
    return re.sub(r" \(\d+ bytes\)", "", text)


def kept() -> dict[str, str]:
    """The answers that are expected, by name."""
    return {path.stem: path.read_bytes().decode() for path in sorted(EXPECTED.glob("*.txt"))}


def test_every_command_is_asked() -> None:
    words = {" ".join(arguments[:2]) for arguments in COMMANDS.values()} | {each[0] for each in COMMANDS.values()}
    every = json.loads(SUMMARIES.read_text(encoding="utf-8").strip())
    assert every.keys() - words - GROUPS == ELSEWHERE.keys()
    assert sorted(COMMANDS) == sorted(kept())


@pytest.mark.parametrize("name", COMMANDS)
def test_it_answers_as_before(demo: Path, name: str) -> None:
    assert answer(demo, name) == kept()[name]


def bless() -> None:
    """Write the answers anew."""
    shutil.rmtree(EXPECTED, ignore_errors=True)
    EXPECTED.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        demo = school(Path(folder))
        for name in COMMANDS:
            (EXPECTED / f"{name}.txt").write_bytes(answer(demo, name).encode())


if __name__ == "__main__":
    bless()
