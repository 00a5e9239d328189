"""`licheng fleet`: real workers, real repositories, and what goes wrong with each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from distributed import Client

from licheng.app.fleet import cluster, judging, tables
from licheng.app.fleet.judging import FleetTask
from licheng.app.fleet.model import FleetResult, FleetSchool, exit_codes, read_fleet
from licheng.app.fleet.sheets import sheets_of
from licheng.core.errors import UsageError
from licheng.outputs.catalog import catalog
from licheng.outputs.fleet import SchoolSheet, render
from licheng.outputs.words import words
from licheng.policy.disclosure import rounded
from tests.command import findings, licheng
from tests.trees import copied

EXTRA = ("distributed", "pyarrow")
WITHOUT = f"""
import sys, pkgutil, importlib
sys.modules |= dict.fromkeys({("dask", *EXTRA)!r})
import licheng
for module in pkgutil.walk_packages(licheng.__path__, "licheng.", onerror=print):
    if not module.name.startswith(("licheng.platform.", "licheng.__main__", "licheng.app.fleet.cluster",
                                   "licheng.app.fleet.tables")):
        importlib.import_module(module.name)
print("all")
"""


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    with cluster.connected(None, 2) as connected:
        yield connected


@pytest.fixture(scope="session")
def fleet_root(tmp_path_factory: pytest.TempPathFactory, demo_source: Path) -> Path:
    """Three good schools, the first with a fault, and a folder that is no repository."""
    root = tmp_path_factory.mktemp("fleet")
    for name in ("a", "b", "c"):
        copied(demo_source, root / name)
    fault = next((root / "a/content/students").rglob("student.yaml"))
    fault.write_text(fault.read_text().replace("kind: student/v1", "kind: student/v1\nphone: 0912345678 王小明"))
    for name in ("a", "b", "c"):
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@licheng.invalid", "-C", str(root / name)]
        for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "school"]):
            subprocess.run([*git, *command], check=True)
    (root / "broken").mkdir()
    schools = [
        {"code": name, "name": f"示範{name}", "repository": name, "revision": "main"}
        for name in ("c", "a", "broken", "b")
    ]
    (root / "FLEET.yaml").write_text(
        yaml.safe_dump({"kind": "fleet/v1", "name": "示範縣", "schools": schools}, allow_unicode=True, sort_keys=False)
    )
    return root


@pytest.fixture(scope="session")
def demo_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from licheng.app.demo import write_demo

    folder = tmp_path_factory.mktemp("demo") / "school"
    write_demo(folder, 6, 1)
    target = tmp_path_factory.mktemp("source") / "school"
    target.mkdir()
    copied(folder / "content", target / "content")
    return target


def asked(root: Path, work: str = "check", year: int = 0) -> list[FleetTask]:
    return [FleetTask(work, school, None, year) for school in read_fleet(root / "FLEET.yaml").schools]


@pytest.fixture(scope="session")
def answers(client: Client, fleet_root: Path) -> list[FleetResult]:
    return cluster.judge_fleet(client, asked(fleet_root), 60)


def test_the_counts_are_those_of_licheng_check(answers: list[FleetResult], fleet_root: Path) -> None:
    known = {answer.school: answer for answer in answers}
    for name in ("a", "b"):
        own = Counter(code for code, _, _ in findings(fleet_root / name, "--commit", "main", notices=True))
        ours = Counter[str]()
        for count in known[name].counts:
            ours[count.code] += count.number
        assert ours == own
    assert exit_codes([known["b"]]) == 0
    assert exit_codes([known["a"], known["b"]]) == 1


def test_a_broken_repository_is_told_and_the_others_answer_in_the_order_of_codes(answers: list[FleetResult]) -> None:
    assert [(answer.school, answer.trouble) for answer in answers] == [
        ("a", ""), ("b", ""), ("broken", "APP002"), ("c", ""),
    ]  # fmt: skip
    assert exit_codes(answers) == 3


def test_a_killed_worker_changes_nothing(client: Client, fleet_root: Path, answers: list[FleetResult]) -> None:
    pids = client.run(os.getpid)
    victim = next(iter(pids.values()))

    def kill() -> None:
        while not any(client.processing().values()):
            time.sleep(0.02)
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    again = cluster.judge_fleet(client, asked(fleet_root), 60)
    killer.join()
    assert victim not in client.run(os.getpid).values()
    assert again == answers


def test_a_stuck_school_is_stopped_and_the_rest_answer(client: Client, fleet_root: Path, tmp_path: Path) -> None:
    """A named pipe in the place of git's own file: whoever reads it waits for ever."""
    stuck = tmp_path / "stuck"
    stuck.mkdir()
    subprocess.run(["git", "init", "-q", str(stuck)], check=True)
    (stuck / ".git/HEAD").unlink()
    os.mkfifo(stuck / ".git/HEAD")
    school = FleetSchool("stuck", "卡住", str(stuck), "main")
    tasks = [FleetTask("status", school, None, 0), *asked(fleet_root, "status")[:2]]
    results = cluster.judge_fleet(client, tasks, 5)
    assert [(result.school, result.trouble) for result in results] == [("stuck", "APP478"), ("a", ""), ("b", "")]


