"""The executive secretary's pages: whose they are, what they tell, and that a waiver is looked at in the log."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.app.remind import due_or_late
from licheng.core.layout import WITH_FILES
from licheng.outputs.naming import names_of
from licheng.outputs.reminders import line
from licheng.outputs.words import words
from tests.platform.main_branch import committed, copied, git
from tests.platform.test_pages import ACCOUNTS, Platform, demo, denied, students
from tests.trees import ROOT

SECRETARY = "t002"
PAGES = ("/duties", "/reminders", "/meetings", "/waivers")
MINUTES = "content/working-group/115-1/2026-09-11.md"
STAFF = "content/school/staff.yaml"
WAIVER = "content/students/113/s1130003/waivers/terms-114-1-outputs-cloud-diary.yaml"


@pytest.fixture(scope="module")
def platform(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    shown = Platform(demo_repository, tmp_path_factory.mktemp("state"))
    with shown.client:
        yield shown


@pytest.fixture
def changing(demo_repository: Path, tmp_path: Path) -> Iterator[Platform]:
    """Over a repository of one's own."""
    shown = Platform(copied(demo_repository, tmp_path / "remote.git"), tmp_path / "state")
    with shown.client:
        yield shown


@pytest.mark.parametrize("path", PAGES)
def test_they_are_the_secretarys_and_nobody_elses(platform: Platform, path: str) -> None:
    for account in ACCOUNTS:
        answer = platform.get(path, account)
        assert answer.status_code == (200 if account == SECRETARY else denied(account)), account
        assert (f'href="{path}"' in platform.get("/", account).text) is (account == SECRETARY)
    assert platform.get(path, None).status_code == 303


@pytest.mark.parametrize("path", PAGES)
def test_they_are_there_in_english(platform: Platform, path: str) -> None:
    assert '<html lang="en">' in platform.get(path, SECRETARY, lang="en").text


def test_a_post_that_ends_ends_the_pages(changing: Platform) -> None:
    assert changing.get("/duties", SECRETARY).status_code == 200
    repository = Path(changing.settings.remote)
    before = git(repository, "show", f"main:{STAFF}")
    ended = re.sub(
        r"(post: academic-dean\n(?:\s+unit: .*\n)?\s+from: [0-9-]+\n)", r"\1        to: 2026-11-22\n", before
    )
    assert ended != before
    committed(repository, STAFF, ended.encode())
    assert [changing.get(path, SECRETARY).status_code for path in PAGES] == [404] * 4


@pytest.mark.parametrize("path", ["/duties", "/reminders"])
def test_counts_name_no_student_and_no_work(platform: Platform, path: str) -> None:
    before = platform.log.verify()
    for language in ("zh-TW", "en"):
        text = platform.get(path, SECRETARY, lang=language).text
        assert not re.search(r"\bs1[0-9]{6}\b", text)
        for student in students().values():
            for item in student.of(*WITH_FILES):
                assert str(item.data.get("summary") or item.folder) not in text
    assert platform.log.verify() == before  # nobody was looked at


def test_duties_are_those_of_a_term_with_owner_day_state_and_count(platform: Platform) -> None:
    text = platform.get("/duties", SECRETARY).text
    row = [
        re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", text[text.index("<td>修課成績 全校") :])
    ]
    assert row[:4] == ["修課成績 全校", "註冊組", "2027-02-26", "進行中"]
    assert row[5] == "0/24"
    assert "等待認證 6 件" in text
    earlier = platform.get("/duties", SECRETARY, term="114-1").text
    assert "114 學年度第 1 學期" in earlier
    assert earlier != text
    for term in ("9", "116-1", "115-1 ", "../115-1"):
        assert platform.get("/duties", SECRETARY, term=term).status_code == 404


