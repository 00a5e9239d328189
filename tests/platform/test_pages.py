"""Who is shown what: every route, every account, every student; and that a refusal tells nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from starlette.routing import Mount, Route

from licheng.app.loading.load import Loaded, load
from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.platform.access_log import AccessLog
from licheng.platform.pages.items import version_of
from licheng.platform.server import ROOMS, application
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from licheng.policy.certification import State, state
from licheng.policy.queue import waiting
from licheng.policy.sight import sees
from tests.platform.client import Client
from tests.platform.main_branch import committed, copied, demo_repository
from tests.trees import ROOT, MemoryTree
from tests.trees import load as files

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ORIGIN = "http://localhost:8001"
NOBODY = "s1139999"
# Further pages, and where it is tried that nobody sees another's.
ELSEWHERE = {
    "/me/new": "test_edit.py",
    "/me/edit/{below:path}": "test_edit.py",
    "/me/tickets/{ticket}": "test_edit.py",
    "/me/receipts": "test_receipts.py",
    "/answers": "test_answers.py",
    "/chain/{student}/{place:path}": "test_chain.py",
    "/drafts/{key}": "test_edit.py",
    "/me/tickets": "test_tickets.py",
    "/me/tickets/{ticket}/{name}": "test_tickets.py",
    "/certify": "test_certifying.py",
    "/certify/{prepared}": "test_certifying.py",
    "/certify/{prepared}/request": "test_certifying.py",
    "/passkey": "test_certifying.py",
    "/passkey/new": "test_certifying.py",
    "/passkey/new/request": "test_certifying.py",
    "/me/passkey": "test_own_passkey.py",
    "/me/passkey/new": "test_own_passkey.py",
    "/me/passkey/new/request": "test_own_passkey.py",
    "/me/sign/{prepared}": "test_own_passkey.py",
    "/me/sign/{prepared}/request": "test_own_passkey.py",
    "/me/sign/{prepared}/unsigned": "test_own_passkey.py",
    "/witness": "test_own_passkey.py",
    "/enrolments": "test_certifying.py",
    "/enrolments/{staff}": "test_certifying.py",
    "/notices": "test_reminding.py",
    "/files/{student}/{digest}/{number:int}": "test_leaves.py",
    "/records": "test_records.py",
    "/records/import": "test_records.py",
    "/records/edit/{below:path}": "test_records.py",
    "/records/sign/{prepared}": "test_records.py",
    "/records/sign/{prepared}/request": "test_records.py",
    "/records/{kind}": "test_records.py",
    "/duties": "test_secretary.py",
    "/reminders": "test_secretary.py",
    "/meetings": "test_secretary.py",
    "/waivers": "test_secretary.py",
    "/operations": "test_operations.py",
    "/operations/accounts": "test_operations.py",
}


@cache
def demo() -> Loaded:
    return load(MemoryTree(files(ROOT)), TODAY)


@cache
def students() -> dict[str, Student]:
    return {student.id: student for student in demo().students()}


ACCOUNTS = sorted(demo().school.account_of)


class Platform:
    """The platform over a repository, asked as any account."""

    def __init__(self, repository: Path, state: Path) -> None:
        state.mkdir(mode=0o700, exist_ok=True)
        self.settings = Settings(
            ORIGIN, "http://sign.localhost:8002", str(repository), None, state, "intake", demo=True
        )
        self.served = application(self.settings, lambda: NOON)
        self.client = Client(self.served, ORIGIN)
        self._sessions = Sessions(self.settings)
        self._cookies: dict[str, str] = {}

    def get(self, path: str, account: str | None, **query: str) -> Response:
        headers = {}
        if account is not None:
            if account not in self._cookies:
                self._cookies[account] = self._sessions.start(account, NOON, "demo")
            headers["cookie"] = f"{self._sessions.cookie_name}={self._cookies[account]}"
        self.client.cookies.clear()
        answer: Response = self.client.get(path, headers=headers, params=query or None)
        return answer

    @property
    def log(self) -> AccessLog:
        return AccessLog(self.settings.state / "access")


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_repository(tmp_path_factory.mktemp("school"))


@pytest.fixture(scope="module")
def platform(upstream: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    shown = Platform(upstream, tmp_path_factory.mktemp("state"))
    with shown.client:
        yield shown


@pytest.fixture
def changing(upstream: Path, tmp_path: Path) -> Iterator[Platform]:
    """Over a repository of one's own."""
    shown = Platform(copied(upstream, tmp_path / "remote.git"), tmp_path / "state")
    with shown.client:
        yield shown


