"""What people type leads to the page that answers it, and no word of the handbook is lost to the search."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import jieba  # type: ignore[import-untyped]
import pytest

from licheng.site.search import words
from tests.browser.finder import Finder
from tests.browser.visit import Visitor
from tests.trees import ROOT

# What is typed, and the page (from the edition's root) that comes first; `""` is the home page.
CHINESE = {
    "快速開始": "start/",
    "安裝": "start/",
    "加上附件": "start/",
    "第一次送出": "start/",
    "學生指南": "guides/student/",
    "交課程學習成果": "guides/student/",
    "被退回怎麼辦": "guides/student/",
    "教師指南": "guides/teacher/",
    "請假": "guides/teacher/",
    "Windows": "guides/teacher/",
    "登錄金鑰": "guides/teacher/",
    "導師指南": "guides/tutor/",
    "歷程確認單": "guides/tutor/",
    "註冊組指南": "guides/registrar/",
    "向國教署提交": "guides/registrar/",
    "各處室": "guides/units/",
    "生輔組": "guides/units/",
    "訓育組": "guides/units/",
    "執行秘書指南": "guides/secretary/",
    "准許補辦": "guides/secretary/",
    "家長指南": "guides/parent/",
    "大專校院指南": "guides/university/",
    "常見問題": "faq/",
    "檔案多大": "faq/",
    "期末考": "faq/",
    "逾期": "faq/",
    "維運": "operations/",
    "備份": "operations/",
    "金鑰遺失": "operations/",
    "離職": "guides/secretary/",
    "還原": "operations/",
    "一定要交嗎": "faq/",
    "轉學": "guides/student/",
    "誰看得到": "privacy/",
    "留多久": "privacy/",
    "個資": "privacy/",
    "個資與公開": "privacy/",
    "更正": "privacy/",
    "刪除紀錄": "privacy/",
    "驗證": "verify/",
    "驗證認證": "verify/",
    "OpenSSH": "verify/",
    "認證代表什麼": "verify/",
    "補充規定": "regulation/",
    "三件": "faq/",
    "十項": "faq/",
    "封存": "regulation/",
    "釋出": "regulation/",
    "校長": "regulation/",
    "分工": "duties/",
    "學生訓練": "training/",
    "國教署": "agency/",
    "影音": "agency/",
    "代碼表": "agency/",
    "收訖明細": "guides/student/",
    "行事曆": "calendar/115-1/",
    "115-1": "calendar/115-1/",
    "國教署名冊期限": "calendar/115-1/",
    "建置狀況": "status/",
    "你是誰": "",
    "檢查規則": "rules/",
    "QUO001": "rules/QUO001/",
    "紀錄格式": "schemas/",
    "結束碼": "commands/",
    "licheng certify": "commands/certify/",
    "架構": "developers/",
    "相依套件": "developers/dependencies/",
}
ENGLISH = {
    "verify": "verify/",
    "ssh-keygen": "guides/teacher/",
    "regulation": "regulation/",
    "retention": "regulation/",
    "working group": "working-group/",
    "calendar": "calendar/115-1/",
    "rosters": "agency/",
    "where we stand": "status/",
    "guide for students": "guides/student/",
    "guide for teachers": "guides/teacher/",
    "your key": "guides/teacher/",
    "class tutors": "guides/tutor/",
    "confirmation sheet": "guides/tutor/",
    "guide for the registry": "guides/registrar/",
    "counsellors": "guides/units/",
    "late work": "guides/secretary/",
    "guide for parents": "guides/parent/",
    "guide for universities": "guides/university/",
    "quick start": "start/",
    "rules": "rules/",
    "QUO001": "rules/QUO001/",
    "record formats": "schemas/",
    "exit codes": "commands/",
    "licheng check": "start/",
    "licheng certify": "guides/teacher/",
}


class Prose(HTMLParser):
    """The words of a page's article that its readers see."""

    SKIPPED = frozenset({"script", "style", "aside"})  # the date of change is no text of the page

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []
        self._inside = 0
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside += tag == "article"
        self._skipped += tag in self.SKIPPED

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "article"
        self._skipped -= tag in self.SKIPPED

    def handle_data(self, data: str) -> None:
        if self._inside and not self._skipped:
            self.runs += re.findall(r"[\u4e00-\u9fff]+", data)


def words_of(page: Path, cutter: jieba.Tokenizer) -> set[str]:
    prose = Prose()
    prose.feed(page.read_text(encoding="utf-8"))
    return {word for run in prose.runs for word in cutter.cut(run, HMM=False) if len(word) > 1}


@pytest.mark.parametrize(("edition", "queries"), [("", CHINESE), ("en/", ENGLISH)], ids=["zh-TW", "en"])
def test_the_page_that_answers_comes_first(edition: str, queries: dict[str, str], visitor: Visitor) -> None:
    answers = Finder.on(visitor.open(edition)).find(list(queries))
    first = {
        query: found[0].partition("#")[0] if found else None for query, found in zip(queries, answers, strict=True)
    }
    assert first == queries
    assert visitor.faults == []


def test_every_word_of_the_handbook_is_found_on_its_page(site: Path, visitor: Visitor) -> None:
    """Words as jieba's whole dictionary knows them, not as the index was cut."""
    cutter = jieba.Tokenizer()
    cutter.initialize()
    for word in words():
        cutter.add_word(word, 100_000)
    handbook = ROOT / "content/handbook"
    sources = [path.relative_to(handbook) for path in sorted(handbook.rglob("*.md"))]
    on: dict[str, set[str]] = {}
    for source in sources:
        if source.parts[0] != "en":
            address = re.sub(r"(index)?\.md$", "", source.as_posix())
            address = f"{address}/" if address and not address.endswith("/") else address
            for word in words_of(site / address / "index.html", cutter):
                on.setdefault(word, set()).add(address)
    assert len(on) > 200
    found = Finder.on(visitor.open("")).find(list(on))
    lost = {
        word: pages - {one.partition("#")[0] for one in answers}
        for (word, pages), answers in zip(on.items(), found, strict=True)
    }
    assert {word: pages for word, pages in lost.items() if pages} == {}


@pytest.mark.parametrize(("edition", "word"), [("", "認證"), ("en/", "certification")])
def test_the_search_box_shows_what_it_finds(edition: str, word: str, visitor: Visitor) -> None:
    """Put in at once, as an input method does: no key is pressed."""
    page = visitor.open(edition)
    page.locator("input.md-search__input").click()
    page.locator("input.md-search__input").fill(word)
    first = page.locator(".md-search-result__item").first
    first.wait_for()
    assert word in first.inner_text()
    assert visitor.faults == []
