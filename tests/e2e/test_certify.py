"""Certifying with the real command, real keys and real git: two clones, and a page whose command is what runs here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from licheng.app.demo import write_demo
from tests.command import findings, licheng, process
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/verify.md"
COHORT = "113"
SECRETARY, REGISTRAR = "t002", "t004"  # the two coordinators of the demo school


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t901", "-c", "user.email=t901@licheng.invalid"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "school"
    write_demo(folder, 30, 1)
    return folder


@pytest.fixture(scope="session")
def few(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same school, in which only the students of one cohort are more than a name."""
    folder = tmp_path_factory.mktemp("few") / "school"
    subprocess.run(["cp", "-a", str(written), str(folder)], check=True)
    for student in folder.glob("content/students/*/*"):
        if student.parent.name != COHORT:
            for path in (*student.iterdir(), folder / "content/certifications" / student.parent.name / student.name):
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "student.yaml":
                    path.unlink(missing_ok=True)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Of the others only who they are")
    return folder


def copy(school: Path, folder: Path) -> Path:
    """A school with its private keys, to be changed."""
    subprocess.run(["cp", "-a", "--no-preserve=xattr", str(school), str(folder / "school")], check=True)
    return folder / "school"


@pytest.fixture
def whole(written: Path, tmp_path: Path) -> Path:
    """A copy of the whole demo school."""
    return copy(written, tmp_path)


@pytest.fixture
def demo(few: Path, tmp_path: Path) -> Path:
    """A copy of the school of one cohort."""
    return copy(few, tmp_path)


def waiting(school: Path) -> tuple[str, str]:
    """An item that waits in the current term, and the teacher for whom it waits."""
    for line in licheng(school, "queue", "--lang", "en").stdout.splitlines():
        fields = line.split("  ")
        if len(fields) > 4 and "/terms/115-1/" in fields[0] and fields[4] == "submitted":
            return fields[0], fields[3].split(", ")[0]
    raise AssertionError


def key(school: Path, staff: str) -> str:
    return str(school / ".licheng" / "keys" / staff)


def second(school: Path) -> list[str]:
    """The options by which 教務主任, a coordinator, is the second person."""
    return ["--key", key(school, SECRETARY), "--as", SECRETARY]


def states(school: Path, item: str) -> str:
    return licheng(school, "verify", item, "--lang", "en").stdout.splitlines()[0].rpartition(": ")[2]


def shell_of_the_page() -> str:
    [block] = [
        block
        for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
        if '-s "$PAYLOAD.sig"' in block
    ]
    return "\n".join(line for line in block.splitlines() if line.startswith("ssh-keygen"))


def stock(school: Path, payload: Path) -> bool:
    """The command of the page, with the values that the page says to read from the payload."""
    predicate = json.loads(payload.read_bytes())["predicate"]
    values = {
        "PAYLOAD": str(payload),
        "STAFF": predicate["certifier"]["id"],
        "TIME": re.sub(r"[-:T]", "", predicate["issued_at"]),
        "ALLOWED": str(school / "content/trust/allowed_signers"),
    }
    done = subprocess.run(
        ["bash", "-c", shell_of_the_page()], env=os.environ | values, capture_output=True, check=False
    )
    return done.returncode == 0


def test_the_page_agrees_with_licheng_on_every_certification(whole: Path) -> None:
    payloads = sorted(whole.glob("content/certifications/**/*.json"))
    assert len(payloads) > 50
    assert all(stock(whole, payload) for payload in payloads)
    report = licheng(whole, "verify", "--all", "--lang", "en").stdout
    assert not [line for line in report.splitlines() if line.startswith("    ✗") and "CER018" not in line]
    changed = payloads[0].with_name("changed.json")
    changed.write_bytes(payloads[0].read_bytes().replace(b'"certified"', b'"returned!"'))
    changed.with_name("changed.json.sig").write_bytes(payloads[0].with_name(f"{payloads[0].name}.sig").read_bytes())
    assert not stock(whole, changed)


