"""The package's own data: schemas, theme and the like, in a checkout at the top level, in a wheel beside the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


STARTER = _PACKAGE / "starter"  # what only a school of its own has, as `NAME.txt` so that no tool takes it for ours


@cache
def folder(name: str) -> Path:
    """`schemas`, `site_theme`, `content`, `requirements` or `.github`."""
    checkout = _PACKAGE.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return _PACKAGE / "data" / name
