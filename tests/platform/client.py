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
        self._inner = httpx.ASGITransport(served, raise_app_exceptions=raises)
        self.client = ("testclient", 50_000)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self._inner.client = self.client
        return awaited(self._answered(request))

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


class Client(httpx.Client):
    """A browser without scripts; entered, it opens the platform, and left, it closes it."""

    def __init__(self, app: Starlette, base_url: str, *, raises: bool = True, follow_redirects: bool = False) -> None:
        super().__init__(
            base_url=base_url, transport=_Transport(app, raises), follow_redirects=follow_redirects,
            headers={"user-agent": "testclient"},
        )  # fmt: skip
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
