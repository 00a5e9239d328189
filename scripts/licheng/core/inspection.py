"""What the inspection of an attachment's bytes found: a value, without the bytes and without any name it saw."""

from __future__ import annotations

from typing import NamedTuple

ACTIVE = "ATT009"
AUTHOR = "ATT010"
LOCATION = "ATT011"
TRAILING = "ATT012"
UNREADABLE = "ATT013"
ABSENT = "ATT014"
ALTERED = "ATT015"


class Flaw(NamedTuple):
    """One thing for which an attachment is refused.

    Attributes:
        code: the rule that reports it, `ATT009` to `ATT015`.
        reason: what was found and where, an entry of the catalog's labels `inside`; never the text found, which may
            be a person's name.
    """

    code: str
    reason: str
