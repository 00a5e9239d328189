"""What several tests share: the repository's own school, copied so that it can be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tests.trees import ROOT

pytest_plugins = ["tests.founding"]

# A slow moment of a shared machine is no fault of the code.
settings.register_profile("licheng", deadline=None)
settings.load_profile("licheng")


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A copy of this repository's `content/`."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path
