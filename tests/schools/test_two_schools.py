"""Two schools whose regulations differ from the demo's, day by day through a school year: the same code, other data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.app.new import find_kind, scaffold
from licheng.app.site.view import view
from licheng.app.status import Overview, overview, portfolios, read_school
from licheng.app.trust.not_held import not_held
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME
from licheng.core.rulebook import Rulebook
from licheng.core.term import Term
from licheng.outputs.naming import names_of
from licheng.outputs.pages import pages
from licheng.outputs.pages.render import renderer
from licheng.outputs.portfolio import sheets as printed_sheets
from licheng.outputs.words import words
from licheng.policy.calendar import Phase
from licheng.policy.deadlines import duty_rows
from licheng.policy.omissions import answers_for
from licheng.policy.reminders import reminders
from licheng.policy.signatures import SheetState, sheets
from licheng.policy.waivers import allows, waived
from licheng.policy.working_group import seats
from licheng.sources import resources
from licheng.sources.reading import read_student
from licheng.sources.tree import WorkTree
from tests.certified import Certified, key
from tests.schools.year import DONGSHAN, YONGPING, tree_on
from tests.trees import ROOT, MemoryTree

STUDENT = "content/students/113/s1139901"
RECIPE = ROOT / "content/handbook/developers/school-words.md"
CAREER = """  - id: own
    category: {category}
    stage: recording
    levels: [10, 11, 12]
    opens: 2026-10-01
    closes: 2026-12-31
    resolution: {{meeting: "115-1/2026-09-04", number: 1}}
"""
BOTH = pytest.mark.parametrize("school", [DONGSHAN, YONGPING])
NINE = ["基本資料", "課程諮詢紀錄", "修課紀錄", "學群探索與就業規劃", "出缺席",
        "競賽表現", "課程學習成果", "多元表現", "自傳"]  # fmt: skip


def codes(tree: MemoryTree, day: date) -> list[tuple[str, str]]:
    """What a check says on a day, but for the evaluation that a school may hold (柒: 得)."""
    return [(finding.code, finding.location.path) for finding in check(tree, day).findings if finding.code != "EVA001"]


@cache
def state_on(school: str, day: date) -> Overview:
    tree = tree_on(school, day)
    return overview(tree, read_school(tree, day))


def opened(school: str, day: date, language: str = "zh-TW") -> set[str]:
    """What is open on a day, in the school's own words."""
    state = state_on(school, day)
    names = names_of(state.school, words(language))
    return {
        names.subject(it) for it in state.calendar if it.stage and it.opens is not None and it.opens <= day <= it.closes
    }


def duty(school: str, day: date, row: str, term: str = "115-1") -> tuple[Phase, int, int]:
    """How a row of the duties stands on a day for year level 12, or for the school as a whole."""
    [found] = [
        duty
        for duty in state_on(school, day).duties
        if (duty.duty, str(duty.term)) == (row, term) and (12 in duty.levels or not duty.levels)
    ]
    return found.phase, found.tally.done, found.tally.needed


def reminded(school: str, day: date) -> dict[tuple[str, str], int]:
    """Who is reminded of what, and how many days are left."""
    state = state_on(school, day)
    due = reminders(state.calendar, state.duties, state.school)
    return {(reminder.owner.id, reminder.deadline.id): reminder.days_left for reminder in due}


# --- the year ---------------------------------------------------------------------------------------------------------

ALWAYS = {"修課紀錄登錄", "課程學習成果認證"}
OPEN: Mapping[str, Mapping[str, set[str]]] = {
    DONGSHAN: {
        "2026-09-10": ALWAYS | {"基本資料學生填寫", "課程學習成果送出", "多元表現送出"},
        "2026-11-23": ALWAYS | {"課程學習成果送出", "多元表現送出", "學群探索與就業規劃登錄"},
        "2027-01-05": ALWAYS | {"課程學習成果送出", "多元表現送出"},
        "2027-02-04": {"課程學習成果認證"},
        "2027-02-15": set(),
        "2027-02-24": {"修課紀錄登錄", "基本資料學生填寫"},
        "2027-03-20": ALWAYS | {"課程學習成果送出", "多元表現送出", "學群探索與就業規劃登錄", "自傳送出"},
        "2027-08-02": set(),
    },
    YONGPING: {
        "2026-09-10": ALWAYS | {"基本資料登錄", "課程學習成果上傳", "多元表現上傳"},
        "2027-02-03": ALWAYS | {"課程學習成果上傳", "多元表現上傳"},
        "2027-02-04": {"課程學習成果認證"},
        "2027-02-11": {"課程學習成果勾選", "多元表現勾選"},
        "2027-02-20": {"確認單簽名"},
        "2027-03-01": ALWAYS | {"基本資料登錄", "課程學習成果上傳", "多元表現上傳", "多元表現勾選"},
        "2027-08-02": set(),
    },
}


