"""The platform's delivery through a real sshd, with the forced command that the accounts of main give to its key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.app.server.login import authorized_keys
from licheng.app.server.received import ReceiptLog
from licheng.demo.school import INTAKE, login
from licheng.platform.delivery import Delivery
from licheng.platform.hand_in import TicketState
from licheng.platform.remote import Remote
from licheng.platform.spool import Spool
from tests.e2e.server import serving
from tests.gate.conftest import written
from tests.gate.items import HOME, STUDENT, attachment, output
from tests.gate.server import copy_repository, wait_for_what_landed
from tests.platform.school import NOW, hand_in, picture, sha256

__all__ = ["written"]


@pytest.fixture
def remote(written: Path, tmp_path: Path) -> Iterator[Remote]:
    with serving(tmp_path) as server:
        shutil.rmtree(server.bare)
        copy_repository(written / "school.git", server.bare)
        lines = "".join(f"{line}\n" for line in authorized_keys(server.bare))
        (tmp_path / "authorized_keys").write_text(lines, encoding="utf-8")
        key = login(1, INTAKE).write(tmp_path)
        known = ("-F", "/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
        yield Remote(server.url, INTAKE, key, known)
        wait_for_what_landed(server.bare)


def test_a_hand_in_is_announced_sent_and_landed_over_ssh(remote: Remote, tmp_path: Path) -> None:
    data = picture(70 << 10, "over ssh")
    rows = attachment("picture.png", data, "image/png")
    files = dict(output("running", submitted=False, files={"picture.png": data}, listed=rows))
    platform = Delivery(Spool(tmp_path / "spool"), remote, tmp_path / "state", demo=True)
    ticket = platform.spool.accept(hand_in(files))
    assert platform.announce() == 1
    report = platform.deliver(NOW)
    assert (report.trouble, report.landed, report.pushes) == (None, 1, 1)
    bare = tmp_path / "school.git"
    announced, received, landed = ReceiptLog.of(bare).entries()
    assert [entry["event"] for entry in (announced, received, landed)] == ["announced", "received", "landed"]
    assert announced["identity"] == f"ssh:{login(1, INTAKE).public.fingerprint}"
    assert announced["things"][f"{HOME}/terms/115-1/outputs/running/picture.png"] == sha256(data)
    assert (bare / "lfs" / "objects" / sha256(data)[:2] / sha256(data)[2:4] / sha256(data)).read_bytes() == data
    known = platform.spool.ticket(STUDENT, ticket.id)
    assert known is not None
    assert (known.state, known.commit) == (TicketState.LANDED, landed["head"])


def test_a_key_that_the_school_does_not_know_keeps_everything_waiting(remote: Remote, tmp_path: Path) -> None:
    stranger = Remote(remote.url, INTAKE, login(1, STUDENT).write(tmp_path), remote.ssh_options)
    platform = Delivery(Spool(tmp_path / "spool"), stranger, tmp_path / "state", demo=True)
    ticket = platform.spool.accept(hand_in(dict(output("running", submitted=False))))
    report = platform.deliver(NOW)
    assert report.trouble is not None
    assert report.trouble.code == "APP338"
    assert platform.spool.waiting() == [ticket]
