"""Pages of deadlines: an extension is shown with its day, a drawing has its title and its table."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from licheng.app.site.view import view
from licheng.outputs.pages import pages
from licheng.outputs.pages.bars import bars
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.policy.certification import State
from licheng.policy.status import USES
from licheng.sources import resources
from tests.trees import ROOT, MemoryTree, load

CALENDAR = "content/calendar/115-1.yaml"


def made(tree: MemoryTree) -> dict[str, str]:
    return pages(view(tree, ROOT), renderer(resources.folder("site_theme") / "pages"), words("zh-TW"))


def test_an_extension_is_shown_where_the_window_is() -> None:
    tree = MemoryTree(load(ROOT, "content/calendar", "content/rulebook", "content/school", "content/working-group"))
    text = b"amendments:\n  - {window: activity-submission, closes: 2027-02-09, on: 2027-02-01, notice: notice}\n"
    before, after = made(tree), made(tree.over({CALENDAR: tree.files[CALENDAR] + text}))
    said = "2027-02-01 決定延長到 2027-02-09"
    assert said not in before["calendar/115-1.md"]
    assert after["calendar/115-1.md"].count(said) == 3  # once a year level
    assert "2027-02-09" in after["status.md"]


def test_a_drawing_has_a_title_a_description_and_a_table() -> None:
    page = made(MemoryTree(load(ROOT, "content")))["status.md"]
    drawings = page.count('<svg role="img"')
    assert drawings >= 1
    assert page.count("<title id=") == page.count("<desc id=") == drawings
    drawn = [section for section in re.split("\n## |<details", page) if '<svg role="img"' in section]
    assert len(drawn) > 2
    assert all('class="lc-table"' in section for section in drawn)
    filled = set(re.findall(r"url\(#([\w-]+)\)", page))
    assert filled
    assert filled == set(re.findall(r'<pattern id="([\w-]+)"', page))


@pytest.mark.parametrize("kind", [*map(str, State), *USES])
def test_every_kind_of_piece_has_its_pattern_and_its_words(kind: str, tmp_path: Path) -> None:
    shutil.copy(resources.folder("site_theme") / "pages/bars.md", tmp_path)
    (tmp_path / "one.md").write_text("{% from 'bars.md' import drawing %}{{ drawing(bars, 'one', 't', 'd', w) }}")
    for language in ("zh-TW", "en"):
        known = words(language)
        drawn = renderer(tmp_path)("one.md", {"bars": bars(["a"], [kind], [[5]], 5), "w": known.data})
        assert f'<pattern id="one-{kind}"' in drawn
        label = known.label("output_states" if kind in set(State) else "states", kind)
        assert f"</svg>{label}</span>" in drawn


def test_pieces_of_bars_fill_the_longest_and_keep_their_order() -> None:
    found = bars(["a", "b"], ("certified", "submitted", "draft"), [[5, 10, 0], [10, 20, 0]], 5)
    assert found is not None
    assert found.kinds == ("certified", "submitted")
    assert [(piece.kind, piece.left, piece.width) for piece in found.bars[1].pieces] == [
        ("certified", "0.00%", "33.33%"),
        ("submitted", "33.33%", "66.67%"),
    ]
    assert [bar.label for bar in found.bars] == ["a", "b"]


@pytest.mark.parametrize("counts", [[[0, 0]], [[0, 0], [0, 0]]])
def test_nothing_to_draw_is_no_drawing(counts: list[list[int]]) -> None:
    assert bars(["a", "b"][: len(counts)], ("certified", "draft"), counts, 5) is None
