"""The pages of the working group, trainings, evaluations and amendments: what they show, and what they never do."""

from __future__ import annotations

import re
from datetime import date

import pytest

from licheng.app.site.view import view
from licheng.core.school import School
from licheng.outputs.pages import pages
from licheng.outputs.pages.amendments import difference
from licheng.outputs.pages.evaluation import plain
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.sources import resources
from tests.site.build import without_codes
from tests.trees import FIXTURES, ROOT, MemoryTree, base, case, load

YUREN = (ROOT / "content/rulebook/2018-05-30.yaml").read_text(encoding="utf-8")
RENDER = renderer(resources.folder("site_theme") / "pages")
MEETING = "content/working-group/115-1/2026-09-04.md"


def shown(tree: MemoryTree) -> dict[str, str]:
    """All pages as of the demo's day; of those of the codes the first."""
    return pages(without_codes(view(tree, FIXTURES.parents[1])), RENDER, words("zh-TW"))


def demo() -> MemoryTree:
    return MemoryTree(load(ROOT))


@pytest.fixture(scope="module")
def of_demo() -> dict[str, str]:
    return shown(demo())


def test_the_demo_shows_open_overdue_and_done_resolutions(of_demo: dict[str, str]) -> None:
    page = of_demo["working-group.md"]
    for state in ("已完成", "執行中", "已逾期"):
        assert f">{state}</span>" in page
    assert page.count("### ") == 1
    assert page.count('<details id="m-') == 2  # of terms that are over


def test_the_group_shows_seats_by_office_and_nothing_of_who_sat_there(of_demo: dict[str, str]) -> None:
    seats, _, meetings = of_demo["working-group.md"].partition("## 會議與決議")
    assert "| 召集人 | 校長 | 1 |" in seats
    assert seats.count(">在任</span>") == 9
    posts = [entry["zh"] for entry in view(demo(), FIXTURES.parents[1]).posts.values()]
    assert len(posts) > 10
    assert [post for post in posts if post in meetings and post != "學生"] == []
    assert not re.search(r"[st][0-9]{3,7}", of_demo["working-group.md"])
    assert "present" not in meetings


def test_a_vacant_seat_is_shown() -> None:
    page = shown(case(FIXTURES / "MTG004/bad/no-parent"))["working-group.md"]
    assert page.count(">懸缺</span>") == 1
    assert re.search(r"家長代表 \| 1 \| <span[^>]*>懸缺", page)


def test_trainings_are_held_planned_or_missing_with_handouts(of_demo: dict[str, str]) -> None:
    now, _, before = of_demo["training.md"].partition("<summary>114 學年度第 2 學期")
    assert [now.count(f">{state}</span>") for state in ("已辦理", "已安排", "尚未安排")] == [4, 2, 0]
    assert before.count(">已辦理</span>") == 12
    assert "[登錄操作手冊](start.md)" in now
    assert all(int(number) % 5 == 0 for number in re.findall(r"\| ([0-9]+) \|", now))
    lacking = shown(case(FIXTURES / "TRN002/bad/three-weeks-left"))["training.md"]
    assert lacking.count(">尚未安排</span>") == 1


def test_an_address_is_a_link_and_nothing_else_of_a_record_is() -> None:
    page = shown(case(FIXTURES / "TRN009/good/page-address-and-paper"))["training.md"]
    assert '<a href="https&#58;//school.example/slides" rel="noopener">簡報</a>' in page
    broken = shown(case(FIXTURES / "TRN009/bad/page-not-there"))["training.md"]
    assert "no-such-page" not in broken
    assert "操作手冊" in broken


def test_only_a_released_evaluation_is_shown(of_demo: dict[str, str]) -> None:
    page = of_demo["evaluation.md"]
    assert "由教務主任於 2026-07-31 評核，2026-08-05 公開。" in page
    path = "content/evaluation/114.md"
    tree = demo()
    kept = re.sub(rb"released: .*\n", b"", tree.files[path])
    hidden = shown(tree.over({path: kept}))["evaluation.md"]
    assert "目前沒有公開的成效評核。" in hidden
    assert "期末前" not in hidden
    later = re.sub(rb"released: .*\n", b"released: 2026-11-24\n", tree.files[path])
    assert "目前沒有公開的成效評核。" in shown(tree.over({path: later}))["evaluation.md"]


