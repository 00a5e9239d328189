"""The engine as a school gets it: a wheel of this repository, installed in a folder of its own; two people's keys."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.once import once
from tests.trees import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]
_START = "import sys; from licheng.cli.main import run; sys.argv[0] = 'licheng'; run()"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without fetching anything."""
    arguments = ("wheel", "--no-build-isolation", str(ROOT), "--wheel-dir")
    folder = once(tmp_path_factory, "licheng-wheel", lambda folder: _pip(*arguments, str(folder)))
    return next(folder.glob("licheng-*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, installed where nothing of this checkout is near."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    arguments = ("install", f"{wheel.as_uri()}#sha256={digest}", "--target")
    return once(tmp_path_factory, "licheng-installed", lambda folder: _pip(*arguments, str(folder)))


def _pip(command: str, *arguments: str) -> None:
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", command, "--no-deps", *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def from_wheel(installed: Path) -> Run:
    """Runs `licheng`, or a module, of the installed wheel in a folder."""

    def run(folder: Path, *arguments: str, module: str = "") -> subprocess.CompletedProcess[str]:
        start = ["-m", module] if module else ["-c", _START]
        environment = os.environ | {"PYTHONPATH": str(installed), "NO_MKDOCS_2_WARNING": "1"}
        command = [sys.executable, *start, *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)

    return run


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two people's private keys, their public halves beside them."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("dean", "registrar"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True, capture_output=True)
    return folder / "dean", folder / "registrar"
