"""What is due goes to those whose duty it is, each thing once, and what is no duty can be switched off."""

from __future__ import annotations

import email
import email.policy
import shutil
import socket
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from licheng.core.errors import LichengError, UsageError
from licheng.platform.choices import Choices, NoticeChoices
from licheng.platform.post import Letter, Post, id_of
from licheng.platform.reminding import Reminding, step
from licheng.platform.school_view import SchoolView
from licheng.platform.settings import Settings, Smtp
from licheng.policy.deadlines import Owner, deadlines
from licheng.policy.reminders import Reminder, concerns, staff_of
from tests.platform.main_branch import committed, committed_all, copied
from tests.platform.test_notices import Postbox, postbox
from tests.platform.visitors import OURS, Clock, Visitor
from tests.trees import ROOT

__all__ = ["postbox"]

REGISTRAR, PUPIL, SILENT, FRESHMAN = "t004", "s1130001", "s1130002", "s1150001"


def addressed(settings: Settings, *accounts: str) -> None:
    lines = [f'{account} = "{account}@licheng.invalid"\n' for account in accounts]
    (settings.state / "addresses.toml").write_text("".join(lines))


def laid_down(settings: Settings) -> dict[str, EmailMessage]:
    """The outbox by the local part of its addresses."""
    messages = {}
    for path in (settings.state / "outbox").glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        messages[message["To"].addresses[0].username] = message
    return messages


def reminding(settings: Settings, clock: Clock) -> Reminding:
    return Reminding(settings, Path(settings.remote), clock)


def test_each_of_the_staff_is_told_of_the_own_duties_and_nobody_of_anothers(settings: Settings, clock: Clock) -> None:
    assert reminding(settings, clock).tell() > 0
    told = laid_down(settings)
    school = SchoolView(Path(settings.remote), clock).now().school
    owners = [Owner("unit", "academic-affairs"), Owner("unit", "guidance")]  # as `licheng remind` lists them
    assert told.keys() == {staff for owner in owners for staff in staff_of(owner, school)}
    for account, message in told.items():
        assert message["List-Unsubscribe"] is None, account  # a duty cannot be switched off
        text = message.get_content()
        assert account in text
        assert not any(other in text for other in school.students)
        tasks = Counter(line for line in text.splitlines() if line.startswith("- "))
        assert tasks
        assert set(tasks.values()) == {1}, account  # one who answers for it by two posts is told once


