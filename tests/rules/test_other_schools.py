"""Other schools' rulebooks give their own verdicts on the same records, and no amendment changes an earlier verdict.

育仁 (the regulation), 永平 and 東山 differ in data only: the same code judges all of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.demo.media import pdf
from tests.trees import FIXTURES, MemoryTree, base

School = Callable[[], MemoryTree]

TODAY = date(2026, 11, 23)
YUREN = "content/rulebook/2018-05-30.yaml"
YONGPING = FIXTURES / "rulebooks/yongping/2020-08-01.yaml"
DONGSHAN = FIXTURES / "rulebooks/dongshan/2018-06-29.yaml"
LAYER_OF_109 = "content/rulebook/agency/2020-12-23.yaml"
STUDENT = "content/students/113/s1139901"
OLDER = "content/students/108/s1089901"
CALENDAR = "content/calendar/115-1.yaml"

Found = list[tuple[str, str]]


def judged(tree: MemoryTree) -> Found:
    """Code and place of every finding."""
    return [(finding.code, str(finding.location)) for finding in check(tree, TODAY).findings]


def minutes(passed: str, force: str) -> dict[str, bytes]:
    """The school assembly that passed a rulebook."""
    text = f"""---
kind: assembly/v1
resolutions:
  - {{number: 1, subject: rulebook, rulebook: {force}, text: 通過補充規定。, passed: true}}
---
校務會議紀錄。
"""
    return {f"content/school/assembly/{passed}.md": text.encode()}


def in_force(text: str, force: str) -> dict[str, bytes]:
    """A rulebook that is in force from a day on, and the assembly that passed it."""
    passed = re.search(r"^  on: (\S+)$", text, re.MULTILINE)
    assert passed is not None
    return {f"content/rulebook/{force}.yaml": text.encode(), **minutes(passed[1], force)}


def yuren() -> MemoryTree:
    return base()


def yongping() -> MemoryTree:
    return base().over(in_force(YONGPING.read_text(encoding="utf-8"), YONGPING.stem), frozenset({YUREN}))


def dongshan() -> MemoryTree:
    text = DONGSHAN.read_text(encoding="utf-8")
    return seated(base().over(in_force(text, DONGSHAN.stem), frozenset({YUREN})), text)


def seated(tree: MemoryTree, book: str) -> MemoryTree:
    """The tree with every seat of a rulebook held, and present at every meeting."""
    places = re.findall(r"  - post: (\S+)\n    count: ([0-9]+)\n    role:", book)
    posts = [post for post, count in places for _ in range(int(count))]
    present = "".join(f"  - {{seat: {post}, present: true}}\n" for post in posts)
    held = "kind: seat-holders/v1\nterms:\n" + "".join(f"  - {{seat: {post}, from: 2018-08-01}}\n" for post in posts)
    listed = re.compile(r"attendance:(?: \[\]\n|\n(?:  - .*\n)+)")
    minutes_of = {
        path: listed.sub(f"attendance:\n{present}", data.decode()).encode()
        for path, data in tree.files.items()
        if path.startswith("content/working-group/1")
    }
    school = "content/school/school.yaml"
    known = tree.files[school].decode()
    new = "".join(
        f"  - id: {post}\n    name: {{zh: {post}, en: {post}}}\n" for post in posts if f"id: {post}\n" not in known
    )
    named = {school: known.replace("posts:\n", f"posts:\n{new}").encode()}
    return tree.over({**minutes_of, **named, "content/working-group/seats.yaml": held.encode()})


SCHOOLS = pytest.mark.parametrize("school", [yuren, yongping, dongshan])


def outputs(term: str, count: int, *, draft: Iterable[int] = ()) -> dict[str, bytes]:
    """Course outputs `output-01` … of one term, submitted but for the drafts."""
    files: dict[str, bytes] = {}
    for path in (output_path(term, number) for number in range(1, count + 1)):
        work = path.replace("item.md", "report.pdf")
        files[work] = pdf(work)
        digest, size = hashlib.sha256(files[work]).hexdigest(), len(files[work])
        listed = f"{{name: report.pdf, size: {size}, sha256: {digest}, type: application/pdf, role: work}}"
        submitted = "false" if path in {output_path(term, number) for number in draft} else "true"
        files[path] = (
            "---\nkind: course-output/v1\ncourse: physics\nsummary: 量測單擺的週期。\n"
            f"submitted: {submitted}\nattachments:\n  - {listed}\n---\n"
        ).encode()
    return files


def output_path(term: str, number: int) -> str:
    return f"{STUDENT}/terms/{term}/outputs/output-{number:02}/item.md"


def beyond(term: str, first: int, last: int) -> Found:
    """QUO001 at `submitted` of the outputs from the first to the last."""
    return [("QUO001", f"{output_path(term, number)}:5:12") for number in range(first, last + 1)]


def activities(year: str, count: int) -> dict[str, bytes]:
    return {
        f"{STUDENT}/years/{year}/activities/work-{number:02}/item.md": (
            "---\nkind: activity/v1\ncategory: work\nname: 溪流的四季\non: 2026-05-30\n"
            "summary: 以照片記錄溪流的四季。\nsubmitted: true\nattachments: []\n---\n"
        ).encode()
        for number in range(1, count + 1)
    }


def closing(tree: MemoryTree, window: str, day: str) -> tuple[MemoryTree, str]:
    """The calendar of 115-1 with another last day of a window, and that day's place."""
    lines = tree.files[CALENDAR].decode().splitlines()
    at = next(i for i in range(lines.index(f"  - id: {window}"), len(lines)) if lines[i].startswith("    closes: "))
    lines[at] = f"    closes: {day}"
    return tree.over({CALENDAR: ("\n".join(lines) + "\n").encode()}), f"{CALENDAR}:{at + 1}:13"


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


