"""`licheng seal` and `licheng unseal`: who is due, the file that stock tools open, and what is left of a student."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.app.registry.seal import POINTERS, sealed_files
from licheng.app.server.audit import audit
from licheng.core.person import Person
from licheng.demo.media import pdf
from licheng.exchange.identities import IdentityTable
from licheng.exchange.tarball import packed
from licheng.policy.sealing import due_on
from licheng.sources import yaml
from licheng.sources.attachments import pointer_to
from licheng.sources.lfs import LfsStore
from licheng.sources.reading import sealed_ids
from licheng.sources.tree import WorkTree
from licheng.storage.plan import Plan, recover
from tests.certified import COORDINATORS, STUDENT, TEACHER, Certified, folder, key
from tests.command import licheng
from tests.people import Registry, id_number

OTHER = "s1139902"
DAY = "2032-04-21"  # five years after the application, which itself does not count
LEFT = """  - {on: 2027-04-20, event: application}
  - {on: 2027-06-05, event: graduation}
"""
HOME = f"content/students/113/{STUDENT}"
SEAL = f"content/seals/113/{STUDENT}/seal.yaml"
LARGE = pdf("a large report") + b"%" * (70 << 10)
OID = hashlib.sha256(LARGE).hexdigest()
OURS = ("content/students/113", "content/certifications/113")


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def left(made: Certified, student: str) -> None:
    """The student has applied, and left."""
    path = f"content/students/113/{student}/student.yaml"
    made.files[path] = made.tree().files[path] + LEFT.encode()


def school() -> Certified:
    """Two students with certified work; one file of the first lies in Git LFS."""
    made = Certified.school(TEACHER)
    made.student(OTHER)
    for student in (STUDENT, OTHER):
        where = folder(student)
        made.output(where)
        made.decide(where)
    path = f"{HOME}/others/large"
    made.files[f"{path}/item.md"] = (
        f"---\nkind: other/v1\ntitle: 報告\nrecorded_on: 2026-10-01\nrecorder: {TEACHER}\nfiles:\n"
        f"  - {{name: large.pdf, type: application/pdf, size: {len(LARGE)}, sha256: {OID}}}\n---\n全文。\n"
    ).encode()
    made.files[f"{path}/large.pdf"] = pointer_to(OID, len(LARGE))
    left(made, STUDENT)
    left(made, OTHER)
    return made


def committed(root: Path, message: str = "A change") -> str:
    git(root, "add", "-A")
    git(root, "-c", "user.name=t903", "-c", "user.email=t903@licheng.invalid", "commit", "-qm", message)
    return git(root, "rev-parse", "HEAD").strip()


def sealable(top: Path) -> Path:
    """A folder with a school in which two students are due, and the registrar's keys."""
    root = top / "school"
    Plan(creates=school().tree().files).apply(root)
    git(root, "init", "-q", "-b", "main", "--template=")
    committed(root, "A school")
    git(root, "repack", "-adq")  # half of all files were objects, and whoever kills copies them dozens of times
    store = LfsStore.of(root)
    assert store is not None
    store.receive(OID, len(LARGE), [LARGE])
    Registry.at(top / "registry")
    return top


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealable(tmp_path_factory.mktemp("seal"))


@pytest.fixture
def top(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "top")
    return tmp_path / "top"


def keys_of(top: Path) -> tuple[Path, str, str]:
    """A private key of the archive, and both recipients."""
    files = (top / "registry/registrar.key", top / "registry/dean.key")
    recipients = [
        subprocess.run(["age-keygen", "-y", str(file)], capture_output=True, text=True, check=True).stdout.strip()
        for file in files
    ]
    return files[0], recipients[0], recipients[1]


def command(top: Path, student: str = STUDENT, *more: str) -> tuple[str, ...]:
    key, first, second = keys_of(top)
    where = ("--identity", str(key), "--keys", str(top / "keys"), "--out", str(top / "sealed"))
    return ("seal", student, "--by", "t903", "--archive", first, "--archive", second, *where, "--today", DAY, *more)


def seal(top: Path, *more: str, student: str = STUDENT) -> subprocess.CompletedProcess[str]:
    return licheng(top / "school", *command(top, student, *more))


def unseal(top: Path, *more: str, reason: str = "request") -> subprocess.CompletedProcess[str]:
    return licheng(
        top / "school",
        *("unseal", str(top / f"sealed/{STUDENT}.tar.age.age"), "--student", STUDENT, "--by", "t903"),
        *("--reason", reason, "--identity", str(top / "registry/dean.key"), "--keys", str(top / "keys")),
        *("--out", str(top / "unsealed"), "--today", DAY, *more),
    )


