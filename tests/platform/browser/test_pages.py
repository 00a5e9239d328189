"""The platform in Chromium: on a phone and on a desk, light and dark, by keyboard alone, and from nowhere else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from licheng.platform.server import application
from licheng.platform.settings import Settings
from tests.browser.visit import AXE, AXE_PATH, SCHEMES, WIDTHS, Scheme
from tests.platform.visitors import demo

# What axe finds, and whether anything is wider than the window or smaller than a finger.
_SEEN = """async ([source, width, scheme]) => {
  window.axe || await new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), {src: source, onload: done, onerror: failed});
    document.head.append(script);
  });
  const {violations} = await axe.run({resultTypes: ["violations"]});
  const faults = violations.map(rule => `${rule.id} ${JSON.stringify(rule.nodes.map(node => node.target))}`);
  const wide = document.documentElement.scrollWidth;
  if (wide > width) faults.push(`${wide} px wide`);
  if (innerWidth !== width || !matchMedia(`(prefers-color-scheme: ${scheme})`).matches) faults.push("in another view");
  for (const target of document.querySelectorAll("button, .button, header a")) {
    const {height} = target.getBoundingClientRect();
    if (height < 44) faults.push(`${target.textContent.trim()}: ${height} px high`);
  }
  return faults;
}"""
# Whether what has the focus shows it.
_FOCUS = """() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  const {left, width, height} = document.activeElement.getBoundingClientRect();
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && left >= 0 && width > 0 && height > 0;
}"""
STUDENT = "s1130001"
View = tuple[int, Scheme]
# Each width in each scheme; from one to the next one of the two changes, and from the last to the first.
VIEWS: tuple[View, ...] = ((360, "light"), (360, "dark"), (1280, "dark"), (1280, "light"))
assert sorted(VIEWS) == sorted(product(WIDTHS, SCHEMES))


def _with_axe(app: ASGIApp) -> ASGIApp:
    """And axe beside it: what a page's own server has, the browser compiles once and not for each page."""
    axe = Response(AXE, media_type="text/javascript", headers={"cache-control": "max-age=3600"})

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await (axe if scope.get("path") == f"/{AXE_PATH}" else app)(scope, receive, send)

    return answer


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """A platform of these settings at a port of its own: its origin."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        origin = f"http://localhost:{door.getsockname()[1]}"
        app = application(replace(settings, origin=origin), lambda: datetime.now(UTC))
        server = uvicorn.Server(uvicorn.Config(_with_axe(app), access_log=False, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield origin
        finally:
            server.should_exit = True
            thread.join()


class Person:
    """Somebody at a browser.

    Attributes:
        faults: console messages, script errors, requests to anywhere else.
    """

    def __init__(self, browser: Browser, origin: str, width: int, scheme: Scheme) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self._view: View = (width, scheme)
        viewport = {"width": width, "height": 800}
        self._context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="zh-TW")  # type: ignore[arg-type]
        self.page = self._context.new_page()
        self.page.on("console", lambda said: self.faults.append(said.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda asked: self._asked(asked.url))

    def _asked(self, url: str) -> None:
        if not url.startswith(f"{self.origin}/"):
            self.faults.append(url)

    def sees(self) -> list[str]:
        faults: list[str] = self.page.evaluate(_SEEN, [f"/{AXE_PATH}", *self._view])
        return faults

    def turns(self) -> None:
        """On to the next view."""
        width, scheme = self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=scheme)

    def looks(self) -> Iterator[tuple[View, list[str]]]:
        """The page in each view, with what is wrong with it; the next one is loaded in the view that was the last."""
        for number in range(len(VIEWS)):
            if number:
                self.turns()
            faults = [*self.sees(), *self.faults]
            self.faults.clear()
            yield self._view, faults

    def leave(self) -> None:
        self._context.close()


class Looks(NamedTuple):
    """What is wrong with the pages, and the colours behind them, in each view."""

    wrong: dict[View, list[str]]
    behind: dict[View, set[str]]


@pytest.fixture(scope="module")
def looks(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Looks:
    seen = Looks({view: [] for view in VIEWS}, {view: set() for view in VIEWS})

    def look(name: str, expected: str = "nothing") -> None:
        for view, faults in person.looks():
            seen.wrong[view] += [f"{name}: {fault}" for fault in faults if expected not in fault]
            seen.behind[view].add(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    with served(demo(demo_repository, tmp_path_factory.mktemp("looks") / "state")) as origin:
        person = Person(browser, origin, 360, "light")
        page = person.page
        for path in ("/", "/login/demo", "/?lang=en", "/login/demo", "/?lang=zh-TW"):
            page.goto(f"{origin}{path}")
            look(path)
        page.goto(f"{origin}/login/demo")
        page.get_by_role("button", name=STUDENT).click()
        page.wait_for_url(f"{origin}/")
        assert page.locator(".who").inner_text() == STUDENT
        look("who has signed in")
        page.goto(f"{origin}/nothing")  # whose status is a message of the console, as it should be
        look("/nothing", expected="404")
        person.leave()
    return seen


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_at_each_width_in_each_scheme(looks: Looks, width: int, scheme: Scheme) -> None:
    assert looks.wrong[width, scheme] == []
    dark = {"rgb(21, 26, 24)"}
    assert looks.behind[width, scheme] == dark if scheme == "dark" else looks.behind[width, scheme].isdisjoint(dark)


def test_by_keyboard_alone(settings: Settings, browser: Browser) -> None:
    with served(settings) as origin:
        person = Person(browser, origin, 360, "light")
        page = person.page
        page.goto(f"{origin}/")
        page.keyboard.press("Tab")
        assert focused(page) == "跳到主要內容"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")  # the head of the page was skipped
        if focused(page) != "選一位示範人物登入":
            tab_to(page, "選一位示範人物登入")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{origin}/login/demo")
        tab_to(page, STUDENT)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{origin}/")
        tab_to(page, "登出所有裝置")
        page.keyboard.press("Enter")
        page.get_by_role("status").wait_for()
        assert page.get_by_role("status").inner_text() == "已登出所有裝置。"
        assert page.locator(".who").count() == 0
        page.reload()
        assert page.get_by_role("status").count() == 0
        assert person.faults == []
        person.leave()


def focused(page: Page) -> str:
    """What has the focus, which can be seen."""
    assert page.evaluate(_FOCUS), "nobody sees the focus"
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def tab_to(page: Page, start: str) -> None:
    """Go on by the tab key to what begins with a text."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused(page).startswith(start):
            return
    raise AssertionError(start)


def test_a_form_of_another_host_does_nothing(settings: Settings, browser: Browser) -> None:
    with served(settings) as origin, served(settings) as other:
        person = Person(browser, origin, 360, "light")
        page = person.page
        page.goto(f"{origin}/login/demo")
        page.get_by_role("button", name=STUDENT).click()
        page.wait_for_url(f"{origin}/")
        token = page.locator("[name=csrf]").input_value()
        # Cookies know no ports: this page, of which we know nothing, sends them along, with a token that is right.
        page.route(f"{other}/evil", lambda route: route.fulfill(body=evil(origin, token), content_type="text/html"))
        page.goto(f"{other}/evil")
        page.get_by_role("button").click()
        page.wait_for_url(f"{origin}/logout/everywhere")
        assert "APP306" in page.content()
        page.goto(f"{origin}/")
        assert page.locator(".who").inner_text() == STUDENT
        person.leave()


def evil(origin: str, token: str) -> str:
    field = f'<input name="csrf" value="{token}">'
    return f'<!doctype html><form method="post" action="{origin}/logout/everywhere">{field}<button>x</button></form>'
