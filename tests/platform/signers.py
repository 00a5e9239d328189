"""Members of staff who have a passkey on main, enrolled and witnessed as the coordinators do it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from licheng.app.loading.load import Loaded, load
from licheng.app.trust import passkeys
from licheng.app.trust.keys import Witness, witnessed
from licheng.core.trust import PASSKEY_NAMESPACES
from licheng.signing.demo_keys import DemoKey
from licheng.sources.tree import CommitTree
from licheng.storage.plan import Plan
from tests.certification.test_passkeys import answer, statement
from tests.platform.main_branch import committed
from tests.signing.passkeys import SoftPasskey

TODAY, NOON = date(2026, 11, 23), datetime(2026, 11, 23, 4, tzinfo=UTC)
DEAN = "t002"


def passkey_of(staff: str) -> SoftPasskey:
    """What somebody signs with."""
    return SoftPasskey.of(f"tests {staff}")


def with_passkey(repository: Path, staff: str) -> None:
    """Put the passkey of somebody on main."""
    mine = passkey_of(staff)
    with at_main(repository) as loaded:
        school: Any = SimpleNamespace(repository=loaded.school.trust.repository)
        stated = statement(school, mine, staff, "2026-11-22T00:00:00Z", namespaces=sorted(PASSKEY_NAMESPACES))
        enrolment = json.dumps(answer(stated, mine)).encode()
        plan = passkeys.enrol(loaded, enrolment, NOON, "x")
    _put(repository, plan)
    with at_main(repository) as loaded:
        plan = witnessed(loaded, staff, mine.public.fingerprint, Witness(DEAN, DemoKey.of("licheng demo 1", DEAN).sign))
    _put(repository, plan)


@contextmanager
def at_main(repository: Path) -> Iterator[Loaded]:
    """The school of main."""
    with CommitTree(repository, "refs/heads/main") as tree:
        yield load(tree, TODAY)


def _put(repository: Path, plan: Plan) -> None:
    for path, data in {**plan.creates, **{path: new for path, (_, new) in plan.replaces.items()}}.items():
        committed(repository, path, data)
