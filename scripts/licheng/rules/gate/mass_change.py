"""Very many deletions, or keys of very many people, in one change."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.overrides import digest

# Above these, a coordinator signs that just this change is meant.
MOST_DELETIONS = 20
MOST_KEYS = 5

_KEYS = "content/trust/keys/"


@rule("GAT012", "mass-change", scope="shape", always=True)
def mass_change(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """What would hurt most if it were a mistake needs a second person's signed word.

    A school that has neither students nor anything certified is being founded: there, first keys of people are no mass,
    since each counts only with a coordinator's signature, and one who does not bring it (GAT021).
    """
    if proposal.override is not None:
        return
    deleted = [change.path for change in proposal.changes if change.operation is Operation.DELETE]
    founding = not proposal.before.students
    keys = [
        change.path
        for change in proposal.changes
        if change.path.startswith(_KEYS) and not (founding and change.operation is Operation.ADD)
    ]
    for mass, paths, limit in (("deletions", deleted, MOST_DELETIONS), ("keys", keys, MOST_KEYS)):
        if len(paths) > limit:
            change = digest(proposal.changes)
            yield this.finding(Place(paths[0]), mass=mass, count=len(paths), limit=limit, change=change)
