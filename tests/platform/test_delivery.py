from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from licheng.core.errors import LichengError
from licheng.demo.school import INTAKE
from licheng.platform.batches import SETTLED, TRAILER, DeliveryClone
from licheng.platform.delivery import Delivery
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.remote import PushAnswer, Remote
from licheng.platform.spool import Spool
from licheng.sources.git import Objects
from licheng.sources.git import run as git
from licheng.storage.files import alone
from tests.gate.items import HOME, OTHER, STUDENT, attachment, output
from tests.gate.server import Server
from tests.platform.school import NOW, child, delivery, draft, hand_in, picture, sha256

ITEM = f"{HOME}/terms/115-1/outputs/running/item.md"
WAITING, LANDED, REFUSED = TicketState


@pytest.fixture
def platform(server: Server, tmp_path: Path) -> Delivery:
    return delivery(server.root, tmp_path / "state")


def accept(platform: Delivery, slug: str, account: str = STUDENT) -> Ticket:
    return platform.spool.accept(hand_in(draft(slug, account), key=slug, account=account))


def settled(platform: Delivery, *tickets: Ticket) -> list[TicketState]:
    known = [platform.spool.ticket(ticket.account, ticket.id) for ticket in tickets]
    return [ticket.state for ticket in known if ticket is not None]


def on_main(server: Server) -> list[str]:
    """The ids of the tickets that main has, each as often as it has it."""
    return server.git("log", f"--format=%(trailers:key={TRAILER},valueonly,separator=)").split()


TEN = [f"s113{number:04}" for number in range(1, 9)] + ["s1140001", "s1140002"]


def test_hand_ins_land_as_commits_of_their_students_in_one_push(server: Server, platform: Delivery) -> None:
    before, tickets = server.main, [accept(platform, "running"), accept(platform, "running", OTHER)]
    report = platform.deliver(NOW)
    assert (report.landed, report.refused, report.pushes, report.trouble) == (2, 0, 1, None)
    assert git(platform.clone, "rev-parse", SETTLED).decode().strip() == before
    shown = server.git("log", "-2", "--reverse", "--format=%an <%ae> %aI %cn <%ce>").splitlines()
    assert shown == [
        f"{who} <{who}@licheng.invalid> 2026-11-23T12:00:00+08:00 {INTAKE} <{INTAKE}@licheng.invalid>"
        for who in (STUDENT, OTHER)
    ]
    assert on_main(server) == [ticket.id for ticket in reversed(tickets)]
    assert server.git("show", f"main:{ITEM}").encode() + b"\n" == draft("running")[ITEM]
    known = platform.spool.ticket(OTHER, tickets[1].id)
    assert known is not None
    assert (known.state, known.commit, known.settled_at) == (LANDED, server.main, NOW)
    assert [entry["actor"] for entry in server.log()] == [INTAKE] * 2


def test_one_among_ten_that_the_gate_refuses_comes_back_with_its_words(server: Server, platform: Delivery) -> None:
    good = [accept(platform, "running", student) for student in TEN if student != OTHER]
    files = dict(output("running", home=f"content/students/113/{OTHER}", submitted=False, summary=""))
    bad = platform.spool.accept(hand_in(files, account=OTHER))
    report = platform.deliver(NOW)
    assert (report.landed, report.refused, report.pushes) == (9, 1, 3)
    assert settled(platform, *good, bad) == [LANDED] * 9 + [REFUSED]
    known = platform.spool.ticket(OTHER, bad.id)
    assert known is not None
    assert known.codes == ("SCH003",)
    assert known.words["zh-TW"].startswith("SCH003 summary 應為文字")
    assert known.words["en"].startswith("SCH003 summary must be text")
    assert sorted(on_main(server)) == sorted(ticket.id for ticket in good)


