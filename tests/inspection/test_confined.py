"""The process that reads files from outside: whatever happens in it, there is an answer or a reason, and nothing more.

Real processes, real limits; the limits are small where only the kind of end matters. Nothing here measures seconds: the
processor's limit is counted by the system for the process, so that a slow machine changes nothing.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from licheng.core.errors import LichengError
from licheng.sources import confined
from licheng.sources.confined import CRASHED, MEMORY, SLOW, WORK, Confined, Limits, OverLimitError
from licheng.sources.inspection import inspection
from licheng.sources.inspection.look import FORMATS
from tests.inspection import samples

HERE = "tests.inspection.hostile"
QUICK = Limits(processor=0.2, wall=20.0)
# Met before the processor's: a process needs some 30 MB of it to begin.
LITTLE = Limits(memory=128 << 20)


@pytest.fixture
def room() -> Iterator[Confined]:
    made = Confined(QUICK)
    yield made
    made.end()


def reason(room: Confined, function: str, **arguments: object) -> str:
    with pytest.raises(OverLimitError) as caught:
        room.ask(f"{HERE}:{function}", b"data", **arguments)
    return caught.value.reason


def fine(room: Confined) -> bool:
    answer = room.ask(f"{HERE}:echo", b"data")
    return (answer.value, answer.data) == ("fine", b"data")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("fills_memory", MEMORY),
        ("asks_for_much_at_once", MEMORY),
        ("computes_for_ever", WORK),
        ("computes_in_a_library", WORK),
        ("leaves", CRASHED),
        ("raises", CRASHED),
        ("recurses", CRASHED),
        ("answers_no_json", CRASHED),
        ("answers_too_much", CRASHED),
        ("answers_a_long_head", CRASHED),
        ("closes_its_pipes", CRASHED),
    ],
)
def test_whatever_it_does_there_is_a_reason_and_the_next_file_is_served(function: str, expected: str) -> None:
    room = Confined(LITTLE if expected == MEMORY else QUICK)
    assert reason(room, function) == expected
    assert fine(room)
    assert reason(room, function) == expected, "also where the process has served before"
    assert fine(room)
    room.end()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM, signal.SIGBUS])
def test_one_that_dies_of_a_signal(room: Confined, number: int) -> None:
    assert reason(room, "dies", of=int(number)) == CRASHED
    assert fine(room)


@pytest.mark.parametrize("garbage", ["", "x", "{}", "[]", "null", '{"size": -1}', '{"value": 1, "size": 1e99}', "\0"])
def test_one_that_speaks_into_the_answers(room: Confined, garbage: str) -> None:
    assert reason(room, "writes_garbage", garbage=garbage) == CRASHED
    assert fine(room)


@pytest.mark.parametrize("function", ["sleeps", "stops"])
def test_one_that_does_nothing(function: str) -> None:
    """Its own alarm ends one that sleeps; one that is stopped is ended from outside."""
    room = Confined(Limits(wall=5.0))
    assert reason(room, function) == SLOW
    assert fine(room)
    room.end()


def test_where_the_system_does_not_limit_memory_it_is_watched() -> None:
    """As on macOS: the process itself may take what it likes, and somebody looks at it."""
    room = Confined(Limits(memory=4 << 30, processor=60.0))
    assert fine(room)
    assert room._process is not None
    room._process._watch._limits = Limits(memory=200 << 20, watched=True)
    with pytest.raises(OverLimitError) as caught:  # the process alone: the next one would not be watched
        room._process.ask(f"{HERE}:fills_some_memory", b"data", {"megabytes": 300})
    assert caught.value.reason == MEMORY


def test_what_a_file_may_take_is_counted_for_that_file() -> None:
    """A hundred files that each need a part of it are a hundred sound files."""
    room = Confined(Limits(processor=0.2, wall=60.0))
    assert all(room.ask(f"{HERE}:computes", b"", seconds=0.05).value == "fine" for _ in range(12))
    room.end()


def test_memory_that_earlier_files_left_is_not_held_against_the_next() -> None:
    room = Confined(Limits(wall=60.0))
    assert [room.ask(f"{HERE}:keeps", b"", megabytes=150).value for _ in range(6)] == ["fine"] * 6
    room.end()


def test_it_cannot_carry_anything_out(room: Confined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICHENG_SECRET", "invented")
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        seen = room.ask(f"{HERE}:looks_around", b"", folder=str(tmp_path)).value
    assert set(seen["environment"]) <= {"LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}
    assert seen["descriptors"] == 2, "the two pipes"
    assert not seen["wrote"]
    assert seen["core"] == [0, 0]
    assert seen["memory"] == [QUICK.memory] * 2
    assert seen["terminal"], "a session of its own, which has none"
    assert room.ask(f"{HERE}:prints", b"").value == "fine"


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_the_largest_picture_fits(mode: str) -> None:
    """64 megapixels, which is what the formats' own counts allow."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((8_000, 8_000)).convert(mode).save(out, "PNG", compress_level=1)
    assert inspection(out.getvalue(), samples.TYPES["png"]).flaws == ()


