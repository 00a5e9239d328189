"""The one seam to Dask distributed: the same tasks on processes of this machine and on a cluster.

A worker starts each school as a process of its own, which it can end: a task of Dask itself cannot be ended, so a stuck
school would hold its worker. Of the extra `fleet`; imported by nothing else.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from distributed import Client, LocalCluster, as_completed
from distributed.scheduler import KilledWorker

from licheng.app.fleet.judging import FleetTask
from licheng.app.fleet.model import FleetCount, FleetResult
from licheng.core.errors import LichengError, UsageError

# How often a school is tried again that was not fetched or broke off.
RETRIES = 2
_AGAIN = frozenset({"APP477", "APP479"})
_SECONDS_TO_CONNECT = 30


class BrokenOffError(Exception):
    """A task may be tried again; its argument is the code of what happened."""


def run_task(task: FleetTask, seconds: float) -> FleetResult:
    """A school's answer, from a process of its own that is ended after so many seconds; called by a worker.

    Raises:
        BrokenOffError: it may be tried again.
    """
    command = [sys.executable, "-m", "licheng.app.fleet.judging", json.dumps(task)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    # `communicate` would close the standard input, by which the process knows that this one lives.
    stdin, process.stdin = process.stdin, None
    try:
        answer, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return FleetResult(task.school.code, trouble="APP478")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if stdin is not None:
            stdin.close()
    try:
        data = json.loads(answer)
    except ValueError as error:
        raise BrokenOffError("APP479") from error
    if data["trouble"] in _AGAIN:
        raise BrokenOffError(data["trouble"])
    return FleetResult(**{**data, "counts": tuple(FleetCount(*count) for count in data["counts"])})


@contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A cluster: the one at an address, or processes of this machine that only this process can reach (TLS).

    Raises:
        UsageError: APP481, nothing answers at the address.
    """
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError("APP481", address=scheduler) from error
        with client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            security=True,
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,  # what became of a worker is told of its schools
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield client


def judge_fleet(
    client: Client, tasks: Sequence[FleetTask], seconds: float, progress: Callable[[int, int], None] | None = None
) -> list[FleetResult]:
    """The answers of all schools in the order of the tasks, whatever became of each.

    Args:
        client: of `connected`.
        tasks: one a school.
        seconds: how long a school may take.
        progress: called with schools done and their number.
    """
    futures = {client.submit(run_task, task, seconds, retries=RETRIES, pure=False): task for task in tasks}
    results: dict[str, FleetResult] = {}
    for future in as_completed(list(futures), loop=client.loop):
        code = futures[future].school.code
        error = future.exception()
        results[code] = future.result() if error is None else FleetResult(code, trouble=_code_of(error))
        if progress is not None:
            progress(len(results), len(tasks))
    return [results[task.school.code] for task in tasks]


def _code_of(error: BaseException) -> str:
    match error:
        case BrokenOffError(args=(code,)):
            return str(code)
        case KilledWorker():
            return "APP480"
        case LichengError(code=code):
            return str(code)
    raise error