def files(root: Path) -> dict[str, bytes]:
    """All that lies in the work tree."""
    every = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in every}


# Who is due.


@pytest.mark.parametrize(
    ("applied", "due"),
    [
        ("2027-04-20", "2032-04-21"),
        ("2024-02-28", "2029-03-01"),
        ("2024-02-29", "2029-03-01"),
        ("2027-12-31", "2033-01-01"),
    ],
)
def test_the_day_of_the_application_does_not_count(applied: str, due: str) -> None:
    """民法 §120 II, §121 II; 2029-02-28 is the last day where 2029 has no 29 February."""
    assert due_on(date.fromisoformat(applied), 5).isoformat() == due


def test_who_is_due_is_listed_from_the_day_on(top: Path) -> None:
    before = licheng(top / "school", "seal", "--due", "--today", "2032-04-20").stdout
    assert before == "到期 0 人；沒有申請日期 0 人。\n"
    on = licheng(top / "school", "seal", "--due", "--today", DAY).stdout.splitlines()
    assert on[0] == f"{STUDENT}　2027-04-20 申請，2032-04-21 起封存"
    assert on[-1] == "到期 2 人；沒有申請日期 0 人。"


@pytest.mark.parametrize(("day", "shown"), [("2032-04-20", []), ("2032-04-22", ["2032-04-21 逾期 0/2"])])
def test_who_is_due_is_a_duty_of_the_registry(top: Path, day: str, shown: list[str]) -> None:
    lines = [line.split() for line in licheng(top / "school", "status", "--today", day).stdout.splitlines()]
    assert [line for line in lines if "到期封存" in line] == [f"到期封存 全校 註冊組 {row}".split() for row in shown]
    reminded = licheng(top / "school", "remind", "--today", day).stdout
    assert ("- [ ] 2032-04-21 申請五年後封存、逾期 1 天、尚缺 2" in reminded) == bool(shown)


def test_without_an_application_somebody_decides(top: Path) -> None:
    path = top / "school" / HOME / "student.yaml"
    path.write_text(path.read_text().replace("  - {on: 2027-04-20, event: application}\n", ""))
    committed(top / "school")
    shown = licheng(top / "school", "seal", "--due", "--today", DAY).stdout
    assert f"{STUDENT}　2027-06-05 離校，沒有申請日期：由學校決定，不自行封存" in shown
    refused = seal(top)
    assert refused.returncode == 2
    assert "APP460" in refused.stderr
    assert not (top / "sealed").exists()


# The seal.


def test_stock_tools_open_what_was_sealed(top: Path) -> None:
    before = files(top / "school")
    done = seal(top)
    assert done.returncode == 0, done.stderr
    sealed, key = top / f"sealed/{STUDENT}.tar.age.age", top / f"keys/{STUDENT}.key"
    assert [path.stat().st_mode & 0o777 for path in (sealed, key)] == [0o600, 0o600]
    opening = f"age -d -i registry/dean.key {sealed} | age -d -i {key} | tar -x"
    subprocess.run(["sh", "-c", opening], cwd=top, check=True)
    bag = top / STUDENT
    for sums in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", sums], cwd=bag, check=True)
    tools = Path(sys.executable).parent
    bagit = [str(tools / "python"), str(tools / "bagit.py"), "--quiet", "--validate", "."]
    assert subprocess.run(bagit, cwd=bag, capture_output=True, check=False).returncode == 0
    own = {path: data for path, data in before.items() if f"/113/{STUDENT}/" in path}
    own[f"{HOME}/others/large/large.pdf"] = LARGE
    assert files(bag / "data") == own
    assert (bag / POINTERS).read_text() == f"{HOME}/others/large/large.pdf\n"
    # What is left in the school: the seal, and every other file as it was.
    after = files(top / "school")
    record = yaml.parse(after.pop(SEAL).decode())
    assert after == {path: data for path, data in before.items() if path not in own}
    assert record["files"] == len(own)
    assert record["bytes"] == sum(map(len, own.values()))
    assert record["manifest"] == hashlib.sha256((bag / "manifest-sha256.txt").read_bytes()).hexdigest()
    assert record["sealed"]["sha256"] == hashlib.sha256(sealed.read_bytes()).hexdigest()


