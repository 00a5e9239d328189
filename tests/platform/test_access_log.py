"""The access log: what was written down is there whatever is killed, and whatever is changed is noticed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licheng.core.errors import LichengError
from licheng.platform.access_log import Access, AccessLog

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
WHOSE = "s1130001"

# Writes for somebody until it is killed, and says after each line that it is written down.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from licheng.platform.access_log import Access, AccessLog
log, who, at = AccessLog(Path(sys.argv[1])), sys.argv[2], datetime(2026, 11, 23, 4, tzinfo=UTC)
for number in range(int(sys.argv[3])):
    own = Access(who, "s1130001", f"file:{number}", at, "teacher")
    log.record_all([own, Access(who, "s1130002", "class", at, "tutor")])
    print(number, flush=True)
"""


def look(number: int = 0, who: str = "t014", whose: str = WHOSE) -> Access:
    return Access(who, whose, f"terms/115-1/outputs/pendulum-{number}", AT + timedelta(seconds=number), "teacher")


def filled(folder: Path, count: int = 6) -> AccessLog:
    log = AccessLog(folder)
    for number in range(count):
        log.record(*look(number, whose=WHOSE if number % 2 == 0 else "s1130002"))
    return log


def path(folder: Path) -> Path:
    return folder / "access.jsonl"


def is_noticed(folder: Path) -> bool:
    """By whoever reads all of it."""
    with suppress(LichengError):
        AccessLog(folder).verify()
        return False
    return True


def test_a_student_sees_who_looked_at_their_own_data_in_order(tmp_path: Path) -> None:
    log = filled(tmp_path)
    assert log.of(WHOSE) == (look(0), look(2), look(4))
    assert log.of("s1130009") == ()
    log.record(*look(7))
    assert log.of(WHOSE)[-1] == look(7)
    assert AccessLog(tmp_path).of(WHOSE) == log.of(WHOSE)
    assert log.verify() == 7


def test_nobody_has_looked_where_there_is_no_log_yet(tmp_path: Path) -> None:
    assert AccessLog(tmp_path / "state").of(WHOSE) == ()
    assert AccessLog(tmp_path / "state").verify() == 0


def test_the_log_is_its_owners_alone(tmp_path: Path) -> None:
    filled(tmp_path / "state")
    assert [file.stat().st_mode & 0o077 for file in (tmp_path / "state").iterdir()] == [0, 0]


@pytest.mark.parametrize(
    "access",
    [
        look()._replace(who="王小明"),
        look()._replace(what="files/王小明的自傳.pdf"),
        look()._replace(whose="s113"),
        look()._replace(why="because I am curious"),
        look()._replace(who="t014\n"),
        look()._replace(what=""),
        look()._replace(what="a" * 401),
    ],
)
def test_no_name_and_no_second_line_comes_into_the_log(tmp_path: Path, access: Access) -> None:
    log = filled(tmp_path, 2)
    before = path(tmp_path).read_bytes()
    with pytest.raises(ValueError, match="Access"):
        log.record_all([look(9), access])
    assert path(tmp_path).read_bytes() == before
    assert log.verify() == 2


def test_two_processes_write_at_once_and_every_line_is_there(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), who, "40"], stdout=subprocess.PIPE)
        for who in ("t011", "t012")
    ]
    log = AccessLog(tmp_path)
    while any(writer.poll() is None for writer in writers):
        log.of(WHOSE)  # a reader meanwhile sees no fault
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    assert log.verify() == 160
    for who in ("t011", "t012"):
        assert [look.what for look in log.of(WHOSE) if look.who == who] == [f"file:{number}" for number in range(40)]


@pytest.mark.parametrize("after", [1, 7, 23])
def test_what_a_killed_writer_has_said_is_there_and_the_next_one_goes_on(tmp_path: Path, after: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), "t011", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(after)]
        os.kill(writer.pid, signal.SIGKILL)
        said += [int(line) for line in writer.stdout.read().split()]
    log = AccessLog(tmp_path)
    assert [look.what for look in log.of(WHOSE)][: len(said)] == [f"file:{number}" for number in said]
    log.record(*look(1))
    assert log.of(WHOSE)[-1] == look(1)
    assert log.verify() > 2 * len(said)


def test_a_writer_killed_before_the_head_was_written_leaves_a_log_that_holds(tmp_path: Path) -> None:
    log = filled(tmp_path, 3)
    head = (tmp_path / "access.head").read_bytes()
    log.record(*look(3))
    (tmp_path / "access.head").write_bytes(head)  # as after kill -9 between the line and its head
    assert log.verify() == 4
    log.record(*look(4))
    assert AccessLog(tmp_path).verify() == 5


