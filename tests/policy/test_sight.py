"""Who sees what of a student, against a second reading of the school's files, and against everybody who should not."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
import yaml

from licheng.app.loading.load import Loaded, load
from licheng.app.server.who_may import who_may, who_sees
from licheng.core.layout import BY_NAME, KINDS
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.outputs.catalog import catalog
from licheng.outputs.gate import seen as answered
from licheng.policy.sight import OF_STUDENTS, rows, rows_of, seen, sees
from tests.trees import ROOT, MemoryTree
from tests.trees import load as files

TODAY = date(2026, 11, 23)
# Of these nobody but the office that keeps them needs to see any; a reason each.
EXCUSED: dict[str, str] = {}


@cache
def demo() -> Loaded:
    return load(MemoryTree(files(ROOT)), TODAY)


@cache
def students() -> dict[str, Student]:
    return {student.id: student for student in demo().students()}


@cache
def raw(path: str) -> Any:
    return yaml.load((ROOT / "content" / path).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


def day(text: Any, default: date) -> date:
    return default if text is None else date.fromisoformat(str(text))


def lasting(entry: Any, on: date) -> bool:
    return day(entry.get("from"), date.min) <= on <= day(entry.get("to"), date.max)


def posts(who: str, on: date) -> list[Any]:
    people = {person["id"]: person["posts"] for person in raw("school/staff.yaml")["staff"]}
    return [post for post in people.get(who, ()) if lasting(post, on)]


def sections(student: Student, record: Record) -> Iterator[Any]:
    """The student's own sections of the course of an output, read from the files."""
    term = record.identity["term"]
    taken = raw(f"{student.folder.removeprefix('content/')}/terms/{term}/courses.yaml")["courses"]
    mine = {each["section"] for each in taken if each["course"] == record.data["course"]}
    for course in raw(f"school/courses/{term}.yaml")["courses"]:
        if course["id"] == record.data["course"]:
            yield from (section for section in course["sections"] if section["id"] in mine)


def teachers(student: Student, record: Record) -> set[str]:
    fields = ("teachers", "advising_teachers")
    return {who for section in sections(student, record) for field in fields for who in section.get(field, ())}


def place(student: Student, on: date) -> str | None:
    """The class on a day, of who is at the school on it; the day of leaving is the last one."""
    school_class, left = None, date.max
    for event in raw(f"{student.folder.removeprefix('content/')}/student.yaml")["events"]:
        if (when := date.fromisoformat(event["on"])) <= on:
            school_class = event.get("class", school_class)
            if event["event"] in {"suspension", "transfer-out", "graduation"}:
                left = when
            elif event["event"] == "resumption":
                left = date.max
    return school_class if on <= left else None


# Kind → the units and posts that see it, written here a second time.
OFFICES = {
    "course-output": {"registrar"},
    "activity": {"registrar"},
    "external-record": {"registrar"},
    "statement": {"guidance-head"},
    "student": {"registrar"},
    "marks": {"registrar"},
    "selection": {"registrar"},
    "signature": {"registrar"},
    "claim": {"registrar"},
    "course-records": {"registrar", "curriculum-head", "course-counsellor"},
    "exploration": {"guidance-head", "course-counsellor"},
    "consultation": {"course-counsellor"},
    "attendance": {"discipline-head"},
    "position": {"student-activities-head"},
    "club": {"student-activities-head"},
    "community-service": {"student-activities-head"},
    "verification": {"registrar", "curriculum-head", "guidance-head", "discipline-head"},
    "waiver": {"academic-dean"},
    "release-consent": {"registrar"},
    "release": {"registrar"},
    "receipt-confirmation": {"registrar"},
    "receipt-sheet": {"registrar"},
    "receipt-answer": {"registrar"},
}


def expected(who: str, student: Student, record: Record, on: date) -> bool:
    """The same answer from the files alone, without organisers and recorders."""
    if who == student.id:
        return True
    if record.data.get("submitted") is False:
        return False
    held = posts(who, on)
    if any(post["post"] in OFFICES.get(record.kind, ()) for post in held):
        return True
    if record.kind == "course-output" and held and who in teachers(student, record):
        return True
    if (who, on) == ("t011", date(2026, 6, 28)) and (
        record.identity.get("term"),
        record.data.get("course"),
    ) in DELEGATED:
        return "t019" in teachers(student, record)
    tutored = {post.get("class") for post in held if post["post"] == "class-tutor"}
    return record.kind not in {"release-consent", "release"} and place(student, on) in tutored


