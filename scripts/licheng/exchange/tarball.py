"""Files as one tar stream (POSIX.1-2001 pax), made as it is read; the same files give the same bytes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from typing import IO

_BLOCK = 512


def packed(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The pieces of an archive: names and bytes alone, no owner, no time."""
    for path, data in files:
        entry = tarfile.TarInfo(path)
        entry.size, entry.mode = len(data), 0o600
        yield entry.tobuf(tarfile.PAX_FORMAT)
        yield data
        yield bytes(-len(data) % _BLOCK)
    yield bytes(2 * _BLOCK)


def unpacked(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The files of an archive, as they come.

    Raises:
        ValueError: it is no archive, is cut off, or holds something else than plain files.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for entry in archive:
                file = archive.extractfile(entry) if entry.isreg() else None
                if file is None:
                    raise ValueError(entry.name)
                yield entry.name, file.read()
    except tarfile.TarError as error:
        raise ValueError(str(error)) from error


class PieceReader:
    """Pieces as one stream to read from; memory holds one of them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._now = io.BytesIO()

    def read(self, size: int = -1, /) -> bytes:
        """As of a file: fewer bytes than asked for where a piece ends, none at the end of all."""
        while not (data := self._now.read(size)):
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._now = io.BytesIO(piece)
        return data
