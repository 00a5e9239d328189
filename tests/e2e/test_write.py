"""`licheng new` and `licheng attach`: what they write is valid, what they refuse changes nothing."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest

from licheng.core.layout import BY_NAME, KINDS
from licheng.demo.media import pdf
from licheng.sources import schemas
from tests.command import findings, forked, licheng
from tests.inspection import samples
from tests.trees import ROOT, around

STUDENT = "s1130001"


pytestmark = pytest.mark.usefixtures("schools_judged_once")


def snapshot(school: Path) -> dict[str, bytes]:
    """All files by path; a school has nearly as many folders as files, and `rglob` is slow with them."""
    files = {}
    for folder, _, names in os.walk(school):
        for name in names:
            path = f"{folder}/{name}"
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
                files[path.removeprefix(f"{school}/")] = file.read()
    return files


def states(school: Path) -> dict[str, tuple[int, ...]]:
    """The state of all files by path: whatever is written into one, be it what is there, makes another of it."""
    files: dict[str, tuple[int, ...]] = {}
    for folder, _, names in os.walk(school):
        for name in names:
            path = f"{folder}/{name}"
            of = os.lstat(path)
            files[path.removeprefix(f"{school}/")] = (of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns)
    return files


def a_course(school: Path) -> str:
    text = next(school.glob(f"content/students/113/{STUDENT}/terms/115-1/courses.yaml")).read_text(encoding="utf-8")
    return text.partition("course: ")[2].split(",")[0].split("\n")[0].strip()


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A copy of this repository's `content/` in which only one student is more than a name."""
    shutil.copytree(ROOT / "content", tmp_path / "content", ignore=around(STUDENT), copy_function=shutil.copyfile)
    return tmp_path


@pytest.fixture
def draft(school: Path) -> Path:
    done = licheng(
        school,
        "new",
        "course-output",
        "--student",
        STUDENT,
        "--slug",
        "zz-draft",
        "--set",
        f"course={a_course(school)}",
    )
    assert done.returncode == 0, done.stderr
    path = school / f"content/students/113/{STUDENT}/terms/115-1/outputs/zz-draft/item.md"
    assert path.is_file()
    return path


def test_a_new_draft_is_clean_and_names_its_schema(school: Path, draft: Path) -> None:
    assert findings(school) == []
    line = draft.read_text(encoding="utf-8").split("\n")[1]
    assert line.startswith("# yaml-language-server: $schema=../")
    named = line.partition("$schema=")[2]
    assert (draft.parent / named).resolve() == (school / "schemas/course-output.schema.json").resolve()


def test_a_draft_that_is_right_asks_for_no_explanation(unchanged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "explain", None)  # imports more than all the rest
    course = ("--set", f"course={a_course(unchanged)}")
    for kind in (("course-output", *course), ("activity", "--set", "category=work")):
        done = licheng(unchanged, "new", "--dry-run", *kind, "--student", STUDENT, "--slug", "zz-draft")
        assert done.returncode == 0, done.stderr


def test_nothing_is_overwritten(school: Path, draft: Path) -> None:
    before = states(school)
    course = f"course={a_course(school)}"
    again = licheng(school, "new", "course-output", "--student", STUDENT, "--slug", "zz-draft", "--set", course)
    assert (again.returncode, again.stderr[:6]) == (2, "APP009")
    assert states(school) == before


GIVEN = {
    "contest": ["--set", "unit=curriculum"],
    "position": [], "club": [], "community-service": ["--set", "place=school"],
    "activity": ["--set", "category=other"],
    "consultation": ["--set", "time=14:00"],
    "statement": [],
}  # fmt: skip


def _where(kind: str, **given: str) -> list[str]:
    """The options that a kind uses: any other is refused."""
    used = BY_NAME[kind].parameters
    return [word for name, value in given.items() if name in used for word in (f"--{name}", value)]


@pytest.mark.parametrize("kind", sorted(GIVEN))
def test_scaffolds_are_of_their_schema(school: Path, kind: str) -> None:
    done = licheng(school, "new", kind, *_where(kind, student=STUDENT, slug="zz-new"), *GIVEN[kind])
    assert done.returncode == 0, done.stderr
    path = done.stdout.split()[1]
    assert not [code for code, found, _ in findings(school) if found == path and code.startswith(("SCH", "YML", "FIL"))]


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_what_is_missing_is_named(unchanged: Path, kind: str) -> None:
    """Every kind is written, or refused with what the caller still has to say; never a traceback."""
    before = states(unchanged)
    done = licheng(unchanged, "new", kind, *_where(kind, student="s1139999", slug="zz"), "--dry-run")
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or done.stderr.startswith(("APP010", "APP017", "APP023")), done.stderr
    assert states(unchanged) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nonsense"], "APP008"),
        (["basic-data", "--student", STUDENT], "APP008"),
        (["position", "--slug", "x"], "APP010"),
        (["position", "--student", STUDENT], "APP010"),
        (["position", "--student", STUDENT, "--slug", "../../x"], "APP017"),
        (["position", "--student", STUDENT, "--slug", "Ａ"], "APP017"),
        (["position", "--student", "s1", "--slug", "x"], "APP017"),
        (["position", "--student", STUDENT, "--slug", "x", "--set", "surplus=1"], "APP017"),
        (["position", "--student", STUDENT, "--slug", "x", "--set", "level=high"], "APP017"),
        (["position", "--student", STUDENT, "--slug", "x", "--set", "level"], "APP017"),
    ],
)
def test_wrong_use_of_new(unchanged: Path, arguments: list[str], code: str) -> None:
    before = states(unchanged)
    done = licheng(unchanged, "new", *arguments)
    assert (done.returncode, done.stderr[:6]) == (2, code)
    assert states(unchanged) == before


