"""One browser a worker, for whichever tests ask for it: a second one could not be started beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Debian's build without windows is the lightest; the others do as well.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), None)
# Scripts live too short for the compiler that takes longest, and most of a page's own for any at once; a new page's
# objects are many, and looked through less often where they have more room.
SCRIPTS = ("--no-opt", "--invocation-count-for-maglev=4000", "--invocation-count-for-maglev-osr=2000",
           "--min-semi-space-size=32", "--max-semi-space-size=64")  # fmt: skip
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync", f"--js-flags={' '.join(SCRIPTS)}"]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # which takes longer to import than pytest

    assert CHROMIUM is not None, "make browser"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()
