"""Rewrite the expectations from what the code now does, and show the difference: `python -m tests.bless [CODE…]`.

Read the difference: what you bless is what you promise.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from tests.rules.test_fixtures import BAD, run, shown


def main(codes: list[str]) -> None:
    """Rewrite `expected.txt` of every bad case, or of those of some codes."""
    for folder in BAD:
        if not codes or folder.parent.parent.name in codes:
            _bless(folder / "expected.txt", shown(run(folder)))


def _bless(path: Path, text: str) -> None:
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    if old != text:
        lines = difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), str(path))
        sys.stdout.writelines(lines)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
