"""One town of each worker: no attempt changes it, or the attempt has succeeded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.hostile.town import Town, founded


@pytest.fixture(scope="session")
def town(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = founded(demo_repository, tmp_path_factory.mktemp("town"))
    with made.visitor.client:
        yield made
