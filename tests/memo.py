"""Rules of one file alone judge the same file once in a worker: cases of one school differ in a file or two.

The program judges every file of a check once, and so does not need it. What a rule says of a text, or of a record
whose owner and school it is given but does not use, follows from the path and the text of the file; nothing else of a
school is remembered. Every rule still runs on every file as it first comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from inspect import signature
from typing import Any

import pytest

from licheng.core.rule import Outcome, Rule
from licheng.policy import privacy
from licheng.rules.registry import ALL

# Unused parameters have names that begin with an underscore; a record's text and path say all that is in it.
ALONE = {("this", "text", "_school"), ("this", "record", "_owner", "_school")}
LONGEST = 1 << 20


def _once(check: Callable[..., Iterator[Outcome]]) -> Callable[..., Iterator[Outcome]]:
    known: dict[tuple[str, str], tuple[Outcome, ...]] = {}

    @wraps(check)
    def remembered(this: Rule, judged: Any, *others: object) -> Iterator[Outcome]:
        key = (judged.path, judged.text)
        if key not in known:
            known[key] = tuple(check(this, judged, *others))
        return iter(known[key])

    return remembered


_CHECKS = {
    this.code: (this.check, _once(this.check)) for this in ALL if tuple(signature(this.check).parameters) in ALONE
}
_VIEWS = lru_cache(20_000)(privacy._views.__wrapped__)
_SEEN = lru_cache(40_000)(privacy.seen)


@pytest.fixture(scope="module")
def judged_once() -> Iterator[None]:
    """For the tests of a module: a rule of a file alone says of the same file what it said before."""
    of_alone = [this for this in ALL if this.code in _CHECKS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(privacy, "_views", _VIEWS)
        patch.setattr(privacy, "_seen_before", _SEEN)
        patch.setattr(privacy, "_SHORT", LONGEST)
        for this in of_alone:
            object.__setattr__(this, "check", _CHECKS[this.code][1])
        yield
        for this in of_alone:
            object.__setattr__(this, "check", _CHECKS[this.code][0])
