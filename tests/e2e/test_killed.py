"""`kill -9` between any two writes of a command: it can be run again, and ends as if it had never been killed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

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
from tests.people import Registry, id_number, listed

# Calls before which a disk is looked at: they, or those between them, change it.
_STEPS = frozenset("write flush fsync rename replace link unlink remove mkdir rmdir chmod truncate".split())  # noqa: SIM905
_WRITES = frozenset({"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate"})
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
    """All below a folder: bytes of files, None for folders."""
    return {
        path.relative_to(top).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(top.rglob("*"))
    }


def _state(top: Path) -> frozenset[tuple[str, int]]:
    """Names and sizes of all files: each step changes one; temporary files are alike, whatever they are called."""
    found = set()
    for inside, folders, files in os.walk(top):
        within = inside.removeprefix(str(top))
        found |= {(f"{within}/{name}", -1) for name in folders}
        found |= {(_TEMPORARY.sub("~", f"{within}/{name}"), os.lstat(f"{inside}/{name}").st_size) for name in files}
    return frozenset(found)


def _process(top: Path, command: tuple[str, ...], prepare: Callable[[], None] = lambda: None) -> Ended:
    """The command as a process of its own, which need not import all again; -9 if it was killed."""
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


def _kill_at_a_new_state(
    top: Path,
    known: set[frozenset[tuple[str, int]]],
    state: Callable[[Path], frozenset[tuple[str, int]]] = _state,
) -> Callable[[], None]:
    """Arms this process: before each step of its writing it looks at the disk, and dies where that is a new state."""

    def step(_frame: object, event: str, called: object) -> None:
        if (
            event == "c_call"
            and getattr(called, "__name__", "") in _STEPS
            and not isinstance(getattr(called, "__self__", None), str)
        ):
            sys.setprofile(None)
            if state(top) not in known:
                os.kill(os.getpid(), signal.SIGKILL)
            sys.setprofile(step)

    def first_write(event: str, arguments: tuple[object, ...]) -> None:
        opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        paths = [path for path in arguments[: 1 if opens else 2] if isinstance(path, str | Path)]
        if (opens or event in _WRITES) and any(Path(path).absolute().is_relative_to(top) for path in paths):
            sys.setprofile(step)

    return lambda: sys.addaudithook(first_write)


def _killed(place: Path, tmp_path: Path, command: tuple[str, ...]) -> Iterator[Path]:
    """Copies of the place, one for each state in which the command can be killed."""
    known = {_state(place)}
    for number in range(100):
        top = tmp_path / f"killed-{number}"
        shutil.copytree(place, top, copy_function=os.link)  # whatever writes into a file spoils the others too
        ended = _process(top, command, _kill_at_a_new_state(top, known))
        if ended.code == 0:
            assert number > 3, "hardly anything was killed"
            return
        assert ended.code == -signal.SIGKILL, ended.told
        known.add(_state(top))
        yield top
    raise AssertionError("it never ends by itself")


@pytest.mark.parametrize("name", COMMANDS)
def test_killed_anywhere_the_same_command_ends_it(place: Path, tmp_path: Path, name: str) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(place, whole)
    done = _process(whole, COMMANDS[name])
    assert done.code == 0, done.told
    checked = {_state(place / "school/content")}
    for top in _killed(place, tmp_path, COMMANDS[name]):
        left, content = _files(top), _state(top / "school/content")
        if content not in checked:
            looked = _process(top, ("check",))
            assert looked.code in {0, 1}, looked.told
            assert "APP" not in looked.told
            assert _files(top) == left
        checked.add(content)
        if left != _files(whole):  # else it was killed when all was done, before it could say so
            again = _process(top, COMMANDS[name])
            assert again.code == 0, again.told
            assert _files(top) == _files(whole)


def test_killed_again_while_it_takes_a_half_back(place: Path, tmp_path: Path) -> None:
    command = COMMANDS["keys add"]
    whole = tmp_path / "whole"
    shutil.copytree(place, whole)
    assert _process(whole, command).code == 0
    *_, half = (top for top in _killed(place, tmp_path, command) if (top / "school" / _JOURNAL).exists())
    for top in _killed(half, tmp_path / "again", command):
        if _files(top) != _files(whole):
            again = _process(top, command)
            assert again.code == 0, again.told
            assert _files(top) == _files(whole)


def test_killed_anywhere_the_identity_table_is_the_one_before_or_after(place: Path, tmp_path: Path) -> None:
    top = tmp_path / "machine"
    shutil.copytree(place, top)
    registry = Registry.at(top / "registry")
    assert _process(top, registry.new).code == 0
    before, counts = registry.table.read_bytes(), set()
    options = ("--identities", "../registry/identities.age", "--identity", "../registry/dean.key")
    command = ("identities", "import", str(registry.list_of(listed(9))), *options)
    for killed in _killed(top, tmp_path, command):
        left = registry._replace(folder=killed / "registry")
        if (size := len(left.people())) == 0:
            assert left.table.read_bytes() == before
        counts.add(size)
        assert _process(killed, command).code == 0
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
    assert _process(top, ("import", "clubs", "../registry/first.csv", *options)).code == 0
    command = ("import", "clubs", "../registry/then.csv", *options)
    whole = tmp_path / "whole"
    shutil.copytree(top, whole)
    done = _process(whole, command)
    assert "新增 2 筆、變更 1 筆" in done.told, done.told
    before, after, kinds = _files(top / "school/content"), _files(whole / "school/content"), set[str]()
    for killed in _killed(top, tmp_path, command):
        left = _files(killed / "school/content")
        kinds.add("before" if left == before else "after" if left == after else "between")
        assert left in (before, after) or (killed / "school" / _JOURNAL).exists(), "half of it, and no note of it"
        again = _process(killed, command)
        assert again.code == 0, again.told
        assert _files(killed / "school") == _files(whole / "school")
    assert {"before", "between"} <= kinds
