"""What was not held, and said (伍.四, 陸): which explanation counts, for what, and what the public sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.app.site.view import view
from licheng.app.trust.not_held import not_held
from licheng.core.errors import UsageError
from licheng.core.term import Term
from licheng.outputs.naming import names_of
from licheng.outputs.overview import render
from licheng.outputs.pages import pages
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.policy.deadlines import deadlines
from licheng.policy.evaluation import held
from licheng.policy.reminders import reminders
from licheng.sources import resources
from tests.certified import Certified, key
from tests.trees import FIXTURES, MemoryTree, base

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TEACHERS = frozenset({"content/training/114-1/teachers.md"})
MINUTES = frozenset({"content/working-group/114-1"})


def school(
    removed: frozenset[str], *omissions: tuple[str, str, str], changed: Mapping[str, str] | None = None
) -> MemoryTree:
    """The test school without some records, and with explanations: term, demand, signer."""
    made = Certified.school("t901", "t904")
    for term, demand, by in omissions:
        made.omit(term, demand, by, signer=None, **(changed or {}))
    return base().over({}, removed).over(made.files)


def codes(tree: MemoryTree) -> set[str]:
    return {found.code for found in check(tree, TODAY).findings if found.code[:3] in {"TRN", "MTG"}}


@pytest.mark.parametrize(
    ("demand", "by", "expected"),
    [
        ("teachers", "t902", {"TRN010"}),
        ("teachers", "t903", {"TRN001", "TRN011"}),  # another office
        ("teachers", "t901", {"TRN001", "TRN011"}),  # the principal holds no post of the office
        ("parents", "t902", {"TRN001", "TRN011"}),  # of another audience, which was held, by another office
        ("meeting", "t901", {"TRN001", "MTG012"}),  # the convenor's word is about meetings
    ],
)
def test_only_who_had_to_hold_it_explains_it(demand: str, by: str, expected: set[str]) -> None:
    assert codes(school(TEACHERS)) == {"TRN001"}
    assert codes(school(TEACHERS, ("114-1", demand, by))) == expected


def test_an_explanation_is_of_one_term() -> None:
    assert codes(school(TEACHERS, ("114-2", "teachers", "t902"))) == {"TRN001", "TRN012"}


@pytest.mark.parametrize(
    "changed", [{"instead": "不補辦。"}, {"what_happened": "忘了。"}, {"instead_by": "2030-01-01"}]
)
def test_whatever_is_changed_afterwards_makes_it_void(changed: dict[str, str]) -> None:
    assert codes(school(TEACHERS, ("114-1", "teachers", "t902"), changed=changed)) == {"TRN001", "TRN011"}


def test_without_a_genesis_nothing_signed_counts() -> None:
    tree = school(TEACHERS, ("114-1", "teachers", "t902")).over({}, frozenset({"content/trust/genesis.yaml"}))
    assert "TRN001" in codes(tree)


def test_the_convenor_explains_the_meeting() -> None:
    assert "MTG001" in codes(school(MINUTES))
    said = codes(school(MINUTES, ("114-1", "meeting", "t901")))
    assert "MTG010" in said
    assert "MTG001" not in said
    assert {"MTG001", "MTG011"} <= codes(school(MINUTES, ("114-1", "meeting", "t902")))


def test_what_is_explained_is_not_held_for_it() -> None:
    """The figures of the evaluation (柒) count what was held, not what was said of it."""
    trees = school(frozenset()), school(TEACHERS, ("114-1", "teachers", "t902"))
    whole, said = (load(tree, date(2026, 7, 31)).school for tree in trees)
    (wanted, done), (wanted_too, less) = held(whole, 114)["trainings"], held(said, 114)["trainings"]
    assert (wanted_too, less) == (wanted, done - 1)


def test_nobody_is_reminded_of_what_is_explained() -> None:
    path, planned = "content/calendar/114-1.yaml", b"trainings:\n  - {audience: teachers, on: 2025-11-12}\n"
    for by, reminded in (("t903", True), ("t902", False)):
        tree = school(TEACHERS, ("114-1", "teachers", by))
        found = load(tree.over({path: tree.files[path] + planned}), TODAY).school
        late = [one for one in reminders(deadlines(found), (), found) if one.deadline.id == "114-1/training/teachers/1"]
        assert bool(late) is reminded
        text = render(Term(114, 1), deadlines(found), (), None, found, names_of(found, words("zh-TW")))
        assert ("未辦理，已說明" in text) is not reminded


def training_page(tree: MemoryTree) -> str:
    made = pages(view(tree, FIXTURES.parents[1]), renderer(resources.folder("site_theme") / "pages"), words("zh-TW"))
    return made["training.md"]


def test_the_public_sees_that_it_is_explained_and_what_instead_but_not_why() -> None:
    page = training_page(school(TEACHERS, ("114-1", "teachers", "t902")))
    assert ">未辦理，已說明</span>" in page
    assert "次學期開學週補辦，內容相同。" in page
    assert "颱風" not in page
    assert "t902" not in page
    assert "未辦理，已說明" not in training_page(school(TEACHERS, ("114-1", "teachers", "t903")))
    # Of what was held after all the page says what is recorded.
    assert "未辦理，已說明" not in training_page(school(frozenset(), ("114-1", "teachers", "t902")))


def signed(
    tree: MemoryTree, by: str, term: str = "114-1", demand: str = "teachers", instead: str = "補辦。"
) -> MemoryTree:
    text = {"what_happened": "停課。", "instead": instead}
    plan = not_held(load(tree, TODAY), term, demand, **text, instead_by=TODAY, by=by, now=NOW, sign=key(by).sign)
    return tree.over(plan.creates)


def test_words_that_would_name_somebody_are_not_shown() -> None:
    page = training_page(signed(school(TEACHERS), "t902", instead="請電 0912-345-678。"))
    assert ">未辦理，已說明</span>" in page
    assert "0912" not in page


def test_the_command_signs_what_counts_and_nothing_else() -> None:
    lacking = school(TEACHERS)
    assert codes(signed(lacking, "t902")) == {"TRN010"}
    for by, term, demand, code in (
        ("t903", "114-1", "teachers", "APP042"),
        ("t902", "114-2", "teachers", "APP042"),  # it was held
        ("t902", "115-1", "teachers", "APP042"),  # there is still time
        ("t901", "114-1", "meeting", "APP042"),  # it was held
        ("t902", "113-1", "teachers", "APP017"),
    ):
        with pytest.raises(UsageError) as refused:
            signed(lacking, by, term, demand)
        assert refused.value.code == code, (by, term, demand)
