"""The last evening of a window: students hand in files of 2 MB at once, while the gate judges; a server may be killed.

    .venv/bin/python -m tests.benchmarks.platform --students 60 --kills 3

A server process accepts uploads over HTTP on the loopback, answers with a signed receipt, and delivers to the real
hooks of a bare repository. Each student sends the form again until it is answered. Printed are the seconds until a
receipt was there, what the gate judged in a second, how much faster receipts are than judging, and what was lost.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from licheng.app.demo import write_demo
from licheng.app.server.login import school_of
from licheng.demo.school import INTAKE
from licheng.platform.batches import TRAILER
from licheng.platform.delivery import Delivery
from licheng.platform.hand_in import HandIn, TicketState
from licheng.platform.hand_in_receipts import HandInKey
from licheng.platform.remote import Remote
from licheng.platform.spool import Spool
from licheng.policy.accounts import accounts
from tests.benchmarks.check import BIN, row
from tests.gate.items import attachment
from tests.platform.school import picture

SIZE = 2 << 20
SLUG = "last-evening"
_GIVES_UP = 1800  # seconds


def folder_of(student: str) -> str:
    return f"content/students/{student[1:4]}/{student}/years/115/activities/{SLUG}"


ITEM = """---
kind: activity/v1
category: work
name: 送出測試
on: 2026-10-10
summary: 示範。
submitted: false
attachments:{rows}
---
示範。
"""


@dataclass(frozen=True)
class Platform:
    """The server process."""

    folder: Path

    @property
    def delivery(self) -> Delivery:
        state = self.folder / "state"
        return Delivery(Spool(state / "spool"), Remote(str(self.folder / "school.git"), INTAKE), state, demo=True)

    @property
    def key(self) -> HandInKey:
        return HandInKey(self.folder / "state" / "keys")

    def accept(self, student: str, data: bytes) -> bytes:
        """Keep an upload; the ticket and the receipt's signature as JSON."""
        item, attached = f"{folder_of(student)}/item.md", f"{folder_of(student)}/picture.png"
        text = ITEM.format(rows=attachment("picture.png", data, "image/png")).encode()
        bases = dict.fromkeys((item, attached))
        with tempfile.NamedTemporaryFile(dir=self.folder / "uploads") as upload:
            upload.write(data)
            upload.flush()
            files = {attached: Path(upload.name)}
            ticket = self.delivery.spool.accept(
                HandIn(student, datetime.now(UTC), "submit", SLUG, {item: text}, bases, files)
            )
        return json.dumps({"ticket": ticket.id, "receipt": self.key.receipt(ticket).signature.decode()}).encode()

    def serve(self, port: int) -> None:
        """Accept, give receipts, deliver, until killed."""
        self.key.make()

        def tell(error: Exception) -> None:
            sys.stderr.write(f"{error}\n")

        threading.Thread(
            target=self.delivery.run, args=(threading.Event(), lambda: datetime.now(UTC), tell), daemon=True
        ).start()
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Uploads, self), bind_and_activate=False)
        server.request_queue_size = 1024
        server.server_bind()
        server.server_activate()
        server.serve_forever()