@pytest.mark.parametrize(
    ("kind", "given"),
    [("contest-result", ["--set", "contest=114-coding"]), ("external-record", ["--set", "category=certificate"])],
)
def test_a_record_that_must_have_a_file_begins_with_it(
    school: Path, tmp_path: Path, kind: str, given: list[str]
) -> None:
    award = tmp_path / "Award.pdf"
    award.write_bytes(pdf("award"))
    where = ["new", kind, "--student", STUDENT, "--slug", "zz-award", *given]
    before = states(school)
    for wrong in ([], ["--attach", str(tmp_path / "absent.pdf")], ["--attach", str(school / "mkdocs.yml")]):
        assert licheng(school, *where, *wrong).returncode == 2
    assert states(school) == before
    done = licheng(school, *where, "--attach", str(award))
    assert done.returncode == 0, done.stderr
    [copy] = school.glob(f"content/students/113/{STUDENT}/*/zz-award/award.pdf")
    assert copy.read_bytes() == award.read_bytes()
    assert hashlib.sha256(copy.read_bytes()).hexdigest() in (copy.parent / "item.md").read_text(encoding="utf-8")
    assert {code for code, _, _ in findings(school)} == {"TXT003"}  # what the school has yet to fill in


@pytest.mark.parametrize(
    ("arguments", "help_of"),
    [
        (["new", "--bogus"], "licheng new --help"),
        (["new", "--attach"], "licheng new --help"),
        (["keys", "list", "--bogus"], "licheng keys list --help"),
        (["chek"], "licheng --help"),
    ],
)
def test_wrong_use_is_told_in_both_languages(unchanged: Path, arguments: list[str], help_of: str) -> None:
    done = licheng(unchanged, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert [line[:6] for line in lines] == ["APP025", "APP025"]
    assert all(help_of in line for line in lines)


def test_attach(school: Path, draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace("submitted:", "# 老師說要附原始數據\nsubmitted:"), encoding="utf-8")
    (school / "Report.PDF").write_bytes(pdf("單擺報告"))
    done = licheng(school, "attach", str(draft.parent.relative_to(school)), "Report.PDF")
    assert done.returncode == 0, done.stderr
    written = draft.read_text(encoding="utf-8")
    assert "# 老師說要附原始數據" in written
    assert hashlib.sha256(pdf("單擺報告")).hexdigest() in written
    assert (draft.parent / "report.pdf").read_bytes() == pdf("單擺報告")
    assert findings(school) == []
    (school / "more.pdf").write_bytes(pdf("第二份"))
    assert licheng(school, "attach", str(draft), "more.pdf", "--as", "appendix.pdf").returncode == 0
    assert findings(school) == []
    assert written.split("attachments:")[0] == draft.read_text(encoding="utf-8").split("attachments:")[0]


def test_an_interrupted_attach_can_be_run_again(school: Path, draft: Path) -> None:
    (school / "report.pdf").write_bytes(pdf("單擺報告"))
    (draft.parent / "report.pdf").write_bytes(pdf("單擺報告"))  # copied, then killed before the item was written
    assert findings(school) == [("ATT002", f"{draft.parent.relative_to(school).as_posix()}/report.pdf", 1)]
    assert licheng(school, "attach", str(draft), "report.pdf").returncode == 0
    assert findings(school) == []


def test_what_attach_refuses_changes_nothing(school: Path, draft: Path) -> None:
    files = {
        "picture.pdf": b"\x89PNG\r\n\x1a\n....",
        "notes.docx": b"PK\x03\x04",
        "large.pdf": b"%PDF-1.7\n" + b"0" * (4 * 1024 * 1024),
        "fine.pdf": pdf("x"),
    }
    for name, data in files.items():
        (school / name).write_bytes(data)
    (school / "link.pdf").symlink_to(school / "fine.pdf")
    item = str(draft.relative_to(school))
    before = states(school)
    for arguments, code in (
        ([item, "picture.pdf"], "APP012"),
        ([item, "notes.docx"], "APP012"),
        ([item, "large.pdf"], "APP015"),
        ([item, "missing.pdf"], "APP011"),
        ([item, "link.pdf"], "APP011"),
        ([item, "fine.pdf", "fine.pdf"], "APP018"),
        ([item, "fine.pdf", "picture.pdf"], "APP012"),
        ([item, "fine.pdf", "--as", "../up.pdf"], "APP014"),
        ([item, "fine.pdf", "--as", "item.md"], "APP014"),
        (["content/handbook", "fine.pdf"], "APP011"),
        (["../elsewhere", "fine.pdf"], "APP004"),
        (["content/students/113/s1130001/student.yaml", "fine.pdf"], "APP011"),
    ):
        done = licheng(school, "attach", *arguments)
        assert (done.returncode, done.stderr[:6]) == (2, code), arguments
        assert states(school) == before
    assert licheng(school, "attach", item, "fine.pdf", "--dry-run").returncode == 0
    assert states(school) == before


def test_attach_refuses_what_check_would_refuse_and_says_why(school: Path, draft: Path) -> None:
    (school / "photo.jpg").write_bytes(samples.photo(samples.exif(artist=b"Invented Author", gps=True)))
    before = states(school)
    done = licheng(school, "attach", str(draft), "photo.jpg", "--as-is")
    assert (done.returncode, done.stderr[:6]) == (2, "APP060")
    assert "ATT010" in done.stderr
    assert "拍攝地點的經緯度" in done.stderr
    assert "latitude" in done.stderr
    assert "Invented" not in done.stderr  # a message may end in a log: it never repeats the name
    assert states(school) == before


def test_two_people_at_once(school: Path) -> None:
    """Of ten who create the same record, one wins and nine are told."""
    arguments = ("new", "position", "--student", STUDENT, "--slug", "zz-race")
    running = [forked(school, *arguments) for _ in range(10)]
    codes = sorted(ended().returncode for ended in running)
    assert codes == [0] + [2] * 9
    assert len(list(school.rglob("*zz-race*"))) == 1


def test_generated_files_are_up_to_date(school: Path) -> None:
    assert licheng(school, "docs", "--check").returncode == 1
    assert licheng(school, "docs").returncode == 0
    assert licheng(school, "docs", "--check").returncode == 0


def test_a_calendar_is_drafted_before_the_meeting_that_sets_its_windows(small: Path) -> None:
    """伍.四: the term's edges stand first, so that the meeting has a term and its windows a meeting to cite."""
    done = licheng(small, "new", "term-calendar", "--term", "120-1")
    assert done.returncode == 0, done.stderr
    draft = (small / "content/calendar/120-1.yaml").read_text(encoding="utf-8")
    assert "starts: 2031-08-01\nends: 2032-01-31\n" in draft
    assert "windows: []" in draft


def test_new_marks_list_the_courses_and_no_mark_that_nobody_gave(school: Path) -> None:
    """What the registrar gets: a line a course, none of them a mark until it is filled in, then all of them."""
    folder = school / f"content/students/113/{STUDENT}/terms/115-1"
    (folder / "marks.yaml").unlink(missing_ok=True)
    done = licheng(school, "new", "marks", "--student", STUDENT, "--term", "115-1")
    assert done.returncode == 0, done.stderr
    text = (folder / "marks.yaml").read_text(encoding="utf-8")
    taken = re.findall(r"course: ([a-z0-9-]+)", (folder / "courses.yaml").read_text(encoding="utf-8"))
    assert taken
    assert re.findall(r"^#  - \{course: ([a-z0-9-]+), mark: 待填", text, re.MULTILINE) == list(dict.fromkeys(taken))
    assert findings(school) == []
    half = re.sub(r"^#  -", "  -", text, flags=re.MULTILINE).replace("marks: []", "marks:")
    (folder / "marks.yaml").write_text(half, encoding="utf-8")
    assert {code[:3] for code, path, _ in findings(school) if path.endswith("115-1/marks.yaml")} == {"SCH"}
    full = half.replace("mark: 待填", "mark: 81").replace("待填", "true")
    (folder / "marks.yaml").write_text(full, encoding="utf-8")
    assert findings(school) == []


def test_one_work_too_many_is_refused_whatever_its_name(small: Path) -> None:
    """The finding is of the last by name, which is not the one that is new."""
    (small / "words.md").write_text("做完才明白自己想問什麼。\n", encoding="utf-8")
    told = {}
    for slug in ("second", "third", "fourth", "first"):
        (small / "work.pdf").write_bytes(pdf(slug))
        identity = ("--student", "s1139901", "--term", "115-1", "--slug", slug, "--today", "2026-11-23")
        fields = ("--set", "course=physics", "--set", "submitted=true", "--set", "summary=摘要")
        files = ("--attach", "work.pdf", "--body-file", "words.md")
        told[slug] = licheng(small, "new", "course-output", *identity, *fields, *files).stderr
    written = {path.parent.name for path in small.glob("content/students/113/s1139901/terms/115-1/outputs/*/item.md")}
    assert written == {"second", "third", "fourth"}
    assert "QUO001" in told["first"]
