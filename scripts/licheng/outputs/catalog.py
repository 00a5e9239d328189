"""The message catalogs as values: findings' words, reasons of skips, the tool's own errors, words of the outputs.

The files are many and a command says little: what is asked for is read and parsed, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licheng.core.errors import LichengError
from licheng.core.finding import Finding, Severity, Value
from licheng.core.location import Location
from licheng.core.report import LocatedFinding

if TYPE_CHECKING:
    from licheng.core.diagnosis import Diagnosis

FOLDER = Path(__file__).resolve().parents[1] / "messages"


@dataclass(frozen=True)
class Catalog:
    """One language.

    Attributes:
        data: the sections `codes`, `skips`, `errors`, `doctor`, `labels`, `words`.
    """

    language: str
    data: Mapping[str, Any]

    def message(self, finding: LocatedFinding) -> str:
        """The fact, with its values."""
        return self.say(finding.code, finding.values)

    def hint(self, finding: LocatedFinding) -> str:
        """What to do next."""
        return self._sentence(self.data["codes"][finding.code], "hint", finding.values)

    def say(self, code: str, values: Mapping[str, Value]) -> str:
        """The message of a code with values."""
        return self._sentence(self.data["codes"][code], "message", values)

    def _sentence(self, entry: Mapping[str, Any], part: str, values: Mapping[str, Any]) -> str:
        """A part of an entry, filled; in its own words for the `case` that the values name."""
        return _words(entry, part, values).format_map(self._shown(values))

    def label(self, group: str, name: str) -> str:
        """What an id of a group is called."""
        label: str = self.data["labels"].get(group, {}).get(name, name)
        return label

    def _shown(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: self.value(name, value) for name, value in values.items()}

    def value(self, name: str, value: Value | Finding | LocatedFinding) -> str:
        """A value in this language: labels for ids, lists joined, the right of two languages, a finding's fact."""
        if isinstance(value, tuple):
            return self.word("separator").join(self.value(name, part) for part in value)
        if isinstance(value, Mapping):
            return value[self.language[:2]]
        if isinstance(value, Finding | LocatedFinding):
            return f"{value.code} {self.say(value.code, value.values).rstrip('。.')}"
        return self.label(name, str(value))

    def entry(self, code: str) -> Mapping[str, str]:
        """All words of a code: title, message, hint, why, fix, severity."""
        entry: Mapping[str, str] = self.data["codes"][code]
        return entry

    def skip(self, reason: str) -> str:
        """Why a rule could not judge."""
        text: str = self.data["skips"][reason]
        return text

    def diagnosis(self, line: Diagnosis) -> tuple[str, str, str]:
        """What was looked at, the fact, and unless all is well the command that mends it."""
        entry = self.data["doctor"][line.code]
        values = self._shown(line.values)
        fact: str = entry[line.state].format_map(values)
        mend: str = "" if line.is_well else entry["mend"].format_map(values)
        return entry["what"], fact, mend

    def word(self, name: str, **values: object) -> str:
        """A word or sentence of an output."""
        text: str = self.data["words"][name]
        return text.format_map(values)

    def error(self, error: LichengError) -> tuple[str, str]:
        """The message and the next step of the tool's own trouble, or of what a rule would find if it were written."""
        if error.code in self.data["codes"]:
            finding = LocatedFinding(Location(""), error.code, Severity.ERROR, error.values)  # type: ignore[arg-type]
            return self.message(finding), self.hint(finding)
        entry = self.data["errors"].get(error.code) or self.data["errors"]["APP099"]
        shown: dict[str, str] = {}
        values: Mapping[str, Any] = error.values
        for name, value in values.items():
            # Ids stay as they are typed, but for why something failed.
            typed = name != "detail" and not isinstance(value, (tuple, Mapping, Finding, LocatedFinding))
            if value is None or isinstance(value, bool):
                shown[name] = self.label("truth", str(value).lower())
            else:
                shown[name] = str(value) if typed else self.value(name, value)
        unknown = ", ".join((error.code, *(f"{name}: {value}" for name, value in shown.items())))
        shown = {"place": error.code, "detail": unknown, **shown}
        message, hint = (_words(entry, part, error.values).format_map(shown) for part in ("message", "hint"))
        return message, hint


def _words(entry: Mapping[str, Any], part: str, values: Mapping[str, Any]) -> str:
    """A part of an entry, not yet filled: in its own words, if any, for the `case` that the values name."""
    words: str = entry.get("cases", {}).get(values.get("case"), entry).get(part) or entry[part]
    return words


@cache
def catalog(language: str) -> Catalog:
    """The catalog of `zh-TW` or `en`: a file a section, and of the codes a file a family."""
    folder = FOLDER / language
    sections = {path.stem: Pieces(path) for path in folder.glob("*.yaml")}
    return Catalog(language, {**sections, "codes": Families(folder / "codes")})


class Families(Mapping[str, Any]):
    """Codes by the file of their family, which their first three letters name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._families: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, code: str) -> Any:
        family, path = code[:3], self._folder / f"{code[:3]}.yaml"
        if family not in self._families:
            self._families[family] = Pieces(path) if family.isalpha() and path.exists() else {}
        return self._families[family][code]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(Pieces(path) for path in sorted(self._folder.glob("*.yaml")))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Pieces(Mapping[str, Any]):
    """A mapping of a file's entries, read when the first is asked for, each parsed when it is asked for.

    Args:
        path: lines `key: …`, and what belongs to a key indented below it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Any] = {}

    @cached_property
    def _texts(self) -> dict[str, str]:
        text = self._path.read_text(encoding="utf-8")
        starts = [*re.finditer(r"^([A-Za-z0-9_-]+):", text, re.MULTILINE)]
        ends = [*(start.start() for start in starts[1:]), len(text)]
        return {start[1]: text[start.end() : end] for start, end in zip(starts, ends, strict=True)}

    def __getitem__(self, key: str) -> Any:
        if key not in self._values:
            import yaml  # what says nothing at all need not wait for it

            # Our own file, text only.
            self._values[key] = yaml.load(f"_:{self._texts[key]}", Loader=yaml.CBaseLoader)["_"]  # noqa: S506
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)
