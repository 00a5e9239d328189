"""From a teacher without a key to certifications on main, in a phone's browser: no command but the coordinator's."""

from __future__ import annotations

import json

from playwright.sync_api import Browser

from licheng.core.certification import CERTIFICATION_LIST_NAMESPACE, CERTIFICATION_NAMESPACE
from licheng.core.dates import instant
from licheng.demo.school import INTAKE
from licheng.platform.delivery import DeliveryReport
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from tests.platform.browser.phones import TEACHER, Phone, School, enrols, git


def test_a_teacher_enrols_and_certifies_one_and_many_and_the_gate_takes_them(school: School, browser: Browser) -> None:
    phone, origin = Phone(browser, school), school.settings.origin
    dean = enrols(phone, Phone(browser, school))

    phone.page.goto(f"{origin}/queue")
    works = phone.page.locator("ul.items a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(works) == 2
    one = works[0]
    # What has not been looked at cannot be decided on.
    phone.page.goto(f"{origin}/certify?item={one.removeprefix('/students/')}")
    phone.page.locator("input[value=certified]").check()
    phone.page.locator("main form button").click()
    assert "APP374" in phone.page.locator("main").inner_text()
    for work in works:
        phone.page.goto(f"{origin}{work}")
    phone.page.goto(f"{origin}/queue")
    for work in works:
        phone.page.locator(f"input[value='{work.removeprefix('/students/')}']").check()
    phone.page.locator("main form button").click()
    phone.page.locator("input[value=certified]").check()
    phone.page.locator("main form button").click()
    shown = phone.sign(touches=1)
    assert all(work.split("/")[2] in shown for work in works)
    assert school.deliver() == DeliveryReport(landed=1, pushes=1)
    phone.page.reload()
    assert "/me/tickets/" in phone.page.url
    # And one by itself: a revocation, with its reason.
    phone.page.goto(f"{origin}/certify?item={one.removeprefix('/students/')}")
    phone.page.locator("input[value=revoked]").check()
    phone.page.locator("input[value=unverifiable]").check()
    phone.page.locator("textarea").fill("請補上量測的原始數據。")
    phone.page.locator("main form button").click()
    assert "請補上量測的原始數據。" in phone.sign(touches=1)
    assert school.deliver() == DeliveryReport(landed=1, pushes=1)
    assert phone.faults == dean.faults == []

    signers = school.show("content/trust/allowed_signers").decode()
    listed = git(school.repository, "diff", "--name-only", "main~2", "main").split()
    payloads = [path for path in listed if path.endswith(".json")]
    assert len(payloads) == 3
    for path in payloads:
        predicate = json.loads(school.show(path))["predicate"]
        assert predicate["certifier"]["id"] == TEACHER
        is_one = path.endswith("-revoked.json")
        verdict = verify_with_ssh_keygen(
            school.show(f"{path}.sig" if is_one else f"{path}.list.sig"),
            school.show(path if is_one else f"{path}.list"),
            allowed_signers=signers,
            principal=TEACHER,
            namespace=CERTIFICATION_NAMESPACE if is_one else CERTIFICATION_LIST_NAMESPACE,
            at=instant(predicate["issued_at"]),
        )
        assert verdict.accepted, verdict.words
    author = git(school.repository, "log", "-1", "--format=%an %cn", "main").split()
    assert author == [TEACHER, INTAKE]
