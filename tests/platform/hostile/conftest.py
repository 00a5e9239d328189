"""One town of each worker: no attempt changes it, or the attempt has succeeded."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from tests.platform.hostile.town import Town, founded


@pytest.fixture(scope="session")
def _founded(
    demo_repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Town, Iterator[IPv4Address]]]:
    made = founded(demo_repository, tmp_path_factory.mktemp("town"))
    with made.visitor.client:
        yield made, IPv4Network("10.0.0.0/8").hosts()


@pytest.fixture
def town(_founded: tuple[Town, Iterator[IPv4Address]]) -> Town:
    """The town, to which each test comes from an address of its own, as how often an address signs in is limited."""
    made, addresses = _founded
    made.visitor.client.from_address(str(next(addresses)))
    return made
