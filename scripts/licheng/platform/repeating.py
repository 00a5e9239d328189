"""Work that goes on beside the pages, again and again, until somebody says stop."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event


def repeated(
    work: Callable[[], object], stop: Event, tell: Callable[[Exception], None], every: float, longest: float = 0.0
) -> None:
    """Do some work at once, and again after each pause; what goes wrong is told, and the work goes on.

    Args:
        work: what is done.
        stop: ends it, also in a pause.
        tell: is told of all trouble, also of what nobody foresaw.
        every: seconds of a pause.
        longest: up to so many seconds the pauses double while the work fails.
    """
    pause = every
    while True:
        try:
            work()
            pause = every
        except Exception as error:  # whatever it is, what waits must still be done
            tell(error)
            pause = max(every, min(longest, pause * 2))
        if stop.wait(pause):
            return
