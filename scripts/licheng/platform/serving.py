"""Starting the platform: with the settings of a school, or as a demo around the invented school of a folder."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from licheng.app.server.install import install
from licheng.app.server.names import MAIN
from licheng.core.errors import UsageError, reason_of
from licheng.core.languages import LANGUAGES
from licheng.demo.school import INTAKE
from licheng.outputs.signing_page import SigningSite
from licheng.platform.background import at_work, signing_page_served
from licheng.platform.login.demo import demo_school
from licheng.platform.rendering import say
from licheng.platform.school_view import SchoolView
from licheng.platform.server import application
from licheng.platform.settings import Settings, check_start, read_settings
from licheng.sources.git import run as git
from licheng.sources.tree import find_root
from licheng.storage.private import check_outside

Tell = Callable[[str], None]

_NOBODY = ("-c", "user.name=demo", "-c", "user.email=demo@licheng.invalid")
_LAST_SECONDS = 5


def serve_configured(config: Path, tell: Tell, *, demo: bool, dry_run: bool) -> None:
    """Serve a school by its settings.

    Raises:
        UsageError: APP171, the settings lie within a repository; as `read_settings`, `check_start`, `demo_school`.
    """
    check_outside(config)
    settings = read_settings(config, demo=demo)
    check_start(settings)
    if settings.demo:
        demo_school(Path(settings.remote))
    _serve(settings, tell, dry_run=dry_run)


def serve_demo(place: Path, tell: Tell, port: int, *, dry_run: bool) -> None:
    """Serve the demo school around a place, from a copy with a real gate; when it ends all of that is gone.

    Raises:
        UsageError: as `demo_server`.
    """
    # What follows a push may still write there at the end.
    with _ended_by_signals(), TemporaryDirectory(prefix="licheng-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        repository = demo_server(find_root(place), folder / "school.git")
        settings = Settings(
            origin=f"http://localhost:{port}",
            signing_origin=f"http://sign.localhost:{port + 1}",
            remote=str(repository),
            ssh_key=None,
            state=folder / "state",
            account=INTAKE,
            listen=f"127.0.0.1:{port}",
            demo=True,
        )
        check_start(settings)
        with signing_page_served(signing_site(settings), port + 1) if not dry_run else nullcontext():
            _serve(settings, tell, dry_run=dry_run)


def signing_site(settings: Settings) -> SigningSite:
    """The demo school's signing page, at its own address for the platform's."""
    school = SchoolView(Path(settings.remote), lambda: datetime.now(UTC)).now().school
    record = school.one("school")
    assert record is not None  # noqa: S101 - a demo school has both
    assert school.trust.repository is not None  # noqa: S101 - likewise
    return SigningSite(school.trust.repository, settings.signing_origin, settings.origin, record.data["name"])


def demo_server(root: Path, repository: Path) -> Path:
    """A bare repository of a demo school as it lies in a folder, with the hooks that judge every push.

    Args:
        root: of the school.
        repository: where; nothing lies there yet.

    Raises:
        UsageError: APP304, the school is no demo.
    """
    repository.mkdir(mode=0o700, parents=True)
    git(repository, "init", "--quiet", "--bare", "--initial-branch=main")
    git(repository, "-c", "core.bare=false", f"--work-tree={root.resolve()}", "add", "--", ":/content")
    tree = git(repository, "write-tree").decode().strip()
    commit = git(repository, *_NOBODY, "commit-tree", tree, "-m", "The demo school").decode().strip()
    git(repository, "update-ref", MAIN, commit)
    demo_school(repository)
    install(repository, demo=True, site=None).apply()
    return repository


def _serve(settings: Settings, tell: Tell, *, dry_run: bool) -> None:
    if dry_run:
        tell(say(LANGUAGES[0], "serve_checked", origin=settings.origin))
        return
    host, port = settings.address
    served = application(settings, lambda: datetime.now(UTC))
    try:
        door = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError("APP301", case="in-use", path="", key=settings.listen, detail=reason_of(error)) from error
    for language in LANGUAGES:
        tell(say(language, "serve_started", origin=settings.origin))
    # No line a request: addresses hold ids of people.
    config = uvicorn.Config(
        served, access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=_LAST_SECONDS
    )
    with door, at_work(settings), suppress(KeyboardInterrupt, asyncio.CancelledError):
        uvicorn.Server(config).run(sockets=[door])


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Whoever ends this process ends it in order: uvicorn raises a signal anew when it has closed."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
