"""Asks a platform that is in this process, in the thread of who asks.

Starlette's own way goes seven times to another thread and back, which takes longer than what most pages take.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType, TracebackType
from typing import Any, Self, TypeVar, cast

import httpx
import pytest
from httpx import _urlparse, _urls
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.types import Message

from licheng.platform.parts import Parts

Answer = TypeVar("Answer")
# Where it is missing, httpx looks for it at each question through all folders of modules: a fifteenth of a question.
with suppress(ImportError):
    import_module("sniffio")
sys.modules.setdefault("sniffio", cast("ModuleType", None))
# An address is taken to pieces twice for each question; what they are follows from it.
_urls.urlparse = _urlparse.urlparse = lru_cache(maxsize=20_000)(_urlparse.urlparse)  # type: ignore[attr-defined]


class _Loop:
    """The loop of all platforms: it goes on while somebody asks, in the thread of who asks, and stands still meanwhile.

    A question that goes to another thread and back waits for both of them to have their turn.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        with _without_others(), suppress(RuntimeError):  # that it has stopped before that task was done
            self._loop.run_until_complete(self._lasting())

    async def _lasting(self) -> None:
        """A task that does not end before `end`, as a server's: with the first one that asks for a thread end all.

        They would end with each question otherwise, and the next one would start its threads anew.
        """
        self._ended = asyncio.Event()
        await run_in_threadpool(self._loop.stop)
        await self._ended.wait()

    def end(self) -> None:
        """Let the threads end: the process waits for them."""
        self.come_to(self._end())
        self._loop.close()

    async def _end(self) -> None:
        self._ended.set()
        await asyncio.sleep(0.0)

    def come_to(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        """What that comes to."""
        task = self._loop.create_task(coroutine)
        task.add_done_callback(lambda _: self._loop.stop())
        with _without_others():
            self._loop.run_forever()
        return task.result()


@contextmanager
def _without_others() -> Iterator[None]:
    """A browser's loop may be running in this thread, and stands still until we are back there."""
    others = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(others)


@cache
def _loop() -> _Loop:
    return _Loop()


def awaited(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """What it comes to, in that loop."""
    return _loop().come_to(coroutine)


@pytest.fixture(scope="session", autouse=True)
def questions() -> Iterator[None]:
    """After the last test nobody asks any more."""
    yield
    if _loop.cache_info().currsize:
        _loop().end()


class _Transport(httpx.BaseTransport):
    """Attributes:
    client: the address from which questions come.
    """

    def __init__(self, served: Starlette, raises: bool) -> None:
        self._served, self._raises = served, raises
        self.client = ("testclient", 50_000)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        status, headers, body = awaited(self._answered(request, request.read()))
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    async def _answered(self, request: httpx.Request, body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and body of what the platform answers; the question's body comes in one piece."""
        url, raw_path = request.url, request.url.raw_path.partition(b"?")[0]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw], "scheme": url.scheme,
            "path": url.path, "raw_path": raw_path, "query_string": url.query, "server": (url.host, url.port),
            "client": self.client, "root_path": "",
        }  # fmt: skip
        coming, begun, parts, ended = [body], list[Message](), list[bytes](), asyncio.Event()

        async def receive() -> Message:
            if coming:
                return {"type": "http.request", "body": coming.pop(), "more_body": False}
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            assert not ended.is_set()
            if message["type"] == "http.response.start":
                assert not begun
                begun.append(message)
            else:
                parts.append(message.get("body", b"") if request.method != "HEAD" else b"")
                if not message.get("more_body", False):
                    ended.set()

        try:
            await self._served(scope, receive, send)
        except Exception:
            if self._raises:
                raise
            ended.set()
            begun = begun or [{"status": 500, "headers": []}]
        assert ended.is_set()
        [start] = begun
        return start["status"], start["headers"], b"".join(parts)


class _Cookies(httpx.Cookies):
    """A browser's; an answer that has none is not looked through for them."""

    def extract_cookies(self, response: httpx.Response) -> None:
        if "set-cookie" in response.headers:
            super().extract_cookies(response)


class Client(httpx.Client):
    """A browser without scripts; entered, it opens the platform, and left, it closes it."""

    def __init__(self, app: Starlette, base_url: str, *, raises: bool = True, follow_redirects: bool = False) -> None:
        super().__init__(
            base_url=base_url, transport=_Transport(app, raises), follow_redirects=follow_redirects,
            headers={"user-agent": "testclient"},
        )  # fmt: skip
        self._cookies = _Cookies()
        self.app = app
        self._opened = app.router.lifespan_context(app)

    @property
    def parts(self) -> Parts:
        """What the platform is made of."""
        [guard] = self.app.user_middleware
        parts = guard.kwargs["parts"]
        assert isinstance(parts, Parts)
        return parts

    def from_address(self, address: str) -> None:
        """Who asks from now on."""
        assert isinstance(self._transport, _Transport)
        self._transport.client = (address, 50_000)

    def __enter__(self) -> Self:
        awaited(self._enter())
        return self

    async def _enter(self) -> None:
        await self._opened.__aenter__()

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.close()
        awaited(self._leave())

    async def _leave(self) -> None:
        await self._opened.__aexit__(None, None, None)