@SCHOOLS
def test_each_school_is_whole_and_in_force(school: School) -> None:
    assert judged(school()) == []


# --- quotas (肆.一) ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("school", "limit"), [(yuren, 3), (yongping, 9), (dongshan, 3)])
def test_the_quota_of_course_outputs_is_the_schools_own(school: School, limit: int) -> None:
    assert judged(school().over(outputs("115-1", limit))) == []
    assert judged(school().over(outputs("115-1", limit + 1))) == beyond("115-1", limit + 1, limit + 1)
    assert judged(school().over(outputs("115-1", limit + 1, draft=[1]))) == []


def test_four_outputs_are_too_many_in_yuren_and_fine_in_yongping() -> None:
    four = outputs("115-1", 4)
    assert judged(yuren().over(four)) == beyond("115-1", 4, 4)
    assert judged(yongping().over(four)) == []
    assert judged(dongshan().over(four)) == beyond("115-1", 4, 4)


def test_ten_outputs_are_too_many_everywhere() -> None:
    ten = outputs("115-1", 10)
    assert judged(yuren().over(ten)) == beyond("115-1", 4, 10)
    assert judged(yongping().over(ten)) == beyond("115-1", 10, 10)


def test_the_finding_names_the_schools_own_limit() -> None:
    [of_yongping] = check(yongping().over(outputs("115-1", 10)), TODAY).findings
    assert of_yongping.values == {"period": "115-1", "used": 10, "limit": 9}
    [of_yuren] = check(yuren().over(outputs("115-1", 4)), TODAY).findings
    assert of_yuren.values == {"period": "115-1", "used": 4, "limit": 3}


# --- windows counted from 休業式 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2027-02-09", "2027-02-11", "2027-03-05"])
def test_certification_closes_three_weeks_after_closing_in_yongping_only(day: str) -> None:
    tree, place = closing(yongping(), "course-output-certification", day)
    assert judged(tree) == [("WIN006", place)]
    for school in (yuren, dongshan):
        assert judged(closing(school(), "course-output-certification", day)[0]) == []


def test_submission_closes_two_weeks_after_closing_in_yongping_and_not_earlier_elsewhere() -> None:
    later, place = closing(yongping(), "course-output-submission", "2027-02-05")
    assert judged(later) == [("WIN006", place)]
    assert judged(closing(yuren(), "course-output-submission", "2027-02-05")[0]) == []
    earlier, place = closing(yuren(), "course-output-submission", "2027-02-02")
    assert judged(earlier) == [("WIN001", place)]


