"""What a hostile file could make an inspector do: functions for `confined.ask`, run in its process."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

Result = tuple[Any, bytes]


def echo(data: bytes) -> Result:
    return "fine", data


def fills_memory(_data: bytes) -> Result:
    held = []
    while True:
        held.append(bytearray(1 << 20))


def fills_some_memory(_data: bytes, *, megabytes: int) -> Result:
    KEPT.append(bytearray(b"x" * (megabytes << 20)))
    return sleeps(_data)


def asks_for_much_at_once(_data: bytes) -> Result:
    return len(bytearray(4 << 30)), b""


def keeps(_data: bytes, *, megabytes: int) -> Result:
    KEPT.append(bytearray(b"x" * (megabytes << 20)))
    return "fine", b""


KEPT: list[bytearray] = []


def computes_for_ever(_data: bytes) -> Result:
    while True:
        pass


def computes_in_a_library(_data: bytes) -> Result:
    return pow(7, 10**9, None), b""  # one call: no line of Python is reached again


def computes(_data: bytes, *, seconds: float) -> Result:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "fine", b""


def sleeps(_data: bytes) -> Result:
    time.sleep(3_600)
    return "late", b""


def stops(_data: bytes) -> Result:
    os.kill(os.getpid(), signal.SIGSTOP)
    return "never", b""


def dies(_data: bytes, *, of: int) -> Result:
    os.kill(os.getpid(), of)
    return "never", b""


def leaves(_data: bytes) -> Result:
    os._exit(0)


def raises(_data: bytes) -> Result:
    raise ValueError(_data)


def recurses(data: bytes) -> Result:
    return recurses(data)


def answers_no_json(_data: bytes) -> Result:
    return {1, 2}, b""


def answers_too_much(_data: bytes) -> Result:
    return "fine", bytes(65 << 20)


def answers_a_long_head(_data: bytes) -> Result:
    return "x" * (1 << 20), b""


def _pipes() -> list[int]:
    """The descriptors that are open beside the three standard ones."""
    return [number for number in range(3, 64) if _is_open(number)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def writes_garbage(_data: bytes, *, garbage: str) -> Result:
    for pipe in _pipes():
        try:
            os.write(pipe, garbage.encode() + b"\n")
        except OSError:
            continue
    return "fine", b""


def closes_its_pipes(_data: bytes) -> Result:
    for pipe in _pipes():
        os.close(pipe)
    time.sleep(3_600)
    return "never", b""


def prints(_data: bytes) -> Result:
    sys.stdout.write("noise\n")
    os.write(1, b"noise\n")
    os.write(2, b"noise\n")
    return "fine", b""


def looks_around(_data: bytes, *, folder: str) -> Result:
    """What a process could carry out of here: environment, descriptors, files, limits."""
    try:
        with (Path(folder) / "written").open("wb") as file:
            file.write(b"x")
            file.flush()
        wrote = True
    except OSError:
        wrote = False
    found = {
        "environment": sorted(os.environ),
        "descriptors": len(_pipes()),
        "wrote": wrote,
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "memory": resource.getrlimit(resource.RLIMIT_AS),
        "terminal": os.getsid(0) == os.getpid(),
        "path": all(Path(part).is_absolute() for part in sys.path),
    }
    return found, b""
