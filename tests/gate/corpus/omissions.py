"""What was not held, and is said: by who had to hold it, in a signature, once and for ever (伍.四, 陸)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from licheng.core.dates import written
from licheng.core.statements import OmissionStatement
from licheng.core.trust import OMISSION_NAMESPACE
from licheng.signing.canonical import encode
from tests.gate.corpus.registry import LATE, Ask, accepted, refused
from tests.gate.items import TERM
from tests.gate.scene import DEAN, REGISTRAR, Content, Scene

PATH = f"content/training/{TERM}/omissions/teachers.yaml"


def not_held(s: Scene) -> str:
    """A main on which nobody said how many came to the teachers' workshop, months after the term."""
    [path] = [path for path in s.paths(f"content/training/{TERM}") if b"audience: teachers" in s.read(path)]
    return s.commit({path: re.sub(rb"\nactual: \d+", b"", s.read(path))}, DEAN, at=LATE)


def explanation(
    s: Scene, by: str = DEAN, *, demand: str = "teachers", at: datetime = LATE, instead: str = "次學期開學週補辦。"
) -> dict[str, Content]:
    said = {"what_happened": "講師生病，期末前排不出時間。", "instead": instead, "instead_by": "2027-03-05", "by": by}
    said |= {"signed_at": written(at)}
    repository = s.loaded.school.trust.repository
    assert repository is not None
    statement = OmissionStatement.of(said, repository=repository, term=TERM, demand=demand)
    signature = s.key(by).sign(OMISSION_NAMESPACE, encode(statement.payload())).decode()
    lines = ["kind: omission/v1", *(f"{name}: {value}" for name, value in said.items()), "signature: |"]
    lines += [f"  {line}" for line in signature.splitlines()]
    return {PATH.replace("teachers", demand): "".join(f"{line}\n" for line in lines).encode()}


def _late(s: Scene, files: dict[str, Content], actor: str = DEAN, now: datetime = LATE, main: str = "") -> Ask:
    main = main or not_held(s)
    return Ask(s.commit(files, actor, parent=main, at=now), actor, {"base": main, "now": now})


@accepted
def a_workshop_that_was_not_held_and_is_explained(s: Scene) -> Ask:
    return _late(s, explanation(s))


@refused("TRN011")
def a_workshop_explained_by_the_registrar(s: Scene) -> Ask:
    return _late(s, explanation(s, REGISTRAR), REGISTRAR)


@refused("GAT003")
def a_workshop_explained_in_the_deans_name(s: Scene) -> Ask:
    return _late(s, explanation(s), REGISTRAR)


@refused("MTG011")
def a_meeting_explained_by_the_secretary(s: Scene) -> Ask:
    return _late(s, explanation(s, demand="meeting"))


@refused("TRN011")
def a_workshop_explained_while_there_is_time(s: Scene) -> Ask:
    return Ask(s.commit(explanation(s, at=s.clock), DEAN), DEAN)


@refused("GAT010")
def a_workshop_explained_more_than_two_weeks_ago(s: Scene) -> Ask:
    return _late(s, explanation(s, at=LATE - timedelta(days=15)))


@refused("GAT004")
def an_explanation_that_is_signed_anew(s: Scene) -> Ask:
    main = s.commit(explanation(s), DEAN, parent=not_held(s), at=LATE)
    return _late(s, explanation(s, instead="不補辦了。"), main=main)


@refused("GAT004")
def an_explanation_that_is_taken_back(s: Scene) -> Ask:
    main = s.commit(explanation(s), DEAN, parent=not_held(s), at=LATE)
    return _late(s, {PATH: None}, main=main)


@refused("TXT003")
def an_explanation_that_says_nothing(s: Scene) -> Ask:
    return _late(s, explanation(s, instead="待填"))


@refused("PRI002")
def an_explanation_with_a_telephone_number(s: Scene) -> Ask:
    return _late(s, explanation(s, instead="補辦請電 0912-345-678。"))
