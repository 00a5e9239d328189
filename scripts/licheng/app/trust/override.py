"""`licheng override`: a second person signs that just this change is meant, and what it gives to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from licheng.app.loading import signed
from licheng.app.loading.load import Loaded, load
from licheng.app.trust.refusing import repository_of
from licheng.core.dates import TAIPEI, written
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME
from licheng.core.statements import OverrideStatement
from licheng.core.trust import OVERRIDE_NAMESPACE
from licheng.policy.gate import MOST_CHANGES
from licheng.policy.overrides import digest, fault
from licheng.policy.rights import Right, may_second, rights
from licheng.policy.second_person import given_between
from licheng.signing.canonical import encode
from licheng.sources.emit import document
from licheng.sources.git import Objects, full_id, run
from licheng.sources.reading import record_of
from licheng.sources.span import Span
from licheng.sources.tree import CommitTree
from licheng.storage.plan import Plan

_KIND = BY_NAME["override"]


def override(
    loaded: Loaded,
    slug: str,
    *,
    change: str,
    reason: str,
    by: str,
    now: datetime,
    sign: Callable[[str, bytes], bytes],
    grants: Iterable[Right] = (),
) -> Plan:
    """The plan that writes a signed override.

    Args:
        loaded: the school.
        slug: the file's name.
        change: SHA-256 of the change, as the gate says it.
        reason: why it is meant.
        by: the staff id of who signs: a coordinator, or who has all that is granted.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.
        grants: what the change gives; nothing for a mass change alone.

    Raises:
        UsageError: APP017, a value is not of its form; APP042, it would count for nothing; APP046, no genesis; APP162,
            the signer cannot be the second person for some of it.
    """
    repository = repository_of(loaded.school)
    granted = sorted(grants)
    in_force = rights(loaded.school, now.astimezone(TAIPEI).date())
    for right in granted:
        if not may_second(by, right, in_force, loaded.school, now):
            raise UsageError("APP162", staff=by, grant=str(right))
    data: dict[str, Any] = {"kind": f"{_KIND.name}/v1", "change": change, "reason": reason, "by": by}
    data["signed_at"] = written(now)
    if granted:
        data["grants"] = [str(right) for right in granted]
    statement = OverrideStatement.of(data, repository=repository)
    data["signature"] = sign(OVERRIDE_NAMESPACE, encode(statement.payload())).decode()
    path = _KIND.path(slug=slug)
    text = document(_KIND, path, data)
    why = fault(signed.override(record_of(path, text), repository), loaded.school)
    if why is not None:
        raise UsageError("APP042", code=_KIND.name, detail=why)
    return Plan(creates={path: text.encode()})


def granted_by(root: Path, head: str, change: str, now: datetime) -> frozenset[Right]:
    """What a commit that is here gives, compared with the commit that this repository stands on.

    Raises:
        UsageError: APP002, APP091, it is no full id of a commit here; APP163, it is another change than was said.
    """
    on = now.astimezone(TAIPEI).date()
    base = run(root, "rev-parse", "HEAD").decode().strip()
    with Objects(root) as objects:
        before = CommitTree(root, full_id(objects, base), objects=objects)
        after = CommitTree(root, full_id(objects, head), objects=objects)
        changes = Span(objects, base, head).changes(MOST_CHANGES)
        if digest(changes) != change:
            raise UsageError("APP163", found=digest(changes), change=change)
        return given_between(load(before, on).school, load(after, on).school, on)
