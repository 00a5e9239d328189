"""Each cell of each table names its column, also where cells span rows or columns."""

from __future__ import annotations

import re
from pathlib import Path

from licheng.site.tables import labelled

SPANNED = (
    '<table><thead><tr><th>甲</th><th><b>乙</b> &amp; 丙</th><th></th><th>丁"</th></tr></thead><tbody>'
    '<tr><td rowspan="2">1</td><td style="text-align: right;">2</td><td>3</td><td>4</td></tr>'
    '<tr><td colspan="2">5</td><td>6</td></tr><tr><td>7</td><td>8</td><td>9</td><td>10</td><td>11</td></tr>'
    "</tbody></table>"
)


def labels(page: str) -> dict[str, str | None]:
    """The label of each cell, by its text."""
    cells = re.findall(r"<td([^>]*)>(.*?)</td>", page)
    return {text: (re.findall(r'data-label="([^"]*)"', attributes) or [None])[0] for attributes, text in cells}


def test_cells_are_named_by_their_column_also_beside_spans() -> None:
    assert labels(labelled(f"<p>前</p>{SPANNED}<p>後</p>")) == {
        "1": "甲", "2": "乙 &amp; 丙", "3": None, "4": "丁&quot;",
        "5": "乙 &amp; 丙", "6": "丁&quot;",
        "7": "甲", "8": "乙 &amp; 丙", "9": None, "10": "丁&quot;", "11": None,
    }  # fmt: skip


def test_nothing_else_of_a_page_is_changed() -> None:
    page = f"<p>前 <td></p>{SPANNED}{SPANNED}<p>後</p>"
    assert re.sub(r' data-label="[^"]*"', "", labelled(page)) == page


def test_every_cell_of_the_site_has_its_label(site: Path) -> None:
    tables = 0
    for path in sorted(site.rglob("*.html")):
        for table in re.findall(r"<table.*?</table>", path.read_text(encoding="utf-8"), re.DOTALL):
            tables += 1
            heads = [re.sub(r"<[^>]*>", "", head) for head in re.findall(r"<th\b[^>]*>(.*?)</th>", table, re.DOTALL)]
            unnamed = re.findall(r"<td(?![^>]*data-label)[^>]*>", table)
            assert not unnamed or "" in heads, path
    assert tables > 100
