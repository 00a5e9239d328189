"""`licheng accounts`, and logins by `licheng import`: in bulk, once, never against somebody else."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from licheng.core.errors import UsageError
from licheng.policy.accounts import oidc_identity, ssh_login
from licheng.sources import yaml
from tests.command import LICHENG, licheng
from tests.people import Registry, listed
from tests.trees import ROOT

ACCOUNTS = "content/school/accounts.yaml"
STAFF = "content/school/staff.yaml"
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBk/lR6XPuiu2BPC8JnT6M9GbrEr19BnJ1JY8A8MCvPA"
FINGERPRINT = "ssh:SHA256:mUD+xdcFuMNwZL9i9MbNYN8JCH+I9PnlhyyYIqriX9I"
ISSUER = "https://accounts.school.example"


def data(school: Path) -> dict[str, dict[str, object]]:
    """The accounts by id."""
    entries = yaml.parse((school / ACCOUNTS).read_text(encoding="utf-8"))["accounts"]
    return {entry["id"]: entry for entry in entries}


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    """A workbook of one sheet, by openpyxl."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def enrol(school: Path, student: str, *events: str) -> None:
    """A student of the repository."""
    folder = school / "content" / "students" / student[1:4] / student
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"  - {{{event}}}\n" for event in events)
    text = f"kind: student/v1\nprogramme: general\nevents:\n{lines}"
    (folder / "student.yaml").write_text(text, encoding="utf-8")


ENTRY = "on: 2026-08-01, event: entry, level: 10, class: 10a"


def test_whoever_is_here_and_has_none_gets_an_account_once(small: Path) -> None:
    enrol(small, "s1150007", ENTRY)
    (small / ACCOUNTS).write_text((small / ACCOUNTS).read_text(encoding="utf-8") + "# 資訊組的備註\n", encoding="utf-8")
    before = (small / ACCOUNTS).read_text(encoding="utf-8")
    preview = licheng(small, "accounts", "open", "students", "--today", "2026-11-23", "--dry-run")
    assert (preview.returncode, (small / ACCOUNTS).read_text(encoding="utf-8")) == (0, before)
    assert "s1150007\n開設 1 個帳號。\n" in preview.stdout
    done = licheng(small, "accounts", "open", "students", "--today", "2026-11-23")
    assert done.returncode == 0, done.stderr
    after = (small / ACCOUNTS).read_text(encoding="utf-8")
    assert "# 資訊組的備註\n" in after
    assert data(small)["s1150007"] == {
        "id": "s1150007",
        "holder": "student",
        "identities": [],
        "address": "s1150007@licheng.invalid",
        "from": "2026-11-23",
    }
    assert licheng(small, "check", "--today", "2026-11-23").returncode == 0
    again = licheng(small, "accounts", "open", "all", "--today", "2026-11-23")
    assert {*data(small)} == {"t903", "s1139901", "s1150007", "t901", "t902", "t904", "t905"}
    assert "開設 4 個帳號" in again.stdout
    whole = (small / ACCOUNTS).read_text(encoding="utf-8")
    assert licheng(small, "accounts", "open", "all", "--today", "2026-11-23").stdout == "開設 0 個帳號。\n"
    assert (small / ACCOUNTS).read_text(encoding="utf-8") == whole


def test_who_has_left_is_ended_and_nothing_of_the_past_changes(small: Path) -> None:
    enrol(
        small, "s1139901", "on: 2024-08-01, event: entry, level: 10, class: 10a", "on: 2026-11-20, event: transfer-out"
    )
    staff = (small / STAFF).read_text(encoding="utf-8")
    (small / STAFF).write_text(
        staff.replace("{post: registrar, from: 2024-08-01}", "{post: registrar, from: 2024-08-01, to: 2026-11-01}"),
        encoding="utf-8",
    )
    state = licheng(small, "accounts", "check", "--today", "2026-11-23")
    assert state.returncode == 1
    assert "s1139901 到 2026-11-20 為止在校，帳號該停用\n" in state.stdout
    assert "t903 到 2026-11-01 為止在校，帳號該停用\n" in state.stdout
    assert "ENR012" in licheng(small, "check", "--today", "2026-11-23").stdout
    assert licheng(small, "accounts", "end", "--today", "2026-11-23").returncode == 0
    ended = {who: entry["to"] for who, entry in data(small).items() if "to" in entry}
    assert ended == {"s1139901": "2026-11-22", "t903": "2026-11-22"}, "open until yesterday: no day before is rewritten"
    assert licheng(small, "accounts", "check", "--today", "2026-11-23").returncode == 0
    assert licheng(small, "accounts", "end", "--today", "2026-11-23").stdout == "停用 0 個帳號。\n"


