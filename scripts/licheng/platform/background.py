"""What runs in the background of the pages: hand-ins go to the gate, main comes here, mail and old uploads go."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Event, Lock, Thread
from typing import Any

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
    """Have a process of its own deliver, fetch, tell and tidy up until the pages end; one that ends is started anew.

    Whoever hands in goes before all of that: the process has the lowest priority beside the pages, and no lock with
    them but those on files. Where the pages are killed it ends as well, at whatever it is: that is safe at any point.

    Args:
        settings: of the platform.
    """
    stop, context, processes = Event(), get_context("spawn"), list[BaseProcess]()

    def attend() -> None:
        with alone:
            if stop.is_set():
                return
            processes[:] = [context.Process(target=_work, args=(settings,))]
            processes[0].start()
        processes[0].join()
        if not stop.is_set():
            raise ChildProcessError(processes[0].exitcode)

    alone, thread = Lock(), Thread(target=repeated, args=(attend, stop, _trouble, 1.0, _LONGEST_PAUSE))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        with alone:
            for process in processes:
                process.terminate()
        thread.join()


def _work(settings: Settings) -> None:
    """Be that process, until it is told to end or the pages are gone."""
    pages = parent_process()
    assert pages is not None  # noqa: S101 - it was started by them
    # It ends in order when the pages say so, and never by what a terminal says to both.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_BEHIND)
    stop = Event()
    threads = [Thread(target=target, args=args) for target, args in _works(settings, stop, lambda: datetime.now(UTC))]
    for thread in threads:
        thread.start()
    try:
        pages.join()
        os._exit(1)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _works(
    settings: Settings, stop: Event, clock: Callable[[], datetime]
) -> Iterator[tuple[Callable[..., None], tuple[Any, ...]]]:
    """What is done at the same time, each until told to stop."""
    remote = Remote(settings.remote, settings.account, settings.ssh_key)
    delivery = Delivery(Spool(settings.state / "spool"), remote, settings.state, demo=settings.demo)
    uploads = Uploads(settings.state / "uploads", clock)
    pulse = Pulse(settings.state / "pulse", clock)
    notices = Notices(settings, settings.repository)
    reminding = Reminding(settings, settings.repository, clock)

    def undelivered(error: Exception) -> None:
        pulse.went_wrong(DELIVERY, error)
        _trouble(error)

    yield delivery.run, (stop, clock, undelivered)
    yield repeated, (uploads.sweep, stop, _trouble, _SWEEP_SECONDS)
    yield repeated, (lambda: forget_old(settings, clock), stop, _trouble, _DAY_SECONDS)
    yield repeated, (notices.tell, stop, _trouble, _NOTICE_SECONDS)
    yield repeated, (reminding.tell, stop, _trouble, _NOTICE_SECONDS)
    if settings.ssh_key is not None:
        view, ssh = SchoolView(settings.repository, clock), remote.environment["GIT_SSH_COMMAND"]
        fetch = pulse.felt(FETCH, lambda: view.fetch(remote.url, ssh))
        yield repeated, (fetch, stop, _trouble, _FETCH_SECONDS)


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