@pytest.mark.parametrize(("school", "day"), [(school, day) for school, days in OPEN.items() for day in days])
def test_what_is_open_on_a_day_is_the_schools_own(school: str, day: str) -> None:
    assert opened(school, date.fromisoformat(day)) == OPEN[school][day]


FOUND: Mapping[str, Mapping[str, list[tuple[str, str]]]] = {
    DONGSHAN: {day: [] for day in ("2026-09-10", "2026-11-23", "2027-02-15", "2027-03-20", "2027-06-10", "2027-08-02")},
    YONGPING: {
        "2026-09-10": [],
        "2026-11-23": [],
        "2027-01-05": [("NTC002", "content/calendar/115-1.yaml")],  # two notices of three, two weeks before 休業式
        "2027-01-15": [],
        "2027-03-10": [],  # submitted, and signed for
        "2027-06-10": [("NTC002", "content/calendar/115-2.yaml")],
        "2027-08-02": [("NTC001", "content/calendar/115-2.yaml")],  # the term is over, and one was never given
    },
}


@pytest.mark.parametrize(("school", "day"), [(school, day) for school, days in FOUND.items() for day in days])
def test_what_a_check_says_on_a_day(school: str, day: str) -> None:
    when = date.fromisoformat(day)
    assert codes(tree_on(school, when), when) == FOUND[school][day]


def test_notices_are_a_state_with_an_owner_and_a_day_until_the_term_ends() -> None:
    autumn, winter, over = date(2026, 11, 23), date(2027, 1, 15), date(2027, 8, 2)
    assert duty(YONGPING, autumn, "notices") == (Phase.RUNNING, 2, 3)
    assert duty(YONGPING, winter, "notices") == (Phase.DONE, 3, 3)
    assert duty(YONGPING, over, "notices", "115-2") == (Phase.OVERDUE, 2, 3)
    assert reminded(YONGPING, date(2027, 6, 20))["registry", "115-2/duty/notices"] == 10
    school = state_on(YONGPING, over).school
    assert answers_for("t903", Term.parse("115-2"), "notices", school, over)  # who explains it
    assert not answers_for("t904", Term.parse("115-2"), "notices", school, over)


@pytest.mark.parametrize(("by", "explains"), [("t903", True), ("t904", False)])
def test_the_unit_explains_notices_that_were_never_given(by: str, explains: bool) -> None:
    day, made = date(2027, 8, 2), Certified.school("t904")
    made.omit("115-2", "notices", by, signed_at="2027-07-30T02:00:00Z")
    tree = tree_on(YONGPING, day).over(made.files)
    found = {code for code, _ in codes(tree, day) if code[:3] in {"NTC", "TRN"}}
    assert found == (set() if explains else {"NTC001", "TRN011"})
    state = overview(tree, read_school(tree, day))
    due = {reminder.deadline.id for reminder in reminders(state.calendar, state.duties, state.school)}
    assert ("115-2/duty/notices" in due) is not explains


def test_nobody_explains_what_no_rulebook_asks_for() -> None:
    day, made = date(2027, 8, 2), Certified.school()
    loaded = load(tree_on(DONGSHAN, day).over(made.files), day)
    said = {"what_happened": "停課。", "instead": "補辦。", "by": "t902"}
    for demand in ("graduates", "../x", "notices"):
        with pytest.raises(UsageError) as refused:
            not_held(
                loaded,
                "115-1",
                demand,
                **said,
                instead_by=day,
                now=datetime(2027, 8, 1, tzinfo=UTC),
                sign=key("t902").sign,
            )
        assert refused.value.code == ("APP042" if demand == "notices" else "APP017")


