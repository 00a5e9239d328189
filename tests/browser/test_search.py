"""What people type leads to the page that answers it, all that stands there is found, and nothing is read in vain."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import dropwhile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.finder import Finder
from tests.browser.visit import Visitor
from tests.site.build import offline_once
from tests.trees import ROOT

# What is typed, and the page (from the edition's root) that comes first; `""` is the home page. The handbook's words:
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
    "備份": "operations/backup/",
    "身分對照表": "operations/identities/",
    "停用帳號": "operations/accounts/",
    "金鑰遺失": "operations/lost-key/",
    "離職": "operations/teacher-leaves/",
    "還原": "operations/backup/",
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
    "封存": "operations/sealing/",
    "釋出": "operations/releasing/",
    "校長": "regulation/",
    "分工": "duties/",
    "學生訓練": "training/",
    "國教署": "agency/",
    "影音": "agency/",
    "代碼表": "agency/",
    "收訖明細": "guides/student/",
    "行事曆": "calendar/",
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
    "改用 Zensical": "developers/zensical/",
    "量到的數字": "developers/figures/",
}
ENGLISH = {
    "verify": "verify/",
    "ssh-keygen": "guides/teacher/",
    "regulation": "regulation/",
    "retention": "regulation/",
    "working group": "working-group/",
    "calendar": "calendar/",
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

# And as people speak.
SPOKEN = {
    "截止": "calendar/",
    "被退件": "guides/student/",
    "忘記勾選": "faq/",
    "檔案太大": "faq/",
    "休學": "faq/",
    "志工": "guides/student/",
    "幹部": "faq/",
    "競賽": "guides/student/",
    "自傳": "guides/student/",
    "簡述幾個字": "guides/student/",
    "backup": "operations/backup/",
    "什麼時候": "calendar/",
    "加到手機": "calendar/",
    "遲交": "faq/",
    "可以交幾件": "faq/",
    "不想交": "faq/",
    "老師不認證": "faq/",
    "檔案太大怎麼辦": "faq/",
    "word 檔": "faq/",
    "上傳失敗": "faq/",
    "照片定位": "faq/",
    "申訴": "faq/",
    "忘記密碼": "faq/",
    "備審資料": "guides/student/",
    "服務時數": "guides/student/",
    "英檢": "guides/student/",
    "收件窗口": "guides/student/",
    "轉學生": "guides/student/",
    "確認單": "guides/tutor/",
    "曠課": "guides/units/",
    "家長看得到嗎": "guides/parent/",
    "資料打錯": "privacy/",
    "畢業後": "privacy/",
    "個資外洩": "operations/breach/",
    "老師離職": "operations/teacher-leaves/",
    "問誰": "",
}
SPOKEN_ENGLISH = {
    "deadline": "calendar/",
    "file too big": "agency/",
    "autobiography": "guides/tutor/",
    "lost key": "guides/teacher/",
}

EDITIONS = pytest.mark.parametrize(
    ("edition", "queries"), [("", CHINESE | SPOKEN), ("en/", ENGLISH | SPOKEN_ENGLISH)], ids=["zh-TW", "en"]
)
# Pages that answer nobody who has not asked for them: codes, formats, commands, and what developers read.
LAST = re.compile(r"(rules|schemas|commands)/.|developers/")
READ = "search/sections.js"


class Prose(HTMLParser):
    """The runs of Chinese of a page's article that its readers see."""

    SKIPPED = frozenset({"script", "style", "aside"})  # the date of change is no text of the page

    def __init__(self) -> None:
        super().__init__()
        self.runs: set[str] = set()
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
            self.runs.update(re.findall(r"[\u4e00-\u9fff]{2,60}", data))


def page_of(location: str) -> str:
    return location.partition("#")[0]


def sections_of(site: Path) -> list[dict[str, Any]]:
    """What the search of an edition reads."""
    text = (site / READ).read_text(encoding="utf-8")
    sections: list[dict[str, Any]] = json.loads(text.removeprefix("self.sections = "))
    return sections


@EDITIONS
def test_the_page_that_answers_comes_first(edition: str, queries: dict[str, str], passer: Visitor) -> None:
    answers = Finder.on(passer.open(edition)).find(list(queries))
    first = {query: page_of(found[0]) if found else None for query, found in zip(queries, answers, strict=True)}
    assert first == queries
    assert passer.faults == []


def test_forty_queries_are_as_people_speak() -> None:
    assert len(SPOKEN) + len(SPOKEN_ENGLISH) == 40


@EDITIONS
def test_codes_formats_and_developers_come_last(
    edition: str, queries: dict[str, str], site: Path, passer: Visitor
) -> None:
    last = {page_of(section["location"]) for section in sections_of(site / edition) if section.get("boost", 1) < 1}
    pages = {page_of(section["location"]) for section in sections_of(site / edition)}
    assert {page for page in pages if LAST.match(page)} <= last
    people = {page for page in last if page.startswith(("guides/", "faq/", "operations/", "privacy/"))}
    assert people <= {"operations/school-year/"}, "a year of all that others explain is found last"

    words = [query for query, page in queries.items() if page not in last]
    for query, found in zip(words, Finder.on(passer.open(edition)).find(words), strict=True):
        assert set(dropwhile(lambda page: page not in last, map(page_of, found))) <= last, query


@pytest.mark.parametrize("scattered", ["認課證程", "檔果案成", "訖收", "歷檔"])
def test_characters_that_stand_apart_are_no_word(scattered: str, passer: Visitor) -> None:
    """Each of them stands on many pages; side by side, on none."""
    finder = Finder.on(passer.open(""))
    assert finder.find([scattered]) == [[]]
    assert all(finder.find(list(scattered)))


