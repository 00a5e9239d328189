"""Keys are made once: RSA takes its time."""

from __future__ import annotations

import pytest

from tests.signing.forge import Keys, generate_all


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return generate_all(tmp_path_factory.mktemp("keys"))
