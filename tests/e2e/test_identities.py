"""`licheng identities`, and what of it reaches a disk: nothing that names anybody."""

from __future__ import annotations

import base64
import os
import pty
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from licheng.storage.plan import Plan
from tests.certified import STUDENT, TEACHER, Certified, key
from tests.certified import folder as certified
from tests.command import LICHENG, licheng, process
from tests.people import HEADING, Registry, as_csv, id_number, listed

COUNT = 40


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry.at(tmp_path / "registry")


@pytest.fixture
def founded(small: Path, registry: Registry) -> Registry:
    """A table of forty."""
    assert licheng(small, *registry.new).returncode == 0
    assert brought(small, registry, listed(COUNT)).returncode == 0
    return registry


def brought(
    school: Path, registry: Registry, rows: Iterable[tuple[str, ...]], *more: str
) -> subprocess.CompletedProcess[str]:
    return licheng(school, "identities", "import", str(registry.list_of(rows)), *registry.options, *more)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "students.csv"}


def on_a_terminal(school: Path, *arguments: str) -> str:
    """What a command shows a person."""
    leader, follower = pty.openpty()
    with subprocess.Popen([str(LICHENG), *arguments], cwd=school, stdout=follower, stderr=follower) as child:
        os.close(follower)
        shown = b""
        try:
            while piece := os.read(leader, 65_536):
                shown += piece
        except OSError:  # the other end was closed
            pass
    os.close(leader)
    assert child.returncode == 0, shown.decode()
    return shown.decode()


def test_a_list_comes_in_once(small: Path, founded: Registry) -> None:
    people = founded.people()
    assert len(people) == COUNT
    assert people["0115007"].name == listed(7)[-1][1]
    assert people["0115007"].id_number == id_number(7)
    assert people["0115007"].born == "2010-08-08"
    assert re.fullmatch(r"[0-9a-f]{64}", people["0115007"].nonces["115-1"])
    assert len({nonce for person in people.values() for nonce in person.nonces.values()}) == COUNT
    assert founded.stock_age().count("\n") == COUNT + 1
    before = files(founded.folder)
    again = brought(small, founded, listed(COUNT))
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == "新增 0 位、變更 0 位、相同 40 位、名單沒有 0 位；115-1 學期抽出 0 個隨機值。\n"
    assert files(founded.folder) == before


def test_a_preview_says_what_would_change_and_changes_nothing(small: Path, founded: Registry) -> None:
    before, people = files(founded.folder), founded.people()
    rows = listed(COUNT + 3)[1:]
    rows[0] = (*rows[0][:4], "10b", *rows[0][5:])
    expected = (
        "+ 新增 3 位（第 41–43 列），代號隨機抽出\n"
        f"~ {people['0115002'].student}：班級\n"
        f"- {people['0115001'].student}：名單沒有這位；對照表保留\n"
        "新增 3 位、變更 1 位、相同 38 位、名單沒有 1 位；115-1 學期抽出 3 個隨機值。\n"
    )
    preview = brought(small, founded, rows, "--dry-run")
    assert (preview.returncode, preview.stdout, preview.stderr) == (0, expected, "")
    assert files(founded.folder) == before
    done = brought(small, founded, rows)
    assert (done.returncode, done.stdout) == (0, expected)
    after = founded.people()
    assert len(after) == COUNT + 3
    assert after["0115001"] == people["0115001"]
    assert after["0115002"] == people["0115002"]._replace(class_name="10b")
    kept = founded.folder / "identities.age.previous"
    assert kept.read_bytes() == before["identities.age"], "the generation before is kept"
    for path in (founded.table, kept):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_bad_cell_and_nothing_is_written(small: Path, founded: Registry) -> None:
    before = files(founded.folder)
    rows = listed(COUNT + 4)
    wrong = id_number(41)[:-1] + str((int(id_number(41)[-1]) + 1) % 10)
    rows[40] = (*rows[40][:2], wrong, *rows[40][3:])
    rows[41] = (*rows[41][:3], "40304", *rows[41][4:])
    rows[42] = (*rows[42][:2], "", *rows[42][3:])
    done = brought(small, founded, rows)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "第 42 列「身分證號」（A999999999）：檢查碼不對，有一碼打錯了\n"
        "第 43 列「出生日期」（99999）：要是日期，例如 99/5/6、0990506、2010-05-06\n"
        "第 44 列「身分證號」（-）：空白；這一格一定要有\n"
        "APP175 "
    )
    assert wrong[:6] not in done.stderr
    assert files(founded.folder) == before
    english = brought(small, founded, rows, "--lang", "en")
    assert "row 42 ID number (A999999999): the check digit is wrong" in english.stderr


