"""Bytes from outside are read in a process of its own, which may take so much memory and processor and no more.

`ask` hands it a function's name and a file, and gives the answer, or `OverLimitError` where there is none: the process
ran out of memory or processor, slept, crashed, or answered what is no answer. One process serves file after file, as
starting Python for each would take longer than most inspections; what a file may take is counted for that file. It
begins at the first file, so a command that reads no attachment does not pay for it.

It inherits no environment, no descriptor but its three pipes and no terminal, writes no file and leaves no core dump.
When this process ends, however it ends, the pipe closes and the other ends with it, at the latest by its own alarm.

The limits are those of the system: on Linux and the BSDs memory by RLIMIT_AS; on macOS, which has no such limit, by
looking at it four times a second; on Windows neither memory nor processor is limited, only time.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from licheng.core.errors import LichengError, reason_of

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

MEMORY, WORK, SLOW, CRASHED = "too-much-memory", "too-much-work", "too-slow", "inspection-crashed"
# Why there is no answer. These depend on the machine too, and on the libraries' build: no facts of the bytes alone.
REASONS = frozenset({MEMORY, WORK, SLOW, CRASHED})


@dataclass(frozen=True)
class Limits:
    """What one file may take.

    Attributes:
        memory: bytes of address space, with what the interpreter and its libraries need.
        processor: seconds of processor time, user and system.
        wall: seconds until somebody who sleeps, or waits for a processor in vain, is ended.
        answer: bytes of the data that may come back.
        watched: look at the memory from outside, as the system does not limit it.
    """

    memory: int = 512 << 20
    processor: float = 5.0
    wall: float = 60.0
    answer: int = 64 << 20
    watched: bool = sys.platform == "darwin"


@dataclass(frozen=True)
class ConfinedResult:
    """What came of a file: the function's value and data, seconds of processor, the largest memory so far in bytes."""

    value: Any
    data: bytes
    seconds: float
    memory: int


class OverLimitError(Exception):
    """There is no answer; `reason` is one of `REASONS`, `seconds` what the try took of the processor, at most."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


_PIPE_BYTES = 1 << 20
_AT_ONCE = 3  # processes that threads share; each may take what `Limits` says
# The answer's head: a list of flaws is a few hundred bytes.
_HEAD_BYTES = 64 << 10
# What a process may have grown to before another takes its place, as a file's limit is to be that file's own.
_GROWN = 192 << 20
_LOOK_EVERY = 0.25
_SECONDS_TO_START = 60
_SECONDS_TO_END = 5
_MAIN = "import sys; sys.path[:] = {path!r}; from licheng.sources.confined_child import main; main({limits!r})"
# What a dynamic linker or Windows itself needs; nothing else of the environment.
_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR")
# The alarms that the process sets itself: SIGALRM and SIGPROF, which have these numbers on Linux, the BSDs and macOS.
_SIGNALS = {-14: SLOW, -27: WORK}


class Confined:
    """One process at a time, replaced whenever it ends or has grown."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._process: _Process | None = None
        self._lock = threading.Lock()

    def ask(self, function: str, data: bytes, **arguments: object) -> ConfinedResult:
        """What a function of the other process says of a file.

        Args:
            function: `module:name`; it gets the data and the arguments, and returns a value that JSON can hold and
                bytes.
            data: the file.
            arguments: what JSON can hold.

        Raises:
            OverLimitError: there is no answer.
            LichengError: APP064, no process can be started: nothing can be decided.
        """
        with self._lock:
            used = self._process is not None and self._process.served > 0
            try:
                return self._once(function, data, arguments)
            except OverLimitError as over:
                # What earlier files left behind in a process is not this file's fault.
                if not used or over.reason not in {MEMORY, CRASHED}:
                    raise
                return self._once(function, data, arguments)

    def _once(self, function: str, data: bytes, arguments: Mapping[str, object]) -> ConfinedResult:
        if self._process is None or self._process.pid_of_parent != os.getpid():  # a fork shares no pipe
            self._process = _Process(self.limits)
        try:
            answer = self._process.ask(function, data, arguments)
        except OverLimitError:
            self._process = None
            raise
        if answer.memory > _GROWN:
            self.end()
        return answer

    def end(self) -> None:
        """End the process, if there is one; the next file starts another."""
        if self._process is not None and self._process.pid_of_parent == os.getpid():
            self._process.end()
        self._process = None


