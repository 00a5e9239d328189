"""A student hands in and a teacher certifies with keys alone, on a screen of 360 px; and how many steps that takes."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from licheng.platform.delivery import DeliveryReport
from tests.platform.browser.phones import TEACHER, Phone, School, with_passkey
from tests.platform.browser.test_pages import _FOCUS

STUDENT = "s1130001"
# A person who looks for each thing that the focus passes, and reads each page.
SECONDS_A_KEY, SECONDS_A_PAGE = 0.5, 10.0


class Keyboard:
    """Keys, counted; the focus is seen wherever it is."""

    def __init__(self) -> None:
        self.keys = self.pages = 0

    def to(self, page: Page, selector: str) -> None:
        """Go on by the tab key to what a selector names."""
        for _ in range(80):
            self.key(page, "Tab")
            if page.evaluate("document.activeElement === document.body"):
                continue  # behind the last and before the first
            assert page.evaluate(_FOCUS), page.evaluate("document.activeElement.outerHTML")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(selector)

    def press(self, page: Page, selector: str, key: str = "Enter") -> None:
        """Press something by the keyboard."""
        self.to(page, selector)
        self.key(page, key)
        self.pages += key == "Enter"

    def write(self, page: Page, selector: str, text: str) -> None:
        """Into a field."""
        self.to(page, selector)
        page.keyboard.type(text)

    def key(self, page: Page, key: str) -> None:
        """One key."""
        page.keyboard.press(key)
        self.keys += 1

    @property
    def seconds(self) -> float:
        return self.keys * SECONDS_A_KEY + self.pages * SECONDS_A_PAGE


def test_a_student_signs_in_writes_and_hands_in(school: School, browser: Browser) -> None:
    phone, keys, origin = Phone(browser, school), Keyboard(), school.settings.origin
    page = phone.page
    page.goto(f"{origin}/")
    keys.press(page, "a[href='/login/demo']")
    page.wait_for_url(f"{origin}/login/demo")
    keys.press(page, f"button[value={STUDENT}]")
    page.wait_for_url(f"{origin}/")
    keys.press(page, "main a[href='/me/new']")
    page.wait_for_url(f"{origin}/me/new")
    keys.to(page, "#new-category")
    while page.locator("#new-category").input_value() != "work":
        keys.key(page, "ArrowDown")
    keys.press(page, "form:has(#new-category) button")
    page.wait_for_url("**/me/edit/**")
    for name, text in (("name", "校刊封面設計"), ("summary", "為校刊設計封面。")):
        keys.write(page, f"[name={name}]", text)
    keys.write(page, "[name=on]", "10102026")  # in the order of this Chromium, whatever the page's language
    assert page.locator("[name=on]").input_value() == "2026-10-10"
    keys.write(page, "[name=_body]", "第一行")
    keys.press(page, "button[value=submit]")
    page.wait_for_url("**/me/tickets/**")
    assert school.deliver() == DeliveryReport(landed=1, pushes=1)
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert phone.faults == []


def test_a_teachers_first_certification_takes_less_than_three_minutes(school: School, browser: Browser) -> None:
    """From the start page; the passkey is there, and who witnessed it was met in person."""
    phone, keys, origin = Phone(browser, school), Keyboard(), school.settings.origin
    phone.credentials = [with_passkey(school, TEACHER)]
    phone.sign_in(TEACHER)
    page = phone.page
    page.goto(f"{origin}/")
    keys.press(page, "main a[href='/queue']")
    page.wait_for_url(f"{origin}/queue")
    work = page.locator("ul.items a").first.get_attribute("href")
    keys.press(page, f"a[href='{work}']")
    page.wait_for_url(f"{origin}{work}")
    keys.press(page, "main a[href^='/certify?']")
    page.wait_for_url("**/certify?**")
    keys.press(page, "input[value=certified]", "Space")
    keys.press(page, "main form button")
    page.wait_for_url("**/certify/*")
    shown = phone.sign(1, keys.press)
    assert str(work).split("/")[2] in shown
    assert school.deliver() == DeliveryReport(landed=1, pushes=1)
    assert keys.seconds < 180, (keys.keys, keys.pages)
    assert phone.faults == []
