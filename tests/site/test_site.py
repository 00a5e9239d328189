"""The real site: it builds strictly and reproducibly, and its pages are those of `licheng site write`."""

from __future__ import annotations

import filecmp
from collections.abc import Mapping
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import Files

from licheng.app.codes import EVERY
from licheng.app.site.editions import Edition
from licheng.app.site.editions import build as build_pages
from licheng.cli.main import main
from licheng.cli.reference import commands
from licheng.core.languages import LANGUAGES
from licheng.core.layout import KINDS
from licheng.site.plugin import LichengPlugin
from tests.command import licheng, process
from tests.site.build import EPOCH, WHOLE, build, copy_of_school, this_site
from tests.trees import ROOT


def difference(one: Path, other: Path) -> list[str]:
    """Paths that are not byte for byte the same in two folders."""
    found = {path.relative_to(top).as_posix() for top in (one, other) for path in top.rglob("*") if path.is_file()}
    _, unequal, missing = filecmp.cmpfiles(one, other, sorted(found), shallow=False)
    return sorted([*unequal, *missing])


def test_the_site_builds_strictly_with_every_kind_of_page(site: Path) -> None:
    for page in (
        *("", "agency/", "calendar/", "duties/", "status/", "rules/QUO001/"),
        *("schemas/course-output/", "commands/check/"),
    ):
        assert (site / page / "index.html").is_file(), page
        assert (site / "en" / page / "index.html").is_file(), page
    assert (site / "regulation/index.html").is_file()


def test_two_builds_are_byte_identical(site: Path, tmp_path: Path) -> None:
    build(ROOT, tmp_path / "again", hash_seed="1", by=WHOLE)  # the first may have remembered what is the same
    assert difference(site, tmp_path / "again") == []


def pages_in(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in found}


def test_site_write_writes_what_the_plugin_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    added, seen = added_by("mkdocs.yml", {})
    added |= {f"en/{path}": text for path, text in added_by("mkdocs.en.yml", seen)[0].items()}
    done = process(ROOT, "site", "write", str(tmp_path / "pages"))
    assert done.returncode == 0, done.stderr
    assert pages_in(tmp_path / "pages") == added
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]


def added_by(configuration: str, seen: Mapping[str, Edition]) -> tuple[dict[str, str], Mapping[str, Edition]]:
    """The pages that the plugin adds in one build, and what that build has seen of the school."""
    config = load_config(str(ROOT / configuration))
    plugin = config.plugins["licheng"]
    assert isinstance(plugin, LichengPlugin)
    plugin.editions = seen  # a translation gets them of the build that it belongs to
    config = config.plugins.run_event("config", config)
    added = config.plugins.run_event("files", Files([]), config=config)
    return {file.src_uri: file.content_string for file in added if file.generated_by is not None}, plugin.editions


def test_site_write_takes_an_empty_folder_and_refuses_any_other(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    full.mkdir()
    (full / "mine.txt").write_text("mine", encoding="utf-8")
    assert licheng(ROOT, "site", "write", str(empty)).returncode == 0
    refused = licheng(ROOT, "site", "write", str(full))
    assert refused.returncode == 2
    assert "APP016" in refused.stderr
    assert [path.name for path in full.iterdir()] == ["mine.txt"]


def test_site_write_dry_run_writes_nothing(tmp_path: Path) -> None:
    done = licheng(ROOT, "site", "write", str(tmp_path / "pages"), "--dry-run")
    assert done.returncode == 0
    assert "regulation.md" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_every_kind_and_every_command_has_its_page(language: str) -> None:
    pages = this_site()[language].pages
    assert {f"rules/{code.code}.md" for code in EVERY} <= set(pages)
    assert {f"schemas/{kind.name}.md" for kind in KINDS} <= set(pages)
    assert {f"commands/{name.replace(' ', '-')}.md" for name, _ in commands(main)} <= set(pages)


def test_a_rule_page_shows_the_first_bad_fixture_and_its_expected_text() -> None:
    page = this_site()["zh-TW"].pages["rules/ATT001.md"]
    case = sorted((ROOT / "tests/fixtures/ATT001/bad").iterdir())[0]
    assert (case / "expected.txt").read_text(encoding="utf-8").strip() in page


def test_a_school_without_tests_has_rule_pages_without_examples(tmp_path: Path) -> None:
    root = copy_of_school(tmp_path / "school")
    page = build_pages(root)["rules/ATT001.md"]
    assert "附件清單所列的檔案不在資料夾裡" in page
    assert "{ #example" not in page
