"""`licheng identities`, and what of it reaches a disk: nothing that names anybody."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pty
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyrage import x25519

from licheng.app.server.push import server_names
from licheng.core.errors import LichengError, UsageError
from licheng.core.person import Forgotten, Person
from licheng.exchange.identities import IdentityTable, opened
from licheng.storage.plan import Plan
from tests.certified import STUDENT, TEACHER, Certified, key
from tests.certified import folder as certified
from tests.command import LICHENG, findings, forked, licheng, process
from tests.people import HEADING, Registry, as_csv, id_number, listed
from tests.trees import ROOT

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


def on_a_terminal(school: Path, *arguments: str, typed: str = "", code: int = 0) -> str:
    """What a command shows a person, who types an answer."""
    leader, follower = pty.openpty()
    command = [str(LICHENG), *arguments]
    with subprocess.Popen(command, cwd=school, stdin=follower, stdout=follower, stderr=follower) as child:
        os.close(follower)
        os.write(leader, typed.encode())
        shown = b""
        try:
            while piece := os.read(leader, 65_536):
                shown += piece
        except OSError:  # the other end was closed
            pass
    os.close(leader)
    assert child.returncode == code, shown.decode()
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


def _held(term: str = "115-1", **counts: int) -> str:
    """The line on the checks of a term."""
    current, stale, unchecked, unknown = (
        counts.get(state, 0) for state in ("current", "stale", "unchecked", "unknown")
    )
    return (
        f"{term} 基本資料的檢核：相符 {current} 位、須再檢核 {stale} 位、"
        f"還沒有檢核 {unchecked} 位、無從核對 {unknown} 位。\n"
    )


def test_the_table_against_the_repository(small: Path, registry: Registry) -> None:
    assert licheng(small, *registry.new).returncode == 0
    [student] = [path.name for path in small.glob("content/students/*/*")]
    empty = licheng(small, "identities", "check", *registry.options)
    assert (empty.returncode, empty.stdout) == (
        1,
        f"{student}：儲存庫有這位學生，對照表沒有\n對照表 0 位：1 處不符、0 位還沒有學籍。\n{_held(unchecked=1)}",
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
        f"{drawn}：對照表有，儲存庫還沒有學籍\n對照表 2 位：0 處不符、1 位還沒有學籍。\n{_held(unchecked=1)}",
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


@pytest.fixture(scope="module")
def checked_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Registry]:
    """Not to be changed."""
    top = tmp_path_factory.mktemp("checked")
    school, registry = top / "school", Registry.at(top / "registry")
    for name in ("content", "schemas"):
        shutil.copytree(ROOT / name, school / name)
    people = [
        Person(path.name, f"0{path.name[1:]}", "趙子丑", id_number(each), "2010-02-02", nonces={"115-1": nonce(each)})
        for each, path in enumerate(sorted(school.glob("content/students/*/*")), 1)
    ]
    registry.table.write_bytes(IdentityTable(registry.recipients, people).sealed())
    done = licheng(school, "verify-records", "--by", "t004", *registry.options)
    assert done.returncode == 0, done.stderr
    return school, registry


@pytest.fixture
def checked(checked_once: tuple[Path, Registry], tmp_path: Path) -> tuple[Path, Registry]:
    """A school of three cohorts and a table of all its students, whose basic data are checked by that table."""
    school, registry = checked_once
    folder = tmp_path / "registry"
    shutil.copytree(registry.folder, folder)
    keys = (folder / registry.keys[0].name, folder / registry.keys[1].name)
    return shutil.copytree(school, tmp_path / "school"), registry._replace(folder=folder, keys=keys)


def nonce(each: int) -> str:
    return hashlib.sha256(f"nonce {each}".encode()).hexdigest()


def rewritten(registry: Registry, student: str, column: str, text: str) -> None:
    """The table after somebody corrected a row."""
    table = opened(registry.table.read_bytes(), registry.table, registry.keys[0])
    people = [Person(**{**each._asdict(), column: text}) if each.student == student else each for each in table.people]
    registry.table.write_bytes(table._replace(people=people).sealed())


ENROLLED = 24  # of the thirty in `content/` on 2026-11-23
CHECKED = "content/students/{}/{}/verifications/115-1/basic-data.yaml"


def test_the_whole_school_is_checked_by_one_command_and_each_keeps_its_first_day(
    checked: tuple[Path, Registry],
) -> None:
    school, registry = checked
    again = licheng(school, "verify-records", "--by", "t004", *registry.options)
    assert (again.returncode, again.stdout) == (0, f"115-1：寫入 0 份檢核；{ENROLLED} 份本來就是現況。\n")
    text = (school / CHECKED.format(113, "s1130001")).read_text("utf-8")
    assert "on: 2026-11-23\nfirst_on: 2026-09-30\n" in text.replace("'", "")
    report = licheng(school, "check")
    assert report.returncode == 0, report.stdout
    asked = ("identities", "check", *registry.options)
    assert licheng(school, *asked).stdout.endswith(_held(current=ENROLLED))


def test_a_class_or_a_cohort_is_checked_alone(checked: tuple[Path, Registry]) -> None:
    school, registry = checked
    table = opened(registry.table.read_bytes(), registry.table, registry.keys[0])
    people = [each._replace(born="2010-03-03") for each in table.people]
    registry.table.write_bytes(table._replace(people=people).sealed())
    of_class = licheng(school, "verify-records", "--by", "t004", "--class", "12a", *registry.options, "--dry-run")
    of_cohort = licheng(school, "verify-records", "--by", "t004", "--cohort", "113", *registry.options, "--dry-run")
    assert of_class.stdout == of_cohort.stdout
    paths = re.findall(r"^~ content/students/(\d+)/", of_class.stdout, re.M)
    assert len(paths) > 3
    assert set(paths) == {"113"}
    nobody = licheng(school, "verify-records", "--by", "t004", "--class", "9z", *registry.options)
    assert (nobody.returncode, nobody.stderr[:6]) == (2, "APP233")


def test_one_row_that_is_missing_and_no_check_is_written(checked: tuple[Path, Registry]) -> None:
    school, registry = checked
    table = opened(registry.table.read_bytes(), registry.table, registry.keys[0])
    before = {path: path.read_bytes() for path in school.rglob("*.yaml")}
    for people, code in (
        ([each for each in table.people if each.student not in {"s1130001", "s1150001"}], "APP231"),
        ([each._replace(born="2010-09-09", nonces={"114-2": nonce(1)}) for each in table.people], "APP232"),
    ):
        registry.table.write_bytes(table._replace(people=people).sealed())
        done = licheng(school, "verify-records", "--by", "t004", *registry.options)
        assert (done.returncode, done.stdout, done.stderr[:6]) == (2, "", code)
        assert "s1130001" in done.stderr
    without = licheng(school, "verify-records", "--by", "t004")
    assert (without.returncode, without.stderr[:6]) == (2, "APP230")
    stranger = licheng(school, "verify-records", "--by", "t999", "--cohort", "113", *registry.options)
    assert stranger.returncode == 2
    assert {path: path.read_bytes() for path in school.rglob("*.yaml")} == before


def test_courses_are_checked_in_bulk_without_a_table(checked: tuple[Path, Registry]) -> None:
    school, _ = checked
    path = school / "content/students/113/s1130001/verifications/115-1/course-records.yaml"
    before = path.read_bytes()
    path.unlink()
    done = licheng(school, "verify-records", "--by", "t005", "--subject", "course-records")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"115-1：寫入 1 份檢核；{ENROLLED - 1} 份本來就是現況。\n")
    assert path.read_bytes().splitlines()[-1] == before.splitlines()[-1]
    assert b"commitment" not in path.read_bytes()


@pytest.mark.parametrize("column", ["number", "name", "id_number", "born"])
def test_a_row_that_changed_since_makes_its_check_stale(checked: tuple[Path, Registry], column: str) -> None:
    school, registry = checked
    other = {"number": "0115999", "name": "趙子寅", "id_number": id_number(999), "born": "2010-02-03"}
    rewritten(registry, "s1130001", column, other[column])
    done = licheng(school, "identities", "check", *registry.options)
    assert done.returncode == 1
    assert done.stdout.endswith(
        "s1130001：對照表的資料在檢核之後改過，或檢核的不是這一列；須再檢核\n" + _held(current=ENROLLED - 1, stale=1)
    )
    assert other[column] not in done.stdout
    shown = licheng(school, "status", "--unit", "registry", *registry.options)
    assert (shown.returncode, "須再檢核 1 位" in shown.stdout) == (0, True)
    as_json = json.loads(licheng(school, "status", "--json", *registry.options).stdout)
    assert as_json["held"]["stale"] == ["s1130001"]
    # Looked at again, it holds.
    done = licheng(school, "verify-records", "--by", "t004", "--cohort", "113", *registry.options)
    assert done.stdout.startswith(f"~ {CHECKED.format(113, 's1130001')} ")
    assert licheng(school, "identities", "check", *registry.options).returncode == 0


def test_a_flipped_bit_of_a_commitment_is_refused_and_recomputed_it_is_stale(checked: tuple[Path, Registry]) -> None:
    school, registry = checked
    path = school / CHECKED.format(113, "s1130001")
    text = path.read_text("utf-8")
    [(old, digest)] = re.findall(r"commitment: '?(\w{64})'?\ndigest: '?(\w{64})", text)
    flipped = f"{int(old, 16) ^ 1:064x}"
    path.write_text(text.replace(old, flipped), "utf-8")
    assert {code for code, _, _ in findings(school, str(path.relative_to(school)))} == {"CER019"}
    student = hashlib.sha256((school / "content/students/113/s1130001/student.yaml").read_bytes()).hexdigest()
    lines = f"{student}  student.yaml\n{flipped}  @commitment\n"
    path.write_text(path.read_text("utf-8").replace(digest, hashlib.sha256(lines.encode()).hexdigest()), "utf-8")
    assert findings(school, str(path.relative_to(school))) == []
    done = licheng(school, "identities", "check", *registry.options)
    assert (done.returncode, "s1130001：對照表的資料在檢核之後改過" in done.stdout) == (1, True)


def test_a_commitment_copied_from_another_student_is_refused(checked: tuple[Path, Registry]) -> None:
    school, _ = checked
    one, other = (school / CHECKED.format(113, student) for student in ("s1130001", "s1130002"))
    copied = re.search(r"commitment: .*\n", one.read_text("utf-8"))
    assert copied is not None
    other.write_text(re.sub(r"commitment: .*\n", copied[0], other.read_text("utf-8")), "utf-8")
    found = {(code, path) for code, path, _ in findings(school)}
    assert ("REF026", str(other.relative_to(school))) in found


def test_what_is_forgotten_is_in_no_generation_and_nobody_can_compare(
    checked: tuple[Path, Registry], tmp_path: Path
) -> None:
    school, registry = checked
    rewritten(registry, "s1120001", "born", "2010-02-03")  # so that there is a generation before
    assert brought(school, registry, listed(1, first=500)).returncode == 0
    usb = tmp_path / "usb"
    assert licheng(school, "identities", "backup", str(usb), *registry.options).returncode == 0
    [copy] = usb.glob("*.age")
    row = registry.people()["01120001"]
    before = files(registry.folder)
    command = ("identities", "forget", "01120001", "--reason", "request", "--also", str(usb), *registry.options)
    preview = licheng(school, *command, "--dry-run")
    assert (preview.returncode, files(registry.folder)) == (0, before)
    done = licheng(school, *command)
    assert (done.returncode, done.stdout) == (
        0,
        f"s1120001：這一列與隨機值已銷毀，前一份也是；這個代號不再使用。\n{copy}：還有這一列，直到刪除這個檔案\n",
    )
    for path in (registry.table, registry.folder / "identities.age.previous"):
        table = opened(path.read_bytes(), path, registry.keys[1])
        assert row not in table.people
        assert table.forgotten == (Forgotten("s1120001", "2026-11-23", "request"),)
        text = subprocess.run(
            ["age", "-d", "-i", str(registry.keys[0]), str(path)], capture_output=True, check=True
        ).stdout.decode()
        assert all(secret not in text for secret in (row.id_number, row.number, *row.nonces.values()))
    assert set(files(registry.folder)) == set(before)
    checked_again = licheng(school, "identities", "check", *registry.options)
    assert "s1120001" not in checked_again.stdout
    again = licheng(school, *command)
    assert (again.returncode, again.stderr[:6]) == (2, "APP177")
    # The list may name it: nobody is given that pseudonym again.
    path = registry.folder / "students.csv"
    path.write_text(as_csv([("s1120001", *listed(1, 112, first=77)[0])], ("學生代號", *HEADING)), encoding="utf-8")
    named = licheng(school, "identities", "import", str(path), *registry.options)
    assert (named.returncode, "這個代號的資料已經銷毀，不再使用" in named.stderr) == (2, True)


def test_who_is_at_the_school_is_forgotten_on_a_terminal_alone(checked: tuple[Path, Registry]) -> None:
    school, registry = checked
    before = files(registry.folder)
    command = ("identities", "forget", "s1130001", "--reason", "mistake", *registry.options)
    piped = licheng(school, *command)
    assert (piped.returncode, piped.stderr[:6]) == (2, "APP235")
    wrong = on_a_terminal(school, *command, typed="s1130002\n", code=2)
    assert "APP236" in wrong
    assert files(registry.folder) == before
    assert "已銷毀" in on_a_terminal(school, *command, typed="s1130001\n")
    # The check that there is cannot be held against anything any more, and nobody calls it wrong.
    done = licheng(school, "identities", "check", *registry.options)
    assert (done.returncode, "s1130001：對照表沒有這一列或這學期的隨機值" in done.stdout) == (0, True)
    assert done.stdout.endswith(_held(current=ENROLLED - 1, unknown=1))


def test_other_recipients_open_what_the_old_ones_did(checked: tuple[Path, Registry], tmp_path: Path) -> None:
    school, registry = checked
    before, people = files(registry.folder), registry.people()
    other = Registry.at(tmp_path / "other")
    named = [part for key in (registry.recipients[1], other.recipients[0]) for part in ("--recipient", key)]
    same = [part for key in registry.recipients for part in ("--recipient", key)]
    command = ("identities", "recipients", *registry.options)
    for given, code in ((same, "APP237"), (named[:2], "APP191")):
        refused = licheng(school, *command, *given)
        assert (refused.returncode, refused.stderr[:6]) == (2, code)
    assert licheng(school, *command, *named, "--dry-run").returncode == 0
    assert files(registry.folder) == before
    done = licheng(school, *command, *named)
    assert (done.returncode, done.stdout) == (
        0,
        f"+ {other.recipients[0]}\n- {registry.recipients[0]}\n{len(people)} 位照舊；前一份也改用新的收件公鑰。\n",
    )
    for path in (registry.table, registry.folder / "identities.age.previous"):
        for keeper in (registry.keys[1], other.keys[0]):
            assert {each.number: each for each in opened(path.read_bytes(), path, keeper).people} == people
        with pytest.raises(LichengError) as refused_key:
            opened(path.read_bytes(), path, registry.keys[0])
        assert refused_key.value.code == "APP194"


def test_a_server_opens_no_table(checked: tuple[Path, Registry]) -> None:
    """Whatever key its environment has: the gate takes names from a plain list alone."""
    _, registry = checked
    with pytest.raises(UsageError) as refused:
        server_names(registry.table)
    assert refused.value.code == "APP238"
    names = registry.folder / "names.txt"
    names.write_text("趙子丑\n錢子丑\n", encoding="utf-8")
    assert server_names(names) == {"趙子丑", "錢子丑"}


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
    secrets = set[str]()
    outputs, table, shown = list[tuple[str, bytes]](), registry.options, 0
    third = str(x25519.Identity.generate().to_public())
    others = [part for recipient in (*registry.recipients, third) for part in ("--recipient", recipient)]
    for command in (
        registry.new,
        ("identities", "import", str(private), *table, "--dry-run"),
        ("identities", "import", str(private), *table),
        ("identities", "import", str(private), *table),
        ("identities", "show", *table),
        ("verify-records", "--by", "t903", *table),
        ("identities", "check", *table),
        ("identities", "backup", str(top / "usb"), *table),
        ("identities", "forget", rows[1][0], "--reason", "mistake", "--also", str(top / "usb"), *table),
        ("identities", "recipients", *table, *others),
        ("check", *table),
        ("queue", *table),
        ("status", "--student", STUDENT, *table),
        ("gate", "--base", head, "--head", head, "--actor", "github:1", "--demo", *table),
        ("certify", certified(), "--key", str(own / TEACHER), "--now", "2026-11-23T05:00:00Z", *table),
    ):
        done = forked(school, *command, **settings)()
        assert "APP" not in done.stderr or command[1] == "show", (command, done.stderr)
        secrets |= {nonce for person in registry.people().values() for nonce in person.nonces.values()}
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
    assert len(secrets) == COUNT, "also of the row that was forgotten"
    hidden = {form: nonce for nonce in secrets for form in (*_in_every_form(nonce), bytes.fromhex(nonce))}
    assert _found([*outputs, *_everything(top)], planted | hidden) == set()
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


def traced(school: Path, trace: Path, *command: str) -> tuple[list[bytes], set[str]]:
    """What a command writes, each call's bytes, and the folders of the files that it opens to write."""
    calls = "trace=write,pwrite64,writev,pwritev,sendto,sendmsg,openat,open,creat,memfd_create,rename"
    program = ["strace", "-f", "-xx", "-s", "1000000", "-e", calls, "-o", str(trace), str(LICHENG), *command]
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(program, cwd=school, capture_output=True, text=True, env=settings, check=False)
    assert done.returncode == 0, done.stderr
    text = trace.read_text(encoding="ascii")
    assert not re.search(r"\b(?:pwrite64|writev|pwritev|sendto|sendmsg|memfd_create)\(", text)
    opened = {Path(bytes.fromhex(data.replace("\\x", "")).decode()) for data in OPENS.findall(text)}
    written = [bytes.fromhex(data.replace("\\x", "")) for data in WRITES.findall(text)]
    return written, {str(path.parent) for path in opened} - {"/dev"}


