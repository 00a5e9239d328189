"""How many attempts there are, of each class: counted from the cases that run, and from nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.platform.hostile.collected import attempts

# As the platform's issue names them.
CLASSES = {
    "reach", "forged form", "markup", "path", "upload", "replay", "signature of something else", "session", "header",
    "two-faced platform", "single sign-on", "fuzz",
}  # fmt: skip


def test_there_are_at_least_eighty_and_some_of_each_class(request: pytest.FixtureRequest) -> None:
    count = Counter(attempts(request.session).values())
    assert count.keys() == CLASSES
    assert min(count.values()) >= 5, count
    assert count.total() >= 80, count
