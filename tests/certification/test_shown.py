"""What a teacher sees before signing."""

from __future__ import annotations

from licheng.core.certification import Decision
from licheng.core.record import Record
from licheng.outputs.catalog import catalog
from licheng.outputs.certification import shown


def test_a_file_is_shown_with_its_title() -> None:
    attachments = [{"name": "attachment-1.pdf", "title": "期末報告.pdf"}, {"name": "data.png"}]
    data = {"course": "physics", "summary": "單擺。", "attachments": attachments}
    item = Record("content/x/item.md", "course-output", {"student": "s1139901"}, data, "", 0)
    text = shown(item, ["item.md", "attachment-1.pdf", "data.png"], Decision.CERTIFIED, catalog("zh-TW"), {})
    assert text.splitlines()[2:5] == ["  item.md", "  attachment-1.pdf（期末報告.pdf）", "  data.png"]
