"""Days left and subscriptions, which only the reader's browser knows."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.visit import Visitor

CLOSES = "2027-02-03"


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
    moment: datetime, said: str, browser: Browser, address: str
) -> None:
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    page.clock.set_fixed_time(moment)
    for path in ("", "calendar/level-11/"):
        page.goto(address + path)
        assert page.locator(f"[data-lc-closes='{CLOSES}']").first.inner_text() == said
    context.close()


@pytest.mark.parametrize(
    ("moment", "said", "shape"),
    [
        (datetime(2026, 1, 1, 4, tzinfo=UTC), "尚未開始", "coming"),
        (datetime(2027, 2, 3, 15, 59, tzinfo=UTC), "開放中", "open"),
        (datetime(2027, 2, 3, 16, 1, tzinfo=UTC), "已截止", "closed"),
    ],
    ids=["before the first day", "a minute before the end of the last day in Taipei", "the day after"],
)
def test_what_is_open_is_told_on_the_day_of_reading_in_taipei(
    moment: datetime, said: str, shape: str, browser: Browser, address: str
) -> None:
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    page.clock.set_fixed_time(moment)
    for path in ("calendar/115-1/", "calendar/level-11/"):
        page.goto(address + path)
        chip = page.locator(f"[data-lc-until='{CLOSES}']").first
        assert chip.inner_text() == said
        assert f"lc-chip--{shape}" in (chip.get_attribute("class") or "")
    context.close()


def test_without_a_script_the_page_says_what_was_so_when_it_was_built(site: Path) -> None:
    shown = re.findall(rf'data-lc-closes="{CLOSES}"[^>]*>([^<]*)<', (site / "index.html").read_text(encoding="utf-8"))
    assert set(shown) == {"還有 72 天"}
    english = (site / "en/index.html").read_text(encoding="utf-8")
    assert "72 days left" in english
    calendar = (site / "calendar/115-1/index.html").read_text(encoding="utf-8")
    assert "開放中" in re.findall(rf'data-lc-until="{CLOSES}"[^>]*>([^<]*)<', calendar)


def test_the_button_subscribes_and_the_file_is_a_file(visitor: Visitor) -> None:
    page = visitor.open("calendar/")
    names = page.locator("a.lc-subscribe").all_inner_texts()
    assert "訂閱：家長" in names
    for button in page.locator("a.lc-subscribe").all():
        address = str(button.evaluate("link => link.href"))
        assert address.startswith("webcal://127.0.0.1:")
        assert page.request.get(address.replace("webcal:", "http:")).text().startswith("BEGIN:VCALENDAR")
    assert visitor.faults == []


def test_each_year_level_sees_its_own_and_what_all_do(visitor: Visitor) -> None:
    first, third = (visitor.open(f"calendar/level-{level}/").locator("article").inner_text() for level in (10, 12))
    assert "收訖明細確認" in third
    assert "收訖明細確認" not in first
    for text in (first, third):
        assert "課程學習成果送出" in text
        assert "親師說明" in text
        assert "工作小組會議" not in text


def test_news_of_earlier_years_are_an_archive(visitor: Visitor) -> None:
    page = visitor.open("news/")
    assert page.locator("#y-115 + ul > li").count() > 0
    archive = page.locator("details#y-114")
    assert not archive.locator("li").first.is_visible()
    archive.locator("summary").click()
    assert archive.locator("li").first.is_visible()


def test_offices_and_what_to_do_about_a_forgotten_selection_are_found(visitor: Visitor) -> None:
    text = visitor.open("contacts/").locator("article").inner_text()
    assert "教務處註冊組（檔案登錄、提交）" in text
    assert "學生基本資料" in text
    link = visitor.open("faq/").locator("#forgot-selection ~ p a[href$='forms/waiver/']").first
    assert link.is_visible()
