"""The ZIP of an exchange file: read as something that anybody may have made, written for its owner's eyes alone.

Nothing is ever unpacked to a disk: a member is read into memory, up to a limit, by the name that was checked.
"""

from __future__ import annotations

import io
import json
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from licheng.core.errors import UsageError
from licheng.exchange.json_text import read_json

MOST_FILES, MOST_BYTES = 50_000, 4 << 30
MOST_JSON, MOST_FILE = 64 << 20, 20 << 20
_UTF8_FLAG, _ENCRYPTED_FLAG, _AES = 0x800, 0x1, 99


@dataclass(frozen=True)
class Package:
    """An opened package.

    Attributes:
        members: by the name that was checked, in NFC.
        entries: the JSON's list of students.
        folder: in which JSON and students' folders lie, with a slash; empty at the top.
    """

    archive: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo]
    entries: Sequence[Mapping[str, Any]]
    folder: str
    password: bytes | None

    def read(self, name: str) -> bytes | None:
        """A member below the folder, or None where there is none.

        Raises:
            UsageError: APP260, it is too large, damaged, or the password does not open it.
        """
        info = self.members.get(unicodedata.normalize("NFC", self.folder + name))
        return _member(self.archive, info, MOST_FILE, self.password) if info is not None else None


def opened(data: bytes, password: bytes | None) -> Package:
    """A package from its bytes.

    Raises:
        UsageError: APP260, with why: `not-zip`, `too-many`, `too-large`, `path`, `link`, `twice`, `password`, `aes`,
            `damaged`, `no-json`, `not-json`.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _refused("not-zip") from error
    members = _members(archive)
    jsons = [name for name in members if name.count("/") <= 1 and name.endswith(".json")]
    if len(jsons) != 1:
        raise _refused("no-json")
    [name] = jsons
    text = _member(archive, members[name], MOST_JSON, password)
    try:
        entries = read_json(text)
    except (ValueError, RecursionError) as error:
        raise _refused("not-json") from error
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise _refused("not-json")
    return Package(archive, members, entries, name.rpartition("/")[0] and name.rpartition("/")[0] + "/", password)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by their names, each of which is a plain path below the package."""
    infos = archive.infolist()
    if len(infos) > MOST_FILES:
        raise _refused("too-many")
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise _refused("too-large")
    members: dict[str, zipfile.ZipInfo] = {}
    folded = set()
    for info in infos:
        name = _name(info)
        parts = name.removesuffix("/").split("/")
        # A path below the package: not absolute, no drive, no way up, nothing that cannot be seen.
        if not name.isprintable() or "\\" in name or ":" in name or {"", ".", ".."}.intersection(parts):
            raise _refused("path", name)
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise _refused("link", name)
        if name.endswith("/"):
            continue
        if name.casefold() in folded:
            raise _refused("twice", name)
        folded.add(name.casefold())
        members[name] = info
    return members


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name: UTF-8 where it says so; older tools in Taiwan write Big5, which the format reads as cp437."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp950"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, password: bytes | None) -> bytes:
    """The bytes of a member; a bomb ends at the limit, whatever the directory says of its size."""
    if info.compress_type == _AES:
        raise _refused("aes")
    try:
        with archive.open(info, pwd=password) as file:
            data = file.read(most + 1)
    except RuntimeError as error:  # no password, or a wrong one
        raise _refused("password") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        case = "password" if info.flag_bits & _ENCRYPTED_FLAG else "damaged"
        raise _refused(case) from error
    if len(data) > most:
        raise _refused("too-large")
    return data


def _refused(case: str, name: str = "") -> UsageError:
    return UsageError("APP260", case=case, name=name[:100])


def packed(name: str, entries: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]) -> bytes:
    """A package: one folder of that name, in it the JSON of the same name and the students' folders.

    Bytes follow from the content alone, so that two runs write the same.
    """
    text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in {f"{name}.json": text.encode(), **dict(sorted(files.items()))}.items():
            info = zipfile.ZipInfo(f"{name}/{path}", (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, data)
    return buffer.getvalue()