def test_a_fresh_clone_on_another_path_gives_the_same_answer(whole: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(whole), "elsewhere")
    assert process(tmp_path / "elsewhere", "verify", "--all").stdout == licheng(whole, "verify", "--all").stdout


def test_two_clones_from_draft_to_recertified(demo: Path, tmp_path: Path) -> None:
    """A student's pull, a teacher's certification, an edit, staleness, certification of what is there now."""
    git(tmp_path, "clone", "-q", "--bare", str(demo), "upstream.git")
    for clone in ("student", "teacher"):
        git(tmp_path, "clone", "-q", "upstream.git", clone)
    student, teacher = tmp_path / "student", tmp_path / "teacher"
    item, staff = waiting(teacher)
    assert states_of(teacher, item) == "submitted"

    signed = licheng(teacher, "certify", item, "--key", key(demo, staff))
    assert signed.returncode == 0, signed.stderr
    assert "我確認這件成果是學生本人所作" in signed.stdout
    _push(teacher, "Certify")
    git(student, "pull", "-q", "--rebase")
    assert states(student, item) == "certified"

    path = student / item / "item.md"
    path.write_text(path.read_text(encoding="utf-8") + "補充一段反思。\n", encoding="utf-8")
    assert states(student, item).startswith("changed")
    assert ("CER018", f"{item}/item.md") in [(code, found) for code, found, _ in findings(student, notices=True)]
    _push(student, "Add a reflection")

    git(teacher, "pull", "-q", "--rebase")
    later = "2026-11-23T05:00:00Z"
    again = licheng(teacher, "certify", item, "--key", key(demo, staff), "--now", later)
    assert again.returncode == 0, again.stderr
    assert states(teacher, item) == "certified"
    _push(teacher, "Certify again")
    assert len(list(teacher.glob(f"{item.replace('students', 'certifications')}/*.json"))) == 2
    assert [code for code, path, _ in findings(teacher, notices=True) if item in path] == []


def states_of(school: Path, item: str) -> str:
    line = next(line for line in licheng(school, "queue", "--lang", "en").stdout.splitlines() if line.startswith(item))
    return line.split("  ")[4]


def _push(clone: Path, message: str) -> None:
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", message)
    git(clone, "push", "-q")


def test_still_valid_after_squash_and_rebase(demo: Path) -> None:
    item, staff = waiting(demo)
    git(demo, "switch", "-qc", "review")
    assert licheng(demo, "certify", item, "--key", key(demo, staff)).returncode == 0
    git(demo, "add", "-A")
    git(demo, "commit", "-qm", "Certify")
    git(demo, "switch", "-q", "main")
    (demo / "unrelated.txt").write_text("x", encoding="utf-8")
    git(demo, "add", "-A")
    git(demo, "commit", "-qm", "Meanwhile on main")
    git(demo, "switch", "-q", "review")
    git(demo, "rebase", "-q", "main")
    git(demo, "switch", "-q", "main")
    git(demo, "merge", "-q", "--squash", "review")
    git(demo, "commit", "-qm", "Squashed")
    assert states(demo, item) == "certified"


def test_return_revoke_and_retire(demo: Path) -> None:
    item, staff = waiting(demo)
    before = {path for path in demo.rglob("content/certifications/**/*") if path.is_file()}
    refused = licheng(demo, "certify", item, "--key", key(demo, staff), "--return", "too-short", "--reason", "太短")
    assert (refused.returncode, refused.stderr[:6]) == (2, "APP043")
    silent = licheng(demo, "certify", item, "--key", key(demo, staff), "--return", "wrong-file")
    assert (silent.returncode, silent.stderr[:6]) == (2, "APP044")
    assert {path for path in demo.rglob("content/certifications/**/*") if path.is_file()} == before
    returned = licheng(demo, "certify", item, "--key", key(demo, staff), "--return", "wrong-file", "--reason", "打不開")
    assert returned.returncode == 0, returned.stderr
    assert "2027-02-03" in returned.stdout
    assert "教務處" in returned.stdout
    assert states(demo, item) == "returned"
    [line] = [
        line for line in licheng(demo, "keys", "list").stdout.splitlines() if line.startswith(staff) and "  -  " in line
    ][:1]
    fingerprint = line.split("  ")[1]
    at = ["--now", "2026-11-23T06:00:00Z"]
    alone = licheng(demo, "keys", "retire", staff, fingerprint, "--key", key(demo, staff), "--as", staff, *at)
    assert (alone.returncode, alone.stderr[:6]) == (2, "APP049")
    assert licheng(demo, "keys", "retire", staff, fingerprint, *second(demo), *at).returncode == 0
    assert states(demo, item) == "returned"
    assert [code for code, _, _ in findings(demo) if code.startswith(("CER", "KEY", "TRU")) and code != "CER018"] == []
    ended = licheng(demo, "certify", item, "--key", key(demo, staff), "--now", "2026-11-23T07:00:00Z")
    assert (ended.returncode, ended.stderr[:6]) == (2, "APP042")
    assert "CER010" in ended.stderr


