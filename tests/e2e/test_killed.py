"""`kill -9` between any two writes of a command: it can be run again, and ends as if it had never been killed."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from licheng.app.check import check
from licheng.cli import main
from licheng.core.languages import LANGUAGES
from licheng.core.person import Person
from licheng.demo.media import pdf
from licheng.exchange.identities import IdentityTable
from licheng.outputs.catalog import catalog
from licheng.sources.tree import WorkTree
from licheng.storage.plan import Plan
from tests.certified import COORDINATORS, STUDENT, TEACHER, Certified, folder, key
from tests.command import licheng
from tests.exchange.test_seal import DAY, forget, forgettable, forgetting, sealable, seconded
from tests.exchange.test_seal import command as sealing
from tests.people import Registry, id_number, listed

# Calls before which a disk is looked at: they, or those between them, change it.
_STEPS = frozenset("write flush fsync rename replace link unlink remove mkdir rmdir chmod truncate".split())  # noqa: SIM905
_WRITES = frozenset({"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate"})
# What writes, and not what is only named so: text in memory, a queue.
_WRITERS = (ModuleType, io.FileIO, io.BufferedWriter, io.BufferedRandom, io.TextIOWrapper)
_TEMPORARY = re.compile(r"\.[0-9a-f]{8}~")
_NOW = ("--now", "2026-11-23T05:00:00Z")
_DEAN, _REGISTRAR = COORDINATORS
_JOURNAL = ".licheng/writing/journal"
DRAFT = folder(slug="optics")


def _second(staff: str) -> tuple[str, ...]:
    return ("--key", f"../keys/{staff}", "--as", staff)


# Each command as it is typed in the school; beside it lie `keys/` and `files/`.
COMMANDS: dict[str, tuple[str, ...]] = {
    "delegate": (
        *("delegate", "cover", "--key", f"../keys/{TEACHER}", "--by", TEACHER, "--from", TEACHER, "--to", "t906"),
        *("--course", "115-1/physics", "--starts", "2026-11-23T06:00:00Z", "--ends", "2026-12-31T15:59:59Z"),
        *("--reason", "病假", *_NOW),
    ),
    "new --attach": (
        *("new", "external-record", "--student", STUDENT, "--slug", "award", "--set", "category=certificate"),
        *("--attach", "../files/獎狀.pdf", "--attach", "../files/photo.pdf"),
    ),
    "attach": ("attach", DRAFT, "../files/獎狀.pdf", "../files/photo.pdf"),
    "amend": ("amend", "--in-force", "2027-02-01", "--passed", "2026-11-20"),
    "evaluate": ("evaluate", "115", "--today", "2027-06-30", "--private", "../people.txt"),
    "evaluate again": ("evaluate", "114", "--private", "../people.txt"),
    "waive": (
        *("waive", DRAFT, "--stage", "certification", "--until", "2026-12-01", "--reason", "公假"),
        *("--key", f"../keys/{_DEAN}", *_NOW),
    ),
    "certify": ("certify", folder(), "--key", f"../keys/{TEACHER}", *_NOW),
    "keys add": (
        *("keys", "add", "t905", "--key", "../keys/t905"),
        *("--witness", _DEAN, "--witness-key", f"../keys/{_DEAN}", *_NOW),
    ),
    "keys retire": ("keys", "retire", TEACHER, key(TEACHER).public.fingerprint, *_second(_DEAN), *_NOW),
    "keys appoint": (
        *("keys", "appoint", "t901", "--from", "2026-11-24T00:00:00Z", "--by", *COORDINATORS),
        *("--key", f"../keys/{_DEAN}", f"../keys/{_REGISTRAR}", *_NOW),
    ),
}


State = frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it told."""

    code: int
    told: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small school, its people's keys, files to attach."""
    top = tmp_path_factory.mktemp("place")
    made = Certified.school(TEACHER)
    made.staff()
    made.output()
    made.output(DRAFT, attachments=())
    made.enrol("t906", witness=None, enrolled=False)
    Plan(creates=made.tree().files).apply(top / "school")
    (top / "keys").mkdir()
    for staff in (*COORDINATORS, TEACHER, "t905", "t906"):
        key(staff).write(top / "keys")
    (top / "files").mkdir()
    (top / "files/獎狀.pdf").write_bytes(pdf("award"))
    (top / "files/photo.pdf").write_bytes(pdf("photo"))
    _warm_up(top / "school")
    return top


