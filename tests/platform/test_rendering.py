"""The words of the platform: in both languages, each in one file, and all that a template says."""

from __future__ import annotations

import re
from collections import Counter
from string import Formatter

from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.platform.rendering import TEMPLATES, words

SAID = re.compile(r'say\("([a-z_]+)"[,)]')


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_things() -> None:
    chinese, english = (words(language) for language in LANGUAGES)
    assert set(chinese) == set(english)
    for name, text in chinese.items():
        if isinstance(text, str):
            assert fields(text) == fields(english[name]), name


def test_a_word_stands_in_one_file() -> None:
    data = catalog(LANGUAGES[0]).data
    names = Counter(name for section in data if section.startswith("platform") for name in data[section])
    assert [name for name, times in names.items() if times > 1] == []


def test_everything_that_a_template_says_is_a_word() -> None:
    for path in TEMPLATES.rglob("*.html"):
        for name in SAID.findall(path.read_text(encoding="utf-8")):
            assert name in words(LANGUAGES[0]), (path, name)


def test_a_template_has_no_chinese_of_its_own() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.search(r"[\u3000-\u9fff]", text) is None, path
