"""Digests that an intake account announces: the time of receipt by the server's clock, for just these bytes."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime

import pytest

from licheng.app.server.announcement import MOST_BYTES, announce
from licheng.app.server.login import school_of, shell
from licheng.core.errors import LichengError
from licheng.demo.school import INTAKE, login
from tests.gate.corpus.registry import LATE
from tests.gate.items import HOME, PDF, STUDENT, output, sha256
from tests.gate.scene import NOW, Scene
from tests.gate.server import DEAN, LICHENG, Server, licheng
from tests.gate.test_received import doctor

RUNNING = f"{HOME}/terms/115-1/outputs/running"
REPORT = output("running", files={"report.pdf": PDF})


def announced(server: Server, files: dict[str, bytes], at: datetime = NOW, actor: str = INTAKE) -> None:
    told = json.dumps({path: sha256(data) for path, data in files.items()}).encode()
    announce(server.root, school_of(server.root), actor, told, at)


def late(server: Server, files: dict[str, bytes]) -> list[str]:
    """The codes of what is pushed after the window."""
    scene = Scene(server.root, server.main, server.folder)
    try:
        head = scene.commit(dict(files), STUDENT, at=LATE)
        verdict = scene.judge(head, STUDENT, now=LATE, log=server.receipts)
    finally:
        scene.close()
    return [finding.code for finding in verdict.report.findings]


def test_what_was_announced_in_time_is_in_time(server: Server) -> None:
    assert late(server, REPORT) == ["GAT013"]
    announced(server, REPORT)
    assert late(server, REPORT) == []


def test_other_bytes_than_those_announced_are_late(server: Server) -> None:
    announced(server, REPORT)
    assert late(server, output("running", files={"report.pdf": PDF}, body="後來才想到的。")) == ["GAT013"]
    assert late(server, output("running", files={"report.pdf": PDF + b"\n"})) == ["GAT013"]
    assert late(server, output("jumping", files={"report.pdf": PDF})) == ["GAT013"], "a copy is another thing"


def test_an_item_is_announced_when_all_of_it_is(server: Server) -> None:
    """Its text names the attachment's digest, but nobody says that the attachment was there."""
    path, report = f"{RUNNING}/item.md", f"{RUNNING}/report.pdf"
    announced(server, {path: REPORT[path]})
    assert late(server, REPORT) == ["GAT013"]
    announced(server, {report: REPORT[report]}, LATE)
    assert late(server, REPORT) == ["GAT013"]


def test_what_is_announced_late_is_late(server: Server) -> None:
    announced(server, REPORT, LATE)
    assert late(server, REPORT) == ["GAT013"]


@pytest.mark.parametrize("who", [DEAN, "t012", STUDENT, "nobody", ""])
def test_only_an_intake_account_announces(server: Server, who: str) -> None:
    with pytest.raises(LichengError, match="APP335"):
        announced(server, REPORT, actor=who)
    assert server.log() == []


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"content/school/accounts.yaml": "' + b"0" * 64 + b'"}',
        b'{"content/certifications/113/s1130003/terms/115-1/outputs/running/0001-certified.json": "'
        + b"0" * 64
        + b'"}',
        b'{"' + RUNNING.encode() + b'": "' + b"0" * 64 + b'"}',
        b'{"' + RUNNING.encode() + b'/item.md": "' + b"0" * 63 + b'"}',
        b'{"' + RUNNING.encode() + b'/item.md": 7}',
        b" " * (MOST_BYTES + 1),
        json.dumps({f"{RUNNING}/{number}": "0" * 64 for number in range(10_001)}).encode(),
    ],
    ids=lambda told: f"{len(told)} bytes",
)
def test_what_is_no_announcement_is_not_written_down(server: Server, told: bytes) -> None:
    with pytest.raises(LichengError, match="APP335"):
        announce(server.root, school_of(server.root), INTAKE, told, NOW)
    assert server.log() == []


def test_the_forced_command_starts_it_and_nothing_beside_it(server: Server) -> None:
    fingerprint = login(1, INTAKE).public.fingerprint
    command, environment = shell(server.root, fingerprint, f"licheng-announce '{server.root}'")
    assert command[1:] == ["-m", "licheng", "hook", "announce", "--repo", str(server.root)]
    assert environment["LICHENG_ACTOR"] == f"ssh:{fingerprint}"
    for asked in ("licheng-announce /etc", "licheng-announce", f"licheng-announce {server.root} --help"):
        with pytest.raises(LichengError, match="APP096"):
            shell(server.root, fingerprint, asked)


def test_a_teacher_logs_in_and_cannot_announce(server: Server) -> None:
    """The whole way: the forced command of the key, which starts the program that reads the accounts of main."""
    told = json.dumps({path: sha256(data) for path, data in REPORT.items()})
    asked = {**os.environ, "SSH_ORIGINAL_COMMAND": f"licheng-announce {server.root}"}
    answers = []
    for who in (DEAN, INTAKE):
        command = [str(LICHENG), "hook", "shell", login(1, who).public.fingerprint, "--repo", str(server.root)]
        answers.append(subprocess.run(command, input=told, env=asked, capture_output=True, text=True, check=False))
    refused, done = answers
    assert (refused.returncode, refused.stderr[:6], done.returncode) == (2, "APP335", 0), done.stderr
    [entry] = server.log()
    assert (entry["event"], entry["actor"]) == ("announced", INTAKE)
    kept = server.folder / "receipt.txt"
    kept.write_text(done.stdout)
    assert licheng("verify-receipt", str(kept), "--repo", str(server.root)).returncode == 0
    assert doctor(server) == {"DOC043": "ok", "DOC044": "ok", "DOC045": "ok", "DOC046": "ok"}
