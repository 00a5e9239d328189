"""In a real browser: the tab, the network or the server is killed, and no word that was typed is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from licheng.platform.forms.filling import typed
from licheng.platform.sessions import Sessions
from tests.browser.visit import AXE
from tests.inspection import samples
from tests.platform.browser.serving import NOW, Serving

BELOW = "years/115/activities/kept/item.md"
KEY = BELOW.replace("/", ".")
PHONE = samples.photo(samples.exif(artist=b"Invented Author", gps=True))


@pytest.fixture
def context(browser: Browser, serving: Serving) -> Iterator[BrowserContext]:
    sessions = Sessions(serving.settings)
    cookie = sessions.start(serving.account, NOW, "demo")
    made = browser.new_context(viewport={"width": 360, "height": 740})
    made.add_cookies([{"name": sessions.cookie_name, "value": cookie, "url": serving.settings.origin}])
    yield made
    made.close()


def opened(context: BrowserContext, serving: Serving) -> Page:
    page = context.new_page()
    page.on("console", lambda said: serving.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: serving.complaints.append(str(error)))
    page.goto(f"{serving.settings.origin}/me/edit/{BELOW}?category=work")
    return page


def said(page: Page, words: str) -> None:
    """Wait until the form says so."""
    page.locator("#draft-status", has_text=words).wait_for()


def kept(serving: Serving) -> list[str]:
    return serving.texts(serving.account, KEY, "name")


def standing(page: Page) -> str:
    return page.locator("[name=name]").input_value()


def test_what_is_typed_is_on_the_platforms_disk_and_nothing_complains(
    context: BrowserContext, serving: Serving
) -> None:
    page = opened(context, serving)
    page.locator("[name=name]").fill("校園鳥類觀察")
    said(page, "已存到平臺")
    assert kept(serving) == ["校園鳥類觀察"]
    page.locator("[name=name]").fill("校園鳥類觀察手札")
    said(page, "還沒存到平臺")
    said(page, "已存到平臺")
    assert kept(serving) == ["校園鳥類觀察手札"]
    assert page.evaluate("Object.keys(localStorage)") == []
    assert serving.complaints == []


@pytest.mark.parametrize("how", ["closed", "crashed"])
def test_a_tab_that_is_killed_loses_nothing(context: BrowserContext, serving: Serving, how: str) -> None:
    page = opened(context, serving)
    page.locator("[name=name]").fill("剛打完就關")
    if how == "crashed":
        with suppress(Error):
            page.goto("chrome://crash", timeout=3000)
    page.close()
    again = opened(context, serving)
    again.locator("[name=name][value='剛打完就關']").wait_for()
    assert kept(serving) == ["剛打完就關"]


def test_without_a_network_the_browser_keeps_it_until_there_is_one(context: BrowserContext, serving: Serving) -> None:
    page = opened(context, serving)
    context.set_offline(True)
    page.locator("[name=name]").fill("在捷運上打的字")
    said(page, "暫時連不上")
    assert kept(serving) == []
    page.close()
    context.set_offline(False)
    again = opened(context, serving)
    again.locator("[name=name][value='在捷運上打的字']").wait_for()
    for _ in range(100):
        if not again.evaluate("Object.keys(localStorage)"):
            break
        again.wait_for_timeout(50)  # the platform has it a moment after the page shows it
    assert again.evaluate("Object.keys(localStorage)") == []


def test_a_server_that_is_killed_has_what_it_acknowledged_and_gets_the_rest(
    context: BrowserContext, serving: Serving
) -> None:
    page = opened(context, serving)
    page.locator("[name=name]").fill("第一句")
    said(page, "已存到平臺")
    serving.kill()
    assert kept(serving) == ["第一句"]
    page.locator("[name=name]").fill("第一句，第二句")
    said(page, "暫時連不上")
    serving.start()
    said(page, "已存到平臺")
    assert kept(serving) == ["第一句，第二句"]
    assert standing(page) == "第一句，第二句"


def test_a_form_sent_to_a_dead_server_is_there_when_it_lives_again(context: BrowserContext, serving: Serving) -> None:
    page = opened(context, serving)
    page.locator("[name=name]").fill("按下儲存時")
    serving.kill()
    with suppress(Error):
        page.locator("form button[value=save]:visible").last.click(timeout=3000)
    page.close()
    serving.start()
    again = opened(context, serving)
    again.locator("[name=name][value='按下儲存時']").wait_for()


def test_two_tabs_keep_both_texts_and_show_them(context: BrowserContext, serving: Serving) -> None:
    one, two = opened(context, serving), opened(context, serving)
    one.locator("[name=name]").fill("甲頁")
    said(one, "已存到平臺")
    two.locator("[name=name]").fill("乙頁")
    said(two, "已存到平臺")
    one.locator("[name=name]").fill("甲頁再寫")
    said(one, "還沒存到平臺")
    said(one, "已存到平臺")
    assert sorted(kept(serving)) == ["乙頁", "甲頁再寫"]
    seen = opened(context, serving)
    assert standing(seen) == "甲頁再寫"
    assert "乙頁" in seen.locator(".other pre").inner_text()


def test_going_back_to_a_page_and_typing_on_loses_nothing(context: BrowserContext, serving: Serving) -> None:
    page = opened(context, serving)
    page.locator("[name=name]").fill("存一次")
    page.locator("form button[value=save]:visible").last.click()
    page.wait_for_load_state()
    page.go_back()
    page.locator("[name=name]").fill("回來再打")
    said(page, "已存到平臺")
    assert "回來再打" in kept(serving)


def test_a_file_is_sent_with_its_digest_and_shown(context: BrowserContext, serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(PHONE)
    page = opened(context, serving)
    page.locator("[name=name]").fill("附上照片")
    bodies = list[bytes]()
    page.on("request", lambda sent: bodies.append(sent.post_data_buffer or b"") if sent.method == "POST" else None)
    page.locator("#f-file").set_input_files(tmp_path / "photo.jpg")
    page.locator("#attach").click()
    page.locator("[name=_upload]").wait_for(state="attached")
    assert "拍攝地點" in page.locator("#f-attachments").inner_text()
    assert standing(page) == "附上照片"
    # A body with a file is not always shown to who watches; that a wrong one is refused is tested without a browser.
    shown = b"".join(bodies)
    assert not shown or hashlib.sha256(PHONE).hexdigest().encode() in shown
    assert serving.complaints == []


def test_a_file_that_is_refused_is_explained_on_the_page(
    context: BrowserContext, serving: Serving, tmp_path: Path
) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"MZ")
    page = opened(context, serving)
    page.locator("[name=name]").fill("附錯檔案")
    page.locator("#f-file").set_input_files(tmp_path / "photo.jpg")
    page.locator("#attach").click()
    page.locator("#upload-status", has_text="APP012").wait_for()
    assert standing(page) == "附錯檔案"


def test_characters_are_counted_as_the_rules_count_them(context: BrowserContext, serving: Serving) -> None:
    page = opened(context, serving)
    for text, count in (("單擺", 2), ("e\u0301", 1), ("👩\u200d🔬", 3), ("一\n二", 3), ("𠮷", 1)):
        page.locator("[name=summary]").fill(text)
        page.locator("[data-count-of=f-summary]", has_text=f"{count} / ").wait_for()
        assert len(typed(text)) == count


def test_the_form_is_usable_on_a_phone_and_by_those_who_hear_it(context: BrowserContext, serving: Serving) -> None:
    page = opened(context, serving)
    page.locator("[name=name]").fill("校園鳥類觀察")
    for button in ("submit", "save"):
        page.locator(f"form button[value={button}]:visible").last.click()
        page.wait_for_load_state()
        page.evaluate(AXE)
        seen = page.evaluate(
            "async () => (await axe.run({resultTypes: ['violations']})).violations"
            ".map(rule => `${rule.id} ${JSON.stringify(rule.nodes.map(node => node.target))}`)"
        )
        assert seen == []
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.goto(f"{serving.settings.origin}/me/edit/{BELOW}?check=submit#form-errors")
    page.locator(".form-errors a").first.click()
    name = page.locator(".form-errors a").first.get_attribute("href")
    assert name is not None
    assert page.locator(f"[id='{name[1:]}']").evaluate(
        "each => each === document.activeElement || each.matches(':target')"
    )