def test_a_day_tells_once_and_the_next_only_what_is_new(settings: Settings, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    early = reminding(settings, clock)
    assert early.tell() == 0  # a minute to eight in Taipei
    clock.passes(minutes=1)
    assert early.tell() > 0
    assert reminding(settings, clock).tell() == 0
    (settings.state / "reminded").unlink()
    assert reminding(settings, clock).tell() == 0  # killed before the day was written down: nobody is told twice


@pytest.fixture
def in_february(settings: Settings, demo_repository: Path, tmp_path: Path) -> Settings:
    """On a day on which those of the third year may still select, until the nineteenth."""
    repository, path = copied(demo_repository, tmp_path / "february.git"), "content/school/school.yaml"
    record = (ROOT / path).read_bytes()
    committed(repository, path, record.replace(b"today: 2026-11-23", b"today: 2027-02-13"))
    return replace(settings, remote=str(repository))


def test_students_with_an_address_are_told_of_windows_until_they_switch_it_off(
    in_february: Settings, clock: Clock, postbox: tuple[Postbox, Smtp]
) -> None:
    box, smtp = postbox
    settings = replace(in_february, smtp=smtp)
    addressed(settings, PUPIL, SILENT, FRESHMAN)
    Choices(settings.state / "choices").write(SILENT, NoticeChoices(reminders=False))
    reminding(settings, clock).tell()
    [(to, message)] = box.mail
    assert to == [f"{PUPIL}@licheng.invalid"]
    assert message["List-Unsubscribe"] == f"<{settings.origin}/notices>"
    assert f"{settings.origin}/notices" in message.get_content()
    first = message["Message-ID"]
    # Killed after the server took it and before that was written down: sent again under the same id.
    (settings.state / "told").unlink()
    (settings.state / "reminded").unlink()
    reminding(settings, clock).tell()
    assert [message["Message-ID"] for _, message in box.mail] == [first, first]


def test_who_has_confirmed_a_receipt_is_not_reminded_to(
    settings: Settings, demo_repository: Path, tmp_path: Path, clock: Clock, postbox: tuple[Postbox, Smtp]
) -> None:
    box, smtp = postbox
    settings = replace(settings, remote=str(copied(demo_repository, tmp_path / "march.git")), smtp=smtp)
    school = (ROOT / "content/school/school.yaml").read_bytes()
    roster = (
        f"roster: course-outputs\nbatch: first\nlevels: [12]\nfile: {{name: a.xlsx, size: 9, sha256: {'c9' * 32}}}\n"
    )
    name = "course-outputs-first"
    receipt = (
        f"kind: receipt/v1\nexport: {name}\nreceived_on: 2027-03-16\nby: {REGISTRAR}\n"
        f"file: {{name: r.xlsx, size: 9, sha256: {'e9' * 32}}}\nrows: {{sent: 3, received: 3, same: 3}}\n"
        f"classes: [{{class: 12a, level: 12, students: [{PUPIL}, {SILENT}, s1130003]}}]\ndifferences: []\n"
    )
    said = f"kind: receipt-confirmation/v1\nreceipt: {name}/0001\non: 2027-03-17\nanswer: "
    confirmation = "receipt-confirmations/115/a.yaml"
    files = {
        "content/school/school.yaml": school.replace(b"today: 2026-11-23", b"today: 2027-03-20").decode(),
        f"content/exports/115/{name}.yaml": (
            f"kind: roster-export/v1\nexported_on: 2027-03-10\nby: {REGISTRAR}\ncommit: {'c0' * 20}\n{roster}"
            f"manifest: {'da' * 32}\nrows: 3\nleft_out: []\n"
        ),
        f"content/receipts/115/{name}/0001.yaml": receipt,
        f"content/students/113/{PUPIL}/{confirmation}": f"{said}agrees\n",
        f"content/students/113/s1130003/{confirmation}": f"{said}problem\nproblems: [{{fault: other}}]\n",
    }
    committed_all(Path(settings.remote), {path: text.encode() for path, text in files.items()})
    addressed(settings, PUPIL, SILENT, "s1130003")
    reminding(settings, clock).tell()
    tasks = {
        to[0].partition("@")[0]: sorted(line for line in message.get_content().splitlines() if line.startswith("- "))
        for to, message in box.mail
    }
    mine = [line for line in tasks[SILENT] if line not in tasks[PUPIL]]
    assert len(mine) == 2  # in both languages
    assert "課程學習成果" in "".join(mine)
    assert set(tasks[PUPIL]) < set(tasks[SILENT])
    assert tasks["s1130003"] == tasks[SILENT]  # whoever reported a problem has not confirmed


def test_windows_of_another_year_level_and_of_who_has_left_are_not_told(settings: Settings, clock: Clock) -> None:
    view = SchoolView(Path(settings.remote), clock).now()
    own = view.members()[PUPIL].own
    assert own is not None
    window = next(each for each in deadlines(view.school) if each.owners == (Owner("post", "student"),) and each.levels)
    theirs = Reminder(window.owners[0], window._replace(levels=frozenset({12})), 7, 5)
    assert concerns(theirs, own, view.school.today)
    assert not concerns(replace(theirs, deadline=window._replace(levels=frozenset({10}))), own, view.school.today)
    assert not concerns(theirs, own, date(2023, 1, 1))  # before entry
    assert not theirs.is_duty
    assert step(theirs) != step(replace(theirs, within=3))
    assert step(replace(theirs, within=None, days_left=-1)) != step(replace(theirs, within=None, days_left=-8))


def letter(account: str, *tells: str) -> Letter:
    return Letter(account, tells, ["主旨"], ["內文"], datetime(2026, 11, 23, 4, tzinfo=UTC))


class Refusing(Postbox):
    """A server that takes nothing for some addresses."""

    def __init__(self, codes: dict[str, str]) -> None:
        super().__init__()
        self.codes = codes

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.codes:
            return self.codes[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"


def test_one_wrong_address_holds_up_nobody(settings: Settings) -> None:
    box = Refusing({"t001@licheng.invalid": "550 no such user", "t002@licheng.invalid": "450 later"})
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings = replace(settings, smtp=Smtp("127.0.0.1", controller.port, "portfolio@licheng.invalid"))
        addressed(settings, "t001", "t002", "t003")
        letters = [letter(account, id_of(account)) for account in ("t001", "t002", "t003")]
        with pytest.raises(LichengError, match="APP377"):
            Post(settings).send(letters)
        assert [to for to, _ in box.mail] == [["t003@licheng.invalid"]]
        assert laid_down(settings).keys() == {"t001"}
        box.codes = {}
        assert Post(settings).send(letters) == 1  # whom the server would not take then, and nobody again
        assert [to for to, _ in box.mail] == [["t003@licheng.invalid"], ["t002@licheng.invalid"]]
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_a_torn_line_of_what_was_told_hides_nothing(settings: Settings) -> None:
    post = Post(settings)
    assert post.send([letter("t001", id_of("a"))]) == 1
    with (settings.state / "told").open("ab") as file:
        file.write(id_of("b")[:11].encode())
    assert post.send([letter("t001", id_of("b")), letter("t001", id_of("a"), id_of("b"))]) == 1
    assert post.send([letter("t001", id_of("b")), letter("t001", id_of("a"))]) == 0


def test_a_student_chooses_on_the_page_and_staff_have_nothing_to_choose(visitor: Visitor, settings: Settings) -> None:
    assert visitor.get("/notices").status_code == 303  # to sign in first
    addressed(settings, PUPIL)
    visitor.sign_in(PUPIL)
    page = visitor.get("/notices").text
    assert f"{PUPIL}@licheng.invalid" in page
    assert "checked" in page
    choices = Choices(settings.state / "choices")
    for data, kept in (({}, False), ({"reminders": "on"}, True), ({}, False)):
        answer = visitor.post("/notices", {**data, "csrf": visitor.token("/notices")})
        assert (answer.status_code, answer.headers["location"]) == (303, "/notices")
        assert choices.read(PUPIL) == NoticeChoices(reminders=kept)
    assert "checked" not in visitor.get("/notices").text
    assert visitor.post("/notices", {"csrf": "0" * 64}, OURS).status_code == 403
    visitor.sign_in(REGISTRAR)
    page = visitor.get("/notices").text
    assert PUPIL not in page
    assert 'type="checkbox"' not in page
    assert visitor.post("/notices", {"csrf": visitor.token("/")}).status_code == 404
    assert not (settings.state / "choices" / f"{REGISTRAR}.json").exists()


def test_choices_are_whole_or_as_they_were(tmp_path: Path) -> None:
    choices = Choices(tmp_path / "choices")
    choices.write(PUPIL, NoticeChoices(reminders=False))
    assert (tmp_path / "choices" / f"{PUPIL}.json").stat().st_mode & 0o077 == 0
    for text in ("", "{", "[]", '{"reminders": 1}'):  # of another program, or damaged: everything is told
        (tmp_path / "choices" / f"{PUPIL}.json").write_text(text)
        assert choices.read(PUPIL) == NoticeChoices()
    with pytest.raises(UsageError, match="APP396"):
        choices.write("../secret", NoticeChoices())
    shutil.rmtree(tmp_path / "choices")
    (tmp_path / "choices").write_bytes(b"")
    with pytest.raises(LichengError, match="APP395"):
        choices.write(PUPIL, NoticeChoices())
