"""A rebuild is byte for byte a whole build, whatever has changed, and renders no more than what follows from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from markupsafe import Markup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from licheng.app.server.names import CACHE
from licheng.app.site.editions import Edition
from licheng.core.languages import LANGUAGES
from licheng.outputs.pages.frame import Announcement
from licheng.site import folders, plugin, remembered
from licheng.site.plugin import LichengPlugin
from licheng.site.remembered import Memory, SharedCode
from tests.site.build import EPOCH
from tests.site.test_site import difference
from tests.trees import ROOT

CONFIG = """
site_name: A school
site_url: https://licheng.invalid/
docs_dir: content/handbook
exclude_docs: /en/
strict: true
copyright: nobody
theme: {name: material, language: zh-TW, font: false, features: [navigation.tabs, navigation.footer]}
plugins:
  licheng: {translation: mkdocs.en.yml}
  search: {lang: [en], pipeline: []}
markdown_extensions: [admonition, attr_list, def_list, md_in_html, tables, toc, pymdownx.superfences]
validation: {links: {anchors: warn}}
nav: [index.md, by-hand.md, more.md]
not_in_nav: /rules/
"""
ENGLISH = """
INHERIT: mkdocs.yml
docs_dir: content/handbook/en
theme: {language: en}
plugins: {licheng: {translation: null}}
"""
PAGES = {
    "index.md": "# Home\n\n[A rule](rules/a.md#why)\n",
    "more.md": "# More\n\n| Name |\n| --- |\n| *x* |\n",
    "rules/a.md": "# A\n\n## Why { #why }\n\nBecause of `this`.\n",
    "rules/b.md": "# B\n\n```yaml\na: 1\n```\n",
}
BY_HAND = "# By hand\n\n[Home](index.md)\n"
EVERY = {*PAGES, "by-hand.md"}


@dataclass
class School:
    """A school with few pages in each language; what a build of it converts of Markdown and renders is noted."""

    root: Path
    pages: dict[str, str] = field(default_factory=lambda: dict(PAGES))
    bar: Announcement = field(default_factory=lambda: Announcement(Markup(), Markup("soon"), "index.md"))
    rendered: list[str] = field(default_factory=list)
    converted: list[str] = field(default_factory=list)

    def build(self, name: str) -> Path:
        """The site of both languages."""
        self.rendered.clear()
        self.converted.clear()
        config = load_config(str(self.root / "mkdocs.yml"), site_dir=str(self.root / name))
        own = config.plugins["licheng"]
        assert isinstance(own, LichengPlugin)
        own.editions = {language: Edition(language, self.pages, {}, self.bar) for language in LANGUAGES}
        build(config)
        return self.root / name

    def write(self, path: str, text: str) -> None:
        """A file of the repository."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def forget(self) -> None:
        """What earlier builds came to."""
        for file in (self.root / ".git/licheng").glob("site-*.sqlite"):
            file.unlink()


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setattr(remembered, "steady_program", lambda: b"this one")  # whoever works on it has just changed it
    monkeypatch.setattr(folders, "OF_ENGINE", ())
    look = tmp_path / "look"
    shutil.copytree(ROOT / "site_theme", look)
    for module in (plugin, remembered):
        monkeypatch.setattr(module, "folder", lambda _: look)
    school = School(tmp_path)
    for part in ("objects", "refs"):
        (tmp_path / ".git" / part).mkdir(parents=True)
    school.write(".git/HEAD", "ref: refs/heads/main\n")
    school.write("content/school/school.yaml", "")
    school.write("content/handbook/by-hand.md", BY_HAND)
    school.write("content/handbook/en/by-hand.md", BY_HAND)
    school.write("mkdocs.yml", CONFIG)
    school.write("mkdocs.en.yml", ENGLISH)
    keep = Memory.keep

    def noting(memory: Memory) -> None:
        known = {row.key for row in memory._before.values()}
        school.rendered.extend(page.file.src_uri for page in memory._pages if page.built_key not in known)
        school.converted.extend(page.file.src_uri for page in memory._pages if page.known is None)
        keep(memory)

    monkeypatch.setattr(Memory, "keep", noting)
    school.build("first")
    return school


def _page(path: str, text: str) -> Callable[[School], object]:
    return lambda school: school.pages.update({path: text})


def _look(school: School) -> None:
    with (school.root / "look/partials/source-file.html").open("a", encoding="utf-8") as file:
        file.write("<!-- changed -->")


def _by_hand(school: School) -> None:
    school.write("content/handbook/en/by-hand.md", f"{BY_HAND}\nAnd more.\n")


