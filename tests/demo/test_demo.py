"""The demo school: the same each time, clean, and with faults exactly where the planter says."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.app.demo import fixed_files, write_demo
from licheng.app.registry.chain import chain
from licheng.core.report import Report
from licheng.demo import plan, planted, special_items
from licheng.demo.write import GENERATED, final_tree
from licheng.sources import yaml
from licheng.sources.tree import CommitTree, WorkTree
from tests.command import findings, licheng
from tests.regenerate import school
from tests.trees import ROOT, MemoryTree

TODAY = date(2026, 11, 23)
OVERDUE = ("MTG008", "content/working-group/115-1/2026-09-11.md")
# What a school made without attachments lacks: the works that are handed in, and the proofs.
WITHOUT_FILES = frozenset({"ATT016", "ATT017"})
NOTICES = {"CER018", "MTG008"}
RULEBOOK = fixed_files()["content/rulebook/2018-05-30.yaml"]


def judged(students: int, seed: int, *, faults: bool = False, attachments: bool = True) -> Report:
    files = final_tree(plan(students, seed, faults=faults, attachments=attachments, rulebook=RULEBOOK))
    return check(MemoryTree({**fixed_files(), **files}), TODAY)


def notices(students: int, seed: int, *, attachments: bool = True) -> list[tuple[str, str]]:
    """The notices that a school without faults makes: items edited after they were certified, a resolution overdue."""
    specials = special_items(seed, students, attachments=attachments, rulebook=RULEBOOK)
    items = (("CER018", f"{special.item}/item.md") for special in specials if special.state == "stale")
    return sorted([*items, OVERDUE])


def test_content_is_what_the_demo_writes() -> None:
    """This repository's own school is generated; whoever changes it by hand or the generator alone is told."""
    planned = school()
    here = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for top in GENERATED
        for path in ([ROOT / top] if (ROOT / top).is_file() else (ROOT / top).rglob("*"))
        if path.is_file()
    }
    assert sorted(here) == sorted(planned)
    assert [path for path in planned if here[path] != planned[path]] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("students", [4, 12, 40])
def test_a_school_without_faults_is_clean(students: int, seed: int) -> None:
    found = judged(students, seed).findings
    assert sorted((finding.code, finding.location.path) for finding in found) == notices(students, seed)


