"""What is done beside the pages is a process of its own: behind them, never without them, and never missing."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from licheng.demo.school import INTAKE
from licheng.platform.background import at_work
from licheng.platform.delivery import Delivery
from licheng.platform.hand_in import TicketState
from licheng.platform.pulse import DELIVERY, Pulse
from licheng.platform.settings import Settings
from tests.gate.server import Server
from tests.platform.school import NOW, child, delivery
from tests.platform.test_delivery import accept, on_main, settled, wait_until

# A platform that serves nobody: it says which process does the work, and stays.
PAGES = """
import multiprocessing, time
from licheng.platform.background import at_work
from licheng.platform.settings import Settings
if __name__ == "__main__":
    address = "http://localhost:8001"
    with at_work(Settings(address, address, sys.argv[1], None, Path(sys.argv[2]), sys.argv[3], demo=True)):
        while not multiprocessing.active_children():
            time.sleep(0.02)
        print(multiprocessing.active_children()[0].pid, flush=True)
        time.sleep(600)
"""


@pytest.fixture
def platform(started: Server, tmp_path: Path) -> Delivery:
    return delivery(started.root, tmp_path / "state")


@contextmanager
def working(platform: Delivery) -> Iterator[None]:
    origin = "http://localhost:8001"
    settings = Settings(origin, origin, platform.remote.url, None, platform.folder, INTAKE, demo=True)
    with at_work(settings):
        wait_until(lambda: bool(multiprocessing.active_children()))
        yield


def lives(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_it_works_behind_the_pages_and_is_started_anew_when_it_is_killed(started: Server, platform: Delivery) -> None:
    with working(platform):
        [first] = multiprocessing.active_children()
        assert first.pid is not None
        behind = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 1)  # no process goes further behind than 19
        wait_until(lambda: os.getpriority(os.PRIO_PROCESS, first.pid or 0) >= behind)
        first.kill()
        ticket = accept(platform, "running")
        wait_until(lambda: settled(platform, ticket) == [TicketState.LANDED])
        [second] = multiprocessing.active_children()
        assert second.pid != first.pid
    assert not multiprocessing.active_children()
    assert on_main(started) == [ticket.id]
    beat = Pulse(platform.folder / "pulse", lambda: NOW).of(DELIVERY)
    assert beat is None or not beat.trouble


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks the system's list of processes")
def test_it_ends_with_pages_that_are_killed(started: Server, platform: Delivery) -> None:
    with child(PAGES, str(started.root), str(platform.folder), INTAKE) as pages:
        assert pages.stdout is not None
        worker = int(pages.stdout.readline())
        assert lives(worker)
        pages.send_signal(signal.SIGKILL)
        wait_until(lambda: not lives(worker))
    ticket = accept(platform, "running")
    assert platform.deliver(NOW).landed == 1
    assert settled(platform, ticket) == [TicketState.LANDED]
