"""What is left of an earlier build: no file, whatever it was, and no folder that this one has not written into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mkdocs.utils import clean_directory

from licheng.site.emptied import empty, prune


def site(folder: Path) -> Path:
    for path in ("index.html", "a/index.html", "a/b/c/index.html", ".kept/a.html", "a/.hidden"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    (folder / "a/none").mkdir()
    (folder.parent / "elsewhere").mkdir(exist_ok=True)
    (folder.parent / "elsewhere/mine.txt").write_text("mine")
    for link in ("link", "a/link"):
        (folder / link).symlink_to(folder.parent / "elsewhere")
    (folder / "a/broken").symlink_to("nowhere")
    return folder


def left(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("written", [(), ("a/b/new.html",), ("index.html", "a/b/c/index.html")])
def test_after_a_build_there_is_what_there_would_be_by_mkdocs_own(written: tuple[str, ...], tmp_path: Path) -> None:
    def built(folder: Path, clean: Callable[[str], object]) -> list[str]:
        clean(str(site(folder)))
        for path in written:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text("new")
        prune(str(folder))
        return left(folder)

    assert built(tmp_path / "ours", empty) == built(tmp_path / "theirs", clean_directory)
    assert (tmp_path / "elsewhere/mine.txt").read_text() == "mine"
    empty(str(tmp_path / "there is none"))


def test_folders_stay_until_they_are_known_to_be_empty(tmp_path: Path) -> None:
    folder = site(tmp_path / "site")
    inodes = {path: (folder / path).stat().st_ino for path in ("a", "a/b/c")}
    empty(str(folder))
    assert {path: (folder / path).stat().st_ino for path in inodes} == inodes
    assert left(folder) == [".kept", ".kept/a.html", "a", "a/b", "a/b/c", "a/none", "link"]