def test_contradictions_are_told_with_the_other_row(small: Path, founded: Registry) -> None:
    done = brought(small, founded, [*listed(2), listed(2)[1]])
    assert done.returncode == 2
    assert "第 4 列「學號」（9999999）：和第 3 列重複\n" in done.stderr


def test_no_table_lies_in_a_repository(small: Path, registry: Registry, tmp_path: Path) -> None:
    school = tmp_path / "school"
    shutil.copytree(small / "content", school / "content")
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    subprocess.run(["git", "init", "-q", str(school)], check=True)
    link = tmp_path / "link"
    link.symlink_to(school / "content")
    named = [part for recipient in registry.recipients for part in ("--recipient", recipient)]
    for place in (school / "t.age", school / ".git/t.age", bare / "hooks/t.age", link / "t.age"):
        done = licheng(school, "identities", "new", "--identities", str(place), *named)
        assert (done.returncode, done.stderr[:6]) == (2, "APP171"), place
        assert not place.exists()
    assert licheng(school, *registry.new).returncode == 0
    shutil.copy(registry.table, school / "t.age")
    options = ("--identities", str(school / "t.age"), "--identity", str(registry.keys[0]))
    for command in (("check",), ("import", str(registry.list_of(listed(1))))):
        assert licheng(school, "identities", *command, *options).stderr.startswith("APP171")
    done = licheng(school, "identities", "backup", str(school / "copies"), *registry.options)
    assert done.stderr.startswith("APP171")
    assert not (school / "copies").exists()


def test_a_new_table_needs_two_keys_and_replaces_nothing(small: Path, registry: Registry) -> None:
    table = ("--identities", str(registry.table))
    one = licheng(small, "identities", "new", *table, "--recipient", registry.recipients[0])
    assert (one.returncode, one.stderr[:6]) == (2, "APP191")
    assert licheng(small, *registry.new, "--dry-run").returncode == 0
    assert not registry.table.exists()
    listing = registry.folder / "recipients.txt"
    listing.write_text("# 註冊組\n" + "\n".join(registry.recipients), encoding="utf-8")
    assert licheng(small, "identities", "new", *table, "--recipients", str(listing)).returncode == 0
    before = registry.table.read_bytes()
    assert stat.S_IMODE(registry.table.stat().st_mode) == 0o600
    assert licheng(small, *registry.new).stderr.startswith("APP009")
    assert registry.table.read_bytes() == before
    assert brought(small, registry, listed(1)).returncode == 0


def test_rows_are_shown_on_a_terminal_alone_and_masked(small: Path, founded: Registry) -> None:
    person = founded.people()["0115007"]
    shown = on_a_terminal(small, "identities", "show", "0115007", *founded.options)
    assert person.student in shown
    assert person.name[0] + "○○" in shown
    for secret in (person.name, person.id_number, person.id_number[:7], person.born, person.number):
        assert secret not in shown
    full = on_a_terminal(small, "identities", "show", person.student, "--full", *founded.options)
    assert all(text in full for text in (person.name, person.id_number, person.born, person.number))
    assert len(on_a_terminal(small, "identities", "show", *founded.options).splitlines()) == COUNT + 1
    piped = process(small, "identities", "show", "--full", *founded.options)
    assert (piped.returncode, piped.stdout, piped.stderr[:6]) == (2, "", "APP176")


