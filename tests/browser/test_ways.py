"""Getting about: by keyboard alone, from one language to the other, without a server."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.visit import Visitor, until
from tests.site.build import offline_once


def tab_to(page: Page, selector: str, limit: int = 60) -> None:
    """Press Tab until an element has the focus, and see that it shows."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    pytest.fail(f"{selector} is not reached")


def test_keyboard_alone_reaches_navigation_search_and_the_other_language(visitor: Visitor) -> None:
    page = visitor.open("")
    tab_to(page, ".md-tabs__link[href*='regulation']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/regulation/")

    page.keyboard.press("s")
    until(page, "document.activeElement.matches('.md-search__input')")
    page.keyboard.type("QUO001")
    page.locator(".md-search-result__link").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/QUO001/**")

    tab_to(page, "[data-lc-language]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/rules/QUO001/")
    assert page.locator("html").get_attribute("lang") == "en"
    assert visitor.faults == []


@pytest.mark.parametrize(
    ("path", "there"),
    [("", "en/"), ("status/", "en/status/"), ("calendar/115-1/", "en/calendar/115-1/"), ("verify/", "en/verify/"),
     ("developers/adding-a-rule/", "en/"), ("privacy/", "en/"), ("start/", "en/start/")],
)  # fmt: skip
def test_the_language_switch_stays_on_the_page_or_goes_to_the_nearest_and_says_so(
    path: str, there: str, passer: Visitor
) -> None:
    page = passer.open(path)
    link = page.locator("[data-lc-language]")
    same = there == f"en/{path}"
    assert ("nearest" not in str(link.get_attribute("title"))) == same
    link.click()
    page.wait_for_url(passer.address + there)
    if same:
        page.locator("[data-lc-language]").click()
        page.wait_for_url(passer.address + path)


def test_instant_navigation_turns_the_language_switch(site: Path, browser: Browser) -> None:
    """At its own address pages are swapped in place; the header that stays must lead to the new page's twin."""

    def serve(route: Route) -> None:
        path = site / urlparse(route.request.url).path.removeprefix("/")
        route.fulfill(path=path / "index.html" if path.is_dir() else path)

    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.route("https://licheng.invalid/**", serve)
        page.goto("https://licheng.invalid/status/")
        page.wait_for_load_state("networkidle")
        page.evaluate("window.stayed = true")
        page.locator(".md-tabs__link[href*='regulation']").click()
        page.wait_for_url("**/regulation/")
        until(page, "document.querySelector('[data-lc-language]').href.endsWith('/en/regulation/')")
        assert page.evaluate("window.stayed")
    finally:
        context.close()


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return offline_once(tmp_path_factory)


@pytest.mark.parametrize(("home", "word", "there"), [("index.html", "驗證", "verify.html"),
                                                     ("en/index.html", "verify", "en/verify.html")])  # fmt: skip
def test_a_copy_on_a_disk_works_with_its_search(
    home: str, word: str, there: str, offline: Path, browser: Browser
) -> None:
    visitor = Visitor(browser, offline.as_uri() + os.sep)
    try:
        page = visitor.open(home)
        page.locator("input.md-search__input").click()
        page.locator("input.md-search__input").fill(word)
        first = page.locator(".md-search-result__link").first
        first.wait_for()
        first.click()
        page.wait_for_url(f"**/{there}**")
        page.locator("[data-lc-language]").click()
        page.wait_for_url("**/verify.html")
        assert visitor.faults == []
    finally:
        visitor.leave()