def place(student: Student, item: Record) -> str:
    return item.folder.removeprefix(f"{student.folder}/")


def may(account: str, student: Student, item: Record) -> bool:
    return sees(account, student, item.kind, demo().school, TODAY, item)


def of_each_sort(student: Student) -> list[Record]:
    """Of a student's items one of each kind, handed in and not."""
    sorts = {(item.kind, item.data.get("submitted")): item for item in student.of(*WITH_FILES)}
    return list(sorts.values())


def holders(student: Student, digest: str | None) -> list[Record]:
    """The items that have a file of a digest."""
    return [
        item for item in student.of(*WITH_FILES) if digest in {file.sha256 for file in student.files_in(item.folder)}
    ]


def staff(account: str) -> bool:
    entry = demo().school.account_of[account]
    posts = demo().school.posts_of.get(account, ())
    return entry["holder"] == "staff" and any(
        post.get("from", "") <= "2026-11-23" <= post.get("to", "9") for post in posts
    )


def tutored(account: str) -> set[str]:
    posts = demo().school.posts_of.get(account, ())
    now = [post for post in posts if post.get("from", "") <= "2026-11-23" <= post.get("to", "9")]
    return {post["class"] for post in now if post["post"] == "class-tutor"}


def is_open_student(account: str) -> bool:
    entry = demo().school.account_of[account]
    is_open = entry.get("from", "") <= "2026-11-23" <= entry.get("to", "9")
    return entry["holder"] == "student" and is_open and account in students()


def denied(account: str) -> int:
    """What an account is answered where it sees nothing: one that is not open today is signed out."""
    entry = demo().school.account_of[account]
    return 404 if entry["from"] <= "2026-11-23" <= entry.get("to", "9") else 303


def without_path(response: Response) -> str:
    """A page without the links to itself in other languages, and the account that asked."""
    return re.sub(r'href="[^"]*\?[^"]*lang=[^"]*"', "", response.text)


def test_every_route_is_known_here(platform: Platform) -> None:
    """A new route with a part of a path belongs into the tests below."""
    paths = {route.path for route in platform.served.routes if isinstance(route, Route)}
    personal = {path for path in paths if not path.startswith(("/login", "/logout"))} - {"/"}
    assert personal - ELSEWHERE.keys() == {
        "/me", "/log", "/queue", "/signed", "/class/{class}", "/class/{class}/sheets",
        "/students/{student}", "/students/{student}/{place:path}", "/files/{student}/{digest}",
    }  # fmt: skip
    assert ELSEWHERE.keys() <= personal
    for module in ELSEWHERE.values():
        assert (ROOT / "tests/platform" / module).is_file()
    assert [route.path for route in platform.served.routes if isinstance(route, Mount)] == ["/static"]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_of_every_student_each_account_is_shown_exactly_what_the_table_says(platform: Platform, account: str) -> None:
    refusal = {without_path(platform.get(f"/students/{NOBODY}", account))}
    for student in students().values():
        items = list(student.of(*WITH_FILES))
        shown = platform.get(f"/students/{student.id}", account)
        assert (shown.status_code == 200) is any(may(account, student, item) for item in items)
        listed = set(re.findall(rf'href="/students/{student.id}/([^"]*)"', shown.text))
        assert listed == {place(student, item) for item in items if may(account, student, item)}
        refusal |= {without_path(shown)} if shown.status_code != 200 else set()
        for item in of_each_sort(student):
            answer = platform.get(f"/students/{student.id}/{place(student, item)}", account)
            assert answer.status_code == (200 if may(account, student, item) else denied(account)), item.path
            refusal |= {without_path(answer)} if answer.status_code != 200 else set()
            for file in student.files_in(item.folder)[:1]:
                holders = [
                    other for other in items if file.sha256 in {f.sha256 for f in student.files_in(other.folder)}
                ]
                answer = platform.get(f"/files/{student.id}/{file.sha256}", account)
                expected = any(may(account, student, other) for other in holders)
                assert answer.status_code == (200 if expected else denied(account)), file.path
                refusal |= {without_path(answer)} if answer.status_code != 200 else set()
    # What there is and what there is not are refused in the very same words.
    assert len(refusal) == 1


