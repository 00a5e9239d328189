"""The collection of files as real programs make them, and what is expected of each.

`collection/<format>.yaml` says of each file `collection/<format>/<name>` which program made it, its flaws as it
is, what `licheng attach` takes out of it (`cleaned`), and what `--clean=all` does (`everything`), all as `CODE reason`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from licheng.core.inspection import Flaw
from licheng.policy.attachments import FileType
from licheng.sources.cleaning import clean
from licheng.sources.inspection import inspection
from tests.inspection import samples

COLLECTION = Path(__file__).parent / "collection"
EXTENSIONS = {"jpeg": "jpg"}


@dataclass(frozen=True)
class Case:
    """A file and what is expected of it."""

    format: str
    path: Path
    made_with: str
    flaws: frozenset[str]
    cleaned: frozenset[str]
    everything: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.format}/{self.path.name}"

    @property
    def kind(self) -> FileType:
        return samples.TYPES[EXTENSIONS.get(self.format, self.format)]


@dataclass(frozen=True)
class Judged:
    """What came of a file: as it is, and with either cleaning its copy, what was taken out, and what is left.

    The same bytes are looked at once.
    """

    flaws: frozenset[str]
    seconds: float
    memory: int
    cleaned: Cleaned
    everything: Cleaned


@dataclass(frozen=True)
class Cleaned:
    """A cleaned copy."""

    data: bytes
    taken: frozenset[str]
    left: frozenset[str]


@cache
def cases() -> tuple[Case, ...]:
    """Every file of every manifest, in order."""
    return tuple(case for manifest in sorted(COLLECTION.glob("*.yaml")) for case in _cases(manifest))


def _cases(manifest: Path) -> list[Case]:
    folder = manifest.with_suffix("")
    files = {path.stem: path for path in folder.iterdir()} | {path.name: path for path in folder.iterdir()}
    # libyaml reads the same YAML in a twentieth of the time: every worker reads all of it.
    entries = yaml.load(manifest.read_bytes(), yaml.CSafeLoader)
    return [
        Case(
            manifest.stem,
            files[name],
            entry["made_with"],
            *(frozenset(entry.get(key) or ()) for key in ("flaws", "cleaned", "everything")),
        )
        for name, entry in entries.items()
    ]


def strays() -> list[str]:
    """Files of the collection that no manifest names."""
    named = {case.path for case in cases()}
    return sorted(str(path) for path in COLLECTION.glob("*/*") if path not in named)


def judged(case: Case) -> Judged:
    """Look at a file, and clean it in both ways."""
    data = case.path.read_bytes()
    found = inspection(data, case.kind)
    flaws = {data: shown(found.flaws)}
    copies = []
    for everything in (False, True):
        copy, taken = clean(data, case.kind, everything)
        if copy not in flaws:
            flaws[copy] = shown(inspection(copy, case.kind).flaws)
        copies.append(Cleaned(copy, shown(taken), flaws[copy]))
    return Judged(flaws[data], found.seconds, found.memory, *copies)


def shown(flaws: frozenset[Flaw] | tuple[Flaw, ...]) -> frozenset[str]:
    return frozenset(f"{flaw.code} {flaw.reason}" for flaw in flaws)
