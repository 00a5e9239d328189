"""Folders that appear whole or not at all: a school of its own, the pages of a site."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from licheng.core.errors import UsageError


def check_target(folder: Path) -> None:
    """Refuse a folder that holds anything.

    Raises:
        UsageError: APP016, it is not empty, or not a folder.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise UsageError("APP016", path=str(folder))


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A place beside a new or empty folder, which becomes that folder at the end; after an error nothing is left.

    What a run that was killed left beside it goes first.

    Raises:
        UsageError: APP016, the folder is not empty, or was filled meanwhile.
    """
    check_target(folder)
    target = folder.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{escape(target.name)}.????????~"):
        shutil.rmtree(left, ignore_errors=True)
    sibling = target.with_name(f".{target.name}.{secrets.token_hex(4)}~")
    try:
        yield sibling
        try:  # a rename replaces an empty folder and fails on any other, so nothing is ever overwritten
            sibling.rename(target)
        except OSError as error:
            raise UsageError("APP016", path=str(target)) from error
    finally:
        shutil.rmtree(sibling, ignore_errors=True)


def write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts into a new or empty folder: all of them appear at once, or none.

    Raises:
        UsageError: APP016, the folder is not empty.
    """
    with new_folder(folder) as sibling:
        for path, text in texts.items():
            file = sibling / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")


def write_private_folder(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files into a new or empty folder that its owner alone may enter, as they come: all of them, or none.

    Raises:
        UsageError: APP016, the folder is not empty.
    """
    with new_folder(folder) as sibling:
        sibling.mkdir(mode=0o700)
        for path, data in files:
            file = sibling / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
