"""The way of a work on a page: each step to whom the sight table says, by digests that anybody can repeat."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.core.layout import HANDED_IN
from licheng.core.record import Record
from licheng.core.student import Student as Pupil
from licheng.platform.hand_in import TicketState
from tests.gate.items import STUDENT
from tests.gate.scene import REGISTRAR
from tests.gate.server import Server
from tests.platform.main_branch import committed, demo_repository
from tests.platform.school import NOW
from tests.platform.test_edit import PHONE, Student, attached, begun, files, student
from tests.platform.test_pages import ACCOUNTS, NOBODY, NOON, Platform, denied, may, place, students, without_path

__all__ = ["student"]

TEACHER, TUTOR, REGISTRY, STRANGER = "t014", "t012", "t004", "t021"
STEPS = ["送出", "認證", "匯出", "提交", "收訖", "釋出", "封存"]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    shown = Platform(demo_repository(tmp_path_factory.mktemp("school")), tmp_path_factory.mktemp("state"))
    with shown.client:
        yield shown


def steps(html: str) -> list[str]:
    """Each once: the demo exported a roster twice."""
    return list(dict.fromkeys(re.findall(r"<li>\n<strong>([^<]*)</strong>", html)))


def certified() -> tuple[Pupil, Record]:
    """A work of somebody of the tutor's class that the teacher certifies."""
    return next(
        (pupil, item)
        for pupil in students().values()
        for item in pupil.of("course-output")
        if may(TEACHER, pupil, item) and may(TUTOR, pupil, item)
    )


@pytest.mark.hostile("reach")
@pytest.mark.parametrize("account", ACCOUNTS)
def test_each_account_is_shown_the_steps_of_the_works_that_it_sees(platform: Platform, account: str) -> None:
    refusal = {without_path(platform.get(f"/chain/{NOBODY}/statement", account))}
    for name in ("s1130001", "s1150001"):
        pupil = students()[name]
        for item in pupil.of():
            answer = platform.get(f"/chain/{name}/{place(pupil, item)}", account)
            is_shown = item.kind in HANDED_IN and may(account, pupil, item)
            assert answer.status_code == (200 if is_shown else denied(account)), item.path
            refusal |= {without_path(answer)} if not is_shown else set()
    assert len(refusal) == 1


def test_a_step_is_shown_to_whoever_sees_the_records_that_it_rests_on(platform: Platform) -> None:
    pupil, item = certified()
    path = f"/chain/{pupil.id}/{place(pupil, item)}"
    shown = {account: steps(platform.get(path, account).text) for account in (pupil.id, REGISTRY, TUTOR, TEACHER)}
    assert shown == {
        pupil.id: STEPS,
        REGISTRY: STEPS,
        TUTOR: [step for step in STEPS if step != "釋出"],  # where somebody applies
        TEACHER: ["送出", "認證"],  # nor what they selected
    }
    whole = {account: "其他步驟" not in platform.get(path, account).text for account in shown}
    assert [account for account in whole if whole[account]] == [pupil.id, REGISTRY]


def test_the_work_leads_to_its_steps_and_whoever_looks_is_written_down_before(tmp_path: Path) -> None:
    looked = Platform(demo_repository(tmp_path), tmp_path / "state")
    pupil, item = certified()
    path = f"/chain/{pupil.id}/{place(pupil, item)}"
    with looked.client:
        assert looked.get(path, STRANGER).status_code == 404
        assert looked.get(path, TEACHER, lang="en").text.count("certification") > 0
        # The steps alone are no look at the work: who saw them only has not seen what is to be certified.
        looks = [(look.who, look.what, look.why, look.at) for look in looked.log.of(pupil.id)]
        assert looks == [(TEACHER, f"chain:{place(pupil, item)}", "teacher", NOON)]
        assert f'href="{path}"' in looked.get(f"/students/{pupil.id}/{place(pupil, item)}", TEACHER).text
        (looked.settings.state / "access" / "access.jsonl").write_bytes(b"")  # somebody has emptied it
        answer = looked.get(path, TEACHER)
        assert (answer.status_code, "APP320" in answer.text) == (500, True)
        assert steps(answer.text) == []


def test_a_work_handed_in_here_begins_with_its_signed_receipt(student: Student, server: Server) -> None:
    below = begun(student)
    attached(student, "photo.jpg", PHONE)
    student.press("submit")
    [ticket, *_] = student.parts.spool.tickets_of(STUDENT)
    folder = below.rpartition("/")[0]
    student.get(f"/chain/{STUDENT}/{folder}")
    assert student.status == 404  # it waits: nothing is on main
    student.deliver()
    settled = student.parts.spool.ticket(STUDENT, ticket.id)
    assert settled is not None
    assert settled.state is TicketState.LANDED
    paths = sorted(files(student, folder))
    digests = [f"{hashlib.sha256(blob(server.root, path)).hexdigest()}  {path.rpartition('/')[2]}\n" for path in paths]
    assert len(digests) == 2
    html = student.get(f"/chain/{STUDENT}/{folder}")
    first = first_of(html)
    assert f'href="/me/tickets/{ticket.id}"' in first
    assert "相同" in first
    assert hashlib.sha256("".join(digests).encode()).hexdigest() in first
    assert "都是現在這些檔案" in html
    cookie = student.parts.sessions.start(REGISTRAR, NOW, "demo")
    headers = {"cookie": f"{student.parts.sessions.cookie_name}={cookie}"}
    student.client.cookies.clear()
    others = student.client.get(f"/chain/{STUDENT}/{folder}", headers=headers).text
    assert first_of(others) == re.sub("<br><a [^>]*>[^<]*</a>", "", first)
    # A word more, by whichever way, and it is not what was handed in here.
    path = next(path for path in paths if path.endswith("item.md"))
    committed(server.root, path, blob(server.root, path) + "又改了。\n".encode())
    student.parts.school_view.fetch(str(server.root))
    changed = student.client.get(f"/chain/{STUDENT}/{folder}", headers=headers).text
    assert "不同：item.md" in first_of(changed)
    assert "<code>" not in first_of(changed)
    assert "有一步的檔案和現在的不同" in changed


def first_of(html: str) -> str:
    first, *_ = re.findall(r"<li>\n<strong>.*?</li>", html, re.DOTALL)
    return str(first)


def blob(repository: Path, path: str) -> bytes:
    command = ["git", "-C", str(repository), "cat-file", "blob", f"main:{path}"]
    return subprocess.run(command, capture_output=True, check=True).stdout
