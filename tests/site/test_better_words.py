"""Wordings that people stumbled over stand nowhere in what is published; one word stands for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from licheng.outputs.catalog import FOLDER
from tests.site.build import this_site
from tests.trees import ROOT

# What used to stand, and what stands now.
OLD = {
    "輕重": "嚴重程度",
    "看懂一個代碼": "錯誤代碼查詢",
    "實際發生的": "有發生即登錄",
    "應完成的內容": "應登錄範圍",
    "百分位": "九成在 … 日內完成",
    "用了多少額度": "已使用的件數上限",
    "額度": "件數上限",
    "看見與提醒": "關心進度、適時提醒",
    "算數": "有效",
    "打破玻璃": "緊急放行",
    "破窗": "緊急放行",
    "釘住": "固定版本",
    "認證後有變": "認證後有更動",
    "待再認證": "認證後有更動",
    "90th percentile": "nine in ten within … days",
}
# A student submits (送出), the registry hands in to the agency (提交); 上傳 is what the regulation's text says of it.
UPLOAD = re.compile(
    r"(課程學習成果|多元表現|自傳（學習計畫）)上傳|[^定]上傳(期間|截止|已經?截止)|(準時|什麼時候|重新)上傳|上傳、(認證|勾選)|上傳或勾選"
)


def texts() -> Iterator[tuple[str, str]]:
    """Every text that people are shown: pages of both languages, the handbook, catalogs, schemas, codes, commands."""
    for language, edition in this_site().items():
        yield from ((f"{language} {path}", text) for path, text in {**edition.pages, **edition.pieces}.items())
    files = [ROOT / "mkdocs.yml", ROOT / "mkdocs.en.yml", ROOT / "README.md", *FOLDER.rglob("*.yaml")]
    for folder, pattern in (("content/handbook", "*.md"), ("schemas", "*.json"), ("site_theme", "*.html"),
                            ("site_theme/pages", "*.md"), ("scripts/licheng/starter", "*"),
                            ("scripts/licheng/cli", "*.json"), ("content/school", "*.yaml")):  # fmt: skip
        files += (path for path in (ROOT / folder).rglob(pattern) if path.is_file())
    yield from ((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files)


@cache
def published() -> dict[str, str]:
    return dict(texts())


def test_there_is_much_to_read() -> None:
    assert len(published()) > 500
    assert any("嚴重程度" in text for text in published().values())


@pytest.mark.parametrize("word", OLD)
def test_an_old_wording_stands_nowhere(word: str) -> None:
    assert [path for path, text in published().items() if word in text] == []


def test_students_submit_and_nothing_else() -> None:
    assert [f"{path}: {match[0]}" for path, text in published().items() for match in UPLOAD.finditer(text)] == []


@pytest.mark.parametrize("text", ["課程學習成果上傳（全校）", "本學期上傳截止", "請重新上傳", "上傳、認證與勾選"])
def test_the_old_word_for_submitting_would_be_seen(text: str) -> None:
    assert UPLOAD.search(text)


def test_the_regulation_may_say_upload() -> None:
    assert not UPLOAD.search(
        "教務處註冊組須於規定之上傳期限內上傳至國教署指定之資料庫；於國教署規定上傳期限之二週前完成"
    )
