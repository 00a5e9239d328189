"""What several tests share: the repository's own school, copied so that it can be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.trees import ROOT


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A copy of this repository's `content/`."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path
