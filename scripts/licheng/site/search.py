"""How Chinese is cut for the search: into short words that people type.

lunr finds prefixes of words, so a long compound would hide what it holds: 學習歷程檔案 must be found by 檔案. What the
dictionaries do not know is cut into single characters rather than guessed at, so that no guess hides a word either.
"""

from __future__ import annotations

from functools import cache, partial
from importlib import resources

import jieba  # type: ignore[import-untyped]

LONGEST = 2  # characters of a word of jieba's own dictionary that is kept
_OFTEN = 100_000  # above every word of that dictionary


@cache
def words() -> tuple[str, ...]:
    """Our own words: `search_words.txt`, one a line."""
    return tuple((resources.files("licheng.site") / "search_words.txt").read_text(encoding="utf-8").split())


@cache
def teach() -> None:
    """Teach jieba our words, once a process."""
    jieba.setLogLevel("WARNING")
    jieba.initialize()
    for word in [word for word in jieba.dt.FREQ if len(word) > LONGEST]:
        jieba.dt.FREQ[word] = 0
    for word in words():
        jieba.add_word(word, _OFTEN)
    jieba.cut = partial(jieba.dt.cut, HMM=False)  # the theme's search asks for it by this name
