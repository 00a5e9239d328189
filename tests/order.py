"""The order of the tests: begun late, a long one keeps a single worker busy when the others have ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

One = TypeVar("One")
# What goes on from one founded school, which is then founded once: the longest of all.
TOGETHER = ("tests/e2e/test_first_week.py", "tests/e2e/test_school_year.py")
# How the ids of the others that take longest begin, longest first.
LONGEST = (
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
    together = [item for start in TOGETHER for item in items if name(item).startswith(start)]
    long = [item for start in LONGEST for item in items if name(item).startswith(start)]
    rest = [item for item in items if not name(item).startswith((*TOGETHER, *LONGEST))]
    heads = (
        [together, *(long[worker :: workers - 1] for worker in range(workers - 1))]
        if workers > 1
        else [together + long]
    )
    ordered: list[One] = []
    for worker, head in enumerate(heads):
        share = (len(items) - len(ordered)) // (workers - worker)
        short = max(share - len(head), 0)
        ordered += [*head, *rest[:short]]
        del rest[:short]
    return ordered
