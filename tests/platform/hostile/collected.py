"""The attempts as pytest collects them: `python -m tests.platform.hostile.collected` names each with its class."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence

import pytest

from tests.trees import ROOT

PLACES = ("tests/platform", "tests/gate/test_corpus.py", "tests/browser/test_signing_page.py")


class _Collector:
    """Notes the class of each case that has one."""

    def __init__(self) -> None:
        self.attempts: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            mark = item.get_closest_marker("hostile")
            if mark is not None:
                [kind] = mark.args
                self.attempts[item.nodeid] = kind


def attempts() -> dict[str, str]:
    """Every attempt's class by the id of its case.

    Raises:
        AssertionError: something could not be collected.
    """
    collector = _Collector()
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={ROOT}"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main([*options, *(str(ROOT / place) for place in PLACES)], plugins=[collector])
    assert code == pytest.ExitCode.OK, said.getvalue()
    return collector.attempts


if __name__ == "__main__":
    for case, kind in sorted(attempts().items(), key=lambda pair: (pair[1], pair[0])):
        print(f"{kind}\t{case}")  # noqa: T201 - its output
