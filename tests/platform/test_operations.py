"""The IT section's pages: whose they are, what they tell of the platform, and each act on an account in a log."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from httpx import Response

from licheng.core.errors import LichengError
from licheng.platform.access_log import AccessLog
from licheng.platform.hand_in import TicketState
from licheng.platform.login.invitations import Invitations
from licheng.platform.login.passkeys import Passkeys, RelyingParty
from licheng.platform.operations_log import AccountAction, AccountOperation, OperationsLog
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Oidc, Settings
from licheng.platform.spool import Spool
from tests.platform.login.authenticator import Authenticator
from tests.platform.main_branch import committed, copied
from tests.platform.school import NOW, draft, hand_in
from tests.platform.test_pages import ACCOUNTS, Platform, denied
from tests.platform.visitors import OURS, Clock, Visitor
from tests.trees import ROOT

KEEPER, STUDENT, OTHER, TEACHER = "t006", "s1130001", "s1130002", "t014"
PAGES = ("/operations", "/operations/accounts")
CODE = re.compile(r"<code>([0-9A-Z-]{19})</code>")
DAY = date(2026, 11, 23)


@pytest.fixture
def keeper(visitor: Visitor) -> Visitor:
    visitor.sign_in(KEEPER)
    return visitor


def act(visitor: Visitor, do: str, *accounts: str, **more: str) -> Response:
    """Press a button of the page of accounts."""
    data: dict[str, object] = {"csrf": visitor.token("/"), "do": do, "account": list(accounts), **more}
    answer: Response = visitor.client.post("/operations/accounts", data=data, headers=OURS)
    return answer


def log(settings: Settings) -> list[tuple[str, str, str]]:
    return [(each.who, each.action, each.whose) for each in OperationsLog(settings.state / "operations").last(99)]


def passkey(settings: Settings, account: str) -> None:
    """Give an account a passkey of the platform."""
    party = RelyingParty(settings.origin, settings.signing_origin)
    options, asked = party.registration(account, ())
    credential = party.registered(asked, Authenticator().create(options))
    Passkeys(settings.state / "passkeys").add(account, credential, NOW)


def row(text: str, account: str) -> str:
    """What the page says of an account."""
    found = text[text.index(f'value="{account}"') :].partition("</li>")[0]
    return " ".join(re.sub("<[^>]*>", " ", found).split())


# Whose the pages are


def test_they_are_for_whoever_may_change_the_accounts_and_nobody_else(demo_repository: Path, tmp_path: Path) -> None:
    platform = Platform(demo_repository, tmp_path / "state")
    with platform.client:
        for path in PAGES:
            for account in ACCOUNTS:
                answer = platform.get(path, account)
                assert answer.status_code == (200 if account == KEEPER else denied(account)), (path, account)
                assert (f'href="{path}"' in platform.get("/", account).text) is (account == KEEPER)
            assert platform.get(path, None).status_code == 303
            assert '<html lang="en">' in platform.get(path, KEEPER, lang="en").text


def test_the_authority_table_says_who_that_is(demo_repository: Path, tmp_path: Path) -> None:
    platform = Platform(copied(demo_repository, tmp_path / "remote.git"), tmp_path / "state")
    duties = "content/school/duties.yaml"
    before = (ROOT / duties).read_text(encoding="utf-8")
    row_of = "records: [accounts]\n    may: [change]\n    by: [{unit: it}]"
    assert row_of in before
    with platform.client:
        committed(
            Path(platform.settings.remote),
            duties,
            before.replace(row_of, row_of.replace("unit: it", "unit: registry")).encode(),
        )
        assert [platform.get(path, KEEPER).status_code for path in PAGES] == [404, 404]
        assert [platform.get(path, "t004").status_code for path in PAGES] == [200, 200]


@pytest.mark.parametrize("account", [STUDENT, TEACHER, "t002", None])
def test_nobody_else_acts_on_an_account(
    settings: Settings, clock: Clock, visitor: Visitor, account: str | None
) -> None:
    if account is not None:
        sessions = Sessions(settings)
        visitor.client.cookies.set(sessions.cookie_name, sessions.start(account, clock(), "demo"))
    page = "/" if account is not None else "/login/demo"
    data = {"csrf": visitor.token(page), "do": "invite", "account": OTHER}
    answer = visitor.post("/operations/accounts", data)
    assert (answer.status_code, CODE.findall(answer.text)) == (404 if account is not None else 303, [])
    assert Invitations(settings.state / "invitations").open_of(ACCOUNTS) == ()
    assert log(settings) == []


# How the platform is


def test_the_queue_is_told_in_counts_by_age_and_names_no_work(
    keeper: Visitor, settings: Settings, clock: Clock
) -> None:
    spool = Spool(settings.state / "spool")
    waited = (timedelta(seconds=5), timedelta(minutes=3), timedelta(minutes=59), timedelta(hours=2), timedelta(days=1))
    for number, age in enumerate(waited):
        spool.accept(
            replace(
                hand_in(draft(f"work-{number}", STUDENT), key=f"k{number}", account=STUDENT), received_at=clock() - age
            )
        )
    text = html.unescape(keeper.get("/operations").text)
    counts = re.findall(r"<li>(.*?)</li>", text, re.DOTALL)[:5]
    assert counts == [
        "1 分鐘以內：1 件",
        "10 分鐘以內：1 件",
        "60 分鐘以內：1 件",
        "更久：2 件",
        "今天：0 件成為紀錄，0 件退回",
    ]
    assert "5 件，最久的已經等了 1440 分鐘：送不進去" in text
    assert "work-0" not in text
    assert STUDENT not in text


def test_what_was_judged_today_is_counted(keeper: Visitor, settings: Settings, clock: Clock) -> None:
    spool = Spool(settings.state / "spool")
    for number, (state, age) in enumerate(
        ((TicketState.LANDED, 1), (TicketState.REFUSED, 2), (TicketState.REFUSED, 3), (TicketState.REFUSED, 13))
    ):
        ticket = spool.accept(hand_in(draft(f"work-{number}", STUDENT), key=f"k{number}", account=STUDENT))
        spool.settle(replace(ticket, state=state, settled_at=clock() - timedelta(hours=age)))  # it is noon
    text = keeper.get("/operations").text
    assert "今天：1 件成為紀錄，2 件退回" in text


def test_a_backup_is_told_where_the_server_is_this_machine(keeper: Visitor) -> None:
    text = keeper.get("/operations").text
    assert "學校的伺服器還沒有收過紀錄" in text
    assert "另一台主機" not in text


# Accounts


def test_each_account_is_shown_with_its_ways_and_students_see_that_they_were_looked_at(
    keeper: Visitor, settings: Settings
) -> None:
    passkey(settings, STUDENT)
    Invitations(settings.state / "invitations").invite([OTHER], DAY + timedelta(days=3))
    Invitations(settings.state / "invitations").invite(["s1130003"], DAY - timedelta(days=1))
    text = keeper.get("/operations/accounts?class=12a").text
    assert row(text, STUDENT).endswith("通行密鑰 1 把")
    assert row(text, OTHER).endswith("通行密鑰 0 把 · 登入碼到 2026-11-26")
    assert row(text, "s1130003").endswith("還沒有登入方式")
    shown = set(re.findall(r'name="account" value="([^"]*)"', text))
    looks = AccessLog(settings.state / "access")
    for student in (each for each in ACCOUNTS if each.startswith("s")):
        expected = [(KEEPER, "account", "kept")] if student in shown else []
        assert [(look.who, look.what, look.why) for look in looks.of(student)] == expected
    assert STUDENT in shown
    keeper.client.cookies.clear()
    keeper.sign_in(STUDENT)
    assert "管理這項紀錄的單位" in keeper.get("/log").text


def test_the_intake_account_and_closed_ones_are_not_offered(keeper: Visitor) -> None:
    text = keeper.get("/operations/accounts").text
    offered = set(re.findall(r'name="account" value="([^"]*)"', text))
    assert KEEPER in offered
    assert not offered & {"t900", "t025"}


def test_a_sheet_of_codes_is_given_once_and_the_codes_work(keeper: Visitor, settings: Settings) -> None:
    answer = act(keeper, "invite", STUDENT, TEACHER, **{"class": "12a"})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="codes.html"'
    assert answer.headers["cache-control"] == "no-store"
    codes = CODE.findall(answer.text)
    assert len(codes) == 2
    invitations = Invitations(settings.state / "invitations")
    assert {invitations.find(code, DAY).account for code in codes} == {STUDENT, TEACHER}
    assert log(settings) == [(KEEPER, "invite", TEACHER), (KEEPER, "invite", STUDENT)]
    for file in settings.state.rglob("*"):
        assert not file.is_file() or not any(code.encode() in file.read_bytes() for code in codes)
    assert f"{KEEPER}：發登入碼給 {STUDENT}" in keeper.get("/operations/accounts").text


def test_a_whole_class_gets_codes_at_once(keeper: Visitor, settings: Settings) -> None:
    text = keeper.get("/operations/accounts?class=12a").text
    members = set(re.findall(r'name="account" value="([^"]*)"', text))
    answer = act(keeper, "invite", everybody="1", **{"class": "12a"})
    assert len(CODE.findall(answer.text)) == len(members) > 4
    assert {whose for _, _, whose in log(settings)} == members


def test_codes_and_passkeys_are_taken_back_and_people_signed_out(
    keeper: Visitor, settings: Settings, clock: Clock
) -> None:
    invitations, sessions = Invitations(settings.state / "invitations"), Sessions(settings)
    invitations.invite([STUDENT, OTHER], DAY)
    for account in (STUDENT, OTHER):
        passkey(settings, account)
    cookies = {account: sessions.start(account, clock(), "passkey") for account in (STUDENT, OTHER)}

    def state() -> tuple[tuple[str, ...], list[int], list[bool]]:
        kept = [len(Passkeys(settings.state / "passkeys").of(account)) for account in (STUDENT, OTHER)]
        here = [sessions.read(cookies[account], clock()) is not None for account in (STUDENT, OTHER)]
        return invitations.open_of([STUDENT, OTHER]), kept, here

    assert act(keeper, "uninvite", STUDENT, **{"class": "12a"}).headers["location"] == "/operations/accounts?class=12a"
    assert state() == ((OTHER,), [1, 1], [True, True])
    assert act(keeper, "sign-out", STUDENT).status_code == 303
    assert state() == ((OTHER,), [1, 1], [False, True])
    assert act(keeper, "remove-passkeys", OTHER).status_code == 303
    assert state() == ((), [1, 0], [False, False])
    assert [action for _, action, _ in log(settings)] == ["remove-passkeys", "sign-out", "uninvite"]


def test_ten_minutes_after_signing_in_nothing_can_be_done(keeper: Visitor, settings: Settings, clock: Clock) -> None:
    clock.passes(minutes=10)
    assert "先登出、再登入一次" in keeper.get("/operations/accounts").text
    for do in AccountAction:
        answer = act(keeper, do, STUDENT)
        assert (answer.status_code, "APP388" in answer.text) == (400, True)
    assert Invitations(settings.state / "invitations").open_of([STUDENT]) == ()
    assert log(settings) == []


@pytest.mark.parametrize(
    ("do", "accounts", "code"),
    [
        ("invite", (), "APP319"),
        ("invite", ("t900",), "APP318"),
        ("invite", ("t025",), "APP318"),
        ("invite", (STUDENT, "s1139999"), "APP318"),
        ("invite", ("../../x",), "APP318"),
        ("uninvite", (), "APP387"),
        ("sign-out", ("s1139999",), "APP387"),
        ("remove-passkeys", ("../passkeys",), "APP387"),
        ("delete", (STUDENT,), "APP305"),
        ("", (STUDENT,), "APP305"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    keeper: Visitor, settings: Settings, do: str, accounts: tuple[str, ...], code: str
) -> None:
    answer = act(keeper, do, *accounts)
    assert (answer.status_code, re.findall("APP[0-9]{3}", answer.text)[:1]) == (400, [code])
    assert Invitations(settings.state / "invitations").open_of(ACCOUNTS) == ()
    assert log(settings) == []


def test_without_the_token_nothing_is_done(keeper: Visitor, settings: Settings) -> None:
    answer = keeper.post("/operations/accounts", {"do": "invite", "account": STUDENT})
    assert (answer.status_code, "APP306" in answer.text) == (403, True)
    assert log(settings) == []


def test_what_cannot_be_written_down_is_not_done(keeper: Visitor, settings: Settings) -> None:
    act(keeper, "invite", TEACHER)
    file = settings.state / "operations" / "operations.jsonl"
    file.write_text(file.read_text().replace(TEACHER, "t015"))
    answer = act(keeper, "invite", TEACHER)
    assert answer.status_code == 200  # only the last line is looked at by who adds one
    file.write_text("\n")
    answer = act(keeper, "invite", STUDENT)
    assert (answer.status_code, "APP385" in answer.text) == (500, True)
    assert Invitations(settings.state / "invitations").open_of([STUDENT]) == ()


# The log


def operation(whose: str = STUDENT) -> AccountOperation:
    return AccountOperation(KEEPER, AccountAction.INVITE, whose, NOW)


def test_the_log_is_chained_and_a_change_of_it_is_noticed(tmp_path: Path) -> None:
    kept = OperationsLog(tmp_path)
    assert kept.last(5) == ()
    kept.record(operation(whose) for whose in (STUDENT, OTHER, TEACHER))
    assert [each.whose for each in kept.last(2)] == [TEACHER, OTHER]
    file = tmp_path / "operations.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    for changed in (
        lines[1:],
        [lines[0], lines[2]],
        [lines[1], lines[0], lines[2]],
        [lines[0].replace(b"13", b"14"), *lines[1:]],
        [*lines[:2], lines[2].replace(b'": ', b'":')],  # the same in another spelling
    ):
        file.write_bytes(b"".join(changed))
        with pytest.raises(LichengError, match="APP385"):
            kept.last(5)


@pytest.mark.parametrize("whose", ["", "S1", "王小明", "a b", "x" * 65])
def test_a_name_cannot_stand_in_the_log(tmp_path: Path, whose: str) -> None:
    with pytest.raises(ValueError, match="AccountOperation"):
        OperationsLog(tmp_path).record([operation(whose)])
    assert OperationsLog(tmp_path).last(5) == ()


def test_accounts_that_sign_in_at_the_school_are_told_apart(
    settings: Settings, clock: Clock, demo_repository: Path, tmp_path: Path
) -> None:
    repository = copied(demo_repository, tmp_path / "remote.git")
    accounts = (ROOT / "content/school/accounts.yaml").read_text(encoding="utf-8")
    known = accounts.replace(
        "  - id: t014\n    holder: staff\n    identities:\n",
        f"  - id: t014\n    holder: staff\n    identities:\n      - oidc:{'a' * 64}\n",
    )
    assert known != accounts
    committed(repository, "content/school/accounts.yaml", known.encode())
    secret = tmp_path / "secret"
    secret.write_text("x")
    for oidc, expected in ((None, False), (Oidc("https://id.school.example", "licheng", secret), True)):
        state = tmp_path / f"state-{expected}"
        state.mkdir(mode=0o700)
        (state / "oidc.key").write_text(bytes(range(32)).hex())
        told = replace(settings, remote=str(repository), oidc=oidc, state=state)
        visitor = Visitor.of(told, clock)
        visitor.sign_in(KEEPER)
        assert ("單一登入" in row(visitor.get("/operations/accounts").text, TEACHER)) is expected
