"""The map over processes: order, errors, death, and that it draws no more than it needs."""

from __future__ import annotations

import multiprocessing
import os
import time
from contextlib import closing
from itertools import count, islice
from typing import NoReturn

import pytest

from licheng.app.shards.workers import ordered
from licheng.core.errors import LichengError, UsageError


def slow_at_first(number: int) -> tuple[int, int]:
    """So that later items are done before earlier ones."""
    time.sleep(0.2 if number == 0 else 0)
    return number, os.getpid()


def refuses(number: int) -> int:
    if number == 3:
        raise UsageError("APP004", path="elsewhere")
    return number


def dies(number: int) -> int:
    if number == 3:
        os._exit(9)
    return number


class UnreadableError(Exception):
    def __reduce__(self) -> NoReturn:
        raise TypeError("cannot be passed on")


def unreadable(_number: int) -> NoReturn:
    raise UnreadableError


def children() -> int:
    return len(multiprocessing.active_children())


@pytest.mark.parametrize("items", [0, 1, 2, 30])
def test_results_come_in_order_from_several_processes(items: int) -> None:
    before = dict(os.environ)
    found = list(ordered(slow_at_first, range(items), 3))
    assert dict(os.environ) == before
    assert [number for number, _ in found] == list(range(items))
    processes = {process for _, process in found}
    assert os.getpid() not in processes
    assert len(processes) >= min(items, 2)
    assert children() == 0


def test_one_process_is_this_one() -> None:
    assert list(ordered(slow_at_first, range(2), 1)) == [(0, os.getpid()), (1, os.getpid())]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_at_its_turn_as_it_was_raised(jobs: int) -> None:
    found = ordered(refuses, range(9), jobs)
    assert list(islice(found, 3)) == [0, 1, 2]
    with pytest.raises(UsageError) as raised:
        next(found)
    assert (raised.value.code, raised.value.values) == ("APP004", {"path": "elsewhere"})
    assert children() == 0


@pytest.mark.parametrize(("work", "status"), [(dies, "9"), (unreadable, "1")])
def test_a_process_that_ends_early_is_no_result(work: object, status: str) -> None:
    with pytest.raises(LichengError) as raised:
        list(ordered(work, range(9), 2))  # type: ignore[arg-type]
    assert (raised.value.code, raised.value.values) == ("APP038", {"status": status})
    assert children() == 0


def test_items_are_drawn_as_they_are_needed_and_whoever_stops_early_leaves_no_process() -> None:
    with closing(ordered(refuses, count(10), 2)) as endless:
        assert list(islice(endless, 5)) == [10, 11, 12, 13, 14]
        assert children() == 2
    assert children() == 0
