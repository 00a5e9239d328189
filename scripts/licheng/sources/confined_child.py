"""The life of the process that reads bytes from outside: limits first, then file after file until its pipe closes.

It begins before each first file, so that it imports next to nothing: not what starts it, no `pathlib`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Any

resource: Any = import_module("resource") if os.name == "posix" else None

_MEMORY = "too-much-memory"
# `ru_maxrss` is in kilobytes, on macOS in bytes.
_UNIT = 1 if sys.platform == "darwin" else 1024


def main(limits: str) -> None:
    """Serve whoever started this process.

    Args:
        limits: `Limits` as JSON.
    """
    settings = json.loads(limits)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # a library that prints does not speak into the answers
        os.dup2(nothing, standard)
    os.close(nothing)
    if resource is not None:  # for the whole life of the process; none of them can be lifted again
        most = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_AS: settings["memory"]}
        for what, limit in most.items():
            with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS by name and refuses it
                resource.setrlimit(what, (limit, limit))
    answers.write(b"ready\n")
    answers.flush()
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request["size"])
        _alarm(settings["processor"], settings["wall"])
        head, content = _answer(request, data)
        _alarm(0, 0)
        with suppress(OSError):  # whoever asked is gone
            answers.write(json.dumps(head).encode() + b"\n")
            answers.write(content)
            answers.flush()
        if "over" in head:
            return


def _alarm(processor: float, wall: float) -> None:
    """Two alarms that nobody catches, so that they end the process also in the middle of a library's loop."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, processor)
        signal.setitimer(signal.ITIMER_REAL, wall)


def _answer(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    began = time.process_time()
    module, _, name = request["function"].partition(":")
    try:
        value, content = getattr(import_module(module), name)(data, **request["arguments"])
    except MemoryError:
        return {"over": _MEMORY}, b""
    except Exception:  # whatever a function did not foresee: there is no answer
        return {"over": ""}, b""
    seconds = time.process_time() - began
    memory = int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT) if resource is not None else 0
    # On Linux `ru_maxrss` begins with what the starting process had.
    with suppress(OSError, IndexError, ValueError), open("/proc/self/status", "rb") as status:  # noqa: PTH123 - no `pathlib`
        memory = int(status.read().partition(b"VmHWM:")[2].split()[0]) * 1024
    return {"value": value, "size": len(content), "seconds": seconds, "memory": memory}, content