class _Process:
    """One process, from its start to its end."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.served = 0
        self.pid_of_parent = os.getpid()
        path = [os.path.abspath(part) for part in sys.path]  # noqa: PTH100 - text goes over, not a Path
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", _MAIN.format(path=path, limits=json.dumps(asdict(limits)))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                start_new_session=True,  # no terminal, and no Ctrl+C: the pipe tells it to end
            )
        except OSError as error:
            raise LichengError("APP064", detail=reason_of(error)) from error
        # A pipe holds a file in few pieces, where the system can: threads that work meanwhile delay each piece.
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
                with suppress(OSError):  # a user has only so much of it
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._watch = _Watch(self._child, limits)
        self._watch.begin(_SECONDS_TO_START)
        if self._line() != b"ready\n":
            self.end()
            raise LichengError("APP064", detail=f"exit {self._child.returncode}")

    def ask(self, function: str, data: bytes, arguments: Mapping[str, object]) -> ConfinedResult:
        """As `Confined.ask`; after an `OverLimitError` the process is gone."""
        head = {"function": function, "arguments": arguments, "size": len(data)}
        began = self._watch.begin(self.limits.wall)
        assert self._child.stdin is not None  # noqa: S101 - a pipe was asked for
        with suppress(OSError):  # whoever does not listen any more has died, and the answer will not come
            self._child.stdin.write(json.dumps(head).encode() + b"\n")
            self._child.stdin.write(data)
            self._child.stdin.flush()
        answer = self._answer()
        self._watch.pause()
        if isinstance(answer, ConfinedResult):
            self.served += 1
            return answer
        self.end()
        reason = self._watch.reason or answer or _SIGNALS.get(self._child.returncode, CRASHED)
        raise OverLimitError(reason, self.limits.processor if reason == WORK else time.monotonic() - began)

    def _line(self) -> bytes:
        assert self._child.stdout is not None  # noqa: S101 - a pipe was asked for
        return self._child.stdout.readline(_HEAD_BYTES)

    def _answer(self) -> ConfinedResult | str:
        """The answer; or why there is none, empty where only the process's end can tell."""
        line = self._line()
        try:
            head = json.loads(line)
            if "over" in head:
                return MEMORY if head["over"] == MEMORY else CRASHED
            size, seconds, memory = int(head["size"]), float(head["seconds"]), int(head["memory"])
            value = head["value"]
        except (ValueError, TypeError, KeyError):
            return CRASHED if line else ""
        if not 0 <= size <= self.limits.answer:
            return CRASHED
        assert self._child.stdout is not None  # noqa: S101 - a pipe was asked for
        data = self._child.stdout.read(size)
        return ConfinedResult(value, data, seconds, memory) if len(data) == size else ""

    def end(self) -> None:
        """Whatever it is doing."""
        self._watch.stop()
        if self._child.poll() is None:
            self._child.kill()
        assert self._child.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self._child.stdout is not None  # noqa: S101 - a pipe was asked for
        with suppress(OSError):
            self._child.stdin.close()  # what it would still write, nobody reads
        self._child.stdout.close()
        self._child.wait(_SECONDS_TO_END)


class _Watch(threading.Thread):
    """Ends a process that takes too long, or too much memory where the system does not see to it."""

    def __init__(self, child: subprocess.Popen[bytes], limits: Limits) -> None:
        super().__init__(daemon=True)
        self.reason = ""
        self._child, self._limits = child, limits
        self._deadline = math.inf
        self._stopped = threading.Event()
        self.start()

    def begin(self, seconds: float) -> float:
        """From now on the clock runs; when that is, on the monotonic clock."""
        now = time.monotonic()
        self._deadline = now + seconds
        return now

    def pause(self) -> None:
        """The answer has come."""
        self._deadline = math.inf

    def stop(self) -> None:
        """The process has ended, or is about to."""
        self._stopped.set()

    def run(self) -> None:
        """Until it is stopped or has ended the process."""
        while not self._stopped.wait(_LOOK_EVERY):
            if time.monotonic() > self._deadline:
                self.reason = SLOW
            elif self._limits.watched:
                command = ["ps", "-o", "rss=", "-p", str(self._child.pid)]
                shown = subprocess.run(command, capture_output=True, check=False).stdout
                kilobytes = int(shown) if shown.strip().isdigit() else 0  # where it cannot be told
                self.reason = MEMORY if kilobytes * 1024 > self._limits.memory else ""
            if self.reason:
                self._child.kill()
                return


# The one that was idle last is asked first: who asks for one file after another has one process.
_IDLE: queue.LifoQueue[Confined] = queue.LifoQueue()
for _ in range(_AT_ONCE):
    _IDLE.put(Confined())
    atexit.register(_IDLE.queue[-1].end)


def ask(function: str, data: bytes, **arguments: object) -> ConfinedResult:
    """As `Confined.ask`, by one of a few processes of this one, so that threads do not wait for each other's files."""
    room = _IDLE.get()
    try:
        return room.ask(function, data, **arguments)
    finally:
        _IDLE.put(room)
