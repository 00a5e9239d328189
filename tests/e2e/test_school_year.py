"""The handbook's page on a school's year, performed as it is written, from the founded school to the next year."""

from __future__ import annotations

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from licheng.demo.media import pdf
from licheng.outputs.words import words
from licheng.sources import yaml
from tests.articles import ARTICLES, left_out
from tests.e2e import founded as week
from tests.e2e.handbook_page import Block, Place, blocks
from tests.gate.server import wait_for_what_landed
from tests.people import HEADING, as_csv, listed
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/operations/school-year.md"
INTAKE = "t900"
WORKS = """s1159001 novel chinese-1 讀完一部小說，整理人物的選擇。
s1159002 poem chinese-1 改寫一首新詩，說明每一處更動。
s1149001 essay chinese-3 比較兩篇議論文的論證。
s1149001 debate chinese-3 整理一場辯論的正反理由。
s1149001 travel chinese-3 寫一份走讀家鄉的計畫。
s1139001 archive chinese-5 訪談一位長輩，寫成口述史。
"""
EXPLORED = """s1139001 資訊學群 先升學，再找相關工作。
s1149001 外語學群 想到旅行社實習。
"""
ABSENCES = {
    date(2027, 1, 21): "s1159001 2026-10-06 sick 2\ns1159001 2026-10-07 sick 7\ns1149003 2026-11-03 official 4\n",
    date(2027, 5, 20): "s1139002 2027-04-06 personal 3\n",
    date(2027, 7, 2): "s1139002 2027-04-06 personal 3\ns1159002 2027-06-08 sick 1\n",
}
COURSES = {"115-1": ("chinese", "english"), "115-2": ("chinese",)}
ROSTERS = re.compile(r"^submit (\S+)", re.MULTILINE)
AGAIN = re.compile(r"^\| \[[^\]]+\]\(([^)#]*)#([\w-]+)\)[^|]* \| [^|]*（`(t\d+)`） \| (\S+) \|$", re.MULTILINE)


# The page's own table: article, sentence, section, what is seen there.
SENTENCES = re.compile(r"^\| ([肆伍陸柒捌]\S*) \| (.+?) \| \[[^\]]+\]\(#([\w-]+)\) \| `([^`]+)`[^|]* \|$", re.MULTILINE)


def test_the_year_as_the_page_says(founded: Place) -> None:
    """From the founded school to the next year's classes: what the page shows is seen, and main never has an error."""
    prepare(founded)
    for block in performed():
        hand_over(founded, block)
        founded.run(block)
    landed = founded.landed()
    assert len(landed) > 40
    assert not any(landed.values())
    school = founded.home(week.REGISTRAR) / "school/content"
    records = [yaml.parse(path.read_text("utf-8")) for path in school.glob("students/*/*/student.yaml")]
    last = Counter(record["events"][-1]["event"] for record in records)
    assert last == {"graduation": week.EACH, "class-change": 2 * week.EACH}
    shown = (founded.root / "srv/site/working-group/index.html").read_text("utf-8")
    assert "2027-02-22" in shown
    counted = (founded.root / "srv/site/status/index.html").read_text("utf-8")
    assert words("zh-TW").data["status"]["none"] not in counted
    assert "<table" in counted
    assert [*(founded.repository / "licheng").glob("site-*.sqlite")], "builds remember"


def test_each_sentence_is_performed_and_seen() -> None:
    """No sentence of 肆 to 捌 is left out, and what was seen is what the block of that section is asked to show."""
    rows = SENTENCES.findall(PAGE.read_text(encoding="utf-8"))
    quoted: defaultdict[str, list[str]] = defaultdict(list)
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for block in blocks(PAGE):
        shown[block.anchor].update(block.shown)
    for article, sentence, anchor, seen in rows:
        assert sentence in ARTICLES[article]
        assert seen in shown[anchor], (article, sentence)
        quoted[article].append(sentence)
    assert {*quoted} == {article for article in ARTICLES if article[0] in "肆伍陸柒捌"}
    assert {article: left for article, words in quoted.items() if (left := left_out(article, words))} == {}


