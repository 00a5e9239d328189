"""Exchange files out and in: what the format holds comes back the same, and what it cannot is told by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from licheng.app.loading.load import Loaded, load
from licheng.app.registry.transfer import Incoming, claim_list, incoming, outgoing
from licheng.core.errors import UsageError
from licheng.core.person import Person
from licheng.core.record import Record
from licheng.exchange import transfer
from licheng.exchange.packages import opened, packed
from licheng.outputs.catalog import catalog
from licheng.sources.tree import WorkTree
from tests.certification.cases import MY_PASSKEY, with_passkey
from tests.certified import folder as item_folder
from tests.command import findings
from tests.people import id_number

TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 4, tzinfo=UTC)
STUDENTS = ("s1130001", "s1130002", "s1130005")
PEOPLE = [
    Person(student, f"0{number}", "趙子丑", id_number(number), f"2008-01-{number + 10}")
    for number, student in enumerate(STUDENTS, start=1)
]
# What the format has no place for, as `transfer.NOT_EXCHANGED` names it, and the state, which starts anew here.
LOST = ("group_work", "remark", "submitted", "attachments", "kind")


def loaded(root: Path) -> Loaded:
    return load(WorkTree(root), TODAY)


@pytest.fixture
def empty(school: Path) -> Path:
    """The same school without what students hand in, and without their positions."""
    for student in (school / "content/students").glob("*/*"):
        for below in (
            "terms/*/outputs",
            "years",
            "positions",
            "selection",
            "release-consent",
            "waivers",
            "verifications",
        ):
            for folder in student.glob(below):
                shutil.rmtree(folder)
    shutil.rmtree(school / "content/certifications")
    return school


def package(root: Path, students: tuple[str, ...] = STUDENTS) -> bytes:
    return outgoing(loaded(root), root, students, PEOPLE, NOW).data


@pytest.fixture(scope="module")
def exported(unchanged: Path) -> bytes:
    """The package of three students of the demo."""
    return package(unchanged)


def bring(root: Path, data: bytes, *, claims: bool = False) -> Incoming:
    return incoming(loaded(root), root, opened(data, None), PEOPLE, TODAY, claims=claims)


def essence(record: Record) -> tuple[object, ...]:
    """All that the format holds of a record: its fields, its period, and the first file of each sort."""
    period = "" if record.kind == "position" else str(record.term or record.year)
    said = {name: str(value) for name, value in record.data.items() if name not in LOST}
    files: dict[bool, str] = {}
    for entry in record.data.get("attachments", ()):
        files.setdefault(entry["type"].startswith(("audio", "video")), entry["sha256"])
    return record.kind, period, tuple(sorted(said.items())), tuple(sorted(files.items()))


def essences(root: Path, *, drafts: bool) -> dict[str, list[tuple[object, ...]]]:
    """By student, what the format holds of their records."""
    return {
        student.id: sorted(
            (
                essence(record)
                for record in student.of("position", "course-output", "activity")
                if drafts or record.data.get("submitted", True) is True
            ),
            key=repr,
        )
        for student in loaded(root).students()
        if student.id in STUDENTS
    }


def test_out_and_in_again_are_the_same_records(school: Path) -> None:
    before, data = essences(school, drafts=False), package(school)
    assert sum(map(len, before.values())) > 20
    for student in STUDENTS:
        home = school / "content/students/113" / student
        for folder in (*home.glob("terms/*/outputs"), home / "years", home / "positions"):
            shutil.rmtree(folder, ignore_errors=True)
    brought = bring(school, data)
    brought.plan.apply(school)
    after = essences(school, drafts=True)  # outputs come in as drafts
    for student in STUDENTS:
        assert after[student] == before[student]
    assert sum(brought.added.values()) == sum(map(len, before.values()))
    # A second time there is nothing to add.
    again = bring(school, data)
    assert (again.creates, again.same) == ({}, sum(brought.added.values()))


def test_what_comes_in_checks_clean_and_is_a_draft_of_its_course(empty: Path, exported: bytes) -> None:
    bring(empty, exported).plan.apply(empty)
    ours = [f"/{student}/" for student in STUDENTS]
    found = [one for one in findings(empty) if any(own in one[1] for own in ours)]
    assert {code for code, _, _ in found} <= {"REF017", "REF018"}, found
    outputs = [record for student in loaded(empty).students() for record in student.of("course-output")]
    assert len(outputs) >= 8
    assert not any(record.data["submitted"] for record in outputs)


def test_what_the_format_cannot_hold_is_counted_by_name(unchanged: Path) -> None:
    lost = outgoing(loaded(unchanged), unchanged, STUDENTS, PEOPLE, NOW).lost
    assert set(lost) <= set(transfer.NOT_EXCHANGED)
    assert lost["reflection"] > 0
    assert lost["decisions"] > 0
    for language in ("zh-TW", "en"):
        labels = catalog(language).data["labels"]["not_exchanged"]
        assert set(labels) == set(transfer.NOT_EXCHANGED)


def test_the_json_is_as_the_platform_writes_it(exported: bytes) -> None:
    entries = opened(exported, None).entries
    assert [set(entry) for entry in entries] == [{"基本資料", "課程學習成果紀錄", "多元表現"}] * 3
    assert all(len(entry["多元表現"]) == 10 for entry in entries)
    rows = [row for entry in entries for row in entry["課程學習成果紀錄"]]
    assert {row["認證狀態"] for row in rows} <= {0, 1, 2}
    assert 1 in {row["認證狀態"] for row in rows}
    assert {row["提交紀錄(學年度及學期)"] for row in rows} == {"0000"}
    assert all(len(row["文件檔案MD5"]) == 32 for row in rows)
    assert any(row["影音檔案MD5"] == "d41d8cd98f00b204e9800998ecf8427e" for row in rows)


def test_nothing_of_an_identity_goes_into_the_school(empty: Path, exported: bytes) -> None:
    brought = bring(empty, exported)
    assert len(brought.creates) > 20
    for path, data in brought.creates.items():
        for person in PEOPLE:
            for secret in (person.id_number, person.name, person.born):
                assert secret not in path
                assert secret.encode() not in data


# Rows that are not right, each at its place and with nothing written.


def changed(data: bytes, change: Callable[[list[dict[str, Any]]], object]) -> bytes:
    read = opened(data, None)
    entries = json.loads(json.dumps(read.entries))
    change(entries)
    files = {name.partition("/")[2]: read.archive.read(info) for name, info in read.members.items()}
    return packed(
        "other",
        entries,
        {name: bytes_ for name, bytes_ in files.items() if not name.endswith("_1.json") if "/" in name},
    )


def output(entries: list[dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = entries[0]["課程學習成果紀錄"][0]
    return row


def activity(entries: list[dict[str, Any]], name: str = "服務學習紀錄") -> dict[str, Any]:
    return next(row for entry in entries for row in entry["多元表現"][name])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda entries: entries.append({}), "APP261"),
        (lambda entries: entries[0]["基本資料"].pop("學生中文姓名"), "APP261"),
        (lambda entries: entries[0]["基本資料"].update({"學生出生年月日": "2008-02-30"}), "APP261"),
        (lambda entries: entries[0]["基本資料"].update({"學生出生年月日": "2008-01-30"}), "APP262"),
        (lambda entries: entries[0].update({"課程學習成果紀錄": {}}), "APP261"),
        (lambda entries: entries[0].update({"課程學習成果紀錄": [1]}), "APP261"),
        (lambda entries: entries[0].pop("多元表現"), "APP261"),
        (lambda entries: output(entries).update({"應修課學年度": "115-"}), "APP261"),
        (lambda entries: output(entries).update({"應修課學期": 3}), "APP261"),
        (lambda entries: output(entries).update({"課程代碼": "NONE"}), "APP263"),
        (lambda entries: output(entries).update({"認證狀態": 3}), "APP261"),
        (lambda entries: output(entries).update({"認證狀態": True}), "APP261"),
        (lambda entries: output(entries).update({"認證狀態": "1"}), "APP261"),
        (lambda entries: output(entries).update({"課程學習成果簡述": ""}), "APP261"),
        (lambda entries: output(entries).update({"課程學習成果簡述": "長" * 5000}), "APP017"),
        (lambda entries: output(entries).update({"課程學習成果文件檔案連結": "none.pdf"}), "APP264"),
        (lambda entries: output(entries).update({"課程學習成果文件檔案連結": ""}), "APP264"),
        (lambda entries: output(entries).update({"課程學習成果文件檔案連結": "../課程學習成果/0001.pdf"}), "APP264"),
        (lambda entries: output(entries).update({"文件檔案MD5": "0" * 32}), "APP264"),
        (lambda entries: activity(entries).update({"開始日期": "昨天"}), "APP261"),
        (lambda entries: activity(entries).update({"服務學習時數": "很多"}), "APP261"),
        (lambda entries: activity(entries).update({"服務名稱": ["a"]}), "APP261"),
        (lambda entries: activity(entries).update({"服務名稱": "甲\u202e乙"}), "APP017"),
    ],
)
def test_what_is_not_right_writes_nothing(
    unchanged: Path, exported: bytes, change: Callable[[list[dict[str, Any]]], object], code: str
) -> None:
    with pytest.raises(UsageError) as raised:
        bring(unchanged, changed(exported, change))
    assert raised.value.code == code
    shown = "".join(catalog("zh-TW").error(raised.value))
    assert not any(person.id_number in shown or person.name in shown for person in PEOPLE)


def test_dates_of_both_calendars(empty: Path, exported: bytes) -> None:
    def roc(entries: list[dict[str, Any]]) -> None:
        row = activity(entries)
        year, month, day = row["開始日期"].split("-")
        row["開始日期"] = f"{int(year) - 1911}{month}{day}"
        row["結束日期"] = row["結束日期"].replace("-", "/")

    data = exported
    assert {**bring(empty, changed(data, roc)).creates} == {**bring(empty, data).creates}


def test_by_inference_and_only_when_asked_an_earlier_output_can_be_claimed(empty: Path, exported: bytes) -> None:
    data = exported
    assert bring(empty, data, claims=True).claimed == []  # of the school's own terms nothing is claimed
    genesis = empty / "content/trust/genesis.yaml"
    genesis.write_text(genesis.read_text(encoding="utf-8").replace("2025-08-01", "2026-11-01"), encoding="utf-8")
    assert bring(empty, data).claimed == []
    brought = bring(empty, data, claims=True)
    listed = claim_list(brought, data)
    assert listed.basis == "inferred"
    assert len(listed.outputs) > 5
    for claimed in listed.outputs:
        home = f"content/students/113/{claimed.student}/terms/{claimed.term}/outputs/{claimed.slug}"
        assert claimed.term < "115-1"
        assert b"submitted: true" in brought.creates[f"{home}/item.md"]
        assert {f"{home}/{name}" for name in claimed.files} <= brought.creates.keys()


def test_what_a_passkey_certified_is_not_decided_elsewhere_before_it_takes_effect(tmp_path: Path) -> None:
    made = with_passkey()
    made.decide(item_folder(), signer=MY_PASSKEY, issued_at="2026-11-20T16:00:01Z")
    tree, who = made.tree(), item_folder().split("/")[3]
    for path, data in tree.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    person = Person(who, "01", "趙子丑", id_number(1), "2008-01-11")
    for day, status in ((22, transfer.UNDECIDED), (23, 1)):
        data = outgoing(load(tree, date(2026, 11, day)), tmp_path, [who], [person], NOW).data
        [row] = opened(data, None).entries[0]["課程學習成果紀錄"]
        assert row["認證狀態"] == status
