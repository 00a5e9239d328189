"""What runs in the background of the pages: hand-ins go to the gate, main comes here, mail and old uploads go."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread

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


@contextmanager
def at_work(settings: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    """Deliver what is handed in, and fetch main where it is not on this machine, until the pages end.

    Args:
        settings: of the platform.
        clock: UTC.
    """
    stop = Event()
    remote = Remote(settings.remote, settings.account, settings.ssh_key)
    delivery = Delivery(Spool(settings.state / "spool"), remote, settings.state, demo=settings.demo)
    uploads = Uploads(settings.state / "uploads", clock)
    pulse = Pulse(settings.state / "pulse", clock)
    notices = Notices(settings, settings.repository)
    reminding = Reminding(settings, settings.repository, clock)

    def undelivered(error: Exception) -> None:
        pulse.went_wrong(DELIVERY, error)
        _trouble(error)

    threads = [
        Thread(target=delivery.run, args=(stop, clock, undelivered)),
        Thread(target=repeated, args=(uploads.sweep, stop, _trouble, _SWEEP_SECONDS)),
        Thread(target=repeated, args=(lambda: forget_old(settings, clock), stop, _trouble, _DAY_SECONDS)),
        Thread(target=repeated, args=(notices.tell, stop, _trouble, _NOTICE_SECONDS)),
        Thread(target=repeated, args=(reminding.tell, stop, _trouble, _NOTICE_SECONDS)),
    ]
    if settings.ssh_key is not None:
        view, ssh = SchoolView(settings.repository, clock), remote.environment["GIT_SSH_COMMAND"]
        fetch = pulse.felt(FETCH, lambda: view.fetch(remote.url, ssh))
        threads.append(Thread(target=repeated, args=(fetch, stop, _trouble, _FETCH_SECONDS)))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


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