def test_a_sheet_is_a_state_until_it_is_submitted() -> None:
    assert duty(YONGPING, date(2027, 2, 11), "signed-sheets") == (Phase.RUNNING, 0, 0)
    assert duty(YONGPING, date(2027, 2, 15), "signed-sheets") == (Phase.RUNNING, 0, 1)
    assert reminded(YONGPING, date(2027, 2, 20))["class-tutor", "115-1/duty/signed-sheets/10-11-12"] == 6
    assert duty(YONGPING, date(2027, 3, 10), "signed-sheets") == (Phase.DONE, 1, 1)


def test_a_row_that_counts_from_the_term_and_one_that_is_checked() -> None:
    """東山's library has a row of its own, due two weeks before 休業式; attendance is checked (檢核) there."""
    assert reminded(DONGSHAN, date(2027, 1, 5))["library", "115-1/duty/library/10-11-12"] == 1
    assert duty(DONGSHAN, date(2027, 1, 5), "attendance") == (Phase.RUNNING, 0, 1)
    assert duty(DONGSHAN, date(2027, 2, 4), "attendance") == (Phase.DONE, 1, 1)
    entered = date(2027, 1, 16)  # entered, and not checked yet
    assert duty(DONGSHAN, entered, "attendance") == (Phase.RUNNING, 0, 1)


def test_in_dongshan_students_fill_in_their_basic_data() -> None:
    state = state_on(DONGSHAN, date(2026, 9, 10))
    [window] = [it for it in state.calendar if it.id == "115-1/window/basic-data"]
    assert [owner.id for owner in window.owners] == ["student"]
    [of_yongping] = [it for it in state_on(YONGPING, date(2026, 9, 10)).calendar if it.id == "115-1/window/basic-data"]
    assert "registry" in [owner.id for owner in of_yongping.owners]


# --- what differs in the rulebook -------------------------------------------------------------------------------------


def book_of(school: str) -> Rulebook:
    book = state_on(school, date(2026, 11, 23)).school.rulebooks.for_term(Term.parse("115-1"))
    assert book is not None
    return book


def test_nine_categories_and_nineteen_seats() -> None:
    book = book_of(DONGSHAN)
    assert [row.name["zh"] for row in book.categories.values() if row.name is not None] == NINE
    assert sum(seat.count for seat in seats(book)) == 19
    claimed = [kind for row in book.categories.values() for kind in row.kinds]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= set(BY_NAME)


def test_a_rulebook_without_names_means_what_the_kinds_of_record_are_called() -> None:
    categories = book_of(YONGPING).categories
    assert categories["activity"].kinds == {"activity"}
    assert categories["basic-data"].kinds == {"student", "position"}
    assert categories["course-records"].kinds == {"course-records", "marks"}


def test_two_quotas_are_two_numbers() -> None:
    limits = {(quota.of, quota.stage): quota.limit for quota in book_of(YONGPING).quotas}
    assert limits["course-output", "submitted"] == 9
    assert limits["course-output", "selected"] == 6


@pytest.mark.parametrize(
    ("window", "edge", "day", "code"),
    [
        ("outputs", "opens", "2026-09-01", "WIN006"),  # 開學 is the day before
        ("outputs", "closes", "2027-02-05", "WIN006"),
        ("outputs", "closes", "2027-02-01", "WIN001"),  # the agency's floor holds for the school's own word as well
        ("outputs-certified", "closes", "2027-02-12", "WIN006"),
    ],
)
def test_days_are_counted_from_the_term(window: str, edge: str, day: str, code: str) -> None:
    path, when = "content/calendar/115-1.yaml", date(2026, 11, 23)
    head, mark, tail = tree_on(YONGPING, when).files[path].decode().partition(f"  - id: {window}\n")
    moved = head + mark + re.sub(rf"    {edge}: \S+", f"    {edge}: {day}", tail, count=1)
    assert code in [found for found, _ in codes(tree_on(YONGPING, when).over({path: moved.encode()}), when)]


def test_a_word_of_the_school_is_judged_by_what_it_does() -> None:
    """An upload that closes after its certification is out of order (DUE001), whatever it is called and by whom."""
    book, path, when = "content/rulebook/2020-08-01.yaml", "content/calendar/115-1.yaml", date(2026, 11, 23)
    tree = tree_on(YONGPING, when)
    named = (
        tree.files[book].decode().replace("    does: submission\n", "    does: submission\n    by: [{post: student}]\n")
    )
    later = tree.files[path].decode().replace("    closes: 2027-02-03\n", "    closes: 2027-02-12\n")
    found = codes(tree.over({book: named.encode(), path: later.encode()}), when)
    assert ("DUE001", path) in found