def test_the_internal_deadline_is_the_same_two_weeks_in_all() -> None:
    for school in (yuren, dongshan):
        tree, place = closing(school(), "course-output-certification", "2027-03-06")
        assert judged(tree) == [("WIN003", place)]


# --- seats (伍.三) ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "seats"), [(DONGSHAN, 19), (YONGPING, 9)])
def test_seats_add_up(path: Path, seats: int) -> None:
    text = path.read_text(encoding="utf-8")
    wrong = text.replace(f"seats_total:\n  value: {seats}\n", f"seats_total:\n  value: {seats - 1}\n")
    assert wrong != text
    place = f"content/rulebook/{path.name}:{line_of(text, 'seats_total:') + 1}:10"
    right, off = (seated(base().over(in_force(book, path.stem), frozenset({YUREN})), book) for book in (text, wrong))
    assert judged(right) == []
    [finding] = check(off, TODAY).findings
    assert (finding.code, str(finding.location)) == ("RBK001", place)
    assert finding.values == {"total": seats - 1, "seats": seats}


def test_three_head_tutors_are_three_seats() -> None:
    text = DONGSHAN.read_text(encoding="utf-8")
    one = text.replace("post: head-tutor\n    count: 3", "post: head-tutor\n    count: 1")
    assert one != text
    [finding] = check(seated(base().over(in_force(one, DONGSHAN.stem), frozenset({YUREN})), one), TODAY).findings
    assert (finding.code, finding.values) == ("RBK001", {"total": 19, "seats": 17})


# --- amendments (捌) --------------------------------------------------------------------------------------------------


def amended(limit: int, force: str, *, passed: str = "2020-08-01") -> dict[str, bytes]:
    """永平's text as an amendment of 育仁's, with another quota of course outputs."""
    text = YONGPING.read_text(encoding="utf-8").replace("limit: 9\n", f"limit: {limit}\n")
    return in_force(text.replace("  on: 2020-08-01\n", f"  on: {passed}\n"), force)


def test_a_wider_amendment_does_not_clear_what_was_too_many() -> None:
    tree = yuren().over(outputs("114-1", 4)).over(outputs("115-1", 4))
    assert judged(tree) == [*beyond("114-1", 4, 4), *beyond("115-1", 4, 4)]
    assert judged(tree.over(amended(9, "2026-08-01", passed="2026-06-26"))) == beyond("114-1", 4, 4)


def test_a_narrower_amendment_does_not_spoil_what_was_right() -> None:
    tree = yuren().over(outputs("114-2", 3)).over(outputs("115-1", 3))
    assert judged(tree) == []
    assert judged(tree.over(amended(1, "2026-08-01", passed="2026-06-26"))) == beyond("115-1", 2, 3)


@pytest.mark.parametrize("force", ["2026-08-02", "2026-11-01", "2027-02-01"])
def test_an_amendment_within_the_term_holds_from_the_next(force: str) -> None:
    tree = yuren().over(outputs("115-1", 4))
    assert judged(tree.over(amended(9, force, passed="2026-06-26"))) == judged(tree) == beyond("115-1", 4, 4)


def test_an_amendment_in_february_leaves_the_school_years_activities_alone() -> None:
    tree = yuren().over(activities("114", 10))
    text = YONGPING.read_text(encoding="utf-8")
    five = (
        text.replace("limit: 10\n", "limit: 5\n")
        .replace("每學年至多十項", "每學年至多五項")
        .replace("  on: 2020-08-01\n", "  on: 2026-01-16\n")
    )
    assert five != text
    assert judged(tree) == []
    assert judged(tree.over(in_force(five, "2026-02-01"))) == []
    sixth_to_tenth = [("QUO002", f"{STUDENT}/years/114/activities/work-{n:02}/item.md:7:12") for n in range(6, 11)]
    assert judged(tree.over(in_force(five.replace("2026-01-16", "2025-06-27"), "2025-08-01"))) == sixth_to_tenth


def test_an_amendments_windows_hold_from_its_first_term() -> None:
    old = "content/calendar/114-2.yaml"
    text = yuren().files[old].decode()
    assert "closes: 2026-07-21" in text
    tree = yuren().over({old: text.replace("closes: 2026-07-21", "closes: 2026-07-31").encode()})
    assert judged(tree) == []
    assert judged(tree.over(amended(9, "2026-08-01", passed="2026-06-26"))) == []
    place = f"{old}:{text.splitlines().index('    closes: 2026-07-21') + 1}:13"
    assert judged(tree.over(amended(9, "2026-02-01", passed="2026-01-16"))) == [("WIN006", place)]


