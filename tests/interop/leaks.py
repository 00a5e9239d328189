"""Where a planted identity stands: in files as they are, in what they pack, in every object of a Git repository."""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"


def tokens(texts: Iterable[str]) -> tuple[bytes, ...]:
    """Each text as UTF-8 and UTF-16, and its plain SHA-256 in hex, by which a short text can be found again."""
    return tuple(
        form
        for text in texts
        for form in (text.encode(), text.encode("utf-16-le"), hashlib.sha256(text.encode()).hexdigest().encode())
    )


def leaks(folder: Path, sought: Iterable[bytes], outside: Iterable[Path] = ()) -> Iterator[str]:
    """The places below a folder where any of the tokens stands.

    Args:
        folder: searched whole, hidden files and names included.
        sought: from `tokens`.
        outside: folders below it that are not searched.
    """
    sought, outside = tuple(sought), tuple(outside)
    for path in sorted(folder.rglob("*")):
        if any(path.is_relative_to(each) for each in outside):
            continue
        place = path.relative_to(folder).as_posix()
        if _has(place.encode(), sought):
            yield f"the name of {place}"
        if path.is_file() and not path.is_symlink() and any(_has(part, sought) for part in _parts(path.read_bytes())):
            yield place
        if path.name == "objects" and (path.parent / "HEAD").is_file() and _has(_objects(path.parent), sought):
            yield f"the git objects of {path.parent.relative_to(folder).as_posix()}"


def _has(data: bytes, sought: Iterable[bytes]) -> bool:
    return any(token in data for token in sought)


def _parts(data: bytes) -> Iterator[bytes]:
    """A file as it is, and what is packed in it."""
    yield data
    if data.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        except zipfile.BadZipFile:
            return
    elif data.startswith(_GZIP):
        try:
            yield gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return


def _objects(repository: Path) -> bytes:
    """Every object of a repository, reachable or not, unpacked."""
    command = ["git", "--git-dir", str(repository), "cat-file", "--batch-all-objects", "--batch", "--unordered"]
    return subprocess.run(command, capture_output=True, check=True).stdout
