"""What several tests share: the repository's own school, copied so that it can be spoilt."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings

from licheng.sources import yaml
from tests.order import dealt
from tests.trees import ROOT, base, copied, load

# Thousands of folders of data without a test: looking through them takes each worker as long as importing all tests.
collect_ignore = ["fixtures"]
pytest_plugins = ["tests.chromium", "tests.founding", "tests.e2e.founded", "tests.memo"]

# What importing and collecting makes stays: looking for what could go took a fifth of that time.
gc.disable()
# Without it each of the processes that tests start compiles all of its modules anew, a third of what it does.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A slow moment of a shared machine is no fault of the code.
settings.register_profile("licheng", deadline=None)
settings.load_profile("licheng")
# A worker checks the same records thousands of times; the data of a text are a function of the text, and nobody may
# change them: a rule or a command that did would be seen by the next test.
yaml.parse = lru_cache(maxsize=20_000)(yaml.parse)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The same order in every worker, from how many there are."""
    items[:] = dealt(items, lambda item: item.nodeid, getattr(config, "workerinput", {}).get("workercount", 1))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What a worker has collected stays until its end: to look through it again and again took a tenth of a run."""
    collected = yield
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    return collected


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A copy of this repository's `content/`."""
    copied(ROOT / "content", tmp_path / "content")
    return tmp_path


@pytest.fixture(scope="session")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One such copy for all tests whose commands only read it, or refuse; it ends as it began."""
    folder = tmp_path_factory.mktemp("unchanged")
    shutil.copytree(ROOT / "content", folder / "content")
    yield folder
    assert load(folder) == load(ROOT)
    assert [path.name for path in folder.iterdir()] == ["content"]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The test school of one student, on the disk: for what has to run the real command many times."""
    for path, data in base().files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path
