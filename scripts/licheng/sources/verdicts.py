"""Verdicts on attachments, kept by the file's SHA-256, so that the same bytes are inspected once.

A cache and nothing else: it lies in the repository's own git folder, where no commit and no push can write, and it
may be deleted at any time. One small file a verdict, written whole, so that processes may share it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from licheng.core.inspection import Flaw
from licheng.policy.attachments import FileType
from licheng.sources.inspection import VERSION, Inspection, inspection

# What this process has inspected, for whichever school: `mkdocs serve` and the tests check one again and again.
_INSPECTED: dict[tuple[bytes, FileType], Inspection] = {}
_MOST_INSPECTED = 1 << 12


def inspected(data: bytes, kind: FileType) -> Inspection:
    """As `inspection`; what this process has lately found in the same bytes is what is in them."""
    same = hashlib.sha256(data).digest(), kind
    verdict = _INSPECTED.get(same) or inspection(data, kind)
    if verdict.lasting:
        _INSPECTED[same] = verdict
        if len(_INSPECTED) > _MOST_INSPECTED:
            _INSPECTED.pop(next(iter(_INSPECTED)), None)
    return verdict


@lru_cache(_MOST_INSPECTED)
def _written(path: str, *_state: int) -> Inspection:
    """What a file of the folder says: as long as its state is the same, no other than before."""
    kept = json.loads(Path(path).read_bytes())
    return Inspection(tuple(Flaw(str(code), str(reason)) for code, reason in kept["flaws"]), str(kept["program"]))


@dataclass
class InspectionBudget:
    """What the files of one change may take to inspect; a verdict that is known already takes nothing.

    Attributes:
        size: bytes left.
        seconds: of processor left.
    """

    size: int
    seconds: float

    def take(self, size: int, seconds: float) -> None:
        """Count a file.

        Raises:
            SpentError: there was less left.
        """
        self.size -= size
        self.seconds -= seconds
        if self.size < 0 or self.seconds < 0:
            raise SpentError("bytes" if self.size < 0 else "seconds")


class SpentError(Exception):
    """A change's files take more to inspect than one change may; `args[0]` is `bytes` or `seconds`."""


class Verdicts:
    """Verdicts in memory, and in a folder if there is one.

    What a machine's limits decided is kept in memory only: another look, with less to do beside it, may end well, and
    a file in the folder would refuse the same bytes for ever.
    """

    def __init__(self, cache: Path | None, budget: InspectionBudget | None = None) -> None:
        self._folder = cache / f"attachments-{VERSION}" if cache is not None else None
        self._known: dict[str, Inspection] = {}
        self.budget = budget

    def of(self, sha256: str, kind: FileType, read: Callable[[], bytes]) -> tuple[Flaw, ...]:
        """Everything for which a file is refused; as `inspection`."""
        return self.inspection(sha256, kind, read).flaws

    def inspection(self, sha256: str, kind: FileType, read: Callable[[], bytes]) -> Inspection:
        """The verdict on the bytes of that digest; they are only read where it is not known.

        Args:
            sha256: of what `read` returns, 64 hex digits; the caller has compared them.
            kind: the type that the file's name says.
            read: gives the whole file.

        Raises:
            SpentError: there is a budget, and this file is over it.
        """
        key = f"{sha256}.{kind.media_type.replace('/', '-')}"
        if key not in self._known and self._folder is not None:
            with suppress(OSError, ValueError, TypeError, KeyError):  # not there, or not what was written: look again
                here = f"{self._folder}/{key[:2]}/{key}"
                state = os.stat(here)  # noqa: PTH116 - asked for each attachment of a school
                self._known[key] = _written(here, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
        if key not in self._known:
            data = read()
            if self.budget is not None:
                self.budget.take(len(data), 0)
            verdict = inspected(data, kind)
            if self.budget is not None:
                self.budget.take(0, verdict.seconds)
            self._known[key] = verdict
            if verdict.lasting and self._folder is not None:
                path = self._folder / key[:2] / key
                kept = {"flaws": [[flaw.code, flaw.reason] for flaw in verdict.flaws], "program": verdict.program}
                with suppress(OSError):  # a repository that may only be read is checked all the same
                    path.parent.mkdir(parents=True, exist_ok=True)
                    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}~")
                    temporary.write_text(json.dumps(kept), encoding="utf-8")
                    temporary.replace(path)
        return self._known[key]
