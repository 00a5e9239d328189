"""The built site in headless Chromium: silent, self-contained, no sideways scrolling, no fault that axe knows."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
PAGES = ("", "status/", "duties/", "calendar/", "calendar/115-1/", "regulation/", "rules/ATT001/", "rules/",
         "working-group/", "training/", "evaluation/", "developers/regulation-map/",
         "schemas/course-output/", "start/", "privacy/", "developers/", "404.html")  # fmt: skip
# Each page at each width, the schemes in rotation so that both are seen at both widths over the pages.
CASES = [
    (page, width, SCHEMES[(number + turn) % 2])
    for number, page in enumerate(PAGES)
    for turn, width in enumerate(WIDTHS)
]


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing on standard error."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM is not None, "make browser"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


def opened(browser: Browser, address: str, path: str, width: int, scheme: Any) -> tuple[Page, list[str]]:
    """A page that has finished loading, and everything that it should not have done."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale="zh-TW")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if _is_own(request.url, address) else faults.append(request.url))
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    return page, faults


def _is_own(url: str, address: str) -> bool:
    return url.startswith((address, "data:", f"blob:{address}"))


@pytest.mark.parametrize(("path", "width", "scheme"), CASES)
def test_page(path: str, width: int, scheme: str, browser: Browser, address: str) -> None:
    page, faults = opened(browser, address, path, width, scheme)
    try:
        expected = "slate" if scheme == "dark" else "default"
        assert page.locator("body").get_attribute("data-md-color-scheme") == expected
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in violations] == []
        assert faults == []
    finally:
        page.context.close()


@pytest.mark.parametrize("word", ["歷程", "認證", "QUO001"])
def test_search_finds(word: str, browser: Browser, address: str) -> None:
    page, faults = opened(browser, address, "", 1280, "light")
    try:
        box = page.locator("input.md-search__input")
        box.click()
        box.fill(word)
        box.press("End")  # the theme listens for keys
        results = page.locator(".md-search-result__item")
        results.first.wait_for()
        assert word in "".join(results.all_text_contents())
        assert faults == []
    finally:
        page.context.close()


def test_the_palette_can_be_switched(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, "", 1280, "light")
    try:
        page.locator("label[title='切換到深色']").click()
        assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    finally:
        page.context.close()


def test_a_wide_table_is_reached_and_scrolled_by_keyboard(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, "schemas/course-output/", 360, "light")
    try:
        table = page.locator(".lc-table").first
        table.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('.lc-table').scrollLeft > 0")
    finally:
        page.context.close()