# By the one delegation, of t019 to t011, from 2026-06-27 to 2026-07-01.
DELEGATED = {("114-2", "information-technology-2"), ("114-2", "living-technology-4")}
PEOPLE = (
    "t001",
    "t002",
    "t004",
    "t007",
    "t009",
    "t010",
    "t011",
    "t012",
    "t014",
    "t019",
    "t023",
    "t024",
    "t025",
    "t026",
)
DAYS = (date(2025, 7, 31), date(2026, 6, 4), date(2026, 6, 28), date(2026, 8, 1), TODAY, date(2027, 8, 1))
BY_RECORD = frozenset({"contest-result", "other"})


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_everybody_sees_what_a_second_reading_of_the_files_says(on: date) -> None:
    school, granted = demo().school, 0
    for student in students().values():
        for record in student.of(*BY_NAME):
            if record.kind in BY_RECORD:
                continue
            for who in (*PEOPLE, student.id, "s1130001"):
                is_open = who in school.account_of and lasting(school.account_of[who], on)
                answer = sees(who, student, record.kind, school, on, record)
                assert answer is (is_open and expected(who, student, record, on)), (who, record.path)
                granted += answer
    assert granted > 500 or on == DAYS[0]


def outputs(course: str, term: str) -> list[tuple[Student, Record]]:
    return [
        (student, item)
        for student in students().values()
        for item in student.of("course-output")
        if (item.identity["term"], item.data["course"]) == (term, course) and item.data["submitted"] is True
    ]


def test_a_deputy_sees_what_is_delegated_and_only_while_it_is() -> None:
    school = demo().school
    delegated = outputs("living-technology-4", "114-2") + outputs("information-technology-2", "114-2")
    for student, item in delegated:
        if place(student, date(2026, 6, 28)) == "11a":  # whose tutor is another
            for on, answer in ((26, False), (27, True), (30, True)):
                assert sees("t011", student, item.kind, school, date(2026, 6, on), item) is answer
            assert not sees("t011", student, item.kind, school, date(2026, 7, 3), item)
    assert any(place(student, date(2026, 6, 28)) == "11a" for student, _ in delegated)


def test_a_deputy_sees_nothing_else_of_the_teacher_and_nothing_by_a_delegation_that_counts_for_nothing() -> None:
    school, on = demo().school, date(2026, 6, 28)
    [delegation] = school.trust.delegations
    cases = [
        (student, item) for student, item in outputs("living-technology-4", "114-2") if place(student, on) != "12a"
    ]
    assert cases
    for broken in (
        delegation._replace(substitute="t013"),  # signed for another
        delegation._replace(signature=None),
        delegation._replace(courses=(("114-2", "chinese-2"),)),
    ):
        spoilt = replace(school, trust=replace(school.trust, delegations=(broken,)))
        for student, item in cases:
            assert not sees("t011", student, item.kind, spoilt, on, item)
    for student in students().values():
        for record in student.of("activity", "marks", "consultation"):
            if place(student, on) != "12a":
                assert not sees("t011", student, record.kind, school, on, record)


def with_staff(change: Any) -> School:
    school = demo().school
    [record] = school.records["staff"]
    data = deepcopy(record.data)
    change({person["id"]: person for person in data["staff"]})
    return replace(school, records={**school.records, "staff": (record._replace(data=data),)})


def test_a_teacher_whose_post_has_ended_sees_nothing_from_the_next_day() -> None:
    def ended(people: Any) -> None:
        for post in people["t014"]["posts"]:
            post["to"] = "2026-11-22"

    school = with_staff(ended)
    mine = [
        (student, item)
        for student in students().values()
        for item in student.of("course-output")
        if item.data["submitted"] is True and "t014" in teachers(student, item)
    ]
    assert mine
    for student, item in mine:
        assert sees("t014", student, item.kind, school, date(2026, 11, 22), item)
        assert not sees("t014", student, item.kind, school, TODAY, item)
    for student in students().values():
        assert not [*seen("t014", student, school, TODAY, *BY_NAME)]


def test_a_teacher_of_the_section_before_a_change_of_teachers_sees_it_no_more() -> None:
    school = demo().school
    student, item = next(
        (student, item)
        for student in students().values()
        for item in student.of("course-output")
        if item.data["submitted"] is True and item.identity["term"] == "115-1" and "t014" in teachers(student, item)
    )
    records = []
    for record in school.of("course-offerings"):
        data = deepcopy(record.data)
        for course in data["courses"] if record.identity["term"] == "115-1" else ():
            for section in course["sections"]:
                if "t014" in section["teachers"]:
                    section["teachers"] = [
                        {"staff": "t014", "to": "2026-10-31"},
                        {"staff": "t021", "from": "2026-11-01"},
                    ]
        records.append(record._replace(data=data))
    moved = replace(school, records={**school.records, "course-offerings": tuple(records)})
    for on, who in ((date(2026, 10, 31), "t014"), (date(2026, 11, 1), "t021")):
        assert [each for each in ("t014", "t021") if sees(each, student, item.kind, moved, on, item)] == [who]


