"""Every page of the built site in headless Chromium: silent, self-contained, never wider than the screen, axe-clean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import Quiet, served
from tests.browser.visit import AXE, SCHEMES, WIDTHS, Scheme, Visitor, look, until

SHARDS = 24
# One page of each template, seen at both widths in both schemes, those alike together; every other page is seen once.
TEMPLATES = ("", "en/", "en/verify/", "404.html", "regulation/", "agency/", "calendar/", "forms/", "news/", "contacts/",
             "signing/", "privacy/", "status/", "duties/", "working-group/", "training/", "evaluation/", "rules/",
             "schemas/", "commands/", "start/", "calendar/115-1/", "calendar/115-1-sheet/", "calendar/level-12/",
             "forms/waiver/", "rules/ATT001/", "schemas/course-output/", "commands/check/")  # fmt: skip
# Hundreds of pages come from these three templates, with the same colours: their contrast is seen above.
GENERATED = re.compile(r"(en/)?(rules|schemas|commands)/.")
VIEWS = tuple((width, scheme) for width in WIDTHS for scheme in SCHEMES)


# What the theme swaps when a link is followed, beside the container; what our script sets anew from the page; and what
# leads to the same places from a folder as deep.
_SWAPPED = re.compile(
    r'<title>.*?</title>|<link rel="(?:canonical|prev|next)"[^>]*>|<div data-md-component="skip">.*?</div>'
    r'|<div data-md-component="announce">.*?(?=<header )'
    r'|<div class="md-header__topic" data-md-component="header-topic">.*?</div>'
    r"|(?<=data-lc-language) [^>]*",
    re.DOTALL,
)
_RELATIVE = re.compile(r'(?:(?<=href=")|(?<= src=")|(?<="base": "))[^"#:]*(?=")')


def pages_of(site: Path) -> list[str]:
    """Addresses of all pages, as people see them."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(path.removesuffix("index.html") for path in found)


def file_of(site: Path, path: str) -> Path:
    return site / path if path.endswith(".html") else site / path / "index.html"


@cache
def frame_of(site: Path, path: str) -> str:
    """The text of a page but for what the theme swaps when it is reached from a page whose text is else the same."""
    head, start, rest = file_of(site, path).read_text(encoding="utf-8").partition('<div class="md-container"')
    inside, end, tail = rest.rpartition('<div class="md-dialog"')
    assert inside.count("</main>") == 1
    stays = _SWAPPED.sub("", head + start + end + tail)
    return _RELATIVE.sub(lambda match: urljoin(f"/{path}", match[0]).rstrip("/"), stays)


@dataclass(frozen=True, order=True)
class Visit:
    """A page as it is seen; in order, those of a window whose pages are swapped in place stand together."""

    width: int
    scheme: Scheme
    frame: str
    path: str


