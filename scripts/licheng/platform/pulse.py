"""When what runs in the background last went well, and what went wrong since: a small file for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

from licheng.core.dates import instant, written
from licheng.core.errors import LichengError
from licheng.storage.files import alone, temporaries, temporary

T = TypeVar("T")
FETCH, DELIVERY = "fetch", "delivery"


@dataclass(frozen=True)
class Beat:
    """How some work goes.

    Attributes:
        well_at: when it last went well, UTC; None for never.
        trouble: a code or the kind of an error, never its words; empty where nothing went wrong since.
        trouble_at: when it did last, UTC.
    """

    well_at: datetime | None = None
    trouble: str = ""
    trouble_at: datetime | None = None


class Pulse:
    """The beats in a folder of the platform's state.

    Args:
        folder: made where it is not there.
        clock: UTC.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock
        self._alone = Lock()

    def of(self, name: str) -> Beat | None:
        """How some work goes; None where it has not begun, or its file cannot be understood."""
        try:
            kept = json.loads((self._folder / name).read_bytes())
            moments = [instant(kept[key]) if kept[key] else None for key in ("well_at", "trouble_at")]
            return Beat(moments[0], str(kept["trouble"]), moments[1])
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def went_well(self, name: str) -> None:
        """Note that some work went well now."""
        self._note(name, Beat(self._clock()))

    def went_wrong(self, name: str, error: Exception) -> None:
        """Note that it did not."""
        before = self.of(name) or Beat()
        self._note(name, Beat(before.well_at, told(error), self._clock()))

    def felt(self, name: str, work: Callable[[], T]) -> Callable[[], T]:
        """The same work, which is noted each time that it is done."""

        def done() -> T:
            try:
                value = work()
            except Exception as error:
                self.went_wrong(name, error)
                raise
            self.went_well(name)
            return value

        return done

    def _note(self, name: str, beat: Beat) -> None:
        moments = {"well_at": beat.well_at, "trouble_at": beat.trouble_at}
        kept = {key: written(at) if at is not None else "" for key, at in moments.items()} | {"trouble": beat.trouble}
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self._folder / name
        with self._alone, alone(self._folder):  # what somebody else is just writing is nothing that was left
            for left in temporaries(target):
                left.unlink(missing_ok=True)
            # What the power takes is noted again in a few seconds.
            temporary(target, json.dumps(kept, sort_keys=True).encode(), 0o600, synced=False).replace(target)


def told(error: Exception) -> str:
    """An error by its code, or by its kind: words may hold what somebody wrote."""
    return error.code if isinstance(error, LichengError) else type(error).__name__
