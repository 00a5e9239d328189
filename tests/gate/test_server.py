"""A plain server end to end: real git, the forced command of `authorized_keys`, the hooks, the receipt log."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from licheng.app.server.received import ReceiptLog
from licheng.core.errors import LichengError
from licheng.demo.media import pdf
from licheng.demo.school import INTAKE, login
from tests.gate.items import HOME, OTHER, OTHERS_HOME, STUDENT, output
from tests.gate.scene import NOW
from tests.gate.server import DEAN, LICHENG, Server, copy_repository, licheng, wait_for_what_landed

pytestmark = pytest.mark.usefixtures("schools_judged_once")

# What a line of the log needs besides its number and its time.
SAID: dict[str, Any] = {"actor": INTAKE, "base": "0" * 40, "head": "1" * 40, "outcome": "refused", "things": {}}


def test_a_push_is_judged_received_and_lands(started: Server) -> None:
    clone = started.clone(INTAKE, by_login=True)
    started.commit(clone, output("running"), STUDENT)
    done = started.push(INTAKE, clone)
    assert done.returncode == 0, done.stderr
    assert done.stderr.index("檢查通過，還沒有合併") < done.stderr.index("已合併")
    assert f"{HOME}/terms/115-1/outputs/running  sha256:" in done.stderr
    received, landed = started.log()
    assert (received["event"], received["outcome"], received["actor"]) == ("received", "accepted", INTAKE)
    assert (landed["event"], landed["head"]) == ("landed", started.main)


def test_what_is_refused_leaves_the_server_as_it_was(server: Server) -> None:
    clone, before = server.clone("t012"), server.main
    server.commit(clone, output("running"), "t012")
    done = server.push("t012", clone)
    assert done.returncode == 1
    assert "GAT003" in done.stderr
    assert "下一步　t012" in done.stderr
    head = server.run("t012", clone, "rev-parse", "HEAD").stdout.strip()
    assert server.main == before
    missing = subprocess.run(["git", "-C", str(server.root), "cat-file", "-e", head], capture_output=True, check=False)
    assert missing.returncode != 0, "the objects of a refused push are not kept"
    [received] = server.log()
    assert (received["outcome"], received["codes"]) == ("refused", ["GAT003"])


def test_names_that_the_server_knows_stand_in_no_commit(server: Server, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("王小明\n", encoding="utf-8")
    server.git("config", "licheng.identities", str(names))
    clone = server.clone(INTAKE)
    server.commit(clone, output("running", body="與王小明一起測量。"), STUDENT)
    done = server.push(INTAKE, clone)
    assert (done.returncode, "PRI004" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("who", [DEAN, "t004", "t006", "t012"])
def test_who_answers_for_the_records_clones_by_login(server: Server, who: str) -> None:
    clone = server.clone(who, by_login=True)
    assert server.run(who, clone, "rev-parse", "HEAD").stdout.strip() == server.main


def test_students_and_strangers_do_not_clone(server: Server) -> None:
    for who, code in ((STUDENT, "APP097"), ("t999", "APP097"), ("t025", "APP097")):
        done = server.run(who, server.folder, "clone", "-q", f"school:{server.root}", str(server.folder / "no"))
        assert done.returncode != 0
        assert code in done.stderr


def test_a_connection_runs_git_on_this_repository_and_nothing_else(server: Server) -> None:
    fingerprint = login(1, "t012").public.fingerprint
    for asked in ("", "sh", "git-upload-pack '/etc'", "git-upload-pack --help", f"git-shell {server.root}; id", "'"):
        done = licheng("hook", "shell", fingerprint, "--repo", str(server.root), SSH_ORIGINAL_COMMAND=asked)
        assert (done.returncode, done.stderr[:6]) == (2, "APP096"), asked


@pytest.mark.parametrize(
    "refs",
    [("HEAD:other",), ("HEAD:refs/tags/v1",), (":main",), ("HEAD:main", "HEAD:other")],
    ids=lambda refs: refs[-1],
)
def test_only_main_and_only_forward(server: Server, refs: tuple[str, ...]) -> None:
    clone, before = server.clone(INTAKE), server.git("for-each-ref")
    server.commit(clone, output("running"), STUDENT)
    done = server.run(INTAKE, clone, "push", "origin", *refs)
    assert done.returncode == 1
    assert server.git("for-each-ref") == before


def test_a_forced_push_is_refused(server: Server) -> None:
    clone, before = server.clone(INTAKE), server.main
    assert server.run(INTAKE, clone, "reset", "-q", "--hard", "HEAD~1").returncode == 0
    server.commit(clone, output("running"), STUDENT)
    assert server.push(INTAKE, clone, "--force").returncode == 1
    assert server.main == before


def test_a_pushed_replacement_is_refused_and_one_on_the_server_is_not_believed(server: Server) -> None:
    """`refs/replace/*` or a graft could make git read another staff list than main's."""
    clone, main = server.clone(INTAKE), server.main
    forged = server.run(INTAKE, clone, "commit-tree", f"{main}^{{tree}}", "-m", "Forged").stdout.strip()
    done = server.run(INTAKE, clone, "push", "origin", f"{forged}:refs/replace/{main}")
    assert done.returncode == 1
    assert "APP098" in done.stderr
    (server.root / "info" / "grafts").write_text(f"{main}\n")
    staff = server.git("rev-parse", f"{main}:content/school/staff.yaml")
    lie = subprocess.run(
        ["git", "-C", str(server.root), "hash-object", "-w", "--stdin"],
        input=b"kind: staff/v1\nstaff: []\n",
        check=True,
        capture_output=True,
    ).stdout.decode()
    server.git("update-ref", f"refs/replace/{staff}", lie.strip())
    server.commit(clone, output("running"), STUDENT)
    done = server.push(INTAKE, clone)
    assert done.returncode == 0, done.stderr