@pytest.mark.parametrize("attachments", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_faults_are_found_exactly_where_they_are(seed: int, attachments: bool) -> None:
    found = judged(40, seed, faults=True, attachments=attachments).findings
    expected = planted(seed, 40, attachments=attachments, rulebook=RULEBOOK)
    assert len(expected) >= 20
    assert sum(fault.code.startswith("CER") for fault in expected) == 6
    told = [(one.code, one.location.path) for one in found if one.code in NOTICES]
    assert sorted(told) == notices(40, seed, attachments=attachments)
    excused = NOTICES if attachments else {*NOTICES, *WITHOUT_FILES}
    assert sorted(
        (one.code, one.location.path, one.location.line) for one in found if one.code not in excused
    ) == sorted((fault.code, fault.path, fault.line) for fault in expected)


def test_six_hundred_students_with_faults_by_the_command(tmp_path: Path) -> None:
    """Those that the demo plants and two more, in more than ten thousand files: each at its line, and nothing else."""
    school = tmp_path / "big"
    done = licheng(tmp_path, "demo", "big", "--students", "600", "--faults")
    assert done.returncode == 0, done.stderr
    listed = json.loads((school / "planted-faults.json").read_text(encoding="utf-8"))
    planted_ones = [(fault["code"], fault["path"], fault["line"]) for fault in listed]
    assert len(planted_ones) >= 25
    assert git(school, "ls-files", "content").count("\n") > 10_000
    expected = sorted([*planted_ones, *two_more(school, {path for _, path, _ in planted_ones})])
    found = sorted(findings(school, notices=True))
    assert [one for one in found if one[0] not in NOTICES] == expected
    assert [one[:2] for one in found if one[0] in NOTICES] == notices(600, 1)


def two_more(school: Path, spoilt: set[str]) -> list[tuple[str, str, int]]:
    """Spoil two conversations that are not spoilt yet."""
    talks = sorted(path.relative_to(school).as_posix() for path in school.glob("content/students/*/*/consultations/*"))
    one, other = [path for path in talks if path not in spoilt][::100][:2]
    told = (school / one).read_bytes() + "# 電話 0912-345-678\n".encode()
    (school / one).write_bytes(told)
    wrong = (school / other).read_bytes().replace(b"\nmode: ", b"\nmode: x")
    (school / other).write_bytes(wrong)
    at = wrong[: wrong.index(b"mode: x")].count(b"\n") + 1
    return [("PRI002", one, told.count(b"\n")), ("SCH003", other, at)]


def digest(folder: Path) -> str:
    sums = [f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for path in sorted(folder.rglob("content/**/*")) if path.is_file()]  # fmt: skip
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


def test_the_same_seed_gives_the_same_repository(tmp_path: Path) -> None:
    one, _ = write_demo(tmp_path / "one", 12, 5)
    two, _ = write_demo(tmp_path / "two", 12, 5)
    other, _ = write_demo(tmp_path / "other", 12, 6)
    assert one == two
    assert one.commit != other.commit
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_history_is_real_and_pseudonymous_and_an_export_says_the_commit_before(tmp_path: Path) -> None:
    write_demo(tmp_path / "school", 12, 5)
    school = tmp_path / "school"
    git(school, "fsck", "--strict", "--full")
    assert git(school, "status", "--porcelain") == ""
    authors = set(git(school, "log", "--format=%an <%ae>").splitlines())
    assert len(authors) > 5
    assert all(author.split(" <")[1] == f"{author.split(' <')[0]}@licheng.invalid>" for author in authors)
    dates = git(school, "log", "--reverse", "--format=%aI").splitlines()
    assert dates == sorted(dates)
    assert max(dates) < "2026-11-23T23:59"
    exports_hold(school)


def exports_hold(school: Path) -> None:
    """Of what was sent, received wrongly, sent again and confirmed, no step is unknown."""
    records = [path.relative_to(school).as_posix() for path in sorted(school.glob("content/exports/114/*.yaml"))]
    assert len(records) == 2
    for path in records:
        before = git(school, "log", "-1", "--format=%P", "--diff-filter=A", "--", path).strip()
        assert f"commit: {before}\n" in (school / path).read_text(encoding="utf-8")
    receipt = school / "content/receipts/114/course-outputs-regular/0001.yaml"
    [missing, _] = yaml.parse(receipt.read_text(encoding="utf-8"))["differences"]
    student, item = str(missing["student"]), str(missing["item"])
    with CommitTree(school, "HEAD") as tree:
        way = chain(school, tree, TODAY, f"content/students/{student[1:4]}/{student}/{item}", None)
    assert [(link.step, link.state) for link in way.links] == [
        ("upload", "same"), ("certification", "same"), ("export", "same"), ("export", "same"),
        ("submission", "same"), ("receipt", "corrected"), ("receipt", "same"), ("release", "absent"),
        ("seal", "absent"),
    ]  # fmt: skip


def test_a_commit_is_checked_like_the_work_tree(tmp_path: Path) -> None:
    write_demo(tmp_path / "school", 40, 5, faults=True)
    with CommitTree(tmp_path / "school", "HEAD") as commit:
        from_objects = check(commit, TODAY)
    from_disk = check(WorkTree(tmp_path / "school"), TODAY)
    assert from_objects == from_disk
    assert len(from_objects.findings) >= 20


def test_pointers_are_understood_with_and_without_their_objects(tmp_path: Path) -> None:
    write_demo(tmp_path / "school", 12, 5, lfs=True)
    here = check(WorkTree(tmp_path / "school"), TODAY)
    assert {finding.code for finding in here.findings} == NOTICES
    assert "object-not-here" not in {skip.reason for skip in here.skips}
    pointers = list((tmp_path / "school/content/students").rglob("*.pdf"))
    assert all(path.read_bytes().startswith(b"version https://git-lfs") for path in pointers)
    (tmp_path / "school/.git/lfs").rename(tmp_path / "gone")
    without = check(WorkTree(tmp_path / "school"), TODAY)
    assert without.findings == here.findings
    assert ("ATT006", "object-not-here") in {(skip.code, skip.reason) for skip in without.skips}


def test_refusals_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("mine", encoding="utf-8")
    done = licheng(tmp_path, "demo", "full")
    assert (done.returncode, done.stderr[:6]) == (2, "APP016")
    assert licheng(tmp_path, "demo", "x", "--students", "0").returncode == 2
    assert licheng(tmp_path, "demo", "dry", "--dry-run").returncode == 0
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "file"]
