"""A record of the school still says 待填."""

from __future__ import annotations

import re
from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import KINDS, Form
from licheng.core.record import TO_FILL, Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules.text.nothing_said import texts

# Of students' items TXT002 judges what is handed in, and of an evaluation EVA005 what is released: those have drafts.
_KINDS = tuple(
    kind.name
    for kind in KINDS
    if kind.form in {Form.YAML, Form.MARKDOWN} and not kind.handed_in and kind.name != "evaluation"
)
# Alone, or set off from other words: 地點：待填, （待填）. Who writes about the word (「待填」的欄位) says something.
_BEFORE, _AFTER = r"[\s:：,，;；、。.(（\[［【/|*_#>-]", r"[\s,，;；、。.)）\]］】/|*_!！?？…-]"
_LEFT = re.compile(rf"(?:^|(?<={_BEFORE})){TO_FILL[0]}\s*{TO_FILL[1]}[寫補]?(?=$|{_AFTER})", re.MULTILINE)


@rule("TXT003", "left-to-fill", kinds=_KINDS)
def left_to_fill(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """What the school records has a name, a content and a result (伍.五); a draft does not get into main."""
    if TO_FILL[0] not in record.text:  # nor in anything that it says
        return
    for pointer in texts(record.data, lambda text: TO_FILL[0] in text and _LEFT.search(text)):
        yield this.finding(record.at(*pointer), field=".".join(map(str, pointer)))
    left = _LEFT.search(record.body)
    if left is not None:
        yield this.finding(record.at_offset(record.body_start + left.start()), field="body")
