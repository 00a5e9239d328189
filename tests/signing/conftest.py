"""Keys are made once a session: RSA takes its time, and nobody changes them."""

from __future__ import annotations

import pytest

from tests.shared import once
from tests.signing.forge import Keys, generate_all, keys_in


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return keys_in(once(tmp_path_factory, "signing-keys", generate_all))
