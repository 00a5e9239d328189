"""What `licheng promote` says: how many go from which class to which, and pseudonyms of whose way is their own."""

from __future__ import annotations

from licheng.outputs.catalog import Catalog
from licheng.policy.promotion import Fate, Promotion

_MOST = 20


def promotion(result: Promotion, words: Catalog) -> str:
    """One line a class and fate, then who waits, then the sum."""
    lines = []
    for (before, fate, after), count in sorted(result.counts().items()):
        lines.append(words.word(f"promote_{fate.value}", before=before, after=after, count=count))
    stays = [step.student for step in result.steps if step.fate in {Fate.STAYS, Fate.LEAVES}]
    for key, who in (("promote_own", stays), ("promote_waiting", result.waiting)):
        if who:
            shown = words.word("separator").join(who[:_MOST])
            lines.append(words.word(key, count=len(who), who=shown))
    lines.append(words.word("promote_total", count=len(result.steps), same=result.same, waiting=len(result.waiting)))
    return "".join(f"{line}\n" for line in lines)
