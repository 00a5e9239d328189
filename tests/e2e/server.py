"""A plain server for tests: a bare repository behind a real sshd on the loopback, with a forced command."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.command import LICHENG

# What the school's own forced command decides in the same place: which program an account may run.
_FORCED = """#!/bin/sh
eval "set -- $SSH_ORIGINAL_COMMAND"
case "$1" in
  git-lfs-transfer) exec {licheng} lfs-transfer "$2" "$3" ;;
  git-receive-pack | git-upload-pack) exec "$1" "$2" ;;
  *) echo "refused: $1" >&2; exit 1 ;;
esac
"""
# Nobody's own settings: a shell that sshd starts reads those of its home.
_SETTINGS = """ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin forced-commands-only
SetEnv HOME={folder}
"""


@dataclass(frozen=True)
class Server:
    """The address of the bare repository, its folder, and the environment by which a client reaches it."""

    url: str
    bare: Path
    environment: dict[str, str]

    def git(self, folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run git as a client, with nobody's own settings but those of git-lfs."""
        identity = ["-c", "user.name=t901", "-c", "user.email=t901@licheng.invalid", "-c", "init.defaultBranch=main"]
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=folder,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done


@contextmanager
def serving(folder: Path, program: Path = LICHENG) -> Iterator[Server]:
    """Start sshd, and end it.

    Args:
        folder: where all of it lies.
        program: `licheng`, which the forced command starts.
    """
    for name in ("host_key", "client_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    forced = folder / "forced.sh"
    forced.write_text(_FORCED.format(licheng=shlex.quote(str(program))), encoding="utf-8")
    forced.chmod(0o755)
    key = (folder / "client_key.pub").read_text(encoding="utf-8")
    (folder / "authorized_keys").write_text(f'command="{forced}",restrict {key}', encoding="utf-8")
    port = _free_port()
    (folder / "sshd_config").write_text(_SETTINGS.format(port=port, folder=folder), encoding="utf-8")
    bare = folder / "school.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
    process = _start(folder, port)
    try:
        yield Server(f"ssh://{getpass.getuser()}@127.0.0.1:{port}{bare}", bare, _environment(folder))
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    program = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    assert program is not None, "run make server"
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd separates its privileges
    log = folder / "sshd.log"
    process = subprocess.Popen([program, "-D", "-f", folder / "sshd_config", "-E", log])
    for _ in range(200):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(log.read_text(encoding="utf-8"))


def _environment(folder: Path) -> dict[str, str]:
    options = "-F /dev/null -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    subprocess.run(
        ["git", "lfs", "install", "--skip-repo"],
        env=os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
        check=True,
        capture_output=True,
    )
    with (folder / ".gitconfig").open("a", encoding="utf-8") as settings:
        settings.write("[lfs]\n\tconcurrenttransfers = 1\n")  # of eight connections, seven would only be opened
    return {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": f"ssh -i {shlex.quote(str(folder / 'client_key'))} {options} -o LogLevel=ERROR",
    }