def test_a_repository_that_does_not_hold_everything_decides_nothing(server: Server) -> None:
    shallow = server.folder / "shallow"
    command = ["git", "clone", "-q", "--bare", "--depth", "1", f"file://{server.root}", str(shallow)]
    subprocess.run(command, check=True, capture_output=True)
    ids = ["--base", server.main, "--head", server.main, "--actor", DEAN, "--repo", str(shallow), "--demo"]
    done = licheng("gate", *ids)
    assert (done.returncode, done.stderr[:6]) == (3, "APP092")


def test_a_demo_school_is_not_judged_by_accident(server: Server) -> None:
    ids = ["--base", server.main, "--head", server.main, "--actor", DEAN, "--repo", str(server.root)]
    done = licheng("gate", *ids)
    assert (done.returncode, done.stderr[:6]) == (2, "APP094")
    short = [*ids[:1], server.main[:12], *ids[2:], "--demo"]
    done = licheng("gate", *short)
    assert (done.returncode, done.stderr[:6]) == (2, "APP091")


def test_two_pushes_race_for_the_last_place(server: Server) -> None:
    """Each is legal by itself; main takes one, and the other is refused once it has seen the first."""
    one = server.clone(INTAKE, "one")
    server.commit(one, output("running"), STUDENT)
    assert server.push(INTAKE, one).returncode == 0
    two = server.clone(INTAKE, "two")
    server.commit(one, output("jumping"), STUDENT)
    server.commit(two, output("throwing"), STUDENT)
    done: dict[str, subprocess.CompletedProcess[str]] = {}
    racers = [threading.Thread(target=lambda clone=clone: done.update({clone.name: server.push(INTAKE, clone)}))
              for clone in (one, two)]  # fmt: skip
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(result.returncode for result in done.values()) == [0, 1]
    loser = one if done["one"].returncode else two
    assert server.run(INTAKE, loser, "pull", "-q", "--rebase", "origin", "main").returncode == 0
    again = server.push(INTAKE, loser)
    assert again.returncode == 1
    assert "QUO001" in again.stderr


