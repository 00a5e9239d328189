"""What people read on the pages: dates by year level, limits with their notice, whose deadline it is, hidden counts."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from licheng.app.day import day_of
from licheng.app.site.editions import editions
from licheng.app.site.view import view
from licheng.app.status import read_school, status
from licheng.exchange.rosters import homes
from licheng.outputs.pages import evaluation
from licheng.outputs.pages import status as status_page
from licheng.outputs.pages.bars import bars
from licheng.outputs.pages.levels import by_level
from licheng.outputs.pages.limits import limits
from licheng.outputs.pages.live import fill
from licheng.outputs.pages.view import SiteView
from licheng.outputs.status import public_number
from licheng.outputs.words import words
from licheng.policy.status import OUTPUT
from licheng.sources.tree import WorkTree
from tests.site.build import copy_of_school, this_site
from tests.trees import ROOT

ZH, EN = words("zh-TW"), words("en")
GUIDES = ROOT / "content/handbook"
LANGUAGE_FOLDERS = ("", "en/")


def pages() -> Mapping[str, str]:
    return this_site()["zh-TW"].pages


@pytest.fixture(scope="module")
def seen() -> SiteView:
    return view(WorkTree(ROOT), ROOT)


# Whose deadline it is (伍.末).


def heads(page: str, label: str) -> list[str]:
    table = page[page.index(f'aria-label="{label}"') :]
    return [cell.strip() for cell in table.split("\n")[2].strip("| ").split("|")]


def test_the_agencys_dates_are_not_called_the_schools() -> None:
    page = pages()["duties.md"]
    assert heads(page, "115 學年度第 1 學期註冊組提交國教署") == ["名冊", "負責", "國教署截止日"]
    assert heads(page, "115 學年度第 1 學期的分工")[2:4] == ["本校完成期限", "起算的國教署期限"]
    dates = pages()["calendar/115-1.md"]
    assert heads(dates, "國教署名冊期限")[1:4] == [
        "本校完成期限",
        "國教署截止日",
        "國教署開始日",
    ]


# Dates by year level.


def steps(seen: SiteView, level: int) -> dict[str, str]:
    [card] = [card for card in by_level(seen, ZH) if card["id"] == f"level-{level}"]
    return {str(step["what"]): re.sub("<[^>]+>", "", str(step["on"])) for step in card["steps"]}


def test_each_year_level_reads_its_own_dates(seen: SiteView) -> None:
    assert steps(seen, 10)["課程學習成果送出"] == "到 2027-02-03（三）"
    assert steps(seen, 12)["課程學習成果勾選（第一梯次）"] == "2027-02-11（四） 到 2027-02-19（五）"


def test_what_no_calendar_says_is_said_to_be_unannounced(seen: SiteView) -> None:
    assert steps(seen, 10)["課程學習成果勾選"] == "尚未公告"
    assert steps(seen, 12)["自傳（學習計畫）送出"] == "尚未公告"
    assert "自傳（學習計畫）送出" not in steps(seen, 11)
    nothing = replace(seen, calendars=())
    assert {on for level in (10, 11, 12) for on in steps(nothing, level).values()} == {"尚未公告"}


def test_a_window_of_this_term_that_is_over_says_so(seen: SiteView) -> None:
    """No later one is announced, so the date that is past is shown, as past."""
    [term] = [term for term in seen.calendars if str(term.calendar.term) == "114-2"]
    late = date(2026, 7, 31)
    ended = [replace(one, phase=type(one.phase).ENDED) for one in term.windows]
    shown = steps(replace(seen, today=late, calendars=(replace(term, windows=tuple(ended)),)), 10)
    assert shown["課程學習成果送出"].endswith(" 截止")


def test_the_home_page_and_the_guides_hold_the_cards() -> None:
    assert "尚未公告" in pages()["index.md"]
    for folder in LANGUAGE_FOLDERS:
        for guide in ("student", "parent"):
            assert "<!-- live: levels -->" in (GUIDES / folder / f"guides/{guide}.md").read_text(encoding="utf-8")


# Terms that are over lie folded below those that are not.


def test_a_term_is_over_after_its_last_day(seen: SiteView) -> None:
    assert [seen.over(term) for term in ("114-2", "115-1")] == [True, False]
    assert not replace(seen, today=date(2027, 1, 31)).over("115-1")
    assert replace(seen, today=date(2027, 2, 1)).over("115-1")


@pytest.mark.parametrize("path", ["duties.md", "training.md"])
def test_what_is_over_is_folded(path: str) -> None:
    page = pages()[path]
    assert "## 115 學年度第 1 學期 { #t-115-1 }" in page
    assert '<details id="t-114-2" data-search-exclude markdown="1"><summary>114 學年度第 2 學期</summary>' in page
    assert page.count("<details") == page.count("</details>") == 2


# What stands on the card of a reader besides the windows.


def test_a_card_tells_the_next_day_of_each_reader(seen: SiteView) -> None:
    page = pages()["index.md"]
    assert "<strong>下一場</strong> [親師說明](training.md)" in page
    assert '<span class="lc-date">09:30–11:00</span> 視聽教室' in page
    upload = page[page.index("<strong>國教署截止</strong>") :].partition("</p>")[0]
    assert "2027-03-12" in upload
    assert upload.count("學生成績名冊") == upload.count("校內幹部經歷名冊") == 1  # two batches, one name
    assert page.count("<strong>下一場</strong>") == 1  # those of students and teachers are over


# The limits.


def test_the_limits_are_the_agencys_newest_with_their_notice(seen: SiteView) -> None:
    rows = {str(row["what"]): row for row in limits(seen, ZH)["rows"]}
    assert "文件：PDF, JPG, JPEG, PNG，每檔至多 4 MB" in rows["檔案類型與大小"]["limit"]
    assert "2020-12-23" in rows["檔案類型與大小"]["source"]
    assert "109 年 12 月 23 日新聞報導之公告" in rows["檔案類型與大小"]["source"]
    assert "2018-08-01" in rows["簡述"]["source"]
    assert "肆.一" in rows["送出到學校的件數"]["source"]


def test_a_new_notice_changes_the_box_wherever_it_stands(tmp_path: Path) -> None:
    """The limits are typed once: in the layer of the agency."""
    root = copy_of_school(tmp_path / "school")
    layers = root / "content/rulebook/agency"
    data = yaml.safe_load((layers / "2020-12-23.yaml").read_text(encoding="utf-8"))
    del data["window_floors"]
    data |= {"announced": date(2026, 9, 1), "notice": "臺教國署字第 0001 號", "applies": {"by": "cohort", "from": 114}}
    data["files"]["document"]["max_bytes"] = 8 * 1024 * 1024
    (layers / "2026-09-01.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    edition = editions(WorkTree(root), root)["zh-TW"]
    for text in (edition.pieces["limits"], edition.pages["agency.md"]):
        box = text[text.index("lc-box") : text.index("</dl>")]
        assert "每檔至多 8 MB" in box
        assert "臺教國署字第 0001 號" in box
        assert "檔案類型與大小（高三）" in box  # who entered before keeps the limit of before
        assert "每檔至多 4 MB" in box


def test_the_box_comes_first_on_its_page_and_stands_in_the_student_guide(site: Path) -> None:
    page = pages()["agency.md"]
    assert page.index("lc-box") < page.index("lc-table")
    for folder in LANGUAGE_FOLDERS:
        built = (site / folder / "guides/student/index.html").read_text(encoding="utf-8")
        assert "lc-box" in built
        assert "4 MB" in built
        assert "live:" not in built
        assert 'href="../../regulation/"' in built


# Live pieces in pages that are written by hand.


def test_links_of_a_piece_lead_from_where_it_stands() -> None:
    known = {"a": "[x](regulation.md) [y](https://example.org/a.md) [z](#here)"}
    assert fill("<!-- live: a -->", "guides/student.md", known).startswith("[x](../regulation.md)")
    assert fill("<!-- live: a -->", "faq.md", known) == known["a"]
    assert fill("text <!-- live: a -->", "faq.md", known) == "text <!-- live: a -->"


def test_a_piece_that_there_is_not_fails_the_build(
    schools_judged_once: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = copy_of_school(tmp_path / "school")
    guide = root / "content/handbook/guides/parent.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "\n<!-- live: no-such-piece -->\n", encoding="utf-8")
    with pytest.raises(Abort):  # the command ends with that
        build(load_config(str(root / "mkdocs.yml"), site_dir=str(tmp_path / "site")))
    assert "no-such-piece" in caplog.text
    assert not list(tmp_path.glob("site/**/*.html"))


# The student's guide.


@pytest.mark.parametrize("folder", LANGUAGE_FOLDERS)
def test_the_student_guide_needs_no_command_and_shows_the_platform_alone(folder: str) -> None:
    guide = (GUIDES / folder / "guides/student.md").read_text(encoding="utf-8")
    assert "```" not in guide
    assert "licheng" not in guide
    assert set(re.findall(r"pictures/([a-z]+)-", guide)) == {"screen"}
    for heading in ("#now", "#where", "#short", "#returned"):
        assert f"{{ {heading} }}" in guide
    assert not re.search(r"\d{4}-\d{2}-\d{2}|\d+ ?MB|至多 ?\d|最多.*\d 件", guide)  # dates and limits are live


def test_no_picture_of_the_site_stands_inside_the_site() -> None:
    guides = "".join(page.read_text(encoding="utf-8") for page in GUIDES.rglob("*.md"))
    assert set(re.findall(r"pictures/([a-z-]+)\.png", guides)) == {path.stem for path in GUIDES.glob("pictures/*")}
    alternatives = re.findall(r"!\[([^\]]*)\]\([^)]*pictures/", guides)
    assert alternatives
    shown = re.compile("(示意，|Illustration, )?(終端機|平臺|[Tt]erminal|platform)")
    assert [words for words in alternatives if not shown.match(words)] == []


@pytest.mark.parametrize("folder", LANGUAGE_FOLDERS)
@pytest.mark.parametrize("guide", ["student", "teacher", "tutor", "units", "secretary", "registrar", "parent"])
def test_a_guide_shows_the_platform_before_any_command(folder: str, guide: str) -> None:
    page = (GUIDES / folder / f"guides/{guide}.md").read_text(encoding="utf-8")
    before, _, _ = page.partition("```sh")
    assert "/pictures/screen-" in before
    assert "終端機" not in before


# What the regulation does not say is marked as the school's practice.

PRACTICE = {
    "guides/student.md": ["只有四種（本校作法）", "准許補辦（本校作法）"],
    "guides/teacher.md": ["補充規定沒有寫可以退回的理由；本校作法是只有四種", "14 天內要送出（本校作法）"],
    "guides/units.md": ["「負責**要求學生完成**全學年校外公共服務活動/志工服務等資料登錄及維護」", "條文寫「輔導處」"],
    "guides/tutor.md": ["由導師輸入（本校作法"],
    "guides/secretary.md": ["由執行秘書一個人准許，是本校作法"],
    "verify.md": ["學校另以收件紀錄限制它（本校作法）"],
    "faq.md": ["只能是四種理由（本校作法）", "參的「其他與學生學習歷程有關之資料」由學校登錄", "補充規定沒有寫幾份"],
    "en/regulation.md": ["nine members, one seat each", "may reward or penalise staff", "administrative or criminal"],
    "en/guides/teacher.md": ["Reasons (school practice)", "within 14 days (school practice)"],
}


@pytest.mark.parametrize("path", PRACTICE)
def test_what_is_the_schools_own_practice_says_so(path: str) -> None:
    page = (GUIDES / path).read_text(encoding="utf-8")
    assert [words for words in PRACTICE[path] if words not in page] == []


def test_no_page_says_how_many_statements_the_regulation_wants() -> None:
    """肆.一 and 伍.五 give no number for 自傳."""
    for page in GUIDES.rglob("*.md"):
        assert not re.search(r"自傳[^。\n]*\| 一份|Autobiography[^\n]*\| one \|", page.read_text(encoding="utf-8")), (
            page
        )


def test_the_regulation_page_marks_values_that_the_article_does_not_give() -> None:
    page = pages()["regulation.md"]
    assert "由學校登錄<br>本補充規定未定登錄時間<br>本校作法：條文沒有寫由誰登錄。" in page
    assert page.count("本校作法：") == 3
    assert "條文寫「輔導處」；本校就是輔導室。" in page


# The status.


def current(page: str) -> str:
    return page[page.index("{ #p-115-1") : page.index("{ #earlier")]


def test_a_hidden_count_is_never_a_zero() -> None:
    for edition in this_site().values():
        rows = [line for line in edition.pages["status.md"].split("\n") if re.match(r"\| .* \d+ \|$", line)]
        assert len(rows) > 10
        assert [row for row in rows if re.search(r"\| 0 \|", row)] == []
        assert any("&#60;5" in row for row in rows)


@pytest.mark.parametrize(
    ("count", "cell", "cells", "shown"),
    [(0, 5, 1, "<5"), (5, 5, 1, "5"), (0, 5, 3, "<15"), (0, 1, 1, "0"), (0, 1, 3, "0"), (7, 1, 1, "7")],
)
def test_how_a_count_is_shown(count: int, cell: int, cells: int, shown: str) -> None:
    assert public_number(count, cell, cells) == shown


def test_only_what_has_numbers_is_in_the_table_and_the_rest_is_named_in_a_fold() -> None:
    page = current(pages()["status.md"])
    table, fold = page.split("<details", 1)
    assert "| 幹部經歷 |" in table
    assert "社團" not in table
    assert "社團" in fold


def test_old_terms_are_folded_and_the_current_one_is_not() -> None:
    page = pages()["status.md"]
    assert re.search(r'<details id="p-114-2"[^>]*><summary>', page)
    assert "<details open" not in page
    assert "## 115 學年度第 1 學期 {" in page


@pytest.mark.parametrize(
    ("counts", "unit", "numbers"),
    [([[5], [0]], 5, [0, 5]), ([[55], [20]], 5, [0, 25, 50, 75]), ([[7], [0]], 1, [0, 2, 4, 6, 8])],
)
def test_a_drawing_has_a_scale_whose_numbers_can_be_published(
    counts: list[list[int]], unit: int, numbers: list[int]
) -> None:
    drawn = bars(["a", "b"], ["x"], counts, unit)
    assert drawn is not None
    assert [tick.number for tick in drawn.ticks] == numbers
    assert drawn.bars[0].pieces[0].width == f"{100 * counts[0][0] / numbers[-1]:.2f}%"


def test_evaluation_and_status_agree(seen: SiteView) -> None:
    """The exact numbers are one: what the evaluation counted as decided is what the status counts in decided states.

    Of the published ones the status gives the only number of outputs: two ways of rounding would be two numbers.
    """
    tree = WorkTree(ROOT)
    school = read_school(tree, day_of(tree, None))
    table = status(tree, school).table(("114-1", "114-2"))
    decided = ("certified", "returned", "stale", "revoked")
    counted = sum(row.total for row in table.rows if row.measure.subject == OUTPUT and row.measure.state in decided)
    [record] = [one for one in school.of("evaluation") if one.identity["year"] == "114"]
    assert record.data["figures"]["certification"]["decided"] == counted
    [(_, _, values)] = evaluation.pages(seen, ZH)
    cells = re.findall(r"^\| (.+?) \| (.+?) \|$", str(values["years"][0]["table"]), re.MULTILINE)
    assert {name for name, number in cells if re.fullmatch(r"\d+", number)} == {"到期的工作（件）"}
    assert "[建置狀況](status.md)" in this_site()["zh-TW"].pages["evaluation.md"]


def test_days_are_said_as_people_say_them() -> None:
    page = pages()["evaluation.md"]
    assert "半數在 130 日內完成<br>九成在 147 日內完成" in page


def test_the_status_of_a_school_without_numbers_is_a_page(seen: SiteView) -> None:
    [(_, _, values)] = status_page.pages(replace(seen, status=None), ZH)
    assert values["current"] == values["earlier"] == []


# No column holds nothing.


def test_no_column_of_a_table_is_empty() -> None:
    empty = []
    for language, edition in this_site().items():
        for path, text in edition.pages.items():
            for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
                rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.strip().split("\n")]
                columns = zip(*rows[2:], strict=False)
                empty += [
                    f"{language} {path}: {rows[0][number]}"
                    for number, column in enumerate(columns)
                    if set(column) <= {"", "無", "none"}
                ]
    assert empty == []


# The theme's own words.


def test_the_theme_speaks_as_people_do(site: Path) -> None:
    home = (site / "index.html").read_text(encoding="utf-8")
    assert "跳到主要內容" in home
    assert 'placeholder="輸入關鍵字"' in home
    assert not re.search("跳轉|鍵入|打字進行|倉庫|正在初始化", home)
    assert "Skip to the main content" in (site / "en/index.html").read_text(encoding="utf-8")


def test_the_page_of_roster_columns_tells_a_source_of_every_one() -> None:
    """名冊欄位從哪裡來: each column of each sheet is a row, and none is without a source."""
    page = pages()["rosters.md"]
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    columns = {column for sheets in homes().sheets.values() for sheet in sheets.values() for column in sheet.columns}
    assert columns <= {html.unescape(row.split(" | ")[0].removeprefix("| ")) for row in rows}
    assert "還沒有來源" not in page
