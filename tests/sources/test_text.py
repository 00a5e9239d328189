"""Bytes to text: nothing hidden from the reader gets in."""

from __future__ import annotations

import pytest

from licheng.core.location import Location
from licheng.sources.markdown import yaml_span
from licheng.sources.text import decode
from licheng.sources.yaml import locate

FAULTS = {
    "latin-1": (b"a\n\xe4b\n", "FIL002", 2, 1),
    "utf-16": ("甲".encode("utf-16"), "FIL002", 1, 1),
    "overlong": (b"x\xc0\xaf", "FIL002", 1, 2),
    "surrogate": (b"x\xed\xa0\x80", "FIL002", 1, 2),
    "byte order mark": ("\ufeffa".encode(), "FIL003", 1, 1),
    "nul": (b"a\x00", "FIL003", 1, 2),
    "escape": (b"a\nb\x1b[31m", "FIL003", 2, 2),
    "right-to-left override": ("檔案\u202efdp.exe".encode(), "FIL003", 1, 3),
    "zero-width space": ("學\u200b習".encode(), "FIL003", 1, 2),
    "line separator": ("a\u2028b".encode(), "FIL003", 1, 2),
    "soft hyphen": ("a\xadb".encode(), "FIL003", 1, 2),
    "tag character": ("a\U000e0041".encode(), "FIL003", 1, 2),
    "hangul filler": ("a\u3164".encode(), "FIL003", 1, 2),
    "carriage return": (b"a\r\nb\r\n", "FIL004", 1, 2),
    "decomposed": ("cafe\u0301".encode(), "FIL005", 1, 4),
    "compatibility ideograph": ("\uf9d1".encode(), "FIL005", 1, 1),
}


@pytest.mark.parametrize(("data", "code", "line", "column"), FAULTS.values(), ids=FAULTS)
def test_fault(data: bytes, code: str, line: int, column: int) -> None:
    _, findings = decode("p", data)
    assert [finding.code for finding in findings] == [code]
    assert locate(findings[0].place, yaml_span) == Location("p", line, column)


@pytest.mark.parametrize("text", ["學習歷程，「成果」！", "a\tb\n", "❤️ 👍", "①Ⅳ㎡", ""])
def test_ordinary_text(text: str) -> None:
    assert decode("p", text.encode()) == (text, [])
