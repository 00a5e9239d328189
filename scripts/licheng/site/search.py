"""How Chinese is cut for the search: into words of at most two characters that people type.

lunr finds prefixes of words, so a long compound would hide what it holds: 學習歷程檔案 must be found by 歷程. What the
dictionary does not know is cut into single characters rather than guessed, so that no word can hide at all.
"""

from __future__ import annotations

from importlib import resources

import jieba  # type: ignore[import-untyped]

LONGEST = 2


def teach() -> None:
    """Teach jieba our words once a process, and make it forget long ones."""
    jieba.setLogLevel("WARNING")
    jieba.initialize()
    if getattr(jieba.dt, "licheng", False):
        return
    for word in [word for word in jieba.dt.FREQ if len(word) > LONGEST]:
        jieba.dt.FREQ[word] = 0
    with resources.as_file(resources.files("licheng.site") / "search_words.txt") as path:
        jieba.load_userdict(str(path))
    jieba.dt.licheng = True
