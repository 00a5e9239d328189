"""The second wall: `mkdocs build` alone publishes nothing of the handbook that `licheng check` refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import get_files

from licheng.app.site.editions import Edition
from licheng.site.plugin import LichengPlugin
from tests.gate.corpus.handbook import ACTING, BAD
from tests.site.build import copy_of_school, run_mkdocs

pytestmark = pytest.mark.usefixtures("schools_judged_once")
Spoil = Callable[[Path], object]

# What no rule of the handbook's own judges, since other rules refuse it first.
ODD: dict[str, tuple[str, Spoil]] = {
    "a link to a file": ("FIL008", lambda book: (book / "a.html").symlink_to("/etc/hostname")),
    "a link to a folder": ("FIL008", lambda book: (book / "elsewhere").symlink_to("/etc")),
    "a page that is no text": ("FIL002", lambda book: (book / "a.md").write_bytes(b"# \xff\xfe<script>")),
    "a program by its mode": ("FIL008", lambda book: _program(book / "a.md")),
}


def _program(path: Path) -> None:
    path.write_text("# a\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own school with its handbook."""
    return copy_of_school(tmp_path_factory.mktemp("wall") / "school")


@pytest.fixture
def book(school: Path) -> Iterator[Path]:
    """Its handbook, as it was again afterwards."""
    top = school / "content/handbook"
    before = set(top.rglob("*"))
    yield top
    for path in sorted(set(top.rglob("*")) - before, reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def configured(school: Path, file: str = "mkdocs.yml") -> LichengPlugin:
    """The plugin at work on the real configuration, up to where the school has been read."""
    config = load_config(str(school / file))
    plugin = config.plugins["licheng"]
    assert isinstance(plugin, LichengPlugin)
    plugin.on_config(config)
    return plugin


@pytest.mark.parametrize("name", BAD)
def test_what_a_check_refuses_stops_the_build(school: Path, book: Path, name: str) -> None:
    code, path, content = BAD[name]
    (book / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PluginError, match=rf"content/handbook/{path}\b.* {code} "):
        configured(school)


@pytest.mark.parametrize("name", ODD)
def test_what_other_rules_refuse_stops_it_too(school: Path, book: Path, name: str) -> None:
    code, spoil = ODD[name]
    spoil(book)
    with pytest.raises(PluginError, match=rf"content/handbook/.* {code}"):
        configured(school)


def test_the_english_configuration_alone_is_no_way_around(school: Path, book: Path) -> None:
    (book / "en/form.pdf").write_bytes(ACTING)
    with pytest.raises(PluginError, match="HBK002"):
        configured(school, "mkdocs.en.yml")


def test_the_real_command_ends_with_an_error_and_writes_no_site(school: Path, book: Path, tmp_path: Path) -> None:
    (book / "page.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    done = run_mkdocs(school, tmp_path / "site")
    assert done.returncode != 0
    assert "HBK001" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.html"))


def test_what_editors_leave_behind_is_not_published(school: Path, book: Path) -> None:
    for name in ("start.md~", "page.html~", ".start.md.swp", "en/names.txt~", "Thumbs.db"):
        (book / name).write_text("<script>alert(1)</script>", encoding="utf-8")
    seen: Mapping[str, Edition] = {}
    for file in ("mkdocs.yml", "mkdocs.en.yml"):
        config = load_config(str(school / file))
        plugin = config.plugins["licheng"]
        assert isinstance(plugin, LichengPlugin)
        plugin.editions = seen  # as for the translation that belongs to a build
        plugin.on_config(config)
        seen = plugin.editions
        files = config.plugins.on_files(get_files(config), config=config)
        published = {found.src_uri for found in files}
        assert "start.md" in published
        assert not [name for name in published if name.endswith(("~", ".swp", ".db"))]
