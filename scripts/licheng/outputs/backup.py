"""What a backup wrote, and how a drill ended, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable

_HOLDS, _FAILS = "✓", "✗"


class Backup(Protocol):
    """What is told of a backup: its number, its time (UTC), the engine that made it."""

    @property
    def number(self) -> int:
        """Of the backup in its folder."""

    @property
    def at(self) -> str:
        """When it was begun, UTC."""

    @property
    def engine(self) -> str:
        """The version that made it."""


def backed_up(backup: Backup, files: int, size: int, whole: int, words: Catalog) -> str:
    """One sentence.

    Args:
        backup: what was made.
        files: that were written.
        size: their bytes.
        whole: files that belong to the backup.
        words: of the reader.
    """
    sentence = words.word("backup_made", number=backup.number, at=backup.at, files=files, size=size, whole=whole)
    return f"{printable(sentence)}\n"


def drilled(
    backup: Backup, then: Mapping[str, str], now: Mapping[str, str], engine: str, target: str, words: Catalog
) -> str:
    """One line an answer, then what it means.

    Args:
        backup: what was restored.
        then: SHA-256 of each answer at the time of the backup.
        now: and of the restored one.
        engine: that asked now.
        target: where it was restored.
        words: of the reader.
    """
    lines = [words.word("drill_restored", number=backup.number, at=backup.at, target=target)]
    for name in sorted({*then, *now}):
        same = then.get(name) == now.get(name)
        sentence = words.word("drill_same" if same else "drill_differs", command=f"licheng {name}")
        lines.append(f"  {_HOLDS if same else _FAILS} {sentence}")
    if then == now:
        lines.append(words.word("drill_noted"))
    elif engine != backup.engine:
        lines.append(words.word("drill_other_engine", then=backup.engine, now=engine))
    else:
        lines.append(words.word("drill_failed"))
    return "".join(f"{printable(line)}\n" for line in lines)
