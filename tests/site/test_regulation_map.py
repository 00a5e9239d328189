"""The developers' table of the regulation: its quotations are the regulation's, and what it names exists."""

from __future__ import annotations

import re
from collections import defaultdict

from licheng.app.codes import BY_CODE
from licheng.app.site.editions import build
from licheng.core.layout import BY_NAME
from tests.articles import ARTICLES, BOOK, left_out
from tests.trees import ROOT

MAP = (ROOT / "content/handbook/developers/regulation-map.md").read_text(encoding="utf-8")
LINES = [line for line in MAP.splitlines() if re.match(r"\| [伍陸柒捌]", line)]
ROWS = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in LINES]


def links(column: int, folder: str) -> set[str]:
    return {name for row in ROWS for name in re.findall(rf"\(\.\./{folder}([^)]+)\.md\)", row[column])}


def test_every_row_has_six_cells_and_every_article_its_rows() -> None:
    assert {len(row) for row in ROWS} == {6}
    wanted = {article for article in ARTICLES if article[0] in "伍陸柒捌"}
    assert {row[0] for row in ROWS} == wanted
    assert len(wanted) >= 11


def test_quotations_are_the_regulations_own_words() -> None:
    for article, quoted, *_ in ROWS:
        assert quoted in ARTICLES[article], quoted


def test_no_sentence_is_left_out() -> None:
    quoted = defaultdict(list)
    for article, words, *_ in ROWS:
        quoted[article].append(words)
    assert {article: left_out(article, words) for article, words in quoted.items() if left_out(article, words)} == {}
    tasks = [duty["task"] for duty in BOOK["duties"]]
    assert set(tasks) <= set(quoted["伍.五"])
    assert len(tasks) == 13


def test_records_rules_and_pages_exist() -> None:
    assert links(2, "schemas/") <= set(BY_NAME)
    rules = links(3, "rules/")
    assert rules <= set(BY_CODE)
    assert {code for code in BY_CODE if code[:3] in {"MTG", "TRN", "EVA"}} <= rules
    pages = set(build(ROOT))
    assert {f"{page}.md" for page in links(4, "")} <= pages
    assert links(2, "schemas/")
    assert links(4, "")


def test_tests_exist() -> None:
    named = {name for row in ROWS for name in re.findall(r"`(tests/[^`]+)`", row[5])}
    assert len(named) > 10
    for name in named:
        path, _, function = name.partition("::")
        assert re.search(rf"^def {function}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), name