def test_a_document_of_ten_megabytes_fits() -> None:
    texts = [samples.stream(b"BT (some text) Tj ET\n" * 30_000 + bytes(range(256)) * 800) for _ in range(20)]
    noise = [samples.stream(os.urandom(500_000)) for _ in range(20)]
    data = samples.document(*texts, *noise)
    assert len(data) > 10_000_000
    found = inspection(data, samples.TYPES["pdf"])
    assert not {flaw.reason for flaw in found.flaws} & confined.REASONS
    assert found.memory < Limits().memory


def test_one_process_serves_many_files(room: Confined) -> None:
    assert fine(room)
    assert room._process is not None
    first = room._process._child.pid
    assert all(fine(room) for _ in range(20))
    assert room._process._child.pid == first


def test_without_a_process_nothing_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the machine's trouble, not the file's: no verdict, and never a pass."""
    for broken in ("/nonexistent/python", "/bin/true"):
        monkeypatch.setattr(sys, "executable", broken)
        with pytest.raises(LichengError, match="APP064"):
            Confined().ask(f"{HERE}:echo", b"")


def test_over_its_limits_is_a_refusal_and_no_lasting_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Confined(Limits(memory=100 << 20))
    monkeypatch.setattr(confined, "ask", small.ask)
    found = inspection(samples.SOUND["pdf"]() + bytes(120 << 20), samples.TYPES["pdf"])
    assert found.flaws[0].code == "ATT013"
    assert found.flaws[0].reason in confined.REASONS
    assert not found.lasting
    small.end()


LOOP = """
import sys
from licheng.sources.confined import Confined, Limits
room = Confined(Limits(processor=0.2, wall=5.0))
room.ask("tests.inspection.hostile:echo", b"")
print(room._process._child.pid, flush=True)
room.ask("tests.inspection.hostile:{function}", b"")
"""


@pytest.mark.parametrize("function", ["computes_for_ever", "sleeps"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_when_who_asked_is_gone_it_ends_too(function: str, how: int) -> None:
    root = Path(__file__).parents[2]
    asking = subprocess.Popen(
        [sys.executable, "-c", LOOP.format(function=function)],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    assert asking.stdout is not None
    child = int(asking.stdout.readline())
    os.kill(asking.pid, how)
    asking.wait(30)
    asking.stdout.close()
    assert gone(child)


def gone(pid: int) -> bool:
    """Within the time that its own alarms leave it, and ample more."""
    for tenth in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if tenth % 10 == 9:  # it may have ended, and nobody have asked how
            state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
            if not state.stdout.strip() or state.stdout.startswith("Z"):
                return True
        time.sleep(0.1)
    return False


def test_no_process_begins_before_the_first_file() -> None:
    script = (
        "import licheng.cli.main, licheng.app.check, licheng.app.attach\n"
        "from licheng.sources import confined\n"
        "assert [room._process for room in confined._IDLE.queue] == [None] * 3"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_whoever_asks_beside_another_does_not_wait_for_their_file() -> None:
    with ThreadPoolExecutor(1) as pool:
        busy = confined._IDLE.get()
        try:
            answer = pool.submit(confined.ask, f"{HERE}:echo", b"data").result(timeout=60)
        finally:
            confined._IDLE.put(busy)
    assert answer.data == b"data"


def test_every_format_that_is_inspected_can_be_cleaned() -> None:
    root = Path(confined.__file__).parent
    for name in FORMATS.values():
        assert (root / "inspection" / f"{name}.py").is_file()
        assert (root / "cleaning" / f"{name}.py").is_file()
