"""One name is one thing: a reader who meets a type's name knows which it is."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.trees import ROOT

PACKAGE = ROOT / "scripts/licheng"
# The demo knows nothing of what judges it, so that these say the same thing there once more.
OF_THE_DEMO_TOO = frozenset({"AgencyWindow", "Session", "Student", "Term"})


def test_no_two_types_share_a_name() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(path.relative_to(PACKAGE).as_posix())
    assert len(modules) > 200
    shared = {name: where for name, where in modules.items() if len(where) > 1}
    assert shared.keys() == OF_THE_DEMO_TOO, shared
    assert all(len([path for path in where if not path.startswith("demo/")]) == 1 for where in shared.values())
