"""What runs in the background of the pages: hand-ins go to the gate, main comes here, mail and old uploads go."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Event, Lock, Thread

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from licheng.core.errors import LichengError
from licheng.outputs.signing_page import HEADERS, SigningSite, files
from licheng.platform.delivery import Delivery
from licheng.platform.notices import Notices
from licheng.platform.pulse import DELIVERY, FETCH, Pulse
from licheng.platform.reminding import Reminding
from licheng.platform.remote import Remote
from licheng.platform.repeating import repeated
from licheng.platform.retention import forget_old
from licheng.platform.school_view import SchoolView
from licheng.platform.settings import Settings
from licheng.platform.spool import Spool
from licheng.platform.uploads import Uploads

_TYPES = {"js": "text/javascript", "css": "text/css", "html": "text/html"}
_FETCH_SECONDS, _NOTICE_SECONDS, _SWEEP_SECONDS = 5.0, 60.0, 3600.0
_DAY_SECONDS = 86_400.0
_LAST_SECONDS = 5
_LONGEST_PAUSE = 60.0  # before the process is started anew
_BEHIND = 15  # steps behind the pages, nice(2)


@contextmanager
def at_work(settings: Settings) -> Iterator[None]:
    """Announce what is handed in, and have a process of its own do the rest, until the pages end.

    Whoever hands in goes before all of that: the process has the lowest priority beside the pages, and shares no lock
    with them but those on files. One that ends is started anew. Where the pages are killed it ends as well, whatever it
    is at, which is safe at any point.

    Args:
        settings: of the platform.
    """
    stop, alone, pipes = Event(), Lock(), list[Connection]()
    undelivered, context = _undelivered(settings), get_context("spawn")

    def attend() -> None:
        with alone:
            if stop.is_set():
                return
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(settings, theirs))
            process.start()
            theirs.close()
            pipes[:] = [ours]
        process.join()
        if not stop.is_set():
            raise ChildProcessError(process.exitcode)

    threads = [
        Thread(target=_delivery(settings).run_announcements, args=(stop, undelivered)),
        Thread(target=repeated, args=(attend, stop, _trouble, 1.0, _LONGEST_PAUSE)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        with alone, suppress(OSError):  # it has just ended by itself
            for pipe in pipes:
                pipe.send(None)
        for thread in threads:
            thread.join()


def _work(settings: Settings, pipe: Connection) -> None:
    """Be that process, until the pages say that it may end, or are gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal says it to both, and the pages hear it
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_BEHIND)
    stop = Event()
    threads = [Thread(target=work) for work in _works(settings, stop, lambda: datetime.now(UTC))]
    for thread in threads:
        thread.start()
    try:
        pipe.recv()
    except (EOFError, OSError):
        os._exit(1)
    stop.set()
    for thread in threads:
        thread.join()


def _works(settings: Settings, stop: Event, clock: Callable[[], datetime]) -> Iterator[Callable[[], None]]:
    """What is done side by side, each until told to stop."""

    def each(every: float, work: Callable[[], object]) -> Callable[[], None]:
        return partial(repeated, work, stop, _trouble, every)

    yield partial(_delivery(settings).run, stop, clock, _undelivered(settings))
    yield each(_SWEEP_SECONDS, Uploads(settings.state / "uploads", clock).sweep)
    yield each(_DAY_SECONDS, partial(forget_old, settings, clock))
    yield each(_NOTICE_SECONDS, Notices(settings, settings.repository).tell)
    yield each(_NOTICE_SECONDS, Reminding(settings, settings.repository, clock).tell)
    if settings.ssh_key is not None:
        remote, view = _remote(settings), SchoolView(settings.repository, clock)
        fetch = partial(view.fetch, remote.url, remote.environment["GIT_SSH_COMMAND"])
        yield each(_FETCH_SECONDS, Pulse(settings.state / "pulse", clock).felt(FETCH, fetch))


def _remote(settings: Settings) -> Remote:
    return Remote(settings.remote, settings.account, settings.ssh_key)


def _delivery(settings: Settings) -> Delivery:
    return Delivery(Spool(settings.state / "spool"), _remote(settings), settings.state, demo=settings.demo)


def _undelivered(settings: Settings) -> Callable[[Exception], None]:
    """Notes that delivering went wrong."""
    pulse = Pulse(settings.state / "pulse", lambda: datetime.now(UTC))

    def note(error: Exception) -> None:
        pulse.went_wrong(DELIVERY, error)
        _trouble(error)

    return note


def _trouble(error: Exception) -> None:
    """The code or the kind, never words: they may hold what somebody wrote."""
    code = error.code if isinstance(error, LichengError) else "APP309"
    logging.getLogger("licheng.platform").error("%s %s", code, type(error).__name__)


def signing_application(page: Mapping[str, str]) -> Starlette:
    """The signing page as a server of its own, with the headers that it needs."""

    async def serve(request: Request) -> Response:
        name = request.path_params["name"] or "index.html"
        if name not in page:
            raise HTTPException(404)
        return Response(page[name], media_type=_TYPES[name.rpartition(".")[2]], headers=dict(HEADERS))

    return Starlette(routes=[Route("/{name:path}", serve, methods=["GET"])])


@contextmanager
def signing_page_served(site: SigningSite, port: int) -> Iterator[None]:
    """The signing page at a port of this machine: of a demo, as a school's own lies on a host of its own.

    Raises:
        OSError: the port is taken.
    """
    config = uvicorn.Config(
        signing_application(files(site)),
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", port)) as door:
        thread = Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()
