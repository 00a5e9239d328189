"""What pages are made from: main as it is, by git objects alone, and only so much of it in memory."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licheng.app.loading.load import load
from licheng.core.errors import LichengError
from licheng.platform import school_view
from licheng.platform.school_view import SchoolView
from licheng.sources import reading
from licheng.sources.tree import CommitTree
from tests.platform.main_branch import committed, copied, demo_repository, git
from tests.trees import ROOT, MemoryTree
from tests.trees import load as files

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ITEM = "content/students/113/s1130001/terms/115-1/outputs/free-throw/item.md"


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_repository(tmp_path_factory.mktemp("school"))


@pytest.fixture
def remote(upstream: Path, tmp_path: Path) -> Path:
    """A server of one's own, for tests that change what it holds."""
    return copied(upstream, tmp_path / "remote.git")


@pytest.fixture(scope="module")
def fetched(upstream: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A platform's own clone of it."""
    own = tmp_path_factory.mktemp("platform") / "own.git"
    SchoolView(own, lambda: NOON).fetch(str(upstream))
    return own


@pytest.fixture
def view(fetched: Path, tmp_path: Path) -> Iterator[SchoolView]:
    shown = SchoolView(copied(fetched, tmp_path / "own.git"), lambda: NOON)
    yield shown
    shown.close()


def test_it_reads_what_every_other_command_reads(view: SchoolView) -> None:
    shown, loaded = view.now(), load(MemoryTree(files(ROOT)), NOON.date())
    assert shown.school.today == loaded.school.today
    assert shown.school.students == loaded.school.students == frozenset(shown.folders)
    assert shown.school.posts_of == loaded.school.posts_of
    assert shown.school.trust.repository == loaded.school.trust.repository
    for expected, student in zip(loaded.students(), shown.students(), strict=True):
        assert (student.folder, student.records) == (expected.folder, expected.records)
        assert [event.digest for event in student.events] == [event.digest for event in expected.events]
        assert [file.sha256 for file in student.files.values()] == [file.sha256 for file in expected.files.values()]


def test_nothing_is_checked_out_and_nothing_is_written(view: SchoolView, tmp_path: Path) -> None:
    view.now()
    before = sorted(path for path in (tmp_path / "own.git").rglob("*"))
    [student] = view.now().students(["s1130001"])
    assert [view.now().content(file) for file in student.files.values()]
    assert sorted(path for path in (tmp_path / "own.git").rglob("*")) == before
    assert not (tmp_path / "own.git" / "content").exists()


def test_the_same_commit_and_day_are_read_once(view: SchoolView) -> None:
    shown = view.now()
    assert view.now() is shown
    assert shown.student("s1130001") is shown.student("s1130001")


def test_what_lands_is_there_after_the_next_fetch_and_not_before(view: SchoolView, remote: Path) -> None:
    before, other = view.now(), view.now().student("s1130002")
    commit = committed(remote, ITEM, None)
    assert view.now() is before
    assert view.fetch(str(remote)) == commit
    after = view.now()
    assert after.tip == commit
    was, now = before.student("s1130001"), after.student("s1130001")
    assert was is not None
    assert now is not None
    assert was.record_at(ITEM) is not None
    assert now.record_at(ITEM) is None
    assert after.student("s1130002") is other  # whose folders are the same


def test_wherever_git_keeps_main_it_is_as_it_is(view: SchoolView, remote: Path, tmp_path: Path) -> None:
    """Whoever asks whether it has changed is told so, or that git must be asked."""
    before, own = view.now(), tmp_path / "own.git"
    assert view.unchanged() is before
    git(own, "pack-refs", "--all")
    assert view.unchanged() is None
    assert view.now() is before
    commit = committed(remote, ITEM, None)
    view.fetch(str(remote))
    assert view.unchanged() is None
    after = view.now()
    assert (after.tip, view.unchanged()) == (commit, after)
    git(own, "update-ref", "-d", "refs/heads/main")
    assert view.unchanged() is None
    with pytest.raises(LichengError, match="APP322"):
        view.now()


def test_a_day_later_it_is_another_day(remote: Path, tmp_path: Path) -> None:
    moments = iter([NOON, NOON + timedelta(hours=11, minutes=59), NOON + timedelta(hours=12)])
    school = (ROOT / "content/school/school.yaml").read_text(encoding="utf-8")
    committed(remote, "content/school/school.yaml", school.replace("demo:\n  today: 2026-11-23\n", "").encode())
    shown = SchoolView(tmp_path / "own.git", lambda: next(moments))
    shown.fetch(str(remote))
    assert [str(shown.now().school.today) for _ in range(3)] == ["2026-11-23", "2026-11-23", "2026-11-24"]
    shown.close()


@pytest.mark.parametrize("student", ["s9999999", "", "../113/s1130001", "113/s1130001", "s1130001/terms", "*"])
def test_an_id_that_nobody_has_is_nobody(view: SchoolView, student: str) -> None:
    assert view.now().student(student) is None


def test_only_so_many_students_are_kept(view: SchoolView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_view, "MOST_STUDENTS", 3)
    shown = view.now()
    everybody = list(shown.students())
    assert len(everybody) == len(shown.folders)
    assert len(view._students) == 3
    assert shown.student(everybody[-1].id) is everybody[-1]
    assert shown.student(everybody[0].id) is not everybody[0]


def test_a_file_is_given_from_the_commit_and_from_the_store_of_large_ones(view: SchoolView, remote: Path) -> None:
    student = next(each for each in view.now().students() if each.files)
    file = next(iter(student.files.values()))
    data = view.now().content(file)
    assert data is not None
    assert len(data) == file.size
    oid = file.sha256
    assert oid is not None
    committed(
        remote, file.path, f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {file.size}\n".encode()
    )
    view.fetch(str(remote))
    again = view.now().student(student.id)
    assert again is not None
    assert view.now().content(again.files[file.path]) is None  # the object is not here yet
    store = view._repository / "lfs" / "objects" / oid[:2] / oid[2:4]
    store.mkdir(parents=True)
    (store / oid).write_bytes(data)
    again = view.now().student(student.id)
    assert again is not None
    assert again.files[file.path].head == data[:32]
    assert view.now().content(again.files[file.path]) == data
    (store / oid).write_bytes(data[:-1])
    assert view.now().content(again.files[file.path]) is None


def test_threads_get_the_same_as_one_alone(view: SchoolView) -> None:
    shown = view.now()
    expected = {student.id: sorted(student.by_path) for student in shown.students()}
    other = SchoolView(view._repository, lambda: NOON)
    differing: list[str] = []

    def look() -> None:
        for student in other.now().students():
            if sorted(student.by_path) != expected[student.id]:
                differing.append(student.id)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert differing == []


def test_a_git_process_that_was_killed_is_started_anew(view: SchoolView) -> None:
    shown = view.now()
    process = view._open[0]._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert shown.student("s1130003") is not None


def test_who_looks_at_the_files_of_a_commit_for_long_keeps_nobody_waiting(view: SchoolView) -> None:
    shown, seen = view.now(), list[object]()
    with shown.tree("s1130003") as tree:
        others = threading.Thread(target=lambda: seen.append(view.now().student("s1130001")), daemon=True)
        others.start()
        others.join(60)
        assert seen, "it waits"
        assert tree.read(next(tree.entries(ITEM)))
    assert all(objects.is_alive for objects in view._open)
    assert len(view._open) == 2


def test_of_a_student_no_file_is_read_again(view: SchoolView, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, read = view.now(), list[object]()
    known = shown.student("s1130001")
    assert known is not None
    monkeypatch.setattr(CommitTree, "read", lambda _, entry: read.append(entry))
    with shown.tree("s1130001") as tree:
        student, _ = reading.read_student(tree, known.folder, tree.entries(known.folder))
    assert (student.records, read) == (known.records, [])


def test_without_a_server_it_says_so_and_goes_on_with_what_it_has(
    view: SchoolView, remote: Path, tmp_path: Path
) -> None:
    shown = view.now()
    remote.rename(tmp_path / "away.git")
    with pytest.raises(LichengError) as caught:
        view.fetch(str(remote))
    assert caught.value.code == "APP322"
    assert view.now() is shown
    with pytest.raises(LichengError) as caught:
        SchoolView(tmp_path / "none.git", lambda: NOON).now()
    assert caught.value.code == "APP322"


def test_no_address_is_taken_for_an_option(tmp_path: Path) -> None:
    shown = SchoolView(tmp_path / "own.git", lambda: NOON)
    with pytest.raises(LichengError):
        shown.fetch(f"--upload-pack=touch {tmp_path}/touched")
    assert not (tmp_path / "touched").exists()


def test_a_fork_that_forgets_a_view_waits_for_nothing(remote: Path) -> None:
    """Found: collected in a fork, a view waited for git, which its parent still held open."""
    shown = SchoolView(remote, lambda: NOON)
    assert shown.now().student("s1130003") is not None
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        del shown
        gc.collect()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert shown.now().student("s1130003") is not None
    shown.close()