@pytest.mark.parametrize("account", ACCOUNTS)
def test_pages_of_ones_own_and_of_classes(platform: Platform, account: str) -> None:
    own = {"/me": is_open_student(account), "/log": is_open_student(account)}
    own |= {"/queue": staff(account), "/signed": staff(account)}
    for path, expected in own.items():
        assert platform.get(path, account).status_code == (200 if expected else denied(account)), path
    refusal = set()
    for name in ("10a", "11a", "12a", "10z", "", "12a/x"):
        for path in (f"/class/{name}", f"/class/{name}/sheets"):
            answer = platform.get(path, account)
            assert (answer.status_code == 200) is (name in tutored(account)), path
            refusal |= {without_path(answer)} if answer.status_code != 200 else set()
    assert len(refusal) <= (1 if denied(account) == 404 else 2)  # who is signed out is told of an address that is none


@pytest.mark.parametrize("account", [account for account in ACCOUNTS if staff(account)])
def test_the_lists_of_staff_name_only_students_whose_work_they_see(platform: Platform, account: str) -> None:
    for path in ("/queue", "/signed", *(f"/class/{name}" for name in tutored(account))):
        text = platform.get(path, account).text
        for student_id, folder in re.findall(r'href="/students/(s[0-9]{7})/([^"]*)"', text):
            student = students()[student_id]
            assert may(account, student, student.outputs[f"{student.folder}/{folder}"])
        seen = {
            each.id
            for each in students().values()
            if any(may(account, each, item) for item in each.of("student", *WITH_FILES))
        }
        assert set(re.findall(r"s1[0-9]{6}", text)) <= seen


def test_a_queue_is_what_waits_for_its_own_teacher_and_nobody_else(platform: Platform) -> None:
    """A tutor and the registry see works that wait as well, and decide on none of them; no delegation runs today."""
    items = [item for student in students().values() for item in waiting(student, demo().school)]
    for account in filter(staff, ACCOUNTS):
        listed = re.findall(r'href="/students/([^"]*)"', platform.get("/queue", account).text)
        mine = [item.item for item in items if account in item.teachers]
        assert sorted(listed) == sorted("/".join(folder.split("/")[3:]) for folder in mine)
    assert sum(bool(item.teachers) for item in items) > 4


def test_who_may_not_see_all_that_a_class_table_tells_gets_no_line_of_it(changing: Platform) -> None:
    line = 'href="/students/s1130001"'  # what the student says to a receipt is another table, with a row of its own
    assert line in changing.get("/class/12a", "t012").text
    duties = (ROOT / "content/school/duties.yaml").read_text(encoding="utf-8")
    row = "records: [activity, external-record]\n    by: [{as: owner}, "
    assert row in duties
    less = duties.replace(f"{row}{{as: tutor}}, ", row)
    committed(Path(changing.settings.remote), "content/school/duties.yaml", less.encode())
    assert line not in changing.get("/class/12a", "t012").text
    assert "s1130001" not in changing.get("/class/12a/sheets", "t012").text
    assert changing.get("/students/s1130002", "t012").status_code == 200  # of whose outputs nothing has changed


@pytest.mark.parametrize(
    "path",
    [
        "/me", "/log", "/queue", "/signed", "/class/12a", "/class/none", "/students/s1130001", f"/students/{NOBODY}",
        "/students/s1130001/terms/115-1/outputs/free-throw", "/files/s1130001/" + "0" * 64,
    ],
)  # fmt: skip
def test_a_visitor_is_sent_to_sign_in_whatever_is_there(platform: Platform, path: str) -> None:
    answer = platform.get(path, None)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.text == platform.get("/students/x", None).text


@pytest.mark.hostile("path")
@pytest.mark.parametrize(
    "place",
    [
        "student.yaml", "item.md", "terms", "terms/115-1", "terms/115-1/outputs",
        "terms/115-1/outputs/free-throw/", "terms/115-1/outputs/free-throw/item.md",
        "%2e%2e/s1130002", "terms%2F115-1%2Foutputs%2Ffree-throw%00",
        "//etc/passwd", "consultations/x", "terms/115-1/marks.yaml",
    ],
)  # fmt: skip
@pytest.mark.parametrize("account", ["s1130001", "t012", "t004"])
def test_no_other_path_leads_anywhere(platform: Platform, account: str, place: str) -> None:
    assert platform.get(f"/students/s1130001/{place}", account).status_code == 404


@pytest.mark.hostile("path")
@pytest.mark.parametrize("digest", ["", "0" * 64, "..", "x" * 64, "A" * 64])
def test_no_other_digest_leads_anywhere(platform: Platform, digest: str) -> None:
    assert platform.get(f"/files/s1130001/{digest}", "s1130001").status_code == 404


