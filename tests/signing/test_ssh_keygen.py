"""Signing with the real ssh-keygen, and what it says when it cannot."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.core.errors import LichengError, UsageError
from licheng.signing.public_key import parse_public_key
from licheng.signing.ssh_keygen import read_public_key, sign, verify_with_ssh_keygen
from licheng.signing.sshsig import Signature, VerifiedSignature, parse, verify
from tests.signing.forge import MESSAGE, NAMESPACE, NOW, PRINCIPAL, Keys, StockKey, generate


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty agent of its own."""
    started = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    settings = dict(re.findall(r"(SSH_\w+)=([^;]+);", started))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield
    subprocess.run(["ssh-agent", "-k"], env=os.environ | settings, capture_output=True, check=True)


@pytest.fixture(autouse=True)
def _no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> StockKey:
    return generate(tmp_path_factory.mktemp("locked"), "locked", "-t", "ed25519", passphrase="secret words")  # noqa: S106


def _code(path: Path, **options: object) -> str:
    with pytest.raises(LichengError) as caught:
        sign(path, NAMESPACE, MESSAGE, ask=False, **options)  # type: ignore[arg-type]
    return caught.value.code


def _is_of(armored: bytes, key: StockKey) -> bool:
    signature = parse(armored)
    assert isinstance(signature, Signature)
    verified = verify(signature, MESSAGE, NAMESPACE)
    return isinstance(verified, VerifiedSignature) and verified.key.line == key.line


@pytest.mark.parametrize("name", ["ed25519", "rsa3072"])
def test_signs_with_a_key_file(keys: Keys, name: str) -> None:
    key = getattr(keys, name)
    assert _is_of(sign(key.path, NAMESPACE, MESSAGE, expected=read_public_key(key.path)), key)


def test_signs_with_a_key_of_an_odd_name(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "-Y").write_bytes(keys.ed25519.path.read_bytes())
    (tmp_path / "-Y").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    assert _is_of(sign(Path("-Y"), NAMESPACE, MESSAGE, ask=False), keys.ed25519)


@pytest.mark.usefixtures("agent")
def test_signs_with_the_agent(locked: StockKey, keys: Keys, tmp_path: Path) -> None:
    public = tmp_path / "mine.pub"
    public.write_text(keys.ed25519.line + "\n")
    assert _code(public) == "APP033"
    subprocess.run(["ssh-add", "-q", keys.ed25519.path], check=True, capture_output=True)
    assert _is_of(sign(public, NAMESPACE, MESSAGE, ask=False), keys.ed25519)


@pytest.mark.usefixtures("agent")
def test_an_agent_that_asks_and_is_told_no(keys: Keys, tmp_path: Path) -> None:
    public = tmp_path / "mine.pub"
    public.write_text(keys.ed25519.line + "\n")
    subprocess.run(["ssh-add", "-q", "-c", keys.ed25519.path], check=True, capture_output=True)
    assert _code(public) == "APP032"


def test_a_passphrase_that_nobody_gives(locked: StockKey) -> None:
    assert _code(locked.path) == "APP032"


_AT_A_TERMINAL = """
import os, sys
from pathlib import Path
from licheng.core.errors import LichengError
from licheng.signing.ssh_keygen import sign
os.open(os.ttyname(0), os.O_RDWR)  # the leader of a session thereby gets its terminal
try:
    print("signed", len(sign(Path(sys.argv[1]), sys.argv[2], b"m", ask=sys.argv[3] == "ask")))
except LichengError as error:
    print("trouble", error.code)
"""


