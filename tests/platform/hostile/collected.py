"""The attempts as pytest collects them: `python -m tests.platform.hostile.collected` names each with its class."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.trees import ROOT

PLACES = ("tests/platform", "tests/gate/test_corpus.py", "tests/browser/test_signing_page.py")


class _Collector:
    """Keeps what is collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        self.items += items


def attempts(session: pytest.Session | None = None) -> dict[str, str]:
    """Every attempt's class by the id of its case.

    Args:
        session: that runs; one that runs every test has collected them, and nothing is collected again.

    Raises:
        AssertionError: something could not be collected.
    """
    items = session.items if session is not None and _is_whole(session.config) else _collected()
    marks = ((item.nodeid, item.get_closest_marker("hostile")) for item in items)
    return {case: kind for case, mark in marks if mark is not None for [kind] in [mark.args]}


def _is_whole(config: pytest.Config) -> bool:
    chosen = any(config.getoption(name) for name in ("keyword", "markexpr", "deselect", "ignore", "ignore_glob"))
    return not chosen and [Path(place).resolve() for place in config.args] == [ROOT / "tests"]


def _collected() -> list[pytest.Item]:
    collector = _Collector()
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={ROOT}"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main([*options, *(str(ROOT / place) for place in PLACES)], plugins=[collector])
    assert code == pytest.ExitCode.OK, said.getvalue()
    return collector.items


if __name__ == "__main__":
    for case, kind in sorted(attempts().items(), key=lambda pair: (pair[1], pair[0])):
        print(f"{kind}\t{case}")  # noqa: T201 - its output
