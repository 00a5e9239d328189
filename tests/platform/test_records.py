"""Units keep their records in forms, and sign each save with a passkey; the school's real gate takes it or refuses."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from licheng.core.errors import UsageError
from licheng.core.layout import CHANGES, KINDS, home, samples
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.demo.media import pdf
from licheng.demo.school import INTAKE
from licheng.outputs.catalog import catalog
from licheng.outputs.naming import names_of
from licheng.outputs.words import words
from licheng.platform.hand_in import ADDED_BY_UNITS, HandIn, TicketState
from licheng.platform.importing import read
from licheng.platform.pages.looking import Look
from licheng.platform.parts import Parts
from licheng.platform.receipt_forms import ANSWER, NOTICE, SHEET
from licheng.platform.server import application
from licheng.platform.settings import Settings
from licheng.policy.importing.registry import IMPORTS
from licheng.sources.tree import CommitTree
from tests.gate.corpus.statements import enrolled
from tests.gate.items import HOME, STUDENT, TUTOR, position
from tests.gate.scene import ACTIVITIES, COUNSELLOR, DEAN, DISCIPLINE, GUIDANCE, IT, NOW, REGISTRAR, Scene
from tests.gate.server import Server, copy_repository, licheng
from tests.platform.client import Client
from tests.platform.forms.posting import posted_from
from tests.platform.main_branch import committed
from tests.platform.school import delivery, git, picture, sha256
from tests.shared import once
from tests.signing.passkeys import SoftPasskey

ORIGIN = "http://localhost:8001"
SAME = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
KEEPERS = (ACTIVITIES, COUNSELLOR, DISCIPLINE, GUIDANCE, REGISTRAR)


@dataclass
class Keeper:
    """A browser without scripts, signed in as one of the staff, with a passkey in software."""

    client: Client
    server: Server
    state: Path
    parts: Parts
    now: list[datetime]
    account: str = ACTIVITIES
    html: str = ""
    url: str = ""
    status: int = 0

    def as_(self, account: str) -> Keeper:
        self.account = account
        sessions = self.parts.sessions
        self.client.cookies.set(sessions.cookie_name, sessions.start(account, self.now[0], "demo"))
        return self

    def get(self, path: str) -> str:
        return self._came(self.client.get(path))

    def post(self, path: str, data: dict[str, str] | dict[str, list[str]]) -> str:
        return self._came(self.client.post(path, data=data, headers=SAME))

    def _came(self, answer: Any) -> str:
        self.html, self.url, self.status = answer.text, str(answer.url).removeprefix(ORIGIN), answer.status_code
        return self.html

    @property
    def token(self) -> str:
        session = self.parts.sessions.read(self.client.cookies[self.parts.sessions.cookie_name], self.now[0])
        assert session is not None
        return self.parts.sessions.csrf(session)

    @property
    def code(self) -> str:
        match = re.search(r"代碼 (APP[0-9]{3})", self.html)
        return match[1] if match is not None else ""

    def begin(self, kind: str, **said: str) -> str:
        return self.post(f"/records/{kind}", {"csrf": self.token, **said})

    @property
    def fields(self) -> dict[str, list[str]]:
        [form] = re.findall(r'<form [^>]*id="record".*?</form>', self.html, re.DOTALL)
        return posted_from(form)

    def press(self, do: str = "save", file: Any = None, **changes: Any) -> str:
        """Fill in the form and press a button."""
        typed = {name: [text] if isinstance(text, str) else text for name, text in changes.items()}
        [action] = re.findall(r'action="([^"]*)" enctype="multipart/form-data" id="record"', self.html)
        data = {**self.fields, **typed, "_do": [do]}
        answer = self.client.post(action, data=data, files=file or {"_file": ("", b"")}, headers=SAME)
        return self._came(answer)

    def answer(self, key: SoftPasskey | None = None, **changes: str) -> dict[str, str]:
        """What the signing page gives back."""
        asked = json.loads(self.client.get(f"{self.url}/request").text)
        signature = (key or SoftPasskey.of(self.account)).sign(CHANGE_NAMESPACE, asked["payload"].encode())
        credential = asked["keys"][0]["credential"]
        return {
            "id": asked["id"],
            "job": asked["job"],
            "credential": credential,
            "signature": signature.decode(),
            **changes,
        }

    def sign(self, answer: dict[str, str] | None = None) -> str:
        assert self.url.startswith("/records/sign/"), self.html
        given = json.dumps(answer if answer is not None else self.answer())
        return self.post(self.url, {"csrf": self.token, "answer": given})

    @property
    def ticket(self) -> TicketState:
        """After a delivery."""
        assert self.url.startswith("/me/tickets/"), self.html
        delivery(self.server.root, self.state).deliver(NOW)
        ticket = self.parts.spool.ticket(self.account, self.url.rpartition("/")[2])
        assert ticket is not None
        self.words = ticket.words
        self.codes = ticket.codes
        return ticket.state

    def show(self, path: str) -> str:
        return git(self.server.root, "show", f"main:{path}")

    def paths(self, below: str) -> set[str]:
        return set(git(self.server.root, "ls-tree", "-r", "--name-only", "main", "--", below).splitlines())


@contextmanager
def signed_in(account: str, server: Server, tmp_path: Path) -> Iterator[Keeper]:
    """Somebody at a platform before a real gate, whose clock a test moves."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    settings = Settings(ORIGIN, "http://sign.localhost:8002", str(server.root), None, state, INTAKE, demo=True)
    now: list[datetime] = [NOW]
    with Client(application(settings, lambda: now[0]), ORIGIN, follow_redirects=True) as client:
        parts = client.parts
        yield Keeper(client, server, state, parts, now).as_(account)
    parts.school_view.close()


