"""In a real browser one of the staff fills in a record: tab, network and server are killed, and no word is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from licheng.platform.sessions import Sessions
from tests.browser.visit import AXE
from tests.platform.browser.serving import NOW, Serving
from tests.platform.browser.test_autosave import said

ACTIVITIES = "t008"


@pytest.fixture
def keeping(browser: Browser, serving: Serving) -> Iterator[BrowserContext]:
    sessions = Sessions(serving.settings)
    cookie = sessions.start(ACTIVITIES, NOW, "demo")
    made = browser.new_context(viewport={"width": 360, "height": 740})
    made.add_cookies([{"name": sessions.cookie_name, "value": cookie, "url": serving.settings.origin}])
    yield made
    made.close()


def below(student: str) -> str:
    return f"students/{student[1:4]}/{student}/positions/kept.yaml"


def opened(context: BrowserContext, serving: Serving) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: serving.complaints.append(str(error)))
    page.goto(f"{serving.settings.origin}/records/edit/{below(serving.account)}")
    return page


def kept(serving: Serving) -> list[str]:
    return serving.texts(ACTIVITIES, below(serving.account).replace("/", "."), "title")


def test_no_word_is_lost_by_a_killed_server_network_or_tab(keeping: BrowserContext, serving: Serving) -> None:
    page = opened(keeping, serving)
    page.locator("[name=title]").fill("衛生")
    said(page, "已存到平臺")
    assert kept(serving) == ["衛生"]
    serving.kill()
    page.locator("[name=title]").fill("衛生股")
    said(page, "暫時連不上")
    serving.start()
    said(page, "已存到平臺")
    assert kept(serving) == ["衛生股"]
    keeping.set_offline(True)
    page.locator("[name=title]").fill("衛生股長")
    said(page, "暫時連不上")
    page.close()
    keeping.set_offline(False)
    again = keeping.new_page()
    with again.expect_response("**/drafts/*") as sent:  # whoever comes back need not know where they were
        again.goto(f"{serving.settings.origin}/records")
    assert sent.value.ok
    assert kept(serving) == ["衛生股長"]
    again.reload()
    again.locator(f"a[href='/records/edit/{below(serving.account)}']").click()
    assert again.locator("[name=title]").input_value() == "衛生股長"
    again.evaluate(AXE)
    violations = again.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    assert violations == []
    assert serving.complaints == []


def test_a_press_is_the_last_word_of_its_page(keeping: BrowserContext, serving: Serving) -> None:
    page = opened(keeping, serving)
    page.locator("[name=title]").fill("衛生股長")
    page.locator("#record > button:not(.visually-hidden)").first.click()
    page.locator("#form-errors").wait_for()  # days and the organisation are missing
    page.locator("[name=organisation]").fill("班級")
    said(page, "已存到平臺")
    assert kept(serving) == ["衛生股長"]  # one text: the form that came back goes on with what was sent
    page.close()
    again = opened(keeping, serving)
    assert again.locator("[name=organisation]").input_value() == "班級"
    assert again.locator("[name=title]").input_value() == "衛生股長"
    assert serving.complaints == []


def test_what_is_typed_before_the_script_has_come_is_kept_too(keeping: BrowserContext, serving: Serving) -> None:
    waiting: list[Route] = []
    keeping.route("**/autosave.js", lambda route: waiting.append(route))
    page = keeping.new_page()
    with page.expect_request("**/autosave.js"):
        page.goto(f"{serving.settings.origin}/records/edit/{below(serving.account)}", wait_until="commit")
    page.locator("[name=title]").fill("衛生股長")
    waiting[0].continue_()
    said(page, "已存到平臺")
    assert kept(serving) == ["衛生股長"]


def test_a_form_that_nobody_has_typed_in_keeps_nothing(keeping: BrowserContext, serving: Serving) -> None:
    page = opened(keeping, serving)
    assert page.evaluate("Object.keys(localStorage)") == []
