"""The built site, served from memory's nearest folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.visit import AXE, AXE_PATH, Visitor
from tests.site.build import built_once


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing on standard error; answers a missing page with the site's own 404, as real servers do."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page."""
        body = (Path(self.directory) / "404.html").read_bytes()
        self._send(code, "text/html; charset=utf-8", body)

    def do_GET(self) -> None:
        """A file of the site, or axe."""
        if self.path == f"/{AXE_PATH}":
            self._send(200, "text/javascript", AXE.encode(), ("Cache-Control", "max-age=3600"))
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """What a page is made of is asked for once and not by every page, as of a host of sites."""
        if "/assets/" in self.path:
            self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def _send(self, code: int, kind: str, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(code)
        for header in headers:
            self.send_header(*header)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    return built_once(tmp_path_factory)


@contextmanager
def served(site: Path, handler: type[Quiet]) -> Iterator[str]:
    """The site at an address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(site))) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with served(site, Quiet) as found:
        yield found


@pytest.fixture(scope="session")
def windows(browser: Browser, address: str) -> Iterator[Visitor]:
    """Windows that stay open from test to test."""
    someone = Visitor(browser, address)
    yield someone
    someone.leave()


@pytest.fixture
def passer(windows: Visitor) -> Visitor:
    """Someone who only looks, page after page, and leaves nothing in a window: a new one costs more than two looks."""
    windows.faults.clear()
    return windows


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    """Someone who notices whatever a page should not do; leaves when the test ends."""
    someone = Visitor(browser, address)
    yield someone
    someone.leave()
