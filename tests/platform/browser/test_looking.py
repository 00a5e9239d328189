"""The pages of students, teachers and tutors in Chromium: readable at any width, and files that can do nothing."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from licheng.platform.settings import Settings
from tests.browser.visit import SCHEMES, WIDTHS, Scheme
from tests.platform.browser.test_pages import Person, served
from tests.platform.visitors import demo
from tests.trees import ROOT

STUDENT, TUTOR, SECRETARY, KEEPER, REGISTRAR = "s1130001", "t012", "t002", "t006", "t004"


def signed_in(person: Person, account: str) -> Page:
    person.page.goto(f"{person.origin}/login/demo")
    person.page.locator(f"button[value={account}]").click()
    person.page.wait_for_url(f"{person.origin}/")
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
Looks = dict[tuple[int, Scheme], list[str]]


@pytest.fixture(scope="module")
def looks(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Looks:
    """What is wrong with each page at each width in each scheme.

    A page is loaded at one width in the light and at the other in the dark, and then shown in the other scheme.
    """
    wrong: Looks = {look: [] for look in product(WIDTHS, SCHEMES)}
    with served(demo(demo_repository, tmp_path_factory.mktemp("looks") / "state")) as origin:
        for (account, paths), width in product(PAGES.items(), WIDTHS):
            schemes = [*SCHEMES] if width == WIDTHS[0] else [*reversed(SCHEMES)]
            person = Person(browser, origin, width, schemes[0])
            page = signed_in(person, account)
            for path in paths:
                answer = page.goto(f"{origin}{path}")
                assert answer is not None
                assert answer.status == 200, path
                for scheme in schemes:
                    page.emulate_media(color_scheme=scheme)
                    wrong[width, scheme] += [f"{path}: {fault}" for fault in [*person.sees(), *person.faults]]
                    person.faults.clear()
                schemes.reverse()
            assert person.faults == []
            person.leave()
    return wrong


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_at_each_width_in_each_scheme(looks: Looks, width: int, scheme: Scheme) -> None:
    assert looks[width, scheme] == []


def test_a_picture_is_seen_in_its_frame_and_nothing_runs_there(settings: Settings, browser: Browser) -> None:
    photo = next(path for path in (ROOT / "content/students/113").rglob("outputs/*/photo.png"))
    student = photo.relative_to(ROOT).parts[3]
    place = photo.parent.relative_to(ROOT / "content/students/113" / student).as_posix()
    with served(settings) as origin:
        person = Person(browser, origin, 1280, "light")
        page = signed_in(person, "t004")  # the registry
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
