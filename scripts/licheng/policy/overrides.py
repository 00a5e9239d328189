"""Overrides: a change passes that one person may not bring alone, where another signed for just this change.

A mass change needs a coordinator's word; one that gives rights needs the word of who has them, or of a coordinator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from licheng.core.change import Change
from licheng.core.school import School
from licheng.core.trust import Override
from licheng.policy import keys
from licheng.policy.certification import is_new


def digest(changes: Iterable[Change]) -> str:
    """SHA-256, in hex, of what a change does: operation, path, old and new content of every file, by paths."""
    lines = (f"{change.operation}\0{change.path}\0{change.old_blob}\0{change.blob}\n" for change in changes)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def fault(override: Override, school: School) -> str | None:
    """Why an override counts for nothing, or None."""
    if override.fault is not None:
        return override.fault
    if not override.grants and not keys.is_coordinator(override.by.staff, override.signed_at, school):
        return "not-coordinator"
    return None if keys.vouched(override.by, override.signed_at, school) else "signature"


def signed_for(
    changes: tuple[Change, ...], bringers: Collection[str], school: School, now: datetime
) -> Iterator[Override]:
    """The overrides at base that others than who brings or wrote it signed for just this change, lately.

    They are meant for now: a word of long ago does not let the same happen again.
    """
    wanted = digest(changes)
    for override in school.trust.overrides:
        lately = is_new(override.signed_at, now)
        mine = override.change == wanted and override.by.staff not in bringers
        if mine and lately and fault(override, school) is None:
            yield override


def covering(overrides: Iterable[Override], school: School) -> Override | None:
    """The one of them that lets a mass change pass: a coordinator's."""
    coordinators = (
        override for override in overrides if keys.is_coordinator(override.by.staff, override.signed_at, school)
    )
    return next(coordinators, None)
