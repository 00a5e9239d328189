"""How the original of a regulation is set where its record does not say so, by the regulation's title.

A rulebook's bytes are what certifications cite (CER014), so what only concerns its look stands here and not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Typesetting:
    """What differs from `一、` for items and `壹、標題` for chapters.

    Attributes:
        marks: by article, the number as the original writes it.
        untitled: chapters whose text follows the number at once; the title in the record is the editor's.
        groups: by the first cell of a row, how many rows it spans.
    """

    marks: Mapping[str, str] = field(default_factory=dict)
    untitled: frozenset[str] = frozenset()
    groups: Mapping[str, int] = field(default_factory=dict)


_KNOWN = {
    "臺東縣私立育仁高級中學建置學生學習歷程檔案作業補充規定": Typesetting(
        marks={"陸.一": "(一)", "陸.二": "(二)", "陸.三": "(三)"},
        untitled=frozenset({"捌"}),
        # The original's text does not show how far its two vertical cells reach. 學生幹部, 校內外公共服務 and 學生自傳
        # have lines wider than the cells of these groups, so they stand outside; 出缺勤紀錄 is no 修課紀錄.
        groups={"學生修課紀錄": 5, "多元表現": 2},
    )
}


def typesetting(title: str) -> Typesetting:
    """That of a regulation; the ordinary one where nothing is known of it."""
    return _KNOWN.get(title, Typesetting())
