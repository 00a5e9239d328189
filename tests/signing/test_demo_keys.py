"""Demo keys: the same everywhere, and stock OpenSSH takes them."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from licheng.signing.demo_keys import DemoKey
from licheng.signing.public_key import parse_public_key
from tests.signing.forge import MESSAGE, NAMESPACE, StockKey

KEY = DemoKey.of("115", "t-001")


def test_derivation_never_changes() -> None:
    assert KEY.public.line == "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINQaUyvF2xRTenJTMF20wyDA2iNJOc9K26Wq5qO9y3+s"


def test_seed_person_and_generation_tell_keys_apart() -> None:
    others = [DemoKey.of("116", "t-001"), DemoKey.of("115", "t-002"), DemoKey.of("115", "t-001", 2)]
    # Where one part ends and the next begins counts too.
    others += [DemoKey.of("115t", "-001"[1:]), DemoKey.of("11", "5t-001")]
    assert len({KEY.public, *(key.public for key in others)}) == 6


def test_openssh_reads_the_file_and_signs_alike(tmp_path: Path) -> None:
    path = KEY.write(tmp_path)
    stock = StockKey(path)
    printed = subprocess.run(["ssh-keygen", "-y", "-P", "", "-f", path], capture_output=True, text=True, check=True)
    assert printed.stdout == f"{KEY.public.line} t-001 (demo)\n"
    for length in (0, 1, 100, 5000):
        assert KEY.sign(NAMESPACE, b"m" * length) == stock.stock(b"m" * length)
    for length in range(1, 30):
        namespace = "n" * length + "@licheng.example"
        assert KEY.sign(namespace, MESSAGE) == stock.stock(namespace=namespace)


def test_cryptography_reads_the_file() -> None:
    for number in range(1, 20):  # every length of the padding
        key = DemoKey.of("115", "t" * number)
        read = load_ssh_private_key(key.private_file(), None)
        assert read.private_bytes_raw() == key.secret  # type: ignore[union-attr]


def test_files_are_the_same_each_time_and_the_owners_only(tmp_path: Path) -> None:
    path = KEY.write(tmp_path)
    assert path.name == "t-001"
    assert path.read_bytes() == DemoKey.of("115", "t-001").private_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert parse_public_key(" ".join(path.with_suffix(".pub").read_text().split()[:2])) == KEY.public


def test_the_owner_only_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = KEY.write(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "t-001").write_text("precious")
    with pytest.raises(FileExistsError):
        KEY.write(tmp_path)
    assert (tmp_path / "t-001").read_text() == "precious"


@pytest.mark.parametrize("staff", ["", "../t-001", "T-001", "t 001", "t-001\n", "-f"])
def test_a_staff_id_is_a_principal(staff: str) -> None:
    with pytest.raises(ValueError, match="not a principal"):
        DemoKey.of("115", staff)


def test_a_generation_is_positive() -> None:
    with pytest.raises(ValueError, match="0"):
        DemoKey.of("115", "t-001", 0)


def test_it_signs_only_for_our_namespaces() -> None:
    with pytest.raises(ValueError, match="not a namespace"):
        KEY.sign("git", MESSAGE)