def test_half_a_line_of_a_killed_writer_is_no_line(tmp_path: Path) -> None:
    log = filled(tmp_path, 3)
    with path(tmp_path).open("ab") as file:
        file.write(b'{"at": "2026-11-23T04:00')
    assert log.verify() == 3
    log.record(*look(3))
    assert log.verify() == 4


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("log")
    filled(folder, 3)
    before = bytearray(path(folder).read_bytes())
    place = data.draw(st.integers(0, len(before) - 1))
    before[place] = data.draw(st.integers(0, 255).filter(lambda value: value != before[place]))
    path(folder).write_bytes(before)
    assert is_noticed(folder)


@pytest.mark.parametrize("missing", range(1, 7))
def test_lines_missing_at_the_end_are_noticed_by_reader_and_writer(tmp_path: Path, missing: int) -> None:
    log = filled(tmp_path)
    assert log.of(WHOSE)
    lines = path(tmp_path).read_bytes().splitlines(keepends=True)
    path(tmp_path).write_bytes(b"".join(lines[:-missing]))
    assert is_noticed(tmp_path)
    for again in (log, AccessLog(tmp_path)):  # one that has read it before, and one that has not
        with pytest.raises(LichengError) as caught:
            again.of(WHOSE)
        assert caught.value.code == "APP320"
        with pytest.raises(LichengError) as caught:
            again.record(*look(9))
        assert caught.value.code == "APP320"


def test_a_line_less_in_the_middle_a_line_twice_and_two_in_another_order_are_noticed(tmp_path: Path) -> None:
    filled(tmp_path)
    lines = path(tmp_path).read_bytes().splitlines(keepends=True)
    for others in ([*lines[:2], *lines[3:]], [*lines[:3], *lines[2:]], [lines[1], lines[0], *lines[2:]], lines[1:]):
        path(tmp_path).write_bytes(b"".join(others))
        assert is_noticed(tmp_path)
    path(tmp_path).write_bytes(b"".join(lines))
    assert not is_noticed(tmp_path)


def test_a_line_written_anew_with_the_next_ones_is_noticed_by_the_head(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    head = (tmp_path / "access.head").read_bytes()
    forged = tmp_path / "forged"
    other = AccessLog(forged)
    for number in range(3):
        other.record(*look(number, who="t011", whose=WHOSE if number % 2 == 0 else "s1130002"))
    path(tmp_path).write_bytes(path(forged).read_bytes())
    (tmp_path / "access.head").write_bytes(head)
    assert is_noticed(tmp_path)


@pytest.mark.parametrize("name", ["access.head", "access.jsonl"])
def test_a_file_that_is_gone_is_noticed(tmp_path: Path, name: str) -> None:
    log = filled(tmp_path)
    (tmp_path / name).unlink()
    assert is_noticed(tmp_path)
    with pytest.raises(LichengError):
        log.record(*look(9))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sequence": "x", "digest": 1}', "nonsense"])
def test_a_head_that_says_nothing_is_noticed(tmp_path: Path, text: str) -> None:
    filled(tmp_path)
    (tmp_path / "access.head").write_text(text, encoding="utf-8")
    assert is_noticed(tmp_path)


def test_a_changed_line_is_noticed_by_whoever_has_read_it_before(tmp_path: Path) -> None:
    log = filled(tmp_path)
    assert log.of(WHOSE)
    data = path(tmp_path).read_bytes()
    path(tmp_path).write_bytes(data.replace(WHOSE.encode(), b"s1130003", 1))
    with pytest.raises(LichengError):
        log.of(WHOSE)


def test_a_full_disk_says_so_and_nothing_is_half_there(tmp_path: Path) -> None:
    """A limit of the process on the size of its files, as a full disk would be."""
    filled(tmp_path, 3)
    limit = path(tmp_path).stat().st_size + 100
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script + WRITER, str(tmp_path), "t011", "1"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "APP321" in done.stderr, done.stdout) == (1, True, ""), done.stderr
    assert AccessLog(tmp_path).verify() == 3
    filled(tmp_path, 1)
    assert AccessLog(tmp_path).verify() == 4


def test_a_line_is_plain_json_in_one_spelling(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    line = path(tmp_path).read_text(encoding="utf-8")
    assert json.loads(line) == {
        "sequence": 1, "previous": "0" * 64, "at": "2026-11-23T04:00:00Z", "who": "t014", "whose": WHOSE,
        "what": "terms/115-1/outputs/pendulum-0", "why": "teacher",
    }  # fmt: skip
