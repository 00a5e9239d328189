"""Verdicts on attachments, kept by the file's SHA-256, so that the same bytes are inspected once.

A cache and nothing else: it lies in the repository's own git folder, where no commit and no push can write, and it
may be deleted at any time. One small file a verdict, written whole, so that processes may share it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from licheng.core.inspection import Flaw
from licheng.policy.attachments import FileType
from licheng.sources.inspection import VERSION, inspect

Verdict = tuple[Flaw, ...]


class Verdicts:
    """Verdicts in memory, and in a folder if there is one."""

    def __init__(self, cache: Path | None) -> None:
        self._folder = cache / f"attachments-{VERSION}" if cache is not None else None
        self._known: dict[str, Verdict] = {}

    def of(self, sha256: str, kind: FileType, read: Callable[[], bytes]) -> Verdict:
        """The verdict on the bytes of that digest; they are only read where it is not known.

        Args:
            sha256: of what `read` returns, 64 hex digits; the caller has compared them.
            kind: the type that the file's name says.
            read: gives the whole file.
        """
        key = f"{sha256}.{kind.media_type.replace('/', '-')}"
        if key not in self._known:
            found = self._load(key)
            if found is None:
                found = inspect(read(), kind)
                self._save(key, found)
            self._known[key] = found
        return self._known[key]

    def _path(self, key: str) -> Path | None:
        return self._folder / key[:2] / key if self._folder is not None else None

    def _load(self, key: str) -> Verdict | None:
        path = self._path(key)
        if path is None:
            return None
        with suppress(OSError, ValueError, TypeError):  # not there, or not what was written: inspect again
            return tuple(Flaw(str(code), str(reason)) for code, reason in json.loads(path.read_bytes()))
        return None

    def _save(self, key: str, verdict: Verdict) -> None:
        path = self._path(key)
        if path is None:
            return
        with suppress(OSError):  # a repository that may only be read is checked all the same
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}~")
            temporary.write_text(json.dumps([[flaw.code, flaw.reason] for flaw in verdict]), encoding="utf-8")
            temporary.replace(path)