def _at_a_terminal(key: StockKey, ask: str, answer: bytes) -> bytes:
    """What a person sees who answers the question for a passphrase, if it comes."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", _AT_A_TERMINAL, str(key.path), NAMESPACE, ask]
    seen = b""
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        while not re.search(rb"(signed|trouble)[^\n]*\n", seen):
            seen += os.read(ours, 1024)
            if seen.endswith(b"passphrase: "):
                os.write(ours, answer)
        process.wait(20)
    os.close(ours)
    return seen


def test_a_person_at_a_terminal_is_asked_for_the_passphrase(locked: StockKey) -> None:
    assert b"signed 330" in _at_a_terminal(locked, "ask", b"secret words\n")
    assert b"trouble APP032" in _at_a_terminal(locked, "ask", b"wrong words\n")


def test_nobody_is_asked_unless_it_is_allowed(locked: StockKey) -> None:
    seen = _at_a_terminal(locked, "never", b"secret words\n")
    assert b"trouble APP032" in seen
    assert b"passphrase" not in seen


def test_no_such_key(tmp_path: Path) -> None:
    assert _code(tmp_path / "none") == "APP031"


def test_not_a_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key\n")
    (tmp_path / "key").chmod(0o600)
    assert _code(tmp_path / "key") == "APP031"


def test_a_public_key_without_its_private_half(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(keys.ed25519.line + "\n")
    assert _code(tmp_path / "key") == "APP033"
    assert _code(tmp_path / "key.pub") == "APP033"


def test_a_private_key_that_others_may_read(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(keys.ed25519.path.read_bytes())
    (tmp_path / "key").chmod(0o644)
    assert _code(tmp_path / "key") == "APP037"


def test_two_halves_of_different_keys(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(keys.ed25519.path.read_bytes())
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "key.pub").write_text(keys.rsa3072.line + "\n")
    assert _code(tmp_path / "key") == "APP034"


def test_not_the_expected_key(keys: Keys) -> None:
    assert _code(keys.ed25519.path, expected=parse_public_key(keys.other.line)) == "APP034"


@pytest.mark.parametrize("name", ["ecdsa", "rsa2048", "rsa1024"])
def test_keys_that_may_not_sign(keys: Keys, name: str) -> None:
    assert _code(getattr(keys, name).path) == "APP035"
    with pytest.raises(UsageError, match="APP035"):
        read_public_key(getattr(keys, name).path)


def test_no_ssh_keygen(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _code(keys.ed25519.path) == "APP030"


def test_an_ssh_keygen_that_does_not_run(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _tool(tmp_path, "exit 7")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _code(keys.ed25519.path) == "APP036"


@pytest.mark.parametrize("namespace", ["git", "file", "", "-x", "certification@", "a@b c", "a@b\n", "*@b", "A@b"])
def test_signs_only_for_our_namespaces(keys: Keys, namespace: str) -> None:
    with pytest.raises(ValueError, match="not a namespace"):
        sign(keys.ed25519.path, namespace, MESSAGE)


def test_reads_the_public_half(keys: Keys, tmp_path: Path) -> None:
    key = read_public_key(keys.ed25519.path)
    assert key.line == keys.ed25519.line
    assert read_public_key(keys.ed25519.path.with_suffix(".pub")) == key
    with pytest.raises(UsageError, match="APP031"):
        read_public_key(tmp_path / "none")
    (tmp_path / "bad.pub").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="APP031"):
        read_public_key(tmp_path / "bad")


def _tool(folder: Path, script: str) -> None:
    path = folder / "ssh-keygen"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_what_a_run_can_see(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrapper around the real tool notes its environment and who may read its files."""
    real = subprocess.run(["which", "ssh-keygen"], capture_output=True, text=True, check=True).stdout.strip()
    _tool(
        tmp_path,
        f"env | cut -d= -f1 | sort > {tmp_path}/env\n"
        f'for arg in "$@"; do case "$arg" in */licheng-*) stat -c %a "${{arg%/*}}" >> {tmp_path}/modes;; esac; done\n'
        f'exec {real} "$@"',
    )
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    monkeypatch.setenv("LD_PRELOAD", "")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    armored = sign(keys.ed25519.path, NAMESPACE, MESSAGE)
    seen = (tmp_path / "env").read_text().split()
    assert set(seen) - {"PWD", "OLDPWD", "SHLVL", "_"} == {"LC_ALL", "PATH", "TZ"}
    assert not (tmp_path / "modes").exists()
    verdict = verify_with_ssh_keygen(
        armored,
        MESSAGE,
        allowed_signers=f"{PRINCIPAL} {keys.ed25519.line}\n",
        principal=PRINCIPAL,
        namespace=NAMESPACE,
        at=NOW,
    )
    assert verdict.accepted
    assert "Good" in verdict.words
    assert set((tmp_path / "modes").read_text().split()) == {"700"}
    assert list(tmp_path.glob("licheng-*")) == []


def test_the_cross_check_says_no(keys: Keys) -> None:
    verdict = verify_with_ssh_keygen(
        keys.ed25519.stock(),
        MESSAGE + b" ",
        allowed_signers=f"{PRINCIPAL} {keys.ed25519.line}\n",
        principal=PRINCIPAL,
        namespace=NAMESPACE,
        at=NOW,
    )
    assert not verdict.accepted
    assert verdict.words