def test_an_intake_brings_each_students_own_work(server: Server) -> None:
    clone = server.clone(INTAKE)
    server.commit(clone, output("running"), STUDENT)
    server.commit(clone, output("jumping", home=OTHERS_HOME), OTHER)
    assert server.push(INTAKE, clone).returncode == 0
    server.commit(clone, output("throwing", home=OTHERS_HOME), STUDENT)
    done = server.push(INTAKE, clone)
    assert done.returncode == 1
    assert "GAT003" in done.stderr


def test_what_was_first_received_in_time_is_in_time(server: Server) -> None:
    """A push that lost a race, or was refused for something else, has still been received."""
    log = ReceiptLog.of(server.root)
    digest = "ab" * 32
    said = {"actor": INTAKE, "base": "0" * 40, "head": "1" * 40, "things": {HOME: digest}}
    log.append(NOW.replace(day=1), "received", **said, outcome="refused", reserved=[])
    log.append(NOW, "received", **said, outcome="refused", reserved=[HOME])
    log.append(NOW.replace(year=2027), "received", **said, outcome="accepted")
    assert log.first_received({HOME: digest}) == {HOME: NOW}
    assert log.first_received({OTHERS_HOME: digest}) == {}, "a copy is another thing"


def test_a_changed_log_is_seen_and_an_unfinished_line_is_none(server: Server) -> None:
    log = ReceiptLog.of(server.root)
    for number in range(3):
        log.append(NOW, "received", **SAID, number=number)
    with log.path.open("ab") as file:
        file.write(b'{"sequence": 4, "half')
    assert len(list(log.entries())) == 3
    log.append(NOW, "landed", **SAID)
    assert [entry["sequence"] for entry in log.entries()] == [1, 2, 3, 4]
    text = log.path.read_text(encoding="utf-8")
    log.path.write_text(text.replace('"number": 1', '"number": 7'), encoding="utf-8")
    with pytest.raises(LichengError, match="APP093"):
        list(log.entries())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_push_without_a_receipt_is_refused(server: Server) -> None:
    """The disk is full: what cannot be written down is not taken."""
    clone, before = server.clone(INTAKE), server.main
    server.commit(clone, output("running"), STUDENT)
    log = ReceiptLog.of(server.root).path
    log.symlink_to("/dev/full")
    done = server.push(INTAKE, clone)
    assert (done.returncode, server.main) == (1, before)
    assert "APP150" in done.stderr
    log.unlink()
    assert server.push(INTAKE, clone).returncode == 0


def test_half_a_line_is_no_receipt(tmp_path: Path) -> None:
    """A disk with room for a part of the line takes that part, and write(2) calls it a success."""
    resource = pytest.importorskip("resource")
    log = ReceiptLog.of(tmp_path)
    log.append(NOW, "received", **SAID)
    size, limits = log.path.stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, limits[1]))
    try:
        with pytest.raises(LichengError, match="APP150"):
            log.append(NOW, "received", **SAID)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(list(log.entries())) == 1
    assert log.append(NOW, "received", **SAID)["sequence"] == 2
    assert len(list(log.entries())) == 2


def test_the_site_of_an_older_push_never_replaces_a_newer_one(server: Server, tmp_path: Path) -> None:
    """Two pushes soon after each other: what follows the first one may come last, and leaves all to the other."""
    older = server.git("rev-parse", "refs/heads/main~1")
    target = tmp_path / "site"
    target.mkdir()
    (target / "index.html").write_text("newer")
    server.git("config", "licheng.site", str(target))
    done = licheng("hook", "landed", older, "--repo", str(server.root))
    assert (done.returncode, done.stdout.split()) == (0, [older, "-"])
    assert (target / "index.html").read_text() == "newer"


