"""`licheng platform invite` and `uninvite`: a sheet a class, ids and no names, codes that work and are nowhere else."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from licheng.core.errors import UsageError
from licheng.platform.login.invitations import Invitations
from licheng.platform.login.passkeys import Passkeys, RelyingParty
from licheng.platform.sessions import Sessions
from licheng.platform.settings import read_settings
from tests.command import licheng
from tests.platform.login.authenticator import Authenticator
from tests.platform.login.conftest import school

STUDENT, OTHER, TEACHER, PAST, INTAKE = "s1139901", "s1139902", "t903", "s1139903", "t900"
NOW, TODAY = "2026-11-29T01:00:00Z", date(2026, 11, 29)
CODE = re.compile(r"<code>([0-9A-Z-]{19})</code>")


class Office:
    """Where the IT section sits: a platform's settings and state, and a place for sheets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "platform.toml"
        self.sheet = folder / "sheet.html"
        self.state = folder / "state"
        self.state.mkdir(mode=0o700)
        self.clone = self.state / "school.git"
        repository = school(folder / "school", "https://nobody.example")
        subprocess.run(["git", "clone", "--quiet", "--bare", str(repository), str(self.clone)], check=True)
        lines = ('origin = "https://platform.school.example"', 'signing_origin = "https://sign.school.example"',
                 'remote = "git@school.example:school.git"', 'ssh_key = "key"', 'state = "state"',
                 'account = "t900"')  # fmt: skip
        self.config.write_text("\n".join([*lines, ""]))
        (folder / "key").touch(mode=0o600)

    def run(self, command: str, *arguments: str, now: str = NOW, lang: str = "zh-TW") -> tuple[int, str, str]:
        whole = ("platform", command, *arguments, "--config", str(self.config), "--now", now, "--lang", lang)
        done = licheng(self.folder, *whole)
        return done.returncode, done.stdout, done.stderr

    def invite(self, *arguments: str, **options: str) -> tuple[int, str, str]:
        return self.run("invite", *arguments, "--to", str(self.sheet), **options)

    def files(self) -> list[Path]:
        return sorted(
            file for file in self.folder.rglob("*") if file.is_file() and not {"school", "school.git"} & {*file.parts}
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_class_gets_a_sheet_whose_codes_work(office: Office) -> None:
    code, said, _ = office.invite("--class", "12a")
    assert code == 0
    assert said.splitlines()[0] == f"12a：{STUDENT}"
    text = office.sheet.read_text(encoding="utf-8")
    [written] = CODE.findall(text)
    assert Invitations(office.state / "invitations").find(written, TODAY).account == STUDENT
    assert "2026-12-13 以前" in text
    assert "https://platform.school.example/login/code" in text
    assert stat.S_IMODE(office.sheet.stat().st_mode) == 0o600
    assert written not in said
    assert all(written not in file.read_text(encoding="utf-8") for file in office.files() if file != office.sheet)


def test_people_are_on_the_sheet_of_their_class_and_staff_on_one_of_their_own(office: Office) -> None:
    assert office.invite(STUDENT, TEACHER, "--days", "3", lang="en")[0] == 0
    text = office.sheet.read_text(encoding="utf-8")
    titles = re.findall(r"<h1>(.*)</h1>", text)
    assert titles == ["Staff Codes for the platform", "12a Codes for the platform"]
    assert re.findall(r"<dd>([st]\d+)</dd>", text) == [TEACHER, STUDENT]
    assert "until 2026-12-02" in text
    assert len(set(CODE.findall(text))) == 2
    assert not re.search(r"<script|<link|<img|url\(|src=", text), "it asks nothing of any network"


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office) -> None:
    office.invite(STUDENT)
    office.sheet.unlink()
    before = office.files()
    code, said, _ = office.invite(STUDENT, "--dry-run")
    assert (code, office.files()) == (0, before)
    assert said.splitlines() == [f"12a：{STUDENT}", "1 人的登入碼，到 2026-12-13 為止；他們先前沒用的登入碼作廢。"]


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ((PAST,), "APP318"),
        ((INTAKE,), "APP318"),
        ((STUDENT, "s1139999"), "APP318"),
        (("../../etc/passwd",), "APP318"),
        (("--class", "10z"), "APP319"),
        ((STUDENT, "--class", "10z"), "APP319"),
        ((), "APP319"),
        ((STUDENT, "--days", "0"), "APP311"),
        ((STUDENT, "--days", "61"), "APP311"),
    ],
)
def test_who_or_what_cannot_be_is_refused_and_nothing_is_written(
    office: Office, arguments: tuple[str, ...], refusal: str
) -> None:
    office.invite(STUDENT)
    office.sheet.unlink()
    before = {file: file.read_bytes() for file in office.files()}
    code, said, told = office.invite(*arguments)
    assert (code, said) == (2, "")
    assert told.startswith(refusal)
    assert {file: file.read_bytes() for file in office.files()} == before