def test_no_waiver_opens_what_the_rulebook_calls_waived() -> None:
    item, when = "terms/115-1/outputs/report-1", date(2026, 11, 23)
    made = Certified.school()
    made.waive(f"{STUDENT}/{item}", "submission")
    for school, counts in ((YONGPING, False), (DONGSHAN, True)):
        tree = tree_on(school, when).over(made.files)
        loaded = load(tree, when)
        [student] = loaded.students()
        assert waived(item, "submission", loaded.school) is not counts
        assert not waived(item, "certification", loaded.school)
        assert allows(student, item, "submission", when, loaded.school) is counts
        late = [code for code, path in codes(tree, when) if path == f"{STUDENT}/waivers/report-1.yaml"]
        assert late == ([] if counts else ["WIN015"])


def test_a_selection_that_changed_after_it_was_signed_for_needs_a_new_sheet() -> None:
    path, when = f"{STUDENT}/selection/115/first.yaml", date(2027, 3, 10)
    tree = tree_on(YONGPING, when)
    changed = tree.over({path: tree.files[path].replace(b"2027-02-12", b"2027-02-13")})
    student, _ = read_student(changed, STUDENT, changed.entries(STUDENT))
    assert [sheet for _, _, sheet in sheets(student, read_school(changed, when))] == [SheetState.STALE]
    assert codes(changed, when) == [("NTC003", path)]
    unsigned = tree.over({}, frozenset({f"{STUDENT}/signatures"}))
    assert codes(unsigned, when) == [("NTC003", path)]
    before = tree_on(YONGPING, date(2027, 3, 7)).over({}, frozenset({f"{STUDENT}/signatures"}))
    assert codes(before, date(2027, 3, 7)) == []  # not submitted yet: a state, no error


def test_the_printed_sheet_bears_what_is_recorded_of_it() -> None:
    when = date(2027, 2, 24)
    tree, school = tree_on(YONGPING, when), state_on(YONGPING, when).school
    own = portfolios(tree, school, Term.parse("115-1"), {"student": "s1139901"})
    sheet = printed_sheets(own, when, {}, names_of(school, words("zh-TW")), {})
    recorded = tree.files[f"{STUDENT}/signatures/115/first.yaml"].decode()
    assert re.findall(r"版本：([0-9a-f]{64})", sheet) == re.findall(r"digest: (\S+)", recorded)
    assert "家長簽名" in sheet
    of_dongshan = state_on(DONGSHAN, when).school
    plain = portfolios(tree_on(DONGSHAN, when), of_dongshan, Term.parse("115-1"), {"student": "s1139901"})
    assert "家長簽名" not in printed_sheets(plain, when, {}, names_of(of_dongshan, words("zh-TW")), {})


def test_new_computes_the_digest_of_the_sheet(tmp_path: Path) -> None:
    when = date(2027, 2, 24)
    tree = tree_on(YONGPING, when).over({}, frozenset({f"{STUDENT}/signatures"}))
    for path, data in tree.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    identity = {"student": "s1139901", "year": "115", "batch": "first"}
    values = {"by": "t905", "signed": "[student, parents]"}
    plan, _ = scaffold(find_kind("signature"), WorkTree(tmp_path), when, identity, values)
    signed = tree.over(dict(plan.creates))
    student, _ = read_student(signed, STUDENT, signed.entries(STUDENT))
    assert [sheet for _, _, sheet in sheets(student, read_school(signed, when))] == [SheetState.SIGNED]


# --- the site ---------------------------------------------------------------------------------------------------------


@cache
def site(school: str, language: str) -> Mapping[str, str]:
    """All generated pages of a school on a day in autumn."""
    seen = view(tree_on(school, date(2026, 11, 23)), Path("/nonexistent"))
    render = renderer(resources.folder("site_theme") / "pages")
    return pages(seen, render, words(language).of_school(seen.rulebooks))


@BOTH
def test_no_word_of_another_schools_regulation_is_on_the_site(school: str) -> None:
    for language in ("zh-TW", "en"):
        told = {path for path, text in site(school, language).items() if re.search("育仁|臺東|Yuren|輔導處", text)}
        assert {path for path in told if not path.startswith(("rules/", "schemas/"))} == set()
        assert "calendar/115-1.md" in site(school, language)