def test_each_key_alone_opens_nothing(top: Path) -> None:
    assert seal(top).returncode == 0
    sealed = top / f"sealed/{STUDENT}.tar.age.age"
    own = subprocess.run(
        ["age", "-d", "-i", str(top / f"keys/{STUDENT}.key"), str(sealed)], capture_output=True, check=False
    )
    archive = subprocess.run(
        ["age", "-d", "-i", str(top / "registry/dean.key"), str(sealed)], capture_output=True, check=True
    )
    assert own.returncode != 0
    assert archive.stdout.startswith(b"age-encryption.org/v1\n")
    assert b"manifest" not in archive.stdout


def test_the_school_is_sound_without_a_sealed_student(top: Path) -> None:
    before = check(WorkTree(top / "school"), date.fromisoformat(DAY)).findings
    assert seal(top).returncode == 0
    after = check(WorkTree(top / "school"), date.fromisoformat(DAY)).findings
    assert {(each.code, each.location.path) for each in after} <= {(each.code, each.location.path) for each in before}
    # The other's certification still verifies.
    shown = licheng(top / "school", "verify", folder(OTHER))
    assert shown.returncode == 0, shown.stdout


def test_again_says_that_it_is_done(top: Path) -> None:
    assert seal(top).returncode == 0
    before = files(top)
    again = seal(top)
    assert (again.returncode, again.stdout) == (0, f"{STUDENT} 已經封存：{SEAL}\n")
    assert files(top) == before


def test_a_dry_run_writes_nothing(top: Path) -> None:
    before = files(top)
    assert "會封存" in seal(top, "--dry-run").stdout
    assert files(top) == before


@pytest.mark.parametrize(
    "what", ["uncommitted", "edited", "no object", "another identity", "a spoilt file", "one recipient"]
)
def test_nothing_goes_before_the_copy_is_proved(top: Path, what: str) -> None:
    arguments = [*command(top)]
    match what:
        case "uncommitted":
            (top / "school" / HOME / "others/large/second.pdf").write_bytes(pdf("second"))
        case "edited":
            (top / "school" / HOME / "student.yaml").write_text("kind: student/v1\n")
        case "no object":
            store = LfsStore.of(top / "school")
            assert store is not None
            store.path(OID).unlink()
        case "another identity":
            stranger = Registry.at(top / "stranger")
            arguments[arguments.index("--identity") + 1] = str(stranger.keys[0])
        case "a spoilt file":
            (top / "sealed").mkdir()
            (top / f"sealed/{STUDENT}.tar.age.age").write_bytes(b"age-encryption.org/v1\n-> ")
        case _:
            del arguments[arguments.index("--archive") : arguments.index("--archive") + 2]
    before = files(top / "school")
    refused = licheng(top / "school", *arguments)
    code = {
        "uncommitted": "APP463",
        "edited": "APP022",
        "no object": "APP462",
        "one recipient": "APP191",
    }.get(what, "APP464")
    assert refused.returncode != 0
    assert code in refused.stderr
    assert files(top / "school") == before


@pytest.mark.parametrize(
    "asked",
    [
        ("status", "--student", STUDENT, "--term", "115-1"),
        ("release", STUDENT, "--own-copy", "--out", "../copy", "--no-pdf"),
    ],
)
def test_who_asks_for_a_sealed_student_is_told_so(top: Path, asked: tuple[str, ...]) -> None:
    assert seal(top).returncode == 0
    committed(top / "school")
    told = licheng(top / "school", *asked, "--today", DAY)
    assert told.returncode == 2
    assert f"APP473 {STUDENT} 已於 {DAY} 封存：{SEAL}。" in told.stderr


def test_the_last_step_of_a_sealed_work_is_its_seal(top: Path) -> None:
    """By the commit of which the bag was made; where that is gone, the student is told to be sealed."""
    due = licheng(top / "school", "chain", folder(), "--today", DAY).stdout
    digest = due.partition("sha256sum）：")[2].partition("\n")[0]
    assert len(digest) == 64
    assert [*due.splitlines()[-1].split()] == ["封存", f"還沒有（{DAY}", "起封存）"]
    assert seal(top).returncode == 0
    committed(top / "school")
    shown = licheng(top / "school", "chain", folder(), "--today", DAY)
    assert shown.returncode == 0
    *others, _ = due.splitlines()
    assert [line.split() for line in shown.stdout.splitlines()[:-1]] == [line.split() for line in others]
    assert shown.stdout.splitlines()[-1].split() == ["封存", DAY, "相同", digest, SEAL]
    # A commit that is not here any more; then one of which the bag cannot be, as a file of the student is another.
    record = top / "school" / SEAL
    text = record.read_text()
    commit = yaml.parse(text)["commit"]
    record.write_text(text.replace(commit, "c0" * 20))
    committed(top / "school")
    told = licheng(top / "school", "chain", folder(), "--today", DAY)
    assert (told.returncode, "APP473" in told.stderr) == (2, True)
    git(top / "school", "checkout", "-q", "-b", "other", commit)
    (top / "school" / HOME / "others/large/item.md").unlink()
    other = committed(top / "school")
    git(top / "school", "checkout", "-q", "main")
    record.write_text(text.replace(commit, other))
    committed(top / "school")
    told = licheng(top / "school", "chain", folder(), "--today", DAY)
    assert told.returncode == 1
    assert "不同" in told.stdout.splitlines()[-1]


