"""The regulation's articles, and what quotations of one leave out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml

from tests.trees import ROOT

BOOK = yaml.safe_load((ROOT / "content/rulebook/2018-05-30.yaml").read_text(encoding="utf-8"))
ARTICLES: dict[str, str] = {article["id"]: article["text"] for article in BOOK["articles"]}
# What of an article is no sentence of its own: table heads, names of rows, and marks between quotations.
_HEADS = re.compile(r"\|[^\n]*\|")
_TABLES = frozenset({"肆.一", "伍.五"})


def left_out(article: str, quotations: Iterable[str]) -> str:
    """What of an article nobody quotes; a sentence that stands there twice is quoted twice."""
    rest = ARTICLES[article]
    for words in sorted(quotations, key=len, reverse=True):
        rest = rest.replace(words, "", 1)
    left = _HEADS.sub("", rest) if article in _TABLES else rest
    return re.sub(r"[\s，。：]", "", left)
