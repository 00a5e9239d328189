"""The order of the tests: begun late, a long one keeps a single worker busy when the others have ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

One = TypeVar("One")
# How the ids of those that take longest begin, longest first.
LONGEST = (
    "tests/e2e/test_first_week.py",
    "tests/properties/test_fuzz.py::test_the_gate_judges_odd_records",
    "tests/properties/test_fuzz.py::test_an_odd_value_is_told_or_right",
    "tests/e2e/test_killed.py",
    "tests/certification/test_states.py::test_any_flipped_byte_is_noticed",
    "tests/gate/test_second_person.py",
    "tests/gate/test_received.py",
    "tests/demo/test_demo.py::test_six_hundred_students_with_faults_by_the_command",
    "tests/e2e/test_plain_server.py",
)


def dealt(items: Sequence[One], name: Callable[[One], str], workers: int) -> list[One]:
    """The longest at the beginning of each worker's share: pytest-xdist cuts the list in as many pieces as workers.

    The rest stays in its order, module by module, so that what a module makes once is made by few workers.
    """
    long = [item for start in LONGEST for item in items if name(item).startswith(start)]
    rest = [item for item in items if not name(item).startswith(LONGEST)]
    ordered: list[One] = []
    for worker in range(workers):
        share = (len(items) - len(ordered)) // (workers - worker)
        first = long[worker::workers]
        short = max(share - len(first), 0)
        ordered += [*first, *rest[:short]]
        del rest[:short]
    return ordered
