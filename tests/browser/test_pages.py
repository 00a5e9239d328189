"""Every page of the built site in headless Chromium: silent, self-contained, never wider than the screen, axe-clean."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.browser.visit import SCHEMES, WIDTHS, Scheme, Visitor, look, until

SHARDS = 24
# One page of each template, seen at both widths in both schemes; every other page is seen once.
TEMPLATES = ("", "en/", "regulation/", "agency/", "calendar/", "calendar/115-1/", "calendar/115-1-sheet/",
             "calendar/level-12/", "forms/", "forms/waiver/", "news/", "contacts/", "signing/", "privacy/", "status/",
             "duties/", "working-group/", "training/", "evaluation/", "rules/", "rules/ATT001/", "schemas/",
             "schemas/course-output/", "commands/", "commands/check/", "start/", "en/verify/", "404.html")  # fmt: skip
# Hundreds of pages come from these three templates, with the same colours: their contrast is seen above.
GENERATED = re.compile(r"(en/)?(rules|schemas|commands)/.")
VIEWS = tuple((width, scheme) for width in WIDTHS for scheme in SCHEMES)


def pages_of(site: Path) -> list[str]:
    """Addresses of all pages, as people see them."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(path.removesuffix("index.html") for path in found)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_page(shard: int, site: Path, passer: Visitor) -> None:
    wrong: dict[str, list[str]] = {}
    pages = list(enumerate(pages_of(site)))[shard::SHARDS]
    assert pages
    for number, path in pages:
        if path in TEMPLATES:
            continue
        width, scheme = VIEWS[(number // SHARDS) % len(VIEWS)]
        found = look(passer.open(path, width, scheme), width, scheme, contrast=not GENERATED.match(path))
        if found or passer.faults:
            wrong[path] = [*found, *passer.faults]
            passer.faults.clear()
    assert wrong == {}


@pytest.mark.parametrize("path", TEMPLATES)
def test_every_template_at_each_width_in_each_scheme(path: str, site: Path, passer: Visitor) -> None:
    assert path in pages_of(site)
    wrong: dict[tuple[int, Scheme], list[str]] = {}
    for width, scheme in VIEWS:
        if found := look(passer.open(path, width, scheme), width, scheme):
            wrong[width, scheme] = found
    assert wrong == {}
    assert passer.faults == []


def test_what_is_wrong_is_seen(passer: Visitor) -> None:
    page = passer.open("")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('article').append(document.createElement('img'))")
    page.evaluate("document.querySelector('article').lastChild.style.minWidth = '2000px'")
    page.evaluate("document.querySelector('article h1').style.color = 'rgb(128 128 128 / .3)'")
    wide, *violations = look(page, 1280, "dark")[1:]
    assert wide.endswith(" px wide")
    assert {violation.split()[0] for violation in violations} >= {"html-has-lang", "image-alt", "color-contrast"}


def test_the_palette_can_be_switched(visitor: Visitor) -> None:
    page = visitor.open("")
    page.locator("label[title='切換到深色']").click()
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"


def test_a_wide_table_is_reached_and_scrolled_by_keyboard(passer: Visitor) -> None:
    page = passer.open("duties/", 620)
    page.locator(".lc-table").first.focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.lc-table').scrollLeft > 0")


@pytest.mark.parametrize(
    "path", ["regulation/", "duties/", "status/", "schemas/course-output/", "guides/student/", "en/status/"]
)
def test_a_phone_stacks_the_cells_of_a_row_and_scrolls_none(path: str, passer: Visitor) -> None:
    """Every cell shows, within the screen, one below the other, after its column's name."""
    page = passer.open(path, 375)
    rows = page.evaluate(
        """[...document.querySelectorAll("article tbody tr")].filter(row => row.offsetParent).map(
          row => [...row.cells].filter(cell => cell.childNodes.length).map(cell => ({
            top: cell.offsetTop, height: cell.offsetHeight, right: cell.getBoundingClientRect().right,
            name: getComputedStyle(cell, "::before").content })))"""
    )
    assert len(rows) > 2
    for row in rows:
        assert all(cell["height"] > 0 and cell["right"] <= 375 for cell in row)
        assert all(cell["name"] not in {"none", "normal"} for cell in row)
        assert all(above["top"] < below["top"] for above, below in pairwise(row))
    wide = "[...document.querySelectorAll('article *')].filter(one => one.scrollWidth > one.clientWidth + 1"
    scrolling = f"{wide} && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))"
    assert page.evaluate(f"{scrolling}.filter(one => one.tabIndex < 0).map(one => one.outerHTML)") == []


def test_a_missing_page_is_answered_by_our_own_in_both_languages(passer: Visitor) -> None:
    page = passer.open("no/such/page/")
    assert page.locator("h1").inner_text() == "找不到這一頁"
    assert page.locator("[lang=en] h2").inner_text().startswith("Page not found")


def test_calendar_files_can_be_fetched(site: Path, passer: Visitor) -> None:
    """Each link to an ICS file, on whichever page, leads to a calendar; where there are files, there are links."""
    fetched = 0
    for path in pages_of(site):
        file = site / path if path.endswith(".html") else site / path / "index.html"
        if ".ics" in file.read_text(encoding="utf-8"):
            page = passer.open(path)
            for link in page.locator("a[href$='.ics']:not([href^='webcal:'])").all():
                answer = page.request.get(str(link.evaluate("link => link.href")))
                assert answer.ok
                assert answer.text().startswith("BEGIN:VCALENDAR")
                fetched += 1
    assert fetched or not list(site.rglob("*.ics"))
