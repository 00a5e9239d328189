"""How pages are laid out: nothing tall and empty or cut off, the current term on one screen, contents on a phone."""

from __future__ import annotations

import pytest

from tests.browser.visit import Visitor

# What of a card lies below its last words, beyond its own padding; and the widest gap between two of its parts.
_EMPTY = """() => [...document.querySelectorAll(".lc-card")].filter(card => {
  const parts = [...card.children].map(part => part.getBoundingClientRect()).filter(part => part.height);
  const edges = [...parts.slice(1).map((part, n) => part.top - parts[n].bottom),
                 card.getBoundingClientRect().bottom - parts.at(-1).bottom];
  return Math.max(...edges) > 60;
}).map(card => card.textContent.trim().slice(0, 20))"""
_BOTTOM = "selector => [...document.querySelectorAll(selector)][0].getBoundingClientRect().bottom + scrollY"
CARDS = ("", "en/", "calendar/", "guides/student/")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", CARDS)
def test_no_card_is_tall_and_empty(path: str, width: int, passer: Visitor) -> None:
    page = passer.open(path, width)
    assert page.locator(".lc-card").count() > 2
    assert page.evaluate(_EMPTY) == []


def test_an_empty_card_would_be_seen(passer: Visitor) -> None:
    page = passer.open("")
    page.evaluate("document.querySelector('.lc-card').style.height = '2000px'")
    assert len(page.evaluate(_EMPTY)) == 1


def test_the_current_term_is_on_one_screen(passer: Visitor) -> None:
    """Its drawing and its numbers, on a desk of 1280 × 900."""
    page = passer.open("status/", 1280)
    assert page.evaluate(_BOTTOM, ".lc-compact .lc-table") <= 900
    assert page.locator("details[open]").count() == 0


def test_the_drawing_of_the_status_has_its_scale(passer: Visitor) -> None:
    page = passer.open("status/", 390)
    assert page.locator(".lc-bars").first.locator(".lc-month-name").first.text_content() == "0"


def test_the_limits_are_at_a_glance_on_a_phone(passer: Visitor) -> None:
    page = passer.open("agency/", 390)
    assert page.evaluate(_BOTTOM, ".lc-limits > div") <= 600
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", ["faq/", "guides/student/", "rules/", "en/regulation/"])
def test_a_page_begins_with_its_sections_where_none_stand_beside_it(path: str, passer: Visitor) -> None:
    page = passer.open(path, 390)
    said = "all => all.map(one => `${one.hash ?? '#' + one.id} ${one.firstChild.textContent}`.split(/\\s+/).join(' '))"
    sections = page.locator("article h2").evaluate_all(said)
    links = page.locator(".lc-contents a")
    shown = links.evaluate_all(said)
    assert len(shown) > 3
    assert shown == sections
    assert links.first.is_visible()
    assert not passer.open(path, 1280).locator(".lc-contents").is_visible()


def test_the_name_of_the_site_is_whole_on_a_phone(passer: Visitor) -> None:
    name = passer.open("", 390).locator(".md-header__topic .md-ellipsis").first
    assert name.evaluate("one => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]") == [0, 0]
    assert name.evaluate("one => one.offsetHeight <= document.querySelector('.md-header').offsetHeight")