def test_the_page_says_who_does_what_and_when() -> None:
    """Every block has somebody and a day, and the days go forward; what is done again is there to be done."""
    text, own = PAGE.read_text(encoding="utf-8"), [*blocks(PAGE)]
    assert text.count("```sh\n") == len(own) > 30
    days = [block.day for block in own]
    assert days == sorted(days)
    assert days[0] > date(2026, 8, 28)  # when the first week ended
    assert len([*_again(own)]) == text.count("（`t00", text.index("{ #again }"), text.index("{ #statement }")) == 7


def performed() -> list[Block]:
    """The page's blocks, and after them in the order of days those that it asks to be done again in the second term."""
    own = [*blocks(PAGE)]
    return sorted([*own, *_again(own)], key=lambda block: block.day)


def _again(own: list[Block]) -> Iterator[Block]:
    for page, anchor, who, day in AGAIN.findall(PAGE.read_text(encoding="utf-8")):
        found = blocks(PAGE.parent / page) if page else own
        [block] = [
            block for block in found if (block.anchor, block.who) == (anchor, who) and "term=115-1" in block.text
        ]
        text = block.text.replace("term=115-1", "term=115-2")
        yield replace(block, day=date.fromisoformat(day), text=text, shown=())


def prepare(place: Place) -> None:
    """What the page's people have beside the repository: lists, files of students, workbooks of the agency."""
    place.build("")
    (place.home("t009") / "探索.txt").write_text(EXPLORED, encoding="utf-8")
    (place.home("t001") / "獎狀.pdf").write_bytes(pdf("prize"))
    (place.home("t012") / "證書.pdf").write_bytes(pdf("certificate"))
    (place.home(week.REGISTRAR) / "名單.csv").write_text(as_csv([*_students()], ("學生代號", *HEADING)), "utf-8")
    rosters, inbox = place.home("t002") / "名冊", place.home(INTAKE) / "收件"
    rosters.mkdir()
    inbox.mkdir()
    for name in ROSTERS.findall(PAGE.read_text(encoding="utf-8")):
        (rosters / f"{name}.xlsx").write_bytes(name.encode())
    (inbox / "作品.txt").write_text(WORKS, encoding="utf-8")
    works = [line.split()[1] for line in WORKS.splitlines()]
    for name in (*works, "伴讀", "fourth", "interview", "harbour", "city", "自傳"):
        (inbox / f"{name}.pdf").write_bytes(pdf(name.encode().hex()))
        (inbox / f"{name}.md").write_text(f"做「{name}」的時候，我先問自己為什麼。\n", encoding="utf-8")


def _students() -> Iterator[tuple[str, ...]]:
    """Who the students are, as the school's own system writes it, with the pseudonyms of the first week."""
    for cohort, _ in week.COHORTS:
        for number, row in enumerate(listed(week.EACH, cohort, first=100 * (cohort - 112)), start=1):
            yield f"s{cohort}9{number:03}", *row


def hand_over(place: Place, block: Block) -> None:
    """What people get from elsewhere before they begin: another file, a list of the term."""
    term = "115-2" if "term=115-2" in block.text else "115-1"
    home = place.home(block.who)
    if block.anchor == "offerings" and block.who == week.DEAN:
        for name in ("關卡說的.txt", "課程.bundle"):
            shutil.copy(place.home("t005") / name, home)
    if block.anchor == "promotion":
        wait_for_what_landed(place.repository)  # which would build it too
        place.build(str(place.root / "srv/site"))
    if block.anchor == "corrected":
        (home / "收件/poem.pdf").write_bytes(pdf("poem again"))
    if block.anchor == "attendance":
        (home / "缺曠.txt").write_text(ABSENCES[block.day], encoding="utf-8")
    if block.anchor == "marks":
        (home / "成績.txt").write_text("".join(_marks(term)), encoding="utf-8")


def _marks(term: str) -> Iterator[str]:
    """A line a course and student, some of them failing."""
    for cohort, level in week.COHORTS:
        number = 2 * (level - 10) + int(term[-1])
        for each in range(1, week.EACH + 1):
            for course in COURSES[term]:
                yield f"s{cohort}9{each:03} {course}-{number} {55 + (7 * each + number) % 45}\n"