def test_the_tutor_of_last_year_and_of_the_next_class_see_nothing() -> None:
    school = demo().school
    for student in students().values():
        own = student.one("student")
        assert own is not None
        for who, last in (("t011", "12a"), ("t012", "11a"), ("t013", "10a")):
            before = {post["class"] for post in posts(who, date(2026, 7, 31)) if post["post"] == "class-tutor"}
            now = {post["class"] for post in posts(who, TODAY) if post["post"] == "class-tutor"}
            assert last in before
            answer = sees(who, student, "student", school, TODAY, own)
            assert answer is (place(student, TODAY) in now)


def test_who_has_graduated_or_is_on_leave_has_no_tutor() -> None:
    school, graduate = demo().school, students()["s1120001"]
    own = graduate.one("student")
    assert own is not None
    assert sees("t011", graduate, "student", school, date(2026, 6, 5), own)
    # The class that they left has another tutor now, who never taught them.
    assert place(students()["s1130001"], TODAY) == "12a"
    for on in (date(2026, 6, 6), date(2026, 8, 1), TODAY):
        offices = [who for who in school.posts_of if sees(who, graduate, "exploration", school, on)]
        assert offices == ["t009", "t023", "t024"]
        assert not sees("t012", graduate, "student", school, on, own)


def test_a_student_sees_everything_of_their_own_and_nothing_of_anybody_else() -> None:
    school = demo().school
    for student in students().values():
        everything = [*student.of(*BY_NAME)]
        account = school.account_of.get(student.id)
        is_open = account is not None and lasting(account, TODAY)
        assert [*seen(student.id, student, school, TODAY, *BY_NAME)] == (everything if is_open else [])
        for other in students().values():
            if other is not student:
                assert not [*seen(other.id, student, school, TODAY, *BY_NAME)]
                assert not any(sees(other.id, student, kind, school, TODAY) for kind in BY_NAME)


def test_a_draft_is_seen_by_its_student_alone() -> None:
    school, drafts = demo().school, 0
    for student in students().values():
        for record in student.of("course-output", "activity", "statement"):
            if record.data["submitted"] is False:
                drafts += 1
                who = [each for each in school.account_of if sees(each, student, record.kind, school, TODAY, record)]
                assert who in ([student.id], [])
    assert drafts


def test_counts_are_all_that_the_principal_and_the_working_group_see() -> None:
    school = demo().school
    for who in ("t001", "t003", "t010"):
        for student in students().values():
            allowed = {"contest-result"} if who == "t003" else set()  # the office that held it
            assert {record.kind for record in seen(who, student, school, TODAY, *BY_NAME)} <= allowed


def test_nobody_sees_everything_of_everybody() -> None:
    school = demo().school
    for who in school.posts_of:
        unseen = [
            record
            for student in students().values()
            for record in student.of(*OF_STUDENTS)
            if not sees(who, student, record.kind, school, TODAY, record)
        ]
        assert unseen


@pytest.mark.parametrize("who", ["", "t999", "s9999999", "intake", "t0011", "T004", "s1130001 "])
def test_nobody_sees_anything_without_an_account(who: str) -> None:
    school = demo().school
    for student in students().values():
        assert not [*seen(who, student, school, TODAY, *BY_NAME)]


def test_an_intake_account_and_one_that_has_ended_see_nothing() -> None:
    school, student = demo().school, students()["s1130001"]
    own = student.one("student")
    assert own is not None
    for changes in ({"holder": "intake"}, {"to": "2026-11-22"}, {"from": "2026-11-24"}):
        for who in ("t004", "t012", student.id):
            [record] = school.records["accounts"]
            data = deepcopy(record.data)
            next(each for each in data["accounts"] if each["id"] == who).update(changes)
            changed = replace(school, records={**school.records, "accounts": (record._replace(data=data),)})
            assert sees(who, student, "student", school, TODAY, own)
            assert not sees(who, student, "student", changed, TODAY, own)


def with_duties(change: Any) -> School:
    school = demo().school
    [record] = school.records["duties"]
    data = deepcopy(record.data)
    change(data)
    return replace(school, records={**school.records, "duties": (record._replace(data=data),)})


def test_what_no_row_names_nobody_sees_nor_what_two_rows_name() -> None:
    student = students()["s1130001"]
    [output] = [*student.of("student")]

    def dropped(data: Any) -> None:
        del data["sight"]

    def doubled(data: Any) -> None:
        data["sight"].append({"id": "more", "records": ["student"], "by": [{"post": "principal"}, {"as": "owner"}]})

    for school in (with_duties(dropped), with_duties(doubled)):
        assert not [who for who in school.account_of if sees(who, student, "student", school, TODAY, output)]
    assert not sees("t004", student, "no-kind", demo().school, TODAY)
    assert not sees("t004", student, "staff", demo().school, TODAY)