@pytest.mark.hostile("reach")
def test_whose_file_it_is_already_is_told_to_nobody(server: Server, platform: Delivery) -> None:
    """Whoever holds a copy of a work would learn by handing it in whose it is, and where."""
    theirs = f"content/students/113/{OTHER}"
    paths = server.git("ls-tree", "-r", "--name-only", "main", theirs).split()
    path = next(path for path in paths if path.endswith(".pdf"))
    command = ["git", "-C", str(server.root), "show", f"main:{path}"]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    bad = platform.spool.accept(hand_in(dict(output("running", files={"copy.pdf": data}))))
    assert platform.deliver(NOW).refused == 1
    known = platform.spool.ticket(STUDENT, bad.id)
    assert known is not None
    assert known.codes == ("DUP001",)
    for words in known.words.values():
        assert words.startswith("DUP001 ")
        assert OTHER not in words
        assert path.split("/")[-2] not in words


def test_a_file_of_no_bytes_is_refused_by_the_gate_in_its_words(platform: Delivery) -> None:
    files = dict(output("running", files={"report.pdf": b""}, listed=attachment("report.pdf", b"")))
    ticket = platform.spool.accept(hand_in(files))
    assert platform.deliver(NOW).refused == 1
    known = platform.spool.ticket(STUDENT, ticket.id)
    assert known is not None
    assert known.codes == ("SCH006",)


def test_a_large_file_goes_to_the_servers_store_before_its_pointer(server: Server, platform: Delivery) -> None:
    data = picture(70 << 10, "large")
    rows = attachment("picture.png", data, "image/png")
    files = dict(output("running", submitted=False, files={"picture.png": data}, listed=rows))
    ticket = platform.spool.accept(hand_in(files))
    report = platform.deliver(NOW)
    known = platform.spool.ticket(STUDENT, ticket.id)
    assert known is not None
    assert (report.landed, known.words) == (1, {})
    shown = server.git("show", f"main:{HOME}/terms/115-1/outputs/running/picture.png")
    assert f"oid sha256:{sha256(data)}" in shown
    assert (server.root / "lfs" / "objects" / sha256(data)[:2] / sha256(data)[2:4] / sha256(data)).read_bytes() == data


def test_a_form_opened_on_what_main_no_longer_has_overwrites_nothing(server: Server, platform: Delivery) -> None:
    first = draft("running")
    accept(platform, "running")
    old, new = sha256(first[ITEM] or b""), dict(output("running", submitted=False, body="改寫過。"))
    again = platform.spool.accept(hand_in(new, key="second", bases={ITEM: old}))
    stale = platform.spool.accept(hand_in({ITEM: b"stale"}, key="third", bases={ITEM: old}))
    gone = platform.spool.accept(hand_in({ITEM: None}, key="fourth", bases={ITEM: old}))
    report = platform.deliver(NOW)
    assert (report.landed, report.refused, report.trouble) == (2, 2, None)
    assert settled(platform, again, stale, gone) == [LANDED, REFUSED, REFUSED]
    known = platform.spool.ticket(STUDENT, stale.id)
    assert known is not None
    assert known.codes == ("APP334",)
    assert ITEM in known.words["zh-TW"]
    assert ITEM in known.words["en"]
    assert server.git("show", f"main:{ITEM}").encode() + b"\n" == new[ITEM]


def test_what_has_waited_for_weeks_still_lands(server: Server, platform: Delivery) -> None:
    sent = replace(hand_in(draft("running")), received_at=NOW - timedelta(days=30))
    ticket = platform.spool.accept(sent)
    assert (platform.deliver(NOW).trouble, settled(platform, ticket)) == (None, [LANDED])
    assert server.git("log", "-1", "--format=%aI %cI") == "2026-11-10T12:00:00+08:00 2026-11-23T12:00:00+08:00"


def test_a_platform_whose_clock_is_wrong_gives_nothing_back(platform: Delivery) -> None:
    tickets = [accept(platform, "running"), accept(platform, "running", OTHER)]
    report = platform.deliver(NOW.replace(year=2028))
    assert report.trouble is not None
    assert (report.trouble.values["detail"], settled(platform, *tickets)) == ("GAT028", [WAITING] * 2)