def test_a_sheet_lies_outside_of_repositories_and_over_nothing(office: Office) -> None:
    office.sheet.write_text("mine")
    assert office.invite(STUDENT)[2].startswith("APP009")
    assert office.sheet.read_text() == "mine"
    office.sheet = office.folder / "school/content/sheet.html"
    assert office.invite(STUDENT)[2].startswith("APP171")
    assert not (office.state / "invitations").exists()


def test_a_platform_that_has_not_fetched_the_school_says_so(office: Office) -> None:
    shutil.rmtree(office.clone)
    code, said, told = office.invite(STUDENT)
    assert (code, said) != (0, "")
    assert told.startswith("APP")
    assert not office.sheet.exists()


def test_codes_are_taken_back(office: Office) -> None:
    office.invite(STUDENT, TEACHER)
    codes = dict(zip([TEACHER, STUDENT], CODE.findall(office.sheet.read_text(encoding="utf-8")), strict=True))
    invitations = Invitations(office.state / "invitations")
    code, said, _ = office.run("uninvite", STUDENT, "--dry-run")
    assert (code, said) == (0, f"作廢 1 人還沒用的登入碼：{STUDENT}\n")
    assert invitations.find(codes[STUDENT], TODAY).account == STUDENT
    assert office.run("uninvite", STUDENT, "../x") == (0, said, "")
    with pytest.raises(UsageError, match="APP310"):
        invitations.find(codes[STUDENT], TODAY)
    assert invitations.find(codes[TEACHER], TODAY).account == TEACHER
    assert office.run("uninvite", STUDENT)[1] == "作廢 0 人還沒用的登入碼：-\n"


def test_with_the_passkeys_of_a_lost_phone_everybody_is_signed_out(office: Office) -> None:
    office.invite(STUDENT)
    settings, now = read_settings(office.config), datetime(2026, 11, 29, 1, tzinfo=UTC)
    passkeys, sessions = Passkeys(office.state / "passkeys"), Sessions(settings)
    party = RelyingParty(settings.origin, settings.signing_origin)
    for account in (STUDENT, OTHER):
        device = Authenticator(origin=settings.origin, host="platform.school.example")
        options, asked = party.registration(account, ())
        passkeys.add(account, party.registered(asked, device.create(options)), now)
    cookies = {account: sessions.start(account, now, "passkey") for account in (STUDENT, OTHER)}
    assert office.run("uninvite", STUDENT, "--passkeys", "--dry-run")[1].endswith(f"{STUDENT}：刪掉 1 把通行密鑰。\n")
    assert sessions.read(cookies[STUDENT], now) is not None
    assert office.run("uninvite", STUDENT, "--passkeys")[0] == 0
    assert (passkeys.of(STUDENT), len(passkeys.of(OTHER))) == ((), 1)
    assert sessions.read(cookies[STUDENT], now) is None
    assert sessions.read(cookies[OTHER], now) is not None
