"""Sealed files: what is sealed here stock `age` opens, and the other way round."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from pyrage import x25519

from licheng.core.errors import LichengError, UsageError
from licheng.exchange import age


def _age_key(folder: Path, name: str) -> tuple[Path, str]:
    """A key file as `age-keygen` writes it, and its recipient."""
    made = x25519.Identity.generate()
    path = folder / name
    path.write_text(f"# public key: {made.to_public()}\n{made}\n", encoding="utf-8")
    return path, str(made.to_public())


def _ssh_key(folder: Path, name: str, *options: str) -> tuple[Path, str]:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "a comment", *options, "-f", str(path)], check=True)
    return path, path.with_suffix(".pub").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("options", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048")])
def test_each_recipient_opens_what_is_sealed(tmp_path: Path, options: tuple[str, ...]) -> None:
    keys = [_age_key(tmp_path, "one.txt"), _ssh_key(tmp_path, "two", *options)]
    sealed = age.encrypted("歷程".encode() * 99_999, age.recipients_of(line for _, line in keys))
    for path, _ in keys:
        assert age.decrypted(sealed, age.identities_in(path), "x") == "歷程".encode() * 99_999


def test_stock_age_opens_and_is_opened(tmp_path: Path) -> None:
    program = shutil.which("age")
    assert program, "make server"
    keys = [_age_key(tmp_path, "one.txt"), _ssh_key(tmp_path, "two", "-t", "ed25519")]
    sealed = age.encrypted(b"abc" * 99_999, age.recipients_of(line for _, line in keys))
    for path, _ in keys:
        done = subprocess.run([program, "-d", "-i", str(path)], input=sealed, capture_output=True, check=True)
        assert done.stdout == b"abc" * 99_999
    theirs = subprocess.run([program, "-r", keys[0][1]], input=b"abc", capture_output=True, check=True).stdout
    assert age.decrypted(theirs, age.identities_in(keys[0][0]), "x") == b"abc"


def test_a_recipients_file_has_comments_and_may_name_one_twice(tmp_path: Path) -> None:
    (_, one), (_, two) = _age_key(tmp_path, "one.txt"), _age_key(tmp_path, "two.txt")
    listed = tmp_path / "recipients.txt"
    listed.write_text(f"\ufeff# 註冊組\n{one}\n\n  {two}  \n{one}\n", encoding="utf-8")
    assert len(age.recipients_of(age.recipients_in(listed))) == 2
    with pytest.raises(UsageError) as refused:
        age.recipients_of([one, f" {one} "])
    assert (refused.value.code, refused.value.values["found"]) == ("APP191", 1)


@pytest.mark.parametrize("line", ["age1x", "ssh-dss AAAA", "AGE-SECRET-KEY-1QQ", "t901", "ssh-ed25519 AAAA"])
def test_what_is_no_recipient_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError) as refused:
        age.recipients_of([_age_key(tmp_path, "one.txt")[1], line])
    assert refused.value.code == "APP190"


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"AGE-SECRET-KEY-1QQ\n", b"-----BEGIN X\n", b"\xff\xfe"])
def test_what_is_no_private_key_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    with pytest.raises(UsageError) as refused:
        age.identities_in(path)
    assert refused.value.code == "APP192"


@pytest.mark.parametrize("harm", ["cut", "flipped", "foreign", "no age"])
def test_what_cannot_be_opened_as_a_whole_is_an_error(tmp_path: Path, harm: str) -> None:
    (path, one), (_, two), (other, _) = (_age_key(tmp_path, name) for name in ("one", "two", "three"))
    sealed = age.encrypted(bytes(200_000), age.recipients_of([one, two]))
    harmed = {"cut": sealed[:-70_000], "flipped": sealed[:-1] + bytes([sealed[-1] ^ 1]), "no age": b"no age"}
    with pytest.raises(LichengError) as refused:
        age.decrypted(harmed.get(harm, sealed), age.identities_in(other if harm == "foreign" else path), "x.age")
    assert (refused.value.code, refused.value.values) == ("APP194", {"path": "x.age"})


def test_a_full_disk_is_no_success(tmp_path: Path) -> None:
    class Full(io.BytesIO):
        def write(self, data: object, /) -> int:
            raise OSError(28, "No space left on device")

    keys = [_age_key(tmp_path, name) for name in ("one", "two")]
    recipients, identities = age.recipients_of(line for _, line in keys), age.identities_in(keys[0][0])
    for size in (3, 200_000):
        with pytest.raises(LichengError) as refused:
            age.encrypt(io.BytesIO(bytes(size)), Full(), recipients)
        assert refused.value.code == "APP193"
        with pytest.raises(LichengError) as refused:
            age.decrypt(io.BytesIO(age.encrypted(bytes(size), recipients)), Full(), identities)
        assert refused.value.code == "APP193"
