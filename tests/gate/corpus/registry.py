"""Where the attack corpus is kept: refused cases with the code that they are about, and ordinary changes.

A refused case's whole expected text stands in `expected/NAME.txt`, which `python -m tests.gate.bless` rewrites. Every
code of the gate has a case (a test says so).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.gate.items import HOME, TERM
from tests.gate.scene import Content, Scene

OWN = f"{HOME}/terms/{TERM}/outputs/media-bias"  # handed in, not yet certified
ACCOUNTS, STAFF, DUTIES = (f"content/school/{name}.yaml" for name in ("accounts", "staff", "duties"))
CALENDAR, RULEBOOK = f"content/calendar/{TERM}.yaml", "content/rulebook/2018-05-30.yaml"
SIGNERS, GENESIS = "content/trust/allowed_signers", "content/trust/genesis.yaml"
LATE = datetime(2027, 2, 20, 4, tzinfo=UTC)  # after the windows of 115-1


@dataclass(frozen=True)
class Ask:
    """A change and who brings it."""

    head: str
    actor: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A case that must be refused, at least for this code."""

    code: str
    make: Callable[[Scene], Ask]


REFUSED: dict[str, Refused] = {}
ACCEPTED: dict[str, Callable[[Scene], Ask]] = {}


def refused(code: str) -> Callable[[Callable[[Scene], Ask]], None]:
    def keep(make: Callable[[Scene], Ask]) -> None:
        REFUSED[make.__name__] = Refused(code, make)

    return keep


def accepted(make: Callable[[Scene], Ask]) -> None:
    ACCEPTED[make.__name__] = make


def by(s: Scene, actor: str, files: Mapping[str, Content], **options: Any) -> Ask:
    """One commit by the one who brings it."""
    return Ask(s.commit(dict(files), actor, at=options.get("now")), actor, options)


def edited(s: Scene, path: str, old: str, new: str, count: int = 1) -> dict[str, Content]:
    """A file with some text replaced."""
    text = s.read(path).decode()
    assert old in text, path
    return {path: text.replace(old, new, count).encode()}