def test_a_stranger_cannot_certify(demo: Path) -> None:
    item, staff = waiting(demo)
    others = [path.name for path in (demo / ".licheng/keys").iterdir() if path.suffix == "" and path.name != staff]
    refused = {
        licheng(demo, "certify", item, "--key", key(demo, other), "--dry-run").stderr[:6] for other in others[:6]
    }
    assert refused <= {"APP045", ""}
    assert "APP045" in refused
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(demo / "mine")], check=True)
    unknown = licheng(demo, "certify", item, "--key", str(demo / "mine"))
    assert (unknown.returncode, unknown.stderr[:6]) == (2, "APP040")


def test_a_mistyped_teacher_is_no_empty_queue(demo: Path) -> None:
    _, staff = waiting(demo)
    assert licheng(demo, "queue", "--teacher", staff).stdout.count("\n") > 1
    done = licheng(demo, "queue", "--teacher", "t999")
    assert (done.returncode, done.stdout, done.stderr[:6]) == (2, "", "APP017")


def test_a_new_key_needs_two_people(demo: Path) -> None:
    coordinators = re.findall(r"staff: (t\d+)", (demo / "content/trust/genesis.yaml").read_text(encoding="utf-8"))
    _, staff = waiting(demo)
    new = demo / "new"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(new)], check=True)
    alone = licheng(demo, "keys", "add", staff, "--key", str(new))
    assert alone.returncode == 0, alone.stderr
    assert "KEY002" in {code for code, _, _ in findings(demo)}
    fingerprint = subprocess.run(
        ["ssh-keygen", "-lf", str(new)], capture_output=True, text=True, check=True
    ).stdout.split()[1]
    own = licheng(demo, "keys", "witness", staff, fingerprint, "--key", key(demo, staff), "--as", staff)
    assert (own.returncode, own.stderr[:6]) == (2, "APP049")
    done = licheng(
        demo, "keys", "witness", staff, fingerprint, "--key", key(demo, coordinators[0]), "--as", coordinators[0]
    )
    assert done.returncode == 0, done.stderr
    assert "KEY002" not in {code for code, _, _ in findings(demo)}
    item, _ = waiting(demo)
    assert licheng(demo, "certify", item, "--key", str(new)).returncode == 0