@pytest.fixture(scope="module")
def visits(site: Path) -> list[Visit]:
    """Every page that is not seen in all views."""
    numbered = ((path, VIEWS[number // SHARDS % len(VIEWS)]) for number, path in enumerate(pages_of(site)))
    return sorted(Visit(*view, frame_of(site, path), path) for path, view in numbered if path not in TEMPLATES)


class AtItsAddress(Quiet):
    """Of a site whose list of pages names them where they are served: the theme swaps those in place, and no other."""

    def do_GET(self) -> None:  # noqa: N802
        """A file of the site."""
        if self.path.endswith("sitemap.xml"):
            pages = Path(self.translate_path(self.path)).read_text(encoding="utf-8")
            here = pages.replace("https://licheng.invalid/", f"http://{self.headers['Host']}/")
            self._send(200, "application/xml", here.encode())
        else:
            super().do_GET()


class Reader(Visitor):
    """Someone who goes from page to page: of those alike the first is loaded, the others are reached from it."""

    def __init__(self, browser: Browser, address: str, site: Path) -> None:
        super().__init__(browser, address)
        self._site = site
        self._frames: dict[tuple[int, Scheme], str] = {}

    def see(self, path: str, width: int, scheme: Scheme, *, loaded: bool = False) -> list[str]:
        """What is wrong with a page in the window of that width and scheme.

        Args:
            path: of the page.
            width: of the window.
            scheme: of the window.
            loaded: even if it could be reached from the page that is open there.
        """
        frame = frame_of(self._site, path)
        alike = self._frames.pop((width, scheme), None) == frame
        page = (self.follow if alike and not loaded else self.open)(path, width, scheme)
        self._frames[width, scheme] = frame
        wrong = [*look(page, width, scheme, contrast=not GENERATED.match(path) or path in TEMPLATES), *self.faults]
        self.faults.clear()
        return wrong


@pytest.fixture(scope="module")
def reader(browser: Browser, site: Path) -> Iterator[Reader]:
    with served(site, AtItsAddress) as address:
        someone = Reader(browser, address, site)
        yield someone
        someone.leave()


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_page(shard: int, visits: list[Visit], reader: Reader) -> None:
    """What differs is all looked at."""
    ours = visits[len(visits) * shard // SHARDS : len(visits) * (shard + 1) // SHARDS]
    assert ours
    wrong = {visit.path: reader.see(visit.path, visit.width, visit.scheme) for visit in ours}
    assert {path: found for path, found in wrong.items() if found} == {}


WRONG = """<p onclick="said()">字</p><script>said()</script><style>p { color: red }</style>
<img src="/none.png" style="min-width: 2000px"><img src="https://elsewhere.invalid/one.png" alt=""></article>"""


class Spoilt(AtItsAddress):
    """One page does what none of ours must."""

    def do_GET(self) -> None:  # noqa: N802
        """A file of the site."""
        if self.path == "/rules/ATT002/":
            page = Path(self.translate_path(self.path), "index.html").read_text(encoding="utf-8")
            self._send(200, "text/html; charset=utf-8", page.replace("</article>", WRONG).encode())
        else:
            super().do_GET()


def test_what_is_wrong_is_seen_in_what_is_swapped_in(browser: Browser, site: Path) -> None:
    with served(site, Spoilt) as address:
        reader = Visitor(browser, address)
        assert look(reader.open("rules/ATT001/", 360), 360, "light", contrast=False) == reader.faults == []
        wide, *violations = look(reader.follow("rules/ATT002/", 360), 360, "light", contrast=False)
        reader.leave()
    assert wide.endswith(" px wide")
    assert [violation.split()[0] for violation in violations] == ["image-alt"]
    told = "\n".join(reader.faults)
    for each in ("said()", "script-src", "style-src", "404", "https://elsewhere.invalid/one.png"):
        assert each in told


def test_a_page_that_differs_in_what_stays_is_loaded(site: Path, tmp_path: Path) -> None:
    known = frame_of(site, "rules/ATT001/")
    text = (site / "rules/ATT002/index.html").read_text(encoding="utf-8")
    for path, spoilt in {
        "rules/ATT002/": text,
        "rules/policy/": text.replace("script-src 'self'", "script-src 'self' *"),
        "rules/lang/": text.replace('lang="zh-TW"', "", 1),
        "rules/style/": text.replace("assets/licheng.css", "assets/other.css"),
        "rules/header/": text.replace("</header>", "<img></header>"),
        "rules/script/": text.replace("</body>", "<script></script></body>"),
    }.items():
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "index.html").write_text(spoilt, encoding="utf-8")
        assert (frame_of(tmp_path, path) == known) == (spoilt == text), path


@pytest.mark.parametrize("path", TEMPLATES)
def test_every_template_at_each_width_in_each_scheme(path: str, site: Path, reader: Reader) -> None:
    """Each is loaded in one view, whatever was open there, the next template in the next view."""
    assert path in pages_of(site)
    loaded = VIEWS[TEMPLATES.index(path) % len(VIEWS)]
    wrong = {view: reader.see(path, *view, loaded=view == loaded) for view in VIEWS}
    assert {view: found for view, found in wrong.items() if found} == {}


def test_what_is_wrong_is_seen(passer: Visitor) -> None:
    page = passer.open("")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('article').append(document.createElement('img'))")
    page.evaluate("document.querySelector('article').lastChild.style.minWidth = '2000px'")
    page.evaluate("document.querySelector('article h1').style.color = 'rgb(128 128 128 / .3)'")
    wide, *violations = look(page, 1280, "dark")[1:]
    assert wide.endswith(" px wide")
    assert {violation.split()[0] for violation in violations} >= {"html-has-lang", "image-alt", "color-contrast"}


_TOLD = """axe.run({resultTypes: ["violations", "incomplete"], elementRef: false}).then(
  found => [...found.violations, ...found.incomplete].map(rule => [rule.id, rule.impact, rule.nodes.map(
    node => [node.target, [...node.any, ...node.all, ...node.none].map(check => [check.id, check.message])])]))"""


def test_the_quicker_axe_says_what_axe_says(passer: Visitor) -> None:
    page = passer.open("duties/")
    page.evaluate("document.querySelector('article').append(document.createElement('img'))")
    page.evaluate("document.querySelector('article h1').style.color = 'rgb(128 128 128 / .3)'")
    told = []
    for script in (Axe().axe_script, AXE):
        page.evaluate(script)
        told.append(page.evaluate(_TOLD))
    assert told[0] == told[1]
    assert {"image-alt", "color-contrast"} <= {rule for rule, *_ in told[0]}


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
        if ".ics" in file_of(site, path).read_text(encoding="utf-8"):
            page = passer.open(path)
            for link in page.locator("a[href$='.ics']:not([href^='webcal:'])").all():
                answer = page.request.get(str(link.evaluate("link => link.href")))
                assert answer.ok
                assert answer.text().startswith("BEGIN:VCALENDAR")
                fetched += 1
    assert fetched or not list(site.rglob("*.ics"))
