"""A student's whole term and a deputy's forty works, in phones' browsers: every signature by stock `ssh-keygen`."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser

from licheng.app.loading.load import load
from licheng.core.certification import CERTIFICATION_LIST_NAMESPACE
from licheng.core.dates import instant
from licheng.core.term import Term
from licheng.demo.school import INTAKE
from licheng.platform.delivery import DeliveryReport
from licheng.policy.authority import sections
from licheng.policy.quota import is_submitted
from licheng.signing.demo_keys import DemoKey
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.sources.tree import WorkTree
from tests.command import licheng
from tests.gate.items import output
from tests.inspection import samples
from tests.platform.browser.phones import DEAN, Phone, School, git, with_passkey

STUDENT, TEACHER, DEPUTY, TERM = "s1130003", "t014", "t016", "115-1"
HOME = f"content/students/113/{STUDENT}"
REFLECTION = "我把三次量測的結果畫成圖，\n發現第二次的溫度沒有控制好。"


def enrolled(phone: Phone, dean: Phone, staff: str) -> None:
    """A passkey from nothing to the coordinator's witness."""
    phone.sign_in(staff)
    phone.page.goto(f"{phone.origin}/passkey/new")
    phone.sign(touches=2)
    dean.page.goto(f"{dean.origin}/enrolments")
    with dean.page.expect_download() as download:
        dean.page.locator(f"a[href='/enrolments/{staff}']").click()
    dean.school.witness(staff, download.value.path().read_bytes())


def decided(teacher: Phone, item: str, decision: str, reason: str = "") -> None:
    """Look at a work, decide, touch; and the platform delivers it."""
    teacher.page.goto(f"{teacher.origin}/students/{item}")
    teacher.page.goto(f"{teacher.origin}/certify?item={item}")
    teacher.page.locator(f"input[value={decision}]").check()
    if reason:
        teacher.page.locator("input[value=wrong-file]").check()
        teacher.page.locator("textarea").fill(reason)
    teacher.page.locator("main form button").click()
    teacher.sign(touches=1)
    assert teacher.school.deliver() == DeliveryReport(landed=1, pushes=1)


def handed_in(student: Phone) -> str:
    """Hand in the form that is open; the ticket's page."""
    student.page.locator("button[value=submit]").last.click()
    assert "/me/tickets/" in student.page.url, student.page.locator("main").inner_text()
    assert student.school.deliver() == DeliveryReport(landed=1, pushes=1)
    student.page.reload()
    return student.page.url


def test_a_students_whole_term(school: School, browser: Browser, tmp_path: Path) -> None:
    """Written, handed in, returned, mended, certified, consented to; and a receipt that is kept."""
    student, teacher, dean = (Phone(browser, school) for _ in range(3))
    dean.sign_in(DEAN)
    enrolled(teacher, dean, TEACHER)
    student.sign_in(STUDENT)
    page = student.page
    page.goto(f"{student.origin}/me/new")
    page.locator("#new-term").select_option(TERM)
    page.locator("form:has(#new-term) button").click()
    slug = page.url.rsplit("/", 2)[1]
    page.locator("#f-course").select_option("film-reading-5")
    page.locator("#f-summary").fill("從紀錄片的剪接，看敘事怎麼安排。")
    page.locator("#f-_body").fill(REFLECTION)
    page.locator("#f-file").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": samples.document()}
    )
    page.locator("#attach").click()
    page.locator("[name=_upload]").wait_for(state="attached")
    ticket = handed_in(student)
    for name in ("receipt.json", "receipt.sig", "allowed_signers"):
        with page.expect_download() as download:
            page.locator(f"a[href$='/{name}']").click()
        download.value.save_as(tmp_path / name)
    verify = ["ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", "licheng-platform", "-n"]
    receipt = (tmp_path / "receipt.json").read_bytes()
    signer = (tmp_path / "allowed_signers").read_text("utf-8").split()[0]
    verify[verify.index("licheng-platform")] = signer
    kept = [*verify, "hand-in@licheng.invalid", "-s", "receipt.sig"]
    assert subprocess.run(kept, cwd=tmp_path, input=receipt, capture_output=True, check=False).returncode == 0
    assert ticket.rsplit("/", 1)[1] in receipt.decode()

    item = f"{STUDENT}/terms/{TERM}/outputs/{slug}"
    decided(teacher, item, "returned", "附上的是別的檔案。")
    page.goto(f"{student.origin}/students/{item}")
    told = page.locator("main").inner_text()
    assert "附上的是別的檔案。" in told
    assert "教務處" in told  # whom to ask who objects
    page.goto(f"{student.origin}/me/edit/terms/{TERM}/outputs/{slug}/item.md")
    page.locator("#f-summary").fill("從紀錄片的剪接，看敘事怎麼安排；附上分鏡表。")
    handed_in(student)
    decided(teacher, item, "certified")
    page.goto(f"{student.origin}/students/{item}")
    now = page.locator("main").inner_text()
    assert "已認證" in now
    assert "起生效" in now
    page.goto(f"{student.origin}/log")
    assert TEACHER in page.locator("main").inner_text()

    page.goto(f"{student.origin}/me/new")
    page.locator("form:has(input[value=release-consent]) button").click()
    page.locator("#f-committee").fill("示範大學招生委員會")
    page.locator("#f-on").fill("2026-11-23")  # the demo lives on that day
    page.locator(f"input[value='{TERM}/{slug}']").check()
    page.locator("#f-statement").select_option("false")
    handed_in(student)
    assert f"- {TERM}/{slug}" in git(school.repository, "log", "-1", "-p", "--format=", "main")
    assert student.faults == teacher.faults == dean.faults == []
    text = school.show(f"{HOME}/terms/{TERM}/outputs/{slug}/item.md").decode()
    assert text.endswith(f"{REFLECTION}\n")