def test_the_pages_say_what_the_school_says() -> None:
    dongshan, yongping = site(DONGSHAN, "zh-TW"), site(YONGPING, "zh-TW")
    assert all(name in dongshan["regulation.md"] for name in NINE)
    assert "學群探索與就業規劃登錄" in dongshan["calendar/115-1.md"]
    assert "圖書館推廣資料" in dongshan["duties.md"]
    assert "基本資料學生填寫" in dongshan["calendar/115-1.md"]
    assert "通知學生與家長" in yongping["duties.md"]
    assert "確認單簽名" in yongping["index.md"]
    assert "補件梯次" in yongping["calendar/115-1.md"]
    assert "開學日當天開始" in yongping["regulation.md"]
    assert "休業式後 21 天截止" in yongping["regulation.md"]
    english = site(DONGSHAN, "en")["calendar/115-1.md"]
    assert "Fields of study and career plans" in english
    assert "filled in by the student" in english
    assert "學生填寫" not in site(YONGPING, "zh-TW")["calendar/115-1.md"]
    # A window that only has days is drawn and explained; a school that has none has no key for it.
    drawn = yongping["calendar/115-1.md"]
    assert drawn.count("url(#lc-p-dates-only)") == 2
    assert 'id="lc-p-dates-only"' in drawn
    assert "dates-only" not in dongshan["calendar/115-1.md"]


# --- the recipe -------------------------------------------------------------------------------------------------------


def blocks() -> Iterator[str]:
    """The YAML that the handbook's recipe shows."""
    yield from re.findall(r"```yaml\n(.*?)```", RECIPE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_recipe_for_a_category_and_a_window_kind_does_what_it_says() -> None:
    category, kind, windows = blocks()
    day, force = date(2027, 3, 10), "content/rulebook/2027-02-01.yaml"
    tree = tree_on(DONGSHAN, day)
    text = tree.files["content/rulebook/2018-06-29.yaml"].decode()
    amended = text.replace("  on: 2018-06-29", "  on: 2027-01-15").replace("\nquotas:", f"{category}\nquotas:", 1)
    amended = amended.replace("window_kinds:\n", kind, 1)
    minutes = tree.files["content/school/assembly/2018-06-29.md"].replace(b"2018-06-29", b"2027-02-01")
    calendar = tree.files["content/calendar/115-2.yaml"].decode().replace("agency:\n", f"{windows}agency:\n", 1)
    files = {force: amended, "content/calendar/115-2.yaml": calendar}
    new = tree.over({path: text.encode() for path, text in files.items()})
    new = new.over({"content/school/assembly/2027-01-15.md": minutes})
    assert codes(new, day) == []
    state = overview(new, read_school(new, day))
    names = names_of(state.school, words("zh-TW"))
    told = {names.subject(it): [owner.id for owner in it.owners] for it in state.calendar if str(it.term) == "115-2"}
    assert told["創客作品登錄"] == ["library"]
    assert told["申復"] == ["student"]
    # The term before has the rulebook of before: there the words mean nothing.
    early = new.over({"content/calendar/115-1.yaml": tree.files["content/calendar/115-1.yaml"].replace(
        b"    category: career\n", b"    category: maker\n")})  # fmt: skip
    assert ("WIN013", "content/calendar/115-1.yaml") in codes(early, day)


def test_a_kind_that_a_category_claims_is_no_category_by_its_own_name() -> None:
    """In 東山 explorations go into 學群探索與就業規劃; elsewhere nobody claims them, and the word means the kind."""
    path, when = "content/calendar/115-1.yaml", date(2026, 11, 23)
    for school, found in ((DONGSHAN, [("WIN013", path)]), (YONGPING, [])):
        tree = tree_on(school, when)
        own = CAREER.format(category="exploration").encode()
        with_window = tree.files[path].replace(b"agency:\n", own + b"agency:\n", 1)
        assert codes(tree.over({path: with_window}), when) == found


def test_the_rows_of_the_duties_are_the_schools_own() -> None:
    ids = {school: [row["id"] for row in duty_rows(state_on(school, date(2026, 11, 23)).school)] for school in OPEN}
    assert "library" in ids[DONGSHAN]
    assert "notices" not in ids[DONGSHAN]
    assert {"notices", "signed-sheets"} <= set(ids[YONGPING])
