"""The zip that a workbook of Excel or LibreOffice is, and the XML in it: read in full, or refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.parsers import expat

from licheng.exchange.spreadsheets.survey import DamagedError, limit

Attributes = Mapping[str, str]
_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
)


def parts_of(data: bytes) -> zipfile.ZipFile:
    """The parts of a zip.

    Raises:
        DamagedError: it is none, or names a part twice: two readers would see two workbooks.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except _TROUBLE as error:
        raise DamagedError("zip") from error
    if len(set(package.namelist())) < len(package.namelist()):
        raise DamagedError("twice")
    return package


def check_sizes(package: zipfile.ZipFile, path: Path) -> None:
    """Refuse a zip that unpacks to too much, by what it says itself, and one that says it wrongly.

    Raises:
        UsageError: APP222.
        DamagedError: a part is longer or shorter than said, or its check sum is wrong.
    """
    parts = package.infolist()
    limit(path, "parts", len(parts))
    limit(path, "unpacked", sum(part.file_size for part in parts))
    try:
        if package.testzip() is not None:
            raise DamagedError("checksum")
    except _TROUBLE as error:
        raise DamagedError("zip") from error


def parse(
    package: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read a part as XML, names of elements and attributes without their prefixes.

    Args:
        package: the zip.
        part: its name.
        start: asked at each element.
        end: at each one's end.
        text: at what stands between.

    Raises:
        DamagedError: there is no such part, it is no XML, or it has a document type (which may say anything).
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()}
    )
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        with package.open(part) as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, *_TROUBLE) as error:
        raise DamagedError(part) from error


def _refuse(*_: object) -> None:
    raise DamagedError("doctype")