class Uploads(BaseHTTPRequestHandler):
    """A form: the student in the path, the file as the body."""

    def __init__(self, platform: Platform, *args: Any) -> None:
        self.platform = platform
        super().__init__(*args)

    def do_POST(self) -> None:
        """Answer with the ticket."""
        answer = self.platform.accept(self.path.strip("/"), self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def hand_in(port: int, student: str, data: bytes) -> tuple[str, float, float]:
    """Send the form until it is answered: the ticket, the seconds that the answered try took, and when that was."""
    while True:
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            connection.request("POST", f"/{student}", data)
            answer = connection.getresponse()
            ticket: str = json.loads(answer.read())["ticket"]
            now = time.monotonic()
            return ticket, now - began, now
        except (OSError, ValueError, http.client.HTTPException):
            time.sleep(0.2)
        finally:
            connection.close()


def school(folder: Path, students: int) -> list[str]:
    """A demo school's server; its students who have an account and are here."""
    write_demo(folder / "school", students, 1)
    subprocess.run(["git", "clone", "-q", "--bare", str(folder / "school"), str(folder / "school.git")], check=True)
    subprocess.run(
        [BIN / "licheng", "hook", "install", folder / "school.git", "--demo"], check=True, capture_output=True
    )
    (folder / "uploads").mkdir()
    (folder / "state").mkdir()
    known = school_of(folder / "school.git")
    return [account.id for account in accounts(known, known.today) if account.holder == "student"]


def started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.platform", "--serve", str(folder), str(port)])
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError(process.returncode)


def measure(folder: Path, students: int, kills: int, at_once: int) -> None:
    """Hand in, kill, wait, count, print."""
    people = school(folder, students)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    files = {student: picture(SIZE, student) for student in people}
    process, began = started(folder, port), time.monotonic()
    spool = Spool(folder / "state" / "spool")
    with ThreadPoolExecutor(at_once) as pool:
        answers = [pool.submit(hand_in, port, student, files[student]) for student in people]
        for number in range(kills):
            time.sleep(2 + number)  # among uploads, then among pushes
            process.kill()
            process.wait()
            process = started(folder, port)
        results = [answer.result() for answer in answers]
    accepted = max(answered for _, _, answered in results) - began
    while spool.waiting() and time.monotonic() - began < _GIVES_UP:
        time.sleep(0.2)
    judged = time.monotonic() - began
    process.kill()
    process.wait()
    report(folder, spool, people, results, accepted, judged, kills)


def report(
    folder: Path,
    spool: Spool,
    people: list[str],
    results: list[tuple[str, float, float]],
    accepted: float,
    judged: float,
    kills: int,
) -> None:
    """Print a table, and end with 1 where anything was lost or done twice."""
    states = {ticket.id: ticket for student in people for ticket in spool.tickets_of(student)}
    shown = f"--format=%(trailers:key={TRAILER},valueonly,separator=)"
    log = subprocess.run(["git", "-C", folder / "school.git", "log", shown], check=True, capture_output=True, text=True)
    on_main = Counter(log.stdout.split())
    count = Counter(ticket.state for ticket in states.values())
    lost = [ticket for ticket, _, _ in results if ticket not in states or states[ticket].state is TicketState.WAITING]
    wrong = [
        ticket.id
        for ticket in states.values()
        if on_main[ticket.id] != (1 if ticket.state is TicketState.LANDED else 0)
    ]
    seconds = sorted(seconds for _, seconds, _ in results)
    p50, p95 = statistics.median(seconds), seconds[int(len(seconds) * 0.95)]
    codes = Counter(code for ticket in states.values() for code in ticket.codes)
    row(f"{len(results)} hand-ins of 2 MB, {kills} kills", "value")
    row("seconds to a receipt, p50", f"{p50:.3f}")
    row("seconds to a receipt, p95", f"{p95:.3f}")
    row("receipts a second", f"{len(results) / accepted:.1f}")
    row("judged a second", f"{len(results) / judged:.2f}")
    row("receipts to judged, ratio", f"{judged / accepted:.1f}")
    row("landed / refused", f"{count[TicketState.LANDED]} / {count[TicketState.REFUSED]} {dict(codes) or ''}")
    row("lost / not exactly once", f"{len(lost)} / {len(wrong)}")
    sys.exit(1 if lost or wrong else 0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=16, help="uploads that are under way together")
    parser.add_argument("--serve", nargs=2, metavar=("FOLDER", "PORT"), help="be the server process")
    options = parser.parse_args()
    if options.serve:
        Platform(Path(options.serve[0])).serve(int(options.serve[1]))
        return
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-", dir=os.environ.get("TMPDIR")))
    try:
        measure(folder, options.students, options.kills, options.at_once)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