def test_what_main_has_already_needs_no_commit(server: Server, platform: Delivery) -> None:
    ticket = accept(platform, "running")
    platform.deliver(NOW)
    main = server.main
    same = platform.spool.accept(hand_in(draft("running"), key="another form"))
    assert platform.deliver(NOW).pushes == 0
    assert (settled(platform, ticket, same), server.main) == ([LANDED, LANDED], main)


def test_two_deliveries_at_once_are_one(platform: Delivery) -> None:
    accept(platform, "running")
    (platform.folder / "delivering").mkdir(parents=True, exist_ok=True)
    with alone(platform.folder / "delivering"), pytest.raises(LichengError, match="APP337"):
        platform.deliver(NOW)
    assert len(platform.spool.waiting()) == 1
    assert platform.deliver(NOW).landed == 1


def test_without_a_server_everything_waits(server: Server, platform: Delivery) -> None:
    ticket = accept(platform, "running")
    hidden = server.root.rename(server.root.with_name("away.git"))
    report = platform.deliver(NOW)
    assert report.trouble is not None
    assert (report.trouble.code, report.landed, report.refused) == ("APP338", 0, 0)
    with pytest.raises(LichengError, match="APP338"):
        platform.announce()
    hidden.rename(server.root)
    assert settled(platform, ticket) == [WAITING]
    assert platform.deliver(NOW).landed == 1


def test_what_the_server_does_not_decide_waits(server: Server, platform: Delivery) -> None:
    tickets = [accept(platform, "running"), accept(platform, "running", OTHER)]
    hook = server.root / "hooks" / "pre-receive"
    own = hook.read_bytes()
    for words in ("APP150 disk", "content/students:1:1: 錯誤 GAT008 nobody"):
        hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 3\n")
        report = platform.deliver(NOW)
        assert report.trouble is not None
        assert (report.trouble.code, settled(platform, *tickets)) == ("APP338", [WAITING] * 2)
    hook.write_bytes(own)
    report = platform.deliver(NOW)
    assert (report.trouble, settled(platform, *tickets)) == (None, [LANDED] * 2)


def test_one_that_the_server_cannot_judge_keeps_nobody_else_waiting(server: Server, platform: Delivery) -> None:
    """The hook fails whenever one student's commit is among those pushed."""
    stuck, other = accept(platform, "running"), accept(platform, "running", OTHER)
    hook = server.root / "hooks" / "pre-receive"
    hook.rename(hook.with_name("own"))
    hook.write_text(
        f"#!/bin/sh\nread old new ref\nif git log --format=%an $old..$new | grep -q {STUDENT}; then\n"
        f"  echo 'APP099 crashed' >&2; exit 3\nfi\necho $old $new $ref | {hook.with_name('own')}\n"
    )
    hook.chmod(0o755)
    for _ in range(4):
        if settled(platform, other) == [LANDED]:
            break
        platform.deliver(NOW)
    assert settled(platform, stuck, other) == [WAITING, LANDED]
    hook.with_name("own").rename(hook)
    assert platform.deliver(NOW).pushes == 0
    platform.deliver(NOW + timedelta(minutes=5))
    assert settled(platform, stuck) == [LANDED]


def test_a_hand_in_that_the_disk_has_damaged_keeps_nobody_else_waiting(platform: Delivery) -> None:
    damaged, other = accept(platform, "running"), accept(platform, "running", "s1140001")
    [digest] = damaged.sizes
    platform.spool.files.path(digest).unlink()
    report = platform.deliver(NOW)
    assert report.trouble is not None
    assert report.trouble.code == "APP332"
    assert settled(platform, damaged, other) == [WAITING, LANDED]


def test_it_goes_on_by_itself_after_trouble(server: Server, platform: Delivery) -> None:
    hidden, stop, told = server.root.rename(server.root.with_name("away.git")), Event(), list[Exception]()
    ticket = accept(platform, "running")
    work = Thread(target=platform.run, args=(stop, lambda: NOW, told.append, 0.02))
    work.start()
    try:
        wait_until(lambda: len(told) > 1)
        assert settled(platform, ticket) == [WAITING]
        hidden.rename(server.root)
        wait_until(lambda: settled(platform, ticket) == [LANDED])
    finally:
        stop.set()
        work.join()
    assert {error.code for error in told if isinstance(error, LichengError)} == {"APP338"}


