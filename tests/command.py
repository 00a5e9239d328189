"""The real console command, as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LICHENG = Path(sys.executable).with_name("licheng")


def licheng(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder; nothing is asserted."""
    settings = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "CI"}}
    return subprocess.run(
        [str(LICHENG), *arguments], cwd=folder, capture_output=True, text=True, env=settings | environment, check=False
    )


def findings(folder: Path, *arguments: str, notices: bool = False) -> list[tuple[str, str, int]]:
    """Code, path and line of the errors and warnings of `licheng check`, and of notices, which are states, if asked."""
    done = licheng(folder, "check", "--format", "json", *arguments)
    assert done.returncode in {0, 1}, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    kept = [found for found in report["findings"] if notices or found["severity"] != "notice"]
    return [(found["code"], found["path"], found["line"]) for found in kept]
