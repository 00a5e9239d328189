"""The handbook's page on a plain server: every shell block of it is run, over a real sshd."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from pyrage import x25519

from licheng.app.demo import write_demo
from licheng.demo.media import pdf
from licheng.demo.school import INTAKE, login
from tests.command import LICHENG
from tests.e2e.server import serving
from tests.gate.items import HOME, STUDENT, attachment, output, pointer
from tests.gate.server import wait_for_what_landed
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/operations/plain-server.md"
SERVER = "ssh://git@server.school.invalid"
DATA = pdf("x" * 80_000)  # more than history takes


def blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """What the page supposes: the school's folder, and the engine."""
    place = tmp_path / "srv" / "licheng"
    write_demo(place / "school", 30, 1, lfs=True)
    (place / "engine" / "bin").mkdir(parents=True)
    (place / "engine" / "bin" / "licheng").symlink_to(LICHENG)
    keepers = (x25519.Identity.generate() for _ in range(2))
    (place / "recipients.txt").write_text("".join(f"{key.to_public()}\n" for key in keepers), encoding="utf-8")
    return place


def test_every_command_of_the_page_works(place: Path, tmp_path: Path) -> None:
    (tmp_path / "sshd").mkdir()
    with serving(tmp_path / "sshd") as sshd:
        clients = sshd.url.partition("@")[2].partition("/")[0]
        key = login(1, INTAKE).write(tmp_path)
        environment = os.environ | sshd.environment
        environment["GIT_SSH_COMMAND"] = environment["GIT_SSH_COMMAND"].replace(
            shlex.quote(str(tmp_path / "sshd" / "client_key")), shlex.quote(str(key))
        )

        def run(block: str) -> str:
            text = (
                block.replace("s1139901", STUDENT)
                .replace("/srv/licheng", str(place))
                .replace(SERVER, f"ssh://{getpass.getuser()}@{clients}")
            )
            done = subprocess.run(
                ["sh", "-e"], input=text, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, block + done.stdout + done.stderr
            return done.stdout + done.stderr

        repository = place / "school.git"
        for block in blocks():
            if "commit --author" in block:
                _hand_in(tmp_path / "school")
            said = run(block)
            if "hook install" in block:
                # The page founds a real school; the test's is the demo, with its store.
                subprocess.run(["git", "-C", repository, "config", "licheng.demo", "true"], check=True)
                shutil.copytree(place / "school/.git/lfs/objects", repository / "lfs/objects", dirs_exist_ok=True)
            if "authorized-keys" in block:
                keys = (place / ".ssh" / "authorized_keys").read_text(encoding="utf-8")
                (tmp_path / "sshd" / "authorized_keys").write_text(keys, encoding="utf-8")
            if "commit --author" in block:
                assert f"{HOME}/terms/115-1/outputs/running  sha256:" in said
                wait_for_what_landed(repository)
            if "audit" in block:
                assert INTAKE in said
        oid = pointer(DATA).split()[3].decode().removeprefix("sha256:")
        assert (repository / "lfs/objects" / oid[:2] / oid[2:4] / oid).read_bytes() == DATA
        assert (place / f"backup/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}.age").stat().st_size > len(DATA)


def _hand_in(clone: Path) -> None:
    """A student's work, as the intake account puts it into its clone."""
    files = output("running", files={"report.pdf": DATA}, listed=attachment("report.pdf", DATA))
    for path, data in files.items():
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_bytes(data)
    assert STUDENT in str(next(iter(files)))