@pytest.mark.hostile("reach")
def test_one_students_digest_is_no_way_into_anothers_folder(platform: Platform) -> None:
    for student in students().values():
        for file in list(student.files.values())[:1]:
            for other in ("s1130001", "s1150001"):
                own = {each.sha256 for each in students()[other].files.values()}
                answer = platform.get(f"/files/{other}/{file.sha256}", other)
                assert (answer.status_code == 200) is (file.sha256 in own)


def with_file() -> tuple[Student, Record, Any]:
    return next(
        (student, item, student.files_in(item.folder)[0])
        for student in students().values()
        for item in student.of("course-output")
        if item.data["submitted"] is True and student.files_in(item.folder)
    )


def test_every_look_is_in_the_log_that_its_student_sees_and_no_refusal_is(changing: Platform) -> None:
    student, item, file = with_file()
    other = next(account for account in ACCOUNTS if staff(account) and not may(account, student, item))
    paths = [f"/students/{student.id}/{place(student, item)}", f"/files/{student.id}/{file.sha256}"]
    for path in (*paths, f"/students/{student.id}"):
        changing.get(path, other)
    assert changing.log.verify() == 0
    teacher = next(account for account in ACCOUNTS if staff(account) and may(account, student, item))
    for path in paths:
        assert changing.get(path, teacher).status_code == 200
    looks = changing.log.of(student.id)
    assert [look.what for look in looks] == [version_of(student, item), f"file:{file.sha256}"]
    assert looks[0].what.startswith(f"{place(student, item)}:")
    assert {(look.who, look.whose, look.at) for look in looks} == {(teacher, student.id, NOON)}
    if is_open_student(student.id):
        text = changing.get("/log", student.id).text
        assert text.count(teacher) == 2


def test_a_class_and_a_queue_are_looks_at_everybody_in_them(changing: Platform) -> None:
    for path, account, looks in (
        ("/class/12a", "t012", 2),  # at the class, and at what they say to a receipt
        ("/class/12a/sheets", "t012", 1),
        ("/queue", "t014", 1),
        ("/queue", "t013", 1),
    ):
        before = changing.log.verify()
        text = changing.get(path, account).text
        named = set(re.findall(r"s1[0-9]{6}", text))
        added = [look for student in students() for look in changing.log.of(student) if look.who == account]
        assert named <= {look.whose for look in added}
        assert changing.log.verify() - before == looks * len(named)


@pytest.mark.hostile("reach")
def test_nothing_is_shown_that_cannot_be_written_down(changing: Platform) -> None:
    student, item, _ = with_file()
    path = f"/students/{student.id}/{place(student, item)}"
    teacher = next(account for account in ACCOUNTS if staff(account) and may(account, student, item))
    assert item.data["summary"][:8] in changing.get(path, teacher).text
    log = changing.settings.state / "access" / "access.jsonl"
    log.write_bytes(b"")  # somebody has emptied it
    for each in (path, "/class/12a"):
        answer = changing.get(each, "t012" if each == "/class/12a" else teacher)
        assert (answer.status_code, "APP320" in answer.text) == (500, True)
        assert item.data["summary"][:8] not in answer.text


def test_a_student_sees_what_is_due_the_quota_and_why_something_came_back(platform: Platform) -> None:
    school, returned = demo().school, 0
    for student in students().values():
        if not is_open_student(student.id):
            continue
        text = platform.get("/me", student.id).text
        for item in student.of(*WITH_FILES):
            assert f'href="/students/{student.id}/{place(student, item)}"' in text
        for item in student.of("course-output"):
            current = state(item, student, school)
            if current.state is State.RETURNED:
                assert current.event is not None
                assert current.event.payload is not None
                returned += 1
                assert str(current.event.payload.reason_text or "") in text
                assert "以前修改後再送出" in text
        if student.id.startswith("s113"):
            assert "2026-11" in text or "2026-12" in text or "2027-0" in text
            assert re.search(r"課程學習成果（115 學年度第 1 學期）：已送出 \d 件，最多 3 件", text)
    assert returned


def test_a_draft_is_in_no_list_of_anybody_else(platform: Platform) -> None:
    for account in ("t012", "t004"):
        for name in tutored(account):
            for path in (f"/class/{name}", f"/class/{name}/sheets"):
                text = platform.get(path, account).text
                for student in students().values():
                    for item in student.of("course-output"):
                        assert item.data["submitted"] is True or item.data["summary"] not in text