def test_an_amendment_that_no_assembly_passed_is_reported_and_no_earlier_verdict_changes() -> None:
    tree = yuren().over(outputs("114-1", 4))
    force = "2026-08-01"
    [book] = [path for path in amended(9, force) if path.startswith("content/rulebook/")]
    unpassed = {book: amended(9, force)[book]}
    line = line_of(unpassed[book].decode(), "  on: ")
    assert judged(tree.over(unpassed)) == [("RBK004", f"{book}:{line}:7"), *beyond("114-1", 4, 4)]


# --- the agency's limits ----------------------------------------------------------------------------------------------

MB = 1024 * 1024


def term_of_cohort_108(term: str, meeting: str, edges: dict[str, str]) -> dict[str, bytes]:
    """A term with its minutes, offerings and the student's course; submission closes two weeks after 休業式."""
    windows = "".join(
        f"  - {{id: {category}, category: {category}, stage: {stage}, levels: [10, 11], opens: {edges['opening']}, "
        f'closes: {edges["closes"]}, resolution: {{meeting: "{term}/{meeting}", number: 1}}}}\n'
        for category, stage in (
            ("basic-data", "recording"),
            ("course-records", "recording"),
            ("course-output", "submission"),
            ("activity", "submission"),
        )
    )
    days = "".join(f"{name}: {day}\n" for name, day in edges.items() if name != "closes")
    level = 10 + int(term[:3]) - 108
    section = f"{{id: a, classes: [{level}a], teachers: [t904]}}"
    texts = {
        f"content/calendar/{term}.yaml": f"kind: term-calendar/v1\n{days}windows:\n{windows}agency: []\n",
        f"content/working-group/{term}/{meeting}.md": (
            "---\nkind: meeting/v1\ncalled_by: principal\nchaired_by: principal\nattendance: []\nresolutions:\n"
            "  - {number: 1, subject: schedule, text: 通過本學期期程。, owner: registry, state: done}\n"
            "  - {number: 2, subject: training, text: 學生訓練由輔導室辦理。, owner: guidance, state: done}\n"
            "  - {number: 3, subject: workshop, text: 教師研習由教務處辦理。, owner: academic-affairs, state: done}\n"
            "  - {number: 4, subject: briefing, text: 親師說明由輔導室辦理。, owner: guidance, state: done}\n---\n"
        ),
        f"content/school/courses/{term}.yaml": (
            "kind: course-offerings/v1\ncourses:\n"
            f"  - {{id: physics, code: D90-PHY, subject: 物理, level: {level}, credits: 2, type: required, "
            f"sections: [{section}]}}\n"
        ),
        f"{OLDER}/terms/{term}/courses.yaml": (
            "kind: course-records/v1\ncourses:\n  - {course: physics, section: a, mode: regular, credits: 2}\n"
        ),
    }
    return {path: text.encode() for path, text in texts.items()} | held(term, date.fromisoformat(edges["opening"]))


def held(term: str, opening: date) -> dict[str, bytes]:
    """The trainings of a term, two weeks after its meeting, and the evaluation of its year."""
    on = opening + timedelta(days=28)
    trainings = {
        f"content/training/{term}/{audience}.md": (
            f"---\nkind: training/v1\naudience: {audience}\norganiser: {organiser}\non: {on}\nplace: 禮堂\n"
            f"topics: [{topics}]\nplanned: 30\nactual: 27\n---\n"
        )
        for audience, organiser, topics in (
            ("students", "guidance", "course-selection, building"),
            ("teachers", "academic-affairs", "counselling, building"),
            ("parents", "guidance", "building, use"),
        )
    }
    evaluation = f"---\nkind: evaluation/v1\non: {on}\nby: academic-dean\nsummary: 各項目依期程完成。\n---\n"
    made = {f"content/evaluation/{term[:3]}.md": evaluation} if term.endswith("-2") else {}
    return {path: text.encode() for path, text in (trainings | made).items()}