@dataclass(frozen=True)
class Overtaken(Remote):
    """A server to which somebody else pushes first, for the first pushes."""

    before: Callable[[], None] = lambda: None

    def push(self, clone: Path, head: str) -> PushAnswer:
        self.before()
        return super().push(clone, head)


def test_when_main_moves_the_commits_are_built_again(server: Server, platform: Delivery) -> None:
    clone = server.clone(INTAKE)
    server.commit(clone, {path: data or b"" for path, data in draft("jumping", OTHER).items()}, OTHER)
    raced = list[int]()

    def race() -> None:
        if not raced:
            raced.append(server.push(INTAKE, clone).returncode)

    platform.remote = Overtaken(platform.remote.url, INTAKE, before=race)
    ticket = accept(platform, "running")
    report = platform.deliver(NOW)
    assert raced == [0]
    assert (report.landed, report.pushes, report.trouble) == (1, 2, None)
    assert on_main(server) == [ticket.id]


# What runs in a process that is killed: it delivers what waits in the state folder of the test.
DELIVER = "delivery(Path(sys.argv[1]), Path(sys.argv[2])).deliver(NOW)\n"
# A git that stops at a point: before it does what it was asked, or after.
GIT = """#!/bin/sh
case " $* " in
  *" {verb} "*) {before} "{real}" "$@"; rc=$?; {after} exit $rc;;
esac
exec "{real}" "$@"
"""
STOP = ": > {mark}; while :; do sleep 0.1; done;"


def stopping_git(folder: Path, verb: str, when: str, mark: Path) -> Path:
    """A folder with a git that stops before or after a command, and says so by a file."""
    folder.mkdir()
    stop = STOP.format(mark=mark)
    real = shutil.which("git")
    words = {"before": "", "after": "", when: stop}
    (folder / "git").write_text(GIT.format(verb=verb, real=real, **words))
    (folder / "git").chmod(0o755)
    return folder


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError


@pytest.mark.parametrize(
    ("verb", "when", "landed"),
    [("clone", "after", 0), ("fetch", "before", 0), ("fast-import", "after", 0), ("push", "before", 0),
     ("push", "after", 1)],
)  # fmt: skip
def test_killed_at_a_point_it_lands_once(
    server: Server, platform: Delivery, tmp_path: Path, verb: str, when: str, landed: int
) -> None:
    ticket, mark = accept(platform, "running"), tmp_path / "mark"
    path = stopping_git(tmp_path / "bin", verb, when, mark)
    if verb == "fetch":  # what has just been cloned is not fetched
        cloned(server, platform)
    with child(DELIVER, str(server.root), str(platform.folder), path=path) as process:
        wait_until(mark.exists)
        process.kill()
        end_of(path)
    assert len(on_main(server)) == landed
    assert settled(platform, ticket) == [WAITING]
    report = platform.deliver(NOW)
    assert (report.trouble, report.pushes) == (None, 1 - landed)
    assert (settled(platform, ticket), on_main(server)) == ([LANDED], [ticket.id])
    assert accept(platform, "running").state is LANDED, "the form sent once more"


def cloned(server: Server, platform: Delivery) -> None:
    """The platform has delivered before."""
    platform.folder.mkdir(exist_ok=True)
    assert DeliveryClone(platform.folder, Remote(str(server.root), INTAKE), platform.spool.files).prepare()


def end_of(folder: Path) -> None:
    """End the stopped git, which its killed parent has left."""
    listing = subprocess.run(["pgrep", "-f", f"{folder}/git"], capture_output=True, text=True, check=False)
    for number in listing.stdout.split():
        subprocess.run(["kill", "-9", number], check=False)


