"""`make pdf`: the regulation of a built site as a PDF beside its page, and the link to it, hidden without it."""

from __future__ import annotations

import sys
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import Quiet
from tests.chromium import ARGUMENTS, CHROMIUM

HIDDEN, SHOWN = '<p class="lc-pdf" hidden>', '<p class="lc-pdf">'


def main(site: Path) -> None:
    """Print the page, then show the link.

    Raises:
        SystemExit: the site has no regulation to print.
    """
    page = site / "regulation/index.html"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if HIDDEN not in text and SHOWN not in text:
        sys.exit(f"{page}: 沒有補充規定可以列印，先執行 make build。 / there is no regulation; run `make build` first.")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server, sync_playwright() as own:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = own.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        tab = browser.new_page()
        tab.goto(f"http://127.0.0.1:{server.server_port}/regulation/", wait_until="load")
        tab.pdf(path=site / "regulation/regulation.pdf", format="A4", prefer_css_page_size=True, tagged=True)
        browser.close()
        server.shutdown()
    page.write_text(text.replace(HIDDEN, SHOWN), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