def test_reminders_are_what_remind_says(platform: Platform) -> None:
    loaded = demo()
    names = names_of(loaded.school, words("zh-TW"))
    due = due_or_late(loaded.tree, loaded.school)
    assert due
    text = html.unescape(platform.get("/reminders", SECRETARY).text)
    said = re.findall(r"<li(?: class=\"error\")?>(.*?)</li>", text)
    assert sorted(said) == sorted(line(each, loaded.school.today, names) for each in due)
    late = re.findall(r"<li class=\"error\">(.*?)</li>", text)
    assert len(late) == sum(each.within is None for each in due) > 0


def test_meetings_show_what_was_resolved_and_what_is_late(platform: Platform) -> None:
    text = platform.get("/meetings", SECRETARY).text
    assert re.findall(r"<h2>([0-9-]+) 的會議", text) == ["2026-09-11", "2026-02-25", "2025-09-05"]
    assert text.count("已經過了期限") == 1
    assert '<a href="/records/edit/working-group/115-1/2026-09-11.md">' in text
    assert platform.get("/records/edit/working-group/115-1/2026-09-11.md", SECRETARY).status_code == 200
    assert platform.get("/records/meeting", SECRETARY).status_code == 200


def test_what_stands_in_minutes_is_text(changing: Platform) -> None:
    repository = Path(changing.settings.remote)
    bad = "<script>alert(1)</script>{{ 7 * 7 }}"
    text = git(repository, "show", f"main:{MINUTES}").replace("text: 改善較大文件的預覽速度。", f"text: '{bad}'")
    assert bad in text
    committed(repository, MINUTES, f"{text}\n".encode())
    shown = changing.get("/meetings", SECRETARY).text
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    assert "{{ 7 * 7 }}" in shown


def test_each_waiver_is_shown_with_its_end_and_the_look_is_in_the_log(changing: Platform) -> None:
    text = changing.get("/waivers", SECRETARY).text
    for student, work, until in (
        ("s1120004", "terms/114-2/outputs/line-follower", "2026-05-14"),
        ("s1130003", "terms/114-1/outputs/cloud-diary", "2026-02-11"),
    ):
        assert f"<strong>{student}</strong> <code>{work}</code>" in text
        assert f"到 {until} 為止" in text
        [look] = changing.log.of(student)
        assert (look.who, look.what, look.why) == (SECRETARY, "waivers", "post:academic-dean")
    assert text.count("已結束") == 2
    assert "licheng waive " in text


def test_a_waiver_that_was_tampered_with_counts_for_nothing_and_says_so(changing: Platform) -> None:
    repository = Path(changing.settings.remote)
    text = git(repository, "show", f"main:{WAIVER}").replace("until: 2026-02-11", "until: 2027-02-11")
    committed(repository, WAIVER, f"{text}\n".encode())
    shown = changing.get("/waivers", SECRETARY).text
    assert "到 2027-02-11 為止" in shown
    assert shown.count("不成立：") == 1
    assert shown.count("已結束") == 2


def test_the_sight_table_says_who_sees_waivers(changing: Platform) -> None:
    duties = "content/school/duties.yaml"
    before = (ROOT / duties).read_text(encoding="utf-8")
    row = "records: [waiver]\n    by: [{as: owner}, {as: tutor}, {post: academic-dean}]"
    assert row in before
    without = before.replace(row, row.replace(", {post: academic-dean}", ""))
    committed(Path(changing.settings.remote), duties, without.encode())
    shown = changing.get("/waivers", SECRETARY)
    assert shown.status_code == 200
    assert not re.search(r"\bs11[0-9]{5}\b.*<code>terms", shown.text)
    assert changing.log.verify() == 0


def test_nothing_is_shown_of_a_waiver_that_cannot_be_written_down(changing: Platform) -> None:
    changing.get("/waivers", SECRETARY)
    (changing.settings.state / "access" / "access.jsonl").write_bytes(b"")
    answer = changing.get("/waivers", SECRETARY)
    assert (answer.status_code, "APP320" in answer.text, "s1130003" in answer.text) == (500, True, False)