def _warm_up(school: Path) -> None:
    """What every process below would import, compile and read anew."""
    for language in LANGUAGES:
        catalog(language)
    for module in main.COMMANDS.values():
        import_module(f"licheng.cli.{module}")
    assert check(WorkTree(school), date(2026, 11, 23)).checked


def _files(top: Path) -> dict[str, bytes | None]:
    """All below a folder: bytes of files, None for folders; thousands of times, so without `Path`."""
    read: dict[str, bytes | None] = {}
    for inside, folders, files in os.walk(top):
        within = inside[len(str(top)) + 1 :]
        read |= dict.fromkeys(os.path.join(within, name) for name in folders)  # noqa: PTH118
        for name in files:
            with open(f"{inside}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
                read[os.path.join(within, name)] = file.read()  # noqa: PTH118
    return read


def _state(top: Path) -> State:
    """Names and sizes of all files: each step changes one; temporary files are alike, whatever they are called."""
    found = set()
    for inside, folders, files in os.walk(top):
        within = inside.removeprefix(str(top))
        found |= {(f"{within}/{name}", -1) for name in folders}
        found |= {(_TEMPORARY.sub("~", f"{within}/{name}"), os.lstat(f"{inside}/{name}").st_size) for name in files}
    return frozenset(found)


def _process(top: Path, command: tuple[str, ...], prepare: Callable[[], None]) -> Ended:
    """The command as a process of its own, which need not import all again."""
    told = top.with_suffix(".told")
    child = os.fork()
    if child == 0:
        try:
            os.chdir(top / "school")
            sys.argv = ["licheng", *command]
            with told.open("w", encoding="utf-8") as stream:
                sys.stdout = sys.stderr = stream
                prepare()
                main.run()
        except SystemExit as stop:
            os._exit(int(stop.code or 0))
        except BaseException:
            os._exit(99)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(code, told.read_text(encoding="utf-8"))


def _killed_at_each_new_state(
    top: Path, known: set[State], state: Callable[[Path], State], leave: Callable[[Path, Path], object]
) -> Callable[[], None]:
    """Arms this process: before each step of its writing it looks at the disk, and is killed where that is new.

    What is killed is a copy of it, forked at that very step with all that it has open and half done; the process itself
    stands still until the copy is dead and the folder, as it was left, is put aside. So one run meets all states, and
    none is run up to anew from the beginning.
    """
    stands = False
    number = 0

    def step(_frame: object, event: str, called: object) -> None:
        nonlocal stands, number
        writes = event == "c_call" and getattr(called, "__name__", "") in _STEPS
        if writes and isinstance(getattr(called, "__self__", None), _WRITERS):
            sys.setprofile(None)
            stands = True
            now = state(top)
            if now not in known:
                known.add(now)
                _kill(os.fork())
                leave(top, top.with_name(f"killed-{number:03}"))
                number += 1
            stands = False
            sys.setprofile(step)

    def first_write(event: str, arguments: tuple[object, ...]) -> None:
        opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        paths = [path for path in arguments[: 1 if opens else 2] if isinstance(path, str | Path)]
        inside = (opens or event in _WRITES) and any(Path(path).absolute().is_relative_to(top) for path in paths)
        if inside and not stands:
            sys.setprofile(step)

    return lambda: sys.addaudithook(first_write)


def _kill(child: int) -> None:
    """The copy kills itself as anybody would, at once; the process waits for its end."""
    if child == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _killed(place: Path, tmp_path: Path, command: tuple[str, ...]) -> list[Path]:
    """Copies of the place, one for each state in which the command can be killed, in their order."""
    theirs = {path.stat().st_ino for path in place.rglob("*")}

    def link(source: str, target: str) -> None:  # whatever writes into a file of the place spoils the others too
        (os.link if Path(source).stat().st_ino in theirs else shutil.copy2)(source, target)

    top = tmp_path / "running"
    shutil.copytree(place, top, copy_function=link)
    armed = _killed_at_each_new_state(
        top, {_state(place)}, _state, lambda left, to: shutil.copytree(left, to, copy_function=link)
    )
    ended = _process(top, command, armed)
    assert ended.code == 0, ended.told
    killed = sorted(tmp_path.glob("killed-*"))
    assert 3 < len(killed) < 100, "hardly anything was killed"
    return killed


@pytest.mark.parametrize("name", COMMANDS)
def test_killed_anywhere_the_same_command_ends_it(place: Path, tmp_path: Path, name: str) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(place, whole)
    done = licheng(whole / "school", *COMMANDS[name])
    assert done.returncode == 0, done.stderr
    checked, ended = {_state(place / "school/content")}, _files(whole)
    for top in _killed(place, tmp_path, COMMANDS[name]):
        left, content = _files(top), _state(top / "school/content")
        if content not in checked:
            looked = licheng(top / "school", "check")
            assert looked.returncode in {0, 1}, looked.stderr
            assert "APP" not in looked.stdout + looked.stderr
            assert _files(top) == left
        checked.add(content)
        if left != ended:  # else it was killed when all was done, before it could say so
            again = licheng(top / "school", *COMMANDS[name])
            assert again.returncode == 0, again.stderr
            assert _files(top) == ended


def test_killed_again_while_it_takes_a_half_back(place: Path, tmp_path: Path) -> None:
    command = COMMANDS["keys add"]
    whole = tmp_path / "whole"
    shutil.copytree(place, whole)
    assert licheng(whole / "school", *command).returncode == 0
    ended = _files(whole)
    *_, half = (top for top in _killed(place, tmp_path, command) if (top / "school" / _JOURNAL).exists())
    for top in _killed(half, tmp_path / "again", command):
        if _files(top) != ended:
            again = licheng(top / "school", *command)
            assert again.returncode == 0, again.stderr
            assert _files(top) == ended


def test_killed_anywhere_the_identity_table_is_the_one_before_or_after(place: Path, tmp_path: Path) -> None:
    top = tmp_path / "machine"
    shutil.copytree(place, top)
    registry = Registry.at(top / "registry")
    assert licheng(top / "school", *registry.new).returncode == 0
    before, counts = registry.table.read_bytes(), set()
    options = ("--identities", "../registry/identities.age", "--identity", "../registry/dean.key")
    command = ("identities", "import", str(registry.list_of(listed(9))), *options)
    for killed in _killed(top, tmp_path, command):
        left = registry._replace(folder=killed / "registry")
        if (size := len(left.people())) == 0:
            assert left.table.read_bytes() == before
        counts.add(size)
        assert licheng(killed / "school", *command).returncode == 0
        assert len(left.people()) == 9
        kept = {"identities.age", "identities.age.previous", "students.csv", "registrar.key", "dean.key"}
        assert {path.name for path in left.folder.iterdir()} == kept, "no temporary file stays"
    assert counts == {0, 9}


def test_killed_anywhere_an_import_is_taken_back_or_done(place: Path, tmp_path: Path) -> None:
    top = tmp_path / "machine"
    shutil.copytree(place, top)
    registry = Registry.at(top / "registry")
    person = Person(STUDENT, "0113001", "林子丑", id_number(1), "2010-05-06", "12a", "1", {})
    registry.table.write_bytes(IdentityTable(registry.recipients, (person,)).sealed())
    heading = "學號,社團名稱,開始日期,結束日期,擔任職務\n"
    first, rest = (
        "0113001,天文社,1150901,1160630,\n",
        "0113001,合唱團,1150901,1160120,\n0113001,棋藝社,1150901,1160630,社長\n",
    )
    options = ("--identities", "../registry/identities.age", "--identity", "../registry/registrar.key")
    (registry.folder / "first.csv").write_text(heading + first, encoding="utf-8")
    (registry.folder / "then.csv").write_text(heading + first.replace(",\n", ",器材長\n") + rest, encoding="utf-8")
    assert licheng(top / "school", "import", "clubs", "../registry/first.csv", *options).returncode == 0
    command = ("import", "clubs", "../registry/then.csv", *options)
    whole = tmp_path / "whole"
    shutil.copytree(top, whole)
    done = licheng(whole / "school", *command)
    assert "新增 2 筆、變更 1 筆" in done.stdout, done.stderr
    before, after, kinds = _files(top / "school/content"), _files(whole / "school/content"), set[str]()
    ended = _files(whole / "school")
    for killed in _killed(top, tmp_path, command):
        left = _files(killed / "school/content")
        kinds.add("before" if left == before else "after" if left == after else "between")
        assert left in (before, after) or (killed / "school" / _JOURNAL).exists(), "half of it, and no note of it"
        again = licheng(killed / "school", *command)
        assert again.returncode == 0, again.stderr
        assert _files(killed / "school") == ended
    assert {"before", "between"} <= kinds


def _sealed_away(left: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """Without what is another each time that something is encrypted: digest and size of the sealed file."""
    path = f"school/content/seals/113/{STUDENT}/seal.yaml"
    told = (left[path] or b"").partition(b"sealed:")[0]
    return {name: data for name, data in left.items() if name.startswith("school/")} | {path: told}


def test_killed_anywhere_a_seal_is_done_by_the_same_command(tmp_path: Path) -> None:
    """Until it is done the student's files are all there, and never is a seal there without its sealed file."""
    top = sealable(tmp_path / "top")
    whole = tmp_path / "whole"
    shutil.copytree(top, whole)
    command = (*sealing(top)[:-6], "--keys", "../keys", "--out", "../sealed", "--today", DAY)
    assert licheng(whole / "school", *command).returncode == 0
    ended, counts = _sealed_away(_files(whole)), set[bool]()
    seal = f"content/seals/113/{STUDENT}/seal.yaml"
    for killed in _killed(top, tmp_path, command):
        is_taken = not (killed / "school" / folder() / "item.md").exists()
        counts.add(is_taken)
        assert not is_taken or (killed / f"sealed/{STUDENT}.tar.age.age").exists()
        again = licheng(killed / "school", *command)
        assert again.returncode == 0, again.stderr
        assert _sealed_away(_files(killed)) == ended
        assert [path.name for path in (killed / "sealed").iterdir()] == [f"{STUDENT}.tar.age.age"]
        assert [path.name for path in (killed / "keys").iterdir()] == [f"{STUDENT}.key"]
        digest = hashlib.sha256((killed / f"sealed/{STUDENT}.tar.age.age").read_bytes()).hexdigest()
        assert digest in (killed / "school" / seal).read_text(encoding="utf-8")
    assert counts == {False, True}


def test_killed_anywhere_an_unsealing_is_done_by_the_same_command(tmp_path: Path) -> None:
    """Never is a folder there that is not on record, nor half of one."""
    top = sealable(tmp_path / "top")
    assert licheng(top / "school", *sealing(top)).returncode == 0
    command = (
        *("unseal", f"../sealed/{STUDENT}.tar.age.age", "--student", STUDENT, "--by", "t903", "--reason", "drill"),
        *("--identity", "../registry/dean.key", "--keys", "../keys", "--out", "../unsealed", "--today", DAY),
    )
    whole = tmp_path / "whole"
    shutil.copytree(top, whole)
    assert licheng(whole / "school", *command).returncode == 0
    ended, kinds = _files(whole), set[tuple[bool, bool]]()
    for killed in _killed(top, tmp_path, command):
        is_recorded = (killed / f"school/content/seals/113/{STUDENT}/unsealings/{DAY}-drill.yaml").exists()
        is_there = (killed / "unsealed").exists()
        kinds.add((is_recorded, is_there))
        if not is_there:  # else all was done, and the folder is not written into again
            assert licheng(killed / "school", *command).returncode == 0
        assert _files(killed) == ended
    assert (True, False) in kinds
    assert (False, True) not in kinds


def test_killed_anywhere_a_forgetting_is_done_by_the_same_command(tmp_path: Path) -> None:
    """Nothing is destroyed that is not on record; both copies of the key and the row go in the end."""
    top = sealable(tmp_path / "top")
    registry = forgettable(top)
    assert seconded(top, forget(top, "--dry-run").stdout).returncode == 0
    command = tuple(each.replace(str(top), "..") for each in forgetting(top))
    whole = tmp_path / "whole"
    shutil.copytree(top, whole)
    assert licheng(whole / "school", *command).returncode == 0

    def left(place: Path) -> dict[str, bytes | None]:  # the table is sealed with other bytes each time
        return {name: data for name, data in _files(place).items() if not name.startswith("registry/identities")}

    ended, counts = left(whole), set[int]()
    for killed in _killed(top, tmp_path, command):
        keys = [path for path in killed.glob("*/*.key") if path.parent.name in {"keys", "copies"}]
        people = registry._replace(folder=killed / "registry").people()
        counts.add(len(keys) + len(people))
        is_recorded = (killed / f"school/content/seals/113/{STUDENT}/forgetting.yaml").exists()
        assert is_recorded or len(keys) + len(people) == 3
        assert licheng(killed / "school", *command).returncode == 0
        assert left(killed) == ended
        assert registry._replace(folder=killed / "registry").people() == {}
        assert len([*(killed / "registry").glob("*identities*")]) == len([*(whole / "registry").glob("*identities*")])
    assert counts >= {3, 2, 1}
