from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from licheng.core.errors import LichengError
from licheng.platform.hand_in import Ticket
from licheng.platform.hand_in_receipts import NAMESPACE, PRINCIPAL, HandInKey, is_genuine, statement
from licheng.platform.spool import Spool
from tests.gate.items import STUDENT
from tests.platform.school import draft, hand_in, sha256


@pytest.fixture
def key(tmp_path: Path) -> HandInKey:
    key = HandInKey(tmp_path / "state")
    key.make()
    return key


@pytest.fixture
def ticket(tmp_path: Path) -> Ticket:
    return Spool(tmp_path / "spool").accept(hand_in(draft("running")))


def stock(folder: Path, signers: str, namespace: str, message: bytes, signature: bytes) -> int:
    """What anybody can run, offline."""
    (folder / "allowed_signers").write_text(signers)
    (folder / "receipt.sig").write_bytes(signature)
    command = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        "allowed_signers",
        "-I",
        PRINCIPAL,
        "-n",
        namespace,
        "-s",
        "receipt.sig",
    ]
    return subprocess.run(command, cwd=folder, input=message, capture_output=True, check=False).returncode


@pytest.mark.hostile("replay")
def test_stock_openssh_verifies_a_receipt_and_no_other_bytes(key: HandInKey, ticket: Ticket, tmp_path: Path) -> None:
    receipt = key.receipt(ticket)
    assert is_genuine(receipt, key.public)
    assert stock(tmp_path, key.allowed_signers, NAMESPACE, receipt.statement, receipt.signature) == 0
    other = receipt.statement.replace(b"04:00:00Z", b"03:00:00Z")
    assert other != receipt.statement
    assert not is_genuine(replace(receipt, statement=other), key.public)
    assert stock(tmp_path, key.allowed_signers, NAMESPACE, other, receipt.signature) != 0
    for namespace in ("certification@licheng.invalid", "receipt@licheng.invalid"):
        assert stock(tmp_path, key.allowed_signers, namespace, receipt.statement, receipt.signature) != 0


def test_a_receipt_says_what_was_handed_in_and_is_the_same_again(key: HandInKey, ticket: Ticket) -> None:
    facts = json.loads(statement(ticket))
    [(path, data)] = draft("running").items()
    assert facts == {
        "type": "licheng-hand-in/v1",
        "ticket": ticket.id,
        "account": STUDENT,
        "action": "submit",
        "item": path.removesuffix("/item.md"),
        "files": {path: sha256(data or b"")},
        "received_at": "2026-11-23T04:00:00Z",
    }
    assert key.receipt(ticket) == key.receipt(ticket)


def test_the_key_is_its_owners_alone_and_made_once(key: HandInKey) -> None:
    before = key.private.read_bytes()
    key.make()
    assert key.private.read_bytes() == before
    assert (key.private.stat().st_mode & 0o777, key.folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"ENCRYPTED" not in before


def test_a_key_half_of_which_is_lost_is_told_and_not_made_anew(key: HandInKey) -> None:
    key.private.with_name("hand-in-receipts.pub").unlink()
    with pytest.raises(LichengError, match="APP336"):
        key.make()


def test_killed_between_the_halves_the_key_is_made(key: HandInKey, ticket: Ticket) -> None:
    key.private.unlink()  # the public half is written first
    key.make()
    assert is_genuine(key.receipt(ticket), key.public)