def forty_works(school: School) -> list[str]:
    """Works of a teacher that wait, and a delegation to somebody else, on main: below `/students/`."""
    work = school.folder / "made"
    git(school.folder, "clone", "--quiet", str(school.repository), str(work))
    places, loaded = list[str](), load(WorkTree(work), date(2026, 11, 23))  # the day of the demo
    courses = set[str]()
    count = Counter[str]()
    for student in [*loaded.students()] * 3:  # within the quota of a term, until there are forty
        mine = sum(item.term == Term.parse(TERM) and is_submitted(item) for item in student.of("course-output"))
        records = (record for record in student.of("course-records") if record.term == Term.parse(TERM))
        for entry in (entry for record in records for entry in record.data["courses"]):
            taught = sections(student, loaded.school, Term.parse(TERM), entry["course"])
            is_taught = any(TEACHER in section["teachers"] for section in taught)
            if is_taught and len(places) < 40 and mine + count[student.id] < 3:
                count[student.id] += 1
                slug = f"work-{len(places):02}"
                for path, data in output(slug, home=student.folder, course=entry["course"]).items():
                    (work / path).parent.mkdir(parents=True, exist_ok=True)
                    (work / path).write_bytes(data)
                courses.add(f"{TERM}/{entry['course']}")
                places.append(f"{student.id}/terms/{TERM}/outputs/{slug}")
    key = DemoKey.of("licheng demo 1", TEACHER, 2).write(school.folder)
    done = licheng(
        work, "delegate", "leave", "--key", str(key), "--by", TEACHER, "--from", TEACHER, "--to", DEPUTY,
        *(part for course in sorted(courses) for part in ("--course", course)),
        "--starts", "2026-11-20T00:00:00Z", "--ends", "2026-12-31T00:00:00Z", "--reason", "請假",
        "--now", "2026-11-23T03:00:00Z",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    git(work, "add", "-A")
    who = {"GIT_AUTHOR_NAME": TEACHER, "GIT_AUTHOR_EMAIL": f"{TEACHER}@licheng.invalid"}
    who |= {"GIT_COMMITTER_NAME": INTAKE, "GIT_COMMITTER_EMAIL": f"{INTAKE}@licheng.invalid"}
    git(work, "commit", "--quiet", "-m", "Forty works", **who)
    git(school.repository, "fetch", "--quiet", str(work), "HEAD:main")
    return places


def test_a_deputy_certifies_forty_by_one_touch(school: School, browser: Browser) -> None:
    works = forty_works(school)
    assert len(works) == 40
    deputy = Phone(browser, school)
    deputy.credentials = [with_passkey(school, DEPUTY)]
    deputy.sign_in(DEPUTY)
    for work in works:  # what has not been looked at cannot be decided on
        assert deputy.context.request.get(f"{deputy.origin}/students/{work}").ok
    deputy.page.goto(f"{deputy.origin}/queue")
    for work in works:
        deputy.page.locator(f"input[value='{work}']").check()
    deputy.page.locator("main form button").click()
    deputy.page.locator("input[value=certified]").check()
    deputy.page.locator("main form button").click()
    shown = deputy.sign(touches=1)
    assert all(work.split("/")[0] in shown for work in works)
    assert school.deliver() == DeliveryReport(landed=1, pushes=1)
    landed = git(school.repository, "diff", "--name-only", "main~1", "main").split()
    payloads = [path for path in landed if path.endswith("-certified.json")]
    assert len(payloads) == 40
    signers = school.show("content/trust/allowed_signers").decode()
    predicates = [json.loads(school.show(path))["predicate"] for path in payloads]
    for certifier in (predicate["certifier"] for predicate in predicates):
        assert (certifier["id"], certifier["capacity"], certifier["acting_for"]) == (DEPUTY, "substitute", TEACHER)
    listed = school.show(f"{payloads[-1]}.list")
    verdict = verify_with_ssh_keygen(
        school.show(f"{payloads[-1]}.list.sig"),
        listed,
        allowed_signers=signers,
        principal=DEPUTY,
        namespace=CERTIFICATION_LIST_NAMESPACE,
        at=instant(predicates[-1]["issued_at"]),
    )
    assert verdict.accepted, verdict.words
    assert len(listed.split()) == 40
    assert deputy.faults == []
