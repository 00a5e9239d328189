"""Why an inspection stops before the end of a file."""

from __future__ import annotations

from licheng.core.inspection import UNREADABLE, Flaw


class RefusedError(Exception):
    """The file cannot be read to its end; `flaw` says why."""

    def __init__(self, reason: str, code: str = UNREADABLE) -> None:
        super().__init__(reason)
        self.flaw = Flaw(code, reason)
