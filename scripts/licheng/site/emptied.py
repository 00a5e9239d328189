"""The folder of an earlier build, without its files: a disk makes a folder slower than it writes a page into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mkdocs import utils


def keep_folders() -> None:
    """Let MkDocs empty a site's folder so, and not remove what it makes again at once."""
    utils.clean_directory = empty


def empty(directory: str) -> None:
    """Remove all files that MkDocs removes, and nothing behind a link."""
    for top in _tops(directory):
        if not top.is_dir():
            top.unlink()
        for folder, inner, names in os.walk(top):
            for path in (Path(folder, name) for name in (*names, *inner)):
                if path.is_symlink() or not path.is_dir():
                    with suppress(OSError):  # MkDocs lets be what it cannot remove there
                        path.unlink()


def prune(directory: str) -> None:
    """Remove the folders that a build has written nothing into."""
    for top in _tops(directory):
        for folder, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):  # something is in it
                Path(folder).rmdir()


def _tops(directory: str) -> Iterator[Path]:
    """What lies in the folder, but for what is hidden and for folders that lie elsewhere."""
    return (path for path in Path(directory).glob("[!.]*") if not (path.is_symlink() and path.is_dir()))
