"""`licheng check` on a copy of the demo school: each thing that can go wrong has its own code at its line, no other."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from licheng.core.layout import home
from licheng.core.record import Record
from licheng.sources.reading import read_record
from tests.command import findings, licheng, process

pytestmark = pytest.mark.usefixtures("schools_judged_once")
BLANK_PNG = bytes.fromhex("89504e470d0a1a0a") + b"not a pdf"


def records(school: Path, kind: str) -> list[Record]:
    found = []
    for path in sorted(school.glob("content/students/**/*.md")):
        name = path.relative_to(school).as_posix()
        where = home(name)
        if where is not None and where.kind.name == kind:
            record, faults = read_record(name, where, path.read_bytes())
            assert record is not None
            assert not faults
            found.append(record)
    return found


def line_of(path: Path, start: str) -> int:
    lines = path.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if line.strip().startswith(start))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def fullest(items: list[Record], limit: int) -> list[Record]:
    """The submitted items of a student whose term or school year is exactly full."""
    submitted = [item for item in items if item.data["submitted"]]
    counts = Counter(item.folder.rpartition("/")[0] for item in submitted)
    folder = next(folder for folder, count in sorted(counts.items()) if count == limit)
    return [item for item in submitted if item.folder.startswith(folder + "/")]


def copy_without_files(school: Path, item: Record, slug: str) -> Path:
    """A copy of an item with no attachment: its files handed in twice would be a fault of their own."""
    target = school / item.folder.rpartition("/")[0] / slug / "item.md"
    target.parent.mkdir()
    source = (school / item.path).read_text(encoding="utf-8").split("\n")
    start = source.index("attachments:") if "attachments:" in source else None
    if start is not None:
        end = next(
            n for n in range(start + 1, len(source)) if not source[n].startswith((" ", "-")) or source[n] == "---"
        )
        source[start:end] = ["attachments: []"]
    target.write_text("\n".join(source), encoding="utf-8")
    return target


def test_the_demo_school_is_clean(unchanged: Path) -> None:
    assert findings(unchanged) == []


def test_a_copied_fourth_course_output(school: Path) -> None:
    item = fullest(records(school, "course-output"), 3)[0]
    copy = copy_without_files(school, item, "zz-copy")
    path = copy.relative_to(school).as_posix()
    without = ("ATT016", path, line_of(copy, "attachments:"))
    assert findings(school) == [("QUO001", path, line_of(copy, "submitted:")), without]
    replace(copy, "submitted: true", "submitted: false")
    assert findings(school) == []


def test_an_eleventh_activity_and_an_exempt_one(school: Path) -> None:
    items = records(school, "activity")
    counts = Counter(item.folder.rpartition("/")[0] for item in items if item.data["submitted"])
    folder, used = max(counts.items(), key=lambda pair: pair[1])
    item = next(item for item in items if item.folder.startswith(folder + "/") and item.data["submitted"])
    copies = [copy_without_files(school, item, f"zz-copy-{number:02}") for number in range(11 - used)]
    last = copies[-1]
    assert findings(school) == [("QUO002", last.relative_to(school).as_posix(), line_of(last, "submitted:"))]
    shutil.rmtree(last.parent)
    student = school / folder.rpartition("/years/")[0]
    (student / "positions").mkdir(exist_ok=True)
    position = student / "positions" / "zz-leader.yaml"
    on = f"{int(item.identity['year']) + 1911}-10-01"
    position.write_text(
        f"kind: position/v1\norganisation: 測試社\ntitle: 社長\nlevel: 3\nstarts: {on}\nends: {on}\n", encoding="utf-8"
    )
    assert findings(school) == []


def unselected(school: Path) -> Record:
    """An item on which no other record relies: to change it is one fault and no other."""
    return next(item for item in records(school, "course-output") if not selected(school, item))


def with_pdf(school: Path) -> tuple[Record, int]:
    for item in (item for item in records(school, "course-output") if not selected(school, item)):
        for index, entry in enumerate(item.data["attachments"]):
            if entry["name"].endswith(".pdf") and "group_work" not in item.data:
                return item, index
    raise AssertionError


def test_a_changed_byte_in_a_pdf(school: Path) -> None:
    item, index = with_pdf(school)
    entry = item.data["attachments"][index]
    file = school / item.folder / entry["name"]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    assert findings(school) == [("ATT003", item.path, line_of(school / item.path, f"sha256: {entry['sha256']}"))]


def test_a_pdf_that_is_a_png(school: Path) -> None:
    item, index = with_pdf(school)
    name = item.data["attachments"][index]["name"]
    shutil.copy(school / item.path, school / "before.md")
    (school / item.folder / name).write_bytes(BLANK_PNG)
    import hashlib

    entry = item.data["attachments"][index]
    replace(school / item.path, entry["sha256"], hashlib.sha256(BLANK_PNG).hexdigest())
    replace(school / item.path, f"size: {entry['size']}", f"size: {len(BLANK_PNG)}")
    [(code, path, line)] = findings(school)
    text = (school / item.path).read_text(encoding="utf-8").split("\n")
    assert (code, path) == ("ATT006", item.path)
    assert name in text[line - 1]


FAULTS = {
    "a duplicate key": (("submitted: ", "summary: 再寫一次\nsubmitted: "), "YML002", "summary: 再寫一次"),
    "an alias": (("submitted: ", "group_work: *a\nsubmitted: "), "YML003", "group_work:"),
    "NO as a value": (("submitted: true", "submitted: NO"), "SCH003", "submitted:"),
    "an unknown field": (("submitted: ", "note: x\nsubmitted: "), "SCH002", "note:"),
}


@pytest.mark.parametrize(("change", "code", "start"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_front_matter(school: Path, change: tuple[str, str], code: str, start: str) -> None:
    item = next(
        item for item in records(school, "course-output") if item.data["submitted"] and not selected(school, item)
    )
    replace(school / item.path, *change)
    assert findings(school) == [(code, item.path, line_of(school / item.path, start))]


def selected(school: Path, item: Record) -> bool:
    """Whether another record of the student names the item: then its fault skips what relies on it."""
    folder = school / "/".join(item.path.split("/")[:4])
    relying = [*folder.glob("selection/**/*.yaml"), *folder.glob("release-consent/*.yaml")]
    return any(item.slug in path.read_text(encoding="utf-8") for path in relying)


def test_a_summary_of_101_characters(school: Path) -> None:
    item = unselected(school)
    replace(school / item.path, item.data["summary"], "學" * 100)
    assert findings(school) == []
    replace(school / item.path, "學" * 100, "學" * 101)
    assert findings(school) == [("TXT001", item.path, line_of(school / item.path, "summary:"))]


def test_an_id_number_in_a_reflection(school: Path) -> None:
    item = unselected(school)
    path = school / item.path
    path.write_text(item.text + "我的證號是Ａ１２３４５６７８９。\n", encoding="utf-8")
    assert findings(school) == [("PRI001", item.path, item.text.count("\n") + 1)]
    shown = licheng(school, "check").stdout
    assert "A12345****" in shown
    assert "A123456789" not in shown


def test_a_term_that_does_not_exist(school: Path) -> None:
    item = records(school, "course-output")[-1]  # of a student who is still enrolled
    copy = school / item.folder.replace(f"/terms/{item.identity['term']}/", "/terms/116-1/") / "item.md"
    copy.parent.mkdir(parents=True)
    text = "---\nkind: course-output/v1\ncourse: x\nsummary: 摘要\nsubmitted: false\nattachments: []\n---\n"
    copy.write_text(text, encoding="utf-8")
    assert findings(school) == [("REF001", copy.relative_to(school).as_posix(), 2)]


def test_every_format_tells_the_same(school: Path) -> None:
    item = unselected(school)
    path = school / item.path
    path.write_text(item.text + "寄到 someone@school.example，100%：::error::\n", encoding="utf-8")
    shutil.rmtree(school / "content/handbook")  # the next process would render it all
    text = process(school, "check")
    assert text.returncode == 1
    line = item.text.count("\n") + 1
    assert f"\n{item.path}:{line}:4: " in f"\n{text.stdout}"
    github = licheng(school, "check", "--format", "github")
    assert github.returncode == 1
    assert f"::error file={item.path},line={line},col=4,title=PRI003 " in github.stdout
    english = json.loads(licheng(school, "check", "--format", "json", "--lang", "en").stdout)
    assert english["version"] == 1
    assert english["summary"]["error"] == 1
    assert all(found["message"].isascii() for found in english["findings"])


def test_a_list_of_names(school: Path) -> None:
    item = unselected(school)
    (school / item.path).write_text(item.text + "謝謝測試員甲的幫忙。\n", encoding="utf-8")
    (school / "names.csv").write_text("student,姓名\ns1139901,測試員甲\ns1139902,乙\n", encoding="utf-8-sig")
    assert findings(school) == []
    line = item.text.count("\n") + 1
    assert findings(school, "--identities", "names.csv") == [("PRI004", item.path, line)]


def test_wrong_use_and_undecided(unchanged: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("nothing")
    for folder, arguments, code, exit_code in (
        (elsewhere, ("check",), "APP001", 2),
        (unchanged, ("check", "--commit", "HEAD"), "APP002", 2),
        (unchanged, ("check", "../elsewhere"), "APP004", 2),
        (unchanged, ("check", "--today", "23 November"), "APP005", 2),
        (unchanged, ("check", "--identities", "none.csv"), "APP006", 2),
        (unchanged, ("check", "content/students/199"), "APP011", 2),
        (unchanged, ("explain", "XYZ999"), "APP007", 2),
    ):
        done = licheng(folder, *arguments)
        assert (done.returncode, done.stdout) == (exit_code, "")
        assert done.stderr.startswith(code)
        assert "Traceback" not in done.stderr


def test_colour_only_for_people(unchanged: Path) -> None:
    assert "\x1b" not in licheng(unchanged, "check").stdout


def test_explain_and_rules(unchanged: Path) -> None:
    assert "肆.一" in licheng(unchanged, "explain", "quo001").stdout
    listed = licheng(unchanged, "rules", "--lang", "en").stdout
    assert listed.count("\n") == len(json.loads(licheng(unchanged, "rules", "--format", "json").stdout)["codes"])
