"""What a pusher is told, and what lands: races, receipts, and a server whose log was rewritten."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path

from licheng.demo.school import INTAKE, login
from tests.gate.items import STUDENT, output
from tests.gate.server import Server, licheng, wait_for_what_landed
from tests.gate.test_receipts import rechained


def doctor(server: Server, *options: str) -> dict[str, str]:
    done = licheng("doctor", "--repo", str(server.root), "--json", *options)
    lines = json.loads(done.stdout)["lines"]
    return {line["code"]: line["state"] for line in lines if "DOC043" <= line["code"] <= "DOC047"}


def pushed(server: Server, slug: str = "running") -> str:
    """What somebody who pushes an output is told."""
    clone = server.folder / INTAKE
    if not clone.exists():
        server.clone(INTAKE)
    server.commit(clone, output(slug, submitted=False), STUDENT)
    done = server.push(INTAKE, clone)
    assert done.returncode == 0, done.stderr
    wait_for_what_landed(server.root)
    return done.stderr


def test_of_several_pushes_at_once_one_is_told_that_it_is_merged(server: Server) -> None:
    clones = [server.clone(INTAKE, f"clone-{number}") for number in range(4)]
    for number, clone in enumerate(clones):
        server.commit(clone, output(f"running-{number}"), STUDENT)
    done: list[subprocess.CompletedProcess[str]] = []
    racers = [threading.Thread(target=lambda clone=clone: done.append(server.push(INTAKE, clone))) for clone in clones]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    winners = [result for result in done if result.returncode == 0]
    told = [result for result in done if "已合併：" in result.stderr or "BEGIN LICHENG RECEIPT" in result.stderr]
    assert winners == told
    assert len(winners) == 1
    # By us; by git in the milliseconds of its own lock; or by the client, which saw the new main as it began.
    words = ("git rebase origin/main", "failed to update ref", "fetch first")
    losers = [result.stderr for result in done if result.returncode]
    assert [text for text in losers if not any(word in text for word in words)] == []
    assert [entry["event"] for entry in server.log()].count("landed") == 1


def test_main_that_moves_after_the_check_is_seen_by_the_last_hook(started: Server) -> None:
    """The hook that git runs just before it moves main, told of a main that is another one by now."""
    clone = started.clone(INTAKE)
    started.commit(clone, output("running"), STUDENT)
    head = started.run(INTAKE, clone, "rev-parse", "HEAD").stdout.strip()
    hook = str(started.root / "hooks" / "update")
    older = started.git("rev-parse", "refs/heads/main~1")
    done = subprocess.run(
        [hook, "refs/heads/main", older, head], cwd=started.root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr[:6]) == (2, "APP168")
    assert [entry["event"] for entry in started.log()] == ["overtaken"]
    same = subprocess.run([hook, "refs/heads/main", started.main, head], cwd=started.root, check=False)
    assert same.returncode == 0


def test_git_itself_writes_down_who_pushed(server: Server) -> None:
    pushed(server)
    line = (server.root / "logs" / "refs" / "heads" / "main").read_text(encoding="utf-8").splitlines()[-1]
    assert f"{INTAKE} <ssh:{login(1, INTAKE).public.fingerprint}>" in line


def test_a_kept_receipt_shows_a_log_that_was_rewritten(server: Server, tmp_path: Path) -> None:
    told = pushed(server)
    kept = tmp_path / "receipt.txt"
    kept.write_text(told, encoding="utf-8")
    whole = {"DOC043": "ok", "DOC044": "ok", "DOC045": "ok", "DOC046": "ok"}
    assert doctor(server) == whole
    check = ("verify-receipt", str(kept), "--repo", str(server.root))
    done = licheng(*check)
    assert (done.returncode, "相符" in done.stdout) == (0, True), done.stdout + done.stderr
    log = server.root / "licheng" / "receipts.jsonl"
    before = log.read_bytes()
    for change in ({1: {"actor": "t001"}}, {2: {"actor": "t001"}}, {2: {"clock": "2026-09-20T04:00:00Z"}}):
        rechained(server.receipts, change)
        done = licheng(*check)
        assert (done.returncode, "不是給這張收據的那一份" in done.stdout) == (1, True), done.stdout
        assert doctor(server) == whole | {"DOC043": "wrong", "DOC044": "wrong", "DOC046": "wrong"}
        log.write_bytes(before)
    log.write_bytes(before.splitlines(keepends=True)[0])
    assert licheng(*check).returncode == 1
    log.write_bytes(before)
    assert doctor(server) == whole


def test_the_doctor_sees_a_key_that_is_another_one(server: Server) -> None:
    key = server.receipts.key
    own = key.listed()[0][1].fingerprint
    assert doctor(server, "--receipt-key", own)["DOC047"] == "ok"
    key.private.chmod(0o640)
    assert doctor(server)["DOC045"] == "wrong"
    key.private.chmod(0o600)
    shutil.copy(key.private, server.folder / "kept")
    key.private.unlink()
    assert doctor(server)["DOC045"] == "wrong"
    again = licheng("hook", "install", str(server.root), "--demo")
    assert (again.returncode, again.stderr[:6]) == (2, "APP165"), "no new key unless somebody asks for one"
    assert licheng("hook", "install", str(server.root), "--demo", "--new-key").returncode == 0
    assert doctor(server, "--receipt-key", own) | {"DOC043": "", "DOC044": ""} == {
        "DOC043": "", "DOC044": "", "DOC045": "ok", "DOC046": "ok", "DOC047": "wrong",
    }  # fmt: skip