@pytest.mark.parametrize("word", ["課程", "上傳", "反思", "志工", "收訖明細"])
def test_a_word_is_found_where_it_stands_or_is_said(word: str, site: Path, passer: Visitor) -> None:
    there = {
        page_of(section["location"])
        for section in sections_of(site)
        if word in "\n".join([section["title"], section["text"], *section.get("aliases", [])])
    }
    (found,) = Finder.on(passer.open("")).find([word])
    assert {page_of(location) for location in found} == there
    assert there


def test_a_question_that_stands_nowhere_is_read_as_its_words(passer: Visitor) -> None:
    """All of them on one page; a page that has only some answers another question."""
    finder = Finder.on(passer.open(""))
    whole, *parts = finder.find(["收訖明細註冊組", "收訖明細", "註冊組"])
    assert {page_of(one) for one in whole} == set.intersection(*({page_of(one) for one in part} for part in parts))
    assert finder.find(["PDF檔案"])[0]
    assert finder.find(["註冊組鯨魚"]) == [[]]


def test_a_letter_is_one_character_in_both_cases(passer: Visitor) -> None:
    """Or whatever stands behind it would be marked elsewhere; only the Turkish I with a dot has two in the other."""
    turkish, plain = Finder.on(passer.open("")).find(["LİCHENG", "licheng"])
    assert turkish == plain != []


def test_all_that_stands_in_the_handbook_is_found_on_its_page(site: Path, passer: Visitor) -> None:
    handbook = ROOT / "content/handbook"
    sources = [path.relative_to(handbook) for path in sorted(handbook.rglob("*.md"))]
    on: dict[str, set[str]] = {}
    for source in sources:
        if source.parts[0] != "en":
            address = re.sub(r"(index)?\.md$", "", source.as_posix())
            address = f"{address}/" if address and not address.endswith("/") else address
            prose = Prose()
            prose.feed((site / address / "index.html").read_text(encoding="utf-8"))
            for run in prose.runs:
                on.setdefault(run, set()).add(address)
    assert len(on) > 1000
    answers = Finder.on(passer.open("")).find(list(on))
    lost = {run: pages - set(map(page_of, found)) for (run, pages), found in zip(on.items(), answers, strict=True)}
    assert {run: pages for run, pages in lost.items() if pages} == {}


@pytest.mark.parametrize(("edition", "word"), [("", "認證"), ("en/", "certification")])
def test_the_search_box_shows_what_it_finds(edition: str, word: str, visitor: Visitor) -> None:
    """Put in at once, as an input method does: no key is pressed."""
    page = visitor.open(edition)
    page.locator("input.md-search__input").click()
    page.locator("input.md-search__input").fill(word)
    first = page.locator(".md-search-result__item").first
    first.wait_for()
    assert word in first.inner_text().lower()
    assert first.locator("mark").first.inner_text().lower().startswith(word)
    scores = [[float(str(one.get_attribute("data-md-score"))) for one in item.locator("[data-md-score]").all()]
              for item in page.locator(".md-search-result__item").all()]  # fmt: skip
    assert len(scores) > 3
    assert max(scores[0]) == max(map(max, scores))  # Enter leads to the highest
    assert visitor.faults == []


def asked(page: Page) -> list[str]:
    """Keep which files with what is searched are asked for, from now on."""
    files: list[str] = []
    page.on("request", lambda request: files.append(request.url) if "/search/" in request.url else None)
    return files


@pytest.mark.parametrize("edition", ["", "en/"])
def test_the_index_is_read_when_somebody_searches(edition: str, site: Path, visitor: Visitor) -> None:
    """The theme asks for its own with every page: that one is empty."""
    page = visitor.open(edition)
    files = asked(page)
    for path in ("status/", "regulation/?h=校長", ""):
        page.goto(f"{visitor.address}{edition}{path}", wait_until="networkidle")
    assert {url.rpartition("/")[2] for url in files} == {"search_index.json"}
    assert json.loads((site / edition / "search/search_index.json").read_text(encoding="utf-8"))["docs"] == []

    files.clear()
    with page.expect_request(f"**/{READ}"):
        page.locator("input.md-search__input").focus()
    page.keyboard.type("115-1")
    page.locator(".md-search-result__item").first.wait_for()
    assert {url.removeprefix(visitor.address + edition) for url in files} == {READ}
    assert visitor.faults == []


@pytest.mark.parametrize("edition", ["", "en/"])
def test_a_copy_on_a_disk_reads_its_index_when_somebody_searches(
    edition: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    visitor = Visitor(browser, f"{offline_once(tmp_path_factory).as_uri()}/")
    try:
        page = visitor.open(f"{edition}index.html")
        files = asked(page)
        page.goto(f"{visitor.address}{edition}status.html", wait_until="load")
        assert not [url for url in files if url.endswith(READ)]
        page.locator("input.md-search__input").click()
        page.locator("input.md-search__input").fill("截止" if not edition else "deadline")
        page.locator(".md-search-result__link").first.click()
        page.wait_for_url("**/calendar/index.html**")
        assert [url for url in files if url.endswith(READ)]
        assert visitor.faults == []
    finally:
        visitor.leave()


def test_what_was_searched_is_marked_on_its_page(visitor: Visitor) -> None:
    page = visitor.open("")
    page.locator("input.md-search__input").click()
    page.locator("input.md-search__input").fill("收訖明細")
    page.locator(".md-search-result__link[href*='?h=%']").first.click()
    page.wait_for_url("**/guides/student/?h=%**")
    page.locator(".md-content mark[data-md-highlight]").first.wait_for()
    assert page.locator(".md-content mark").first.inner_text() == "收訖明細"