def test_on_the_last_day_and_on_leave_an_account_stays(small: Path) -> None:
    enrol(small, "s1139901", "on: 2024-08-01, event: entry, level: 10, class: 10a", "on: 2026-11-23, event: graduation")
    assert licheng(small, "accounts", "end", "--today", "2026-11-23").stdout == "停用 0 個帳號。\n"
    enrol(small, "s1139901", "on: 2024-08-01, event: entry, level: 10, class: 10a", "on: 2026-11-01, event: suspension")
    assert licheng(small, "accounts", "end", "--today", "2026-11-23").stdout == "停用 0 個帳號。\n"


def test_logins_come_in_from_a_workbook(small: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("office")
    key = folder / "oidc.key"
    assert licheng(small, "accounts", "key", str(key)).returncode == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    head = ("教職員代號", "GitHub 帳號編號", "SSH 公鑰", "單一登入發行者", "單一登入主體")
    book = workbook(
        folder / "logins.xlsx",
        head,
        ("t903", 10000903, f"{ED25519} registrar@laptop", None, None),
        ("t904", None, None, ISSUER, "wang@school.example"),
    )
    brought = licheng(small, "import", "staff-accounts", str(book), "--oidc-key", str(key), "--today", "2026-11-23")
    assert brought.returncode == 0, brought.stderr
    kept = str(data(small)["t903"]["identities"])
    assert "FiRR1mmj1GmPeJ4dW9vsZxMh0Z7tnkK4mlnLezSVZLs" in kept, "a login that was there stays"
    assert "github:10000903" in kept
    assert FINGERPRINT in kept
    assert data(small)["t903"]["login_keys"] == [ED25519], "without the comment, which may name somebody"
    digest = oidc_identity(ISSUER, "wang@school.example", bytes.fromhex(key.read_text()))
    assert data(small)["t904"]["identities"] == [digest]
    assert "wang" not in (small / ACCOUNTS).read_text(encoding="utf-8")
    assert digest != oidc_identity(ISSUER, "wang@school.example", bytes(31) + b"\x01"), "another school, another digest"
    assert licheng(small, "check", "--today", "2026-11-23").returncode == 0
    whole = (small / ACCOUNTS).read_bytes()
    again = licheng(small, "import", "staff-accounts", str(book), "--oidc-key", str(key), "--today", "2026-12-01")
    assert (again.returncode, (small / ACCOUNTS).read_bytes()) == (0, whole)


BAD = {
    "a private key": ((10000904, "-----BEGIN OPENSSH PRIVATE KEY-----", None, None), "這是私鑰"),
    "no key": ((None, "ssh-ed25519 AAAA", None, None), "OpenSSH 公鑰"),
    "a key of another type than it says": ((None, ED25519.replace("ed25519", "rsa", 1), None, None), "OpenSSH 公鑰"),
    "a name of GitHub": (("octocat", None, None, None), "數字編號"),
    "an issuer without a subject": ((None, None, ISSUER, None), "空白"),
    "a subject without the key": ((None, None, ISSUER, "x"), "--oidc-key"),
    "an issuer that is no address": ((None, None, "school", "x"), "https://"),
    "a login of somebody else": ((10000903, None, None, None), "另一個帳號"),
}


@pytest.mark.parametrize(("cells", "told"), BAD.values(), ids=BAD)
def test_a_bad_login_is_refused_and_nothing_is_written(
    small: Path, tmp_path_factory: pytest.TempPathFactory, cells: tuple[object, ...], told: str
) -> None:
    text = (
        (small / ACCOUNTS).read_text(encoding="utf-8").replace("ssh:SHA256:FiRR", 'github:10000903", "ssh:SHA256:FiRR')
    )
    (small / ACCOUNTS).write_text(text, encoding="utf-8")
    head = ("教職員代號", "GitHub 帳號編號", "SSH 公鑰", "單一登入發行者", "單一登入主體")
    book = workbook(tmp_path_factory.mktemp("office") / "logins.xlsx", head, ("t904", *cells))
    done = licheng(small, "import", "staff-accounts", str(book), "--today", "2026-11-23")
    assert done.returncode == 2
    assert told in done.stderr
    assert "OPENSSH" not in done.stderr, "a key in the wrong place is not shown"
    assert (small / ACCOUNTS).read_text(encoding="utf-8") == text


def test_students_are_named_by_their_numbers(small: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    registry = Registry.at(tmp_path_factory.mktemp("office") / "registry")
    assert licheng(small, *registry.new).returncode == 0
    roster = registry.list_of(listed(2))
    assert licheng(small, "identities", "import", str(roster), *registry.options).returncode == 0
    people = registry.people()
    enrol(small, people["0115001"].student, ENTRY)
    enrol(small, people["0115002"].student, ENTRY, "on: 2026-11-01, event: transfer-out")
    head = ("學號", "GitHub 帳號編號")
    book = workbook(registry.folder / "logins.xlsx", head, ("0115001", 20000001))
    command = ("import", "student-accounts", str(book), *registry.options, "--today", "2026-11-23")
    assert licheng(small, *command).returncode == 0
    assert data(small)[people["0115001"].student]["identities"] == ["github:20000001"]
    assert licheng(small, "check", "--today", "2026-11-23").returncode == 0
    workbook(registry.folder / "logins.xlsx", head, ("0115002", 20000002))
    refused = licheng(small, *command)
    assert refused.returncode == 2
    assert "已經離校" in refused.stderr


def test_a_key_among_the_records_is_refused_where_there_is_no_repository_yet(small: Path) -> None:
    done = licheng(small, "accounts", "key", "content/oidc.key")
    assert (done.returncode, done.stderr.split()[0]) == (2, "APP171")
    assert not (small / "content/oidc.key").exists()


@pytest.mark.parametrize("text", ["", "00" * 32, "zz" * 32, "ab" * 16])
def test_a_key_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    from licheng.app.registry.accounts import read_oidc_key

    (tmp_path / "oidc.key").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_oidc_key(tmp_path / "oidc.key")
    assert caught.value.code == "APP272"


def test_a_public_key_is_read_as_openssh_writes_it() -> None:
    login = ssh_login(f"{ED25519} somebody@host\n")
    assert login is not None
    assert (login.identity, login.line) == (FINGERPRINT, ED25519)
    assert ssh_login(f'command="x" {ED25519}') is None


def test_a_place_in_the_file_that_cannot_be_added_to_is_told(small: Path) -> None:
    text = (small / ACCOUNTS).read_text(encoding="utf-8")
    flow = text.replace("accounts:\n", "accounts: [\n").replace("  - {", "  {").replace("}\n", "},\n") + "]\n"
    (small / ACCOUNTS).write_text(flow, encoding="utf-8")
    enrol(small, "s1150007", ENTRY)
    done = licheng(small, "accounts", "open", "students", "--today", str(date(2026, 11, 23)))
    assert done.returncode in {0, 2}
    assert licheng(small, "check", "--today", "2026-11-23").returncode == 0
    assert done.returncode == 0 or (small / ACCOUNTS).read_text(encoding="utf-8") == flow


def test_every_command_of_the_page_works(small: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "office").mkdir()
    head = ("教職員代號", "GitHub 帳號編號", "單一登入發行者", "單一登入主體")
    workbook(home / "office" / "logins.xlsx", head, ("t904", 10000904, ISSUER, "wang@school.example"))
    page = (ROOT / "content/handbook/operations/accounts.md").read_text(encoding="utf-8")
    environment = os.environ | {"PATH": f"{LICHENG.parent}:{os.environ['PATH']}", "HOME": str(home)}
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.S | re.M)
    of_the_platform = [
        block for block in blocks if "licheng platform" in block
    ]  # tests/platform/login/test_inviting.py
    for block in blocks:
        if block in of_the_platform:
            continue
        done = subprocess.run(
            ["sh", "-e"], input=block, cwd=small, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, block + done.stderr
    assert (len(blocks), len(of_the_platform)) == (7, 2)