def test_glass_is_broken_by_a_coordinator_over_control_alone_and_logged(server: Server) -> None:
    clone = server.clone(DEAN)
    path = "content/calendar/115-1.yaml"
    text = (clone / path).read_text(encoding="utf-8").replace("closes: 2027-02-03", "closes: 2026-12-31")
    server.commit(clone, {path: text.encode()}, DEAN)
    assert server.push(DEAN, clone).returncode == 1
    done = server.push(DEAN, clone, "-o", "break-glass=颱風停課，先關閉")
    assert done.returncode == 0, done.stderr
    assert "緊急放行" in done.stderr
    assert [entry.get("glass") for entry in server.log() if entry["event"] == "received"] == [None, "颱風停課，先關閉"]
    server.commit(clone, output("running"), DEAN)
    assert server.push(DEAN, clone, "-o", "break-glass=再一次").returncode == 1


def test_a_receipt_log_that_was_cut_is_seen_by_the_pushes_that_git_remembers(server: Server) -> None:
    clone, log = server.clone(INTAKE), server.root / "licheng" / "receipts.jsonl"

    def receipts() -> str:
        done = licheng("doctor", "--repo", str(server.root), "--json")
        return next(str(line["state"]) for line in json.loads(done.stdout)["lines"] if line["code"] == "DOC043")

    kept = []
    for slug in ("running", "swimming"):
        server.commit(clone, output(slug, submitted=False), STUDENT)
        assert server.push(INTAKE, clone).returncode == 0
        wait_for_what_landed(server.root)
        kept.append(log.read_bytes())
        assert receipts() == "ok"
    for cut in (kept[0], b"", kept[1].replace(b"accepted", b"refused!", 1)):
        log.write_bytes(cut)
        assert receipts() == "wrong"
    log.unlink()
    assert receipts() == "wrong"
    log.write_bytes(kept[1])
    assert receipts() == "ok"


def test_authorized_keys_ties_each_key_to_one_command(server: Server) -> None:
    target = server.folder / "authorized_keys"
    done = licheng("hook", "authorized-keys", "--repo", str(server.root), "--out", str(target))
    assert done.returncode == 0, done.stderr
    lines = target.read_text(encoding="utf-8").splitlines()
    assert target.stat().st_mode & 0o777 == 0o600
    assert all(line.startswith('command="') and ",restrict,".replace(",", "", 1)[:-1] in line for line in lines)
    mine = login(1, "t012").public
    [line] = [line for line in lines if line.endswith(" t012")]
    assert mine.line in line
    assert f"hook shell {mine.fingerprint} --repo {server.root}" in line


def test_installing_twice_is_the_same_and_a_foreign_hook_stays(server: Server) -> None:
    who = ("-c", "user.name=t001", "-c", "user.email=t001@licheng.invalid")
    server.git("update-ref", "refs/heads/other", server.git(*who, "commit-tree", "-m", "Loose", "main^{tree}"))
    assert server.git("count-objects").startswith("1 ")
    again = licheng("hook", "install", str(server.root), "--demo")
    assert again.returncode == 0
    assert server.git("count-objects").startswith("0 "), "of what is loose each clone makes a pack of its own"
    hook = server.root / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 0\n")
    done = licheng("hook", "install", str(server.root))
    assert (done.returncode, done.stderr[:6]) == (2, "APP009")
    assert hook.read_text() == "#!/bin/sh\nexit 0\n"