def test_a_substitute_acts_by_a_delegation_and_a_lost_key_takes_nothing_along(demo: Path) -> None:
    item, staff = waiting(demo)
    course = next(
        line.split("  ")[2] for line in licheng(demo, "queue").stdout.splitlines() if line.startswith(f"{item}  ")
    )
    substitute = next(
        path.name for path in sorted((demo / ".licheng/keys").iterdir()) if path.suffix == "" and path.name != staff
    )
    alone = licheng(demo, "certify", item, "--key", key(demo, substitute), "--as", "substitute", "--for", staff)
    assert (alone.returncode, alone.stderr[:6]) == (2, "APP051")
    times = ["--starts", "2026-11-01T00:00:00Z", "--ends", "2026-12-31T00:00:00Z"]
    who = ["--by", staff, "--from", staff, "--to", substitute, "--course", f"115-1/{course}", "--reason", "進修"]
    done = licheng(demo, "delegate", "leave", "--key", key(demo, staff), *who, *times)
    assert done.returncode == 0, done.stderr
    forged = licheng(demo, "delegate", "forged", "--key", key(demo, substitute), *who, *times)
    assert (forged.returncode, forged.stderr[:6]) == (2, "APP042")

    signed = licheng(demo, "certify", item, "--key", key(demo, substitute), "--as", "substitute", "--for", staff)
    assert signed.returncode == 0, signed.stderr
    assert states(demo, item) == "certified"
    late = ["--now", "2026-11-23T05:00:00Z", "--revoke", "not-own-work", "--reason", "查證後不是本人作品"]
    assert licheng(demo, "certify", item, "--key", key(demo, staff), *late).returncode == 0
    assert states(demo, item) == "revoked"
    assert "查證後不是本人作品" in licheng(demo, "verify", item).stdout

    listed = licheng(demo, "keys", "list").stdout.splitlines()
    fingerprint = next(line.split("  ")[1] for line in listed if line.startswith(staff) and "  -  -  " in line)
    since = ["--since", "2026-11-23T04:30:00Z", "--now", "2026-11-23T06:00:00Z"]
    assert licheng(demo, "keys", "revoke", staff, fingerprint, *second(demo), *since).returncode == 0
    assert [code for code, _, _ in findings(demo) if code == "CER010"] == ["CER010"]
    assert states(demo, item) == "submitted"
    assert licheng(demo, "keys", "reaffirm", staff, fingerprint, item, *second(demo)).returncode == 0
    assert findings(demo) == []
    assert states(demo, item) == "revoked"


def test_two_coordinators_appoint_a_third_who_then_witnesses(demo: Path) -> None:
    third, now = "t012", ["--now", "2026-11-23T05:00:00Z"]
    start = ["--from", "2026-11-23T05:00:00Z"]
    keys = ["--key", key(demo, SECRETARY), key(demo, REGISTRAR)]
    alone = licheng(demo, "keys", "appoint", third, *start, "--by", SECRETARY, SECRETARY, *keys, *now)
    assert (alone.returncode, alone.stderr[:6]) == (2, "APP049")
    assert not (demo / "content/trust/coordinators").exists()
    done = licheng(demo, "keys", "appoint", third, *start, "--by", SECRETARY, REGISTRAR, *keys, *now)
    assert done.returncode == 0, done.stderr
    fresh = demo / ".licheng" / "fresh"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(fresh)], check=True)
    witness = ["--witness", third, "--witness-key", key(demo, third), "--now", "2026-11-23T06:00:00Z"]
    added = licheng(demo, "keys", "add", "t013", "--key", str(fresh), *witness)
    assert added.returncode == 0, added.stderr
    assert [code for code, _, _ in findings(demo) if code != "CER018"] == []


def test_the_executive_secretary_waives_and_nobody_else(demo: Path) -> None:
    item, _ = waiting(demo)
    how = ["--stage", "certification", "--until", "2026-12-01", "--reason", "教師公假"]
    other = licheng(demo, "waive", item, *how, "--key", key(demo, REGISTRAR))
    assert (other.returncode, other.stderr[:6]) == (2, "APP042")
    past = licheng(demo, "waive", item, *how[:3], "2026-11-22", *how[4:], "--key", key(demo, SECRETARY))
    assert (past.returncode, past.stderr[:6]) == (2, "APP090")
    shown = licheng(demo, "waive", item, *how, "--key", key(demo, SECRETARY), "--dry-run")
    assert shown.returncode == 0
    assert not [*demo.rglob("waivers/*-certification.yaml")]
    done = licheng(demo, "waive", item, *how, "--key", key(demo, SECRETARY))
    assert done.returncode == 0, done.stderr
    assert [code for code, _, _ in findings(demo) if code != "CER018"] == []


