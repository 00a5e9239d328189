"""What `licheng accounts` says, by ids alone."""

from __future__ import annotations

from collections.abc import Sequence

from licheng.outputs.catalog import Catalog
from licheng.policy.accounts import AccountsReview

_MOST = 20


def review(state: AccountsReview, words: Catalog) -> str:
    """Who has no account, whose must end, whose has no login."""
    lines = [words.word("accounts_leaving", account=who, day=last.isoformat()) for who, last in state.leaving.items()]
    lines += _listed("accounts_missing", state.missing, words)
    lines += _listed("accounts_silent", state.silent, words)
    counts = {"leaving": len(state.leaving), "missing": len(state.missing), "silent": len(state.silent)}
    return "".join(f"{line}\n" for line in [*lines, words.word("accounts_total", **counts)])


def opened(who: Sequence[str], words: Catalog) -> str:
    """For whom."""
    return "".join(
        f"{line}\n" for line in [*_listed("accounts_of", who, words), words.word("accounts_opened", count=len(who))]
    )


def ended(who: Sequence[str], words: Catalog) -> str:
    """Whose."""
    return "".join(
        f"{line}\n" for line in [*_listed("accounts_of", who, words), words.word("accounts_ended", count=len(who))]
    )


def _listed(key: str, who: Sequence[str], words: Catalog) -> list[str]:
    """One line of the first few, with how many more there are."""
    if not who:
        return []
    shown = words.word("separator").join(who[:_MOST])
    return [
        words.word(key, who=shown, more=words.word("accounts_more", count=len(who) - _MOST) if len(who) > _MOST else "")
    ]