@pytest.mark.parametrize("asked", [("status",), ("status", "--class", "12a"), ("remind",), ("queue",), ("check",)])
def test_nobody_misses_a_sealed_student(top: Path, asked: tuple[str, ...]) -> None:
    """What is asked of the whole school goes on without, and names the student nowhere."""
    assert seal(top).returncode == 0
    committed(top / "school")
    told = licheng(top / "school", *asked, *(("--today", "2026-11-23") if asked != ("check",) else ("--today", DAY)))
    assert told.returncode in {0, 1}, told.stderr
    assert "APP" not in told.stderr
    assert f"students/113/{STUDENT}" not in told.stdout


# Opened again.


@pytest.mark.parametrize(
    "name", ["/etc/motd", "data//etc/motd", "../out", "data/../../out", "", ".", "data/./a", "data\\..\\out"]
)
def test_no_name_in_a_sealed_file_leads_out_of_its_folder(name: str) -> None:
    stream = io.BytesIO(b"".join(packed([(f"{STUDENT}/{name}", b"text")])))
    with pytest.raises(ValueError, match=STUDENT):
        list(sealed_files(stream, STUDENT))


def test_unsealing_restores_byte_for_byte_and_is_recorded(top: Path) -> None:
    before = files(top / "school")
    assert seal(top).returncode == 0
    done = unseal(top)
    assert done.returncode == 0, done.stderr
    own = {path: data for path, data in before.items() if f"/113/{STUDENT}/" in path}
    restored = files(top / "unsealed/data")
    pointer = f"{HOME}/others/large/large.pdf"
    assert own.pop(pointer) == pointer_to(hashlib.sha256(restored[pointer]).hexdigest(), len(restored.pop(pointer)))
    assert restored == own
    record = yaml.parse((top / f"school/content/seals/113/{STUDENT}/unsealings/{DAY}-request.yaml").read_text())
    assert (record["by"], record["reason"]) == ("t903", "request")
    assert (top / "unsealed").stat().st_mode & 0o777 == 0o700
    # An audit of who was sealed tells all of it: what was there, that it went, the seal and the opening.
    committed(top / "school")
    deeds = {(deed.what, deed.path) for deed in audit(top / "school", [STUDENT], None, None).deeds}
    opened = SEAL.replace("seal.yaml", f"unsealings/{DAY}-request.yaml")
    assert {deed for deed in deeds if "/seals/" in deed[1]} == {("add", SEAL), ("add", opened)}
    assert {(what, f"{HOME}/student.yaml") for what in ("add", "delete")} <= deeds


def test_nothing_else_is_opened(top: Path) -> None:
    assert seal(top).returncode == 0
    committed(top / "school")
    sealed = top / f"sealed/{STUDENT}.tar.age.age"
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "APP467" in unseal(top).stderr
    sealed.write_bytes(whole)
    (top / f"keys/{STUDENT}.key").unlink()
    assert "APP468" in unseal(top).stderr
    assert not (top / "unsealed").exists()
    assert git(top / "school", "status", "--porcelain") == ""


# Forgotten.


def forgetting(top: Path) -> tuple[str, ...]:
    keys = ("--keys", str(top / "keys"), "--keys", str(top / "copies"))
    row = ("--identities", str(top / "registry/identities.age"), "--identity", str(top / "registry/dean.key"))
    said = ("--by", "t903", "--reason", "ended", "--today", "2036-05-02")
    return ("forget", STUDENT, *said, *keys, *row)


