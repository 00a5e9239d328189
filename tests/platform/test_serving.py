"""`licheng platform serve`: what it refuses to start with, a demo around a school, and its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from licheng.app.server.names import ACTOR
from licheng.demo.school import INTAKE, login
from licheng.platform.serving import demo_server
from tests.command import LICHENG, licheng
from tests.founding import Run
from tests.gate.items import STUDENT, activity
from tests.gate.server import wait_for_what_landed
from tests.trees import ROOT

EXTRA = ("authlib", "fido2", "httpx", "itsdangerous", "python_multipart", "starlette", "uvicorn")
WITHOUT = f"""
import sys, pkgutil, importlib
sys.modules |= dict.fromkeys({EXTRA!r})
import licheng
names = [module.name for module in pkgutil.walk_packages(licheng.__path__, "licheng.", onerror=print)
         if not module.name.startswith(("licheng.platform.", "licheng.__main__"))]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def configured(folder: Path, **values: str) -> Path:
    plain = {
        "origin": "http://localhost:8001",
        "signing_origin": "http://sign.localhost:8002",
        "remote": "/srv/school.git",
        "state": "state",
        "account": INTAKE,
    }
    path = folder / "platform.toml"
    path.write_text("".join(f'{key} = "{value}"\n' for key, value in (plain | values).items()))
    return path


@pytest.mark.parametrize("package", EXTRA)
def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    done = licheng(tmp_path, "platform", "serve", "--demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("APP300 ")
    assert package in done.stderr
    assert 'pip install "licheng[platform]"' in done.stderr


def test_nothing_but_the_platform_needs_the_extra() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 500


def test_without_settings_it_says_how_to_go_on(tmp_path: Path) -> None:
    done = licheng(tmp_path, "platform", "serve")
    assert (done.returncode, done.stderr.count("APP301"), done.stderr.count("--config")) == (2, 2, 2)


def test_a_dry_run_checks_and_starts_nothing(tmp_path: Path, demo_repository: Path) -> None:
    path = configured(tmp_path, remote=str(demo_repository))
    done = licheng(tmp_path, "platform", "serve", "--config", str(path), "--demo", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert "http://localhost:8001/" in done.stdout


def test_settings_in_a_repository_are_refused(tmp_path: Path, demo_repository: Path) -> None:
    path = configured(tmp_path, remote=str(demo_repository))
    (tmp_path / ".git").mkdir()
    done = licheng(tmp_path, "platform", "serve", "--config", str(path), "--demo", "--dry-run")
    assert (done.returncode, done.stderr[:6]) == (2, "APP171")


def test_a_school_that_is_no_demo_is_refused(tmp_path: Path, school: Path) -> None:
    record = school / "content/school/school.yaml"
    record.write_text(record.read_text().replace("demo:\n  today: 2026-11-23\n", ""))
    done = licheng(school, "platform", "serve", "--demo", "--dry-run")
    assert (done.returncode, done.stderr[:6]) == (2, "APP304")


def test_an_address_that_is_taken_is_told(tmp_path: Path, demo_repository: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        path = configured(tmp_path, remote=str(demo_repository), listen=listen)
        done = licheng(tmp_path, "platform", "serve", "--config", str(path), "--demo")
    assert (done.returncode, done.stderr[:6], listen in done.stderr) == (2, "APP301", True)


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_answers_and_leaves_nothing_behind(school: Path, ends: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = school / "temporary"
    folder.mkdir()
    command = [str(LICHENG), "platform", "serve", "--demo", "--port", str(port)]
    own, pipe = os.environ | {"TMPDIR": str(folder)}, subprocess.PIPE
    with subprocess.Popen(command, cwd=school, env=own, text=True, stdout=pipe, stderr=pipe) as served:
        assert served.stdout is not None
        assert f"http://localhost:{port}/" in served.stdout.readline()
        # It listens before it says so.
        answer = httpx.get(f"http://127.0.0.1:{port}/nothing-of-s1130001", headers={"host": f"localhost:{port}"})
        assert (answer.status_code, "APP305" in answer.text) == (404, True)
        assert "server" not in answer.headers
        [made] = folder.iterdir()
        assert made.stat().st_mode & 0o777 == 0o700
        served.send_signal(ends)
        out, errors = served.communicate(timeout=60)
    assert (served.returncode, errors, "s1130001" in out) == (0, "", False)
    assert list(folder.iterdir()) == []


def test_what_is_pushed_to_a_demo_is_judged_there(tmp_path: Path) -> None:
    repository = demo_server(ROOT, tmp_path / "school.git")
    files = activity("tide-pools", home=f"content/students/{STUDENT[1:4]}/{STUDENT}", submitted=False)
    clone = tmp_path / "clone"

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        identity = ["-c", f"user.name={STUDENT}", "-c", f"user.email={STUDENT}@licheng.invalid"]
        actor = {ACTOR: f"ssh:{login(1, INTAKE).public.fingerprint}", "GIT_CONFIG_GLOBAL": os.devnull}
        words = ["git", *identity, "-C", str(clone), *arguments]
        return subprocess.run(words, env=os.environ | actor, capture_output=True, text=True, check=False)

    clone.mkdir()
    git("clone", "-q", str(repository), ".")
    put(clone, files, git)
    landed = git("push", "origin", "HEAD:main")
    assert landed.returncode == 0, landed.stderr
    put(clone, {"content/school/duties.yaml": b"kind: duties/v1\n"}, git)
    refused = git("push", "origin", "HEAD:main")
    assert (refused.returncode, "GAT" in refused.stderr) == (1, True), refused.stderr
    wait_for_what_landed(repository)


def put(clone: Path, files: dict[str, bytes], git: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    for path, data in files.items():
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_bytes(data)
    git("add", "-A")
    assert git("commit", "-qm", "A change").returncode == 0


def test_the_wheel_brings_templates_and_styles(tmp_path: Path, from_wheel: Run, installed: Path) -> None:
    ours = ROOT / "scripts/licheng/platform"
    for folder in ("templates", "static"):
        files = {file.relative_to(ours) for file in (ours / folder).rglob("*") if file.is_file()}
        assert files
        assert all((installed / "licheng/platform" / file).is_file() for file in files), folder
    (tmp_path / "content").symlink_to(ROOT / "content")
    done = from_wheel(tmp_path, "platform", "serve", "--help")
    assert (done.returncode, "--config" in done.stdout) == (0, True)
    assert json.loads((installed / "licheng/cli/summaries.json").read_text())["platform serve"]
