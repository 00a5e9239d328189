"""A student's phone and her tutor's: a passkey made, compared, witnessed; what it then signs stock OpenSSH verifies."""

from __future__ import annotations

import json
from datetime import date

from playwright.sync_api import Browser, Page

from licheng.app.loading.load import load
from licheng.app.trust.student_keys import signers
from licheng.core.dates import instant
from licheng.core.trust import HAND_IN_NAMESPACE
from licheng.platform.delivery import DeliveryReport
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.sources.tree import CommitTree
from tests.browser.visit import AXE
from tests.gate.items import HOME, STUDENT, TUTOR
from tests.platform.browser.phones import Phone, School, git, with_passkey

LANDED = DeliveryReport(landed=1, pushes=1)


def fair(page: Page) -> None:
    """Axe finds nothing, and nothing is wider than a phone."""
    page.evaluate(AXE)
    assert page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_student_enrols_her_tutor_witnesses_and_she_hands_in_signed(school: School, browser: Browser) -> None:
    student, tutor = (Phone(browser, school) for _ in range(2))
    tutor.credentials = [with_passkey(school, TUTOR)]
    tutor.sign_in(TUTOR)
    student.sign_in(STUDENT)
    student.page.goto(f"{student.origin}/")
    student.page.locator("a[href='/me/passkey']").click()
    student.page.locator("a[href='/me/passkey/new']").click()
    short = student.sign(touches=2)
    assert student.page.locator(".fingerprint").inner_text() == short
    fair(student.page)

    tutor.page.goto(f"{tutor.origin}/class/12a")
    tutor.page.locator("main a[href='/witness']").click()
    assert tutor.page.locator(".fingerprint").inner_text() == short
    fair(tutor.page)
    tutor.page.locator("form:has(input[name=fingerprint]) button").first.click()
    assert f"{HOME}/keys.yaml" in tutor.sign(touches=1)
    assert school.deliver() == LANDED

    page = student.page
    page.goto(f"{student.origin}/me/new")
    page.locator("form:has(input[value=activity]) button").click()
    page.locator("[name=category]").select_option("work")
    page.locator("button[value=save]:not(.visually-hidden)").click()
    for name, text in {"name": "校刊封面設計", "summary": "為校刊設計封面。", "on": "2026-10-10"}.items():
        page.fill(f"[name={name}]", text)
    page.locator("button[value=submit]").last.click()
    assert "/me/sign/" in page.url, page.locator("main").inner_text()
    fair(page)
    assert "這些檔案是我自己送出的" in student.sign(touches=1)
    assert "/me/tickets/" in page.url
    assert school.deliver() == LANDED
    assert [*student.faults, *tutor.faults] == []

    listed = git(school.repository, "diff", "--name-only", "main~1", "main").split()
    [said] = [path for path in listed if path.startswith(f"{HOME}/hand-ins/") and path.endswith(".json")]
    with CommitTree(school.repository, "refs/heads/main") as tree:
        allowed = signers(load(tree, date(2026, 11, 23)), STUDENT)
    verdict = verify_with_ssh_keygen(
        school.show(f"{said}.sig"),
        school.show(said),
        allowed_signers=allowed,
        principal=STUDENT,
        namespace=HAND_IN_NAMESPACE,
        at=instant(json.loads(school.show(said))["at"]),
    )
    assert verdict.accepted, verdict.words
    assert {entry["path"] for entry in json.loads(school.show(said))["paths"]} == set(listed) - {said, f"{said}.sig"}
