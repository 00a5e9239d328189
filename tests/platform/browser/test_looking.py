"""The pages of students, teachers and tutors in Chromium: readable at any width, and files that can do nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from tests.browser.visit import SCHEMES, WIDTHS, Scheme
from tests.platform.browser.test_pages import VIEWS, Person, View, served
from tests.platform.visitors import demo
from tests.trees import ROOT

STUDENT, TUTOR, SECRETARY, KEEPER, REGISTRAR = "s1130001", "t012", "t002", "t006", "t004"


def signed_in(person: Person, settings: Settings, account: str) -> Page:
    """The page of somebody who has signed in at a platform of these settings; how one does, `test_pages` shows."""
    sessions = Sessions(settings)
    cookie = sessions.start(account, datetime.now(UTC), "demo")
    person.page.context.clear_cookies()  # also of a language
    person.page.context.add_cookies([{"name": sessions.cookie_name, "value": cookie, "url": person.origin}])
    return person.page


PAGES = {
    STUDENT: (
        "/me",
        f"/students/{STUDENT}",
        f"/students/{STUDENT}/terms/115-1/outputs/free-throw",
        f"/chain/{STUDENT}/terms/115-1/outputs/free-throw",
        f"/chain/{STUDENT}/terms/114-1/outputs/water-and-moon?lang=en",
        "/log",
        "/notices",
    ),
    SECRETARY: ("/duties", "/reminders", "/meetings", "/waivers", "/duties?lang=en"),
    KEEPER: ("/operations", "/operations/accounts", "/operations/accounts?class=12a", "/operations?lang=en"),
    REGISTRAR: ("/answers", "/answers?class=12a", "/answers?class=12a&lang=en"),
    TUTOR: ("/queue", "/signed", "/class/12a", "/class/12a/sheets", "/class/12a?lang=en", "/notices", "/records"),
}


@pytest.fixture(scope="module")
def wrong(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> dict[View, list[str]]:
    """What is wrong with each page at each width in each scheme."""
    wrong: dict[View, list[str]] = {view: [] for view in VIEWS}
    settings = demo(demo_repository, tmp_path_factory.mktemp("looks") / "state")
    with served(settings) as origin:
        person = Person(browser, origin, 360, "light")
        for account, paths in PAGES.items():
            page = signed_in(person, settings, account)
            for path in paths:
                answer = page.goto(f"{origin}{path}")
                assert answer is not None
                assert answer.status == 200, path
                for view, faults in person.looks():
                    wrong[view] += [f"{path}: {fault}" for fault in faults]
        person.leave()
    return wrong


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_at_each_width_in_each_scheme(wrong: dict[View, list[str]], width: int, scheme: Scheme) -> None:
    assert wrong[width, scheme] == []


def test_a_picture_is_seen_in_its_frame_and_nothing_runs_there(settings: Settings, browser: Browser) -> None:
    photo = next(path for path in (ROOT / "content/students/113").rglob("outputs/*/photo.png"))
    student = photo.relative_to(ROOT).parts[3]
    place = photo.parent.relative_to(ROOT / "content/students/113" / student).as_posix()
    with served(settings) as origin:
        person = Person(browser, origin, 1280, "light")
        page = signed_in(person, settings, "t004")  # the registry
        page.goto(f"{origin}/students/{student}/{place}")
        frame_element = page.locator("iframe")
        frame_element.scroll_into_view_if_needed()
        source = frame_element.get_attribute("src")
        assert source is not None
        assert re.fullmatch(rf"/files/{student}/[0-9a-f]{{64}}", source)
        picture = page.frame_locator("iframe").locator("img")
        picture.wait_for()
        handle = frame_element.element_handle().content_frame()
        assert handle is not None
        assert handle.evaluate("document.images[0].naturalWidth") > 0
        assert handle.evaluate("self.origin") == "null"  # an origin of nobody's: it reaches no cookie and no page
        assert person.faults == []
        person.leave()
