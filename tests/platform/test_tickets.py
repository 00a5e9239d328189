"""What somebody handed in: listed for them alone, with a receipt that stock OpenSSH verifies."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from licheng.platform.hand_in_receipts import NAMESPACE, PRINCIPAL
from licheng.platform.settings import Settings
from licheng.platform.spool import Spool
from tests.platform.school import draft, hand_in
from tests.platform.visitors import Visitor

STUDENT, OTHER = "s1130001", "s1130002"
FILES = ("receipt.json", "receipt.sig", "allowed_signers")


def test_a_receipt_is_kept_and_verified_without_the_platform(
    visitor: Visitor, settings: Settings, tmp_path: Path
) -> None:
    spool = Spool(settings.state / "spool")
    ticket = spool.accept(hand_in(draft("pendulum", STUDENT), account=STUDENT))
    visitor.sign_in(STUDENT)
    assert f'href="/me/tickets/{ticket.id}"' in visitor.get("/me/tickets").text
    page = visitor.get(f"/me/tickets/{ticket.id}").text
    for name in FILES:
        assert f'href="/me/tickets/{ticket.id}/{name}"' in page
        (tmp_path / name).write_bytes(visitor.get(f"/me/tickets/{ticket.id}/{name}").content)
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", PRINCIPAL, "-n", NAMESPACE]
    command += ["-s", "receipt.sig"]
    statement = (tmp_path / "receipt.json").read_bytes()
    assert subprocess.run(command, cwd=tmp_path, input=statement, capture_output=True, check=False).returncode == 0
    altered = statement.replace(b"pendulum", b"pendulus")
    assert altered != statement
    assert subprocess.run(command, cwd=tmp_path, input=altered, capture_output=True, check=False).returncode != 0
    assert json.loads(statement)["files"] == dict(ticket.files)


@pytest.mark.hostile("reach")
def test_nobody_else_has_it(visitor: Visitor, settings: Settings) -> None:
    ticket = Spool(settings.state / "spool").accept(hand_in(draft("pendulum", STUDENT), account=STUDENT))
    for account in (OTHER, "t012"):
        visitor.sign_in(account)
        assert ticket.id not in visitor.get("/me/tickets").text
        for name in (*FILES, "x", "..%2Fhand-in-receipts"):
            assert visitor.get(f"/me/tickets/{ticket.id}/{name}").status_code == 404
    visitor.sign_in(STUDENT)
    for name in ("x", "hand-in-receipts", "..%2Fhand-in-receipts"):
        assert visitor.get(f"/me/tickets/{ticket.id}/{name}").status_code == 404
