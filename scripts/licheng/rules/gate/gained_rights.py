"""Somebody may do more after a change, and no second person has signed for it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.second_person import PAST, able, grouped, unseconded

# Of people and of things told by name in one finding.
_NAMED = 8

# Where a right comes from; any other comes from the duties, the staff, the school or its accounts.
_SOURCES = {
    "log-in": ("school/accounts",),
    "be": ("school/accounts",),
    "see": ("school/accounts", "school/staff"),
    "certify": ("school/courses/", "rulebook/", "school/staff"),
    "sign": ("trust/keys/",),
    "sit": ("working-group/seats",),
}


@rule("GAT021", "gained-rights", scope="change", always=True)
def gained_rights(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Nobody gives rights alone, to themselves or to others (伍.五): whoever has them, or a coordinator, signs too."""
    given = frozenset(right for right in unseconded(proposal) if right.what != PAST)
    signers = able(given, proposal)
    for who, what, relation, over in grouped(given):
        mine = [right for right in given if right.who in who and right.what == what]
        everybody = set.intersection(*(set(signers[right]) for right in mine)) if mine else set()
        # The first file that the change touches of those that such a right comes from.
        sources = _SOURCES.get(what, ("school/duties", "school/staff", "school/school", "school/accounts"))
        paths = sorted(proposal.paths)
        of_source = (path for name in sources for path in paths if path.startswith(f"content/{name}"))
        yield this.finding(
            Place(next(of_source, paths[0])),
            who=_few(who),
            right=what,
            over=_few(over),
            relation=relation,
            seconds=tuple(sorted(everybody)) or ("-",),
        )


def _few(names: tuple[str, ...]) -> tuple[str, ...]:
    more = len(names) - _NAMED
    return names if more <= 0 else (*names[:_NAMED], f"… (+{more})")
