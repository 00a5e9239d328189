"""Days left and subscriptions, which only the reader's browser knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visit import Visitor

CLOSES = "2027-02-03"


@pytest.fixture(scope="module")
def abroad(browser: Browser) -> Iterator[Page]:
    """The window of somebody in New York, whose clock each test sets before it loads a page."""
    context = browser.new_context(timezone_id="America/New_York")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def here(browser: Browser) -> Iterator[Page]:
    """The same where the tests run."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2027, 1, 31, 4, tzinfo=UTC), "還有 3 天"),
        (datetime(2027, 2, 2, 15, 59, tzinfo=UTC), "還有 1 天"),
        (datetime(2027, 2, 2, 16, 1, tzinfo=UTC), "今天截止"),
        (datetime(2027, 2, 3, 16, 1, tzinfo=UTC), "已截止"),
    ],
    ids=["days before", "a minute before the last day in Taipei", "the last day has begun", "the day after"],
)
def test_days_left_are_counted_on_the_day_of_reading_in_taipei(
    moment: datetime, said: str, abroad: Page, address: str
) -> None:
    abroad.clock.set_fixed_time(moment)
    for path in ("", "calendar/level-11/"):
        abroad.goto(address + path)
        assert abroad.locator(f"[data-lc-closes='{CLOSES}']").first.inner_text() == said


@pytest.mark.parametrize(
    ("day", "said", "shape"),
    [
        ("2026-08-20", "尚未開始", "coming"),
        ("2026-12-01", "開放中", "open"),
        (CLOSES, "開放中", "open"),
        ("2027-02-04", "已截止", "closed"),
    ],
)
def test_what_is_open_is_said_on_the_day_of_reading(day: str, said: str, shape: str, here: Page, address: str) -> None:
    here.clock.set_fixed_time(datetime.fromisoformat(f"{day}T12:00:00+08:00"))
    for path in ("calendar/115-1/", "calendar/level-11/"):
        here.goto(address + path)
        chip = here.locator(f"[data-lc-first][data-lc-last='{CLOSES}']").first
        assert (chip.inner_text(), chip.get_attribute("class")) == (said, f"lc-chip lc-chip--{shape}")


def test_without_a_script_the_page_says_what_was_so_when_it_was_built(site: Path) -> None:
    shown = re.findall(rf'data-lc-closes="{CLOSES}"[^>]*>([^<]*)<', (site / "index.html").read_text(encoding="utf-8"))
    assert set(shown) == {"還有 72 天"}
    english = (site / "en/index.html").read_text(encoding="utf-8")
    assert "72 days left" in english


def test_the_button_subscribes_and_the_file_is_a_file(passer: Visitor) -> None:
    page = passer.open("calendar/")
    names = page.locator("a.lc-subscribe").all_inner_texts()
    assert "訂閱：家長" in names
    for button in page.locator("a.lc-subscribe").all():
        address = str(button.evaluate("link => link.href"))
        assert address.startswith("webcal://127.0.0.1:")
        assert page.request.get(address.replace("webcal:", "http:")).text().startswith("BEGIN:VCALENDAR")
    assert passer.faults == []


def test_each_year_level_sees_its_own_and_what_all_do(passer: Visitor) -> None:
    first, third = (passer.open(f"calendar/level-{level}/").locator("article").inner_text() for level in (10, 12))
    assert "收訖明細確認" in third
    assert "收訖明細確認" not in first
    for text in (first, third):
        assert "課程學習成果送出" in text
        assert "親師說明" in text
        assert "工作小組會議" not in text


def test_news_of_earlier_years_are_an_archive(passer: Visitor) -> None:
    page = passer.open("news/")
    assert page.locator("#y-115 + ul > li").count() > 0
    archive = page.locator("details#y-114")
    assert not archive.locator("li").first.is_visible()
    archive.locator("summary").click()
    assert archive.locator("li").first.is_visible()


def test_offices_and_what_to_do_about_a_forgotten_selection_are_found(passer: Visitor) -> None:
    text = passer.open("contacts/").locator("article").inner_text()
    assert "教務處註冊組（檔案登錄、提交）" in text
    assert "學生基本資料" in text
    link = passer.open("faq/").locator("#forgot-selection ~ p a[href$='forms/waiver/']").first
    assert link.is_visible()