def test_duckdb_reads_the_tables_and_nobody_stands_in_the_folder(
    answers: list[FleetResult], fleet_root: Path, tmp_path: Path
) -> None:
    known = read_fleet(fleet_root / "FLEET.yaml")
    tables.write_tables(tmp_path, known, answers)
    read = duckdb.execute(f"select school, sum(number) from '{tmp_path}/counts.parquet' group by school").fetchall()  # noqa: S608
    assert dict(read) == {
        answer.school: sum(count.number for count in answer.counts) for answer in answers if answer.counts
    }
    told = duckdb.execute(f"select school from '{tmp_path}/schools.parquet' where trouble is not null").fetchall()  # noqa: S608
    assert told == [("broken",)]


def test_the_command_writes_all_or_nothing_and_says_the_worst(fleet_root: Path, tmp_path: Path) -> None:
    listed = fleet_root / "FLEET.yaml"
    dry = licheng(tmp_path, "fleet", "status", str(listed), "--out", "out", "--dry-run")
    assert (dry.returncode, len(dry.stdout.splitlines())) == (0, 3)
    assert list(tmp_path.iterdir()) == []
    done = licheng(tmp_path, "fleet", "check", str(listed), "--out", "out", "--workers", "1")
    assert done.returncode == 3, done.stderr
    assert [line.split("：")[0].split()[0] for line in done.stdout.splitlines()] == ["a", "b", "broken", "c"]
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["counts.parquet", "county.md", "schools.parquet"]
    every = b"".join(file.read_bytes() for file in files) + done.stdout.encode()
    ids = {path.name for path in (fleet_root / "a/content/students").glob("*/*")}
    assert ids
    for secret in (*ids, "王小明", "0912345678"):
        assert secret.encode() not in every


def test_the_page_shows_multiples_of_the_schools_own_cell(fleet_root: Path) -> None:
    known = read_fleet(fleet_root / "FLEET.yaml")
    for work, year in (("status", 0), ("evaluate", 114)):
        results = [
            judging.judged(task) if task.school.code != "broken" else FleetResult("broken", trouble="APP002")
            for task in asked(fleet_root, work, year)
        ]
        page = render("縣", work, sheets_of(known, results, catalog("zh-TW")), words("zh-TW"), catalog("zh-TW"))
        assert "APP482" in page
        rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| 11")]
        cells = [cell.strip(" |") for row in rows for cell in row[2:]]
        assert bool(cells) == (work == "status")
        assert all(cell == "&#60;5" or rounded(int(cell), 5) == int(cell) for cell in cells if cell.isdigit())
        assert ("準時（%）" in page) == (work == "evaluate")


def test_a_sum_does_not_tell_how_many_schools_have_anything_of_the_kind() -> None:
    """A school without a row, and one whose row is too small to be shown, look the same."""
    row = {("115-1", "course-output", "draft"): {10: 25}}
    few = {key: {10: 3} for key in row}
    pages = {
        render("縣", "status", [sheet("a", row), sheet("b", rows)], words("zh-TW"), catalog("zh-TW"))
        for rows in ({}, few)
    }
    assert len(pages) == 1


@pytest.mark.parametrize(("year", "code"), [(100, "APP102"), (115, "APP100")])
def test_a_year_that_cannot_be_evaluated_is_refused_by_each_school(fleet_root: Path, year: int, code: str) -> None:
    school = FleetSchool("b", "示範b", str(fleet_root / "b"), "main")
    with pytest.raises(UsageError) as refused:
        judging.judged(FleetTask("evaluate", school, "2026-11-23", year))
    assert refused.value.code == code


def sheet(code: str, rows: dict[tuple[str, str, str], dict[int, int]]) -> SchoolSheet:
    return SchoolSheet(code, code, "2026-11-23", 10, rows, {}, "")


@pytest.mark.parametrize("change", ["kind: fleet/v2", "repository: ext::sh", "code: x y", "unknown: 1"])
def test_a_bad_list_is_refused(fleet_root: Path, tmp_path: Path, change: str) -> None:
    entry = {"code": "a", "name": "示範", "repository": "a"}
    key, _, value = change.partition(": ")
    data = {"kind": "fleet/v1", "name": "縣", "schools": [{**entry, key: value} if key != "kind" else entry]}
    if key == "kind":
        data["kind"] = value
    (tmp_path / "FLEET.yaml").write_text(yaml.safe_dump(data, allow_unicode=True))
    done = licheng(tmp_path, "fleet", "check", "FLEET.yaml", "--out", "out")
    assert (done.returncode, done.stderr[:7]) == (2, "APP476 ")
    assert not (tmp_path / "out").exists()


def test_a_list_that_is_absent_or_has_a_school_twice_is_refused(tmp_path: Path) -> None:
    absent = licheng(tmp_path, "fleet", "check", "none.yaml", "--out", "out")
    entry = "  - code: a\n    name: 示範\n    repository: a\n"
    (tmp_path / "FLEET.yaml").write_text(f"kind: fleet/v1\nname: 縣\nschools:\n{entry}{entry}")
    twice = licheng(tmp_path, "fleet", "check", "FLEET.yaml", "--out", "out")
    assert (absent.returncode, absent.stderr[:7]) == (2, "APP476 ")
    assert "不在那裡" in absent.stderr
    assert "行" not in absent.stderr
    assert (twice.returncode, twice.stderr[:7]) == (2, "APP476 ")
    assert "兩次" in twice.stderr


@pytest.mark.parametrize("package", EXTRA)
def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    done = licheng(tmp_path, "fleet", "check", "FLEET.yaml", "--out", "out")
    assert (done.returncode, done.stdout, done.stderr[:7]) == (2, "", "APP475 ")
    assert 'pip install "licheng[fleet]"' in done.stderr


def test_nothing_but_the_fleet_needs_the_extra() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "all\n"), done.stderr
