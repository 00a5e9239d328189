"""A map over several processes: results come in the order of the items, however many processes there are.

Each process is started afresh (`spawn`), which is safe on every system and beside threads. What it imports is what this
process would, and nothing that lies in a school. It gets the function once, then one item at a time through a pipe of
its own. So memory holds only what is in work; a process that dies is noticed,
as its pipe closes; and when this process ends, however it ends, the pipes close and the others end as well.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from threading import Lock
from typing import Any, Generic, TypeVar

from licheng.core.errors import LichengError

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Outcome = tuple[_Result | None, Exception | None]

_SECONDS_TO_END = 5
_SAFE = "PYTHONSAFEPATH"
_STARTING = Lock()  # the environment is that of all threads


def cores() -> int:
    """The cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on macOS, nor on Windows
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def ordered(work: Callable[[_Item], _Result], items: Iterable[_Item], jobs: int) -> Generator[_Result, None, None]:
    """The results of all items, in their order; an exception is raised when it is its item's turn.

    Args:
        work: what to do; it and its results can be pickled.
        items: drawn one by one, as they are needed.
        jobs: how many processes; with one, everything is done here.

    Raises:
        LichengError: APP098, a process ended before its work was done.
    """
    if jobs == 1:
        yield from map(work, items)
        return
    crew: list[_Worker[_Item, _Result]] = []
    try:
        with _STARTING, _alone(), _deaf():
            crew.extend(_Worker() for _ in range(jobs))
        for worker in crew:
            worker.send(work)
        for result, error in _in_turn(crew, enumerate(items)):
            if error is not None:
                raise error
            yield result  # type: ignore[misc]  # one of the two is there
    finally:
        for worker in crew:
            worker.end()


def _in_turn(crew: list[_Worker[_Item, _Result]], numbered: Iterator[tuple[int, _Item]]) -> Iterator[_Outcome[_Result]]:
    """Whoever is idle gets the next item; outcomes are held back until it is their turn."""
    busy: dict[Any, tuple[int, _Worker[_Item, _Result]]] = {}
    for worker, (number, item) in zip(crew, numbered, strict=False):
        worker.send(item)
        busy[worker.pipe] = number, worker
    early: dict[int, _Outcome[_Result]] = {}
    turn, following = 0, next(numbered, None)
    while busy:
        for pipe in wait([*busy]):
            number, worker = busy.pop(pipe)
            early[number] = worker.outcome()
            if following is not None:
                worker.send(following[1])
                busy[pipe] = following[0], worker
                following = next(numbered, None)
        while turn in early:
            yield early.pop(turn)
            turn += 1


class _Worker(Generic[_Item, _Result]):
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def send(self, value: Callable[[_Item], _Result] | _Item) -> None:
        """The function first, then items, each after the outcome of the one before."""
        try:
            self.pipe.send(value)
        except OSError as error:
            raise self._lost() from error

    def outcome(self) -> _Outcome[_Result]:
        """What came of the item; waits for it."""
        try:
            outcome: _Outcome[_Result] = self.pipe.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return outcome

    def _lost(self) -> LichengError:
        self._process.join(_SECONDS_TO_END)
        return LichengError("APP038", status=str(self._process.exitcode))

    def end(self) -> None:
        """Idle or not."""
        self.pipe.close()
        self._process.terminate()
        self._process.join(_SECONDS_TO_END)


@contextmanager
def _alone() -> Iterator[None]:
    """Start processes that do not look for what they import in the folder that they are started in."""
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        yield
    finally:
        del os.environ[_SAFE]
        if before is not None:
            os.environ[_SAFE] = before


@contextmanager
def _deaf() -> Iterator[None]:
    """Start processes that do not hear Ctrl+C, which a terminal sends to all of them: their pipe tells them to end.

    Who starts them hears one that comes meanwhile afterwards: it is held back, not dropped.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where no process inherits it
        yield
        return
    resource_tracker.ensure_running()  # starting it would let signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection) -> None:
    """The life of a process: it ends when the pipe does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows no process inherits it
    with suppress(EOFError, OSError):
        work = pipe.recv()
        while True:
            item = pipe.recv()
            outcome: _Outcome[Any]
            try:
                outcome = work(item), None
            except Exception as error:  # goes to whoever asked, as it would without processes
                outcome = None, error
            pipe.send(outcome)
