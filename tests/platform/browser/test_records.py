"""A unit's record from an empty form to main, in a phone's browser, signed by the passkey of whoever keeps it."""

from __future__ import annotations

import hashlib
import json

from playwright.sync_api import Browser, Route

from licheng.core.dates import instant
from licheng.core.layout import CHANGES
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.demo.school import INTAKE
from licheng.platform.delivery import DeliveryReport
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from tests.platform.browser.phones import REGISTRAR, Phone, School, git, with_passkey

KEEPER, STUDENT = "t008", "s1130003"
DUTY = {"organisation": "班級", "title": "衛生股長", "level": "2", "starts": "2026-09-01", "ends": "2027-01-20"}


def enrolled(school: School, browser: Browser) -> Phone:
    """The phone of who keeps positions, who is led to make a passkey; how a coordinator witnesses it, others show."""
    phone = Phone(browser, school)
    phone.sign_in(KEEPER)
    phone.page.goto(f"{school.settings.origin}/records/position")
    phone.page.locator("main a[href='/passkey/new']").click()
    phone.page.locator("#open").wait_for()
    phone.credentials = [with_passkey(school, KEEPER)]
    return phone


def test_a_unit_adds_a_record_and_the_gate_takes_it(school: School, browser: Browser) -> None:
    phone = enrolled(school, browser)
    page = phone.page
    page.goto(school.settings.origin)
    page.locator("a[href='/records']").click()
    page.locator("a[href='/records/position']").click()
    page.fill("#student", STUDENT)
    page.locator("main form[method=get] button").click()
    page.locator("main form[method=post] button").click()
    for name, text in {**DUTY, "ends": "2026-01-20"}.items():
        if name == "level":
            page.select_option("[name=level]", text)
        else:
            page.fill(f"[name={name}]", text)
    page.locator("#record > button:not(.visually-hidden)").first.click()
    assert page.locator("#form-errors").is_visible()
    page.fill("[name=ends]", DUTY["ends"])
    page.locator("#record > button:not(.visually-hidden)").first.click()
    changed = page.locator("main code").first.inner_text()
    assert "title: 衛生股長" in page.locator("main pre").inner_text()
    page.wait_for_load_state()  # a width that is asked for before its styles are there is that of the bare page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert changed in phone.sign(touches=1)
    assert "/me/tickets/" in page.url
    assert school.deliver() == DeliveryReport(landed=1, pushes=1)
    assert phone.faults == []

    assert "title: 衛生股長" in school.show(changed).decode()
    listed = git(school.repository, "diff", "--name-only", "main~1", "main").split()
    [statement] = [path for path in listed if path.startswith(CHANGES) and path.endswith(".json")]
    assert sorted(listed) == sorted([statement, f"{statement}.sig", changed])
    verdict = verify_with_ssh_keygen(
        school.show(f"{statement}.sig"),
        school.show(statement),
        allowed_signers=school.show("content/trust/allowed_signers").decode(),
        principal=KEEPER,
        namespace=CHANGE_NAMESPACE,
        at=instant(json.loads(school.show(statement))["at"]),
    )
    assert verdict.accepted, verdict.words
    assert git(school.repository, "log", "-1", "--format=%an %cn", "main").split() == [KEEPER, INTAKE]
    files_are_digested_here(phone)


def files_are_digested_here(phone: Phone) -> None:
    """Of a file that the registry keeps, the digest is computed in the browser; the file is sent nowhere.

    It may be chosen before the script that computes has come.
    """
    phone.sign_in(REGISTRAR)
    page = phone.page
    page.goto(f"{phone.origin}/answers?class=12a")
    page.get_by_role("link", name="收訖明細的通知").click()
    waiting: list[Route] = []
    page.route("**/digest.js", lambda route: waiting.append(route))
    with page.expect_request("**/digest.js"):
        page.locator("main form[method=post] button").click(no_wait_after=True)
    scan = b"a notice" * 1000
    page.set_input_files("[name='_digest.proof.sha256']", {"name": "n.pdf", "mimeType": "x/x", "buffer": scan})
    waiting[0].continue_()
    page.locator("[id='dh-proof.sha256']", has_text="n.pdf").wait_for()
    assert page.input_value("[name='proof.sha256']") == hashlib.sha256(scan).hexdigest()
    assert page.evaluate("document.querySelector(\"[name='_digest.proof.sha256']\").files.length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert phone.faults == []