def with_file(term: str, name: str, media_type: str, size: int) -> dict[str, bytes]:
    """A submitted course output with one file, of which only the Git LFS pointer is here."""
    digest = f"{size:064x}"
    folder = f"{OLDER}/terms/{term}/outputs/pendulum"
    item = f"""---
kind: course-output/v1
course: physics
summary: 量測單擺的週期。
submitted: true
attachments:
  - name: {name}
    size: {size}
    sha256: {digest}
    type: {media_type}
---
"""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n"
    return {f"{folder}/item.md": item.encode(), f"{folder}/{name}": pointer.encode()}


def cohort_108(school: School) -> MemoryTree:
    """A school that has the terms 108-2 and 109-1, and a student in both."""
    student = """kind: student/v1
programme: general
events:
  - {on: 2019-08-01, event: entry, level: 10, class: 10a}
  - {on: 2020-08-01, event: class-change, level: 11, class: 11a}
  - {on: 2021-08-01, event: class-change, level: 12, class: 12a}
  - {on: 2022-06-10, event: graduation}
"""
    of_108_2 = {
        "starts": "2020-02-01",
        "opening": "2020-02-25",
        "course_selection_closed": "2020-03-06",
        "closing": "2020-07-14",
        "ends": "2020-07-31",
        "closes": "2020-07-14",
    }
    of_109_1 = {
        "starts": "2020-08-01",
        "opening": "2020-08-31",
        "course_selection_closed": "2020-09-11",
        "closing": "2021-01-20",
        "ends": "2021-01-31",
        "closes": "2021-02-03",
    }
    tree = school().over(
        {
            f"{OLDER}/student.yaml": student.encode(),
            **term_of_cohort_108("108-2", "2020-03-06", of_108_2),
            **term_of_cohort_108("109-1", "2020-09-11", of_109_1),
        }
    )
    [book] = [path for path in tree.files if re.fullmatch(r"content/rulebook/[0-9-]+\.yaml", path)]
    return seated(tree, tree.files[book].decode())


def too_large(term: str) -> Found:
    return [("ATT007", f"{OLDER}/terms/{term}/outputs/pendulum/item.md:8:11")]


@pytest.mark.parametrize("school", [yuren, dongshan])
@pytest.mark.parametrize(
    ("term", "name", "media_type", "limit"),
    [
        ("108-2", "report.pdf", "application/pdf", 2 * MB),
        ("109-1", "report.pdf", "application/pdf", 4 * MB),
        ("108-2", "experiment.mp4", "video/mp4", 5 * MB),
        ("109-1", "experiment.mp4", "video/mp4", 10 * MB),
    ],
)
def test_the_agencys_limit_is_that_of_the_records_term(
    school: School, term: str, name: str, media_type: str, limit: int
) -> None:
    tree = cohort_108(school)
    assert judged(tree) == []
    assert judged(tree.over(with_file(term, name, media_type, limit))) == []
    [finding] = check(tree.over(with_file(term, name, media_type, limit + 1)), TODAY).findings
    assert [(finding.code, str(finding.location))] == too_large(term)
    assert finding.values == {"name": name, "size": limit + 1, "limit": limit}


def test_three_megabytes_before_and_after_109_1() -> None:
    both = {
        **with_file("108-2", "report.pdf", "application/pdf", 3 * MB),
        **with_file("109-1", "report.pdf", "application/pdf", 3 * MB + 1),
    }
    tree = cohort_108(yuren).over(both)
    assert judged(tree) == too_large("108-2")
    before_the_notice = tree.over({}, frozenset({LAYER_OF_109}))
    assert judged(before_the_notice) == [*too_large("108-2"), *too_large("109-1")]


def test_the_floor_of_two_weeks_holds_from_109_1() -> None:
    tree = cohort_108(yuren)
    path = "content/calendar/109-1.yaml"
    text = tree.files[path].decode()
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if "id: course-output," in line)
    early = lines[at].replace("closes: 2021-02-03", "closes: 2021-01-20")
    place = f"{path}:{at + 1}:{early.index('2021-01-20') + 1}"
    changed = {path: text.replace(lines[at], early).encode()}
    assert judged(tree.over(changed)) == [("WIN001", place)]
    assert judged(tree.over(changed, frozenset({LAYER_OF_109}))) == []
