"""The site's Content-Security-Policy: on every page, no obstacle to the site, and a wall to whatever else would run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Quiet, served
from tests.browser.visit import until

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
PLANTS = {
    "script": "<script>window.ran = true</script>",
    "handler": "<img src=x onerror='window.ran = true'>",
    "link": "<a id=planted href='javascript:window.ran = true'>x</a>",
    "script from outside": "<script src='https://example.org/a.js'></script>",
    "frame": "<iframe srcdoc='<script>parent.ran = true</script>'></iframe>",
}


def violations(page: Page) -> list[str]:
    """Keep what the policy stops from now on."""
    stopped: list[str] = []
    page.expose_function("stopped", lambda what: stopped.append(what))
    page.add_init_script("addEventListener('securitypolicyviolation', e => stopped(e.violatedDirective))")
    return stopped


def test_every_page_has_a_policy_that_lets_nothing_inline_run(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 100
    for path in pages:
        text = path.read_text(encoding="utf-8")
        (policy,) = POLICY.findall(text)
        scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src "))
        assert "unsafe" not in scripts, path
        assert {"object-src 'none'", "base-uri 'none'", "form-action 'none'", "default-src 'self'"} <= set(
            policy.split("; ")
        )
        assert text.index("Content-Security-Policy") < text.index("<script")


@pytest.mark.parametrize("path", ["", "status/", "calendar/115-1/", "guides/teacher/", "en/", "en/status/", "404.html"])
def test_the_site_keeps_to_its_policy(path: str, site: Path, browser: Browser, address: str) -> None:
    page = browser.new_page()
    stopped = violations(page)
    page.goto(address + path, wait_until="load")
    page.evaluate("document.querySelectorAll('[data-md-component=palette] input')[1].click()")
    until(page, "document.body.dataset.mdColorScheme === 'slate'")
    page.keyboard.press("s")
    page.keyboard.type("QUO001")
    page.locator(".md-search-result__link").first.wait_for()
    assert stopped == []
    page.close()


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_what_is_planted_in_a_built_page_does_not_run(plant: str, site: Path, browser: Browser, tmp_path: Path) -> None:
    text = (site / "404.html").read_text(encoding="utf-8").replace("<article", plant + "<article")
    assert plant in text
    for name, content in (("walled.html", text), ("open.html", POLICY.sub("", text))):
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "404.html").write_text(text, encoding="utf-8")
    with served(tmp_path, Quiet) as address:
        assert _runs(browser, address + "walled.html") == (False, True)
        # The same page without the policy: the plant is one that would run.
        assert "example.org" in plant or _runs(browser, address + "open.html") == (True, False)


def _runs(browser: Browser, address: str) -> tuple[bool, bool]:
    """Whether the plant ran, and whether something was stopped."""
    page = browser.new_page()
    stopped = violations(page)
    page.goto(address, wait_until="load")
    page.evaluate("document.getElementById('planted')?.click()")
    page.wait_for_timeout(200)
    ran = page.evaluate("window.ran === true")
    page.close()
    return ran, bool(stopped)