@pytest.fixture(scope="session")
def written(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo school in which those who keep records have a passkey; it has been at work as the one without."""
    return once(tmp_path_factory, "licheng-keeping", partial(_enrol, written))


def _enrol(written: Path, folder: Path) -> None:
    shutil.copytree(written / "school" / ".licheng", folder / "school" / ".licheng")
    copy_repository(written / "school.git", folder / "school.git")
    server = Server(folder / "school.git", folder)
    scene = Scene(server.root, server.main, folder)
    main = enrolled(scene, DEAN, witness=REGISTRAR, base=enrolled(scene, *KEEPERS))
    scene.close()
    server.git("update-ref", "refs/heads/main", main)
    done = licheng("hook", "landed", main, "--repo", str(server.root))
    assert (done.returncode, done.stdout) == (0, f"{main} 0\n"), done.stderr


@pytest.fixture
def keeper(server: Server, tmp_path: Path) -> Iterator[Keeper]:
    with signed_in(ACTIVITIES, server, tmp_path) as someone:
        yield someone


DUTY = {"organisation": "班級", "title": "衛生股長", "level": "2", "starts": "2026-09-01", "ends": "2027-01-20"}


def test_a_position_is_added_signed_and_lands(keeper: Keeper) -> None:
    assert "幹部" in keeper.get("/records")
    assert STUDENT in keeper.get(f"/records/position?student={STUDENT}")
    keeper.begin("position", student=STUDENT)
    below = keeper.url.removeprefix("/records/edit/")
    keeper.press(**DUTY)
    assert f"content/{below}" in keeper.html
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED
    assert "title: 衛生股長" in keeper.show(f"content/{below}")
    assert len(keeper.paths(CHANGES)) == 2
    assert git(keeper.server.root, "log", "-1", "--format=%an %cn", "main").split() == [ACTIVITIES, INTAKE]


def offered_to(keeper: Keeper) -> set[str]:
    """Kinds that the account is offered."""
    return set(re.findall(r'<li>\n<a href="/records/([a-z-]+)">', keeper.get("/records")))


FORMS: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "position": (ACTIVITIES, {}, dict(DUTY)),
    "club": (ACTIVITIES, {}, {"name": "天文社", "starts": "2026-09-01", "ends": "2027-01-20"}),
    "consultation": (
        COUNSELLOR,
        {},
        {
            "on": "2026-11-20",
            "time": "12:10",
            "place": "班級教室",
            "mode": "2",
            "content": "討論選修。",
            "opinion": "先看看先備課程。",
        },
    ),
    "attendance": (
        DISCIPLINE,
        {"term": "115-1"},
        {
            "absences.0._row": "1",
            "absences.0.on": "2026-10-05",
            "absences.0.type": "sick",
            "absences.0.periods": "3",
        },
    ),
    "exploration": (
        GUIDANCE,
        {"term": "115-1"},
        {"recorded_on": "2026-11-01", "clusters": ["1", "2"], "employment_plan": "先升學。"},
    ),
    "meeting": (
        DEAN,
        {"date": "2026-11-20"},
        {
            "resolutions.0._row": "1",
            "resolutions.0.number": "1",
            "resolutions.0.subject": "schedule",
            "resolutions.0.text": "期末檢核的時程照行事曆。",
            "resolutions.0.owner": "registry",
            "resolutions.0.state": "open",
            "_body": "討論期末檢核的時程。",
        },
    ),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_record_of_each_unit_lands(keeper: Keeper, kind: str) -> None:
    account, said, typed = FORMS[kind]
    keeper.as_(account)
    assert kind in offered_to(keeper)
    begun = said if kind == "meeting" else {**said, "student": STUDENT}
    keeper.begin(kind, **begun)
    assert (keeper.status, keeper.url.startswith("/records/edit/")) == (200, True), keeper.html
    path = "content/" + keeper.url.removeprefix("/records/edit/")
    keeper.press(**typed)
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    assert f"kind: {kind}/v1" in keeper.show(path)


RESULT = {
    "contest": "115-language",
    "name": "115 學年度校內語文競賽",
    "content": "個人組參賽。",
    "result": "第三名",
    "on": "2026-10-17",
    "team": "1",
    "_body": "成績由承辦單位於賽後登錄。",
}


@pytest.mark.parametrize("size", ["small", "in the store"])
def test_a_contest_result_lands_with_its_certificate_and_goes_again(keeper: Keeper, size: str) -> None:
    keeper.as_(DEAN)
    keeper.begin("contest-result", student=STUDENT)
    path = "content/" + keeper.url.removeprefix("/records/edit/")
    keeper.press(**RESULT)
    assert keeper.status == 422
    data = pdf("certificate") if size == "small" else picture(100_000, "certificate")
    name = "certificate.pdf" if size == "small" else "certificate.png"
    keeper.press("attach", {"_file": (name, data)}, **RESULT)
    assert name in keeper.html
    keeper.press(**RESULT)
    keeper.sign()
    assert list((keeper.state / "uploads" / DEAN).glob("*/file")) == []
    assert keeper.ticket is TicketState.LANDED, keeper.words
    folder = path.removesuffix("/item.md")
    assert keeper.paths(folder) == {path, f"{folder}/{name}"}
    keeper.get(f"/records/edit/{path.removeprefix('content/')}")
    keeper.press("delete")
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    assert keeper.paths(folder) == set()


# The school's side of a receipt.

RECEIVED = "course-outputs-regular/0002"  # of the demo; one student of this class has never answered
SILENT_CLASS = "11a"
REPORT = f"kind: receipt-confirmation/v1\nreceipt: {RECEIVED}\non: 2026-11-20\nanswer: problem\n"


def begun(keeper: Keeper, kind: str, **said: str) -> str:
    """A new record of a kind, and its path."""
    keeper.begin(kind, year="114", **said)
    assert (keeper.status, keeper.url.startswith("/records/edit/")) == (200, True), keeper.html
    assert keeper.fields["by"] == [keeper.account]
    return "content/" + keeper.url.removeprefix("/records/edit/")


def test_the_registry_tells_takes_in_papers_and_answers(keeper: Keeper) -> None:
    reported = f"content/students/113/{STUDENT}/receipt-confirmations/114/again.yaml"
    put(keeper, reported, f"{REPORT}problems: [{{fault: file, about: 檔案打不開}}]\n".encode())
    keeper.as_(REGISTRAR)
    assert {NOTICE, SHEET, ANSWER} <= offered_to(keeper)
    notice = begun(keeper, NOTICE)
    assert keeper.fields["receipt"] == [RECEIVED]
    keeper.press(how="paper")
    assert (keeper.status, 'href="#f-to"' in keeper.html) == (422, True)
    kept: dict[str, Any] = {"proof.kept": "註冊組檔案櫃", "to.classes": ["12a", SILENT_CLASS]}
    keeper.press(how="paper", **kept)
    keeper.sign()
    # Papers are taken in of those only who have not confirmed: the file is not kept, its digest is.
    [silent] = re.findall(r'name="student" value="(s[0-9]+)"', keeper.get(f"/records/{SHEET}?class={SILENT_CLASS}"))
    sheet, scan = begun(keeper, SHEET, student=silent), pdf("a signed sheet")
    keeper.press(file={"_digest.sha256": ("scan.pdf", scan)})
    keeper.sign()
    assert [file for file in keeper.state.rglob("*") if file.is_file() and scan in file.read_bytes()] == []
    assert f'value="{STUDENT}"' in keeper.get(f"/records/{ANSWER}?class=12a")
    assert re.findall(r"<a [^>]*></a>", keeper.get("/records/student?class=12a")) == []
    answer = begun(keeper, ANSWER, student=STUDENT)
    assert "檔案不對 檔案打不開" in keeper.html
    keeper.press(outcome="as-sent")
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    assert {each.state for each in keeper.parts.spool.tickets_of(REGISTRAR)} == {TicketState.LANDED}
    assert "classes:\n    - 11a\n    - 12a\n" in keeper.show(notice)
    assert sha256(scan) in keeper.show(sheet)
    assert "confirmation: again" in keeper.show(answer)
    assert len(keeper.paths(CHANGES)) == 6
    # What is only ever added has no form any more, and nobody is asked twice.
    keeper.get(f"/records/edit/{sheet.removeprefix('content/')}")
    assert keeper.status == 404
    for kind, student, school_class in ((SHEET, silent, SILENT_CLASS), (ANSWER, STUDENT, "12a")):
        listed = keeper.get(f"/records/{kind}?class={school_class}")
        assert student not in re.findall(r'name="student" value="(s[0-9]+)"', listed), kind


# What is refused.

DUTY_PATH = f"{HOME}/positions/hygiene.yaml"


def put(keeper: Keeper, path: str, data: bytes) -> None:
    """Somebody else changes main."""
    committed(keeper.server.root, path, data)


def saved(keeper: Keeper, **changes: str) -> Keeper:
    """A new position that waits for its signature."""
    keeper.as_(ACTIVITIES).begin("position", student=STUDENT)
    keeper.press(**{**DUTY, **changes})
    assert keeper.url.startswith("/records/sign/"), keeper.html
    return keeper


def test_errors_stand_at_their_fields_and_nothing_is_handed_in(keeper: Keeper) -> None:
    keeper.begin("position", student=STUDENT)
    keeper.press(**{**DUTY, "starts": "2027-02-01", "level": "99"})
    assert keeper.status == 422
    assert {"starts", "level"} & set(re.findall(r'href="#f-([a-z_]+)"', keeper.html))
    assert 'value="衛生股長"' in keeper.html
    assert keeper.parts.spool.waiting() == []


@pytest.mark.parametrize("case", ["the answer to another", "its own id on another's signature", "another's key"])
def test_an_answer_is_good_for_its_own_change_only(keeper: Keeper, case: str) -> None:
    first = saved(keeper).answer()
    saved(keeper, title="康樂股長")
    own = keeper.answer(SoftPasskey.of(COUNSELLOR) if case == "another's key" else None)
    given = {
        "the answer to another": first,
        "its own id on another's signature": {**first, "id": own["id"]},
        "another's key": own,
    }[case]
    keeper.sign(given)
    assert (keeper.status, keeper.code) == (400, "APP373" if case == "the answer to another" else "APP042")
    assert keeper.parts.spool.waiting() == []


def test_an_answer_sent_twice_is_one_hand_in(keeper: Keeper) -> None:
    at, given = saved(keeper).url, json.dumps(keeper.answer())
    tickets = []
    for _ in range(2):
        keeper.post(at, {"csrf": keeper.token, "answer": given})
        tickets.append(keeper.url)
    assert tickets[0] == tickets[1]
    assert len(keeper.parts.spool.waiting()) == 1


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"id": 1}', "{" * 5000, '"\\ud800"', "null"])
def test_what_is_no_answer_is_refused(keeper: Keeper, answer: str) -> None:
    saved(keeper)
    keeper.post(keeper.url, {"csrf": keeper.token, "answer": answer})
    assert (keeper.status, keeper.code) == (400, "APP373")


def test_what_was_never_signed_is_not_kept_longer_than_an_hour(keeper: Keeper) -> None:
    at = saved(keeper).url
    keeper.now[0] = NOW + timedelta(minutes=61)
    keeper.as_(ACTIVITIES).get(at)
    assert keeper.status == 404
    keeper.as_(DEAN).begin("training", term="115-1")
    keeper.press(**TALK)
    assert len(list((keeper.state / "recording").rglob("*.json"))) == 1


def test_what_another_prepared_is_not_there(keeper: Keeper) -> None:
    at = saved(keeper).url
    keeper.as_(COUNSELLOR)
    for path in (at, f"{at}/request"):
        keeper.get(path)
        assert keeper.status == 404
    keeper.post(at, {"csrf": keeper.token, "answer": "{}"})
    assert keeper.status == 404


def test_a_second_persons_change_is_never_overwritten(keeper: Keeper) -> None:
    put(keeper, DUTY_PATH, position())
    at = f"/records/edit/{DUTY_PATH.removeprefix('content/')}"
    # While the form was open.
    keeper.get(at)
    put(keeper, DUTY_PATH, position("2027-01-18"))
    keeper.press(title="風紀股長")
    assert (keeper.status, keeper.fields["title"], keeper.fields["ends"]) == (409, ["風紀股長"], ["2027-01-20"])
    assert "有了更動" in keeper.html
    keeper.press("delete")
    assert keeper.status == 409
    # While it was signed.
    keeper.press("rebase")
    keeper.press()
    put(keeper, DUTY_PATH, position("2027-01-19"))
    keeper.sign()
    assert (keeper.code, keeper.status) == ("APP382", 400)
    # While it waited; the form opens with what was typed, and says once more that main has changed.
    keeper.get(at)
    assert keeper.fields["title"] == ["風紀股長"]
    keeper.press()
    assert keeper.status == 409
    keeper.press("rebase")
    keeper.press()
    keeper.sign()
    put(keeper, DUTY_PATH, position("2027-01-20"))
    assert keeper.ticket is TicketState.REFUSED
    assert keeper.words["zh-TW"]
    assert keeper.show(DUTY_PATH).encode() == position("2027-01-20").rstrip()


HTML = "<script>alert(1)</script>\"'&{{ 7*1234567 }}"


@pytest.mark.hostile("markup")
@pytest.mark.parametrize("kind", ["position", "consultation", "meeting", "attendance"])
def test_html_in_every_field_is_text(keeper: Keeper, kind: str) -> None:
    account, said, _ = FORMS[kind]
    keeper.as_(account).begin(kind, **(said if kind == "meeting" else {**said, "student": STUDENT}))
    if kind == "attendance":
        keeper.press(_add="absences")
    of_page = {"csrf", "_do", "_base", "_key", "_tab", "_number", "_seen"}
    texts = {name: HTML for name in keeper.fields if name not in of_page}
    keeper.press(**texts)
    assert keeper.status == 422
    assert "<script>alert" not in keeper.html
    assert "&lt;script&gt;alert(1)" in keeper.html
    assert str(7 * 1234567) not in keeper.html


@pytest.mark.hostile("markup")
def test_html_that_is_right_stays_text_until_it_is_read_again(keeper: Keeper) -> None:
    saved(keeper, title=HTML, organisation=HTML)
    assert "<script>alert" not in keeper.html
    keeper.sign()
    assert "<script>alert" not in keeper.html
    assert keeper.ticket is TicketState.LANDED, keeper.words
    assert "<script>alert" not in keeper.get(f"/records/position?student={STUDENT}")
    path = re.findall(r'href="(/records/edit/[^"]+)"', keeper.html)[-1]
    assert "<script>alert" not in keeper.get(path)
    assert keeper.fields["title"] == [HTML]


CONTROL = ("school/duties.yaml", "calendar/115-1.yaml", "trust/genesis.yaml", "school/contests/115-language.yaml")


@pytest.mark.hostile("reach")
@pytest.mark.parametrize("account", [DEAN, IT, REGISTRAR, ACTIVITIES])
def test_control_has_no_form(keeper: Keeper, account: str) -> None:
    keeper.as_(account)
    for below in CONTROL:
        keeper.get(f"/records/edit/{below}")
        assert keeper.status == 404, below
        keeper.post(f"/records/edit/{below}", {"csrf": keeper.token, "_do": "delete"})
        assert keeper.status == 404, below


EVERYBODY = {"training"}  # every head of a unit may have held one
EXPECTED = {
    ACTIVITIES: {"position", "club", "community-service"} | EVERYBODY,
    COUNSELLOR: {"consultation"},
    DISCIPLINE: {"attendance", "verification"} | EVERYBODY,
    GUIDANCE: {"exploration", "verification"} | EVERYBODY,
    DEAN: {"meeting", "seat-holders", "evaluation", "contest-result"} | EVERYBODY,
    REGISTRAR: {"student", "marks", "notice", "signature", "verification", *ADDED_BY_UNITS} | EVERYBODY,
    IT: {"support-request"} | EVERYBODY,
    TUTOR: {"external-record", "signature", "verification", "receipt-notice"},
    STUDENT: set(),
    INTAKE: set(),
}


def test_each_account_reaches_its_kinds_and_no_other(keeper: Keeper) -> None:
    """Accounts × kinds: the list, the kind, a record that is there, a new one, and the forms posted blind."""
    homes = {path: where for path in keeper.paths("content") if (where := home(path)) is not None}
    there = {where.kind.name: path for path, where in homes.items()}
    assert {"position", "attendance", "consultation", "meeting", "marks"} <= there.keys()
    blank = {kind: path.replace("s1139901", STUDENT) for kind, path in samples()}
    for account, expected in EXPECTED.items():
        keeper.as_(account)
        offered = offered_to(keeper)
        assert offered - {"other"} == expected, account
        for kind in KINDS:
            keeper.get(f"/records/{kind.name}")
            assert keeper.status == (200 if kind.name in offered else 404), (account, kind.name)
            if kind.name not in offered:
                keeper.begin(kind.name, student=STUDENT, term="115-1", year="115", date="2026-11-20", batch="regular")
                assert keeper.status == 404, (account, kind.name)
                for path in {blank[kind.name], there.get(kind.name, blank[kind.name])}:
                    at = f"/records/edit/{path.removeprefix('content/')}"
                    keeper.get(at)
                    assert keeper.status == 404, (account, at)
                    keeper.post(at, {"csrf": keeper.token, "_do": "save"})
                    assert keeper.status == 404, (account, at)
    assert keeper.parts.spool.waiting() == []


def test_who_has_not_signed_in_or_has_no_account_reaches_nothing(keeper: Keeper) -> None:
    at = saved(keeper).url
    for account in ("t999", ""):
        if account:
            keeper.as_(account)
        for path in ("/records", "/records/position", f"/records/edit/{DUTY_PATH[8:]}", "/records/import", at):
            if not account:
                keeper.client.cookies.clear()
            keeper.get(path)
            assert not keeper.url.startswith("/records"), (account, path)


def test_a_tutor_writes_for_the_own_class_only(keeper: Keeper) -> None:
    keeper.as_(TUTOR)
    keeper.begin("external-record", student=STUDENT)
    assert keeper.status == 200
    keeper.begin("external-record", student="s1150001")
    assert keeper.status == 404
    assert "s1150001" not in re.findall(r"<h2>(s[0-9]+)", keeper.get("/records/external-record?student=s1150001"))


TALK = {
    "audience": "teachers",
    "on": "2026-11-10",
    "time": "12:10",
    "end_time": "13:00",
    "place": "視聽教室",
    "topics.0": "building",
    "topics.0._row": "1",
    "planned": "20",
    "actual": "18",
    "_body": "示範校內紀錄的登錄。",
}


def test_a_record_that_names_another_unit_or_person_is_not_the_own(keeper: Keeper) -> None:
    keeper.as_(DEAN)
    keeper.begin("training", term="115-1")
    assert keeper.fields["organiser"] == ["academic-affairs"]
    at = keeper.url
    keeper.press(**TALK, organiser="guidance")
    assert (keeper.status, keeper.code) == (400, "APP380")
    keeper.get(at)
    assert keeper.fields["organiser"] == ["guidance"]  # what was typed stays
    keeper.press(organiser="academic-affairs")
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    # What is another's now was never this person's to change.
    keeper.as_(GUIDANCE).get(at)
    assert keeper.status == 404


def test_every_kind_has_its_form_and_an_unchanged_record_is_no_change(keeper: Keeper) -> None:
    homes = {path: where for path in sorted(keeper.paths("content")) if (where := home(path)) is not None}
    opened = set[str]()
    for account, kinds in EXPECTED.items():
        keeper.as_(account)
        for path, where in homes.items():
            if where.kind.name not in kinds - opened:
                continue
            keeper.get(f"/records/edit/{path.removeprefix('content/')}")
            if keeper.status == 200:
                opened.add(where.kind.name)
                keeper.press()
                told = "APP360" if account in (*KEEPERS, DEAN) else "APP381"
                assert (keeper.status, keeper.code) == (400, told), (path, keeper.html)
    there = {where.kind.name for where in homes.values()}
    assert opened == set().union(*EXPECTED.values()) & there - {*ADDED_BY_UNITS}
    assert len(opened) >= 15


def test_every_kind_can_be_begun(keeper: Keeper) -> None:
    said = {"term": "115-1", "year": "115", "date": "2026-11-20", "batch": "regular", "subject": ""}
    for account, kinds in EXPECTED.items():
        keeper.as_(account)
        for kind in kinds:
            subjects = ("basic-data", "attendance", "exploration", "statement") if kind == "verification" else ("",)
            answers = {}
            for subject in subjects:
                keeper.begin(kind, **{**said, "student": STUDENT, "subject": subject})
                answers[subject] = (keeper.status, keeper.code)
            assert (200, "") in answers.values() or ("basic-data" in answers and account == REGISTRAR), (kind, answers)


def test_whoever_has_no_passkey_is_told_how_to_enrol(keeper: Keeper) -> None:
    keeper.as_(TUTOR)
    html = keeper.get("/records/receipt-notice")
    assert "/passkey/new" in html
    keeper.as_(IT).begin("support-request")
    assert "/passkey/new" in keeper.html


def test_nobody_looks_unseen(keeper: Keeper) -> None:
    keeper.get(f"/records/position?student={STUDENT}")
    keeper.begin("position", student=STUDENT)
    looks = [(look.who, look.what, look.why) for look in keeper.parts.access_log.of(STUDENT)]
    assert (ACTIVITIES, "records:position", "unit:student-activities") in looks
    assert any(what.startswith("positions/") for _, what, _ in looks)


# What is handed in, whoever made it.


@pytest.fixture
def whole(keeper: Keeper) -> HandIn:
    """A position with its statement, as it was handed in."""
    saved(keeper).sign()
    spool = keeper.parts.spool
    [ticket] = spool.waiting()
    changes = {path: spool.files.path(digest).read_bytes() for path, digest in ticket.files.items() if digest}
    again = HandIn(ACTIVITIES, NOW, "record", "another-form", changes, ticket.bases)
    spool.accept(again)
    return again


def accepted(keeper: Keeper, whole: HandIn, changes: Mapping[str, bytes | None], **others: Any) -> str:
    """The code by which a hand-in like another is refused."""
    bases = dict.fromkeys(changes) | {path: whole.bases[path] for path in whole.bases if path in changes}
    with pytest.raises(UsageError) as refused:
        keeper.parts.spool.accept(replace(whole, key="a-third", changes=changes, **{"bases": bases, **others}))
    return refused.value.code


@pytest.mark.hostile("two-faced platform")
def test_a_hand_in_is_just_what_its_statement_says(keeper: Keeper, whole: HandIn) -> None:
    [record] = [path for path in whole.changes if not path.startswith(CHANGES)]
    statement = next(path for path in whole.changes if path.endswith(".json"))
    both = {path: data for path, data in whole.changes.items() if path != record}
    another = statement.replace(statement[-20:-5], "0" * 15)
    wrong: dict[str, dict[str, bytes | None]] = {
        "more is stated": both,
        "less is stated": {**whole.changes, f"{HOME}/clubs/one.yaml": b"x"},
        "otherwise": {**whole.changes, record: position()},
        "goes": {**whole.changes, record: None},
        "no statement": {record: whole.changes[record]},
        "no signature": {record: whole.changes[record], statement: whole.changes[statement]},
        "two statements": {**whole.changes, another: whole.changes[statement]},
        "no JSON": {**whole.changes, statement: b"[" * 3000},
        "a statement of nothing": {**whole.changes, statement: b'{"account":"t008","paths":[]}'},
    }
    assert {case: accepted(keeper, whole, changes) for case, changes in wrong.items()} == dict.fromkeys(wrong, "APP383")
    assert accepted(keeper, whole, whole.changes, bases={**whole.bases, record: "0" * 64}) == "APP383"


@pytest.mark.hostile("two-faced platform")
def test_a_hand_in_of_staff_has_no_control_and_nothing_of_a_student_or_of_another(
    keeper: Keeper, whole: HandIn
) -> None:
    strange = (
        *(f"content/{below}" for below in CONTROL),
        "scripts/licheng/x.py",
        f"{HOME}/statement/item.md",
        f"{HOME}/selection/115/regular.yaml",
        f"{HOME}/waivers/one.yaml",
        f"{HOME}/claims/115-1/one.yaml",
        f"{CHANGES}/115/{COUNSELLOR}/{'0' * 64}.json",
        "content/delegations/one.json",
        "content/training/115-1/omissions/students.yaml",
    )
    for path in strange:
        assert accepted(keeper, whole, {**whole.changes, path: b"x"}) == "APP330", path
    assert accepted(keeper, whole, whole.changes, account=COUNSELLOR) == "APP330"
    assert accepted(keeper, whole, whole.changes, account=STUDENT) == "APP330"


# Workbooks.

HEADINGS = "學生代號,單位名稱,擔任職務,幹部等級,開始日期,結束日期"
ROWS = (f"{STUDENT},班級,衛生股長,2,2026-09-01,2027-01-20", "s1130002,班級,康樂股長,2,2026-09-01,2027-01-20")


def uploaded(keeper: Keeper, *lines: str, kind: str = "positions") -> str:
    data = "\r\n".join((*lines, "")).encode("utf-8-sig")
    form = {"csrf": keeper.token, "import": kind, "term": ""}
    return keeper._came(
        keeper.client.post("/records/import", data=form, files={"file": ("list.csv", data)}, headers=SAME)
    )


def test_a_workbook_lands_by_one_statement(keeper: Keeper) -> None:
    assert "/records/import" in keeper.get("/records")
    uploaded(keeper, HEADINGS, *ROWS)
    assert keeper.url.startswith("/records/sign/"), keeper.html
    assert keeper.html.count("/positions/115-1-1.yaml</code>") == 2
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    assert "康樂股長" in keeper.show("content/students/113/s1130002/positions/115-1-1.yaml")
    assert len(keeper.paths(CHANGES)) == 2
    assert any(what.startswith("positions/") for _, _, what, _, _ in keeper.parts.access_log.of("s1130002"))
    # Again it changes nothing, and nothing is signed.
    uploaded(keeper, HEADINGS, *ROWS)
    assert keeper.status == 422


def test_a_workbook_with_a_wrong_cell_is_taken_nowhere(keeper: Keeper) -> None:
    uploaded(keeper, HEADINGS, ROWS[0], "s9999999,班級,康樂股長,2,2026-09-01,<script>alert(1)</script>")
    assert keeper.status == 422
    assert "list.csv" in keeper.html
    assert "<script>alert" not in keeper.html


@pytest.mark.parametrize("heading", ["姓名", "學號", "身分證字號"])
def test_a_workbook_that_tells_who_somebody_is_is_for_the_registrars_machine(keeper: Keeper, heading: str) -> None:
    uploaded(keeper, f"{HEADINGS},{heading}", f"{ROWS[0]},x")
    assert (keeper.status, keeper.code) == (400, "APP384")
    kept = [path for path in keeper.state.rglob("*") if path.is_file() and b"list.csv" in path.read_bytes()]
    assert kept == []


def test_a_workbook_writes_no_record_that_has_another_keeper(keeper: Keeper) -> None:
    """Not even if the kind were offered."""
    view, catalogue = keeper.parts.school_view.now(), catalog("zh-TW")
    look = Look(COUNSELLOR, view, NOW, names_of(view.school, words("zh-TW")), keeper.parts.access_log)
    data = "\n".join((HEADINGS, *ROWS)).encode("utf-8-sig")
    with (
        CommitTree(keeper.parts.repository, view.tip) as tree,
        pytest.raises(UsageError) as refused,
    ):
        read(look, IMPORTS["positions"], "list.csv", data, "", tree, catalogue)
    assert refused.value.code == "APP380"
    assert [access.what for access in keeper.parts.access_log.of(STUDENT)] == []


def test_a_workbook_of_another_unit_is_not_there(keeper: Keeper) -> None:
    uploaded(keeper, HEADINGS, *ROWS, kind="marks")
    assert keeper.status == 404
    keeper.as_(STUDENT)
    keeper.get("/records/import")
    assert keeper.status == 404
    uploaded(keeper, HEADINGS, *ROWS)
    assert keeper.status == 404
