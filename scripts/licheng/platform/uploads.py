"""Files that are uploaded: taken in under limits, cleaned as `licheng attach` cleans, kept until they are handed in.

    uploads/<account>/<id>/file          the cleaned copy
    uploads/<account>/<id>/upload.json   what it is, and what was taken out of it

An upload belongs to no record yet: the form that names its id attaches it. The original is not kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import Any

from licheng.app.attach import Care, prepared
from licheng.core.dates import instant, written
from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.policy.attachments import FileType
from licheng.storage.files import alone, sync, temporary

MOST_UPLOADS = 30  # of one account
KEPT = timedelta(days=14)  # as long as a draft that nobody goes on with is of use
_CHUNK = 1 << 16
_MOST_NAME = 255
_ID = re.compile(r"[0-9a-f]{24}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class Upload:
    """A file that waits to be attached.

    Attributes:
        id: drawn; it names the upload in a form.
        original: what it was called on the machine that it came from.
        name: under which it would be attached.
        size: bytes of the copy.
        sha256: of the copy.
        media_type: of the copy.
        taken: what was taken out, entries of the labels `inside`.
        received: SHA-256 of what arrived.
        at: UTC.
    """

    id: str
    original: str
    name: str
    size: int
    sha256: str
    media_type: str
    taken: tuple[str, ...]
    received: str
    at: str


class Uploads:
    """The uploads below a folder, which several processes may share.

    Args:
        folder: below the platform's state folder; made where it is not there.
        clock: the moment, with its time zone.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    def take(
        self,
        account: str,
        original: str,
        chunks: Iterable[bytes],
        types: tuple[FileType, ...],
        declared: str = "",
        care: Care = Care.USUAL,
    ) -> Upload:
        """Take a file in, look at it and clean it, and keep the copy.

        Args:
            account: whose.
            original: what it was called; only its last part counts.
            chunks: its bytes.
            types: those that the agency takes.
            declared: SHA-256 by the browser, in hexadecimal; empty where no script computed it.
            care: what the copy may leave out.

        Raises:
            UsageError: APP343, it is larger than any file may be; APP344, it is not what the browser read; APP346,
                too many wait; APP012, APP015, APP060, APP065, APP066, as `licheng attach` refuses it. Nothing is kept.
            LichengError: APP064, nothing can be inspected; APP342, the disk does not take it.
        """
        if len(list((self._folder / _checked(account)).glob("[!.]*"))) >= MOST_UPLOADS:
            raise UsageError("APP346", most=MOST_UPLOADS)
        most = max((kind.max_bytes for kind in types), default=0)
        data = _within(chunks, most)
        digest = hashlib.sha256(data).hexdigest()
        if declared and (_SHA256.fullmatch(declared) is None or declared != digest):
            raise UsageError("APP344")
        shown = _last_part(original)
        copy = prepared(Path(shown), data, types, care=care)
        upload = Upload(
            secrets.token_hex(12),
            shown,
            copy.name,
            len(copy.data),
            hashlib.sha256(copy.data).hexdigest(),
            copy.kind.media_type,
            copy.taken,
            digest,
            written(self._clock()),
        )
        self._keep(account, upload, copy.data)
        return upload

    def read(self, account: str, upload: str) -> Upload:
        """An upload of that account.

        Raises:
            UsageError: APP345, there is none.
        """
        try:
            data: Mapping[str, Any] = json.loads((self._of(account, upload) / "upload.json").read_bytes())
        except FileNotFoundError as error:
            raise UsageError("APP345") from error
        return Upload(**{**data, "taken": tuple(data["taken"])})

    def present(self, account: str, uploads: Iterable[str]) -> list[Upload]:
        """Those of some ids that are there, each once."""
        present = []
        for upload in dict.fromkeys(uploads):
            with suppress(UsageError):
                present.append(self.read(account, upload))
        return present

    def file(self, account: str, upload: str) -> Path:
        """Where the copy lies.

        Raises:
            UsageError: APP345, there is none.
        """
        path = self._of(account, upload) / "file"
        if not path.is_file():
            raise UsageError("APP345")
        return path

    def drop(self, account: str, upload: str) -> None:
        """The upload goes, if it is there: it was handed in, or its owner does not want it."""
        shutil.rmtree(self._of(account, upload), ignore_errors=True)

    def sweep(self) -> int:
        """What nobody handed in for long goes, and what a killed process left; how many."""
        now, gone = self._clock(), 0
        for folder in [*self._folder.glob("*/*")]:
            try:
                is_old = now - instant(json.loads((folder / "upload.json").read_bytes())["at"]) > KEPT
            except FileNotFoundError:
                is_old = now.timestamp() - folder.stat().st_mtime > KEPT.total_seconds()
            if is_old:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
        return gone

    def _of(self, account: str, upload: str) -> Path:
        if _ID.fullmatch(upload) is None:
            raise UsageError("APP345")
        return self._folder / _checked(account) / upload

    def _keep(self, account: str, upload: Upload, data: bytes) -> None:
        folder = self._of(account, upload.id)
        staged = folder.with_name(f".{upload.id}~")
        try:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            staged.mkdir(mode=0o700)
            temporary(staged / "file", data, 0o600).replace(staged / "file")
            described = json.dumps(asdict(upload), ensure_ascii=False).encode("utf-8", "surrogateescape")
            temporary(staged / "upload.json", described, 0o600).replace(staged / "upload.json")
            sync((), staged)
            with alone(folder.parent):
                staged.replace(folder)  # an upload is there as a whole or not at all
                sync((), folder.parent)
        except OSError as error:
            shutil.rmtree(staged, ignore_errors=True)
            raise LichengError("APP342", detail=reason_of(error)) from error


def _checked(account: str) -> str:
    if _ACCOUNT.fullmatch(account) is None:
        raise UsageError("APP345")
    return account


def _within(chunks: Iterable[bytes], most: int) -> bytes:
    """All bytes, if they are not too many; what comes after is not read."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > most:
            raise UsageError("APP343", size=len(data), limit=most)
    return bytes(data)


def _last_part(name: str) -> str:
    """What a file was called, without its folders on whatever system, in a length that systems know."""
    last = PurePath(name.replace("\\", "/")).name.replace("\0", "")
    stem, dot, extension = last.rpartition(".")
    keep = _MOST_NAME - len(extension) - 1
    encodable = f"{stem[:keep]}{dot}{extension}"[:_MOST_NAME]
    return encodable.encode("utf-8", "replace").decode() or "file"


def read_chunks(file: Any) -> Iterator[bytes]:
    """The bytes of an open file, some at a time."""
    while chunk := file.read(_CHUNK):
        yield chunk
