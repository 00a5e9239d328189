"""The leaves of PDFs, to be looked at in a page: pictures that a process with limits makes of somebody else's file."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from licheng.sources.confined import Confined, Limits, OverLimitError

MEDIA_TYPE = "application/pdf"
MOST_PAGES = 60  # that are shown; the file has the others
_REMEMBERED = 10_000
_ONE_LOOK = timedelta(hours=1)
_LIMITS = Limits(processor=3.0, wall=20.0, answer=16 << 20)
_MAKER = "licheng.platform.pdf_pages"
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Leaves:
    """Counts and draws pages, each in one process for all of them: nobody's file takes more than that.

    Args:
        clock: the moment, with its time zone.
        limits: of each question.
    """

    def __init__(self, clock: Callable[[], datetime], limits: Limits = _LIMITS) -> None:
        self._clock = clock
        self._counting, self._drawing = Confined(limits), Confined(limits)
        self._alone = Lock()
        self._counts = _Memory[str, int]()
        self._looks = _Memory[tuple[str, ...], datetime]()

    def count(self, digest: str, read: Callable[[], bytes | None]) -> int:
        """How many pages of a file can be shown; none of what is not here or cannot be opened within the limits.

        Args:
            digest: its SHA-256, by which the answer is remembered.
            read: its bytes; None where they are not here.
        """
        with self._alone:
            if digest in self._counts:
                return self._counts[digest]
        data = read()
        if data is None:
            return 0
        try:
            pages = min(int(self._counting.ask(f"{_MAKER}:count", data).value["pages"]), MOST_PAGES)
        except OverLimitError:
            pages = 0
        with self._alone:
            self._counts[digest] = pages
        return pages

    def picture(self, data: bytes, number: int) -> bytes | None:
        """A page, from 1, as WebP; None where it cannot be drawn within the limits, or is not there."""
        try:
            return self._drawing.ask(f"{_MAKER}:picture", data, number=number).data or None
        except OverLimitError:
            return None

    def goes_on(self, look: tuple[str, ...]) -> bool:
        """Whether a look was noted within the last hour: forty leaves of a file are one look at it."""
        with self._alone:
            return look in self._looks and timedelta() <= self._clock() - self._looks[look] < _ONE_LOOK

    def note(self, look: tuple[str, ...]) -> None:
        """A look begins, which the access log has."""
        with self._alone:
            self._looks[look] = self._clock()

    def close(self) -> None:
        """End the processes."""
        self._counting.end()
        self._drawing.end()


class _Memory(OrderedDict[_Key, _Value]):
    """Forgets the oldest."""

    def __setitem__(self, key: _Key, value: _Value) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > _REMEMBERED:
            self.popitem(last=False)