def test_an_import_writes_nothing_unsealed_anywhere(small: Path, founded: Registry, tmp_path: Path) -> None:
    rows = listed(COUNT + 40)
    command = ("identities", "import", str(founded.list_of(rows)), *founded.options)
    written, folders = traced(small, tmp_path / "trace", *command)
    assert sum(map(len, written)) > founded.table.stat().st_size, "the table itself was seen"
    assert _found((("write", data) for data in written), _planted(rows)) == set()
    assert folders == {str(founded.folder)}


def test_nor_do_checks_in_bulk_forgetting_and_other_recipients(checked: tuple[Path, Registry], tmp_path: Path) -> None:
    school, registry = checked
    rewritten(registry, "s1130001", "born", "2010-02-03")
    people = registry.people().values()
    texts = {text for person in people for text in (person.name, person.id_number, *person.nonces.values())}
    planted = {form: text for text in texts for form in _in_every_form(text) if len(form) > 5}
    third = str(x25519.Identity.generate().to_public())
    others = [part for recipient in (*registry.recipients, third) for part in ("--recipient", recipient)]
    for command, sealed in (
        (("verify-records", "--by", "t004"), False),
        (("identities", "forget", "s1120001", "--reason", "ended"), True),
        (("identities", "recipients", *others), True),
    ):
        written, folders = traced(school, tmp_path / "trace", *command, *registry.options)
        assert _found((("write", data) for data in written), planted) == set(), command
        assert sum(map(len, written)) > 500, command
        outside = {folder for folder in folders if not folder.startswith(str(school))}
        assert outside == ({str(registry.folder)} if sealed else set()), command
        assert (folders == outside) is sealed
