"""A platform in a process of its own that can be killed, forked from one that has imported all of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import uvicorn

from licheng.platform.drafts import Drafts
from licheng.platform.server import application
from licheng.platform.settings import Settings

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(["pytest", __name__])  # pytest, as it is what a child believes that it goes on from


def serve(settings: Settings, port: int, listening: Connection) -> None:
    """Be that process; say when whoever comes is let in."""
    with socket.create_server(("127.0.0.1", port)) as door:
        listening.send(True)
        config = uvicorn.Config(application(settings, lambda: NOW), log_level="critical", access_log=False)
        uvicorn.Server(config).run(sockets=[door])


@dataclass
class Serving:
    """One that can be started again.

    Attributes:
        students: those whom nobody has been yet.
        account: of the student who writes there.
    """

    settings: Settings
    port: int
    students: Iterator[str]
    account: str = ""
    process: BaseProcess | None = None
    complaints: list[str] = field(default_factory=list)

    def is_for_another(self) -> None:
        """It runs, and somebody else comes."""
        self.account, self.complaints = next(self.students), []
        if self.process is None or not self.process.is_alive():
            self.start()

    def start(self) -> None:
        ours, theirs = _FORKING.Pipe()
        self.process = _FORKING.Process(target=serve, args=(self.settings, self.port, theirs), daemon=True)
        self.process.start()
        theirs.close()
        with ours:
            assert ours.poll(30), "the platform does not start"
            assert ours.recv()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None

    def texts(self, account: str, key: str, name: str) -> list[str]:
        """What the platform has on its disk of a form's field, text by text."""
        texts = Drafts(self.settings.state / "drafts", lambda: NOW).read(account, key).texts
        return [text.fields[name][0] for text in texts]