def forget(top: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return licheng(top / "school", *forgetting(top), *more)


def seconded(top: Path, waiting: str, by: str = COORDINATORS[0]) -> subprocess.CompletedProcess[str]:
    """A coordinator runs what the registrar was told."""
    change = waiting.partition("licheng override ")[2].partition(" ")[0]
    (top / "second").mkdir(exist_ok=True)
    path = key(by).write(top / "second")
    words = ("--slug", f"forget-{by}", "--reason", "核對過了", "--key", str(path))
    return licheng(top / "school", "override", change, *words, "--now", "2036-05-01T04:00:00Z")


def forgettable(top: Path) -> Registry:
    """Sealed, with the key in two folders and a row in the table."""
    registry = Registry(top / "registry", (top / "registry/registrar.key", top / "registry/dean.key"), keys_of(top)[1:])
    person = Person(STUDENT, "0113001", "林子丑", id_number(1), "2010-05-06", "12a", "1", {})
    registry.table.write_bytes(IdentityTable(registry.recipients, (person,)).sealed())
    assert seal(top).returncode == 0
    shutil.copytree(top / "keys", top / "copies")
    return registry


def test_nobody_destroys_a_key_alone(top: Path) -> None:
    """Until a coordinator who is not the one has signed for just this record, everything stays."""
    registry = forgettable(top)
    waiting = forget(top)
    assert waiting.returncode == 1
    assert seconded(top, waiting.stdout, COORDINATORS[1]).returncode == 0, "a coordinator, but who destroys"
    assert "還沒有銷毀" in forget(top).stdout
    assert unseal(top, "--dry-run").returncode == 0
    assert len([*(top / "keys").iterdir(), *(top / "copies").iterdir()]) == 2
    assert len(registry.people()) == 1
    assert seconded(top, waiting.stdout).returncode == 0
    record = top / f"school/content/seals/113/{STUDENT}/forgetting.yaml"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("ended", "request"), encoding="utf-8")
    assert "還沒有銷毀" in forget(top).stdout, "it was signed for another reason"
    record.write_text(text, encoding="utf-8")
    assert "還沒有銷毀" in forget(top, "--today", "2036-05-20").stdout, "that was signed long ago"
    assert forget(top).returncode == 0
    assert registry.people() == {}


def test_who_is_forgotten_is_opened_by_nobody_any_more(top: Path) -> None:
    """Key and row are gone, in the table's previous generation too; what is on record names nobody."""
    registry = forgettable(top)
    assert seconded(top, forget(top, "--dry-run").stdout).returncode == 0
    assert "會銷毀 2 個鑰匙檔" in forget(top, "--dry-run").stdout
    assert unseal(top, "--dry-run").returncode == 0
    done = forget(top)
    assert done.returncode == 0, done.stderr
    assert "銷毀鑰匙檔 2 個、對照表 1 列" in done.stdout
    assert [*(top / "keys").iterdir(), *(top / "copies").iterdir()] == []
    assert registry.people() == {}
    assert "APP468" in unseal(top).stderr
    text = (top / f"school/content/seals/113/{STUDENT}/forgetting.yaml").read_text(encoding="utf-8")
    assert yaml.parse(text) == {"kind": "forgetting/v1", "on": "2036-05-02", "by": "t903", "reason": "ended"}
    again = forget(top)
    assert again.returncode == 0
    assert "銷毀鑰匙檔 0 個、對照表 0 列" in again.stdout


def test_only_who_is_sealed_is_forgotten_so(top: Path) -> None:
    (top / "keys").mkdir()
    (top / "copies").mkdir()
    registry = Registry(top / "registry", (top / "registry/registrar.key", top / "registry/dean.key"), keys_of(top)[1:])
    registry.table.write_bytes(IdentityTable(registry.recipients, ()).sealed())
    assert "APP466" in forget(top).stderr


def test_the_id_of_who_was_sealed_is_given_to_nobody_else(top: Path) -> None:
    assert seal(top).returncode == 0
    assert sealed_ids(WorkTree(top / "school")) == {STUDENT}


# A plan that deletes.


def test_a_killed_deletion_is_taken_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "school"
    Plan(creates={f"a/{name}": name.encode() for name in "xyz"}).apply(root)
    deletes = {f"a/{name}": frozenset({hashlib.sha256(name.encode()).hexdigest()}) for name in "xyz"}
    before = files(root)
    unlink = Path.unlink

    def killed(path: Path, *arguments: bool, **named: bool) -> None:
        if path.name == "journal":
            raise SystemExit
        unlink(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(SystemExit):
            Plan(creates={"b": b"b"}, deletes=deletes)._write(root)
    assert not (root / "a").exists()
    assert sorted(recover(root)) == ["a/x", "a/y", "a/z", "b"]
    assert files(root) == before
    Plan(creates={"b": b"b"}, deletes=deletes).apply(root)
    assert set(files(root)) - {".licheng/writing/.gitignore"} == {"b"}