def test_main_is_checked_again_after_a_push(server: Server) -> None:
    done = subprocess.run(
        [LICHENG, "hook", "landed", server.main, "--repo", str(server.root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, [server.main, "0"])


def _kill_hooks(root: Path) -> None:
    """Kill -9 whatever runs in the repository."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").resolve() == root and b"licheng" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


@pytest.mark.parametrize("after", [0.05, 0.3, 0.8, 1.5])
def test_killed_in_the_middle_of_a_push_the_server_is_whole(started: Server, after: float) -> None:
    clone, before = started.clone(INTAKE), started.main
    started.commit(clone, output("running"), STUDENT)
    pushing = threading.Thread(target=started.push, args=(INTAKE, clone))
    pushing.start()
    time.sleep(after)
    _kill_hooks(started.root)
    pushing.join()
    assert started.main in {before, started.run(INTAKE, clone, "rev-parse", "HEAD").stdout.strip()}
    started.git("fsck", "--strict")
    again = started.push(INTAKE, clone)
    assert again.returncode == 0, again.stderr
    assert [entry["sequence"] for entry in started.log()] == list(range(1, len(started.log()) + 1))


@pytest.mark.parametrize("after", [0.2, 0.6, 1.0, 1.4])
def test_killed_while_certifying_nothing_is_half_written(written: Path, tmp_path: Path, after: float) -> None:
    school = tmp_path / "school"
    copy_repository(written / "school", school)
    queue = licheng("queue", "--lang", "en", cwd=school)
    row = next(line.split("  ") for line in queue.stdout.splitlines() if "/terms/115-1/" in line)
    item, teacher = row[0], row[3].split(", ")[0]
    command = [str(LICHENG), "certify", item, "--key", f".licheng/keys/{teacher}"]
    _kill(command, school, after)
    folder = school / item.replace("content/students", "content/certifications")
    if (folder / "0001-certified.json").exists():
        assert (folder / "0001-certified.json.sig").exists()
        return  # it was done before it was killed
    again = licheng(*command[1:], cwd=school)
    assert again.returncode == 0, again.stderr
    report = licheng("check", "--format", "json", cwd=school)
    assert {finding["code"] for finding in json.loads(report.stdout)["findings"]} <= {"CER018", "MTG008"}


@pytest.mark.parametrize("after", [0.1, 0.25, 0.4, 0.6])
def test_killed_while_attaching_the_item_is_the_old_or_the_new_one(written: Path, tmp_path: Path, after: float) -> None:
    school = tmp_path / "school"
    copy_repository(written / "school", school)
    item = school / f"{HOME}/terms/115-1/outputs/running"
    for path, data in output("running", submitted=False).items():
        (school / path).parent.mkdir(parents=True, exist_ok=True)
        (school / path).write_bytes(data)
    before = (item / "item.md").read_bytes()
    (school / "report.pdf").write_bytes(pdf("mine"))
    command = [str(LICHENG), "attach", item.relative_to(school).as_posix(), "report.pdf"]
    _kill(command, school, after)
    if (item / "item.md").read_bytes() == before:
        again = licheng(*command[1:], cwd=school)
        assert again.returncode == 0, again.stderr
    assert sorted(path.name for path in item.iterdir()) == ["item.md", "report.pdf"]
    report = licheng("check", "--format", "json", HOME, cwd=school)
    assert {finding["code"] for finding in json.loads(report.stdout)["findings"]} <= {"CER018"}


@pytest.mark.parametrize("after", [0.1, 0.3, 0.5, 0.8])
def test_killed_while_judging_nothing_has_changed(server: Server, after: float) -> None:
    clone, before = server.clone(INTAKE), server.main
    server.commit(clone, output("running"), STUDENT)
    head = server.run(INTAKE, clone, "rev-parse", "HEAD").stdout.strip()
    command = [str(LICHENG), "gate", "--base", before, "--head", head, "--actor", INTAKE, "--demo"]
    state = server.run(INTAKE, clone, "status", "--porcelain").stdout
    _kill(command, clone, after)
    assert server.run(INTAKE, clone, "status", "--porcelain").stdout == state
    assert server.run(INTAKE, clone, "fsck", "--strict").returncode == 0
    again = licheng(*command[1:], cwd=clone)
    assert again.returncode == 0, again.stdout + again.stderr


def _kill(command: list[str], folder: Path, after: float) -> None:
    """Start a command and kill it -9 after some seconds."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