LEFT = {*EVERY, "rules/c.md"} - {"rules/b.md"}
TO_NOTHING_YET = PAGES["rules/a.md"] + "\nAs in [the list](list).\n"
# What changes, one after the other; the pages that are then rendered in either language, and those that are converted.
CHANGES: Mapping[str, tuple[Callable[[School], object], set[str], set[str]]] = {
    "nothing": (lambda _: None, set(), set()),
    "a text": (_page("rules/b.md", "# B\n\nAnother text.\n"), {"rules/b.md"}, {"rules/b.md"}),
    "a page by hand": (_by_hand, {"by-hand.md"}, {"by-hand.md"}),
    "a title": (_page("more.md", PAGES["more.md"].replace("# More", "# Less")), EVERY, {"more.md"}),
    "a new page": (_page("rules/c.md", "# C\n"), {"rules/c.md"}, {"rules/c.md"}),
    "a page less": (lambda school: school.pages.pop("rules/b.md"), set(), set()),
    "a link to nothing yet": (_page("rules/a.md", TO_NOTHING_YET), {"rules/a.md"}, {"rules/a.md"}),
    "what a link leads to": (_page("rules/list", "A, B, C"), {"rules/a.md"}, {"rules/a.md"}),
    "the look": (_look, LEFT, LEFT),
    "the bar": (lambda school: setattr(school, "bar", replace(school.bar, deadline=Markup("late"))), LEFT, set()),
    "the configuration": (lambda school: school.write("mkdocs.yml", CONFIG.replace("nobody", "us")), LEFT, LEFT),
}


def test_a_rebuild_is_a_whole_build(school: School) -> None:
    for name, (change, rendered, converted) in CHANGES.items():
        change(school)
        rebuilt = school.build("rebuilt")
        assert (rebuilt / "rules/b/index.html").parent.is_dir() == ("rules/b.md" in school.pages), name
        assert (set(school.rendered), set(school.converted)) == (rendered, converted), name
        if name == "what a link leads to":  # what was kept of it is what was built, not what it came to before
            assert difference(rebuilt, school.build("again")) == [] == school.rendered
        if rendered or "less" in name:
            school.forget()
            assert difference(rebuilt, school.build("whole")) == [], name


def test_a_source_in_another_folder_remembers_in_the_folder_that_is_named(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a server builds: each state of main from a new folder, in which no repository is, with a look of its own."""
    (tmp_path / "server").mkdir()
    school.write("mkdocs.yml", CONFIG.replace("{name: material,", "{name: material, custom_dir: own,"))
    school.write("own/assets/own.css", "p { color: red }")
    monkeypatch.setenv(CACHE, str(tmp_path / "server"))
    built = []
    for name, pages in (("one", EVERY), ("other", set())):
        source = replace(school, root=tmp_path / name)
        for part in ("content", "own"):
            shutil.copytree(tmp_path / part, source.root / part)
        for part in ("mkdocs.yml", "mkdocs.en.yml"):
            shutil.copy(tmp_path / part, source.root / part)
        built.append(source.build("site"))
        assert set(school.rendered) == pages
    assert difference(*built) == []


def test_templates_are_compiled_by_one_process_for_those_after_it(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str | None] = []
    compile_one = Environment.compile

    def noting(environment: Environment, source: Any, name: str | None = None, *others: Any) -> Any:
        if environment.bytecode_cache is not None:  # the theme's search translates itself elsewhere
            compiled.append(name)
        return compile_one(environment, source, name, *others)

    def by_another_process() -> list[str | None]:
        compiled.clear()
        other = SharedCode()
        for module in (plugin, remembered):
            monkeypatch.setattr(module, "COMPILED", other)
        school.build("rebuilt")
        return compiled

    monkeypatch.setattr(Environment, "compile", noting)
    school.forget()
    assert "main.html" in by_another_process()
    assert by_another_process() == []
    _look(school)
    assert "main.html" in by_another_process()
    assert difference(school.root / "rebuilt", school.build("again")) == []


def test_a_link_to_a_section_that_is_gone_is_told_of_again_and_again(school: School) -> None:
    school.pages["rules/a.md"] = "# A\n"
    for _ in range(2):
        with pytest.raises(Abort):
            school.build("rebuilt")
        assert set(school.rendered) <= {"rules/a.md"}
    school.pages = dict(PAGES)
    assert difference(school.build("rebuilt"), school.root / "first") == []


def test_a_schools_own_templates_may_show_anything_so_that_nothing_is_remembered(school: School) -> None:
    school.write("mkdocs.yml", CONFIG.replace("{name: material,", "{name: material, custom_dir: own,"))
    school.write("own/main.html", '{% extends "base.html" %}')
    school.forget()
    school.build("rebuilt")
    assert not list((school.root / ".git/licheng").glob("site-*"))
    assert (school.root / "rebuilt/rules/a/index.html").is_file()


def test_the_themes_templates_ask_for_nothing_that_no_key_holds() -> None:
    import material

    asked = ("build_date_utc", "update_date", "{% for page in pages", "page.markdown", "page.file")
    for template in Path(material.__path__[0], "templates").glob("**/*.html"):
        text = template.read_text(encoding="utf-8")
        assert not [word for word in asked if word in text], template
