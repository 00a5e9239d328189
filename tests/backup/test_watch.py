"""`licheng doctor` on a server: a backup or a drill that is missing or late is an alarm, whoever forgot it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from licheng.core.dates import written
from licheng.core.diagnosis import Health
from licheng.policy.backups import days_without
from tests.backup.keepers import Keepers
from tests.command import licheng
from tests.gate.server import Server

pytestmark = pytest.mark.usefixtures("schools_judged_once", "answered_once")


def _watch(server: Path, now: datetime) -> dict[str, str]:
    """What the doctor says of backups: state by code."""
    done = licheng(server, "doctor", "--repo", str(server), "--json", "--now", written(now))
    lines = json.loads(done.stdout)["lines"]
    found = {line["code"]: line["state"] for line in lines if line["code"] >= "DOC060"}
    assert done.returncode == 1 or Health.WRONG not in found.values()
    return found


@pytest.fixture
def began(server: Server) -> datetime:
    """When the server received its first record: noon in Taipei of that day."""
    first = datetime.fromisoformat(str(server.log()[0]["at"]))
    return datetime(first.year, first.month, first.day, 4, tzinfo=UTC)


def test_a_server_without_a_backup_is_an_alarm_as_soon_as_something_could_be_lost(
    server: Server, began: datetime
) -> None:
    assert _watch(server.root, began) == {"DOC063": "notice"}
    assert _watch(server.root, began + timedelta(days=1)) == {"DOC063": "notice"}
    assert _watch(server.root, began + timedelta(days=2)) == {"DOC063": "wrong"}


def test_a_backup_that_stopped_is_an_alarm(server: Server, began: datetime, keepers: Keepers, tmp_path: Path) -> None:
    def at(days: int) -> tuple[str, str]:
        return "--now", written(began + timedelta(days=days))

    folder = tmp_path / "backup"
    assert keepers.backup(folder, server.root, *at(0)).returncode == 0
    for days, state in ((0, "ok"), (1, "ok"), (2, "wrong"), (400, "wrong")):
        assert _watch(server.root, began + timedelta(days=days))["DOC060"] == state
    assert keepers.backup(folder, server.root, *at(2)).returncode == 0
    assert _watch(server.root, began + timedelta(days=3))["DOC060"] == "ok"


def test_a_drill_that_nobody_makes_is_an_alarm(
    server: Server, began: datetime, keepers: Keepers, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    assert keepers.backup(folder, server.root, "--now", written(began + timedelta(days=120))).returncode == 0
    assert _watch(server.root, began + timedelta(days=120))["DOC064"] == "notice"
    assert _watch(server.root, began + timedelta(days=121))["DOC064"] == "wrong"
    drilled = began + timedelta(days=121)
    assert keepers.drill(folder, tmp_path / "drill", "--now", written(drilled)).returncode == 0
    for days, state in ((0, "ok"), (120, "ok"), (121, "wrong")):
        found = _watch(server.root, drilled + timedelta(days=days))
        assert (found["DOC061"], "DOC064" in found) == (state, False)


def test_the_school_says_how_many_days(server: Server, began: datetime, keepers: Keepers, tmp_path: Path) -> None:
    work = server.clone("t002", "work")
    path = work / "content/school/school.yaml"
    text = path.read_text(encoding="utf-8").replace("every_days: 1\n", "every_days: 7\n")
    text = text.replace("drill_days: 120\n", "drill_days: 200\n")
    server.commit(work, {"content/school/school.yaml": text.encode()}, "t002")
    server.git("fetch", "-q", str(work), "+HEAD:main")
    assert keepers.backup(tmp_path / "backup", server.root, "--now", written(began)).returncode == 0
    assert _watch(server.root, began + timedelta(days=7))["DOC060"] == "ok"
    assert _watch(server.root, began + timedelta(days=8))["DOC060"] == "wrong"
    assert _watch(server.root, began + timedelta(days=200))["DOC064"] == "notice"
    assert _watch(server.root, began + timedelta(days=201))["DOC064"] == "wrong"


def test_of_two_disks_the_newer_one_counts_and_a_drill_is_remembered_without_its_disk(
    server: Server, began: datetime, keepers: Keepers, tmp_path: Path
) -> None:
    one, two, next_day = tmp_path / "one", tmp_path / "two", began + timedelta(days=1)
    assert keepers.backup(one, server.root, "--now", written(began)).returncode == 0
    assert keepers.drill(one, tmp_path / "drill", "--now", written(began)).returncode == 0
    assert keepers.backup(one, server.root, "--now", written(began)).returncode == 0
    assert keepers.backup(two, server.root, "--now", written(next_day)).returncode == 0
    shutil.rmtree(one)
    expected = {"DOC060": "ok", "DOC061": "ok", "DOC062": "ok"}
    assert _watch(server.root, began + timedelta(days=2)) == expected
    two.rename(tmp_path / "in a safe")
    assert _watch(server.root, began + timedelta(days=2)) == expected | {"DOC062": "notice"}


def test_a_folder_that_is_no_longer_the_backup_is_an_alarm(
    server: Server, began: datetime, keepers: Keepers, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    assert keepers.backup(folder, server.root, "--now", written(began)).returncode == 0
    log, made = next(folder.rglob("receipts.jsonl.age")), folder / "manifest.json"
    harms = {"cut": (log, log.read_bytes()[:-1]), "manifest": (made, made.read_bytes() + b"\n"), "gone": (log, None)}
    for harm, (path, data) in harms.items():
        before = path.read_bytes()
        assert _watch(server.root, began)["DOC062"] == "ok", harm
        path.unlink()
        if data is not None:
            path.write_bytes(data)
        assert _watch(server.root, began)["DOC062"] == "wrong", harm
        path.unlink(missing_ok=True)
        path.write_bytes(before)


def test_what_cannot_be_read_is_never_well(server: Server, began: datetime) -> None:
    (server.root / "licheng/backups.json").write_text("[]", encoding="utf-8")
    assert _watch(server.root, began) == {"DOC060": "unknown"}


def test_days_are_those_of_taipei() -> None:
    evening = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    night = datetime(2026, 11, 23, 16, tzinfo=UTC)
    today = date(2026, 11, 25)
    assert (days_without(evening, evening, today), days_without(None, night, today)) == (2, 1)
