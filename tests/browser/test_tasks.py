"""What people come for, on a phone, from the home page: how often they tap, how far they scroll until they read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.browser.visit import until

WIDTH, SCREEN = 390, 844
MOST_TAPS = 2
# How far a text is from being read: below the screen, or behind the header. The smallest elements that hold it count.
_DISTANCE = """wanted => {
  const plain = text => text.replace(/\\s/g, "")
  const top = document.querySelector(".md-header").getBoundingClientRect().bottom
  const holding = [...document.querySelectorAll("article *")].filter(
    one => one.checkVisibility() && plain(one.innerText ?? "").includes(plain(wanted)))
  const smallest = holding.filter(one => !holding.some(other => other !== one && one.contains(other)))
  return Math.min(...smallest.map(one => one.getBoundingClientRect()).map(
    box => Math.max(0, box.bottom - innerHeight, top - box.top)))
}"""


@dataclass(frozen=True)
class Task:
    """Who wants to know what; what is typed (opening the search with it is a tap) and tapped; what then can be read."""

    id: str
    who: str
    question: str
    taps: tuple[str, ...]
    answers: tuple[str, ...]
    typed: str = ""


TASKS = (
    Task("hand-in-by", "學生", "這學期的作品交到哪一天", (), ("2027 2月 3 週三 課程學習成果送出",)),
    Task("how-many-how-large", "學生", "可以交幾件、檔案多大", ("學生", "檔案多大、可以交幾件"),
         ("每檔至多 4 MB", "課程學習成果每學期至多 3 件")),
    Task("returned", "學生", "被退回怎麼辦", ("學生", "被退回怎麼辦"),
         ("看老師寫的說明，改好，在送出截止前再送出一次",)),
    Task("next-briefing", "家長", "下一次說明會什麼時候、在哪裡", ("家長",),
         ("親師說明 2026-12-05（六） 09:30–11:00 視聽教室",)),
    Task("child-named", "家長", "網站上有沒有孩子的姓名", ("家長", "個資與公開：網站上沒有孩子的資料"),
         ("沒有姓名、代號、作品、成績或附件",)),
    Task("what-to-watch", "導師", "這個月要看什麼", ("導師",),
         ("多元表現送出 到 2027-02-03（三）", "學生校外學科／非學科競賽／語文（技能）檢定證照 2027-02-26（五）")),
    Task("certify-by", "教師", "認證到哪一天", ("教師",), ("課程學習成果認證 到 2027-02-10（三）",)),
    Task("how-to-certify", "教師", "怎麼認證", ("教師", "怎麼認證一件"), ("licheng certify 項目 --key",)),
    Task("agency-deadline", "註冊組", "國教署的期限", ("註冊組與各處室",), ("國教署截止", "2027-03-12（五）")),
    Task("trainings-due", "輔導室", "哪些研習還沒辦", ("註冊組與各處室", "研習辦了沒有：訓練、研習與說明"),
         ("學生訓練 檔案建置、選課輔導 已辦理", "親師說明 檔案建置、檔案使用 已安排")),
    Task("a-code", "任何人", "ATT001 是什麼意思", ("ATT001 附件清單所列的檔案不在資料夾裡",),
         ("把檔案放進 item.md 所在的資料夾",), typed="ATT001"),
    Task("forgot-selection", "任何人", "忘記勾選怎麼辦", ("忘記勾選怎麼辦？",),
         ("當天告訴導師，並交逾期補辦申請到教務處",), typed="忘記勾選"),
    Task("article-on-quotas", "任何人", "條文怎麼寫件數", ("補充規定", "肆、學生學習歷程檔案資料之建置規定"),
         ("每學期至多三件",)),
    Task("how-many-en", "student", "how many works", ("Student", "How large, how many"),
         ("Course outputs, Each term: at most 3",)),
    Task("who-sees-it-en", "parent", "who sees it", ("Parent", "Who sees it"), ("The site shows rounded counts only",)),
)  # fmt: skip


class Phone:
    """A phone at the home page; `taps` and `scrolled` (pixels) say what its owner had to do so far."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.scrolled = 0.0

    def search(self, typed: str) -> None:
        """Open the search, by its sign in the header, and type."""
        self.page.locator("label.md-header__button[for=__search]").tap()
        self.taps += 1
        until(self.page, "document.activeElement.matches('.md-search__input')")
        self.page.keyboard.insert_text(typed)

    def tap(self, name: str, within: Locator) -> None:
        """Tap what begins so, and wait for the page, or the place on it, that it leads to."""
        link = within.get_by_role("link").filter(has_text=re.compile(rf"^\s*{re.escape(name)}"), visible=True).first
        link.wait_for()
        bottom, address = link.evaluate("link => [link.getBoundingClientRect().bottom, link.href]")
        self.scrolled += max(0.0, bottom - SCREEN)
        link.tap()
        self.taps += 1
        self.page.wait_for_url(address)
        until(self.page, "[scrollY, window.before].every(y => y === (window.before = scrollY))")

    def read(self, answers: tuple[str, ...]) -> None:
        """Scroll until all of them have been on the screen; what is not on the page is infinitely far."""
        self.scrolled += max(float(self.page.evaluate(_DISTANCE, answer) or 0) for answer in answers)


@pytest.fixture(scope="module")
def pocket(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that has been to the site: what all pages are made of it does not fetch again."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": SCREEN}, has_touch=True, is_mobile=True, locale="zh-TW"
    )
    yield context
    context.close()


@pytest.fixture
def page(pocket: BrowserContext) -> Iterator[Page]:
    page = pocket.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_an_answer_is_two_taps_and_a_screen_away_at_most(task: Task, page: Page, address: str) -> None:
    page.goto(address + ("en/" if task.id.endswith("-en") else ""))
    phone = Phone(page)
    if task.typed:
        phone.search(task.typed)
    for name in task.taps:
        phone.tap(name, page.get_by_role("dialog") if task.typed else page.get_by_role("article"))
    phone.read(task.answers)
    assert phone.taps <= MOST_TAPS
    assert phone.scrolled <= SCREEN


def test_what_is_far_is_far(page: Page, address: str) -> None:
    """An answer below the first screens, and one that stands nowhere."""
    page.goto(address)
    for answer in ("只要有 OpenSSH，離線就能驗證一份認證。", "這一句哪裡都沒有"):
        phone = Phone(page)
        phone.read((answer,))
        assert phone.scrolled > SCREEN