@pytest.mark.hostile("markup")
def test_a_file_can_do_nothing_in_whichever_page(platform: Platform) -> None:
    student, _, file = with_file()
    for path in (f"/files/{student.id}/{file.sha256}", f"/files/{student.id}/{file.sha256}?download"):
        answer = platform.get(path, "t004")
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"].split("; ")
        assert policy[0] == "sandbox"
        assert "default-src 'none'" in policy
        assert not any("allow-" in rule or "script-src" in rule for rule in policy)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.content) == file.size


@pytest.mark.hostile("upload")
def test_what_only_says_that_it_is_a_picture_is_bytes_to_be_saved(changing: Platform) -> None:
    student, item, _ = with_file()
    repository = Path(changing.settings.remote)
    page = b"<html><script>alert(1)</script></html>"
    picture = b"\x89PNG\r\n\x1a\n" + bytes(32)
    for name, data, expected in (
        ("photo.png", page, ("application/octet-stream", "attachment")),
        ("page.html", page, ("application/octet-stream", "attachment")),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", ("application/octet-stream", "attachment")),
        ("picture.png", picture, ("image/png", "inline")),
    ):
        committed(repository, f"{item.folder}/{name}", data)
        text = changing.get(f"/students/{student.id}/{place(student, item)}", "t004").text
        digest = re.findall(rf"<h3>{name}</h3>.*?SHA-256 ([0-9a-f]{{64}})", text, re.DOTALL)[0]
        answer = changing.get(f"/files/{student.id}/{digest}", "t004")
        way = answer.headers["content-disposition"].partition(";")[0]
        assert (answer.headers["content-type"].partition(";")[0], way) == expected, name
        assert (f'<iframe sandbox src="/files/{student.id}/{digest}"' in text) is (expected[1] == "inline")


def test_what_a_student_wrote_is_text_and_nothing_else(changing: Platform) -> None:
    student, item, _ = with_file()
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"
    text = item.text.replace(item.data["summary"], bad) + f"\n\n{bad}\n"
    committed(Path(changing.settings.remote), item.path, text.encode())
    for path in (f"/students/{student.id}/{place(student, item)}", f"/students/{student.id}"):
        shown = changing.get(path, "t004").text
        assert "&lt;script&gt;alert(1)" in shown
        assert "{{ 7 * 7 }}" in shown
        assert "<script" not in shown
        assert "<img src=x" not in shown


def test_a_post_that_ends_on_main_ends_what_is_shown(changing: Platform) -> None:
    assert changing.get("/class/12a", "t012").status_code == 200
    staff_record = (ROOT / "content/school/staff.yaml").read_text(encoding="utf-8")
    ended = staff_record.replace(
        "class: 12a\n        from: 2026-08-01\n        to: 2027-07-31",
        "class: 12a\n        from: 2026-08-01\n        to: 2026-11-22",
    )
    assert ended != staff_record
    committed(Path(changing.settings.remote), "content/school/staff.yaml", ended.encode())
    assert changing.get("/class/12a", "t012").status_code == 404
    assert "/class/" not in changing.get("/", "t012").text


def test_the_start_page_offers_each_their_own(platform: Platform) -> None:
    assert ROOMS
    staff_links = ["/me/tickets", "/queue", "/signed", "/passkey"]
    for account, links in (
        ("s1130001", ["/me", "/log", "/me/new", "/me/passkey", "/me/receipts", "/me/tickets", "/notices"]),
        ("t012", [*staff_links, "/class/12a", "/witness", "/records", "/notices"]),
        ("t014", [*staff_links, "/class/10a", "/witness", "/records", "/notices"]),
        (
            "t002",
            [*staff_links, "/enrolments", "/records", "/duties", "/reminders", "/meetings", "/waivers", "/notices"],
        ),
        ("t004", [*staff_links, "/enrolments", "/witness", "/answers", "/records", "/notices"]),
        ("t006", [*staff_links, "/records", "/operations", "/operations/accounts", "/notices"]),
    ):
        offered = re.findall(r'class="button" href="([^"]*)"', platform.get("/", account).text)
        assert offered == [*links, "/login/passkeys"]
    # Whoever has left is a visitor.
    assert without_path(platform.get("/", "t025")) == without_path(platform.get("/", None))


@pytest.mark.parametrize("path", ["/me", "/log", "/students/s1130001"])
def test_every_page_is_there_in_english(platform: Platform, path: str) -> None:
    answer = platform.get(path, "s1130001", lang="en")
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize("path", ["/queue", "/signed", "/class/12a", "/class/12a/sheets"])
def test_every_page_of_staff_is_there_in_english(platform: Platform, path: str) -> None:
    answer = platform.get(path, "t012", lang="en")
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.text