def test_an_evaluation_tells_of_no_single_duty_or_office(of_demo: dict[str, str]) -> None:
    figures = of_demo["evaluation.md"].partition("| 項目 |")[2].partition("</div>")[0]
    school = view(demo(), FIXTURES.parents[1])
    names = [label["zh"] for label in (*school.units.values(), *school.posts.values())]
    duties = [str(name) for name in words("zh-TW").data["duties"].values()]
    assert "以上" in figures
    assert "收訖" not in figures  # none had come by the day of the evaluation, which zero does not say

    # Later they had: what is of the school is exact, of students rounded, and consents are for the status.
    path = "content/evaluation/114.md"
    text = demo().files[path].decode()
    for name, count in {"receipts": 2, "notices": 3, "asked": 20, "confirmed": 19, "seals_due": 4, "sealed": 7}.items():
        assert f"    {name}: 0\n" in text
        text = text.replace(f"    {name}: 0\n", f"    {name}: {count}\n")
    later = shown(demo().over({path: text.encode()}))["evaluation.md"]
    for row in (
        "國教署的收訖明細（版） | 2",
        "通知學生確認收訖明細（次） | 3",
        "已封存的學生 | 5",
        "已確認（含視同確認） | 95% 以上",
    ):
        assert f"{row} |" in later
    assert not [name for name in ("封存日已到的學生", "同意釋出", "撤回") if name in later]
    assert [name for name in names if name in figures and name != "學生"] == []
    assert [duty for duty in duties if duty in figures and duty != "課程學習成果"] == []


def test_the_secretarys_words_are_inert() -> None:
    text = "# 題\n\n## 一\n\n- 甲 <b>\n- 乙\n\n[x](y) {{ z }}"
    made = str(plain(text))
    assert made == ("**一**\n\n- 甲 &#60;b&#62;\n- 乙\n\n&#91;x&#93;(y) &#123;&#123; z &#125;&#125;")


def amended(*changes: tuple[str, str]) -> MemoryTree:
    text = YUREN.replace("  on: 2018-05-30", "  on: 2026-06-26")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return base().over({"content/rulebook/2026-08-01.yaml": text.encode()})


def test_one_version_has_no_page_of_amendments() -> None:
    made = shown(base())
    assert "amendments.md" not in made
    assert "amendments.md" not in made["regulation.md"]


def test_amendments_are_shown_article_by_article() -> None:
    tree = amended(
        ("每學期至少召開一次會議", "每學期至少召開二次會議"),
        ("meetings_per_term:\n  value: 1", "quorum:\n  value: 5\n  article: 伍.四\nmeetings_per_term:\n  value: 2"),
        (
            "  - id: 捌\n    title: 施行與修正\n",
            "  - id: 玖\n    title: 附則\n    text: 新增的一條。\n  - id: 捌\n    title: 施行與修正\n",
        ),
    )
    made = shown(tree)
    page = made["amendments.md"]
    assert re.findall(r"^### (\S+) ", page, re.MULTILINE) == ["伍.四（修正）", "玖（新增）"]
    assert "每學期至少召開<del>一</del><ins>二</ins>次會議" in page
    assert "| 會議 | 每學期至少 1 次 | 每學期至少 2 次 |" in page
    assert "| 出席 | 無 | 至少 5 席 |" in page
    assert "<ins>新增的一條。</ins>" in page
    assert "(amendments.md)" in made["regulation.md"]


def test_a_removed_article_is_struck() -> None:
    text = YUREN[YUREN.index("  - id: 貳\n") : YUREN.index("  - id: 參\n")]
    page = shown(amended((text, "")))["amendments.md"]
    assert "### 貳（刪除）" in page
    assert "<ins>" not in page


@pytest.mark.parametrize(
    ("before", "after", "shown_as"),
    [
        ("甲乙", "甲丙", "甲<del>乙</del><ins>丙</ins>"),
        ("a b", "a c", "a <del>b</del><ins>c</ins>"),
        ("甲\n乙", "甲\n乙丙", "甲<br>乙<ins>丙</ins>"),
        ("", "<i>", "<ins>&#60;i&#62;</ins>"),
    ],
)
def test_differences(before: str, after: str, shown_as: str) -> None:
    assert str(difference(before, after)) == shown_as


def test_the_words_of_these_pages_are_there_in_english_too() -> None:
    chinese, english = words("zh-TW").data, words("en").data
    for section in ("group", "trainings", "evaluation", "amendments", "recognition", "duty_names",
                    "resolution_subjects", "resolution_states", "training_states"):  # fmt: skip
        assert set(english[section]) == set(chinese[section]), section


def test_as_of_another_day_the_same_records_are_seen_otherwise() -> None:
    """On the day of the briefing it is still planned, afterwards nobody has told how many came."""
    from licheng.app.site.group import training_views
    from licheng.app.status import read_school

    def states(day: date) -> list[str]:
        school: School = read_school(demo(), day)
        return [session.state for session in training_views(school)[0].sessions]

    assert states(date(2026, 9, 22)) == ["planned", "planned", "planned"]
    assert states(date(2026, 12, 5)) == ["held", "held", "planned"]
    assert states(date(2026, 12, 6)) == ["held", "held", "unreported"]
