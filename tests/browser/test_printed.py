"""Pages that are made for paper: how many sheets of A4 they take, as the browser prints them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser import regulation_pdf
from tests.browser.visit import Visitor
from tests.trees import ROOT

FORMS = ("confirmation", "waiver", "objection")
SHEETS = ("calendar/115-1-sheet/", "calendar/114-2-sheet/", "en/calendar/115-1-sheet/")


def printed(page: Page) -> PdfReader:
    """What the printer gets, on A4, with the margins that the style sheet sets."""
    return PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))


def text_of(read: PdfReader) -> str:
    """Without spaces; Chromium writes some characters as radicals, most of which NFKC undoes."""
    return unicodedata.normalize("NFKC", "".join("".join(page.extract_text() for page in read.pages).split()))


@pytest.mark.parametrize("path", [*SHEETS, *(f"{language}forms/{name}/" for language in ("", "en/") for name in FORMS)])
def test_a_sheet_is_one_sheet(path: str, passer: Visitor) -> None:
    read = printed(passer.open(path))
    assert len(read.pages) == 1
    assert "瀏覽器" not in text_of(read)


def test_the_sheet_of_a_term_holds_every_window_training_and_meeting(passer: Visitor) -> None:
    text = text_of(printed(passer.open("calendar/115-1-sheet/")))
    for shown in ("2027-02-03", "2027-02-10", "2027-02-19", "2027-03-23", "課程學習成果認證", "親師說明",
                  "09:30", "視聽教室", "工作小組會議", "休業式"):  # fmt: skip
        assert shown in text


def test_forms_are_blank_and_hold_the_fields_of_the_data(passer: Visitor) -> None:
    page = passer.open("forms/waiver/")
    rows = page.locator(".lc-form td").all_inner_texts()
    assert rows[::2] == ["學生代號", "項目", "階段", "事由", "核准者", "核准日", "補辦期限"]
    assert {cell.strip() for cell in rows[1::2]} == {""}
    assert passer.open("forms/confirmation/").locator("table").nth(1).locator("tbody tr").count() == 3
    assert "課程" in passer.open("forms/objection/").locator(".lc-form table").inner_text()


def test_the_regulation_is_a_text_of_four_pages_at_most(passer: Visitor) -> None:
    read = printed(passer.open("regulation/"))
    assert len(read.pages) <= 4
    text = text_of(read)
    for line in (
        "壹、依據",
        "肆、學生學習歷程檔案資料之建置規定一、學習歷程檔案資料以學生就學期間",
        "伍、學習歷程檔案資料工作小組本校依作業要點",
        "一、召集人:由校",
        "四、學習資料庫保有",
        "(三)親師說明:輔導處",
        "捌、本補充規定經校務會議通過後實施",
    ):
        assert line in text
    for ours in ("檢查規則", "國教署所定事項", "施行與修正", "內容及記錄方式肆"):
        assert ours not in text


def test_the_table_of_duties_spans_rows_and_its_data_are_closed(passer: Visitor) -> None:
    page = passer.open("regulation/")
    groups = page.locator("#a-5-5 ~ .lc-table th[rowspan]")
    assert [(cell.inner_text(), cell.get_attribute("rowspan")) for cell in groups.all()] == [
        ("學生修課紀錄", "5"), ("多元表現", "2"),
    ]  # fmt: skip
    behind = page.locator("details.lc-behind")
    assert behind.count() > 10
    assert page.locator("details.lc-behind[open]").count() == 0
    assert not behind.first.locator("a").first.is_visible()


def test_the_pdf_is_made_where_it_is_asked_for_and_linked_only_there(site: Path, tmp_path: Path) -> None:
    page = site / "regulation/index.html"
    assert regulation_pdf.HIDDEN in page.read_text(encoding="utf-8")
    copy = shutil.copytree(site, tmp_path / "site")
    command = [sys.executable, "-m", "tests.browser.regulation_pdf", str(copy)]
    subprocess.run(command, cwd=ROOT, check=True)  # the browser of this process cannot be started twice
    assert regulation_pdf.SHOWN in (copy / "regulation/index.html").read_text(encoding="utf-8")
    read = PdfReader(copy / "regulation/regulation.pdf")
    assert len(read.pages) <= 4
    assert "捌、本補充規定" in text_of(read)
    assert subprocess.run([*command[:-1], str(tmp_path)], cwd=ROOT, check=False, stderr=subprocess.DEVNULL).returncode
