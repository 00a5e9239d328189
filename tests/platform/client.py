"""Asks a platform that is in this process: one way to its event loop and back for each question.

Starlette's own goes there seven times, which takes longer than what most pages take.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from functools import cache
from importlib import import_module
from types import ModuleType, TracebackType
from typing import Any, Self, TypeVar, cast

import httpx
from starlette.applications import Starlette
from starlette.types import Message

from licheng.platform.parts import Parts

Answer = TypeVar("Answer")
# Where it is missing, httpx looks for it at each question through all folders of modules: a fifteenth of a question.
with suppress(ImportError):
    import_module("sniffio")
sys.modules.setdefault("sniffio", cast("ModuleType", None))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop of all platforms, in a thread of its own: a browser's loop may run in the tests' thread.

    It runs until a task ends that never does, as a server's: anyio ends its threads with that task, and else with each
    question, which then starts its threads anew.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_until_complete, args=[asyncio.Event().wait()], daemon=True).start()
    return loop


def awaited(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """What it comes to, in that loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result()


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