def test_a_waiver_for_late_work_needs_no_work_yet_but_a_student(demo: Path) -> None:
    """肆.一, 伍.二: the waiver lands before the work does; what cannot be late has none (APP110)."""
    item, _ = waiting(demo)
    home = item.split("/terms/")[0]
    rest = ["--until", "2026-12-01", "--reason", "公假", "--key", key(demo, SECRETARY)]
    for path, stage in (
        (f"{home}/terms/115-1/outputs/forgotten", "submission"),
        (f"{home}/selection/115/first.yaml", "selection"),
    ):
        done = licheng(demo, "waive", path, "--stage", stage, *rest)
        assert done.returncode == 0, done.stderr
    assert [code for code, _, _ in findings(demo) if code != "CER018"] == []
    for path, stage in (
        (f"{home}/terms/115-1/outputs/forgotten", "certification"),
        (f"{home}/terms/115-1", "submission"),
        (item, "selection"),
        ("content/students/113/s1139999/selection/115/first", "selection"),
        ("content/school/school.yaml", "submission"),
    ):
        refused = licheng(demo, "waive", path, "--stage", stage, *rest)
        assert (refused.returncode, refused.stderr[:6]) == (2, "APP110"), (path, refused.stderr)


def test_the_office_explains_what_was_not_held_and_nobody_else(demo: Path) -> None:
    """陸: without the number of those who came the workshop was not held; the dean says so, and the site is back."""
    session = demo / "content/training/114-2/teachers.md"
    session.write_text(re.sub(r"\nactual: \d+", "", session.read_text(encoding="utf-8")), encoding="utf-8")
    assert "TRN001" in {code for code, _, _ in findings(demo)}
    how = [
        "114-2",
        "teachers",
        "--what-happened",
        "颱風停課。",
        "--instead",
        "次學期補辦。",
        "--instead-by",
        "2026-12-30",
    ]
    other = licheng(demo, "not-held", *how, "--key", key(demo, REGISTRAR))
    assert (other.returncode, other.stderr[:6]) == (2, "APP042")
    shown = licheng(demo, "not-held", *how, "--key", key(demo, SECRETARY), "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert not [*demo.rglob("omissions/*")]
    done = licheng(demo, "not-held", *how, "--key", key(demo, SECRETARY))
    assert done.returncode == 0, done.stderr
    assert [code for code, _, _ in findings(demo, notices=True) if code.startswith("TRN")] == ["TRN010"]
    again = licheng(demo, "not-held", *how, "--key", key(demo, SECRETARY))
    assert again.returncode == 2, "once signed, it stays"
    assert len([*demo.rglob("omissions/*")]) == 1


def test_an_override_of_another_change_is_not_signed(demo: Path) -> None:
    """Neither a digest of no form, nor one that is not the named commit's, nor of a commit that is not here."""
    zeros, here = "0" * 64, git(demo, "rev-parse", "HEAD").strip()
    rest = ["--slug", "wrong", "--reason", "改職務", "--key", key(demo, SECRETARY)]
    for change, head, code in (
        ("abc", [], "APP017"),
        (zeros, ["--head", here], "APP163"),
        (zeros, ["--head", "1" * 40], "APP002"),
    ):
        done = licheng(demo, "override", change, *head, *rest)
        assert (done.returncode, done.stderr[:6]) == (2, code)
    assert git(demo, "status", "--porcelain") == ""


def test_a_course_renamed_in_mid_term_is_told_once_where_it_was_renamed(demo: Path) -> None:
    """However many certifications name it (CER011); put back, all is well."""
    offered = demo / "content/school/courses/115-1.yaml"
    before = offered.read_text(encoding="utf-8")
    signed = [json.loads(path.read_bytes()) for path in demo.glob("content/certifications/*/*/terms/115-1/**/*.json")]
    counts = Counter(payload["predicate"]["course"] for payload in signed)
    [(course, count)] = counts.most_common(1)
    assert count > 1
    offered.write_text(before.replace(f"id: {course}\n", f"id: {course}-new\n"), encoding="utf-8")
    assert [path for code, path, _ in findings(demo) if code == "CER011"] == ["content/school/courses/115-1.yaml"]
    offered.write_text(before, encoding="utf-8")
    assert findings(demo) == []
