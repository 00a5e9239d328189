"""A PDF's pages in Chromium: pictures, and nothing of what the file would do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from licheng.platform.settings import Settings
from tests.platform.browser.test_looking import signed_in
from tests.platform.browser.test_pages import Person, served
from tests.platform.test_leaves import PLACE, REGISTRAR, STUDENT, hostile

__all__ = ["hostile"]


@pytest.mark.parametrize("width", [360, 1280])
def test_in_chromium_a_hostile_pdf_is_seen_and_does_nothing(hostile: Settings, browser: Browser, width: int) -> None:
    with served(hostile) as origin:
        person = Person(browser, origin, width, "light")
        page = signed_in(person, hostile, REGISTRAR)
        page.goto(f"{origin}/students/{STUDENT}/{PLACE}")
        pictures = page.locator(".leaves img")
        assert pictures.count() == 2
        for number in range(2):
            pictures.nth(number).scroll_into_view_if_needed()
            handle = pictures.nth(number).element_handle()
            page.wait_for_function("image => image.complete && image.naturalWidth === 1200", arg=handle)
        pictures.first.click()  # where the file has its link
        assert page.url == f"{origin}/students/{STUDENT}/{PLACE}"
        assert page.locator("embed, object").count() == 0
        assert len(page.context.pages) == 1
        assert person.faults == []
        with page.expect_download() as download:  # the file itself is only ever saved
            page.get_by_role("link", name="下載 report.pdf").click()
        assert download.value.suggested_filename == "report.pdf"
        assert person.sees() == []
        person.leave()
