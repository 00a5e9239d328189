"""What people say for a section: each line leads to one that the built site has, and each word to one only."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from licheng.site.search import SECTIONS, aliases

EDITIONS = pytest.mark.parametrize(("language", "edition"), [("zh-TW", ""), ("en", "en/")])


@EDITIONS
def test_each_alias_has_its_section_in_the_site(language: str, edition: str, site: Path) -> None:
    written = (site / edition / SECTIONS).read_text(encoding="utf-8").removeprefix("self.sections = ")
    said = [section["aliases"] for section in json.loads(written) if "aliases" in section]
    spoken = aliases(language)
    assert len(spoken) > 20
    terms = [[page.name] for page in (site / edition / "calendar").iterdir() if re.fullmatch(r"\d{3}-[12]", page.name)]
    assert terms
    assert sorted(said) == sorted([*map(list, spoken.values()), *terms])  # a term is asked for as it is written


@EDITIONS
def test_a_word_leads_to_one_section(language: str, edition: str) -> None:
    times = Counter(word for words in aliases(language).values() for word in words)
    assert [word for word, number in times.items() if number > 1] == []
