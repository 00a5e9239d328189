"""`licheng` as processes forked from one that has imported it already: hundreds of commands pay once for their start.

Each command is a process of its own, with the arguments, the folder, the environment and the open files of whoever
starts it, from the program's entry point to its exit code; hooks, pipes and programs that take its place are as ever.
What a start alone can show (an import that is missing, a slow one) needs `tests.command.process`.
"""

from __future__ import annotations

import gc
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.app.server import gate
from licheng.app.shards.kept import steady_program
from licheng.cli import hook, main
from licheng.core.languages import LANGUAGES
from licheng.core.layout import KINDS
from licheng.outputs import receipt
from licheng.outputs.catalog import catalog
from licheng.signing import public_key
from licheng.sources import handbook, schemas, yaml
from licheng.sources.git import Objects
from licheng.sources.tree import CommitTree, WorkTree
from tests.command import exit_code
from tests.trees import ROOT, base

# What a few commands import only when they need it.
LATER = (gate, public_key, receipt)
_READY = b"ready\n"
# Who is called as Python, as the program calls itself, is `licheng` if that is asked for, and else Python. The same as
# `forked.c`, for machines without a compiler: starting Python takes ten times as long, and it is started as often as
# the commands.
_SOURCE = Path(__file__).with_suffix(".c")
_CLIENT = """#!{python} -IS
import os, sys
import _socket as socket
words = sys.argv
if os.path.basename(words[0]) == "python":
    if words[1:3] != ["-m", "licheng"]:
        os.execv({python!r}, [{python!r}, *words[1:]])
    words = words[2:]
environment = (b"=".join(each) for each in os.environb.items())
texts = [str(len(words)).encode(), *map(os.fsencode, words), os.getcwdb(), *environment]
asked = b"".join(text + b"\\0" for text in texts)
files = b"".join(file.to_bytes(4, sys.byteorder) for file in (0, 1, 2))
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
sent = server.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
server.sendall(asked[sent:])
server.shutdown(socket.SHUT_WR)
code = server.recv(1)
os._exit(code[0] if code else 1)
"""


@contextmanager
def forking(folder: Path, *known: Path, **environment: str) -> Iterator[Path]:
    """A folder of programs to be put on a path: `licheng`, and the `python` as which it calls itself.

    Args:
        folder: an empty one, whose path is short, as a socket's must be.
        known: repositories whose main is checked once before anything is forked: what a text comes to, and what was
            verified of a signature, is then not found out by each process anew.
        environment: of what all are forked from, beside this one's; each has its own.
    """
    write_client(folder, folder / "s", shutil.which("cc"))
    command = [sys.executable, "-m", "tests.forked", str(folder), *map(str, known)]
    server = subprocess.Popen(
        command,
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environment,
    )
    with server:
        assert server.stdout is not None
        assert server.stdout.readline() == _READY
        yield folder


def write_client(folder: Path, server: Path, compiler: str | None) -> None:
    """The programs that ask the server of a socket, in a folder without any."""
    parts, client = {"python": sys.executable, "address": str(server)}, folder / "licheng"
    if compiler is None or not _is_compiled(client, compiler, parts):
        client.write_text(_CLIENT.format(**parts), encoding="utf-8")
        client.chmod(0o755)
    (folder / "python").hardlink_to(client)


def _is_compiled(client: Path, compiler: str, parts: dict[str, str]) -> bool:
    """Not by a compiler that is there and lacks the system's headers."""
    known = (f'-D{name.upper()}="{text}"' for name, text in parts.items())
    command = [compiler, "-O1", *known, "-o", str(client), str(_SOURCE)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def serve(folder: Path, *known: Path) -> None:
    """Fork a process for each command that is asked for, until standard input ends."""
    _warm_up(known)
    gc.freeze()
    sys.executable = str(folder / "python")
    ended, told = os.pipe()
    os.set_blocking(told, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(told)
    waiting: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "s"))
        listener.listen(64)
        os.write(1, _READY)
        while 0 not in (ready := select.select([listener.fileno(), ended, 0], [], [])[0]):
            if ended in ready:
                os.read(ended, 4096)
                _tell_who_waits(waiting)
            else:
                client, _ = listener.accept()
                waiting[_fork(client)] = client


def _warm_up(known: Iterable[Path]) -> None:
    """What every process below would import, compile and read anew; nothing that is open is left to them.

    Schools of tests have the records of this repository's own, for the most part: what such a text says follows from
    it, as does whether somebody has signed it.
    """
    yaml.parse = lru_cache(maxsize=20_000)(yaml.parse)
    for name in {*main.COMMANDS.values(), *hook.COMMANDS.values()}:
        import_module(f"licheng.cli.{name}")
    for language in LANGUAGES:
        catalog(language)
    for kind in KINDS:
        schemas.explain(kind.name, {})
        schemas.is_valid(kind.name, {})
    handbook.page("", "")
    steady_program()
    school = base()
    assert not any(path.endswith(".pdf") for path in school.files), "whoever inspects it would be shared"
    assert check(school, date(2026, 11, 23)).checked
    assert load(WorkTree(ROOT), date(2026, 11, 23)).school.records
    for repository in known:
        with Objects(repository) as objects, CommitTree(repository, objects.resolve("refs/heads/main") or "") as tip:
            assert check(tip, date(2026, 11, 23)).checked
    assert not Path(f"/proc/self/task/{os.getpid()}/children").read_text(), "whoever inspects files would be shared"


def _tell_who_waits(waiting: dict[int, socket.socket]) -> None:
    """Give the exit codes of those that ended to whoever asked for them; 128 and the signal, if one ended it."""
    for pid in [*waiting]:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            with waiting.pop(pid) as client:
                client.sendall(bytes([code if code >= 0 else 128 - code]))


def _fork(client: socket.socket) -> int:
    """The process of what a client asks for."""
    asked, files, _, _ = socket.recv_fds(client, 1 << 16, 3)
    while more := client.recv(1 << 16):
        asked += more
    pid = os.fork()
    if not pid:
        count, *texts = asked.split(b"\0")
        folder, *environment = texts[int(count) : -1]
        _become(files, [*map(os.fsdecode, texts[: int(count)])], folder, environment)
    for file in files:
        os.close(file)
    return pid


def _become(files: list[int], words: list[str], folder: bytes, environment: list[bytes]) -> NoReturn:
    """This process is the command from now on, and ends with it."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, closefd=False) for number, mode in enumerate("rww"))
    os.chdir(folder)
    os.environb.clear()
    os.environb.update((name, value) for name, _, value in (each.partition(b"=") for each in environment))
    sys.argv = words
    sys.modules["__main__"] = ModuleType("__main__")  # click names a program by it
    code = exit_code()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # what takes a heap apart that is nobody's takes as long as what a short command does


if __name__ == "__main__":
    serve(*map(Path, sys.argv[1:]))
