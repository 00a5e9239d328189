"""`licheng attach` and `licheng new --attach`: cleaned copies, odd names, and what is left of a run that was killed."""

from __future__ import annotations

import io
import os
import re
import shutil
import unicodedata
from pathlib import Path

import pytest
import yaml
from PIL import Image

from licheng.demo.media import mp4, pdf
from tests.command import findings, licheng
from tests.e2e.test_killed import _killed
from tests.e2e.test_write import STUDENT, a_course, draft, school, snapshot
from tests.inspection import samples as s

__all__ = ["draft", "school"]

pytestmark = pytest.mark.usefixtures("schools_judged_once")

PHONE = s.photo(s.exif(artist=b"Invented Author", gps=True))
NAMED = s.document(info="/Author (發明的人) /Producer (LibreOffice 7.6)".encode())
ACTING = s.document(b"<< /S /JavaScript /JS (app.alert) >>", catalog=b"/OpenAction 4 0 R", info=b"/Author (Invented)")


def entries(draft: Path) -> list[dict[str, str]]:
    head = draft.read_text(encoding="utf-8").split("---\n")[1]
    listed: list[dict[str, str]] = yaml.safe_load(head)["attachments"]
    return listed


def attach(school: Path, draft: Path, *arguments: str) -> str:
    done = licheng(school, "attach", str(draft), *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_copy_is_clean_and_the_original_is_as_it_was(school: Path, draft: Path) -> None:
    (school / "photo.jpg").write_bytes(PHONE)
    (school / "report.pdf").write_bytes(NAMED)
    told = attach(school, draft, "photo.jpg", "report.pdf")
    assert "photo.jpg 已拿掉：" in told
    assert "拍攝地點的經緯度（EXIF）" in told
    assert "report.pdf 已拿掉：" in told
    assert "填了字的 PDF 作者欄" in told
    assert (school / "photo.jpg").read_bytes() == PHONE
    assert (school / "report.pdf").read_bytes() == NAMED
    copy = (draft.parent / "photo.jpg").read_bytes()
    assert b"Invented" not in copy
    with Image.open(io.BytesIO(copy)) as after, Image.open(io.BytesIO(PHONE)) as before:
        assert after.tobytes() == before.tobytes()
    (school / "photo.jpg").unlink()
    (school / "report.pdf").unlink()
    assert findings(school) == []


def test_what_is_fine_is_copied_byte_for_byte(school: Path, draft: Path) -> None:
    (school / "report.pdf").write_bytes(pdf("x"))
    assert "已拿掉" not in attach(school, draft, "report.pdf")
    assert (draft.parent / "report.pdf").read_bytes() == pdf("x")


def test_what_acts_is_only_taken_out_if_asked(school: Path, draft: Path) -> None:
    (school / "report.pdf").write_bytes(ACTING)
    before = snapshot(school)
    done = licheng(school, "attach", str(draft), "report.pdf")
    assert (done.returncode, done.stderr[:6]) == (2, "APP065")
    assert "--clean=all" in done.stderr
    assert snapshot(school) == before
    told = attach(school, draft, "report.pdf", "--clean=all", "--lang", "en")
    assert "report.pdf is without: " in told
    assert "JavaScript" in told
    assert findings(school) == []


def test_what_cannot_be_cleaned_is_refused_with_its_code(school: Path, draft: Path) -> None:
    (school / "report.pdf").write_bytes(b"%PDF-1.7\nno document at all\n%%EOF\n")
    before = snapshot(school)
    for care in ([], ["--clean=all"]):
        done = licheng(school, "attach", str(draft), "report.pdf", *care)
        assert (done.returncode, done.stderr[:6]) == (2, "APP066")
        assert re.search("ATT01[23]", done.stderr)
    assert snapshot(school) == before


def test_as_is_and_dry_run(school: Path, draft: Path) -> None:
    (school / "report.pdf").write_bytes(NAMED)
    before = snapshot(school)
    done = licheng(school, "attach", str(draft), "report.pdf", "--as-is")
    assert (done.returncode, done.stderr[:6]) == (2, "APP060")
    assert "（LibreOffice 產生）" in done.stderr
    assert "重設屬性" in done.stderr
    assert "發明" not in done.stderr
    told = attach(school, draft, "report.pdf", "--dry-run")
    assert "已拿掉：" in told
    assert "填了字的 PDF 作者欄" in told
    assert snapshot(school) == before
    done = licheng(school, "attach", str(draft), "report.pdf", "--as-is", "--clean=all")
    assert (done.returncode, done.stderr[:6]) == (2, "APP068")


def test_new_cleans_too(school: Path, tmp_path: Path) -> None:
    award = tmp_path / "獎狀.pdf"
    award.write_bytes(NAMED)
    where = ["--student", STUDENT, "--slug", "zz-award", "--set", "category=certificate"]
    done = licheng(school, "new", "external-record", *where, "--attach", str(award))
    assert done.returncode == 0, done.stderr
    assert "attachment-1.pdf 已拿掉：" in done.stdout
    [item] = school.glob(f"content/students/113/{STUDENT}/*/zz-award/item.md")
    assert entries(item)[0]["title"] == "獎狀.pdf"
    assert {code for code, _, _ in findings(school)} == {"TXT003"}  # what the school has yet to fill in


# The name of a file → of its copy, and its title where the copy could not keep it.
NAMES = {
    "Report.PDF": ("report.pdf", None),
    "期末報告.pdf": ("attachment-1.pdf", "期末報告.pdf"),
    "final report (2).PDF": ("attachment-1.pdf", "final report (2).PDF"),
    "🎉 成果 🎉.pdf": ("attachment-1.pdf", "🎉 成果 🎉.pdf"),
    "con.pdf": ("attachment-1.pdf", "con.pdf"),
    "LPT1.pdf": ("attachment-1.pdf", "LPT1.pdf"),
    "-rf.pdf": ("attachment-1.pdf", "-rf.pdf"),
    "report.pdf. ": ("report.pdf", None),
    "a\tb\nc\u200bd\u202ee.pdf": ("attachment-1.pdf", "a b c d e.pdf"),
    unicodedata.normalize("NFD", "Résumé.pdf"): ("attachment-1.pdf", unicodedata.normalize("NFC", "Résumé.pdf")),
    "ＲＥＰＯＲＴ.pdf": ("attachment-1.pdf", "ＲＥＰＯＲＴ.pdf"),
    "[?x].pdf": ("attachment-1.pdf", "[?x].pdf"),
    "no: yes #1.pdf": ("attachment-1.pdf", "no: yes #1.pdf"),
    "x" * 120 + ".pdf": ("attachment-1.pdf", "x" * 120 + ".pdf"),
    "王0912-345-678.pdf": ("attachment-1.pdf", ""),
    "A123456789 報告.pdf": ("attachment-1.pdf", ""),
    "某人 someone@example.com.pdf": ("attachment-1.pdf", ""),
}


def test_names(school: Path, draft: Path, tmp_path: Path) -> None:
    """Each in an item of its own, of which whatever is found later would be told by its path."""
    for number, (name, (copy, title)) in enumerate(NAMES.items()):
        item = Path(shutil.copytree(draft.parent, draft.parent.with_name(f"zz-name-{number}"))) / "item.md"
        (tmp_path / name).write_bytes(pdf(name))
        told = attach(school, item, "--", str(tmp_path / name))
        [entry] = entries(item)
        assert entry["name"] == copy, name
        assert entry.get("title", "") == (title or ""), name
        assert ("沒有標題" in told) == (title == ""), name
        assert sorted(path.name for path in item.parent.iterdir()) == sorted([copy, "item.md"]), name
    assert findings(school) == []


def test_other_extensions_of_a_picture(school: Path, draft: Path, tmp_path: Path) -> None:
    for name in ("a.JPEG", "b.jpe", "c.jfif"):
        (tmp_path / name).write_bytes(s.jpeg())
    attach(school, draft, *(str(tmp_path / name) for name in ("a.JPEG", "b.jpe", "c.jfif")))
    assert [entry["name"] for entry in entries(draft)] == ["a.jpeg", "b.jpg", "c.jpg"]
    assert findings(school) == []


def test_two_odd_names_at_once_and_once_more(school: Path, draft: Path, tmp_path: Path) -> None:
    for number, name in enumerate(("甲.pdf", "乙.pdf", "丙.pdf")):
        (tmp_path / name).write_bytes(pdf(str(number)))
    (tmp_path / "丁.mp4").write_bytes(mp4("film"))
    attach(school, draft, str(tmp_path / "甲.pdf"), str(tmp_path / "乙.pdf"), str(tmp_path / "丁.mp4"))
    attach(school, draft, str(tmp_path / "丙.pdf"))
    names = ["attachment-1.pdf", "attachment-2.pdf", "attachment-1.mp4", "attachment-3.pdf"]
    assert [(entry["name"], entry["title"]) for entry in entries(draft)] == list(
        zip(names, ("甲.pdf", "乙.pdf", "丁.mp4", "丙.pdf"), strict=True)
    )
    assert findings(school) == []


def test_a_number_that_somebody_elses_file_has_is_not_free(school: Path, draft: Path, tmp_path: Path) -> None:
    (draft.parent / "attachment-1.pdf").write_bytes(pdf("of somebody"))
    (tmp_path / "甲.pdf").write_bytes(pdf("new"))
    attach(school, draft, str(tmp_path / "甲.pdf"))
    assert [entry["name"] for entry in entries(draft)] == ["attachment-2.pdf"]
    assert (draft.parent / "attachment-1.pdf").read_bytes() == pdf("of somebody")


def test_a_title_is_judged_as_other_text(school: Path, draft: Path) -> None:
    (school / "report.pdf").write_bytes(pdf("x"))
    attach(school, draft, "report.pdf")
    (school / "report.pdf").unlink()
    text = draft.read_text(encoding="utf-8")
    for title, code in (("A123456789", "PRI001"), ("0912-345-678", "PRI002"), ("x" * 201, "SCH006")):
        listed = text.replace("    type: application/pdf\n", f"    type: application/pdf\n    title: '{title}'\n")
        assert listed != text
        draft.write_text(listed, encoding="utf-8")
        assert [found[0] for found in findings(school)] == [code], title


@pytest.mark.parametrize("command", ["attach", "new"])
def test_killed_at_any_write_it_can_be_run_again(school: Path, draft: Path, tmp_path: Path, command: str) -> None:
    for name, text in (("report.pdf", "one"), ("期末報告.pdf", "two")):
        (tmp_path / name).write_bytes(s.document(info=f"/Author ({text})".encode()))
    files = [str(tmp_path / "report.pdf"), str(tmp_path / "期末報告.pdf")]
    item, own = draft.relative_to(school), f"content/students/113/{STUDENT}"
    arguments = ["attach", str(item), *files]
    if command == "new":
        course = f"course={a_course(school)}"
        arguments = ["new", "course-output", "--student", STUDENT, "--slug", "zz-new", "--set", course]
        arguments += [word for file in files for word in ("--attach", file)]
        item = item.parent.with_name("zz-new") / "item.md"
    # Of the school only what judges this student, as it is copied for each state.
    others = {path.name for path in school.glob("content/students/*/*")} - {STUDENT}
    ignored = shutil.ignore_patterns("handbook", *others)
    shutil.copytree(school / "content", tmp_path / "place/school/content", copy_function=os.link, ignore=ignored)
    for top in _killed(tmp_path / "place", tmp_path / "killing", tuple(arguments)):
        again = licheng(top / "school", *arguments)
        done = again.returncode == 0 or ((top / "school" / item).is_file() and again.stderr[:6] in {"APP009", "APP018"})
        assert done, (top, again.stderr)
        assert [entry["name"] for entry in entries(top / "school" / item)] == ["report.pdf", "attachment-1.pdf"], top
        assert findings(top / "school", own) == [], top
