"""What `licheng doctor` found of one thing that it looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from licheng.core.errors import ExitCode


class Health(StrEnum):
    """How it stands."""

    OK = "ok"
    NOTICE = "notice"  # to be thought of, not wrong
    WRONG = "wrong"
    UNKNOWN = "unknown"  # could not be decided: never a pass


@dataclass(frozen=True)
class Diagnosis:
    """One line of the doctor's answer.

    Attributes:
        code: `DOC001`; the catalog has its words: what was looked at, the fact in each state, the command that mends.
        state: how it stands.
        values: what the words are filled with.
    """

    code: str
    state: Health
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to mend."""
        return self.state is Health.OK


def exit_code(lines: list[Diagnosis]) -> ExitCode:
    """1 where something is wrong, else 3 where something could not be decided, else 0."""
    states = {line.state for line in lines}
    if Health.WRONG in states:
        return ExitCode.ERRORS
    return ExitCode.UNDECIDED if Health.UNKNOWN in states or not lines else ExitCode.CLEAN
