"""The server's side of Git LFS, spoken to byte by byte: what a client that lies or breaks off gets."""

from __future__ import annotations

import hashlib
import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.app.server.lfs_transfer import _Session, serve
from licheng.sources.lfs import LfsStore

DATA = b"an object of some length"
OID = hashlib.sha256(DATA).hexdigest()
FLUSH, DELIMITER = b"0000", b"0001"


def packets(*parts: bytes | str) -> bytes:
    """Text as lines, bytes of four digits as marks, other bytes as data."""
    out = b""
    for part in parts:
        data = part.encode() + b"\n" if isinstance(part, str) else part
        out += data if data in {FLUSH, DELIMITER} else b"%04x" % (len(data) + 4) + data
    return out


VERSION = packets("version 1", FLUSH)
QUIT = packets("quit", FLUSH)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", tmp_path / "school.git"], check=True)
    return tmp_path / "school.git"


def talk(bare: Path, operation: str, *said: bytes, end: bytes = QUIT) -> tuple[int, str]:
    """The exit code, and the answers behind the greeting, as text."""
    out = io.BytesIO()
    code = serve(io.BytesIO(VERSION + b"".join(said) + end), out, bare, operation)
    answer = out.getvalue()
    greeting = packets("version=1", FLUSH, "status 200", DELIMITER, FLUSH)
    assert answer.startswith(greeting)
    return code, answer.removeprefix(greeting).decode("utf-8", "replace")


def put(oid: str = OID, size: object = len(DATA), data: bytes = DATA) -> bytes:
    return packets(f"put-object {oid}", f"size={size}", DELIMITER, *([data] if data else []), FLUSH)


def objects(bare: Path) -> list[Path]:
    return [path for path in (bare / "lfs").rglob("*") if path.is_file()]


def test_up_and_down(bare: Path) -> None:
    batch = packets("batch", "transfer=ssh", "hash-algo=sha256", DELIMITER, f"{OID} {len(DATA)}", FLUSH)
    verify = packets(f"verify-object {OID}", f"size={len(DATA)}", FLUSH)
    code, answer = talk(bare, "upload", batch, put(), verify, batch)
    assert code == 0
    assert f"{OID} {len(DATA)} upload" in answer
    assert f"{OID} {len(DATA)} noop" in answer
    assert answer.count("status 200") == 5
    code, answer = talk(bare, "download", batch, packets(f"get-object {OID}", FLUSH))
    assert code == 0
    assert f"{OID} {len(DATA)} download" in answer
    assert f"size={len(DATA)}\n{DELIMITER.decode()}{len(DATA) + 4:04x}{DATA.decode()}{FLUSH.decode()}" in answer


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (put(data=DATA + b"!"), 400),
        (put(data=DATA[:-1]), 400),
        (put(data=DATA[:-1] + b"!"), 400),
        (put(data=b""), 400),
        (put(size=len(DATA) + 1), 400),
        (put(size="-1"), 400),
        (put(size=""), 400),
        (put(size="9" * 15), 413),
        (put(oid="../../../../etc/passwd"), 400),
        (put(oid=OID.upper()), 400),
        (put(oid=OID[:-1]), 400),
        (packets(f"get-object {OID}", FLUSH), 403),
        (packets("lock", "path=x", DELIMITER, FLUSH), 501),
        (packets("unlock 1", FLUSH), 501),
        (packets("version 2", FLUSH), 400),
        (packets("batch", "hash-algo=sha512", DELIMITER, f"{OID} 1", FLUSH), 409),
        (packets("batch", DELIMITER, "x 1", FLUSH), 400),
        (packets("batch", DELIMITER, f"{OID} one", FLUSH), 400),
        (packets(f"verify-object {OID}", f"size={len(DATA)}", FLUSH), 404),
    ],
)
def test_what_is_refused_leaves_nothing_and_the_next_command_is_understood(
    bare: Path, said: bytes, status: int
) -> None:
    code, answer = talk(bare, "upload", said)
    assert code == 0
    assert f"status {status}\n" in answer
    assert answer.endswith("status 200\n0000")  # to quit
    assert objects(bare) == []


def test_a_download_stores_nothing(bare: Path) -> None:
    code, answer = talk(bare, "download", put())
    assert (code, "status 403" in answer, objects(bare)) == (0, True, [])


def test_nothing_is_overwritten(bare: Path) -> None:
    store = LfsStore(bare / "lfs/objects")
    store.path(OID).parent.mkdir(parents=True)
    store.path(OID).write_bytes(b"damaged")
    _, answer = talk(bare, "upload", put())
    assert "status 409" in answer
    assert store.path(OID).read_bytes() == b"damaged"
    store.path(OID).write_bytes(DATA)
    _, answer = talk(bare, "upload", put())
    assert "status 409" not in answer


@pytest.mark.parametrize("cut", range(8, len(put()), 7))
def test_a_client_that_goes_away_leaves_nothing(bare: Path, cut: int) -> None:
    code, _ = talk(bare, "upload", put()[:-cut], end=b"")
    assert (code, objects(bare)) == (1, [])


def test_locks_are_none(bare: Path) -> None:
    assert talk(bare, "upload", packets("list-lock", FLUSH))[1].startswith(
        packets("status 200", DELIMITER, FLUSH).decode()
    )


@given(st.binary(max_size=300))
def test_any_bytes_end_the_connection_or_are_answered(tmp_path_factory: pytest.TempPathFactory, said: bytes) -> None:
    store = LfsStore(tmp_path_factory.getbasetemp() / "fuzzed")
    out = io.BytesIO()
    assert _Session(io.BytesIO(said), out, store, "upload", 1_000).run() in {0, 1}
    assert out.getvalue().startswith(packets("version=1", FLUSH))


@given(st.lists(st.one_of(st.text(max_size=80), st.sampled_from([FLUSH, DELIMITER, put()])), max_size=8))
def test_any_packets_end_the_connection_or_are_answered(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes | str]
) -> None:
    said = b"".join(part if isinstance(part, bytes) else packets(part) for part in parts)
    store = LfsStore(tmp_path_factory.getbasetemp() / "fuzzed")
    assert _Session(io.BytesIO(said), io.BytesIO(), store, "upload", 1_000).run() in {0, 1}