def test_the_table_against_the_repository(small: Path, registry: Registry) -> None:
    assert licheng(small, *registry.new).returncode == 0
    [student] = [path.name for path in small.glob("content/students/*/*")]
    empty = licheng(small, "identities", "check", *registry.options)
    assert (empty.returncode, empty.stdout) == (
        1,
        f"{student}：儲存庫有這位學生，對照表沒有\n對照表 0 位：1 處不符、0 位還沒有學籍。\n",
    )
    cohort = int(student[1:4])
    path = registry.folder / "students.csv"
    rows = [(student, *listed(1, cohort)[0]), ("", *listed(1, first=2)[0])]
    path.write_text(as_csv(rows, ("學生代號", *HEADING)), encoding="utf-8")
    done = licheng(small, "identities", "import", str(path), *registry.options)
    assert done.returncode == 0, done.stderr
    checked = licheng(small, "identities", "check", *registry.options)
    drawn = registry.people()["0115002"].student
    assert (checked.returncode, checked.stdout) == (
        0,
        f"{drawn}：對照表有，儲存庫還沒有學籍\n對照表 2 位：0 處不符、1 位還沒有學籍。\n",
    )


def test_a_backup_is_the_sealed_file_with_its_digest(small: Path, founded: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    command = ("identities", "backup", str(folder), *founded.options)
    assert licheng(small, *command, "--dry-run").returncode == 0
    assert not folder.exists()
    assert licheng(small, *command).stdout.startswith(f"+ {folder}")
    [copy] = folder.glob("*.age")
    assert copy.read_bytes() == founded.table.read_bytes()
    subprocess.run(["sha256sum", "--check", "--quiet", f"{copy.name}.sha256"], cwd=folder, check=True)
    assert licheng(small, *command).stdout.startswith("= ")
    copy.chmod(0o600)
    copy.write_bytes(copy.read_bytes()[:-1])
    spoilt = licheng(small, *command)
    assert (spoilt.returncode, spoilt.stderr[:6]) == (3, "APP182")


def test_the_key_comes_from_an_option_or_the_environment(small: Path, founded: Registry) -> None:
    table = ("--identities", str(founded.table))
    assert licheng(small, "identities", "check", *table).stderr.startswith("APP172")
    done = licheng(small, "identities", "check", *table, LICHENG_IDENTITY=str(founded.keys[1]))
    assert "APP" not in done.stderr


def _in_every_form(text: str) -> Iterator[bytes]:
    """The bytes by which a text may lie on a disk: UTF-8, UTF-16, and of each base64, wherever it begins."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp950"):
        plain = text.encode(encoding)
        yield plain
        for skipped in range(3):
            inner = base64.b64encode(b"\0" * skipped + plain)
            yield inner[4 if skipped else 0 : len(inner) - 4]  # what no neighbour changes


def _planted(rows: Iterable[tuple[str, ...]]) -> dict[bytes, str]:
    """Names and ID numbers in every form."""
    return {form: text for row in rows for text in (row[1], row[2]) for form in _in_every_form(text) if len(form) > 5}


def _everything(top: Path) -> Iterator[tuple[str, bytes]]:
    """All names and bytes below a folder, and every object of every repository there."""
    for path in top.rglob("*"):
        yield "a name", os.fsencode(path.name)
        if path.is_file():
            yield str(path), path.read_bytes()
        if path.name == ".git":
            command = ["git", "-C", str(path.parent), "cat-file", "--batch-all-objects", "--batch", "--buffer"]
            yield f"{path} objects", subprocess.run(command, capture_output=True, check=True).stdout


def _found(places: Iterable[tuple[str, bytes]], planted: dict[bytes, str]) -> set[tuple[str, str]]:
    pattern = re.compile(b"|".join(map(re.escape, planted)))
    return {(where, planted[match[0]]) for where, data in places for match in pattern.finditer(data)}


# They show a name to whoever asked, on standard output; nothing else says one anywhere.
SHOWING = ("queue", "status", "certify")


def test_planted_identities_reach_no_file_object_or_log(tmp_path: Path) -> None:
    rows, top, own = listed(COUNT), tmp_path / "machine", tmp_path / "own"
    school, registry = top / "school", Registry.at(tmp_path / "keys")
    for folder in (own, school, top / "home", top / "tmp", top / "registry"):
        folder.mkdir(parents=True)
    registry = registry._replace(folder=top / "registry")
    made = Certified.school(TEACHER)
    made.output()
    Plan(creates=made.tree().files).apply(school)
    key(TEACHER).write(own)
    private = own / "students.csv"  # the list itself is not looked at
    private.write_text(
        as_csv([(STUDENT, *listed(1, 113)[0]), *(("", *row) for row in rows[1:])], ("學生代號", *HEADING))
    )
    settings = {"HOME": str(top / "home"), "TMPDIR": str(top / "tmp"), "XDG_CACHE_HOME": str(top / "home")}
    git = ["git", "-C", str(school), "-c", "user.name=t", "-c", "user.email=t@licheng.invalid"]
    subprocess.run(["git", "init", "-q", str(school)], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "a school"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    outputs, table, shown = list[tuple[str, bytes]](), registry.options, 0
    for command in (
        registry.new,
        ("identities", "import", str(private), *table, "--dry-run"),
        ("identities", "import", str(private), *table),
        ("identities", "import", str(private), *table),
        ("identities", "show", *table),
        ("identities", "check", *table),
        ("identities", "backup", str(top / "usb"), *table),
        ("check", *table),
        ("queue", *table),
        ("status", "--student", STUDENT, *table),
        ("gate", "--base", head, "--head", head, "--actor", "github:1", "--demo", *table),
        ("certify", certified(), "--key", str(own / TEACHER), "--now", "2026-11-23T05:00:00Z", *table),
    ):
        done = process(school, *command, **settings)
        assert "APP" not in done.stderr or command[1] == "show", (command, done.stderr)
        if command[0] in SHOWING:
            assert rows[0][1] in done.stdout, command
            shown += 1
        else:
            outputs.append((" ".join(command[:2]), done.stdout.encode()))
        outputs.append((" ".join(command[:2]), done.stderr.encode()))
    assert shown == len(SHOWING)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "what the commands left", "--allow-empty"], check=True)
    planted = _planted(rows)
    assert _found([*outputs, *_everything(top)], planted) == set()
    # The search sees what is there: the list, and the same text staged in two forms.
    assert len(_found([("list", private.read_bytes())], planted)) == 2 * COUNT
    text = rows[0][2]
    for data in (text.encode("utf-16"), base64.b64encode(f"x {text} y".encode())):
        (school / "leak").write_bytes(data)
        subprocess.run([*git, "add", "-A"], check=True)
        (school / "leak").unlink()
        objects = [place for place in _everything(school) if place[0].endswith(" objects") and data in place[1]]
        assert len(objects) == 1
        assert _found(objects, planted)


WRITES = re.compile(r'^(?:\[pid +\d+\] |\d+ +)?write\(\d+, "((?:\\x[0-9a-f]{2})*)"', re.M)
OPENS = re.compile(r'openat\([^"]*"((?:\\x[0-9a-f]{2})*)", [^)]*O_(?:WRONLY|RDWR|CREAT)')


def test_an_import_writes_nothing_unsealed_anywhere(small: Path, founded: Registry, tmp_path: Path) -> None:
    rows, trace = listed(COUNT + 40), tmp_path / "trace"
    command = [str(LICHENG), "identities", "import", str(founded.list_of(rows)), *founded.options]
    calls = "trace=write,pwrite64,writev,pwritev,sendto,sendmsg,openat,open,creat,memfd_create,rename"
    program = ["strace", "-f", "-xx", "-s", "1000000", "-e", calls, "-o", str(trace), *command]
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(program, cwd=small, capture_output=True, text=True, env=settings, check=False)
    assert done.returncode == 0, done.stderr
    text = trace.read_text(encoding="ascii")
    written = [bytes.fromhex(data.replace("\\x", "")) for data in WRITES.findall(text)]
    assert sum(map(len, written)) > founded.table.stat().st_size, "the table itself was seen"
    assert _found((("write", data) for data in written), _planted(rows)) == set()
    assert not re.search(r"\b(?:pwrite64|writev|pwritev|sendto|sendmsg|memfd_create)\(", text)
    opened = {bytes.fromhex(data.replace("\\x", "")).decode() for data in OPENS.findall(text)}
    assert opened, "the table was opened"
    assert {str(Path(path).parent) for path in opened} - {"/dev"} == {str(founded.folder)}, opened