def test_what_landed_is_known_though_main_has_gone_on_since(server: Server, platform: Delivery, tmp_path: Path) -> None:
    """Killed after its push, and before the next delivery somebody changes the same file once more."""
    ticket, mark = accept(platform, "running"), tmp_path / "mark"
    path = stopping_git(tmp_path / "bin", "push", "after", mark)
    with child(DELIVER, str(server.root), str(platform.folder), path=path) as process:
        wait_until(mark.exists)
        process.kill()
        end_of(path)
    landed, clone = server.main, server.clone(INTAKE)
    server.commit(clone, output("running", submitted=False, body="改寫過。"), STUDENT)
    assert server.push(INTAKE, clone).returncode == 0
    assert platform.deliver(NOW).pushes == 0
    known = platform.spool.ticket(STUDENT, ticket.id)
    assert known is not None
    assert (known.state, known.commit) == (LANDED, landed)


def test_a_ticket_that_somebody_else_names_has_not_landed(server: Server, platform: Delivery) -> None:
    ticket, clone = accept(platform, "running"), server.clone(INTAKE)
    server.commit(clone, output("jumping", submitted=False), STUDENT)
    message = f"A change\n\n{TRAILER}: {ticket.id}"
    assert server.run(STUDENT, clone, "commit", "-q", "--amend", "-m", message).returncode == 0
    assert server.push(INTAKE, clone).returncode == 0
    assert platform.deliver(NOW).pushes == 1
    assert server.git("show", f"main:{ITEM}").encode() + b"\n" == draft("running")[ITEM]


def test_locks_of_a_git_that_was_killed_stop_nobody(platform: Delivery) -> None:
    accept(platform, "running")
    platform.deliver(NOW)
    for name in ("refs/heads/main.lock", "refs/licheng/batch.lock", "packed-refs.lock", "config.lock"):
        (platform.clone / name).write_bytes(b"")
    accept(platform, "jumping")
    assert platform.deliver(NOW).landed == 1


def test_a_server_that_has_moved_is_asked_where_it_is(server: Server, tmp_path: Path) -> None:
    main, files = server.main, Spool(tmp_path / "spool").files
    for name in ("school.git", "moved.git"):
        server.root = server.root.rename(server.root.with_name(name))
        clone = DeliveryClone(tmp_path, Remote(str(server.root), INTAKE), files)
        assert clone.prepare() is (name == "school.git")
        clone.fetch()
        with Objects(clone.path) as objects:
            assert clone.tip(objects) == main


def test_a_push_that_outlives_its_process_lands_once(server: Server, platform: Delivery, tmp_path: Path) -> None:
    """The delivery is killed while the server judges; its push goes on, and the next delivery pushes the same."""
    ticket, hook = accept(platform, "running"), server.root / "hooks" / "pre-receive"
    gate, mark = tmp_path / "open", tmp_path / "mark"
    hook.rename(hook.with_name("own"))
    hook.write_text(
        f"#!/bin/sh\n: > {mark}\nwhile [ ! -e {gate} ]; do sleep 0.05; done\nexec {hook.with_name('own')}\n"
    )
    hook.chmod(0o755)
    with child(DELIVER, str(server.root), str(platform.folder)) as process:
        wait_until(mark.exists)
        process.kill()
        process.wait()
        gate.write_bytes(b"")  # both are judged from here on, side by side
        report = platform.deliver(NOW)
    assert report.trouble is None
    assert (settled(platform, ticket), on_main(server)) == ([LANDED], [ticket.id])


def test_the_server_is_told_at_once_what_waits(server: Server, platform: Delivery) -> None:
    tickets = [accept(platform, "running"), accept(platform, "running", OTHER)]
    assert platform.announce() == 2
    assert platform.announce() == platform.announce() == 0
    [entry] = server.log()
    assert (entry["event"], entry["actor"]) == ("announced", INTAKE)
    assert entry["things"] == {path: digest for ticket in tickets for path, digest in ticket.files.items()}
    assert [str(ticket.announced_at) for ticket in platform.spool.waiting()] == ["2026-11-23 04:00:00+00:00"] * 2
    platform.deliver(NOW)
    known = platform.spool.ticket(STUDENT, tickets[0].id)
    assert known is not None
    assert known.announced_at is not None