def test_a_row_of_a_teacher_gives_no_record_that_is_of_no_course() -> None:
    def taught(data: Any) -> None:
        data["sight"] = [{"id": "all", "records": [*OF_STUDENTS], "by": [{"as": "teacher"}, {"as": "deputy"}]}]

    school = with_duties(taught)
    for student in students().values():
        for who in school.posts_of:
            kinds = {record.kind for record in seen(who, student, school, TODAY, *OF_STUDENTS)}
            assert kinds <= {"course-output"}
            assert not any(sees(who, student, kind, school, TODAY) for kind in OF_STUDENTS)


@pytest.mark.parametrize("name", ["", "dongshan", "yongping"])
def test_every_kind_of_record_of_a_student_has_its_row(name: str) -> None:
    school = demo().school
    if name:
        own = files(ROOT / "tests" / "schools" / name)
        school = load(MemoryTree(files(ROOT)).over(own), TODAY).school
    assert rows(school)
    assert [kind for kind in OF_STUDENTS if len(rows_of(kind, school)) != 1 and kind not in EXCUSED] == []
    assert {kind.name for kind in KINDS if "student" in kind.template} >= set(OF_STUDENTS)
    # A unit that sees a kind keeps it, checks it or answers for it, by a duty or by the right to write it.
    assert all({"as": "owner"} in row.by for row in rows(school))


def test_sight_does_not_depend_on_the_day_that_the_school_was_read() -> None:
    later = load(MemoryTree(files(ROOT)), TODAY + timedelta(days=400)).school
    student = students()["s1130001"]
    for record in student.of(*OF_STUDENTS):
        for who in ("t012", "t004", "t014"):
            answer = sees(who, student, record.kind, demo().school, TODAY, record)
            assert sees(who, student, record.kind, later, TODAY, record) is answer


def test_who_may_says_no_operation_that_the_gate_refuses_to_everybody() -> None:
    """A consent is revoked, not deleted; what the agency has is only added (GAT004); the law stays (GAT006)."""
    asked = {
        "content/students/112/s1120003/release-consent/2026-university.yaml": {"add", "change"},
        "content/submissions/114/autumn.yaml": {"add"},
        "content/students/112/s1120003/terms/114-1/outputs/one/item.md": {"add", "change", "delete"},
        "content/rulebook/2018-05-30.yaml": {"add"},
        "content/rulebook/2199-08-01.yaml": {"add", "change"},
    }
    for path, operations in asked.items():
        row = who_may(demo(), path).row
        assert row is not None, path
        assert row.may == operations

    def deleting(data: Any) -> None:
        [row] = [row for row in data["authority"] if "agency-submission" in row.get("records", ())]
        row["may"] = ["delete"]

    nobody = who_may(demo()._replace(school=with_duties(deleting)), "content/submissions/114/autumn.yaml")
    assert (nobody.row, nobody.reason) == (None, "operation")


def test_who_may_says_who_sees_a_students_file_and_why_nobody_does() -> None:
    student = students()["s1130001"]
    event = student.events[0]
    about = who_sees(demo(), f"{student.folder}/student.yaml")
    assert about is not None
    assert [(among.sort, among.holders) for among in about.among] == [
        ("owner", ("s1130001",)), ("tutor", ("t012",)), ("unit", ("t004",)),
    ]  # fmt: skip
    signed = who_sees(demo(), event.path)  # as the output that it is about
    assert signed is not None
    by = {among.sort: among.holders for among in signed.among}
    assert (by["owner"], by["tutor"]) == (("s1130001",), ("t012",))
    assert by["teacher"]
    assert who_sees(demo(), "content/school/staff.yaml") is None
    assert who_sees(demo(), "README.md") is None

    def dropped(data: Any) -> None:
        data["sight"] = [row for row in data["sight"] if row["id"] != "attendance"]

    without = who_sees(demo()._replace(school=with_duties(dropped)), f"{student.folder}/attendance/114-1.yaml")
    assert without is not None
    assert (without.row, without.reason) == (None, "no-row")
    assert answered(without, catalog("zh-TW")) == [
        f"{student.folder}/attendance/114-1.yaml　平臺上誰都看不到：分工表沒有列到它，預設不行。"
    ]


def test_whoever_keeps_a_kind_of_record_may_see_it() -> None:
    """Otherwise the platform could not offer a unit what the regulation gives it to do (伍.五)."""
    duties = raw("school/duties.yaml")
    missing = []
    for row in duties["authority"]:
        of_paths = {"verification"} if any("/verifications/" in path for path in row.get("paths", ())) else set()
        for kind in sorted(({*row.get("records", ())} | of_paths).intersection(OF_STUDENTS)):
            shown = [who for each in duties["sight"] if kind in each["records"] for who in each["by"]]
            missing += [(kind, who) for who in row["by"] if ("unit" in who or "post" in who) and who not in shown]
    assert missing == []
